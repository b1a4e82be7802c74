"""Where a search is typed: a line with a glass, and a key at its end."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nnstudio.ui import fonts
from nnstudio.ui.icons import icon
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import SMALL, Theme

GLASS = 14
PASSED_ON = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class SearchEdit(QLineEdit):
    """A line to search in; the list below is walked through without leaving it.

    Signals:
        moved: An arrow key, for the list.
        entered: Enter was pressed; True when Shift was held.
        left: Esc was pressed with nothing typed.

    Args:
        theme: Colours it.
        hint: What is searched.
        key: The key that leads here from elsewhere; shown at the end while nothing is typed.
    """

    moved = Signal(QKeyEvent)
    entered = Signal(bool)
    left = Signal()

    def __init__(self, theme: Theme, hint: str, key: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self._theme, self._key = theme, key
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setTextMargins(GLASS + 4, 0, 0, 0)
        self._glass = icon("search", theme, "muted")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in PASSED_ON:
            self.moved.emit(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        self._glass.paint(painter, QRect(9, (self.height() - GLASS) // 2, GLASS, GLASS))
        if self._key and not self.text():
            self._hint(painter)
        painter.end()

    def _hint(self, painter: QPainter) -> None:
        painter.setFont(fonts.mono(SMALL))
        painter.setPen(self._theme.tokens.color("muted"))
        room = QRectF(self.rect()).adjusted(0, 0, -10, 0)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(room, int(align), self._key)
