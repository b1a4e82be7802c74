"""Which way edges go: straight to the next node, long ones around what stands between in a lane.

A lane is the x at which an edge runs beside the nodes that it passes. All long edges that leave one
output share a lane; others keep apart. The lanes follow from where the nodes are and from nothing
else, so that a canvas that followed many edits shows the same as a fresh one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from nnstudio.graph.model import Port
from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.node_table import NodeTable

LONG = 72.0
"""A shorter edge is never blocked: nothing fits in between."""
CLEAR = 8.0
BESIDE = 20.0
APART = 10.0
MOST_BESIDE = 8
SIGHT = 1200.0
"""Nodes that are further to the side are nothing that a lane would run around."""

Band: TypeAlias = "tuple[float, float, float]"
"""Where a node stands or stood: from y, to y, x."""

Span: TypeAlias = "tuple[float, float, float, float]"
"""From x, to x, from y, to y."""


class _Ways(NamedTuple):
    """Where the lane of one output may run: places with the side to move to, and the walls."""

    span: Span
    places: tuple[tuple[float, int], ...]
    lows: list[float]
    highs: list[float]


class Router:
    """Finds lanes; remembers which edges are blocked, and by what, since an edit changes few."""

    def __init__(self) -> None:
        self._blocked: dict[object, bool] = {}
        self._ways: dict[Port, _Ways] = {}

    def forget(self, edge: object) -> None:
        """Forget an edge that is gone or ends elsewhere."""
        self._blocked.pop(edge, None)

    def lanes(
        self,
        keys: Sequence[Any],
        ends: Any,
        table: NodeTable,
        bands: Sequence[Band] | None,
    ) -> Any:
        """Return the lane of every edge, not a number for one that runs straight.

        Args:
            keys: The edges, in the order of the rows; each has a `source`.
            ends: From x, y to x, y of each edge.
            table: Where the nodes are.
            bands: Where something has changed; None for everywhere.
        """
        found = np.full(len(keys), np.nan)
        if not len(keys):
            return found
        down = ends[:, 3] - ends[:, 1]
        long = np.nonzero((down > LONG) | (down < 0))[0]
        field = _Field(table)
        stale = _stale(ends[long], bands)
        blocked = self._blocked
        groups: dict[Port, list[int]] = {}
        for row, again in zip(long.tolist(), stale.tolist(), strict=True):
            key = keys[row]
            known = blocked.get(key)
            if known is None or again:
                known = blocked[key] = field.blocks(*ends[row].tolist())
            if known:
                groups.setdefault(key.source, []).append(row)
        ways = self._found_ways(field, ends, groups, bands)
        for port, lane in _allotted(ways).items():
            found[groups[port]] = lane
        return found

    def _found_ways(
        self,
        field: _Field,
        ends: Any,
        groups: dict[Port, list[int]],
        bands: Sequence[Band] | None,
    ) -> dict[Port, _Ways]:
        made = {}
        for port, rows in groups.items():
            part = ends[rows].tolist()
            x1, y1 = part[0][:2]
            heights = [y1, *(row[3] for row in part)]
            x2 = sum(row[2] for row in part) / len(part)
            span = (x1, x2, min(heights), max(heights))
            old = self._ways.get(port)
            if old is None or old.span != span or _reached(span, bands):
                old = _ways(field, span)
            made[port] = old
        self._ways = made
        return made


def _stale(ends: Any, bands: Sequence[Band] | None) -> Any:
    if bands is None:
        return np.ones(len(ends), bool)
    top, bottom = np.minimum(ends[:, 1], ends[:, 3]), np.maximum(ends[:, 1], ends[:, 3])
    left, right = np.minimum(ends[:, 0], ends[:, 2]), np.maximum(ends[:, 0], ends[:, 2])
    stale = np.zeros(len(ends), bool)
    for low, high, x in bands:
        beside = (left - metrics.WIDEST < x) & (right + metrics.WIDEST > x)
        stale |= (top < high) & (bottom > low) & beside
    return stale


class _Field:
    """The nodes from top to bottom."""

    def __init__(self, table: NodeTable) -> None:
        boxes = table.boxes
        order = np.argsort(boxes[:, 1], kind="stable")
        self.x, self.y = boxes[order, 0], boxes[order, 1]
        self.half = boxes[order, 2] / 2

    def between(self, top: float, bottom: float) -> slice:
        """Return the nodes that reach into a band of heights."""
        half = metrics.HEIGHT / 2
        first = int(self.y.searchsorted(top - half, "right"))
        return slice(first, int(self.y.searchsorted(bottom + half, "left")))

    def blocks(self, x1: float, y1: float, x2: float, y2: float) -> bool:
        """Tell whether a node stands on the way of an edge; one that runs upwards always turns."""
        if y2 < y1:
            return True
        part = self.between(y1, y2)
        if part.start >= part.stop:
            return False
        y, half = self.y[part], metrics.HEIGHT / 2
        high, low = _curve(x1, y1, x2, y2, y - half), _curve(x1, y1, x2, y2, y + half)
        x, wide = self.x[part], self.half[part] + CLEAR
        left, right = np.minimum(high, low), np.maximum(high, low)
        return bool(np.any((right > x - wide) & (left < x + wide)))

    def walls(self, span: Span) -> tuple[list[float], list[float]]:
        """Return from where to where nodes stand beside an edge, joined where they touch."""
        x1, x2, top, bottom = span
        part = self.between(top, bottom)
        left = self.x[part] - self.half[part] - BESIDE
        right = self.x[part] + self.half[part] + BESIDE
        near = (right > min(x1, x2) - SIGHT) & (left < max(x1, x2) + SIGHT)
        left, right = left[near], right[near]
        if not len(left):
            return [], []
        order = np.argsort(left, kind="stable")
        left, right = left[order], np.maximum.accumulate(right[order])
        gaps = np.nonzero(left[1:] >= right[:-1])[0]
        lows = left[np.concatenate([[0], gaps + 1])]
        return lows.tolist(), right[np.concatenate([gaps, [len(left) - 1]])].tolist()


def _curve(x1: float, y1: float, x2: float, y2: float, y: Any) -> Any:
    """Return about where the curve of an edge is at a height."""
    share = np.clip((y - y1) / (y2 - y1), 0.0, 1.0)
    return x1 + (x2 - x1) * share * share * (3.0 - 2.0 * share)


def _reached(span: Span, bands: Sequence[Band] | None) -> bool:
    if bands is None:
        return True
    x1, x2, top, bottom = span
    left, right = min(x1, x2) - SIGHT - metrics.WIDEST, max(x1, x2) + SIGHT + metrics.WIDEST
    return any(low < bottom and high > top and left < x < right for low, high, x in bands)


def _ways(field: _Field, span: Span) -> _Ways:
    """Return the places that a lane may take, the nearest first."""
    lows, highs = field.walls(span)
    x1, x2 = span[:2]
    places = [(x1, 0), (x2, 0), *((low, -1) for low in lows), *((high, 1) for high in highs)]
    places.sort(key=lambda place: (abs(place[0] - x1) + abs(place[0] - x2), place[0]))
    free = [
        (x, side) for x, side in places if (at := bisect_left(lows, x) - 1) < 0 or x >= highs[at]
    ]
    return _Ways(span, tuple(free), lows, highs)


def _allotted(ways: dict[Port, _Ways]) -> dict[Port, float]:
    """Give each output its lane, short ones next to the nodes."""

    def order(port: Port) -> tuple[float, float, float, str]:
        x1, _, top, bottom = ways[port].span
        return bottom - top, top, x1, str(port)

    taken: dict[int, list[tuple[float, float]]] = {}
    return {port: _lane(ways[port], taken) for port in sorted(ways, key=order)}


def _lane(ways: _Ways, taken: dict[int, list[tuple[float, float]]]) -> float:
    """Return the nearest x that neither a node nor another lane stands on."""
    band = ways.span[2:]
    for place, side in ways.places:
        for step in range(MOST_BESIDE if side else 1):
            x = place + side * step * APART
            at = bisect_left(ways.lows, x) - 1
            if at >= 0 and x < ways.highs[at]:
                break
            if _took(taken.setdefault(round(x / APART), []), band):
                return x
    return min(ways.span[:2]) - metrics.WIDEST


def _took(spans: list[tuple[float, float]], band: tuple[float, float]) -> bool:
    """Take a part of a lane, unless another edge is there; the parts are kept in order."""
    place = bisect_left(spans, band)
    before = place == 0 or spans[place - 1][1] <= band[0]
    if before and (place == len(spans) or spans[place][0] >= band[1]):
        spans.insert(place, band)
        return True
    return False
