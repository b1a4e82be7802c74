"""Edits of nodes: add, remove, set, move, replace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nnstudio.core.limits import check_args, check_name, check_note, refuse
from nnstudio.core.values import Args
from nnstudio.graph.editing.edit import (
    Edit,
    find_graph,
    find_node,
    with_graph,
    with_node,
    with_nodes,
    with_positions,
)
from nnstudio.graph.editing.ports import following
from nnstudio.graph.editing.rewiring import fed_by, healed, rewired
from nnstudio.graph.model import Node, Port, Project, Repeat, Share, placed
from nnstudio.graph.topology import used_block
from nnstudio.graph.wellformed import (
    check_blocks,
    check_count,
    check_links,
    check_node,
    check_position,
)


@dataclass(frozen=True, slots=True)
class AddNode(Edit):
    """Place a layer in a graph; the id of the node is made by `core.names.new_id`."""

    graph: str
    node: Node
    position: tuple[float, float] | None = None

    def apply(self, project: Project) -> Project:
        """Refuse a taken id, edges from nowhere, and a block that would contain itself."""
        graph, node = find_graph(project, self.graph), self.node
        where = f"{graph.id}/{node.id}"
        if node.id in graph.nodes:
            raise refuse("graph.taken", where, id=node.id)
        check_node(node, where)
        grown = with_graph(project, replace(graph, nodes=placed(graph.nodes, node.id, node)))
        check_links(find_graph(grown, graph.id), node, where)
        if node.id in {port.node for port in node.ports()}:
            raise refuse("graph.cycle", where, path=f"{node.layer} → {node.layer}")
        if used_block(node.layer):
            check_blocks(grown)
        check_count(grown)
        return _at(grown, graph.id, {node.id: self.position} if self.position else {})

    def words(self) -> Mapping[str, object]:
        """Return the layer."""
        return {"layer": self.node.name or self.node.layer}


@dataclass(frozen=True, slots=True)
class RemoveNodes(Edit):
    """Take nodes out; with `heal`, what they fed is fed by what fed their first input."""

    graph: str
    nodes: tuple[str, ...]
    heal: bool = True

    def apply(self, project: Project) -> Project:
        """Nodes that borrowed weights from a removed one get their own."""
        graph = find_graph(project, self.graph)
        gone = {find_node(project, self.graph, node_id).id for node_id in self.nodes}
        if not gone:
            return project

        def source(port: Port) -> Port | None:
            if self.heal:
                return healed(graph, port, gone)
            return None if port.node in gone else port

        kept = {}
        for node in graph.nodes.values():
            if node.id not in gone:
                left = rewired(node, source) if fed_by(node, gone) else node
                kept[node.id] = _disowned(left, gone)
        made = with_nodes(project, self.graph, kept)
        made = following(made, graph, find_graph(made, self.graph))
        return with_positions(made, self.graph, {}, gone)

    def words(self) -> Mapping[str, object]:
        """Return how many."""
        return {"count": len(self.nodes)}


@dataclass(frozen=True, slots=True)
class SetArgs(Edit):
    """Set arguments of a node; the others stay."""

    graph: str
    node: str
    args: Args

    def apply(self, project: Project) -> Project:
        """Refuse values that a document cannot hold; whether they fit is the analysis' business."""
        check_args(self.args, f"{self.graph}/{self.node}")
        node = find_node(project, self.graph, self.node)
        return with_node(project, self.graph, replace(node, args=node.args.replace(**self.args)))

    def words(self) -> Mapping[str, object]:
        """Return the names."""
        return {"names": ", ".join(self.args)}


@dataclass(frozen=True, slots=True)
class ResetArg(Edit):
    """Let an argument have its default, or follow from the input, again."""

    graph: str
    node: str
    name: str

    def apply(self, project: Project) -> Project:
        """An argument that is not set stays so."""
        node = find_node(project, self.graph, self.node)
        return with_node(project, self.graph, replace(node, args=node.args.without(self.name)))


@dataclass(frozen=True, slots=True)
class Rename(Edit):
    """Give a node a name; "" takes it away."""

    graph: str
    node: str
    name: str

    def apply(self, project: Project) -> Project:
        """Refuse a name that cannot be one."""
        check_name(self.name, f"{self.graph}/{self.node}")
        node = find_node(project, self.graph, self.node)
        return with_node(project, self.graph, replace(node, name=self.name))


@dataclass(frozen=True, slots=True)
class SetNote(Edit):
    """Write a remark on a node."""

    graph: str
    node: str
    note: str

    def apply(self, project: Project) -> Project:
        """Refuse a text that is too long."""
        check_note(self.note, f"{self.graph}/{self.node}")
        node = find_node(project, self.graph, self.node)
        return with_node(project, self.graph, replace(node, note=self.note))


