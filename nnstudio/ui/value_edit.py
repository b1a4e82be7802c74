"""Where a value is typed or ticked: a line with a word at its end, and a box with a tick."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QCheckBox, QLineEdit, QToolButton, QWidget

from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import NORMAL, SMALL, Theme
from nnstudio.ui.widgets import icon_button, restyle, tip

PAUSE = 400
"""How long after the last arrow key a stepped number counts as meant, in milliseconds."""
_BUTTON = 20


class ValueEdit(QLineEdit):
    """A line for a typed value.

    It commits by Enter, when the keyboard leaves it, or a moment after a number was stepped by the
    arrow keys; Esc takes back what was typed.

    Signals:
        committed: A text was typed that is another one than was shown.
        reset_asked: The value is to be the default again.
    """

    committed = Signal(str)
    reset_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, steps: str = "") -> None:
        super().__init__(parent)
        self._theme, self._steps, self._tag, self._token = theme, steps, "", "muted"
        self._shown = ""
        self.setFont(fonts.mono(NORMAL - 1))
        self.setProperty("kind", "mono")
        self._reset: QToolButton | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._commit)
        self.editingFinished.connect(self._commit)

    @property
    def tag(self) -> str:
        """The word at the end: `auto`, `= 512`, or ""."""
        return self._tag

    @property
    def resettable(self) -> bool:
        """True while the button that gives the default back is there."""
        return self._reset is not None and not self._reset.isHidden()

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Show a text of the document; what was being typed is dropped."""
        self._shown = text
        self._pause.stop()
        self.setText(text)
        self.setCursorPosition(0)
        self.setModified(False)
        self.setPlaceholderText(placeholder)

    def show_end(self, tag: str, token: str, reset: str) -> None:
        """Show a word at the end, and the button that resets.

        Args:
            tag: The word.
            token: Its colour.
            reset: What the button gives back, for its tooltip; "" for no button.
        """
        self._tag, self._token = tag, token
        if reset and self._reset is None:
            self._reset = self._made_reset()
        if self._reset is not None:
            self._reset.setVisible(bool(reset))
            self._reset.setToolTip(tip(reset))
        self._fit()
        self.update()

    def show_wrong(self, wrong: bool) -> None:
        """Mark the text as one that is not taken."""
        restyle(self, "wrong", "true" if wrong else "false")

    def _commit(self) -> None:
        self._pause.stop()
        if self.isModified() and self.text() != self._shown:
            self.setModified(False)
            self._shown = self.text()
            self.committed.emit(self.text())
        self.setModified(False)

    def _step(self, up: bool, far: bool) -> bool:
        """Make a number larger or smaller; False when there is none."""
        text = self.text() or self.placeholderText()
        try:
            number = int(text) if self._steps == "int" else float(text)
        except ValueError:
            return False
        size = 1.0 if self._steps == "int" else _digit(number, up)
        moved = number + (1 if up else -1) * size * (10 if far else 1)
        self.setText(str(round(moved)) if self._steps == "int" else f"{moved:.6g}")
        self.setModified(True)
        self._pause.start()
        return True

    def _fit(self) -> None:
        """Keep the text clear of what stands at the end."""
        button = _BUTTON if self.resettable else 0
        letters = QFontMetrics(fonts.text(SMALL))
        wide = letters.horizontalAdvance(self._tag) + 8 if self._tag else 0
        # A long formula keeps the room; its value can be seen in the tooltip.
        if wide > self.width() / 2:
            wide = int(self.width() / 2)
        self.setTextMargins(0, 0, button + wide, 0)
        if self._reset is not None:
            left, top = self.width() - _BUTTON - 4, (self.height() - _BUTTON) // 2
            self._reset.setGeometry(left, top, _BUTTON, _BUTTON)

    def _made_reset(self) -> QToolButton:
        """Make the button when it is first needed: most fields stay at their defaults."""
        made = icon_button("reset", self._theme, tr("Back to the default"))
        made.setProperty("kind", "inside")
        made.setParent(self)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setCursor(Qt.CursorShape.ArrowCursor)
        made.clicked.connect(self.reset_asked)
        return made

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._tag:
            return
        painter = QPainter(self)
        painter.setFont(fonts.text(SMALL))
        painter.setPen(self._theme.tokens.color(self._token))
        right = self.width() - 8 - (_BUTTON if self.resettable else 0)
        room = QRectF(right - self.width() / 2, 0, self.width() / 2, self.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        text = painter.fontMetrics().elidedText(
            self._tag, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, int(align), text)
        painter.end()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.isModified():
            self.show_text(self._shown, self.placeholderText())
            self.textEdited.emit(self.text())
            return
        if self._steps and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if self._step(key == Qt.Key.Key_Up, far):
                return
        super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        # With nothing typed there is nothing to undo here: the key is the document's.
        if event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            known = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
            if isinstance(event, QKeyEvent) and any(event.matches(one) for one in known):
                event.ignore()
                return False
        return super().event(event)


class TickBox(QCheckBox):
    """A box that is ticked, as wide as a field; a formula stands in it as text.

    Args:
        theme: Colours it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.formula = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(64, 28)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, 28)

    @override
    def hitButton(self, pos: object) -> bool:
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if self.hasFocus() else "muted" if self.underMouse() else "line"
        painter.setPen(QPen(tokens.color(edge), 1))
        painter.setBrush(tokens.color("raised"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, 6, 6)
        state = self.checkState()
        partly = state == Qt.CheckState.PartiallyChecked
        words = "~" if partly else tr("✓ on") if self.isChecked() else tr("off")
        text = self.formula or words
        plain = self.formula or (self.isChecked() and not partly)
        painter.setPen(tokens.color("text" if plain else "muted"))
        painter.setFont(fonts.mono(NORMAL - 1) if self.formula else fonts.text(NORMAL))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box.adjusted(10, 0, -8, 0), int(align), text)
        painter.end()


def _digit(number: float, up: bool) -> float:
    """Return the place of the first digit: 0.003 steps by 0.001, and 0.01 goes down to 0.009."""
    if number == 0:
        return 0.1
    size = 10.0 ** math.floor(math.log10(abs(number)) + 1e-9)
    shrinks = up == (number < 0)
    return size / 10 if shrinks and math.isclose(abs(number), size) else size
