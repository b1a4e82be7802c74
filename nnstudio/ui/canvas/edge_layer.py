"""All edges of a canvas: no items but sampled curves in arrays, drawn in a few calls.

Every edge has the same number of points: one curve from port to port, or two of half the points
with a straight lane between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QPointF, QRectF

from nnstudio.graph.diff import Edge
from nnstudio.ui.canvas import arrays as np

HALF = 14
POINTS = 2 * HALF
CORNER, STEM = 12.0, 2.0
"""The radius of the corners of an edge with a lane, and how far it leaves its port first."""


class EdgeLayer:
    """Rows of edges in no particular order.

    Attributes:
        keys: The edge of each row.
        row: The row of each edge.
        incident: The edges at each node.
    """

    def __init__(self) -> None:
        self.keys: list[Edge] = []
        self.row: dict[Edge, int] = {}
        self.incident: dict[str, set[Edge]] = {}
        self._ends: Any = None
        self._lanes: Any = None
        self._points: Any = None
        self._boxes: Any = None
        self._room = 0
        self._weights: Any = None

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def ends(self) -> Any:
        """From x, y to x, y: one row per edge."""
        return self._ends[: len(self.keys)]

    @property
    def lanes(self) -> Any:
        """The x of the lane, not a number for an edge without one."""
        return self._lanes[: len(self.keys)]

    @property
    def points(self) -> Any:
        """The curves: POINTS points of x, y per edge."""
        return self._points[: len(self.keys)]

    def add(self, edge: Edge) -> None:
        """Add an edge; where it runs is told by `place`."""
        if edge in self.row:
            return
        self._grow(len(self.keys) + 1)
        row = self.row[edge] = len(self.keys)
        self.keys.append(edge)
        self._lanes[row] = np.nan
        for node in (edge.source.node, edge.node):
            self.incident.setdefault(node, set()).add(edge)

    def drop(self, edge: Edge) -> None:
        """Take an edge out; the last row fills its place."""
        row = self.row.pop(edge, None)
        if row is None:
            return
        last = len(self.keys) - 1
        moved = self.keys.pop()
        if row != last:
            self.keys[row] = moved
            self.row[moved] = row
            for data in (self._ends, self._lanes, self._points, self._boxes):
                data[row] = data[last]
        for node in (edge.source.node, edge.node):
            at_node = self.incident.get(node, set())
            at_node.discard(edge)
            if not at_node:
                self.incident.pop(node, None)

    def clear(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]  # the same as a new one

    def place(self, edge: Edge, start: QPointF, end: QPointF) -> int:
        """Set the ends of an edge; its curve follows with `bend`."""
        row = self.row[edge]
        self._ends[row] = start.x(), start.y(), end.x(), end.y()
        return row

    def take_lanes(self, lanes: Any) -> Any:
        """Set the lanes of all edges; return the rows for which it is another one."""
        old = self.lanes
        same = (old == lanes) | (np.isnan(old) & np.isnan(lanes))
        self._lanes[: len(self.keys)] = lanes
        return np.nonzero(~same)[0]

    def bend(self, rows: Any) -> None:
        """Work out the curves of some rows."""
        rows = np.asarray(rows, dtype=int)
        if not len(rows):
            return
        lanes = self._lanes[rows]
        x1, y1, x2, y2 = self._ends[rows].T
        # While a node is dragged above what feeds it there is no lane yet.
        lanes = np.where(np.isnan(lanes) & (y2 < y1), (x1 + x2) / 2, lanes)
        turned = ~np.isnan(lanes)
        points = self._points
        if not turned.all():
            points[rows[~turned]] = self._straight(self._ends[rows[~turned]])
        if turned.any():
            points[rows[turned]] = self._turned(self._ends[rows[turned]], lanes[turned])
        made = points[rows]
        self._boxes[rows, :2] = made.min(1)
        self._boxes[rows, 2:] = made.max(1)

    def box(self, edges: Iterable[Edge]) -> QRectF:
        """Return the rectangle around some edges."""
        rows = [self.row[edge] for edge in edges if edge in self.row]
        if not rows:
            return QRectF()
        boxes = self._boxes[rows]
        low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
        return QRectF(QPointF(*low.tolist()), QPointF(*high.tolist())).adjusted(-4, -4, 4, 4)

    def within(self, rect: QRectF) -> Any:
        """Return the rows whose rectangle a rectangle touches."""
        if not self.keys:
            return ()
        box = self._boxes[: len(self.keys)]
        across = (box[:, 0] <= rect.right()) & (box[:, 2] >= rect.left())
        return np.nonzero(across & (box[:, 1] <= rect.bottom()) & (box[:, 3] >= rect.top()))[0]

    def at(self, point: QPointF, reach: float) -> Edge | None:
        """Return the edge nearest to a point, within reach of it."""
        around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        rows = self.within(around)
        if not len(rows):
            return None
        where = np.array((point.x(), point.y()))
        start, end = self._points[rows, :-1], self._points[rows, 1:]
        way = end - start
        length = np.maximum((way * way).sum(-1), 1e-9)
        share = np.clip(((where - start) * way).sum(-1) / length, 0.0, 1.0)
        away = start + share[..., None] * way - where
        distance = np.sqrt((away * away).sum(-1)).min(1)
        best = int(distance.argmin())
        return self.keys[int(rows[best])] if distance[best] <= reach else None

    def crossed(self, start: QPointF, end: QPointF) -> list[Edge]:
        """Return the edges that a straight cut crosses."""
        rows = self.within(QRectF(start, end).normalized().adjusted(-1, -1, 1, 1))
        if not len(rows):
            return []
        a, b = self._points[rows, :-1], self._points[rows, 1:]
        p, q = np.array((start.x(), start.y())), np.array((end.x(), end.y()))
        sides = _side(p, q, a) * _side(p, q, b) < 0
        hit = (sides & (_side(a, b, p) * _side(a, b, q) < 0)).any(1)
        return [self.keys[int(row)] for row in np.asarray(rows)[hit]]

    def curve(self, edge: Edge) -> list[tuple[float, float]]:
        """Return the points of one edge."""
        return [tuple(point) for point in self._points[self.row[edge]].tolist()]

    def _grow(self, count: int) -> None:
        if count <= self._room:
            return
        size = max(64, count * 2)
        shapes = {"_ends": (4,), "_lanes": (), "_points": (POINTS, 2), "_boxes": (4,)}
        for name, shape in shapes.items():
            old, new = getattr(self, name), np.zeros((size, *shape))
            if old is not None:
                new[: len(old)] = old
            setattr(self, name, new)
        self._room = size

    def _straight(self, ends: Any) -> Any:
        x1, y1, x2, y2 = ends.T
        pull = np.maximum(np.minimum(np.abs(y2 - y1) * 0.5, 160.0), 24.0)
        controls = np.stack([x1, y1, x1, y1 + pull, x2, y2 - pull, x2, y2], -1)
        return self._bezier(POINTS) @ controls.reshape(-1, 4, 2)

    def _turned(self, ends: Any, lane: Any) -> Any:
        x1, y1, x2, y2 = ends.T
        # An edge that runs upwards turns up into its lane, any other down.
        up = np.where(y2 > y1, 1.0, -1.0)
        room = np.where(y2 > y1, (y2 - y1 - 2 * STEM) / 4.2, CORNER)
        first = _half(x1, y1, lane, np.minimum(CORNER, room), up, 1.0)
        last = _half(x2, y2, lane, np.minimum(CORNER, room), up, -1.0)
        return np.concatenate([first, last[:, ::-1]], 1)

    def _bezier(self, count: int) -> Any:
        if self._weights is None:
            self._weights = _weights(count)
        return self._weights


def _half(x: Any, y: Any, lane: Any, radius: Any, up: Any, out: float) -> Any:
    """Return one half of an edge with a lane: from the port, round two corners, into the lane.

    Args:
        x: Where the port is.
        y: The same.
        lane: The x of the lane.
        radius: Of the corners.
        up: -1 for an edge that runs upwards, else 1.
        out: 1 at an output, -1 at an input.
    """
    side = np.where(lane >= x, 1.0, -1.0)
    wide = np.minimum(radius, np.abs(lane - x) / 2)
    angle = np.linspace(0.0, np.pi / 2, HALF // 2)
    sine, rest = np.sin(angle), 1.0 - np.cos(angle)
    begin = y + out * STEM
    low = begin + out * radius
    first_x = x[:, None] + (side * wide)[:, None] * rest
    first_y = begin[:, None] + (out * radius)[:, None] * sine
    last_x = (lane - side * wide)[:, None] + (side * wide)[:, None] * sine
    last_y = low[:, None] + (out * up * radius)[:, None] * rest
    xs, ys = np.concatenate([first_x, last_x], 1), np.concatenate([first_y, last_y], 1)
    xs[:, 0], ys[:, 0] = x, y
    return np.stack([xs, ys], -1)


def _weights(count: int) -> Any:
    t = np.linspace(0.0, 1.0, count)
    s = 1.0 - t
    return np.stack([s**3, 3 * t * s**2, 3 * t**2 * s, t**3], -1)


def _side(a: Any, b: Any, c: Any) -> Any:
    """Return on which side of the line from a to b the point c lies."""
    way, to = b - a, c - a
    return way[..., 0] * to[..., 1] - way[..., 1] * to[..., 0]
