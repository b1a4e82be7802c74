"""Where the view looks: zoom to a point, pan, fit, bring into sight."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

SMALLEST, LARGEST = 0.02, 4.0
SMALLEST_FIT = 0.002
"""A graph that is larger than any hand zooms out to is still shown whole when that is asked for."""
STEP = 1.2
FIT_MARGIN = 48.0
CLOSEST_FIT = 1.0
"""Fitting a few nodes does not blow them up."""
WORLD = 1.2e7


class Camera:
    """Moves a view; it has no scroll bars and no edge.

    Args:
        view: The view.
    """

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        view.setSceneRect(QRectF(-WORLD, -WORLD, 2 * WORLD, 2 * WORLD))

    @property
    def zoom(self) -> float:
        """Pixels for one canvas unit."""
        return self._view.transform().m11()

    def look_at(self, point: QPointF, zoom: float | None = None) -> None:
        """Bring a point to the middle."""
        if zoom is not None:
            self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self._view.centerOn(point)

    def pan(self, dx: float, dy: float) -> None:
        """Move what is seen by pixels."""
        bars = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        for bar, step in zip(bars, (dx, dy), strict=True):
            bar.setValue(bar.value() - round(step))

    def zoom_by(self, factor: float, pixel: QPointF | None = None) -> None:
        """Zoom so that the point below a pixel (the middle when None) stays where it is."""
        view = self._view
        at = QRectF(view.viewport().rect()).center() if pixel is None else pixel
        before = self.scene_point(at)
        least = SMALLEST if self.zoom >= SMALLEST else SMALLEST_FIT
        zoom = min(LARGEST, max(least, self.zoom * factor))
        view.setTransform(QTransform.fromScale(zoom, zoom))
        now = view.viewportTransform().map(before)
        self.pan(at.x() - now.x(), at.y() - now.y())

    def fit(self, rect: QRectF, top: float = FIT_MARGIN) -> None:
        """Show all of a rectangle, below what covers the first `top` pixels."""
        if rect.isEmpty():
            self.look_at(QPointF(), 1.0)
            return
        area = self._view.viewport().rect()
        wide = max(1.0, area.width() - 2 * FIT_MARGIN)
        top = max(FIT_MARGIN, top)
        high = max(1.0, area.height() - top - FIT_MARGIN)
        zoom = min(wide / rect.width(), high / rect.height(), CLOSEST_FIT)
        zoom = max(SMALLEST_FIT, zoom)
        self.look_at(rect.center() - QPointF(0.0, (top - FIT_MARGIN) / 2 / zoom), zoom)

    def reveal(self, rect: QRectF, margin: float = 40.0) -> None:
        """Move as little as needed to bring a rectangle into sight."""
        seen = self.seen()
        inner = seen.adjusted(*(margin / self.zoom * s for s in (1, 1, -1, -1)))
        dx = min(0.0, inner.right() - rect.right()) or max(0.0, inner.left() - rect.left())
        dy = min(0.0, inner.bottom() - rect.bottom()) or max(0.0, inner.top() - rect.top())
        if dx or dy:
            self.pan(dx * self.zoom, dy * self.zoom)

    def seen(self) -> QRectF:
        """Return the part of the canvas that is seen."""
        view = self._view
        return view.mapToScene(view.viewport().rect()).boundingRect()

    def scene_point(self, pixel: QPointF) -> QPointF:
        """Return the point of the canvas below a pixel."""
        return self._view.viewportTransform().inverted()[0].map(pixel)
