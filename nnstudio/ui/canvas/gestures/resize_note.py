"""Drag the lower right corner of a note; its text is laid out anew meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt

from nnstudio.core.limits import NOTE_SIZES
from nnstudio.graph.edits import ResizeNote
from nnstudio.studio.placing import GRID
from nnstudio.ui.canvas.gesture import Gesture, Pointer


class ResizeByCorner(Gesture):
    """The document learns of it at the release."""

    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, view: Any, press: Pointer) -> None:
        super().__init__(view, press)
        self._key = press.hit.corner
        self._start = view.canvas.notes.note(self._key)
        self._box = view.canvas.notes.box(self._key)
        self._new = self._start
        view.context.view.select([self._key])

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The left button on the corner of a note."""
        left = press.button == Qt.MouseButton.LeftButton
        return cls(view, press) if left and press.hit.corner else None

    def move(self, pointer: Pointer) -> None:
        """Show the note in its new size; dragged below its text it is as high as that."""
        way = pointer.point - self.press.point
        least, most = NOTE_SIZES
        wide = round((self._box.width() + way.x()) / GRID) * GRID
        high = round((self._box.height() + way.y()) / GRID) * GRID
        wide, high = min(max(wide, least), most), min(max(high, 0.0), most)
        layer = self.view.canvas.notes
        dirty = layer.preview({self._key: replace(self._start, width=wide, height=0.0)})
        free = high > layer.box(self._key).height()
        self._new = replace(self._start, width=wide, height=high if free else 0.0)
        self.view.canvas.update(dirty | layer.preview({self._key: self._new}))

    def release(self, pointer: Pointer) -> None:
        """Resize it."""
        new, edit = self._new, None
        if self.moved and new != self._start:
            edit = ResizeNote(self.view.canvas.graph_id, self._key, new.width, new.height)
        if edit is None or not self.view.do(edit):
            self.cancel()

    def cancel(self) -> None:
        """Put it back."""
        self.view.canvas.settle()
