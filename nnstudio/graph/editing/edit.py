"""What every edit is, and the few ways in which a document is written anew."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import TypeAlias

from nnstudio.core.limits import refuse
from nnstudio.core.names import snake_case
from nnstudio.core.problems import Problem
from nnstudio.graph.model import Graph, Node, Note, Project, placed, removed

Path: TypeAlias = "tuple[str, ...]"
Moves: TypeAlias = "Mapping[str, Mapping[Path, Path]]"
"""Where nodes went, by the graph that was edited: `{"g": {("n1",): ("use", "n1")}}` says that `n1`
lies within the block of `use` now. What is not named stayed."""
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that was asked for: a value that makes a new document of an old one."""

    def apply(self, project: Project) -> Project:
        """Return the edited document; the old one stays as it is.

        Raises:
            ProjectError: It cannot be done; the problem says why and what to do.
        """
        raise NotImplementedError

    def moves(self, project: Project) -> Moves:
        """Return where nodes go when this edit is applied to `project`, so that weights follow."""
        return {}

    @property
    def code(self) -> str:
        """The key of the label in `core.messages`."""
        return f"edit.{snake_case(type(self).__name__)}"

    def words(self) -> Mapping[str, object]:
        """Return what the label is filled with."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def label(self) -> str:
        """What stands in the list of what was done."""
        return Problem(self.code, args=self.words()).message


@dataclass(frozen=True, slots=True)
class Batch(Edit):
    """Several edits that are one step.

    Attributes:
        edits: Applied one after the other.
        label_text: What the step is called; the first edit's label when "".
    """

    edits: tuple[Edit, ...]
    label_text: str = ""

    def apply(self, project: Project) -> Project:
        """Apply all of them, or none when one is refused."""
        for edit in self.edits:
            project = edit.apply(project)
        return project

    def words(self) -> Mapping[str, object]:
        """Return the label, which is given or the first edit's."""
        return {"label": self.label_text or (self.edits[0].label if self.edits else "")}


def find_graph(project: Project, graph_id: str) -> Graph:
    """Return a network or block, or refuse."""
    graph = project.graphs.get(graph_id) or project.blocks.get(graph_id)
    if graph is None:
        raise refuse("graph.no_graph", graph_id, graph=graph_id)
    return graph


def find_node(project: Project, graph_id: str, node_id: str) -> Node:
    """Return a node, or refuse."""
    node = find_graph(project, graph_id).nodes.get(node_id)
    if node is None:
        raise refuse("graph.no_node", f"{graph_id}/{node_id}", node=node_id)
    return node


def with_graph(project: Project, graph: Graph) -> Project:
    """Return the document with this graph in the place of the one with its id."""
    if graph.id in project.graphs:
        return replace(project, graphs=placed(project.graphs, graph.id, graph))
    return replace(project, blocks=placed(project.blocks, graph.id, graph))


def with_nodes(project: Project, graph_id: str, nodes: Mapping[str, Node]) -> Project:
    """Return the document with these nodes instead of those of the graph."""
    return with_graph(project, replace(find_graph(project, graph_id), nodes=nodes))


def with_node(project: Project, graph_id: str, node: Node) -> Project:
    """Return the document with this node set in a graph."""
    graph = find_graph(project, graph_id)
    if graph.nodes.get(node.id) == node and repr(graph.nodes[node.id]) == repr(node):
        return project
    return with_graph(project, replace(graph, nodes=placed(graph.nodes, node.id, node)))


def with_positions(
    project: Project,
    graph_id: str,
    positions: Mapping[str, tuple[float, float]],
    gone: Collection[str] = (),
) -> Project:
    """Return the document with nodes moved, and the positions of those that are gone dropped."""
    old = project.layout.get(graph_id, {})
    kept = {key: value for key, value in old.items() if key not in gone} if gone else old
    new = {**kept, **positions}
    if new == old:
        return project
    return replace(project, layout=placed(project.layout, graph_id, new))


def with_notes(project: Project, graph_id: str, notes: Mapping[str, Note]) -> Project:
    """Return the document with these notes on the canvas of a graph instead of its own."""
    if notes:
        return replace(project, notes=placed(project.notes, graph_id, notes))
    return replace(project, notes=removed(project.notes, graph_id))


def without_drawing(project: Project, graph_id: str) -> Project:
    """Return the document without the positions and notes of a graph that is gone."""
    layout, notes = removed(project.layout, graph_id), removed(project.notes, graph_id)
    return replace(project, layout=layout, notes=notes)


def fresh_ids(seed: str, taken: Collection[str]) -> Iterator[str]:
    """Yield ids that follow from a seed, so that an edit gives the same document every time."""
    for number in count():
        digest = hashlib.sha256(f"{seed}/{number}".encode("utf-8", "surrogatepass")).digest()
        letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[1:8])
        made = _ALPHABET[digest[0] % 26] + letters
        if made not in taken:
            yield made
