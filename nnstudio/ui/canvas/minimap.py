"""The whole graph in small; a press or a drag on it moves the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nnstudio.ui.canvas import arrays as np
from nnstudio.ui.canvas.node_table import FAULTY
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.primitives import Rects
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override

SIZE = QSize(168, 112)
MARGIN = 10.0
SMALLEST = 2.0
SMALLEST_FRAME = 5.0


class Minimap(QWidget):
    """Draws the nodes once and the frame of what is seen at every move."""

    def __init__(self, view: CanvasView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._rects = Rects()
        self._picture: QPixmap | None = None
        self._bounds = QRectF()
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("The whole graph; drag to look elsewhere"))
        self.setAccessibleName(tr("Overview of the graph"))
        view.looked.connect(self.update)
        view.canvas.followed.connect(self._forget)
        view.canvas.rebuilt.connect(self._forget)
        view.context.theme.changed.connect(self._forget)

    def map_rect(self, rect: QRectF) -> QRectF:
        """Return where a part of the canvas is on the map."""
        scale, shift = self._fit()
        top = rect.topLeft() * scale + shift
        return QRectF(top, rect.size() * scale)

    def frame(self) -> QRectF:
        """Return where the seen part is on the map, never too small to be found."""
        seen = self.map_rect(self._view.camera.seen())
        wide = max(0.0, SMALLEST_FRAME - seen.width()) / 2
        high = max(0.0, SMALLEST_FRAME - seen.height()) / 2
        return seen.adjusted(-wide, -high, wide, high)

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def _fit(self) -> tuple[float, QPointF]:
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        wide, high = max(1.0, self._bounds.width()), max(1.0, self._bounds.height())
        scale = min(area.width() / wide, area.height() / high, 0.25)
        return scale, area.center() - self._bounds.center() * scale

    def _paint_nodes(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        self._bounds = self._view.canvas.bounds()
        if not self._bounds.isEmpty():
            painter = QPainter(picture)
            self._draw(painter, self._view.canvas.paints)
            painter.end()
        return picture

    def _draw(self, painter: QPainter, paints: Paints) -> None:
        table, notes = self._view.canvas.table, self._view.canvas.notes
        painter.setPen(paints.none)
        painter.setBrush(paints.note_edge.color())
        for key in notes:
            painter.drawRect(self.map_rect(notes.box(key)))
        if not len(table):
            return
        scale, shift = self._fit()
        boxes, marks = table.boxes, table.marks
        rows = np.empty((len(boxes), 4))
        wide = np.maximum(boxes[:, 2] * scale, SMALLEST)
        high = max(SMALLEST, 56.0 * scale)
        rows[:, 0] = boxes[:, 0] * scale + shift.x() - wide / 2
        rows[:, 1] = boxes[:, 1] * scale + shift.y() - high / 2
        rows[:, 2], rows[:, 3] = wide, high
        painter.setPen(paints.none)
        for place, group in enumerate(paints.groups):
            painter.setBrush(paints.families[group])
            self._rects.draw(painter, rows[marks[:, 0] == place])
        painter.setBrush(paints.bad)
        self._rects.draw(painter, rows[(marks[:, 1] & FAULTY) > 0])

    def _go(self, event: QMouseEvent) -> None:
        scale, shift = self._fit()
        self._view.camera.look_at((event.position() - shift) / scale)
        self._view.look_again()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        paints = self._view.canvas.paints
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._paint_nodes()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(paints.chip_edge)
        painter.setBrush(paints.chip)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 6, 6)
        painter.drawPixmap(0, 0, self._picture)
        seen = self.frame() & frame.adjusted(3, 3, -3, -3)
        painter.setPen(QPen(paints.accent, 1.25))
        painter.setBrush(paints.hollow)
        painter.drawRoundedRect(seen, 2, 2)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)
