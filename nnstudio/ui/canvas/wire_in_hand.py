"""An edge that is being drawn: from a port to the pointer, with words on what a drop would do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from nnstudio.ui.canvas.paints import ROUND, SOLID, Paints
from nnstudio.ui.canvas.words import draw_words


def draw_wire(
    painter: QPainter,
    paints: Paints,
    ends: tuple[QPointF, QPointF],
    text: str,
    *,
    wrong: bool,
    sure: bool,
    inside: QRectF,
) -> None:
    """Draw the edge.

    Args:
        painter: In canvas units.
        paints: The palette.
        ends: From the output to the input, or to the pointer.
        text: Said beside the free end; "" for nothing.
        wrong: The edge cannot be.
        sure: The edge fits.
        inside: What is seen, in pixels: the words stay within.
    """
    start, end = ends
    color = paints.bad if wrong else paints.good if sure else paints.accent
    pull = max(24.0, min(160.0, abs(end.y() - start.y()) * 0.5))
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(0, pull), end - QPointF(0, pull), end)
    painter.setPen(QPen(color, 2.5, SOLID, ROUND))
    painter.setBrush(paints.hollow)
    painter.drawPath(path)
    if text:
        draw_words(painter, paints, end, text, wrong=wrong, inside=inside)
