"""Cards of the start page: a picture with a title and what it is about, pressed as a whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen, QPixmap
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
        wrap = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
        top = PICTURE + 10
        painter.setPen(QColor(tokens.text))
        painter.setFont(fonts.text(NORMAL, strong=True))
        title = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, wide)
        painter.drawText(QRect(left, top, wide, 20), int(Qt.AlignmentFlag.AlignVCenter), title)
        painter.setFont(fonts.text(NORMAL - 1))
        about = QRect(left, top + 24, wide, 34)
        painter.drawText(about, wrap, fitted(painter, self._about, about, wrap))
        painter.setPen(QColor(tokens.muted))
        painter.setFont(fonts.text(SMALL))
        small = QRect(left, top + 62, wide, 44)
        painter.drawText(small, wrap, fitted(painter, self._small, small, wrap))


def fitted(painter: QPainter, text: str, room: QRect, wrap: int) -> str:
    """Return as many words as there is room for, with dots behind them if that is not all."""
    metrics = painter.fontMetrics()
    open_room = QRect(room.topLeft(), QSize(room.width(), 10_000))

    def fits(words: str) -> bool:
        return metrics.boundingRect(open_room, wrap, words).height() <= room.height()

    if fits(text):
        return text
    words = text.split(" ")
    while words and not fits(f"{' '.join(words)} …"):
        words.pop()
    return f"{' '.join(words)} …"
