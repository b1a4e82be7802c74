"""Dissolve the use of a block: its nodes come up into the graph that used it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nnstudio.core.limits import refuse
from nnstudio.core.names import new_id
from nnstudio.core.values import Args, Value
from nnstudio.graph import topology
from nnstudio.graph.editing.edges import edges_of
from nnstudio.graph.editing.edit import (
    Edit,
    Moves,
    find_graph,
    find_node,
    fresh_ids,
    with_nodes,
    with_positions,
)
from nnstudio.graph.editing.formulas import names_in, substituted
from nnstudio.graph.editing.rewiring import fed_by, rewired
from nnstudio.graph.model import Graph, Node, Port, Project
from nnstudio.graph.wellformed import check_count, title


@dataclass(frozen=True, slots=True)
class UngroupNode(Edit):
    """Put the nodes of a block in the place of one use of it; the block itself stays.

    Attributes:
        graph: The id of the graph.
        node: The use.
        args: Values of the block's parameters that follow from the input's shape; the analysis
            knows them. What the use sets, and defaults, need not be given.
        seed: From which ids follow where one is taken (the block was used twice).
    """

    graph: str
    node: str
    args: Args = field(default_factory=Args)
    seed: str = field(default_factory=new_id)

    def apply(self, project: Project) -> Project:
        """Refuse a use that is repeated, shared or bypassed, and parameters without a value."""
        graph = find_graph(project, self.graph)
        use = find_node(project, self.graph, self.node)
        block = self._block(project, use)
        ids = self._ids(graph, block)
        outer = dict(zip(topology.inputs_of(block), _feeds(use), strict=False))
        values = self._values(block, use)

        def source(port: Port) -> Port | None:
            if port.node in ids:
                return Port(ids[port.node], port.output)
            return outer.get(port.node)

        inner = {
            ids[node.id]: _lifted(rewired(node, source), ids, use, values)
            for node in block.nodes.values()
            if node.id in ids
        }
        ends = [edges_of(block.nodes[key], 0) for key in topology.outputs_of(block)]
        outputs = [source(ports[0]) if ports else None for ports in ends]
        made = with_nodes(project, graph.id, _in_place(graph, use, inner, outputs))
        check_count(made)
        return with_positions(made, graph.id, _places(project, graph, block, use, ids), {use.id})

    def moves(self, project: Project) -> Moves:
        """The nodes within the use lie in the graph itself."""
        use = find_node(project, self.graph, self.node)
        ids = self._ids(find_graph(project, self.graph), self._block(project, use))
        return {self.graph: {(use.id, old): (new,) for old, new in ids.items()}}

    def _block(self, project: Project, use: Node) -> Graph:
        where = f"{self.graph}/{use.id}"
        block = project.blocks.get(topology.used_block(use.layer))
        if block is None:
            raise refuse("graph.ungroup_layer", where, node=title(use))
        graph = find_graph(project, self.graph)
        borrowed = any(n.share and n.share.node == use.id for n in graph.nodes.values())
        if use.repeat is not None or use.share is not None or use.bypass or borrowed:
            raise refuse("graph.ungroup_one", where, node=title(use))
        return block

    def _ids(self, graph: Graph, block: Graph) -> dict[str, str]:
        """Ids in the graph by ids in the block; they stay what they are unless taken."""
        fresh = fresh_ids(self.seed, graph.nodes.keys() | block.nodes.keys())
        return {
            node.id: next(fresh) if node.id in graph.nodes else node.id
            for node in block.nodes.values()
            if node.layer not in ("Input", "Output")
        }

    def _values(self, block: Graph, use: Node) -> dict[str, Value]:
        used = {name for node in block.nodes.values() for name in names_in(node)}
        values: dict[str, Value] = {}
        for param in block.params:
            if param.name in use.args:
                values[param.name] = use.args[param.name]
            elif param.name in self.args:
                values[param.name] = self.args[param.name]
            elif not param.required and not param.auto:
                values[param.name] = param.default
            elif param.name in used:
                where = f"{self.graph}/{use.id}"
                raise refuse("graph.ungroup_value", where, node=title(use), name=param.name)
        return values


def _feeds(use: Node) -> list[Port | None]:
    return [ports[0] if (ports := edges_of(use, n)) else None for n in range(len(use.inputs))]


def _lifted(node: Node, ids: Mapping[str, str], use: Node, values: Mapping[str, Value]) -> Node:
    share = node.share
    if share is not None:  # an input of the block has no weights that could be borrowed
        share = replace(share, node=ids[share.node]) if share.node in ids else None
    trainable = node.trainable and use.trainable
    return replace(substituted(node, values), id=ids[node.id], share=share, trainable=trainable)


def _in_place(
    graph: Graph, use: Node, inner: Mapping[str, Node], outputs: list[Port | None]
) -> dict[str, Node]:
    def source(port: Port) -> Port | None:
        if port.node != use.id:
            return port
        return outputs[port.output] if port.output < len(outputs) else None

    nodes: dict[str, Node] = {}
    for node in graph.nodes.values():
        if node.id == use.id:
            nodes |= inner
        else:
            nodes[node.id] = rewired(node, source) if fed_by(node, (use.id,)) else node
    return nodes


def _places(
    project: Project, graph: Graph, block: Graph, use: Node, ids: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    inside = {k: v for k, v in project.layout.get(block.id, {}).items() if k in ids}
    centre = project.layout.get(graph.id, {}).get(use.id)
    if not inside or centre is None:
        return {}
    x = sum(place[0] for place in inside.values()) / len(inside)
    y = sum(place[1] for place in inside.values()) / len(inside)
    dx, dy = centre[0] - x, centre[1] - y
    return {ids[key]: (place[0] + dx, place[1] + dy) for key, place in inside.items()}
