"""A new layer in its place: after a node, between two, at a loose end, or by itself."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.compiler.results import Analysis
from nnstudio.core.names import new_id
from nnstudio.core.values import Args
from nnstudio.graph import topology
from nnstudio.graph.edits import AddNode, Batch, Connect, Edit, InsertOnEdge, MoveNodes
from nnstudio.graph.model import Graph, Node, Port, Project
from nnstudio.graph.topology import Consumer
from nnstudio.studio import fitting, placing
from nnstudio.studio.placing import Place

GIVEN = Args()
"""What nobody has set."""


@dataclass(frozen=True, slots=True)
class Added:
    """An edit that adds a node, and the node's id."""

    edit: Edit
    node: str


def alone(project: Project, graph_id: str, layer: str, at: Place, args: Args = GIVEN) -> Added:
    """Add a layer that is connected with nothing."""
    node = _node(project, graph_id, layer, args)
    return Added(AddNode(graph_id, node, placing.snapped(at)), node.id)


def after(
    project: Project,
    analysis: Analysis,
    graph_id: str,
    layer: str,
    source: Port,
    at: Place | None = None,
    args: Args = GIVEN,
) -> Added:
    """Add a layer that is fed by an output, below it; where one edge leaves it, into that edge.

    Args:
        project: The document.
        analysis: What is known of it.
        graph_id: The graph.
        layer: The layer.
        source: The output.
        at: Where it goes; then nothing is put between.
        args: Its settings.
    """
    graph = project.graph(graph_id)
    feeds = topology.consumers(graph)[source.node]
    mine = [consumer for port, consumer in feeds if port == source]
    wanted = fitting.signature(project, layer)
    if at is None and len(mine) == 1 and wanted.inputs and wanted.outputs:
        return between(project, graph_id, layer, mine[0], args=args)
    node = _node(project, graph_id, layer, args)
    place = placing.below(project, graph_id, source.node) if at is None else placing.snapped(at)
    edits: list[Edit] = [AddNode(graph_id, node, place)]
    if wanted.inputs:
        slot = 0 if wanted.inputs[0].variadic else None
        edits.append(Connect(graph_id, source, node.id, 0, slot))
    return Added(_one(edits), node.id)


def before(
    project: Project, graph_id: str, layer: str, target: Consumer, at: Place, args: Args = GIVEN
) -> Added:
    """Add a layer that feeds an input."""
    node = _node(project, graph_id, layer, args)
    edits: list[Edit] = [AddNode(graph_id, node, placing.snapped(at))]
    if fitting.signature(project, layer).outputs:
        edits.append(Connect(graph_id, Port(node.id), target.node, target.input, target.slot))
    return Added(_one(edits), node.id)


def between(
    project: Project,
    graph_id: str,
    layer: str,
    edge: Consumer,
    at: Place | None = None,
    args: Args = GIVEN,
) -> Added:
    """Put a new layer on an edge; what follows makes room."""
    graph = project.graph(graph_id)
    node = _node(project, graph_id, layer, args)
    place, moves = _room(project, graph, edge, at)
    wanted = fitting.signature(project, layer).inputs
    slot = 0 if wanted and wanted[0].variadic else None
    insert = InsertOnEdge(graph_id, node, edge, slot=slot, position=place)
    return Added(_one([insert, MoveNodes(graph_id, moves)] if moves else [insert]), node.id)


def onto(project: Project, graph_id: str, node_id: str, edge: Consumer, at: Place) -> Edit:
    """Put a node that is there already on an edge; what follows makes room."""
    graph = project.graph(graph_id)
    place, moves = _room(project, graph, edge, at)
    wanted = fitting.signature(project, graph.nodes[node_id].layer).inputs
    slot = 0 if wanted and wanted[0].variadic else None
    moves = {**moves, node_id: place}
    return _one([InsertOnEdge(graph_id, node_id, edge, slot=slot), MoveNodes(graph_id, moves)])


def with_room(project: Project, edit: Edit) -> Edit:
    """Return a repair with a place for what it inserts, and room around it."""
    if not isinstance(edit, InsertOnEdge) or edit.position is not None:
        return edit
    place, moves = _room(project, project.graph(edit.graph), edit.at, None)
    node = edit.node if isinstance(edit.node, str) else edit.node.id
    return _one([edit, MoveNodes(edit.graph, {**moves, node: place})])


def _room(
    project: Project, graph: Graph, edge: Consumer, at: Place | None
) -> tuple[Place, dict[str, Place]]:
    entry = graph.nodes[edge.node].inputs[edge.input]
    source = entry[edge.slot or 0] if isinstance(entry, tuple) else entry
    if source is None:
        return placing.snapped(at or (0.0, 0.0)), {}
    return placing.room(project, graph.id, source.node, edge.node, at)


def _one(edits: list[Edit]) -> Edit:
    return edits[0] if len(edits) == 1 else Batch(tuple(edits))


def _node(project: Project, graph_id: str, layer: str, args: Args) -> Node:
    """Return a new node; an Input of a network takes the shape of the data that is chosen."""
    graph = project.graph(graph_id)
    if layer == "Input" and not args and graph_id in project.graphs:
        place = sum(node.layer == "Input" for node in graph.nodes.values())
        shapes = project.data.inputs[place : place + 1]
        args = Args(shape=("N", *shapes[0])) if shapes else args
    return Node(new_id(set(graph.nodes)), layer, args)
