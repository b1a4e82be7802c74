"""A plot of curves by step, epoch or time, with its title, its axes and what the pointer points at.

Keys: L logarithmic y, Shift+L logarithmic x, X the next axis, arrows to move, + and − to zoom,
Home back to everything. The wheel zooms, dragging moves, a double click shows everything again, a
click picks a run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.studio import arrays as np
from nnstudio.studio.trace import BYS, By
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.plots import paper
from nnstudio.ui.plots.axes import Axis, round_end, round_step
from nnstudio.ui.plots.ink import Curve, Ink, Sheet, extent
from nnstudio.ui.theme import Theme

NEAR = 12.0
"""Pixels within which a click picks a curve."""

REST = 1.0
"""Seconds for which the range along y stays, while the plot grows."""

AHEAD = 1.06
"""How far the range along x goes beyond a curve that grows out of it, so that it rests a while."""

DRAG = 3.0
"""Pixels that the pointer moves before a press becomes a drag."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How a plot is read.

    Attributes:
        by: What runs along x.
        log_x: Whether x is logarithmic.
        log_y: Whether y is logarithmic.
        span: The memory of the smoothing in steps; None takes what suits each curve, 1 none.
    """

    by: By = "step"
    log_x: bool = False
    log_y: bool = False
    span: float | None = None


class CurvePlot(QWidget):
    """Some curves over one another.

    Args:
        theme: The look.
        title: What is plotted.
        unit: `percent` writes parts of one in percent; "" plain numbers.

    Attributes:
        from_zero: Whether y begins at nothing: a learning rate that has hardly fallen is no cliff.

    Signals:
        picked: A run was clicked: its id.
        mode_changed: It is read in another way.
    """

    picked = Signal(str)
    mode_changed = Signal()

    def __init__(
        self, theme: Theme, title: str, unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self.title, self.unit = theme, title, unit
        self.mode, self.from_zero = Mode(), False
        self._curves: tuple[Curve, ...] = ()
        self._ink, self._ground = Ink(), paper.Ground()
        self._picture: QPixmap | None = None
        self._drawn: tuple[object, ...] = ()
        self._window: Axis | None = None
        self._y = Axis()
        self._end = 0.0
        self._fitted: tuple[object, ...] = ()
        self._fitted_at = 0.0
        self._rest = QTimer(self, singleShot=True, interval=round(1000 * REST))
        self._rest.timeout.connect(self._redraw)
        self._sheet = Sheet(QRectF(0, 0, 1, 1), "step", Axis(), Axis())
        self._pointer: QPointF | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 120)
        self.setAccessibleName(title)
        theme.changed.connect(self._redraw)

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What is plotted."""
        return self._curves

    @property
    def sheet(self) -> Sheet:
        """The paper as it was drawn last."""
        return self._sheet

    @property
    def follows(self) -> bool:
        """Whether it shows everything, and grows with it."""
        return self._window is None

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """Plot other curves."""
        if tuple(curves) != self._curves:
            self._curves, self._end = tuple(curves), 0.0
            self._redraw()

    def set_mode(self, mode: Mode) -> None:
        """Read it in another way."""
        if mode != self.mode:
            if (mode.by, mode.log_x) != (self.mode.by, self.mode.log_x):
                self._window, self._end = None, 0.0
            self.mode = mode
            self._redraw()
            self.mode_changed.emit()

    def show_everything(self) -> None:
        """Take zoom and movement back."""
        self._window = None
        self._redraw()

    def refresh(self) -> bool:
        """Draw what has come; return False when nothing has."""
        if self._state() == self._drawn and self._picture is not None:
            return False
        self._redraw()
        return True

    def draw(self, painter: QPainter, size: QSize) -> None:
        """Draw the whole plot, but for the pointer, on any paper."""
        self._fit(paper.frame(QRectF(0, 0, size.width(), size.height())))
        colors = self._theme.tokens
        paper.ground(painter, self._sheet, colors, self._labels(), self._note())
        self._draw_curves(painter, size.width())

    def words(self) -> str:
        """Return what is plotted as a sentence, for who cannot see it."""
        values = [f"{c.label} {self._written(c.series.last * c.scale)}" for c in self._curves]
        return f"{self.title}: {', '.join(values) or tr('nothing yet')}"

    def _state(self) -> tuple[object, ...]:
        return tuple((curve.trace.version, len(curve.series)) for curve in self._curves)

    def _draw_curves(self, painter: QPainter, width: float) -> None:
        """Draw what changes with every value: the curves, and what stands above them."""
        colors = self._theme.tokens
        painter.save()
        painter.setClipRect(self._sheet.area.toAlignedRect())
        paper.marks(painter, self._sheet, colors, self._curves)
        self._ink.draw(painter, self._curves, self._sheet)
        painter.restore()
        paper.title(painter, width, colors, self.title, self._curves, self._written)

    def _painted(self) -> QPixmap:
        """The whole plot as it is seen, but for the pointer."""
        whole = QRectF(self.rect())
        self._fit(paper.frame(whole))
        look = self._theme.tokens, self._labels(), self._note()
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self._ground.picture(whole.size(), ratio, self._sheet, look))
        painter = QPainter(picture)
        self._draw_curves(painter, self.width())
        painter.end()
        return picture

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _note(self) -> str:
        if self._curves and any(len(curve.series) for curve in self._curves):
            return ""
        return tr("No figures yet")

    def _labels(self) -> paper.Names:
        by = {"step": tr("step"), "epoch": tr("epoch"), "time": tr("time")}[self.mode.by]
        return paper.Names(by, self.unit, self.mode.by == "time")

    def _written(self, value: float) -> str:
        return paper.written(value, self.unit)

    def _fit(self, frame: QRectF) -> None:
        """Find the ranges: everything, or the window that was chosen."""
        x = self._window or self._whole()
        seen = None if self._window is None else (x.low, x.high)
        now, wanted = time.monotonic(), (self._curves, self.mode, seen)
        if wanted != self._fitted or now - self._fitted_at >= REST:
            self._fitted, self._fitted_at = wanted, now
            self._y = self._fit_y(seen)
        else:  # what came last may be what does not fit, and nothing may follow it
            self._rest.start()
        self._sheet = Sheet(frame, self.mode.by, x, self._y, self.mode.span)

    def _fit_y(self, seen: tuple[float, float] | None) -> Axis:
        found = [extent(curve, self.mode.by, seen) for curve in self._curves]
        known = [pair for pair in found if pair is not None]
        if not known:
            return self._y
        low, high = min(pair[0] for pair in known), max(pair[1] for pair in known)
        if self.from_zero and not self.mode.log_y:
            low = min(low, 0.0)
        return _fitted(self._y, low, high, self.mode.log_y)

    def _whole(self) -> Axis:
        ends, firsts = [], []
        for curve in self._curves:
            if len(curve.series):
                steps = curve.series.steps
                first, last = curve.trace.x(steps[[0, -1]], self.mode.by)
                firsts.append(first)
                ends.append(last)
        end = max(ends, default=1.0)
        low = 0.0
        if self.mode.log_x:
            low = max(min(firsts, default=1.0), end / 1e6, 1e-3)
        if end > self._end:
            self._end = round_end(end * (AHEAD if self._end else 1.0))
        return Axis(low, max(self._end, low * 10 if self.mode.log_x else 0.0), self.mode.log_x)

    def _zoom(self, factor: float, at: float) -> None:
        self._window = (self._window or self._whole()).zoomed(factor, at)
        self._redraw()

    def _move(self, by: float) -> None:
        self._window = (self._window or self._whole()).moved(by)
        self._redraw()

    def _place(self, x: float) -> float:
        area = self._sheet.area
        return (x - area.left()) / max(1.0, area.width())

    def _pick(self, at: QPointF) -> None:
        """Tell whose curve is nearest to the pointer."""
        best, run = NEAR, ""
        for curve in self._curves:
            reading = paper.reading(curve, self._sheet, at.x())
            if reading is not None and abs(reading.y - at.y()) < best:
                best, run = abs(reading.y - at.y()), curve.run
        if run:
            self.picked.emit(run)

    @override
    def sizeHint(self) -> QSize:
        return QSize(340, 240)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._drawn = self._state()
            self._picture = self._painted()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._pointer is not None and not self._dragging:
            paper.pointer(
                painter,
                self._sheet,
                self._theme.tokens,
                self._curves,
                self._pointer,
                self._labels(),
            )
        if self.hasFocus():
            paper.focus(painter, QRectF(self.rect()), self._theme.tokens)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._dragging = False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is not None:
            way = at.x() - self._pressed.x()
            self._dragging = self._dragging or abs(way) > DRAG
            if self._dragging:
                self._move(-way / max(1.0, self._sheet.area.width()))
                self._pressed = at
        self._pointer = at if self._sheet.area.contains(at) else None
        self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragging:
            self._pick(event.position())
        self._pressed, self._dragging = None, False

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_everything()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = event.angleDelta().x()
        if sideways and abs(sideways) > abs(event.angleDelta().y()):
            self._move(-sideways / 1200.0)
        else:
            self._zoom(0.999 ** event.angleDelta().y(), self._place(event.position().x()))
        event.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        mode, shifted = self.mode, event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        match event.key():
            case Qt.Key.Key_L if shifted:
                self.set_mode(replace(mode, log_x=not mode.log_x))
            case Qt.Key.Key_L:
                self.set_mode(replace(mode, log_y=not mode.log_y))
            case Qt.Key.Key_X:
                self.set_mode(replace(mode, by=BYS[(BYS.index(mode.by) + 1) % len(BYS)]))
            case Qt.Key.Key_Home:
                self.show_everything()
            case _:
                if not self._key_moves(event.key()):
                    super().keyPressEvent(event)

    def _key_moves(self, key: int) -> bool:
        """Move or zoom by a key; False when it is another one."""
        ways = {Qt.Key.Key_Left: -0.1, Qt.Key.Key_Right: 0.1}
        zooms = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}
        if key in ways:
            self._move(ways[Qt.Key(key)])
        elif key in zooms:
            self._zoom(zooms[Qt.Key(key)], 0.5)
        else:
            return False
        return True


def _fitted(old: Axis, low: float, high: float, log: bool) -> Axis:
    """Return round ends around a range; those of before when they still fit, so that it rests."""
    if log:
        low = max(low, high * 1e-8, 1e-12)
        ends = 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(max(high, low)))
        return Axis(ends[0], max(ends[1], ends[0] * 10), log=True)
    fits = old.log is log and old.low <= low and high <= old.high
    if fits and high - low > 0.6 * (old.high - old.low):
        return old
    if high - low < 1e-9 * max(1.0, abs(high)):
        spare = abs(high) * 0.1 or 1.0
        low, high = low - spare, high + spare
    step = round_step((high - low) / 5)
    base = 0.0 if 0 <= low < 0.5 * high else math.floor(low / step + 1e-9) * step
    return Axis(base, float(np.ceil(high / step - 1e-9)) * step)
