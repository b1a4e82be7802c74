"""The canvas: hands presses and keys to gestures.

press ──▶ a gesture of `order` ──▶ view.do(edit) ──▶ Session.do ──Update──▶ scene

Surface  paints and looks  ◀──  Desk  what can be asked for  ◀──  CanvasView  mouse and keys
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from nnstudio.ui.canvas import keys, speech
from nnstudio.ui.canvas.desk import Desk
from nnstudio.ui.canvas.gesture import Pointer
from nnstudio.ui.canvas.gestures import enter, wheel
from nnstudio.ui.canvas.gestures.palette_drop import PaletteDrop
from nnstudio.ui.canvas.order import ORDER
from nnstudio.ui.context import Context
from nnstudio.ui.overriding import override


class CanvasView(Desk):
    """The canvas of one window.

    Signals:
        menu_wanted: A context menu is asked for at a place of the screen, over a node or a note
            or "".
    """

    menu_wanted = Signal(QPoint, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._space = self._panned = False
        self._path = context.view.path
        self._left: dict[tuple[tuple[str, str], ...], tuple[QPointF, float]] = {}
        self.canvas.rebuilt.connect(self._rebuilt)
        self.canvas.followed.connect(self._followed)
        context.view.selection_changed.connect(self._selected)
        context.view.revealed.connect(lambda _graph, node: self.reveal(node))
        self._rebuilt()

    def _rebuilt(self, anew: bool = True) -> None:
        self.end_gesture(cancel=True)
        self.current, self.edge = "", None
        self.canvas.painter.marks.current = ""
        if anew:
            self._left.clear()
        else:
            self._left[self._path] = self.camera.seen().center(), self.camera.zoom
        self._path = self.context.view.path
        place = self._left.get(self._path)
        if place is None:
            self.fit_first()
        else:  # who comes back sees the part that was left
            self.camera.look_at(*place)
            self.look_again()
        speech.tell(self)

    def _followed(self, structure: bool) -> None:
        if self.gesture is not None and structure:
            self.end_gesture(cancel=True)
        if self.edge is not None and self.edge not in self.canvas.wiring.edges.row:
            self.edge = None
        if self.current not in self.canvas.nodes:
            self.current = self.canvas.painter.marks.current = ""
        speech.tell(self)

    def _selected(self) -> None:
        chosen = self.context.view.selection
        if len(chosen) == 1 and chosen[0] != self.current and chosen[0] in self.canvas.nodes:
            self.current = chosen[0]
            self.canvas.painter.marks.current = self.current if self.hasFocus() else ""
        speech.tell(self)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        pixel = event.position()
        point = self.camera.scene_point(pixel)
        hit = self.hit(point)
        return Pointer(pixel, point, event.modifiers(), event.button(), hit, self._space)

    def _hover(self, pointer: Pointer) -> None:
        marks, hit = self.canvas.painter.marks, pointer.hit
        key = hit.node or (hit.port[0] if hit.port else "")
        if key != marks.hovered:
            for one in (marks.hovered, key):
                if one in self.canvas.nodes:
                    self.canvas.nodes[one].update()
            marks.hovered = key
            where = f"{self.canvas.graph_id}/{key}" if key else ""
            self.context.view.hover(where)
            self.viewport().update()
        bubble = self.canvas.bubbles.of(hit.node) if hit.node else None
        if bubble is not None:
            bubble.light(hit.repair[1] if hit.repair else -1)
        shapes = {True: Qt.CursorShape.CrossCursor, False: Qt.CursorShape.ArrowCursor}
        hand = hit.repair is not None
        shape = Qt.CursorShape.PointingHandCursor if hand else shapes[hit.port is not None]
        shape = Qt.CursorShape.SizeFDiagCursor if hit.corner else shape
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor if self._space else shape)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.gesture is not None or event.button() == Qt.MouseButton.RightButton:
            return
        pointer = self._pointer(event)
        for kind in ORDER:
            self.gesture = kind.start(self, pointer)
            if self.gesture is not None:
                break
        if self.gesture is not None and self.gesture.cursor is not None and self._space:
            self._panned = True
        self.viewport().update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if self.gesture is None:
            self._hover(pointer)
            return
        started = self.gesture.moved
        self.gesture.track(pointer)
        gesture = self.gesture
        if gesture is not None and gesture.cursor is not None and gesture.moved and not started:
            self.viewport().setCursor(gesture.cursor)
        self.looked.emit()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self.gesture
        if gesture is None or event.button() != gesture.press.button:
            return
        pointer = self._pointer(event)
        self.gesture = None
        gesture.release(pointer)
        self.viewport().unsetCursor()
        self.viewport().update()
        self.looked.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.end_gesture(cancel=True)
            enter.double_click(self, self._pointer(event))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit = self.hit(self.mapToScene(event.pos()))
        if hit.item and hit.item not in self.context.view.selection:
            self.context.view.select([hit.item])
        self.menu_wanted.emit(event.globalPos(), hit.item)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel.wheel(self, event)
        self.look_again()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and wheel.native(self, event):
            self.look_again()
            return True
        if event.type() == QEvent.Type.Leave:
            self.canvas.painter.marks.hovered = ""
            self.context.view.hover("")
            self.viewport().update()
        return super().viewportEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and keys.before_shortcuts(self, event):
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space, self._panned = True, False
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif not keys.press(self, event):
            event.ignore()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._space:
            self._space = False
            self.viewport().unsetCursor()
            if not self._panned and self.gesture is None:
                self.search()
        else:
            super().keyReleaseEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.canvas.painter.marks.current = self.current
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space = False
        self.canvas.painter.marks.current = ""
        self.viewport().update()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragged = PaletteDrop.start(self, event.mimeData())
        event.accept() if self.dragged is not None else event.ignore()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self.dragged is None:
            event.ignore()
            return
        self.dragged.move(self.camera.scene_point(event.position()))
        event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.dragged = None
        self.viewport().update()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        drop, self.dragged = self.dragged, None
        if drop is None:
            event.ignore()
            return
        drop.move(self.camera.scene_point(event.position()))
        event.acceptProposedAction()
        drop.drop()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.viewport().update()
