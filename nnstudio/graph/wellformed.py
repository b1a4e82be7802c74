"""What holds for every document that exists: edits keep it, and files that break it are refused.

Ids are unique, edges come from nodes that exist and run in no circle, no block contains itself,
weights are borrowed from nodes that exist, and texts, values and counts are within the limits.
Whether layers exist, fit and have the arguments they need is the analysis' business: an unknown
layer is no fault of the document's form.
"""

from __future__ import annotations

import math

from nnstudio.core.limits import (
    COORDINATE_LIMIT,
    INT_LIMIT,
    NODE_LIMIT,
    NOTE_SIZES,
    NOTES_LIMIT,
    OUTPUT_LIMIT,
    SOURCE_LIMIT,
    TEXT_LIMIT,
    check_args,
    check_argument,
    check_id,
    check_layer,
    check_name,
    check_note,
    check_value,
    refuse,
)
from nnstudio.core.params import Param
from nnstudio.core.values import Choice, Expression
from nnstudio.graph import topology
from nnstudio.graph.model import NO_LOOP, CustomLayer, Data, Graph, Node, Note, Project


def check_project(project: Project) -> None:
    """Refuse a document that is not well formed.

    Raises:
        ProjectError: With the first problem and its place.
    """
    check_name(project.name, "name")
    check_note(project.note, "note")
    check_loop(project.loop)
    check_data(project.data)
    check_count(project)
    _check_ids(project)
    for kind, graphs in (("graphs", project.graphs), ("blocks", project.blocks)):
        for graph_id, graph in graphs.items():
            check_graph(graph, f"{kind}/{graph_id}")
    for layer_id, layer in project.custom.items():
        check_custom(layer, f"custom/{layer_id}")
    check_blocks(project)
    for graph_id, positions in project.layout.items():
        for node_id, position in positions.items():
            check_position(position, f"layout/{graph_id}/{node_id}")
    check_notes(project)


def check_count(project: Project) -> None:
    """Refuse more nodes than a document may hold."""
    graphs = (*project.graphs.values(), *project.blocks.values())
    if sum(len(graph.nodes) for graph in graphs) > NODE_LIMIT:
        raise refuse("graph.too_many", limit=NODE_LIMIT)


def check_blocks(project: Project) -> None:
    """Refuse blocks that contain themselves."""
    circle = topology.block_cycle(project.blocks)
    if circle:
        names = [project.blocks[block].name for block in (*circle, circle[0])]
        path = " → ".join(names)
        raise refuse("graph.contains_itself", f"blocks/{circle[0]}", path=path)


def check_graph(graph: Graph, where: str) -> None:
    """Refuse a graph with faulty nodes, edges to nowhere, or edges in a circle."""
    check_head(graph, where)
    for node_id, node in graph.nodes.items():
        place = f"{where}/nodes/{node_id}"
        check_node(node, place)
        check_links(graph, node, place)
    if len(topology.order(graph)) < len(graph.nodes):
        raise circle_error(graph, topology.cycle(graph), where)


def check_head(graph: Graph, where: str) -> None:
    """Refuse a faulty name, note, role or parameter of a graph."""
    check_name(graph.name, f"{where}/name")
    check_name(graph.role, f"{where}/role", "the role")
    check_note(graph.note, f"{where}/note")
    check_params(graph.params, f"{where}/params")


def check_node(node: Node, where: str) -> None:
    """Refuse what is wrong with a node by itself."""
    check_id(node.id, where)
    check_layer(node.layer, f"{where}/layer")
    check_args(node.args, f"{where}/args")
    check_name(node.name, f"{where}/name")
    check_note(node.note, f"{where}/note")
    if node.repeat is not None:
        count = node.repeat.count
        if type(count) is not int and not isinstance(count, Expression):
            raise refuse("value.type", f"{where}/repeat", value=type(count).__name__)
        check_value(count, f"{where}/repeat")
    if node.share is not None:
        check_name(node.share.parameter, f"{where}/share", "the parameter")
        check_name(node.share.own, f"{where}/share", "the parameter")


def check_links(graph: Graph, node: Node, where: str) -> None:
    """Refuse edges and borrowed weights that come from nowhere."""
    for port in node.ports():
        if port.node not in graph.nodes:
            raise refuse("graph.no_node", f"{where}/in", node=port.node)
        if not 0 <= port.output < OUTPUT_LIMIT:
            raise refuse("graph.output", f"{where}/in", output=port.output)
    owner, steps = node.share, 0
    while owner is not None:
        if owner.node not in graph.nodes:
            raise refuse("graph.no_node", f"{where}/share", node=owner.node)
        steps += 1
        if owner.node == node.id or steps > OUTPUT_LIMIT:
            raise refuse("graph.share_itself", f"{where}/share", node=title(node))
        owner = graph.nodes[owner.node].share


