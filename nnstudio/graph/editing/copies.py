"""Copies of nodes: what is cut out, pasted and duplicated gets new ids and fresh weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nnstudio.core.limits import refuse
from nnstudio.core.names import new_id
from nnstudio.graph.editing.bringing import bring, ids_in
from nnstudio.graph.editing.edit import (
    Edit,
    find_graph,
    find_node,
    fresh_ids,
    with_nodes,
    with_notes,
    with_positions,
)
from nnstudio.graph.editing.notes import find_note
from nnstudio.graph.editing.rewiring import rewired
from nnstudio.graph.model import EMPTY, Graph, Node, Port, Project
from nnstudio.graph.topology import CUSTOM, used_block
from nnstudio.graph.wellformed import check_blocks, check_count, check_notes

OFFSET = (24.0, 24.0)


def fragment(
    project: Project,
    graph_id: str,
    nodes: Sequence[str],
    borrow: bool = False,
    notes: Sequence[str] = (),
) -> Project:
    """Return some nodes and notes as a document of their own: what the clipboard holds.

    Edges between them are kept, those from outside are left open; the blocks and own layers that
    they need come along.

    Args:
        project: Where they are taken from.
        graph_id: Their graph.
        nodes: Their ids.
        borrow: Keep weights borrowed from outside, for a copy in the same graph; such a fragment
            cannot be written to a file.
        notes: Ids of notes on the canvas.
    """
    graph = find_graph(project, graph_id)
    wanted = {find_node(project, graph_id, node_id).id for node_id in nodes}
    inner = {
        node.id: _cut(node, wanted, borrow) for node in graph.nodes.values() if node.id in wanted
    }
    piece = Graph(graph.id, graph.name, inner)
    blocks = _needed_blocks(project, piece)
    layers = {node.layer for g in (piece, *blocks.values()) for node in g.nodes.values()}
    custom = {key: layer for key, layer in project.custom.items() if CUSTOM + key in layers}
    places = project.layout.get(graph_id, {})
    layout: dict[str, Mapping[str, tuple[float, float]]] = {
        key: project.layout[key] for key in blocks if key in project.layout
    }
    layout[graph_id] = {key: places[key] for key in inner if key in places}
    drawn = {key: project.notes[key] for key in blocks if key in project.notes}
    if notes:
        drawn[graph_id] = {key: find_note(project, graph_id, key) for key in notes}
    return Project(project.name, {graph.id: piece}, blocks, custom, layout=layout, notes=drawn)


@dataclass(frozen=True, slots=True)
class PasteNodes(Edit):
    """Put the nodes and notes of a fragment into a graph.

    Attributes:
        graph: The id of the graph.
        fragment: See the function `fragment`; from this document or from another one.
        offset: How far the copies stand from the originals.
        seed: From which the new ids follow, so that redoing gives the same document.
    """

    graph: str
    fragment: Project
    offset: tuple[float, float] = OFFSET
    seed: str = field(default_factory=new_id)

    def apply(self, project: Project) -> Project:
        """A block that exists here with another content comes along under a new id."""
        target = find_graph(project, self.graph)
        piece = next(iter(self.fragment.graphs.values()), None)
        if piece is None or not (piece.nodes or piece.id in self.fragment.notes):
            raise refuse("graph.empty_selection", self.graph)
        fresh = fresh_ids(self.seed, ids_in(project) | ids_in(self.fragment))
        project, layers = bring(project, self.fragment, fresh)
        ids = dict(zip(piece.nodes, fresh, strict=False))
        copies = {ids[node.id]: _copied(node, ids, layers, target) for node in piece.nodes.values()}
        project = with_nodes(project, self.graph, {**target.nodes, **copies})
        check_blocks(project)
        check_count(project)
        places = self.fragment.layout.get(piece.id, {})
        dx, dy = self.offset
        moved = {ids[key]: (x + dx, y + dy) for key, (x, y) in places.items() if key in ids}
        return self._with_notes(with_positions(project, self.graph, moved), piece.id, fresh)

    def _with_notes(self, project: Project, piece: str, fresh: Iterator[str]) -> Project:
        dx, dy = self.offset
        copies = {
            next(fresh): replace(note, at=(note.at[0] + dx, note.at[1] + dy))
            for note in self.fragment.notes.get(piece, EMPTY).values()
        }
        if not copies:
            return project
        made = with_notes(project, self.graph, {**project.notes.get(self.graph, EMPTY), **copies})
        check_notes(made)
        return made

    def pasted(self, project: Project) -> tuple[str, ...]:
        """Return the ids that the copies get when this is applied to `project`."""
        return tuple(
            key
            for key in find_graph(self.apply(project), self.graph).nodes
            if key not in find_graph(project, self.graph).nodes
        )

    def words(self) -> Mapping[str, object]:
        """Return how many."""
        piece = next(iter(self.fragment.graphs.values()))
        return {"count": len(piece.nodes) or len(self.fragment.notes.get(piece.id, EMPTY))}

    @property
    def code(self) -> str:
        """Notes alone are called so."""
        alone = not any(graph.nodes for graph in self.fragment.graphs.values())
        return "edit.paste_notes" if alone else "edit.paste_nodes"


@dataclass(frozen=True, slots=True)
class DuplicateNodes(Edit):
    """Copy nodes and notes within their graph; edges between the nodes are copied too."""

    graph: str
    nodes: tuple[str, ...]
    offset: tuple[float, float] = OFFSET
    seed: str = field(default_factory=new_id)
    notes: tuple[str, ...] = ()

    def apply(self, project: Project) -> Project:
        """The same as to copy and paste."""
        return self.pasting(project).apply(project)

    def pasting(self, project: Project) -> PasteNodes:
        """Return the pasting that this stands for."""
        piece = fragment(project, self.graph, self.nodes, borrow=True, notes=self.notes)
        return PasteNodes(self.graph, piece, self.offset, self.seed)

    def words(self) -> Mapping[str, object]:
        """Return how many."""
        return {"count": len(self.nodes) or len(self.notes)}

    @property
    def code(self) -> str:
        """Notes alone are called so."""
        return "edit.duplicate_nodes" if self.nodes else "edit.duplicate_notes"


def _cut(node: Node, wanted: set[str], borrow: bool) -> Node:
    if node.share is not None and node.share.node not in wanted and not borrow:
        node = replace(node, share=None)
    return rewired(node, lambda port: port if port.node in wanted else None)


def _needed_blocks(project: Project, piece: Graph) -> dict[str, Graph]:
    found: dict[str, Graph] = {}
    waiting = [piece]
    while waiting:
        for node in waiting.pop().nodes.values():
            block = project.blocks.get(used_block(node.layer))
            if block is not None and block.id not in found:
                found[block.id] = block
                waiting.append(block)
    return found


def _copied(node: Node, ids: Mapping[str, str], layers: Mapping[str, str], target: Graph) -> Node:
    share = node.share
    if share is not None:
        owner = ids.get(share.node, share.node)
        known = owner in target.nodes or share.node in ids
        share = replace(share, node=owner) if known else None
    renamed = replace(node, id=ids[node.id], layer=layers.get(node.layer, node.layer), share=share)
    return rewired(
        renamed, lambda port: Port(ids[port.node], port.output) if port.node in ids else None
    )
