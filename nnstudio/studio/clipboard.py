"""Nodes on their way between windows: JSON under a type of our own, checked like a file.

What lies on the clipboard may come from anywhere, so that it passes the very checks of an opened
file, and it never runs code: own layers travel as inert text.
"""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.core.limits import refuse
from nnstudio.core.problems import ProjectError
from nnstudio.graph.edits import PasteNodes, fragment
from nnstudio.graph.model import Graph, Project
from nnstudio.project.format import dumps, loads

MIME = "application/x-nnstudio+json"
"""The type under which copied nodes lie on the system's clipboard."""

LAYER_MIME = "application/x-nnstudio-layer+json"
"""The type of a layer that is dragged from the palette: `{"layer": "Conv2d"}`."""


def copied(project: Project, graph_id: str, nodes: Sequence[str], notes: Sequence[str] = ()) -> str:
    """Return what the clipboard is given for some nodes and notes, edges between nodes included.

    Raises:
        ProjectError: Nothing is named, or something that does not exist.
    """
    if not nodes and not notes:
        raise refuse("graph.empty_selection", graph_id)
    return dumps(fragment(project, graph_id, nodes, notes=notes))


def read(data: bytes | str) -> Project:
    """Return the nodes that lie on the clipboard, as a document of their own.

    Raises:
        ProjectError: It is nothing that we have put there, or damaged, or beyond the limits.
    """
    try:
        found = loads(data)
    except ProjectError as error:
        raise refuse("paste.foreign", why=error.problems[0].message) from error
    if _piece(found) is None:
        raise refuse("paste.empty")
    return found


def middle_of(found: Project) -> tuple[float, float] | None:
    """Return the middle of what was copied; None when it has no place."""
    piece = _piece(found)
    if piece is None:
        return None
    notes = found.notes.get(piece.id, {}).values()
    places = [*found.layout.get(piece.id, {}).values()]
    places += [(note.at[0] + note.width / 2, note.at[1]) for note in notes]
    if not places:
        return None
    xs, ys = zip(*places, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


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
    middle = middle_of(found)
    if at is None or middle is None:
        return PasteNodes(graph_id, found)
    dx, dy = (round((there - here) / grid) * grid for there, here in zip(at, middle, strict=True))
    return PasteNodes(graph_id, found, (dx, dy))


def _piece(found: Project) -> Graph | None:
    graphs = found.graphs.values()
    return next((graph for graph in graphs if graph.nodes or graph.id in found.notes), None)