@dataclass(frozen=True, slots=True)
class SetTrainable(Edit):
    """Freeze the weights of a node, or let them learn."""

    graph: str
    node: str
    trainable: bool

    def apply(self, project: Project) -> Project:
        """Nothing can be wrong with it but the place."""
        node = find_node(project, self.graph, self.node)
        return with_node(project, self.graph, replace(node, trainable=self.trainable))


@dataclass(frozen=True, slots=True)
class SetBypass(Edit):
    """Leave a node out and pass its first input on, or take it in again."""

    graph: str
    node: str
    bypass: bool

    def apply(self, project: Project) -> Project:
        """Nothing can be wrong with it but the place."""
        node = find_node(project, self.graph, self.node)
        return with_node(project, self.graph, replace(node, bypass=self.bypass))


@dataclass(frozen=True, slots=True)
class SetRepeat(Edit):
    """Let a node stand for several copies; None for a single one."""

    graph: str
    node: str
    repeat: Repeat | None

    def apply(self, project: Project) -> Project:
        """Refuse a count that is neither a whole number nor a formula."""
        node = replace(find_node(project, self.graph, self.node), repeat=self.repeat)
        check_node(node, f"{self.graph}/{self.node}")
        return with_node(project, self.graph, node)


@dataclass(frozen=True, slots=True)
class SetShare(Edit):
    """Borrow weights from another node of the graph; None for weights of one's own."""

    graph: str
    node: str
    share: Share | None

    def apply(self, project: Project) -> Project:
        """Refuse a node that does not exist, and borrowing in a circle."""
        node = replace(find_node(project, self.graph, self.node), share=self.share)
        check_node(node, f"{self.graph}/{self.node}")
        made = with_node(project, self.graph, node)
        check_links(find_graph(made, self.graph), node, f"{self.graph}/{self.node}")
        return made


@dataclass(frozen=True, slots=True)
class MoveNodes(Edit):
    """Put nodes elsewhere on the canvas; only the layout changes."""

    graph: str
    positions: Mapping[str, tuple[float, float]]

    def apply(self, project: Project) -> Project:
        """Refuse positions that are not finite."""
        for node_id in self.positions:
            find_node(project, self.graph, node_id)
        return _at(project, self.graph, self.positions)

    def words(self) -> Mapping[str, object]:
        """Return how many."""
        return {"count": len(self.positions)}


@dataclass(frozen=True, slots=True)
class ReplaceNode(Edit):
    """Put another node in the place of one: its edges, its position and its name pass over.

    The new node has an id of its own, so that it takes no weights over that mean another thing.
    """

    graph: str
    node: str
    by: Node
    keep_name: bool = True

    def apply(self, project: Project) -> Project:
        """Refuse a taken id and a block that would contain itself."""
        graph = find_graph(project, self.graph)
        old = find_node(project, self.graph, self.node)
        where = f"{graph.id}/{self.by.id}"
        if self.by.id in graph.nodes:
            raise refuse("graph.taken", where, id=self.by.id)
        name = self.by.name or (old.name if self.keep_name else "")
        new = replace(self.by, inputs=old.inputs, name=name)
        check_node(new, where)

        def source(port: Port) -> Port:
            return Port(new.id, port.output) if port.node == old.id else port

        # Written in the old one's place: the order of the document breaks ties in the code.
        nodes = {}
        for node in graph.nodes.values():
            kept = rewired(node, source) if fed_by(node, (old.id,)) else node
            kept = new if node.id == old.id else _borrowing(kept, old.id, new.id)
            nodes[kept.id] = kept
        made = with_nodes(project, graph.id, nodes)
        check_links(find_graph(made, graph.id), new, where)
        check_blocks(made)
        position = project.layout.get(graph.id, {}).get(old.id)
        return with_positions(made, graph.id, {new.id: position} if position else {}, {old.id})

    def words(self) -> Mapping[str, object]:
        """Return the new layer."""
        return {"layer": self.by.layer}


def _at(project: Project, graph_id: str, positions: Mapping[str, tuple[float, float]]) -> Project:
    for node_id, position in positions.items():
        check_position(position, f"{graph_id}/{node_id}")
    floats = {node_id: (float(x), float(y)) for node_id, (x, y) in positions.items()}
    return with_positions(project, graph_id, floats)


def _disowned(node: Node, gone: set[str]) -> Node:
    return replace(node, share=None) if node.share and node.share.node in gone else node


def _borrowing(node: Node, old: str, new: str) -> Node:
    if node.share is None or node.share.node != old:
        return node
    return replace(node, share=replace(node.share, node=new))
