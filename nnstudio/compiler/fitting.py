"""Whether a network fits the data it is trained on.

Its inputs, its output, the loss between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnstudio.catalogue import registry
from nnstudio.compiler.repairs import set_argument
from nnstudio.compiler.results import GraphInfo
from nnstudio.core.problems import Problem, Repair
from nnstudio.core.values import Choice
from nnstudio.graph.dims import Dim, Shape, equal, show_shape
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
            yield from _output(graphs[graph.id], project.data)
    yield from _loss(project)


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


def _output(info: GraphInfo, data: Data) -> Iterator[Problem]:
    """Yield where the output of a network cannot be held against the target."""
    if len(info.outputs) > 1:
        yield Problem("data.outputs", info.graph.id, {"count": len(info.outputs)})
        return
    if not info.outputs or info.interface.outputs is None:
        return
    node_id, shape = info.outputs[0], info.interface.outputs[0]
    where = f"{info.graph.id}/{node_id}"
    if data.task == "classification" and len(shape) != 2:
        yield Problem("data.output_rank", where, {"shape": show_shape(shape, " × ")})
    elif data.classes and data.task in {"classification", "sequence", "multilabel"}:
        count = len(data.classes)
        if shape and equal(shape[-1], count) is False:
            values: dict[str, object] = {"classes": count, "features": shape[-1]}
            yield Problem("data.classes", where, values, repairs=_resized(info, node_id, count))
    elif data.target and not _comparable(shape[1:], data.target):
        values = {"shape": show_shape(shape[1:], " × "), "target": show_shape(data.target, " × ")}
        mended = _resized(info, node_id, data.target[-1]) if len(shape) == 2 else ()
        yield Problem("data.target", where, values, repairs=mended)


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


def _loss(project: Project) -> Iterator[Problem]:
    """Yield a loss that cannot judge this task."""
    loop = registry.LOOPS.get(project.loop.name)
    fitting = FITTING.get(project.data.task)
    if loop is None or fitting is None or project.loop.name != "supervised":
        return
    default = next((param.default for param in loop.params if param.name == "loss"), None)
    chosen = project.loop.args.get("loss", default)
    judged = frozenset().union(*FITTING.values())
    if isinstance(chosen, Choice) and chosen.name in judged - fitting:
        values = {
            "loss": chosen.name,
            "task": project.data.task,
            "choices": ", ".join(sorted(fitting & registry.LOSSES.keys())),
        }
        yield Problem("data.loss", "loop.loss", values)
