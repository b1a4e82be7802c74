"""Whether a network fits the data it is trained on.

Its inputs, its output, the loss between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnstudio.catalogue import registry
from nnstudio.compiler.analysing.repairs import set_argument, set_setting
from nnstudio.compiler.results import GraphInfo
from nnstudio.core.problems import Problem, Repair
from nnstudio.core.values import Choice
from nnstudio.graph.dims import Dim, Poly, Shape, equal, show, show_shape, substitute
from nnstudio.graph.model import Data, Node, Project

FED = ("model", "q", "discriminator")
"""Roles that are fed with the samples as they are; any other gets what its loop makes."""

JUDGED = ("model",)
"""Roles whose output is held against the target."""

_CLASSES = frozenset({"CrossEntropyLoss", "NLLLoss", "MultiMarginLoss", "MarginLoss"})
_NUMBERS = frozenset(
    {"MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "PoissonNLLLoss", "GaussianNLLLoss"}
)
_LABELS = frozenset({"BCEWithLogitsLoss", "BCELoss", "MultiLabelSoftMarginLoss"})
FITTING: Mapping[str, frozenset[str]] = {
    "classification": _CLASSES,
    "regression": _NUMBERS,
    "multilabel": _LABELS | _NUMBERS,
}
"""The losses that make sense for a task; a loss that is named nowhere here is not judged."""

_KEEPS_FEATURES = frozenset({"activation", "regularization"})


def problems(project: Project, graphs: Mapping[str, GraphInfo]) -> Iterator[Problem]:
    """Yield what does not fit between networks, data and loss."""
    if project.data.reader is None:
        return
    for role in FED:
        graph = project.role(role)
        if graph is not None and project.data.inputs:
            yield from _inputs(graphs[graph.id], project.data)
    for role in JUDGED:
        graph = project.role(role)
        if graph is not None and project.loop.name == "supervised":
            yield from _output(graphs[graph.id], project.data, _chosen_loss(project))
    yield from _loss(project)
    if project.loop.name == "supervised":
        yield from _loss_weights(project)


def _inputs(info: GraphInfo, data: Data) -> Iterator[Problem]:
    """Yield where the inputs of a network are not those of a sample."""
    wanted = data.inputs
    if info.inputs and len(info.inputs) != len(wanted):
        values = {"graph": info.graph.name, "inputs": len(info.inputs), "parts": len(wanted)}
        yield Problem("data.inputs", info.graph.id, values)
        return
    for node_id, shape, sample in zip(info.inputs, info.interface.inputs, wanted, strict=False):
        if shape is None or _alike(shape[1:], sample):
            continue
        node = info.graph.nodes[node_id]
        values = {"shape": show_shape(shape, " × "), "sample": show_shape(sample, " × ") or "()"}
        mended = set_argument(info.graph, node, shape=("N", *sample))
        where = f"{info.graph.id}/{node_id}"
        yield Problem("data.input_shape", where, values, repairs=mended)


def _output(info: GraphInfo, data: Data, loss: str) -> Iterator[Problem]:
    """Yield where the output of a network cannot be held against the target."""
    if len(info.outputs) > 1:
        yield Problem("data.outputs", info.graph.id, {"count": len(info.outputs)})
        return
    if not info.outputs or info.interface.outputs is None:
        return
    node_id = info.outputs[0]
    shape: Shape = substitute(info.interface.outputs[0], _sample_sizes(info, data))
    counts = loss in _CLASSES or data.task == "classification"
    if counts or (data.classes and data.task in {"sequence", "multilabel"}):
        yield from _classes(info, node_id, shape, data)
    elif data.target and not _comparable(shape[1:], data.target):
        mended = _resized(info, node_id, data.target[-1]) if len(shape) == 2 else ()
        yield _unlike(info, node_id, shape, data, mended)


def _classes(info: GraphInfo, node_id: str, shape: Shape, data: Data) -> Iterator[Problem]:
    """Yield where an output does not give a number for each class at each place of the target."""
    count = len(data.classes)
    places = () if data.task == "multilabel" else data.target
    if _alike(shape[1:-1], places):
        features = shape[-1]
    elif len(shape) > 2 and _alike(shape[2:], places):
        features = shape[1]
    elif places:
        yield _unlike(info, node_id, shape, data, ())
        return
    else:
        shown = {"shape": show_shape(shape, " × ")}
        yield Problem("data.output_rank", f"{info.graph.id}/{node_id}", shown)
        return
    if count and equal(features, count) is False:
        values: dict[str, object] = {"classes": count, "features": features}
        mended = _resized(info, node_id, count)
        yield Problem("data.classes", f"{info.graph.id}/{node_id}", values, repairs=mended)


def _unlike(
    info: GraphInfo, node_id: str, shape: Shape, data: Data, mended: tuple[Repair, ...]
) -> Problem:
    values = {"shape": show_shape(shape[1:], " × "), "target": show_shape(data.target, " × ")}
    return Problem("data.target", f"{info.graph.id}/{node_id}", values, repairs=mended)


def _sample_sizes(info: GraphInfo, data: Data) -> dict[str, Dim]:
    """Return what the names in the Input shapes are for this data, the batch left out."""
    found: dict[str, Dim] = {}
    for shape, sample in zip(info.interface.inputs, data.inputs, strict=False):
        for dim, size in zip((shape or ())[1:], sample, strict=False):
            if isinstance(dim, Poly) and dim.symbols() == {show(dim)}:
                found[show(dim)] = size
    return found


def _resized(info: GraphInfo, output: str, features: int) -> tuple[Repair, ...]:
    """Return the repair that gives the last linear layer before an output so many features."""
    nodes = info.graph.nodes
    node: Node | None = nodes[output]
    while node is not None:
        source = next(node.ports(), None)
        node = nodes.get(source.node) if source is not None else None
        if node is not None and node.layer == "Linear":
            return set_argument(info.graph, node, out_features=features)
        spec = registry.layer(node.layer) if node is not None else None
        if spec is None or spec.family not in _KEEPS_FEATURES:
            return ()
    return ()


def _alike(shape: Shape, sample: tuple[int, ...]) -> bool:
    """Tell whether a shape may be that of a sample."""
    return len(shape) == len(sample) and all(
        equal(a, b) is not False for a, b in zip(shape, sample, strict=True)
    )


def _comparable(shape: Shape, target: tuple[int, ...]) -> bool:
    """Tell whether an output may be held against a target; one number may stand for itself."""
    one: tuple[Dim, ...] = (1,)
    return _alike(shape, target) or (shape[-1:] == one and _alike(shape[:-1], target))


def _loss_choice(project: Project) -> Choice | None:
    """Return the loss with its settings, None when none is chosen."""
    loop = registry.LOOPS.get(project.loop.name)
    params = loop.params if loop is not None else ()
    default = next((param.default for param in params if param.name == "loss"), None)
    chosen = project.loop.args.get("loss", default)
    return chosen if isinstance(chosen, Choice) else None


def _chosen_loss(project: Project) -> str:
    """Return the name of the loss, "" when none is chosen."""
    chosen = _loss_choice(project)
    return "" if chosen is None else chosen.name


def _loss_weights(project: Project) -> Iterator[Problem]:
    """Yield weights of classes that are more or fewer than there are classes."""
    chosen, classes = _loss_choice(project), len(project.data.classes)
    if chosen is None or not classes or chosen.name not in _CLASSES | _LABELS:
        return
    for name in ("weight", "pos_weight"):
        weights = chosen.args.get(name)
        if isinstance(weights, tuple) and len(weights) != classes:
            values = {"loss": chosen.name, "name": name, "entries": len(weights)}
            mended = set_setting(f"loss.{name}", None)
            yield Problem(
                "data.weights", "loop.loss", {**values, "classes": classes}, repairs=mended
            )


def _loss(project: Project) -> Iterator[Problem]:
    """Yield a loss that cannot judge this task."""
    loop = registry.LOOPS.get(project.loop.name)
    fitting = FITTING.get(project.data.task)
    if loop is None or fitting is None or project.loop.name != "supervised":
        return
    chosen = _chosen_loss(project)
    judged = frozenset().union(*FITTING.values())
    if chosen in judged - fitting:
        values = {
            "loss": chosen,
            "task": project.data.task,
            "choices": ", ".join(sorted(fitting & registry.LOSSES.keys())),
        }
        first = next((name for name in registry.LOSSES if name in fitting), "")
        mended = set_setting("loss", Choice(first)) if first else ()
        yield Problem("data.loss", "loop.loss", values, repairs=mended)
