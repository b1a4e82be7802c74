"""Where a problem is, by the names that stand on the screen instead of ids."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.graph.model import Graph, Project
from nnstudio.studio.summaries import title


@dataclass(frozen=True, slots=True)
class Found:
    """A place in the document.

    Attributes:
        words: What it is called: `conv1 in LeNet5`, `loop · optimizer`.
        graph: The graph; "" when it is elsewhere.
        node: The node; "" for the graph as a whole.
        room: `graph`, `loop`, `data`, or `project`.
    """

    words: str = ""
    graph: str = ""
    node: str = ""
    room: str = "project"


def find(project: Project, where: str) -> Found:
    """Return the place that a problem's `where` names."""
    head, *rest = where.split("/")
    graph = project.graphs.get(head) or project.blocks.get(head)
    if graph is not None:
        return _in_graph(project, graph, rest)
    if head in project.custom:
        return Found(project.custom[head].name)
    room, _, setting = head.partition(".")
    if room in ("loop", "data"):
        words = {"loop": "training settings", "data": "data"}[room]
        return Found(f"{words} · {setting}" if setting else words, room=room)
    return Found(where)


def _in_graph(project: Project, graph: Graph, rest: list[str]) -> Found:
    node = graph.nodes.get(rest[0].partition("#")[0]) if rest else None
    if node is None:
        return Found(graph.name, graph.id, room="graph")
    return Found(f"{title(project, node)} in {graph.name}", graph.id, node.id, "graph")
