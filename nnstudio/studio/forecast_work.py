"""What one sample costs in each layer of a network, blocks and repeats opened, as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nnstudio.catalogue import registry
from nnstudio.catalogue.kept import VIEWS
from nnstudio.compiler.results import Analysis, GraphInfo, NodeInfo
from nnstudio.graph.dims import Dim, Poly, numel, show, substitute
from nnstudio.graph.model import Node
from nnstudio.graph.topology import used_block

DEEPEST = 40
KINDS = {"convolution": "convolution", "recurrent": "recurrent"}
"""Families whose operations have a speed of their own; all others are matrix products."""


@dataclass(frozen=True, slots=True)
class Work:
    """A layer in numbers, for one sample.

    Attributes:
        kind: `convolution`, `recurrent` or `linear`: which operations they are.
        count: How many copies.
        flops: Operations of one forward pass of one copy.
        elements: That leave one copy.
        passing: That one copy looks at: those that arrive, when they are more.
        steps: Time steps of a recurrent layer times how often they are gone through; 0 for others.
    """

    kind: str
    count: float
    flops: float
    elements: float
    passing: float
    steps: float = 0.0


def works(analysis: Analysis, graph: str, sizes: Mapping[str, Dim]) -> list[Work]:
    """Return the work of the layers that a network really computes.

    Args:
        analysis: What is known of the project.
        graph: The id of the network.
        sizes: What its symbols stand for; the batch is counted as one sample.
    """
    return list(_works(analysis, analysis.graphs[graph], {"N": 1, **sizes}, 1.0, 0))


def bound(analysis: Analysis, graph: str, inputs: tuple[tuple[int, ...], ...]) -> dict[str, Dim]:
    """Return what the symbols of a network's inputs stand for, given the shapes of a sample."""
    info = analysis.graphs[graph]
    found: dict[str, Dim] = {}
    for key, shape in zip(info.inputs, inputs, strict=False):
        pattern = info.nodes[key].outputs
        if pattern:
            found |= _matched(pattern[0][1:], shape)
    return found


def number(dim: Dim, sizes: Mapping[str, Dim]) -> float:
    """Return a cost in numbers; a size that nobody knows counts as one."""
    made = substitute(dim, sizes)
    if isinstance(made, Poly):
        names = {str(name) for name in _names(made)}
        made = substitute(made, dict.fromkeys(names, 1))
    return float(made) if isinstance(made, int) else 0.0


def _works(
    analysis: Analysis, info: GraphInfo, sizes: Mapping[str, Dim], times: float, depth: int
) -> Iterator[Work]:
    for key in info.order:
        node, known = info.graph.nodes[key], info.nodes[key]
        if key in info.unused or node.bypass or known.outputs is None or node.layer in VIEWS:
            continue
        count = times * max(1.0, number(known.count, sizes))
        block = analysis.graphs.get(used_block(node.layer))
        if block is not None and depth < DEEPEST:
            inner = {"N": sizes["N"], **_inside(block, known, sizes)}
            yield from _works(analysis, block, inner, count, depth + 1)
        elif node.layer not in ("Input", "Output"):
            yield _work(node, known, sizes, count, count / times)


def _work(
    node: Node, info: NodeInfo, sizes: Mapping[str, Dim], count: float, copies: float
) -> Work:
    spec = registry.layer(node.layer)
    kind = KINDS.get(spec.family if spec else "", "linear")
    shapes = info.outputs or ()
    elements = number(numel(shapes[0]), sizes) if shapes else 0.0
    first = info.inputs[0] if info.inputs else None
    arriving = 0.0
    if spec is not None and spec.family == "pooling" and first and not isinstance(first[0], tuple):
        arriving = number(numel(first), sizes)
    return Work(
        kind,
        count,
        number(info.flops, sizes) / copies,
        elements,
        max(elements, arriving),
        _time_steps(info, sizes) if kind == "recurrent" else 0.0,
    )


def _time_steps(info: NodeInfo, sizes: Mapping[str, Dim]) -> float:
    shape = info.inputs[0] if info.inputs else None
    if not shape or len(shape) < 3 or isinstance(shape[1], tuple):
        return 0.0
    ways = 2 if info.args.get("bidirectional") else 1
    layers = info.args.get("num_layers", 1)
    return number(shape[1], sizes) * ways * (layers if isinstance(layers, int) else 1)


def _inside(block: GraphInfo, use: NodeInfo, sizes: Mapping[str, Dim]) -> dict[str, Dim]:
    """Return what the names of a block stand for at a use of it."""
    found: dict[str, Dim] = {}
    for name, value in use.args.items():
        if isinstance(value, int | Poly) and not isinstance(value, bool):
            found[name] = substitute(value, sizes)
    for pattern, shape in zip(block.interface.inputs, use.inputs, strict=False):
        if pattern and shape and not isinstance(shape[0], tuple):
            actual = tuple(substitute(dim, sizes) for dim in shape)
            found |= _matched(pattern[1:], actual[1:])
    return found


def _matched(pattern: tuple[Dim, ...], shape: tuple[Dim, ...]) -> dict[str, Dim]:
    """Return the plain names of a pattern with the sizes that stand in their place."""
    return {
        show(name): size
        for name, size in zip(pattern, shape, strict=False)
        if isinstance(name, Poly) and show(name).isidentifier()
    }


def _names(dim: Poly) -> Iterator[str]:
    text = show(dim)
    word = ""
    for letter in text + " ":
        if letter.isalnum() or letter == "_":
            word += letter
        else:
            if word.isidentifier():
                yield word
            word = ""
