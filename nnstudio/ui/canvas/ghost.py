"""A node that is not there yet: its outline below the pointer, and the edge that it would split."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from nnstudio.graph.diff import Edge
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.edge_painter import EdgePainter
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.texts import Texts


def draw_ghost(
    painter: QPainter, paints: Paints, texts: Texts, at: QPointF, title: str, group: str
) -> None:
    """Draw the ghost of a node."""
    wide = metrics.node_width(title, "", 0, 1)
    box = QRectF(at.x() - wide / 2, at.y() - metrics.HEIGHT / 2, wide, metrics.HEIGHT)
    painter.setOpacity(0.75)
    painter.setPen(paints.none)
    painter.setBrush(paints.body)
    painter.drawRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
    painter.setBrush(paints.families.get(group, paints.body))
    painter.drawRect(QRectF(box.left(), box.top(), wide, metrics.TITLE))
    painter.setBrush(paints.hollow)
    painter.setPen(paints.selected)
    painter.drawRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
    painter.setPen(paints.on_accent)
    painter.setFont(metrics.font("title"))
    high = metrics.letters("title").height()
    place = box.topLeft() + QPointF(metrics.PADDING, (metrics.TITLE - high) / 2)
    painter.drawStaticText(place, texts.get("title", title, wide - 2 * metrics.PADDING + 1))
    painter.setOpacity(1.0)


def draw_lit(painter: QPainter, paints: Paints, wires: EdgePainter, edge: Edge) -> None:
    """Draw an edge that would be split, lit up."""
    box = wires.edges.box([edge])
    glow = QPen(paints.accent, 7.0)
    color = paints.accent.toRgb()
    color.setAlpha(70)
    glow.setColor(color)
    wires.draw_some(painter, glow, [edge], box)
    wires.draw_some(painter, paints.wire_hot, [edge], box)
