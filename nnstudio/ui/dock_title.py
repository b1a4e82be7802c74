"""The title of a panel: a slim line to drag it by, with buttons to tear it off and to close it.

Where tabs name the panels it vanishes; its menu is then the one of the tab.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from nnstudio.ui.i18n import tr
from nnstudio.ui.icons import icon
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, Theme

HEIGHT = 4 * GRID
BUTTON = 16


class DockTitle(QWidget):
    """Stands on top of a panel."""

    def __init__(self, dock: QDockWidget, theme: Theme) -> None:
        super().__init__(dock)
        self._dock, self._compact = dock, False
        self._label = QLabel(self)
        self._label.setProperty("kind", "section")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._float = self._button("float", tr("Tear off, or put back"), theme)
        self._close = self._button(
            "close", tr("Close the panel; the View menu brings it back"), theme
        )
        self._float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + GRID // 2, 0, GRID // 2, 0)
        row.setSpacing(0)
        row.addWidget(self._label, 1)
        row.addWidget(self._float)
        row.addWidget(self._close)
        dock.windowTitleChanged.connect(self._name)
        self._name(dock.windowTitle())

    def set_compact(self, compact: bool) -> None:
        """Vanish, since a tab says the same; or come back."""
        if compact != self._compact:
            self._compact = compact
            for child in (self._label, self._float, self._close):
                child.setVisible(not compact)
            self.updateGeometry()

    def menu(self) -> QMenu:
        """Return what can be done with the panel."""
        menu = QMenu(self._dock)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = tr("Put back") if self._dock.isFloating() else tr("Tear off")
        menu.addAction(words).triggered.connect(
            lambda: self._dock.setFloating(not self._dock.isFloating())
        )
        menu.addAction(tr("Close")).triggered.connect(self._dock.close)
        return menu

    def _name(self, title: str) -> None:
        self._label.setText(title.upper())

    def _button(self, name: str, words: str, theme: Theme) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "flat")
        button.setIcon(icon(name, theme, "muted"))
        button.setIconSize(QSize(BUTTON - 2, BUTTON - 2))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, 0 if self._compact else HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    @override
    def event(self, event: QEvent) -> bool:
        # Presses go on to the dock, which is dragged by them.
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove):
            event.ignore()
            return False
        return super().event(event)
