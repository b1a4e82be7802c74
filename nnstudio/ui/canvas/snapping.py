"""Where a dragged node comes to rest: in line with a neighbour, else on the grid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF

from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas.node_table import NodeTable
from nnstudio.ui.theme import GRID

FAR = 600.0
"""A neighbour that is further away is none to align with."""


@dataclass(frozen=True, slots=True)
class Snap:
    """A place, and the lines along which it is aligned."""

    at: QPointF
    guides: tuple[QLineF, ...] = ()


def snap(
    table: NodeTable, wanted: QPointF, moving: Collection[str], seen: QRectF, reach: float
) -> Snap:
    """Return the place next to one that is wanted.

    Args:
        table: All nodes.
        wanted: Where the pointer has the node.
        moving: Nodes that move themselves.
        seen: What is on the screen.
        reach: How far the pointer may be off a line, in canvas units.
    """
    others = _others(table, wanted, moving, seen)
    x, beside_x = _aligned(others, 0, wanted.x(), wanted.y(), reach)
    y, beside_y = _aligned(others, 1, wanted.y(), wanted.x(), reach)
    at = QPointF(x, y)
    guides = []
    if beside_x is not None:
        low, high = sorted((beside_x, y))
        guides.append(QLineF(x, low - 40, x, high + 40))
    if beside_y is not None:
        low, high = sorted((beside_y, x))
        guides.append(QLineF(low - 100, y, high + 100, y))
    return Snap(at, tuple(guides))


def _others(table: NodeTable, wanted: QPointF, moving: Collection[str], seen: QRectF) -> object:
    near = QRectF(wanted.x() - FAR, wanted.y() - FAR, 2 * FAR, 2 * FAR) & seen
    rows = [row for row in table.within(near) if table.ids[row] not in moving]
    return table.boxes[rows, :2] if rows else np.zeros((0, 2))


def _aligned(
    others: object, axis: int, value: float, across: float, reach: float
) -> tuple[float, float | None]:
    """Return the value of the nearest line within reach and where its node is, else the grid's."""
    places = np.asarray(others)
    if len(places):
        off = np.abs(places[:, axis] - value)
        near = np.nonzero(off <= reach)[0]
        if len(near):
            distance = off[near] * 100 + np.abs(places[near, 1 - axis] - across)
            best = places[near[int(distance.argmin())]]
            return float(best[axis]), float(best[1 - axis])
    return round(value / GRID) * GRID, None
