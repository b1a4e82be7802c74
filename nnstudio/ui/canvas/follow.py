"""Which nodes of a graph an update touches: only those are looked at again."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.graph.diff import GraphChange
from nnstudio.graph.model import Graph
from nnstudio.graph.topology import BLOCK, CUSTOM
from nnstudio.studio.session import Update

NOTHING = GraphChange()


def graph_change(update: Update, graph_id: str) -> GraphChange:
    """Return what differs within a graph that is in both documents."""
    return update.change.graphs.get(graph_id, NOTHING)


def touched(update: Update, graph: Graph) -> set[str]:
    """Return the nodes of a graph that may look other than before; positions do not count."""
    change = graph_change(update, graph.id)
    found = set(change.changed) | set(change.added)
    found |= {node for graph_id, node in update.restated if graph_id == graph.id}
    found |= set(_by_item(update, graph))
    if "data" in update.change.fields:
        ends = ("Input", "Output")
        found |= {node.id for node in graph.nodes.values() if node.layer in ends}
    return found & graph.nodes.keys()


def _by_item(update: Update, graph: Graph) -> Iterator[str]:
    """Yield the nodes whose block or own layer has changed."""
    change = update.change
    blocks = {*change.blocks_added, *change.blocks_removed, *change.graphs}
    layers = {BLOCK + key for key in blocks} | {CUSTOM + key for key in change.custom}
    if layers:
        yield from (node.id for node in graph.nodes.values() if node.layer in layers)


def owners(graph: Graph) -> frozenset[str]:
    """Return the nodes whose weights others borrow."""
    return frozenset(node.share.node for node in graph.nodes.values() if node.share)
