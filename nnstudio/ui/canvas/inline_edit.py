"""The main setting of a layer, typed on the node itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import tip


class InlineEdit(QLineEdit):
    """Enter takes the text, Esc and a click elsewhere leave everything as it was.

    Args:
        parent: What it lies in.
        theme: The look.
        text: The value now.
        font: The font of the node's body.
        taken: Called with the text; returns why it cannot be, or "".
        name: What is edited, for a screen reader.
    """

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        text: str,
        font: QFont,
        taken: Callable[[str], str],
        name: str,
    ) -> None:
        super().__init__(text, parent)
        self._taken, self._theme = taken, theme
        self.setFont(font)
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self._color(theme.tokens.accent)
        self.selectAll()

    def open_at(self, rect: QRect) -> None:
        """Show it over a rectangle of its parent."""
        self.setGeometry(rect)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _color(self, edge: str) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"QLineEdit {{ background: {tokens.panel}; color: {tokens.text}; padding: 0 4px;"
            f" border: 1px solid {edge}; border-radius: 3px; }}"
        )

    def _finish(self) -> None:
        why = self._taken(self.text())
        if why:
            self._color(self._theme.tokens.bad)
            self.setToolTip(tip(why))
            self.setAccessibleDescription(why)
        else:
            self._go()

    def _go(self) -> None:
        if not self.isHidden():
            self.hide()
            view = self.parentWidget().parentWidget()
            view.setFocus(Qt.FocusReason.PopupFocusReason)
            self.deleteLater()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
        elif event.key() == Qt.Key.Key_Escape:
            self._go()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and not self.isHidden():
            self.hide()
            self.deleteLater()
