"""Generated code to be read: numbered, coloured, and tied to the nodes that it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from nnstudio.compiler.generated import Source
from nnstudio.ui import fonts
from nnstudio.ui.highlight import PythonColors
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import NORMAL, SMALL, Theme

PADDING = 10
MATCHES = 1000
"""More places of a searched text are not marked: a single letter may stand everywhere."""


class CodeView(QPlainTextEdit):
    """Code that cannot be typed into.

    Signals:
        hovered: The pointer is on a line of another node (`graph/node`), or on none ("").
        chosen: A line of a node was clicked.

    Args:
        theme: Colours it.
    """

    hovered = Signal(str)
    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source = Source("")
        self._marked: tuple[tuple[str, ...], str] = ((), "")
        self._found = ""
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(letters())
        # Read by keyboard too: the cursor shows which line Enter would go to.
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setStyleSheet("QPlainTextEdit { border: none; border-radius: 0; }")
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Code"))
        self._colors = PythonColors(self.document(), theme)
        self._gutter = Gutter(self)
        self.updateRequest.connect(self._scrolled)
        self.blockCountChanged.connect(lambda _: self._fit())
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def source(self) -> Source:
        """What is shown."""
        return self._source

    def show_source(self, source: Source) -> None:
        """Show code; only what differs is written anew, so that nothing jumps."""
        old, new = self._source.text, source.text
        self._source = source
        if old == new:
            return
        self._colors.read(new)
        start, old_end, new_end = _differing(old, new)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(old_end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new[start:new_end])
        self.mark(*self._marked)

    def mark(self, selected: Iterable[str], hovered: str = "") -> None:
        """Mark the lines of the selected nodes and of the one that is pointed at."""
        self._marked = (tuple(selected), hovered)
        accent, muted = self._theme.tokens.color("accent"), self._theme.tokens.color("muted")
        accent.setAlphaF(0.18)
        muted.setAlphaF(0.14)
        extra = [
            self._band(line, accent)
            for where in self._marked[0]
            for line in self._source.places.get(where, ())
        ]
        extra += [self._band(line, muted) for line in self._source.places.get(hovered, ())]
        self.setExtraSelections(extra + self._matches())
        self._gutter.update()

    def reveal(self, where: str) -> None:
        """Bring the first line of a node into sight."""
        lines = self._source.places.get(where, ())
        if lines:
            cursor = QTextCursor(self.document().findBlockByNumber(lines[0] - 1))
            first = self.cursorForPosition(self.viewport().rect().topLeft()).blockNumber()
            last = self.cursorForPosition(self.viewport().rect().bottomLeft()).blockNumber()
            if not first < lines[0] - 1 < last - 1:
                self.setTextCursor(cursor)
                self.centerCursor()

    def find_text(self, text: str, *, back: bool = False) -> bool:
        """Go to the next place of a text, around the end; all places are marked.

        Args:
            text: What is looked for, in any case; "" for nothing.
            back: Whether to go to the one before.
        """
        self._found = text
        self.mark(*self._marked)
        if not text:
            return True
        flags = QTextDocument.FindFlag.FindBackward if back else QTextDocument.FindFlag(0)
        if self.find(text, flags):
            return True
        cursor = self.textCursor()
        end = QTextCursor.MoveOperation.End if back else QTextCursor.MoveOperation.Start
        around = QTextCursor(self.document())
        around.movePosition(end)
        self.setTextCursor(around)
        if self.find(text, flags):
            return True
        self.setTextCursor(cursor)
        return False

    def where(self, line: int) -> str:
        """Return the node of a line, counted from 1, as `graph/node`; "" for none."""
        return self._source.lines.get(line, "")

    def gutter_width(self) -> int:
        """Return how wide the line numbers are."""
        digits = len(str(max(self.blockCount(), 99)))
        return self.fontMetrics().horizontalAdvance("9") * digits + 2 * PADDING

    def paint_gutter(self, painter: QPainter, area: QRect) -> None:
        """Draw line numbers, and a bar beside the lines of selected nodes."""
        tokens = self._theme.tokens
        marked = {n for where in self._marked[0] for n in self._source.places.get(where, ())}
        painter.setFont(fonts.mono(SMALL))
        wide = self._gutter.width()
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > area.bottom():
                return
            number = block.blockNumber() + 1
            painter.setPen(tokens.color("text" if number in marked else "muted"))
            room = QRectF(0, box.top(), wide - PADDING, box.height())
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, int(align), str(number))
            if number in marked:
                bar = QRectF(0, box.top(), 3, box.height())
                painter.fillRect(bar, tokens.color("accent"))
            block = block.next()

    def _band(self, line: int, color: QColor) -> QTextEdit.ExtraSelection:
        band = QTextEdit.ExtraSelection()
        shape = QTextCharFormat()
        shape.setBackground(color)
        shape.setProperty(QTextFormat.Property.FullWidthSelection, True)
        band.format = shape
        band.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        return band

    def _matches(self) -> list[QTextEdit.ExtraSelection]:
        found: list[QTextEdit.ExtraSelection] = []
        if not self._found:
            return found
        color = self._theme.tokens.color("warn")
        color.setAlphaF(0.35)
        cursor = QTextCursor(self.document())
        while len(found) < MATCHES:
            cursor = self.document().find(self._found, cursor)
            if cursor.isNull():
                break
            match = QTextEdit.ExtraSelection()
            shape = QTextCharFormat()
            shape.setBackground(color)
            match.format, match.cursor = shape, QTextCursor(cursor)
            found.append(match)
        return found

    def _line_at(self, event: QMouseEvent) -> int:
        at = event.position().toPoint()
        cursor = self.cursorForPosition(at)
        box = self.blockBoundingGeometry(cursor.block()).translated(self.contentOffset())
        inside = box.top() <= at.y() <= box.bottom()
        return cursor.blockNumber() + 1 if inside else 0

    def _fit(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)

    def _scrolled(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(palette.ColorRole.Base, self._theme.tokens.color("canvas"))
        self.setPalette(palette)
        ground = self._theme.tokens.canvas
        self.setStyleSheet(
            f"QPlainTextEdit {{ border: none; border-radius: 0; background: {ground}; }}"
        )
        self.mark(*self._marked)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        box = self.contentsRect()
        self._gutter.setGeometry(box.left(), box.top(), self.gutter_width(), box.height())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            self.hovered.emit(self.where(self._line_at(event)))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        plain = event.button() == Qt.MouseButton.LeftButton
        if plain and not self.textCursor().hasSelection():
            where = self.where(self._line_at(event))
            if where:
                self.chosen.emit(where)


class Gutter(QWidget):
    """The line numbers."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._view.gutter_width(), 0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._view.paint_gutter(painter, event.rect())
        painter.end()


def letters() -> QFont:
    """Return the font of code: what stands there is what is drawn, so that `->` is no arrow."""
    font = QFont(fonts.mono(NORMAL - 1))
    for feature in ("calt", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def _differing(old: str, new: str) -> tuple[int, int, int]:
    """Return where two texts begin to differ, and where each is the same again, at line breaks.

    By lines, since letter by letter the code of a thousand nodes takes longer than a frame.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    start = sum(map(len, before[:head]))
    same = sum(map(len, before[len(before) - tail :]))
    return start, len(old) - same, len(new) - same
