"""Whose weights a node can use: those of a whole node of its layer, or one parameter of any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnstudio.catalogue import registry
from nnstudio.compiler.results import Analysis
from nnstudio.graph.dims import Shape
from nnstudio.graph.model import Graph, Node, Project, Share
from nnstudio.graph.topology import used_block
from nnstudio.studio.summaries import title


def lenders(project: Project, analysis: Analysis, graph: Graph, node: Node) -> Mapping[str, Share]:
    """Return what a node can borrow, by what it is called: `encoder`, `weight of embedding`.

    A single parameter is offered where its shape is the one that is needed.

    Args:
        project: The document.
        analysis: What is known of it.
        graph: The graph of the node.
        node: The node that would borrow.
    """
    found: dict[str, Share] = {}
    for words, share in _offers(project, analysis, graph, node):
        number = 2
        name = words
        while name in found:
            name, number = f"{words} ({number})", number + 1
        found[name] = share
    return found


def borrowers(graph: Graph, node_id: str) -> tuple[str, ...]:
    """Return the nodes that use weights of a node."""
    return tuple(
        other.id for other in graph.nodes.values() if other.share and other.share.node == node_id
    )


def learns(project: Project, node: Node) -> bool:
    """Tell whether a node has weights of its own to lend, freeze or replace."""
    spec = registry.layer(node.layer)
    if spec is not None:
        return spec.tensors is not None
    return used_block(node.layer) in project.blocks


def _offers(
    project: Project, analysis: Analysis, graph: Graph, node: Node
) -> Iterator[tuple[str, Share]]:
    others = [
        other
        for other in graph.nodes.values()
        if other.id != node.id and not _borrows(graph, other, node.id)
    ]
    for other in others:
        if other.layer == node.layer and other.share is None:
            yield title(project, other), Share(other.id)
    if node.repeat is not None:
        return
    plain = [one for one in others if not (one.repeat or one.bypass or one.share)]
    for own, shape in _tensors(analysis, graph, node).items():
        for other in plain:
            for name, held in _tensors(analysis, graph, other).items():
                if held == shape:
                    words = f"{name} of {title(project, other)}"
                    words = words if own == name else f"{words} as {own}"
                    yield words, Share(other.id, name, "" if own == name else own)


def _borrows(graph: Graph, node: Node, owner: str) -> bool:
    """Tell whether a node uses weights of another one, directly or by others in between."""
    seen: set[str] = set()
    while node.share is not None and node.id not in seen:
        if node.share.node == owner:
            return True
        seen.add(node.id)
        found = graph.nodes.get(node.share.node)
        if found is None:
            return False
        node = found
    return False


def _tensors(analysis: Analysis, graph: Graph, node: Node) -> Mapping[str, Shape]:
    spec, info = registry.layer(node.layer), analysis.node(f"{graph.id}/{node.id}")
    if spec is None or spec.tensors is None or info is None or info.outputs is None:
        return {}
    if node.bypass:  # its arguments are not worked out
        return {}
    # Vectors of one length mean nothing to each other.
    return {name: s for name, s in spec.tensors(info.args).items() if name and len(s) > 1}
