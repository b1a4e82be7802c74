"""Many lines or rectangles in one call of the painter, straight from numpy's memory.

Qt takes a pointer and a count; shiboken lends the memory of an array as the first of many QLineF or
QRectF. The array lives as long as the object that lends it.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from shiboken6 import Shiboken

from nnstudio.ui.canvas import arrays as np


class _Shared:
    """Room for rows of four doubles that Qt reads as its own values."""

    kind: type = QLineF

    def __init__(self) -> None:
        self._room: Any = None
        self._first: Any = None

    def filled(self, rows: Any) -> tuple[Any, int]:
        """Copy rows of four numbers into the room; return what Qt is handed."""
        count = len(rows)
        if self._room is None or len(self._room) < count:
            # The wrapper goes before its memory, which the next array may get.
            self._first = None
            self._room = np.empty((max(256, int(count * 1.5)), 4))
            self._first = Shiboken.wrapInstance(self._room.ctypes.data, self.kind)
        self._room[:count] = rows
        return self._first, count


class Lines(_Shared):
    """Lines as rows of x1, y1, x2, y2."""

    kind = QLineF

    def draw(self, painter: QPainter, rows: Any) -> None:
        """Draw all rows with the painter's pen."""
        if len(rows):
            painter.drawLines(*self.filled(rows))


class Rects(_Shared):
    """Rectangles as rows of x, y, width, height."""

    kind = QRectF

    def draw(self, painter: QPainter, rows: Any) -> None:
        """Draw all rows with the painter's pen and brush."""
        if len(rows):
            painter.drawRects(*self.filled(rows))
