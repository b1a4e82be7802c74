"""The networks of a document: which there are, the role that each fills, what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.catalogue import registry
from nnstudio.core.names import new_id
from nnstudio.graph.editing.bringing import ids_in
from nnstudio.graph.edits import AddGraph
from nnstudio.graph.model import Graph, Node, Port, Project


@dataclass(frozen=True, slots=True)
class Row:
    """A network as it is listed.

    Attributes:
        id: Its id.
        name: Its name.
        role: The role of the loop that it fills, or "".
        used: False when nothing trains it: it fills no role of the loop.
    """

    id: str
    name: str
    role: str
    used: bool


def rows(project: Project) -> tuple[Row, ...]:
    """Return the networks of a document in their order."""
    known = roles(project)
    return tuple(
        Row(graph.id, graph.name, graph.role, graph.role in known)
        for graph in project.graphs.values()
    )


def roles(project: Project) -> tuple[str, ...]:
    """Return the roles of the loop, from its signature; () while there is none."""
    loop = registry.LOOPS.get(project.loop.name)
    return () if loop is None else tuple(loop.roles)


def open_roles(project: Project) -> tuple[str, ...]:
    """Return the roles of the loop that no network fills yet."""
    return tuple(role for role in roles(project) if project.role(role) is None)


def new_name(project: Project, wanted: str) -> str:
    """Return a name that no network and no block has: `Block`, `Block 2`, …."""
    taken = {graph.name for graph in (*project.graphs.values(), *project.blocks.values())}
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def added(project: Project, role: str = "") -> AddGraph:
    """Return the edit that adds a network of one Input and one Output, with a name of its own."""
    name = new_name(project, role.replace("_", " ").capitalize() or "Network")
    ids = ids_in(project)
    graph_id = new_id(ids)
    first = Node(new_id(ids | {graph_id}), "Input")
    last = Node(new_id(ids | {graph_id, first.id}), "Output", inputs=(Port(first.id),))
    return AddGraph(Graph(graph_id, name, {first.id: first, last.id: last}, role=role))
