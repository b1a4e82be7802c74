"""Group nodes into a block, and dissolve the use of a block; weights follow either way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from nnstudio.core.limits import check_name, refuse
from nnstudio.core.names import new_id
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph import topology
from nnstudio.graph.editing.edit import (
    Edit,
    Moves,
    find_graph,
    find_node,
    fresh_ids,
    with_nodes,
    with_notes,
)
from nnstudio.graph.editing.formulas import names_in
from nnstudio.graph.editing.notes import find_note
from nnstudio.graph.editing.rewiring import fed_by, rewired
from nnstudio.graph.model import EMPTY, Graph, Node, Port, Project, placed, removed
from nnstudio.graph.topology import BLOCK
from nnstudio.graph.wellformed import title

STEP = 120.0
"""How far above and below the nodes a new block's inputs and outputs stand."""


@dataclass(frozen=True, slots=True)
class GroupNodes(Edit):
    """Make a block of nodes and use it in their place; ids stay, so that weights follow.

    Attributes:
        graph: The id of the graph.
        nodes: Their ids.
        name: The name of the block.
        shapes: The shape of each port that feeds the selection, for the inputs of the block, as the
            `shape` of an `Input`: sizes and names. The analysis knows it.
        seed: From which new ids follow, so that redoing gives the same document.
        notes: Ids of notes on the canvas that go along.
    """

    graph: str
    nodes: tuple[str, ...]
    name: str = "Block"
    shapes: Mapping[Port, tuple[Value, ...]] = field(default_factory=lambda: EMPTY)
    seed: str = field(default_factory=new_id)
    notes: tuple[str, ...] = ()

    def apply(self, project: Project) -> Project:
        """Refuse ends of the graph, a path that leaves and comes back, and weights cut in two."""
        check_name(self.name, self.graph)
        graph = find_graph(project, self.graph)
        chosen = {find_node(project, self.graph, node_id).id for node_id in self.nodes}
        _check_selection(graph, chosen)
        entering, leaving = _entering(graph, chosen), _leaving(graph, chosen)
        block_id, use_id, ids = self._ids(project)
        block = self._block(graph, chosen, block_id, entering, leaving, ids)
        args = Args({param.name: Expression(param.name) for param in block.params})
        # The use has no name of its own: it is called what the block is, also when that changes.
        use = Node(use_id, f"{BLOCK}{block_id}", args, tuple(entering))
        outputs = {port: Port(use_id, index) for index, port in enumerate(leaving)}
        nodes = _replaced(graph, chosen, use, outputs)
        made = replace(project, blocks=placed(project.blocks, block_id, block))
        made = with_nodes(made, graph.id, nodes)
        layout = _grouped_layout(made, graph, block, use_id, chosen)
        made = replace(made, layout=layout)
        if not self.notes:
            return made
        along = {key: find_note(made, graph.id, key) for key in self.notes}
        left = removed(made.notes[graph.id], *along)
        return with_notes(with_notes(made, graph.id, left), block_id, along)

    def moves(self, project: Project) -> Moves:
        """The nodes lie within the block's use."""
        _, use_id, _ = self._ids(project)
        return {self.graph: {(node_id,): (use_id, node_id) for node_id in self.nodes}}

    def words(self) -> Mapping[str, object]:
        """Return the name."""
        return {"name": self.name}

    def _ids(self, project: Project) -> tuple[str, str, Iterator[str]]:
        graphs = {**project.graphs, **project.blocks}
        taken = {key for graph in graphs.values() for key in graph.nodes}
        ids = fresh_ids(self.seed, taken | graphs.keys() | project.custom.keys())
        return next(ids), next(ids), ids

    def _block(
        self,
        graph: Graph,
        chosen: set[str],
        block_id: str,
        entering: list[Port],
        leaving: list[Port],
        ids: Iterator[str],
    ) -> Graph:
        inputs = {
            port: Node(next(ids), "Input", _shape(self.shapes.get(port))) for port in entering
        }
        inner = [
            rewired(node, lambda port: Port(inputs[port].id) if port in inputs else port)
            for node in graph.nodes.values()
            if node.id in chosen
        ]
        outputs = [Node(next(ids), "Output", inputs=(port,)) for port in leaving]
        nodes = {node.id: node for node in (*inputs.values(), *inner, *outputs)}
        used = {name for node in nodes.values() for name in names_in(node)}
        params = tuple(param for param in graph.params if param.name in used)
        return Graph(block_id, self.name, nodes, params)


