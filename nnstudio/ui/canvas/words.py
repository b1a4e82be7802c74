"""A few words beside the pointer: why not, and what would happen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.paints import Paints

WIDE = 320.0
PAD = 8.0


def draw_words(
    painter: QPainter, paints: Paints, point: QPointF, text: str, *, wrong: bool, inside: QRectF
) -> None:
    """Draw words beside a point of the canvas, in the size of the screen and within its bounds."""
    transform = painter.worldTransform()
    painter.resetTransform()
    font = metrics.font("bubble")
    letters = QFontMetricsF(font)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    bounds = letters.boundingRect(QRectF(0, 0, WIDE, 1000), int(flags), text)
    size = QSizeF(bounds.width() + 2 * PAD + 2, bounds.height() + 2 * PAD)
    # Above the pointer: what it points at must not be covered.
    at = transform.map(point) + QPointF(18, -16 - size.height())
    at.setX(max(inside.left() + 4, min(at.x(), inside.right() - size.width() - 4)))
    at.setY(max(inside.top() + 4, min(at.y(), inside.bottom() - size.height() - 4)))
    box = QRectF(at, size)
    painter.setPen(QPen(paints.bad if wrong else paints.accent, 1.25))
    painter.setBrush(paints.bad_ground if wrong else paints.chip)
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(paints.text)
    painter.setFont(font)
    painter.drawText(box.adjusted(PAD, PAD, -PAD + 2, -PAD), int(flags), text)
    painter.setWorldTransform(transform)
