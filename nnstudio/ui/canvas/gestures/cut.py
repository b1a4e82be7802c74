"""Drag a cut across edges with Alt: they are taken away in one step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.graph.diff import Edge
from nnstudio.graph.edits import Batch, Disconnect
from nnstudio.ui.canvas.gesture import Gesture, Modifier, Pointer
from nnstudio.ui.i18n import tr


class Cut(Gesture):
    """What is crossed turns red before it is cut."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: Any, press: Pointer) -> None:
        super().__init__(view, press)
        self._end = press.point
        self._crossed: list[Edge] = []

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The left button beside all nodes and notes, with Alt."""
        left = press.button == Qt.MouseButton.LeftButton
        fits = left and press.holds(Modifier.AltModifier) and not press.hit.item
        return cls(view, press) if fits else None

    def move(self, pointer: Pointer) -> None:
        """Find what is crossed."""
        self._end = pointer.point
        self._crossed = self.view.canvas.wiring.edges.crossed(self.press.point, self._end)
        self.view.viewport().update()

    def release(self, pointer: Pointer) -> None:
        """Cut it."""
        if self._crossed:
            self.view.do(cutting(self.view.canvas.graph_id, self._crossed))

    def draw(self, painter: QPainter) -> None:
        """Draw the cut and what it crosses."""
        canvas = self.view.canvas
        hot = QPen(canvas.paints.bad, 3.0)
        box = canvas.wiring.edges.box(self._crossed)
        canvas.wiring.painter.draw_some(painter, hot, self._crossed, box)
        line = QPen(canvas.paints.bad, 1.5, Qt.PenStyle.DashLine)
        line.setCosmetic(True)
        painter.setPen(line)
        painter.drawLine(self.press.point, self._end)


def cutting(graph_id: str, edges: list[Edge]) -> Batch:
    """Return the edit that takes edges away; those of one port from the last to the first."""
    order = sorted(edges, key=lambda edge: (edge.node, edge.input, -(edge.slot or 0)))
    cuts = tuple(Disconnect(graph_id, edge.node, edge.input, edge.slot) for edge in order)
    return Batch(cuts, tr("cut {count} edges", count=len(cuts)))
