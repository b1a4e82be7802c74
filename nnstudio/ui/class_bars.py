"""How often each class occurs, as bars: whether some are rare is seen at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import SMALL, Theme
from nnstudio.ui.widgets import tip

HIGH, NAMES = 40, 16
MOST = 40


class ClassBars(QWidget):
    """One bar a class."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.hide()

    def show_counts(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """Show how often classes occur; nothing where there are none, or too many to be told."""
        self._counts = tuple(zip(names, counts, strict=False))[:MOST]
        words = ", ".join(f"{name}: {count}" for name, count in self._counts)
        self.setAccessibleName(tr("How often each class occurs"))
        self.setAccessibleDescription(words)
        self.setVisible(0 < len(counts) <= MOST)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, HIGH + NAMES)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._counts:
            at = int(event.pos().x() / (self.width() / len(self._counts)))
            name, count = self._counts[min(max(at, 0), len(self._counts) - 1)]
            QToolTip.showText(event.globalPos(), tip(f"{name}: {count}"), self)
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(fonts.text(SMALL))
        tokens = self._theme.tokens
        step = self.width() / max(len(self._counts), 1)
        color = tokens.color("accent")
        color.setAlphaF(0.55)
        most = max((count for _, count in self._counts), default=1) or 1
        for n, (name, count) in enumerate(self._counts):
            high = (HIGH - 4) * count / most
            bar = QRectF(n * step + 2, HIGH - high, max(step - 4, 1), high)
            painter.fillRect(bar, color)
            painter.setPen(tokens.color("muted"))
            room = QRectF(n * step, HIGH, step, NAMES)
            short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(step))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), short)
        painter.end()
