"""Where all nodes are, as arrays: for batches far away, for routing, snapping and the minimap."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF

from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas import metrics

SELECTED, FAULTY, BYPASSED = 1, 2, 4


class NodeTable:
    """Rows of nodes in no particular order.

    Attributes:
        ids: The node of each row.
        row: The row of each node.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.row: dict[str, int] = {}
        self._places: dict[str, tuple[float, float]] = {}
        self._data: Any = None
        self._marks: Any = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def boxes(self) -> Any:
        """The middle and the width, as x, y, w: one row per node."""
        return self._data[: len(self.ids)]

    @property
    def marks(self) -> Any:
        """The place of the family among the groups, and the states, one row per node."""
        return self._marks[: len(self.ids)]

    def at(self, key: str) -> tuple[float, float]:
        """Return where a node is."""
        return self._places[key]

    def put(self, key: str, x: float, y: float, width: float, group: int, states: int) -> None:
        """Add a node, or set what is known of it."""
        row = self.row.get(key)
        if row is None:
            row = self.row[key] = len(self.ids)
            self.ids.append(key)
            self._grow(row + 1)
        self._data[row] = x, y, width
        self._places[key] = (x, y)
        self._marks[row] = group, states

    def move(self, key: str, x: float, y: float) -> None:
        """Set where a node is."""
        self._data[self.row[key], :2] = x, y
        self._places[key] = (x, y)

    def mark(self, key: str, bit: int, on: bool) -> None:
        """Set one state of a node."""
        row = self.row.get(key)
        if row is not None:
            self._marks[row, 1] = self._marks[row, 1] | bit if on else self._marks[row, 1] & ~bit

    def drop(self, key: str) -> None:
        """Take a node out; the last row fills its place."""
        row, last = self.row.pop(key), len(self.ids) - 1
        del self._places[key]
        moved = self.ids.pop()
        if row != last:
            self.ids[row] = moved
            self.row[moved] = row
            self._data[row] = self._data[last]
            self._marks[row] = self._marks[last]

    def clear(self) -> None:
        """Forget everything."""
        self.ids, self.row, self._places = [], {}, {}
        self._data = self._marks = None

    def bounds(self) -> QRectF:
        """Return the rectangle around all nodes; an empty one when there are none."""
        if not self.ids:
            return QRectF()
        box = self.boxes
        left, right = box[:, 0] - box[:, 2] / 2, box[:, 0] + box[:, 2] / 2
        top, high = float(box[:, 1].min()) - metrics.HEIGHT / 2, float(np.ptp(box[:, 1]))
        wide = float(right.max() - left.min())
        return QRectF(float(left.min()), top, wide, high + metrics.HEIGHT)

    def within(self, rect: QRectF) -> Any:
        """Return the rows of nodes that a rectangle touches."""
        if not self.ids:
            return ()
        box, half = self.boxes, metrics.HEIGHT / 2
        x, y, w = box[:, 0], box[:, 1], box[:, 2] / 2
        across = (x + w > rect.left()) & (x - w < rect.right())
        return np.nonzero(across & (y + half > rect.top()) & (y - half < rect.bottom()))[0]

    def _grow(self, count: int) -> None:
        if self._data is None or len(self._data) < count:
            size = max(64, count * 2)
            data, marks = np.zeros((size, 3)), np.zeros((size, 2), "int16")
            if self._data is not None:
                data[: len(self._data)] = self._data
                marks[: len(self._marks)] = self._marks
            self._data, self._marks = data, marks
