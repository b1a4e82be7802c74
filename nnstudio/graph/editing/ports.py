"""Ports of a block are its Input and Output nodes in their order; edges of its uses follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nnstudio.core.limits import refuse
from nnstudio.graph import topology
from nnstudio.graph.editing.edit import Edit, find_graph, find_node, with_graph
from nnstudio.graph.editing.rewiring import fed_by, rewired, trimmed
from nnstudio.graph.model import Graph, Node, Port, Project


@dataclass(frozen=True, slots=True)
class MovePort(Edit):
    """Move an Input or Output among those of its graph; uses of a block keep their edges.

    Attributes:
        graph: The id of the graph.
        node: The Input or Output.
        by: So many places further down, or up when negative.
    """

    graph: str
    node: str
    by: int

    def apply(self, project: Project) -> Project:
        """Refuse a node that is no port; beyond the ends it stops at the end."""
        graph = find_graph(project, self.graph)
        node = find_node(project, self.graph, self.node)
        if node.layer not in ("Input", "Output"):
            raise refuse("graph.no_port", f"{self.graph}/{self.node}", node=node.name or node.layer)
        old = [key for key, one in graph.nodes.items() if one.layer == node.layer]
        new = [key for key in old if key != node.id]
        new.insert(max(0, old.index(node.id) + self.by), node.id)
        moved = iter(new)
        nodes = {}
        for key, one in graph.nodes.items():
            kept = next(moved) if one.layer == node.layer else key
            nodes[kept] = graph.nodes[kept]
        made = replace(graph, nodes=nodes)
        return following(with_graph(project, made), graph, made)


def following(project: Project, before: Graph, after: Graph) -> Project:
    """Return the document in which uses of a block have their edges at the ports of before.

    Args:
        project: The document with the block as it is now.
        before: The block as it was.
        after: The block now; a port that is gone takes its edges along.
    """
    if after.id not in project.blocks:
        return project
    inputs = _places(topology.inputs_of(before), topology.inputs_of(after))
    outputs = _places(topology.outputs_of(before), topology.outputs_of(after))
    if all(old == new for places in (inputs, outputs) for old, new in places.items()):
        return project
    uses: dict[str, set[str]] = {}
    for graph_id, node_id in topology.users(project, after.id):
        uses.setdefault(graph_id, set()).add(node_id)
    for graph_id, ids in uses.items():
        graph = project.graph(graph_id)
        nodes = {key: _followed(node, ids, inputs, outputs) for key, node in graph.nodes.items()}
        project = with_graph(project, replace(graph, nodes=nodes))
    return project


def _places(before: Sequence[str], after: Sequence[str]) -> dict[int, int | None]:
    """Return where each port went, None for one that is gone."""
    return {index: after.index(key) if key in after else None for index, key in enumerate(before)}


def _followed(
    node: Node,
    uses: set[str],
    inputs: Mapping[int, int | None],
    outputs: Mapping[int, int | None],
) -> Node:
    def source(port: Port) -> Port | None:
        if port.node not in uses:
            return port
        place = outputs.get(port.output, port.output)
        return None if place is None else Port(port.node, place)

    made = rewired(node, source) if fed_by(node, uses) else node
    if node.id not in uses:
        return made
    found = {inputs.get(index, index): entry for index, entry in enumerate(made.inputs)}
    last = max((place for place in found if place is not None), default=-1)
    return replace(made, inputs=trimmed(tuple(found.get(place) for place in range(last + 1))))
