"""Small drawings for the states of a node: a sign beside the colour, for every eye."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath


@cache
def badge(name: str) -> QPainterPath:
    """Return a drawing of 12 × 12 units around its middle, to be stroked."""
    return {"frozen": _snow, "shared": _chain, "note": _page, "block": _boxes}[name]()


def _snow() -> QPainterPath:
    path = QPainterPath()
    for turn in range(3):
        angle = math.pi * (turn / 3 + 0.5)
        tip = QPointF(5.2 * math.cos(angle), 5.2 * math.sin(angle))
        path.moveTo(tip)
        path.lineTo(-tip)
        for end in (tip, -tip):
            at = end * 0.62
            for side in (-0.55, 0.55):
                direction = math.atan2(end.y(), end.x()) + side
                path.moveTo(at)
                path.lineTo(at + 2.2 * QPointF(math.cos(direction), math.sin(direction)))
    return path


def _chain() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(-5.5, -2.5, 6.5, 5.0), 2.5, 2.5)
    path.addRoundedRect(QRectF(-1.0, -2.5, 6.5, 5.0), 2.5, 2.5)
    return path


def _page() -> QPainterPath:
    path = QPainterPath(QPointF(-4.0, -5.0))
    for x, y in ((2.0, -5.0), (4.0, -3.0), (4.0, 5.0), (-4.0, 5.0), (-4.0, -5.0)):
        path.lineTo(x, y)
    for y in (-1.5, 1.5):
        path.moveTo(-2.0, y)
        path.lineTo(2.0, y)
    return path


def _boxes() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(-5.0, -5.0, 7.0, 7.0), 1.5, 1.5)
    path.moveTo(-1.0, 5.0)
    path.lineTo(5.0, 5.0)
    path.lineTo(5.0, -1.0)
    return path
