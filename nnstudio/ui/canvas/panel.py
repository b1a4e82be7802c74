"""The canvas with what lies over it: breadcrumb, networks, overlay switch, minimap."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.ui.canvas.actions import CanvasActions
from nnstudio.ui.canvas.breadcrumb import Breadcrumb
from nnstudio.ui.canvas.minimap import Minimap
from nnstudio.ui.canvas.networks import NetworkStrip
from nnstudio.ui.canvas.overlay_bar import OverlayBar
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override

MARGIN = 16
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
        self.breadcrumb.move(MARGIN, MARGIN)
        self.overlays.adjustSize()
        right = self.width() - MARGIN
        beside = right - self.overlays.width()
        self.networks.adjustSize()
        self.networks.move(MARGIN, 2 * MARGIN + 16)
        low = MARGIN if beside > self.breadcrumb.width() + 2 * MARGIN else 2 * MARGIN + 16
        if low > MARGIN and not self.networks.isHidden():
            low += self.networks.height() + 8
        self.overlays.move(max(MARGIN, beside), low)
        self.minimap.move(
            right - self.minimap.width(), self.height() - MARGIN - self.minimap.height()
        )
        self.minimap.setVisible(self.height() >= MAP_FROM and bool(self.view.canvas.nodes))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
