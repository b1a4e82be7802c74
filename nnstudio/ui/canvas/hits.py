"""What lies below a point of the canvas, the topmost first.

A repair, a port, a node, the corner of a note, an edge, a note.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.gesture import Hit
from nnstudio.ui.canvas.level import Level
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.note_layer import CORNER
from nnstudio.ui.canvas.scene import CanvasScene

EDGE_REACH = 7.0


def hit(scene: CanvasScene, point: QPointF, zoom: float) -> Hit:
    """Return what lies below a point at a zoom."""
    bubble = scene.bubbles.at(point)
    if bubble is not None:
        place = bubble.repair_below(point)
        return Hit(node=bubble.key, repair=(bubble.key, place) if place >= 0 else None)
    if scene.painter.level is not Level.FAR:
        port = port_at(scene, point, metrics.PORT_REACH / max(zoom, 0.7))
        if port is not None:
            return Hit(port=port)
    node = node_at(scene, point)
    if node:
        return Hit(node=node)
    corner = scene.notes.corner_at(point, CORNER / max(zoom, 0.5))
    if corner:
        return Hit(note=corner, corner=corner)
    edge = scene.wiring.edges.at(point, EDGE_REACH / zoom)
    return Hit(edge=edge) if edge is not None else Hit(note=scene.notes.at(point))


def node_at(scene: CanvasScene, point: QPointF) -> str:
    """Return the node below a point, or ""."""
    for item in scene.items(point):
        if isinstance(item, NodeItem) and item.rect().contains(point):
            return item.key
    return ""


def port_at(scene: CanvasScene, point: QPointF, reach: float) -> tuple[str, int, bool] | None:
    """Return the port (node, index, is output) within reach of a point."""
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    for item in scene.items(around):
        if isinstance(item, NodeItem):
            found = item.port_below(point, reach)
            if found is not None:
                return item.key, *found
    return None
