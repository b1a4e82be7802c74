"""Draws edges: all visible ones of a colour in one call, hairlines when far away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from nnstudio.graph.diff import Edge
from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas.edge_layer import HALF, POINTS, EdgeLayer
from nnstudio.ui.canvas.level import Level
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.primitives import Lines

ENDS = [0, HALF - 1, HALF, POINTS - 1]


class EdgePainter:
    """Draws what an `EdgeLayer` holds.

    Attributes:
        shades: The place on the ramp for edges that leave a node; {} draws all alike.
    """

    def __init__(self, edges: EdgeLayer) -> None:
        self.edges = edges
        self.shades: Mapping[str, int] = {}
        self._lines = Lines()

    def draw(self, painter: QPainter, paints: Paints, rect: QRectF, level: Level) -> None:
        """Draw the edges that a rectangle touches."""
        rows = self.edges.within(rect)
        if not len(rows):
            return
        if level is Level.FAR:
            self._far(painter, paints, rows)
        elif self.shades:
            for shade, part in self._by_shade(rows).items():
                pen = paints.wire if shade < 0 else paints.flows[shade]
                self._near(painter, pen, part, rect)
        else:
            self._near(painter, paints.wire, rows, rect)

    def draw_some(self, painter: QPainter, pen: QPen, edges: Iterable[Edge], rect: QRectF) -> None:
        """Draw some edges again, over the others."""
        rows = [self.edges.row[edge] for edge in edges if edge in self.edges.row]
        if rows:
            self._near(painter, pen, rows, rect)

    def _near(self, painter: QPainter, pen: QPen, rows: Any, rect: QRectF) -> None:
        points = self.edges.points[rows]
        segments = np.concatenate([points[:, :-1], points[:, 1:]], -1).reshape(-1, 4)
        # What runs straight down is one line, not many.
        painter.setPen(pen)
        x1, y1, x2, y2 = segments.T
        inside = (np.minimum(x1, x2) <= rect.right()) & (np.maximum(x1, x2) >= rect.left())
        inside &= (np.minimum(y1, y2) <= rect.bottom()) & (np.maximum(y1, y2) >= rect.top())
        straight = np.abs(points[:, 0, 0] - points[:, -1, 0]) < 0.5
        straight &= np.isnan(self.edges.lanes[rows])
        if straight.any():
            inside &= ~np.repeat(straight, POINTS - 1)
            ends = points[straight][:, (0, -1)].reshape(-1, 4)
            self._lines.draw(painter, np.concatenate([ends, segments[inside]]))
        else:
            self._lines.draw(painter, segments[inside])

    def _far(self, painter: QPainter, paints: Paints, rows: Any) -> None:
        painter.setPen(paints.wire_far)
        turned = ~np.isnan(self.edges.lanes[rows])
        straight = self.edges.points[rows[~turned]][:, (0, -1)].reshape(-1, 4)
        corners = self.edges.points[rows[turned]][:, ENDS]
        bent = np.concatenate([corners[:, :-1], corners[:, 1:]], -1).reshape(-1, 4)
        self._lines.draw(painter, np.concatenate([straight, bent]))

    def _by_shade(self, rows: Any) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for row in rows.tolist():
            shade = self.shades.get(self.edges.keys[row].source.node, -1)
            found.setdefault(shade, []).append(row)
        return found
