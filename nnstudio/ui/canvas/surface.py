"""What is seen of the scene: painted in batches far away, by items near, never more than needed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from nnstudio.graph.diff import Edge
from nnstudio.ui.canvas import hits
from nnstudio.ui.canvas.camera import Camera
from nnstudio.ui.canvas.gesture import Gesture, Hit
from nnstudio.ui.canvas.gestures.palette_drop import PaletteDrop
from nnstudio.ui.canvas.ground import Ground, draw_hint
from nnstudio.ui.canvas.level import Level, level_at
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.context import Context
from nnstudio.ui.overriding import override

MOST_STRIPS = 6
CHIPS_FROM = 0.6
READABLE, START, TOP = 0.6, 0.9, 56.0
"""A graph that would be smaller than this when all of it is shown is shown from its top."""


class Surface(QGraphicsView):
    """A view of the scene that paints and looks, and changes nothing.

    Attributes:
        context: The shared objects of the window.
        canvas: The scene.
        camera: Where the view looks.
        gesture: What goes on, or None.
        edge: The edge that was clicked, or None.
        covered: Returns how many pixels at the top lie below something else.

    Signals:
        looked: The view looks elsewhere.
    """

    looked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.canvas = CanvasScene(context)
        self.camera = Camera(self)
        self.gesture: Gesture | None = None
        self.edge: Edge | None = None
        self.dragged: PaletteDrop | None = None
        self.covered: Callable[[], float] = lambda: TOP
        self._fitted = False
        self._strips: list[QRectF] = []
        self._ground = Ground()
        self._set_up()
        self.setScene(self.canvas)

    def reveal(self, key: str) -> None:
        """Bring a node into sight."""
        item = self.canvas.nodes.get(key)
        if item is not None:
            self.camera.reveal(item.rect())
            self.look_again()

    def fit_all(self) -> None:
        """Show the whole graph."""
        self.camera.fit(self.canvas.bounds(), self.covered())
        self.look_again()

    def fit_first(self) -> None:
        """Show the whole graph if it can be read then, else its beginning."""
        bounds = self.canvas.bounds()
        self.camera.fit(bounds, self.covered())
        if self.camera.zoom < READABLE and self.canvas.nodes:
            self.camera.look_at(bounds.center(), START)
            top = QRectF(bounds.topLeft(), self.camera.seen().size())
            self.camera.look_at(QPointF(self._trunk(), top.center().y() - self.covered() / START))
        self.look_again()

    def _trunk(self) -> float:
        """Return the x at which the graph begins."""
        return min(self.canvas.nodes.values(), key=lambda item: (item.y(), item.x())).x()

    def fit_selection(self) -> None:
        """Show the selected nodes, or everything."""
        canvas, bounds = self.canvas, QRectF()
        for key in self.context.view.selection:
            if key in canvas.nodes:
                bounds |= canvas.nodes[key].rect()
            elif key in canvas.notes:
                bounds |= canvas.notes.box(key)
        self.camera.fit(canvas.bounds() if bounds.isEmpty() else bounds, self.covered())
        self.look_again()

    def zoom(self, factor: float) -> None:
        """Zoom around the middle."""
        self.camera.zoom_by(factor)
        self.look_again()

    def hit(self, point: QPointF) -> Hit:
        """Return what lies below a point of the canvas."""
        return hits.hit(self.canvas, point, self.camera.zoom)

    def look_again(self) -> None:
        """Draw what another place or zoom shows."""
        level = level_at(self.camera.zoom, self.canvas.painter.level)
        if level is not self.canvas.painter.level:
            self.canvas.painter.level = level
            self.canvas.bubbles.show(level is not Level.FAR)
        self.canvas.sight = self.camera.seen()
        self.canvas.catch_up(rect=self.canvas.sight)
        self.viewport().update()
        self.looked.emit()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(off)
        self.setVerticalScrollBarPolicy(off)
        hints = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        self.setRenderHints(hints)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        flags = QGraphicsView.OptimizationFlag
        self.setOptimizationFlags(flags.DontSavePainterState | flags.DontAdjustForAntialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def _hot_edges(self) -> set[Edge]:
        """Return the edges that are lit: those at the hovered node, and the chosen one."""
        marks = self.canvas.painter.marks
        found = set(self.canvas.wiring.at_node(marks.hovered)) if marks.hovered else set()
        for key in marks.selected if len(marks.selected) <= 4 else ():
            found |= self.canvas.wiring.at_node(key)
        if self.edge is not None:
            found.add(self.edge)
        return found

    @override
    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        canvas, level = self.canvas, self.canvas.painter.level
        paints, wiring = canvas.paints, canvas.wiring
        painter.fillRect(rect, paints.ground)
        transform = painter.worldTransform()
        painter.resetTransform()
        origin = self.viewportTransform().map(QPointF())
        self._ground.draw(painter, paints, self.viewport().rect(), origin, self.camera.zoom)
        painter.setWorldTransform(transform)
        for strip in self._strips or [rect]:
            canvas.notes.draw(painter, paints, strip, level)
        if not canvas.nodes:
            return
        for strip in self._strips or [rect]:
            wiring.painter.draw(painter, paints, strip, level)
        hot = self._hot_edges() if level is not Level.FAR else set()
        if hot and not wiring.painter.shades:
            wiring.painter.draw_some(painter, paints.wire_hot, hot, rect)
        if self.camera.zoom >= CHIPS_FROM:
            rows = wiring.edges.within(rect)
            seen = [wiring.edges.keys[row] for row in rows]
            some = self.context.view.overlay in ("shapes", "gradients")
            wiring.chips.draw(painter, paints, seen, some, hot)

    @override
    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        if self.gesture is not None:
            self.gesture.draw(painter)
        if self.dragged is not None:
            self.dragged.draw(painter)
        if not self.canvas.nodes and not self.canvas.notes:
            painter.resetTransform()
            draw_hint(painter, self.canvas.paints, self.viewport().rect())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self.canvas.pictures.begin(self.camera.zoom)
        strips = list(event.region())
        few = len(strips) <= MOST_STRIPS
        around = [part.adjusted(-3, -3, 3, 3) for part in strips] if few else []
        self._strips = [self.mapToScene(part).boundingRect() for part in around]
        if self.canvas.painter.level is not Level.FAR:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        area = event.rect()
        painter.setClipRect(area)
        painter.setWorldTransform(self.viewportTransform())
        rect = self.mapToScene(area.adjusted(-2, -2, 2, 2)).boundingRect()
        self._strips = []
        self.drawBackground(painter, rect)
        canvas, nodes = self.canvas, self.canvas.nodes
        title = lambda key: nodes[key].look.title  # noqa: E731 (called for each title)
        canvas.far.draw(painter, canvas.paints, rect, self.camera.zoom, title)
        self.drawForeground(painter, rect)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._fitted and self.isVisible():
            self._fitted = True
            self.fit_first()
        elif self._fitted and event.oldSize().width() > 0:
            # What stood in the middle stays there when panels come and go at the sides.
            self.camera.pan((event.size().width() - event.oldSize().width()) / 2, 0.0)
        self.looked.emit()
