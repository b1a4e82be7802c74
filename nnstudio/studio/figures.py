"""What a project, a graph or a node costs, in words."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.compiler.results import Analysis, NodeInfo
from nnstudio.graph.dims import Dim, Poly, Shape, show, substitute, total
from nnstudio.studio.summaries import count_words, one_sample, shape_words
from nnstudio.studio.symbolic_words import symbolic_words

BYTES = 4
"""Of one number in float32."""


def bytes_words(count: Dim) -> str:
    """Write a size in memory: `1.24 MB`, `3.07 kB·T`."""
    if isinstance(count, Poly):
        return symbolic_words(count, bytes_words)
    for size, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"


def exact_words(count: Dim) -> str:
    """Write a count with all its figures, in groups of three: `61 706`."""
    return show(count) if isinstance(count, Poly) else f"{count:,}".replace(",", "\u202f")


def node_figures(
    info: NodeInfo | None, numbers: Mapping[str, object] | None = None
) -> tuple[tuple[str, str], ...]:
    """Return what a node costs for one sample, as names and words.

    Args:
        info: What is known of the node.
        numbers: What the names of a block's parameters stand for here.
    """
    if info is None or info.outputs is None:
        return ()
    known = _sizes(numbers)
    weights = substitute(info.weights, known)
    rows = [("parameters", exact_words(weights))]
    if weights:
        rows.append(("weights", bytes_words(weights * BYTES)))
    rows.append(("FLOPs", _count(info.flops, known)))
    held = substitute(one_sample(info.activations), known)
    if held:
        rows.append(("activations", bytes_words(held * BYTES)))
    return tuple(rows)


def graph_figures(
    analysis: Analysis, graph_id: str, numbers: Mapping[str, object] | None = None
) -> tuple[tuple[str, str], ...]:
    """Return what a network or block costs for one sample; `numbers` as in `node_figures`."""
    info = analysis.graphs.get(graph_id)
    if info is None:
        return ()
    known = _sizes(numbers)
    weights = substitute(info.weights, known)
    held = substitute(one_sample(info.activations), known)
    return (
        ("parameters", exact_words(weights)),
        ("weights", bytes_words(weights * BYTES)),
        ("FLOPs", _count(info.flops, known)),
        ("activations", bytes_words(held * BYTES)),
        ("layers", str(len(info.graph.nodes))),
    )


def kept_bytes(analysis: Analysis) -> Dim:
    """Return what training keeps of one sample in all networks, in bytes of float32."""
    kept = (analysis.graphs[graph_id].activations for graph_id in analysis.project.graphs)
    return BYTES * total(map(one_sample, kept))


def incoming(info: NodeInfo) -> tuple[str, ...]:
    """Return what arrives at each input port; "" at an open one."""
    return tuple(_incoming(entry) for entry in info.inputs)


def outgoing(info: NodeInfo) -> tuple[str, ...]:
    """Return what leaves each output; () while it is unknown."""
    return tuple(map(shape_words, info.outputs or ()))


def _incoming(entry: Shape | tuple[Shape, ...] | None) -> str:
    if entry and isinstance(entry[0], tuple):
        return ", ".join(shape_words(one) for one in entry)
    return shape_words(entry) if entry is not None else ""  # type: ignore[arg-type]


def _count(flops: Dim, known: Mapping[str, Dim]) -> str:
    return count_words(substitute(one_sample(flops), known)) if flops else "0"


def _sizes(numbers: Mapping[str, object] | None) -> dict[str, Dim]:
    return {name: n for name, n in (numbers or {}).items() if type(n) is int and name != "i"}
