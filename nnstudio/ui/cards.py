"""Cards of the start page: a picture with a title and what it is about, pressed as a whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTextLayout,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnstudio.ui import fonts, graph_picture
from nnstudio.ui.graph_picture import Picture
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, NORMAL, SMALL, Theme
from nnstudio.ui.widgets import tip

PICTURE = 104
SIZE = QSize(264, PICTURE + 124)
RADIUS = 8.0


class Card(QAbstractButton):
    """One card.

    Args:
        theme: The look.
        title: What it is called.
        about: What it is about, in a sentence or two.
        small: What stands small below: data, accuracy, time.
    """

    def __init__(
        self, theme: Theme, title: str, about: str, small: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._about, self._small = theme, about, small
        self._drawn: Picture | None = None
        self._pixmap: QPixmap | None = None
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{about} {small}".strip())
        self.setToolTip(tip(f"{title}: {self.accessibleDescription()}"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def draw(self, drawn: Picture) -> None:
        """Show a graph."""
        self._drawn = drawn
        self.update()

    def show_picture(self, pixmap: QPixmap) -> None:
        """Show a picture."""
        self._pixmap = pixmap
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return SIZE

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(QColor(tokens.accent if lit else tokens.line), 1))
        painter.setBrush(QColor(tokens.raised if self.isDown() else tokens.panel))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        self._paint_picture(painter)
        self._paint_words(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        ground = QRectF(1, 1, self.width() - 2, PICTURE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.canvas))
        painter.drawRoundedRect(ground, RADIUS - 1, RADIUS - 1)
        painter.drawRect(ground.adjusted(0, RADIUS, 0, 0))
        room = ground.adjusted(2 * GRID, 1.5 * GRID, -2 * GRID, -1.5 * GRID)
        if self._drawn is not None:
            graph_picture.paint(painter, self._drawn, room, tokens)
        elif self._pixmap is not None and not self._pixmap.isNull():
            size = self._pixmap.size().scaled(
                room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio
            )
            box = QRect(0, 0, size.width(), size.height())
            box.moveCenter(ground.center().toPoint())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(box, self._pixmap)

    def _paint_words(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        left, wide = 12, self.width() - 24
        top = PICTURE + 10
        painter.setPen(QColor(tokens.text))
        painter.setFont(fonts.text(NORMAL, strong=True))
        title = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, wide)
        painter.drawText(QRect(left, top, wide, 20), int(Qt.AlignmentFlag.AlignVCenter), title)
        painter.setFont(fonts.text(NORMAL - 1))
        _draw_lines(painter, QRect(left, top + 24, wide, 34), self._about)
        painter.setPen(QColor(tokens.muted))
        painter.setFont(fonts.text(SMALL))
        _draw_lines(painter, QRect(left, top + 62, wide, 44), self._small)


def _draw_lines(painter: QPainter, box: QRect, text: str) -> None:
    metrics = painter.fontMetrics()
    for number, line in enumerate(fitted(painter.font(), box.size(), text)):
        painter.drawText(box.left(), box.top() + number * metrics.height() + metrics.ascent(), line)


def fitted(font: QFont, room: QSize, text: str) -> list[str]:
    """Return as many lines as have room; where more would follow, the last one ends in …."""
    metrics = QFontMetrics(font)
    most = max(1, room.height() // metrics.height())
    layout = QTextLayout(text, font)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(room.width())
        rest = text[line.textStart() :]
        last = len(lines) == most - 1
        words = rest if last else rest[: line.textLength()].rstrip()
        lines.append(metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width()))
    layout.endLayout()
    return lines