def _check_selection(graph: Graph, chosen: set[str]) -> None:
    if not chosen:
        raise refuse("graph.empty_selection", graph.id)
    for node_id in chosen:
        if graph.nodes[node_id].layer in ("Input", "Output"):
            raise refuse("graph.group_ends", f"{graph.id}/{node_id}")
    for node in graph.nodes.values():
        if node.share is not None and (node.id in chosen) != (node.share.node in chosen):
            raise refuse("graph.group_share", f"{graph.id}/{node.id}", node=title(node))
    around = _around(graph, chosen)
    if around is not None:
        raise refuse("graph.group_around", f"{graph.id}/{around.id}", node=title(around))


def _around(graph: Graph, chosen: set[str]) -> Node | None:
    """Return a node outside of the selection that depends on it and feeds it."""
    waiting = [port.node for port in _entering(graph, chosen)]
    seen = set(waiting)
    while waiting:
        node = graph.nodes[waiting.pop()]
        if fed_by(node, chosen):
            return node
        sources = {port.node for port in node.ports()} - seen
        seen |= sources
        waiting += sources
    return None


def _entering(graph: Graph, chosen: set[str]) -> list[Port]:
    nodes = (node for key, node in graph.nodes.items() if key in chosen)  # in their order
    ports = (port for node in nodes for port in node.ports())
    return list(dict.fromkeys(port for port in ports if port.node not in chosen))


def _leaving(graph: Graph, chosen: set[str]) -> list[Port]:
    """The ports used outside; if there are none, what nobody uses, or the block would be empty."""
    outside = [node for node in graph.nodes.values() if node.id not in chosen]
    fed = [node for node in outside if fed_by(node, chosen)]
    found = dict.fromkeys(p for node in fed for p in node.ports() if p.node in chosen)
    if not found:
        used = {port.node for node in graph.nodes.values() for port in node.ports()}
        found = dict.fromkeys(Port(key) for key in graph.nodes if key in chosen - used)
    return list(found)


def _shape(shape: tuple[Value, ...] | None) -> Args:
    return Args() if shape is None else Args(shape=shape)


def _replaced(
    graph: Graph, chosen: set[str], use: Node, outputs: Mapping[Port, Port]
) -> dict[str, Node]:
    """The nodes with the use in the place of the last one that it stands for."""
    last = [key for key in graph.nodes if key in chosen][-1]
    nodes: dict[str, Node] = {}
    for node in graph.nodes.values():
        if node.id == last:
            nodes[use.id] = use
        elif node.id not in chosen:
            fed = fed_by(node, chosen)
            nodes[node.id] = rewired(node, lambda p: outputs.get(p, p)) if fed else node
    return nodes


def _grouped_layout(
    project: Project, graph: Graph, block: Graph, use_id: str, chosen: set[str]
) -> dict[str, Mapping[str, tuple[float, float]]]:
    places = project.layout.get(graph.id, {})
    inside = {key: places[key] for key in chosen if key in places}
    if not inside:
        return dict(project.layout)
    outside = {key: place for key, place in places.items() if key not in chosen}
    x = sum(place[0] for place in inside.values()) / len(inside)
    y = sum(place[1] for place in inside.values()) / len(inside)
    top = min(place[1] for place in inside.values()) - STEP
    bottom = max(place[1] for place in inside.values()) + STEP
    ends = {key: (x + STEP * n, top) for n, key in enumerate(topology.inputs_of(block))}
    ends |= {key: (x + STEP * n, bottom) for n, key in enumerate(topology.outputs_of(block))}
    places = {**outside, use_id: (x, y)}
    return {**project.layout, graph.id: places, block.id: {**inside, **ends}}
