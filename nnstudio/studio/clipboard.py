"""Nodes on their way between windows: JSON under a type of our own, checked like a file.

What lies on the clipboard may come from anywhere, so that it passes the very checks of an opened
file, and it never runs code: own layers travel as inert text.
"""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.core.limits import refuse
from nnstudio.core.problems import ProjectError
from nnstudio.graph.edits import PasteNodes, fragment
from nnstudio.graph.model import Project
from nnstudio.project.format import dumps, loads

MIME = "application/x-nnstudio+json"
"""The type under which copied nodes lie on the system's clipboard."""

LAYER_MIME = "application/x-nnstudio-layer+json"
"""The type of a layer that is dragged from the palette: `{"layer": "Conv2d"}`."""


def copied(project: Project, graph_id: str, nodes: Sequence[str]) -> str:
    """Return what the clipboard is given for some nodes; edges between them come along.

    Raises:
        ProjectError: No nodes are named, or one does not exist.
    """
    if not nodes:
        raise refuse("graph.empty_selection", graph_id)
    return dumps(fragment(project, graph_id, nodes))


def read(data: bytes | str) -> Project:
    """Return the nodes that lie on the clipboard, as a document of their own.

    Raises:
        ProjectError: It is nothing that we have put there, or damaged, or beyond the limits.
    """
    try:
        found = loads(data)
    except ProjectError as error:
        raise refuse("paste.foreign", why=error.problems[0].message) from error
    if not any(graph.nodes for graph in found.graphs.values()):
        raise refuse("paste.empty")
    return found


def pasting(
    graph_id: str, found: Project, at: tuple[float, float] | None = None, grid: float = 8.0
) -> PasteNodes:
    """Return the edit that pastes nodes, their middle at a place, else a little beside the old one.

    Args:
        graph_id: Where they are put.
        found: What `read` returned.
        at: The middle of the copies.
        grid: Distances are multiples of this, so that what was aligned stays so.
    """
    piece = next(graph for graph in found.graphs.values() if graph.nodes)
    places = found.layout.get(piece.id, {})
    if at is None or not places:
        return PasteNodes(graph_id, found)
    xs, ys = zip(*places.values(), strict=True)
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    dx, dy = (round((there - here) / grid) * grid for there, here in zip(at, middle, strict=True))
    return PasteNodes(graph_id, found, (dx, dy))