def check_custom(layer: CustomLayer, where: str) -> None:
    """Refuse texts of an own layer that are too long or cannot be seen; its code is not judged."""
    check_id(layer.id, where)
    check_name(layer.name, f"{where}/name")
    check_name(layer.signature, f"{where}/signature", "the signature")
    check_note(layer.source, f"{where}/source", "the source", SOURCE_LIMIT)
    check_params(layer.params, f"{where}/params")


def check_params(params: tuple[Param, ...], where: str) -> None:
    """Refuse parameters of a block whose names or values a document cannot hold."""
    names = [param.name for param in params]
    for index, param in enumerate(params):
        place = f"{where}/{index}"
        check_argument(param.name, place)
        if param.name in names[:index]:
            raise refuse("graph.taken", place, id=param.name)
        check_value(param.default, place)
        check_value(param.torch_default, place)
        check_note(param.help, place)
        for text in (*param.choices, *param.words, param.of):
            check_name(text, place, "the choice")


def check_choice(choice: Choice, where: str) -> None:
    """Refuse a choice whose name or settings a document cannot hold."""
    check_layer(choice.name, where)
    check_args(choice.args, where)


def check_loop(loop: Choice) -> None:
    """Refuse a loop that a document cannot hold; that none is chosen it can."""
    if loop != NO_LOOP:
        check_choice(loop, "loop")


def check_data(data: Data) -> None:
    """Refuse a description of data that a document cannot hold."""
    if data.reader is not None:
        check_choice(data.reader, "data/reader")
    check_name(data.task, "data/task", "the task")
    for name in data.classes:
        check_name(name, "data/classes", "the class")
    for size in (*(size for shape in data.inputs for size in shape), *data.target):
        if type(size) is not int or not 0 <= size <= INT_LIMIT:
            raise refuse("value.number", "data")


def check_position(position: tuple[float, float], where: str) -> None:
    """Refuse a position that is no place on a canvas."""
    if not all(math.isfinite(value) and abs(value) <= COORDINATE_LIMIT for value in position):
        raise refuse("graph.position", where)


def check_notes(project: Project) -> None:
    """Refuse faulty notes, and more of them than a document may hold."""
    graphs = {**project.graphs, **project.blocks}
    for graph_id, notes in project.notes.items():
        if graph_id not in graphs:
            raise refuse("graph.no_graph", "notes", graph=graph_id)
        for note_id, note in notes.items():
            check_canvas_note(note_id, note, f"notes/{graph_id}/{note_id}")
    if sum(map(len, project.notes.values())) > NOTES_LIMIT:
        raise refuse("graph.many_notes", "notes", limit=NOTES_LIMIT)


def check_canvas_note(note_id: str, note: Note, where: str) -> None:
    """Refuse what is wrong with a note on the canvas by itself."""
    check_id(note_id, where)
    check_note(note.text, f"{where}/text", limit=TEXT_LIMIT)
    check_position(note.at, f"{where}/at")
    least, most = NOTE_SIZES
    if not (least <= note.width <= most and 0 <= note.height <= most):
        raise refuse("graph.note_size", where, least=int(least), most=int(most))


def circle_error(graph: Graph, circle: tuple[str, ...], where: str) -> Exception:
    """Return the error that names the nodes of a circle."""
    path = " → ".join(title(graph.nodes[node_id]) for node_id in (*circle, circle[0]))
    return refuse("graph.cycle", f"{where}/nodes/{circle[0]}", path=path)


def title(node: Node) -> str:
    """Return what a node is called in a message."""
    return node.name or node.layer


def _check_ids(project: Project) -> None:
    seen: set[str] = set()
    for kind in ("graphs", "blocks", "custom"):
        for item_id, item in getattr(project, kind).items():
            check_id(item_id, f"{kind}/{item_id}")
            if item.id != item_id or item_id in seen:
                raise refuse("graph.taken", f"{kind}/{item_id}", id=item_id)
            seen.add(item_id)
    graphs = [*project.graphs.values(), *project.blocks.values()]
    for graph in graphs:
        for node_id, node in graph.nodes.items():
            if node.id != node_id:
                raise refuse("graph.taken", f"{graph.id}/{node_id}", id=node_id)
    if project.layout.keys() - {graph.id for graph in graphs}:
        raise refuse("graph.no_graph", "layout", graph=", ".join(project.layout))
