"""Edits of edges: connect, disconnect, insert a node on an edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nnstudio.core.limits import refuse
from nnstudio.graph import topology
from nnstudio.graph.editing.edit import Edit, find_graph, find_node, with_node
from nnstudio.graph.editing.nodes import AddNode
from nnstudio.graph.editing.rewiring import with_input
from nnstudio.graph.model import Input, Node, Port, Project
from nnstudio.graph.topology import Consumer
from nnstudio.graph.wellformed import check_links, circle_error

INPUT_LIMIT = 256
"""No layer has more inputs; a variadic one counts as one."""


@dataclass(frozen=True, slots=True)
class Connect(Edit):
    """Draw an edge.

    Attributes:
        graph: The id of the graph.
        source: The output that it comes from.
        node: The node that receives; what fed a plain input before is replaced.
        input: The index of its input.
        slot: For a variadic input, the place among its edges (a number too large appends);
            None for a plain input.
    """

    graph: str
    source: Port
    node: str
    input: int = 0
    slot: int | None = None

    def apply(self, project: Project) -> Project:
        """Refuse an edge that closes a circle, and says which."""
        graph = find_graph(project, self.graph)
        node = find_node(project, self.graph, self.node)
        find_node(project, self.graph, self.source.node)
        where = f"{graph.id}/{node.id}"
        if not 0 <= self.input < INPUT_LIMIT:
            raise refuse("graph.no_input", where, node=node.layer)
        if topology.depends(graph, self.source.node, node.id):
            raise circle_error(graph, topology.path(graph, node.id, self.source.node), graph.id)
        connected = with_input(node, self.input, self._entry(node))
        check_links(graph, connected, where)
        return with_node(project, graph.id, connected)

    def _entry(self, node: Node) -> Input:
        if self.slot is None:
            return self.source
        old = edges_of(node, self.input)
        if len(old) >= INPUT_LIMIT:
            raise refuse("graph.no_input", f"{self.graph}/{node.id}", node=node.layer)
        slot = max(0, min(self.slot, len(old)))
        return (*old[:slot], self.source, *old[slot:])


@dataclass(frozen=True, slots=True)
class Disconnect(Edit):
    """Take an edge away: all of an input, or one of a variadic input's edges."""

    graph: str
    node: str
    input: int = 0
    slot: int | None = None

    def apply(self, project: Project) -> Project:
        """Refuse an edge that is not there."""
        node = find_node(project, self.graph, self.node)
        check_edge(node, self.input, self.slot, f"{self.graph}/{self.node}")
        rest: Input = None
        old = node.inputs[self.input]
        if self.slot is not None and isinstance(old, tuple):
            rest = (*old[: self.slot], *old[self.slot + 1 :])
        return with_node(project, self.graph, with_input(node, self.input, rest))


@dataclass(frozen=True, slots=True)
class InsertOnEdge(Edit):
    """Put a node between two others.

    Attributes:
        graph: The id of the graph.
        node: A new node; or one that is in the graph, by its id, which keeps its other edges.
        at: The edge, by what it feeds.
        input: The input of the node that takes the edge's source.
        output: The output of the node that feeds on.
        slot: For a variadic input of the node; see `Connect`.
        position: Where a new node stands.
    """

    graph: str
    node: Node | str
    at: Consumer
    input: int = 0
    output: int = 0
    slot: int | None = None
    position: tuple[float, float] | None = None

    def apply(self, project: Project) -> Project:
        """Refuse an edge that is not there, or a node already before or behind it."""
        consumer = find_node(project, self.graph, self.at.node)
        check_edge(consumer, self.at.input, self.at.slot, f"{self.graph}/{consumer.id}")
        source = edges_of(consumer, self.at.input)[self.at.slot or 0]
        node_id = self.node
        if isinstance(node_id, Node):
            fresh = replace(node_id, inputs=())
            project = AddNode(self.graph, fresh, self.position).apply(project)
            node_id = fresh.id
        project = Disconnect(self.graph, self.at.node, self.at.input, self.at.slot).apply(project)
        project = Connect(self.graph, source, node_id, self.input, self.slot).apply(project)
        port = Port(node_id, self.output)
        return Connect(self.graph, port, self.at.node, self.at.input, self.at.slot).apply(project)

    def words(self) -> Mapping[str, object]:
        """Return the layer of a new node."""
        return {"layer": self.node.layer if isinstance(self.node, Node) else self.node}


def edges_of(node: Node, index: int) -> tuple[Port, ...]:
    """Return the ports that feed one input."""
    entry = node.inputs[index] if index < len(node.inputs) else None
    if entry is None:
        return ()
    return (entry,) if isinstance(entry, Port) else entry


def check_edge(node: Node, index: int, slot: int | None, where: str) -> None:
    """Refuse an edge that is not there."""
    edges = edges_of(node, index) if index >= 0 else ()
    if not 0 <= (slot or 0) < len(edges):
        raise refuse("graph.no_input", where, node=node.name or node.layer)
