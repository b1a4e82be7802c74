"""What lies under the nodes: the ground with its dots, and words on an empty canvas."""

from __future__ import annotations

import ctypes
from array import array

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from shiboken6 import Shiboken

from nnstudio.ui import fonts
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import LARGE, NORMAL

DOTS = 32.0
"""From dot to dot, in canvas units; each is a multiple of what nodes snap to."""


class Ground:
    """Draws the ground; keeps the dots of one zoom."""

    def __init__(self) -> None:
        self._key: tuple[float, int, int] = (0.0, 0, 0)
        self._dots = QPolygonF()

    def draw(
        self, painter: QPainter, paints: Paints, area: QRect, origin: QPointF, zoom: float
    ) -> None:
        """Draw the dots over an area of the view.

        Args:
            painter: In pixels.
            paints: The palette.
            area: The whole of the view.
            origin: The pixel of the canvas' origin.
            zoom: Pixels for one unit.
        """
        step = DOTS * zoom
        while step < 20.0:
            step *= 2.0
        key = (step, area.width(), area.height())
        if key != self._key:
            self._key, self._dots = key, _dots(step, area)
        shift = QPointF(origin.x() % step - step, origin.y() % step - step)
        painter.setPen(paints.grid)
        painter.translate(shift)
        painter.drawPoints(self._dots)
        painter.translate(-shift)


def _dots(step: float, area: QRect) -> QPolygonF:
    """Some thousand points for each frame of a zoom: written into Qt's memory row by row.

    An empty canvas has dots too, and waits for no numpy.
    """
    across, down = int(area.width() / step) + 3, int(area.height() / step) + 3
    row = array("d", bytes(16 * across))
    row[0::2] = array("d", [x * step for x in range(across)])
    rows = row * down
    for y in range(down):
        rows[2 * across * y + 1 : 2 * across * (y + 1) : 2] = array("d", [y * step]) * across
    dots = QPolygonF()
    dots.resize(across * down)
    first: QPointF = dots.data()
    (address,) = Shiboken.getCppPointer(first)
    ctypes.memmove(address, rows.buffer_info()[0], 8 * len(rows))
    return dots


def draw_hint(painter: QPainter, paints: Paints, area: QRect) -> None:
    """Say what to do on an empty canvas."""
    middle = QRectF(area)
    painter.setPen(paints.text)
    painter.setFont(fonts.text(LARGE, strong=True))
    above = middle.translated(0, -44)
    painter.drawText(above, Qt.AlignmentFlag.AlignCenter, tr("Start with an Input"))
    painter.setPen(paints.muted)
    painter.setFont(fonts.text(NORMAL))
    lines = (
        tr("Press Tab, or double-click here, and type what you need: input, conv2d 32, linear 10."),
        tr("Or drag a layer from the palette on the left."),
        tr("Each layer that you add follows the selected one and is connected to it."),
    )
    for place, line in enumerate(lines):
        below = middle.translated(0, -8 + 24 * place)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, line)
