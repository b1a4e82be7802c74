"""A node on the canvas: one item with its ports inside; edges are no items."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.look import Look
from nnstudio.ui.canvas.node_painter import Figure
from nnstudio.ui.canvas.node_pictures import NodePictures
from nnstudio.ui.overriding import override


class NodeItem(QGraphicsItem):
    """Stands at the middle of its node.

    Attributes:
        key: The node's id.
        look: What it looks like.
        figure: What the overlay says of it; None while it says nothing.
    """

    __slots__ = ("_nodes", "_pictures", "figure", "key", "look")

    def __init__(self, key: str, look: Look, pictures: NodePictures) -> None:
        super().__init__()
        self.key, self.look, self.figure = key, look, None
        self._pictures, self._nodes = pictures, pictures.nodes

    def take(self, look: Look) -> None:
        """Look like this from now on."""
        if look.width != self.look.width:
            self.prepareGeometryChange()
        self.look = look
        self.update()

    def show_figure(self, figure: Figure | None) -> None:
        """Say this in the body; None says what the node is."""
        if figure != self.figure:
            self.figure = figure
            self.update()

    def rect(self) -> QRectF:
        """Return where it stands, without ports and rings."""
        wide, at = self.look.width, self.pos()
        return QRectF(at.x() - wide / 2, at.y() - metrics.HEIGHT / 2, wide, metrics.HEIGHT)

    def port(self, index: int, *, output: bool) -> QPointF:
        """Return where a port is on the canvas; one that is gone stands with the last."""
        count = len(self.look.outputs if output else self.look.inputs)
        count = max(count, index + 1)
        return self.pos() + metrics.port_at(index, count, self.look.width, output=output)

    def port_below(self, point: QPointF, reach: float) -> tuple[int, bool] | None:
        """Return the port (index, is output) within reach of a point of the canvas."""
        best, found = reach * reach, None
        for output, ports in ((False, self.look.inputs), (True, self.look.outputs)):
            for index, port in enumerate(ports):
                away = point - self.port(index, output=output)
                wide = 10.0 if port.kind == "several" else 0.0
                across = max(0.0, abs(away.x()) - wide)
                distance = across * across + away.y() * away.y()
                if distance <= best:
                    best, found = distance, (index, output)
        return found

    @override
    def boundingRect(self) -> QRectF:
        return self._nodes.bounds(self.look)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        ratio = 0.0 if widget is None else widget.devicePixelRatioF()
        self._pictures.draw(painter, self.key, self.look, self.figure, ratio)
