"""The world that a network acts in, drawn as it goes: CartPole.

A run tells a few times a second what happened in its last steps. They are played one after the
other at the speed of the real cart; what lies between two such pieces is not shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from nnstudio.ui import fonts
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.theme import GRID, SMALL, Theme
from nnstudio.ui.widgets import Empty, label

REACH = 2.4
"""Metres from the middle at which an episode ends."""

TILT = 12 * math.pi / 180
"""The angle of the pole at which it ends."""

FRAME = 20
"""Milliseconds between two steps of the cart: the physics takes 50 a second."""


class CartPoleView(QWidget):
    """A cart on a track with its pole.

    Args:
        theme: The look.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frames: list[Sequence[float]] = []
        self._now: Sequence[float] = (0.0, 0.0)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._next)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)
        self.setAccessibleName(tr("The cart and its pole"))
        theme.changed.connect(self.update)

    @property
    def now(self) -> Sequence[float]:
        """The position of the cart in metres and the angle of the pole in radians."""
        return self._now

    def play(self, frames: Sequence[Sequence[float]]) -> None:
        """Show some steps, one after the other."""
        self._frames = [frame for frame in frames if len(frame) >= 2]
        if self._frames and self.isVisible():
            self._timer.start()

    def _next(self) -> None:
        if not self._frames:
            self._timer.stop()
            return
        self._now = self._frames.pop(0)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(420, 220)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        position, angle = float(self._now[0]), float(self._now[1])
        wide, high = float(self.width()), float(self.height())
        metre = min((wide - 40) / (2 * REACH + 0.6), (high - 60) / 1.4)
        middle, ground = wide / 2, high - 36
        track = REACH * metre
        painter.setPen(QPen(QColor(colors.line), 2))
        painter.drawLine(QLineF(middle - track, ground, middle + track, ground))
        for end in (-track, track):
            painter.drawLine(QLineF(middle + end, ground - 8, middle + end, ground + 8))
        x = middle + position * metre
        cart = QRectF(x - 0.25 * metre, ground - 0.22 * metre, 0.5 * metre, 0.2 * metre)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent))
        painter.drawRoundedRect(cart, 4, 4)
        foot = QPointF(x, cart.top())
        tip = foot + QPointF(math.sin(angle), -math.cos(angle)) * metre
        shade = QColor(colors.bad if abs(angle) > TILT else colors.warn)
        cap = Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(shade, max(4.0, 0.07 * metre), Qt.PenStyle.SolidLine, cap))
        painter.drawLine(QLineF(foot, tip))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.text))
        painter.drawEllipse(foot, 3.5, 3.5)
        painter.setPen(QColor(colors.muted))
        painter.setFont(fonts.mono(SMALL))
        words = tr("position {x:+.2f} m · angle {angle:+.1f}°", x=position,
                   angle=math.degrees(angle))  # fmt: skip
        painter.drawText(QPointF(12, high - 10), words)
        painter.end()


class EnvironmentPanel(Panel):
    """The world of the live run."""

    help_topic = "environment"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setWindowTitle(tr("Environment"))
        self._seen: tuple[object, int] = (None, 0)
        self.cart = CartPoleView(context.theme)
        self._words = label("", "muted")
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(
            Empty(
                tr("There is no world to be seen"),
                tr("Train a network that acts, such as the DQN of the start page."),
            )
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self._words)
        column.addWidget(self.cart, 1)
        self._pages.addWidget(page)
        if context.runs is not None:
            self.follow(context.runs.changed, self.later)
            if context.pump is not None:
                context.pump.add(self, self.follow_live)

    def refresh(self) -> None:
        """Show the world when there is one."""
        live = self.context.runs.live if self.context.runs is not None else None
        self._pages.setCurrentIndex(1 if live is not None and live.frames else 0)

    def follow_live(self) -> bool:
        """Show what happened since; return False when nothing did."""
        live = self.context.runs.live if self.context.runs is not None else None
        if live is None or (live, live.scenes) == self._seen:
            return False
        self._seen = (live, live.scenes)
        self.refresh()
        self.cart.play(live.frames)
        returns = live.trace.series.get("episode/return")
        if returns is not None and len(returns):
            last = f"{returns.last:.0f}"
            self._words.setText(tr("return of the last episode: {value}", value=last))
        return True
