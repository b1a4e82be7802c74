"""The node that an arrow key means."""

from __future__ import annotations

from PySide6.QtCore import Qt

from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas.node_table import NodeTable

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def nearest(table: NodeTable, key: str, dx: int, dy: int) -> str:
    """Return the node next to one in a direction; "" when there is none.

    What lies straight ahead is nearer than what lies aside.
    """
    row = table.row.get(key)
    if row is None:
        return ""
    way = table.boxes[:, :2] - table.boxes[row, :2]
    ahead = way[:, 0] * dx + way[:, 1] * dy
    aside = np.abs(way[:, 0] * dy) + np.abs(way[:, 1] * dx)
    cost = np.where(ahead > 1.0, ahead + 2.0 * aside, np.inf)
    best = int(cost.argmin())
    return table.ids[best] if np.isfinite(cost[best]) else ""
