"""Draws all nodes of a canvas that is far away in a few calls, with titles as long as they fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.node_table import BYPASSED, FAULTY, SELECTED, NodeTable
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.primitives import Rects
from nnstudio.ui.canvas.texts import Texts

DETAIL = 0.16
"""Below this zoom a node is one rectangle in its colour."""
READABLE = 46.0
"""A node narrower than this on the screen has no title."""
MOST_TITLES = 420
LEAST = 2.0
"""The breadth of a node on the screen at least."""


class FarPainter:
    """Draws what a `NodeTable` holds."""

    def __init__(self, table: NodeTable, texts: Texts) -> None:
        self._table, self._texts = table, texts
        self._rects = Rects()

    def draw(
        self,
        painter: QPainter,
        paints: Paints,
        rect: QRectF,
        zoom: float,
        title: Callable[[str], str],
    ) -> None:
        """Draw the nodes that a rectangle touches.

        Args:
            painter: In canvas units.
            paints: The palette.
            rect: What is seen.
            zoom: Pixels for one unit.
            title: Gives the title of a node by its id.
        """
        rows = self._table.within(rect)
        if not len(rows):
            return
        boxes, marks = self._table.boxes[rows], self._table.marks[rows]
        painter.setPen(paints.none)
        titled = boxes[:, 2] * zoom >= READABLE if len(rows) <= MOST_TITLES else None
        # Its colour is the last that is left of a node, which is never too small to be seen.
        boxes[:, 2] = np.maximum(boxes[:, 2], LEAST / zoom)
        high = max(metrics.HEIGHT, LEAST / zoom / 2)
        if zoom >= DETAIL:
            high = metrics.TITLE if titled is None or not titled.any() else metrics.HEIGHT
            painter.setBrush(paints.body)
            self._rects.draw(painter, _corners(boxes, metrics.HEIGHT))
        self._families(painter, paints, boxes, marks, high)
        self._outlines(painter, paints, boxes, marks[:, 1])
        if titled is not None and titled.any():
            self._titles(painter, paints, rows[titled], zoom, title)

    def _families(
        self, painter: QPainter, paints: Paints, boxes: Any, marks: Any, high: float
    ) -> None:
        left_out = (marks[:, 1] & BYPASSED) > 0
        for place, group in enumerate(paints.groups):
            mine = marks[:, 0] == place
            for brushes, part in (
                (paints.families, mine & ~left_out),
                (paints.faded, mine & left_out),
            ):
                if part.any():
                    painter.setBrush(brushes[group])
                    self._rects.draw(painter, _corners(boxes[part], high))

    def _outlines(self, painter: QPainter, paints: Paints, boxes: Any, states: Any) -> None:
        painter.setBrush(paints.hollow)
        for bit, color in ((FAULTY, paints.bad), (SELECTED, paints.accent)):
            part = (states & bit) > 0
            if part.any():
                pen = QPen(color, 2.0)
                pen.setCosmetic(True)
                painter.setPen(pen)
                self._rects.draw(painter, _corners(boxes[part], metrics.HEIGHT))

    def _titles(
        self,
        painter: QPainter,
        paints: Paints,
        rows: Any,
        zoom: float,
        title: Callable[[str], str],
    ) -> None:
        """Draw titles in the size of the screen, so that they stay readable."""
        transform = painter.worldTransform()
        left, top = transform.dx(), transform.dy()
        painter.resetTransform()
        painter.setFont(metrics.font("far"))
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        high = metrics.letters("far").height()
        ids, kept = self._table.ids, self._texts
        boxes, groups = self._table.boxes[rows].tolist(), self._table.marks[rows, 0].tolist()
        painter.setPen(paints.on_accent)
        for row, (x, y, wide), group in zip(rows.tolist(), boxes, groups, strict=True):
            space = wide * zoom - 8.0
            text = kept.get("far", title(ids[row]), space // 4 * 4)
            at = QPointF(left + x * zoom - space / 2, top + y * zoom - high / 2)
            if paints.groups[group]:
                painter.drawStaticText(at, text)
            else:  # a layer that is missing has no colour to stand out from
                painter.setPen(paints.text)
                painter.drawStaticText(at, text)
                painter.setPen(paints.on_accent)
        painter.setWorldTransform(transform)


def _corners(boxes: Any, high: float) -> Any:
    """Return x, y, width and height of the upper part of some nodes."""
    made = np.empty((len(boxes), 4))
    made[:, 0] = boxes[:, 0] - boxes[:, 2] / 2
    made[:, 1] = boxes[:, 1] - metrics.HEIGHT / 2
    made[:, 2] = boxes[:, 2]
    made[:, 3] = high
    return made
