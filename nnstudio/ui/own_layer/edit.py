"""Where Python is typed: coloured while one types, faults marked at the line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QToolTip

from nnstudio.compiler.generated import Source
from nnstudio.ui.code_view import PADDING, CodeView
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import tip

INDENT = 4
PAUSE = 500
"""How long the hand rests before what was typed counts, in milliseconds."""

_LEAVES = re.compile(r"\s*(?:return|pass|raise|break|continue)\b")


class CodeEdit(CodeView):
    """Python that is typed.

    Signals:
        typed: The text is another one; emitted when the hand rests.
    """

    typed = Signal()

    def __init__(self, theme: Theme) -> None:
        self._faults: Mapping[int, str] = {}
        super().__init__(theme)
        self.setReadOnly(False)
        self.setUndoRedoEnabled(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setTabStopDistance(INDENT * self.fontMetrics().horizontalAdvance(" "))
        self.setAccessibleName(tr("Python of the layer"))
        self.setPlaceholderText(tr("class MyLayer(nn.Module): …"))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.typed)
        self.textChanged.connect(self._changed)

    @property
    def text(self) -> str:
        """What stands there."""
        return self.toPlainText()

    def show_text(self, text: str) -> None:
        """Show another text; what stands there already is left alone, with the cursor."""
        if text != self.text:
            self.show_source(Source(text))
        self._pause.stop()

    def settle(self) -> None:
        """Do not wait for the hand to rest any more."""
        if self._pause.isActive():
            self._pause.stop()
            self.typed.emit()

    def show_faults(self, faults: Mapping[int, str]) -> None:
        """Mark lines that are wrong.

        Args:
            faults: What is wrong, in words, by the line, counted from 1.
        """
        self._faults = dict(faults)
        self.mark(())

    def go(self, line: int) -> None:
        """Put the cursor into a line and bring it into sight."""
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(line - 1)))
        self.centerCursor()
        self.setFocus()

    def mark(self, selected: object = (), hovered: str = "") -> None:
        """Mark the lines that are wrong."""
        super().mark((), "")
        made = [self._underline(line) for line in self._faults if 0 < line <= self.blockCount()]
        self.setExtraSelections([*made, *self.extraSelections()])

    def paint_gutter(self, painter: QPainter, area: QRect) -> None:
        """Draw line numbers, and a bar beside the lines that are wrong."""
        super().paint_gutter(painter, area)
        for line in self._faults:
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                box = self.blockBoundingGeometry(block).translated(self.contentOffset())
                bar = QRectF(0, box.top(), PADDING / 2, box.height())
                painter.fillRect(bar, self._theme.tokens.color("bad"))

    def _underline(self, line: int) -> QTextEdit.ExtraSelection:
        color = self._theme.tokens.color("bad")
        made = QTextEdit.ExtraSelection()
        shape = QTextCharFormat()
        shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        shape.setUnderlineColor(color)
        color.setAlphaF(0.12)
        shape.setBackground(color)
        shape.setProperty(QTextFormat.Property.FullWidthSelection, True)
        made.format = shape
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        made.cursor = cursor
        return made

    def _changed(self) -> None:
        text = self.text
        if text == self._source.text:
            return
        self._source = Source(text)
        self._colors.read(text)
        self._colors.rehighlight()
        self._faults = {}
        self.mark()
        self._pause.start()

    # ---- keys

    def _enter(self) -> None:
        """Begin a line below the same indentation, one step deeper after a colon."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        depth = len(before) - len(before.lstrip(" "))
        if before.rstrip().endswith(":"):
            depth += INDENT
        elif _LEAVES.match(before):
            depth = max(0, depth - INDENT)
        cursor.insertText("\n" + " " * depth)
        self.ensureCursorVisible()

    def _indent(self, deeper: bool) -> None:
        """Move the line, or all selected lines, one step to the right or to the left."""
        cursor = self.textCursor()
        if deeper and not cursor.hasSelection():
            column = cursor.positionInBlock()
            cursor.insertText(" " * (INDENT - column % INDENT))
            return
        cursor.beginEditBlock()
        for block in self._selected():
            place = QTextCursor(block)
            text = block.text()
            if deeper and text.strip():
                place.insertText(" " * INDENT)
            elif not deeper:
                for _ in range(min(INDENT, len(text) - len(text.lstrip(" ")))):
                    place.deleteChar()
        cursor.endEditBlock()

    def _comment(self) -> None:
        """Make comments of the selected lines, or code again when all of them are comments."""
        blocks = [block for block in self._selected() if block.text().strip()]
        off = all(block.text().lstrip().startswith("#") for block in blocks)
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for block in blocks:
            text = block.text()
            place = QTextCursor(block)
            place.setPosition(block.position() + len(text) - len(text.lstrip()))
            if not off:
                place.insertText("# ")
                continue
            for _ in range(2 if text.lstrip().startswith("# ") else 1):
                place.deleteChar()
        cursor.endEditBlock()

    def _selected(self) -> list[QTextBlock]:
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd()).blockNumber()
        found = []
        while block.isValid() and block.blockNumber() <= last:
            found.append(block)
            block = block.next()
        return found

    def _back(self) -> bool:
        """Take a whole step of indentation away; False where there is none before the cursor."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if cursor.hasSelection() or not before or before.strip(" "):
            return False
        cursor.beginEditBlock()
        for _ in range((len(before) - 1) % INDENT + 1):
            cursor.deletePreviousChar()
        cursor.endEditBlock()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            self._enter()
        elif key == Qt.Key.Key_Tab and not control:
            self._indent(deeper=True)
        elif key == Qt.Key.Key_Backtab:
            self._indent(deeper=False)
        elif key == Qt.Key.Key_Slash and control:
            self._comment()
        else:
            return key == Qt.Key.Key_Backspace and not control and self._back()
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.viewport().mapFromGlobal(event.globalPos())
            words = self._faults.get(self.cursorForPosition(at).blockNumber() + 1, "")
            QToolTip.showText(event.globalPos(), tip(words), self)
            return True
        return super().event(event)
