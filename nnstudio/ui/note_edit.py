"""Where a remark of several lines is written."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from nnstudio.ui.overriding import override

LINES = 3


class NoteEdit(QPlainTextEdit):
    """A remark; it commits when the keyboard leaves it, or by Ctrl+Enter. Esc takes it back.

    Signals:
        committed: The text is another one than was shown.
    """

    committed = Signal(str)

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._fit)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show a text of the document; the same text leaves what is being typed."""
        if text != self._shown or not self.hasFocus():
            self._shown = text
            if text != self.toPlainText():
                self.setPlainText(text)

    def commit(self) -> None:
        """Hand over what was typed."""
        text = self.toPlainText()
        if text != self._shown:
            self._shown = text
            self.committed.emit(text)

    def _fit(self) -> None:
        lines = round(self.document().documentLayout().documentSize().height())
        if not self.toPlainText():  # the hint may take two lines
            lines = 2
        self.setFixedHeight(min(max(lines, 2), 2 * LINES) * self.fontMetrics().lineSpacing() + 20)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, LINES * 20)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape and self.toPlainText() != self._shown:
            self.setPlainText(self._shown)
        else:
            super().keyPressEvent(event)
