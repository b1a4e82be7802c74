"""Bars by name: the gradient of each layer, with a word where something is to be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.studio.health import Verdict
from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.plots.paper import MENU
from nnstudio.ui.theme import NORMAL, SMALL, Theme, Tokens
from nnstudio.ui.widgets import tip

TOP, BOTTOM, SIDE = 36.0, 22.0, 12.0
LEAST, MOST = 15.0, 28.0
"""The height of a row, in pixels."""

COLORS = {"healthy": "good", "vanishing": "warn", "exploding": "bad", "not finite": "bad"}
_Flag = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Bar:
    """One row.

    Attributes:
        key: Where it is: `graph/node`.
        name: What it is called.
        verdict: How long, and what is to be said.
    """

    key: str
    name: str
    verdict: Verdict


class BarPlot(QWidget):
    """Rows of a name, a bar and a value.

    Args:
        theme: The look.
        title: What is plotted.
        note: What the bars are, small.

    Signals:
        hovered: The pointer is on another row: its key, "" for none.
        chosen: A row was clicked: its key.
    """

    hovered = Signal(str)
    chosen = Signal(str)

    def __init__(
        self, theme: Theme, title: str, note: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self.title, self._note = theme, title, note
        self._rows: tuple[Bar, ...] = ()
        self._first = 0
        self._pointed = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 120)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    @property
    def rows(self) -> tuple[Bar, ...]:
        """What is plotted."""
        return self._rows

    def set_rows(self, rows: Sequence[Bar]) -> None:
        """Plot other rows."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._first = max(0, min(self._first, len(rows) - self._fitting()))
            self.update()

    def table(self) -> list[list[str]]:
        """Return the rows as text, with a head."""
        head = [[tr("node"), tr("gradient norm"), tr("verdict")]]
        return head + [[bar.name, repr(bar.verdict.norm), bar.verdict.word] for bar in self._rows]

    def draw(self, painter: QPainter, size: QSize) -> None:
        """Draw it on any paper."""
        colors = self._theme.tokens
        painter.setFont(fonts.text(NORMAL, strong=True))
        painter.setPen(QColor(colors.text))
        painter.drawText(QPointF(SIDE, 21), self.title)
        painter.setFont(fonts.text(SMALL))
        painter.setPen(QColor(colors.muted))
        box = QRectF(0, 8, size.width() - SIDE - MENU, 18)
        painter.drawText(box, int(_Flag.AlignRight | _Flag.AlignVCenter), self._note)
        if not self._rows:
            painter.setFont(fonts.text(NORMAL))
            whole = QRectF(SIDE, TOP, size.width() - 2 * SIDE, size.height() - TOP)
            words = tr("Gradients appear while a network is trained")
            flags = int(_Flag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(whole, flags, words)
            return
        self._draw_rows(painter, size, colors)

    def _draw_rows(self, painter: QPainter, size: QSize, colors: Tokens) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name_font, value_font = fonts.mono(SMALL), fonts.mono(SMALL - 1)
        names, values = QFontMetricsF(name_font), QFontMetricsF(value_font)
        left = min(110.0, max(names.horizontalAdvance(bar.name) for bar in self._rows) + 12)
        right = values.horizontalAdvance("vanishing 1.0e-07") + 10
        if size.width() - left - right < 60:
            right = values.horizontalAdvance("1.0e-07") + 10
        room = size.width() - 2 * SIDE - left - right
        high = self._row_height()
        for place, bar in enumerate(self._rows[self._first : self._first + self._fitting()]):
            y = TOP + place * high
            lit = bar.key == self._pointed
            painter.setPen(QColor(colors.text if lit else colors.muted))
            painter.setFont(name_font)
            text = names.elidedText(bar.name, Qt.TextElideMode.ElideMiddle, left - 8)
            middle = int(_Flag.AlignVCenter)
            painter.drawText(QRectF(SIDE, y, left, high), middle, text)
            color = QColor(getattr(colors, COLORS[bar.verdict.word]))
            thick = min(13.0, high - 5)
            length = max(3.0, room * bar.verdict.share)
            box = QRectF(SIDE + left, y + (high - thick) / 2, length, thick)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(box, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            self._draw_value(painter, bar, QRectF(box.right() + 6, y, right, high), colors)

    def _draw_value(self, painter: QPainter, bar: Bar, box: QRectF, colors: Tokens) -> None:
        painter.setFont(fonts.mono(SMALL - 1))
        text = f"{bar.verdict.norm:.1e}"
        color = colors.muted
        if bar.verdict.word != "healthy":
            color = getattr(colors, COLORS[bar.verdict.word])
            wordy = f"{tr(bar.verdict.word)} {text}"
            room = QFontMetricsF(painter.font()).horizontalAdvance(wordy)
            text = wordy if box.left() + room <= self.width() - 2 else tr(bar.verdict.word)
        painter.setPen(QColor(color))
        painter.drawText(box, int(_Flag.AlignVCenter), text)

    def _row_height(self) -> float:
        room = self.height() - TOP - BOTTOM
        return max(LEAST, min(MOST, room / max(1, len(self._rows))))

    def _fitting(self) -> int:
        return max(1, int((self.height() - TOP - BOTTOM) / self._row_height() + 1e-6))

    def _row_at(self, y: float) -> Bar | None:
        place = self._first + int((y - TOP) / self._row_height())
        return self._rows[place] if y >= TOP and place < len(self._rows) else None

    def _point_at(self, bar: Bar | None) -> None:
        key = bar.key if bar is not None else ""
        if key != self._pointed:
            self._pointed = key
            self.setToolTip("" if bar is None else tip(_explained(bar)))
            self.hovered.emit(key)
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(300, 240)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw(painter, self.size())
        painter.end()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._row_at(event.position().y()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        bar = self._row_at(event.position().y())
        if bar is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(bar.key)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        most = max(0, len(self._rows) - self._fitting())
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(most, self._first + step))
        self.update()
        event.accept()


def _explained(bar: Bar) -> str:
    limits = {
        "healthy": tr("its gradient is neither very small nor very large"),
        "vanishing": tr("below a thousandth of the largest gradient, or below 1e-7: hardly learns"),
        "exploding": tr("above 100: steps this large tear the weights apart"),
        "not finite": tr("not a number or infinite"),
    }
    return (
        f"{bar.name}: {bar.verdict.norm:.3e} – {tr(bar.verdict.word)}, {limits[bar.verdict.word]}"
    )
