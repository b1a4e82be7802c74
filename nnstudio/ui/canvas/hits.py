"""What lies below a point of the canvas, the topmost first: a repair, a port, a node, an edge."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.gesture import Hit
from nnstudio.ui.canvas.level import Level
from nnstudio.ui.canvas.node_item import NodeItem
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
    return Hit(edge=scene.wiring.edges.at(point, EDGE_REACH / zoom))


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
