"""The canvas with what lies over it: breadcrumb, networks, overlay switch, minimap."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.ui.canvas.actions import CanvasActions
from nnstudio.ui.canvas.breadcrumb import PAD, Breadcrumb
from nnstudio.ui.canvas.minimap import Minimap
from nnstudio.ui.canvas.networks import NetworkStrip
from nnstudio.ui.canvas.overlay_bar import OverlayBar
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override

MARGIN = 16
SECOND = 48
"""Where the second row over the canvas begins."""
MAP_FROM = 500
"""In a view that is lower than this the minimap would hide more than it shows."""


class CanvasPanel(QWidget):
    """What stands in the middle of the window.

    Attributes:
        view: The canvas.
        commands: What the window's actions do on it.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Canvas"))
        self.view = CanvasView(context, self)
        self.commands = CanvasActions(self.view)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.view)
        self.breadcrumb = Breadcrumb(context, self)
        self.networks = NetworkStrip(context, self)
        self.overlays = OverlayBar(context, self)
        self.minimap = Minimap(self.view, self)
        self.view.covered = self._covered
        self.view.looked.connect(self._step_aside)
        context.view.graph_changed.connect(self._place)
        self.view.canvas.followed.connect(self._place)
        self.view.canvas.rebuilt.connect(self._place)
        self.setFocusProxy(self.view)

    def close_canvas(self) -> None:
        """Follow the document no longer; called before the window goes."""
        self.view.close_canvas()
        self.breadcrumb.close_canvas()
        self.networks.close_canvas()

    def _place(self) -> None:
        self.breadcrumb.adjustSize()
        self.breadcrumb.move(MARGIN - PAD, MARGIN - 2)
        self.overlays.adjustSize()
        right = self.width() - MARGIN
        beside = right - self.overlays.width()
        self.networks.adjustSize()
        self.networks.move(MARGIN, SECOND)
        self.overlays.move(max(MARGIN, beside), self._overlays_at())
        self.minimap.move(
            right - self.minimap.width(), self.height() - MARGIN - self.minimap.height()
        )
        self._step_aside()

    def _overlays_at(self) -> int:
        """Beside the path, or below it and the networks where the window is narrow."""
        room = self.width() - 3 * MARGIN - self.breadcrumb.width() - self.overlays.width()
        if room > 0:
            return MARGIN
        return SECOND + (0 if self.networks.isHidden() else self.networks.height() + 8)

    def _covered(self) -> float:
        return self._overlays_at() + self.overlays.sizeHint().height() + MARGIN

    def _step_aside(self) -> None:
        """Show the minimap where there is room for it; it hides no problem that is spoken."""
        room = self.height() >= MAP_FROM and bool(self.view.canvas.nodes)
        # Under the hand that moves the view with it, it stays.
        shown = room and (self.minimap.underMouse() or not self._map_covers())
        if shown == self.minimap.isHidden():
            self.minimap.setVisible(shown)

    def _map_covers(self) -> bool:
        """A bubble is more than a map; so is a node, where all is seen without one."""
        canvas = self.view.canvas
        below = self.view.mapToScene(self.minimap.geometry()).boundingRect()
        if canvas.bubbles.touch(below):
            return True
        all_seen = self.view.camera.seen().contains(canvas.bounds())
        return all_seen and len(canvas.table.within(below)) > 0

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = self.overlays.y()
        self._place()
        if event.oldSize().width() > 0 and self.overlays.y() != before:
            # What stood right below the switch is not to lie behind it now.
            self.view.camera.pan(0, self.overlays.y() - before)
            self.view.look_again()
