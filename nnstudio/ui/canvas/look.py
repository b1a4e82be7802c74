"""What a node looks like, as plain values: texts, ports, states; equal ones are not drawn again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from nnstudio.catalogue import registry
from nnstudio.catalogue.signature import InputPort, OutputPort
from nnstudio.compiler.results import NodeInfo
from nnstudio.core.problems import Problem
from nnstudio.graph.dims import Dim, Shape
from nnstudio.graph.model import Node, Project
from nnstudio.graph.topology import CUSTOM, used_block
from nnstudio.studio import fitting, summaries
from nnstudio.studio.figures import BYTES
from nnstudio.ui.canvas import metrics
from nnstudio.ui.i18n import tr


@dataclass(frozen=True, slots=True)
class PortLook:
    """A port as it is drawn.

    Attributes:
        name: As in the signature.
        kind: `plain` a disc, `optional` a ring, `several` a pill, `extra` a square.
        open: True for an input that has to be connected and is not.
    """

    name: str
    kind: str = "plain"
    open: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A node as it is drawn.

    Attributes:
        title: The name, or the layer.
        body: The line below.
        group: The family of layers, `block`, or "" when the layer is missing.
        inputs: See `PortLook`.
        outputs: The same.
        flags: States: bypassed, frozen, shared, repeated, block, note, missing.
        count: `× 4` for a repeated node.
        problem: The first error, else the first warning.
        shapes: What leaves each output; () while unknown.
        changes: True when the shape that leaves is not the one that arrives.
        weights: Learned numbers.
        flops: Operations for one sample.
        kept: Bytes for one sample that stay until the backward pass.
        width: In canvas units.
    """

    title: str
    body: str
    group: str
    inputs: tuple[PortLook, ...]
    outputs: tuple[PortLook, ...]
    flags: frozenset[str]
    count: str
    problem: Problem | None
    shapes: tuple[Shape, ...]
    changes: bool
    weights: Dim
    flops: Dim
    kept: Dim
    width: float

    @property
    def faulty(self) -> bool:
        """True when an error sits here."""
        return self.problem is not None and self.problem.severity == "error"


BADGES = ("note", "frozen", "shared")
"""States that have a small drawing in the title."""


def look(project: Project, node: Node, info: NodeInfo | None, owners: Collection[str]) -> Look:
    """Return what a node looks like.

    Args:
        project: The document, for blocks and own layers.
        node: The node.
        info: What is known of it.
        owners: Ids of nodes whose weights others borrow.
    """
    group = group_of(project, node.layer)
    count = summaries.repeat_words(node.repeat)
    flags = _flags(project, node, group, owners)
    title, body = summaries.title(project, node), summaries.body(project, node, info)
    inputs, outputs = _inputs(project, node), _outputs(project, node, info)
    shapes = info.outputs or () if info is not None else ()
    shown = f"{title} {count}" if count else title
    badges = sum(flag in flags for flag in BADGES) + ("block" in flags)
    return Look(
        title,
        body or _unsaid(node, group),
        group,
        inputs,
        outputs,
        flags,
        count,
        _problem(info),
        shapes,
        _changes(node, info),
        info.weights if info is not None else 0,
        summaries.one_sample(info.flops) if info is not None else 0,
        BYTES * summaries.one_sample(info.activations) if info is not None else 0,
        metrics.node_width(shown, body, badges, max(len(inputs), len(outputs))),
    )


def group_of(project: Project, layer: str) -> str:
    """Return the family that gives a layer its colour; "" when it is missing."""
    spec = registry.layer(layer)
    if spec is not None:
        return spec.family
    if used_block(layer) in project.blocks:
        return "block"
    return "tensor" if layer.startswith(CUSTOM) and layer[len(CUSTOM) :] in project.custom else ""


def _unsaid(node: Node, group: str) -> str:
    """Return the body of a node of which there is nothing to say."""
    if node.layer == "Output":
        return tr("waits for its input")
    words = {"tensor": tr("tensor operation"), "": tr("not known here")}
    return words.get(group, group)


def _flags(project: Project, node: Node, group: str, owners: Collection[str]) -> frozenset[str]:
    states = {
        "bypassed": node.bypass,
        "frozen": not node.trainable,
        "shared": node.share is not None or node.id in owners,
        "repeated": node.repeat is not None,
        "block": group == "block",
        "note": bool(node.note),
        "missing": not group,
    }
    return _kept(tuple(name for name, holds in states.items() if holds))


@lru_cache(maxsize=512)
def _kept(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)


def _problem(info: NodeInfo | None) -> Problem | None:
    if info is None or not info.problems:
        return None
    errors = (problem for problem in info.problems if problem.severity == "error")
    return next(errors, info.problems[0])


def _changes(node: Node, info: NodeInfo | None) -> bool:
    if info is None or not info.outputs:
        return False
    first = info.inputs[0] if info.inputs else None
    return node.layer == "Input" or info.outputs[0] != first


def _inputs(project: Project, node: Node) -> tuple[PortLook, ...]:
    wanted = fitting.signature(project, node.layer).inputs
    # A missing layer, or one that has shrunk, keeps the ports that are connected.
    count = max(len(wanted), len(node.inputs))
    fed = tuple(bool(source) for source in node.inputs) + (False,) * count
    return _input_looks(wanted, fed[:count])


@lru_cache(maxsize=2048)
def _input_looks(wanted: tuple[InputPort, ...], fed: tuple[bool, ...]) -> tuple[PortLook, ...]:
    made = []
    for index, connected in enumerate(fed):
        port = wanted[index] if index < len(wanted) else None
        if port is None:
            made.append(PortLook(str(index)))
            continue
        kind = "several" if port.variadic else "optional" if port.optional else "plain"
        made.append(PortLook(port.name, kind, not connected and not port.optional))
    return tuple(made)


def _outputs(project: Project, node: Node, info: NodeInfo | None) -> tuple[PortLook, ...]:
    made = fitting.signature(project, node.layer).outputs
    known = len(info.outputs) if info is not None and info.outputs else 0
    if node.layer == "Output":
        return ()
    variadic = bool(made) and made[-1].variadic
    count = max(known, 1) if variadic or not made else min(len(made), known) or len(made)
    return _output_looks(made, count)


@lru_cache(maxsize=1024)
def _output_looks(made: tuple[OutputPort, ...], count: int) -> tuple[PortLook, ...]:
    found = []
    for index in range(count):
        several = bool(made) and made[min(index, len(made) - 1)].variadic
        name = made[index].name if index < len(made) and not several else str(index)
        found.append(PortLook(name, "plain" if index == 0 or several else "extra"))
    return tuple(found)
