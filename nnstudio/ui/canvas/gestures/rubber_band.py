"""Drag over the bare canvas to select what lies inside; Ctrl and Shift add to the selection."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.ui.canvas.gesture import Gesture, Modifier, Pointer


class RubberBand(Gesture):
    """A click without a drag selects nothing, or the edge below."""

    def __init__(self, view: Any, press: Pointer) -> None:
        super().__init__(view, press)
        self._rect = QRectF()
        adds = press.holds(Modifier.ControlModifier) or press.holds(Modifier.ShiftModifier)
        self._kept = view.context.view.selection if adds else ()

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The left button beside all nodes and notes."""
        left = press.button == Qt.MouseButton.LeftButton
        return cls(view, press) if left and not press.hit.item else None

    def move(self, pointer: Pointer) -> None:
        """Show what is inside as selected."""
        self._rect = QRectF(self.press.point, pointer.point).normalized()
        self.view.canvas.show_selected((*self._kept, *self._inside()))
        self.view.viewport().update()

    def release(self, pointer: Pointer) -> None:
        """Select it."""
        self.view.choose_edge(self.press.hit.edge if not self.moved else None)
        chosen = (*self._kept, *self._inside()) if self.moved else self._kept
        self.view.context.view.select(chosen)
        self.view.canvas.show_selection()
        self.view.set_current("")

    def cancel(self) -> None:
        """Select what was selected before."""
        self.view.canvas.show_selection()

    def draw(self, painter: QPainter) -> None:
        """Draw the band."""
        paints = self.view.canvas.paints
        pen = QPen(paints.accent, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(paints.band)
        painter.drawRect(self._rect)

    def _inside(self) -> list[str]:
        canvas, rect = self.view.canvas, self._rect
        nodes = [canvas.table.ids[row] for row in canvas.table.within(rect)]
        # A note is often larger than what is meant: it is chosen when all of it lies inside.
        return nodes + [
            key for key in canvas.notes.within(rect) if rect.contains(canvas.notes.box(key))
        ]
