"""Edits of the notes on the canvas: they touch neither nodes nor code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nnstudio.core.limits import NOTES_LIMIT, refuse
from nnstudio.graph.editing.edit import Edit, find_graph, with_notes
from nnstudio.graph.model import EMPTY, Note, Project, placed, removed
from nnstudio.graph.wellformed import check_canvas_note


@dataclass(frozen=True, slots=True)
class AddNote(Edit):
    """Lay a note on the canvas of a graph; its id is made by `core.names.new_id`."""

    graph: str
    id: str
    note: Note

    def apply(self, project: Project) -> Project:
        """Refuse a taken id and more notes than a document may hold."""
        graph, notes = find_graph(project, self.graph), project.notes.get(self.graph, EMPTY)
        if self.id in graph.nodes or self.id in notes:
            raise refuse("graph.taken", f"{self.graph}/{self.id}", id=self.id)
        if sum(map(len, project.notes.values())) >= NOTES_LIMIT:
            raise refuse("graph.many_notes", self.graph, limit=NOTES_LIMIT)
        return _with_note(project, self.graph, self.id, self.note)


@dataclass(frozen=True, slots=True)
class SetNoteText(Edit):
    """Write another text on a note."""

    graph: str
    note: str
    text: str

    def apply(self, project: Project) -> Project:
        """Refuse a text that is too long or has characters that cannot be seen."""
        old = find_note(project, self.graph, self.note)
        return _with_note(project, self.graph, self.note, replace(old, text=self.text))


@dataclass(frozen=True, slots=True)
class MoveNotes(Edit):
    """Put notes elsewhere; a position is that of the upper left corner."""

    graph: str
    positions: Mapping[str, tuple[float, float]]

    def apply(self, project: Project) -> Project:
        """Refuse positions that are not finite."""
        for note_id, (x, y) in self.positions.items():
            old = find_note(project, self.graph, note_id)
            project = _with_note(project, self.graph, note_id, replace(old, at=(x, y)))
        return project

    def words(self) -> Mapping[str, object]:
        """Return how many."""
        return {"count": len(self.positions)}


@dataclass(frozen=True, slots=True)
class ResizeNote(Edit):
    """Make a note wider or narrower, and higher than its text needs; height 0 just as high."""

    graph: str
    note: str
    width: float
    height: float = 0.0

    def apply(self, project: Project) -> Project:
        """Refuse sizes beyond the limits."""
        old = find_note(project, self.graph, self.note)
        new = replace(old, width=self.width, height=self.height)
        return _with_note(project, self.graph, self.note, new)


@dataclass(frozen=True, slots=True)
class RemoveNotes(Edit):
    """Take notes off the canvas."""

    graph: str
    notes: tuple[str, ...]

    def apply(self, project: Project) -> Project:
        """Refuse notes that do not exist."""
        for note_id in self.notes:
            find_note(project, self.graph, note_id)
        if not self.notes:
            return project
        return with_notes(project, self.graph, removed(project.notes[self.graph], *self.notes))

    def words(self) -> Mapping[str, object]:
        """Return how many."""
        return {"count": len(self.notes)}


def find_note(project: Project, graph_id: str, note_id: str) -> Note:
    """Return a note on the canvas of a graph, or refuse."""
    found = project.notes.get(find_graph(project, graph_id).id, EMPTY).get(note_id)
    if not isinstance(found, Note):
        raise refuse("graph.no_note", f"{graph_id}/{note_id}", note=note_id)
    return found


def _with_note(project: Project, graph_id: str, note_id: str, note: Note) -> Project:
    check_canvas_note(note_id, note, f"{graph_id}/{note_id}")
    at = float(note.at[0]), float(note.at[1])
    note = replace(note, at=at, width=float(note.width), height=float(note.height))
    notes = project.notes.get(graph_id, EMPTY)
    if notes.get(note_id) == note:
        return project
    return with_notes(project, graph_id, placed(notes, note_id, note))
