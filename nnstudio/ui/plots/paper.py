"""What surrounds the curves of a plot: grid, ticks, title and values, marks, the pointer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from nnstudio.studio import arrays as np
from nnstudio.ui import fonts
from nnstudio.ui.plots import axes
from nnstudio.ui.plots.ink import Curve, Sheet
from nnstudio.ui.theme import NORMAL, SMALL, Tokens

LEFT, TOP, RIGHT, BOTTOM = 50.0, 32.0, 12.0, 22.0
"""Room around the curves, in pixels."""

MENU = 22.0
"""Room at the upper right, where a card has its button."""

_LINE = 16.0
_SHOWN = 4  # values in the title, and markers in the box beside the pointer
_Flag = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Names:
    """How the axes are named.

    Attributes:
        x: What runs along x.
        unit: `percent`, or "".
        clock: Whether x is read on a clock.
    """

    x: str
    unit: str = ""
    clock: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a curve says at a place.

    Attributes:
        step: The step whose value it is.
        value: The value itself.
        smooth: The smoothed value; the value itself where nothing is smoothed.
        y: Where that stands, in pixels.
    """

    step: int
    value: float
    smooth: float
    y: float


def frame(whole: QRectF) -> QRectF:
    """Return the room that is left for curves."""
    return whole.adjusted(LEFT, TOP, -RIGHT, -BOTTOM)


def written(value: float, unit: str = "") -> str:
    """Return a value as it is read; percents come as they are plotted, times 100."""
    return axes.percent(value / 100) if unit == "percent" else axes.number(value)


def ground(painter: QPainter, sheet: Sheet, colors: Tokens, names: Names, note: str) -> None:
    """Draw the grid and what stands at it."""
    area = sheet.area
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(fonts.mono(SMALL - 1))
    painter.setPen(QPen(QColor(colors.line), 1))
    down = sheet.y.ticks(max(2, int(area.height() / 34)))
    for tick in down:
        y = round(float(sheet.down(tick))) + 0.5
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    painter.setPen(QColor(colors.muted))
    for tick, text in zip(down, axes.labels(down, sheet.y.log), strict=True):
        y = float(sheet.down(tick))
        box = QRectF(0, y - 8, LEFT - 8, 16)
        painter.drawText(box, int(_Flag.AlignRight | _Flag.AlignVCenter), text)
    _along(painter, sheet, names)
    if note:
        painter.setFont(fonts.text(NORMAL))
        painter.drawText(area, int(_Flag.AlignCenter), note)


class Ground:
    """The grid and what stands at it as a picture, which lasts as long as nothing of it changes.

    The ranges of a plot that grows rest most of the time; its texts are half the work of drawing.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._picture = QPixmap()

    def picture(
        self, size: QSizeF, ratio: float, sheet: Sheet, look: tuple[Tokens, Names, str]
    ) -> QPixmap:
        """Return the picture; painting on a copy of it leaves it as it is.

        Args:
            size: Of the plot, in pixels of the layout.
            ratio: Pixels of the screen in one of the layout.
            sheet: See `ground`.
            look: Colours, names and note: the same.
        """
        key = (size, ratio, sheet.area, sheet.x, sheet.y, look)
        if key != self._key:
            self._picture = QPixmap((size * ratio).toSize())
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            ground(painter, sheet, *look)
            painter.end()
            self._key = key
        return self._picture


def _along(painter: QPainter, sheet: Sheet, names: Names) -> None:
    """What stands below: round values, and what they count."""
    area = sheet.area
    ticks = sheet.x.ticks(max(2, int(area.width() / 80)))
    texts = axes.hours(ticks) if names.clock else axes.labels(ticks, sheet.x.log)
    base = area.bottom() + 4
    metrics = QFontMetricsF(painter.font())
    name_room = metrics.horizontalAdvance(names.x) + 10
    for tick, text in zip(ticks, texts, strict=True):
        x = float(sheet.across(tick))
        half = metrics.horizontalAdvance(text) / 2
        if x + half < area.right() - name_room:
            box = QRectF(x - half - 2, base, 2 * half + 4, _LINE)
            painter.drawText(box, int(_Flag.AlignCenter), text)
    box = QRectF(area.right() - name_room, base, name_room, _LINE)
    painter.drawText(box, int(_Flag.AlignRight | _Flag.AlignVCenter), names.x)


def title(
    painter: QPainter,
    width: float,
    colors: Tokens,
    text: str,
    curves: Sequence[Curve],
    words: Callable[[float], str],
) -> None:
    """Draw the title at the left and the last value of each curve at the right."""
    painter.setFont(fonts.text(NORMAL, strong=True))
    painter.setPen(QColor(colors.text))
    strong = QFontMetricsF(painter.font())
    painter.drawText(QPointF(12, 21), text)
    least = 12 + strong.horizontalAdvance(text) + 12
    painter.setFont(fonts.text(SMALL))
    metrics = QFontMetricsF(painter.font())
    x = width - RIGHT - MENU
    shown = []
    room = x - least
    for curve in [curve for curve in curves if len(curve.series)][:_SHOWN]:
        label = f"{curve.label} {words(_last(curve))}"
        wide = metrics.horizontalAdvance(label)
        room -= wide + 12
        if room < 0:
            break
        shown.append((curve, label, wide))
        room -= 10
    for curve, label, wide in reversed(shown):
        x -= wide
        painter.setPen(QColor(colors.muted))
        painter.drawText(QPointF(x, 20), label)
        _dot(painter, QPointF(x - 7, 16), curve.color)
        x -= 22


def _last(curve: Curve) -> float:
    return curve.series.last * curve.scale


def marks(painter: QPainter, sheet: Sheet, colors: Tokens, curves: Sequence[Curve]) -> None:
    """Draw a line where a person changed something, and say what."""
    area = sheet.area
    painter.setFont(fonts.text(SMALL - 1))
    metrics = QFontMetricsF(painter.font())
    traces = {id(curve.trace): curve.trace for curve in curves}
    for trace in traces.values():
        for mark in trace.marks:
            place = trace.x(_one(mark.step), sheet.by)
            x = round(float(sheet.across(place)[0])) + 0.5
            if not area.left() <= x <= area.right():
                continue
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(QColor(colors.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            room = metrics.horizontalAdvance(mark.words)
            left = x + 4 if x + 4 + room < area.right() else x - 4 - room
            ground = QColor(colors.canvas)
            ground.setAlpha(200)
            painter.fillRect(QRectF(left - 2, area.top() + 1, room + 4, 13), ground)
            painter.drawText(QPointF(left, area.top() + 11), mark.words)


def reading(curve: Curve, sheet: Sheet, x: float) -> Reading | None:
    """Return what a curve says at a pixel along x; None where it says nothing."""
    series, trace = curve.series, curve.trace
    if not len(series):
        return None
    value = sheet.x.value((x - sheet.area.left()) / max(1.0, sheet.area.width()))
    step = trace.step_at(value, sheet.by)
    place = min(series.find(step), len(series) - 1)
    if place and step - series.steps[place - 1] < series.steps[place] - step:
        place -= 1
    raw = float(series.values[place]) * curve.scale
    smooth = raw
    if curve.every_step:
        smooth = float(series.smooth(sheet.span)[place]) * curve.scale
    y = float(sheet.down(_one(smooth))[0])
    return Reading(int(series.steps[place]), raw, smooth, y if math.isfinite(y) else -1e9)


def pointer(
    painter: QPainter,
    sheet: Sheet,
    colors: Tokens,
    curves: Sequence[Curve],
    at: QPointF,
    names: Names,
) -> None:
    """Draw a line through the pointer, a dot on every curve, and a box with their values."""
    found = [(curve, reading(curve, sheet, at.x())) for curve in curves]
    read = [(curve, one) for curve, one in found if one is not None]
    if not read:
        return
    area = sheet.area
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(colors.muted), 1))
    x = round(at.x()) + 0.5
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    for curve, one in read:
        if area.top() <= one.y <= area.bottom():
            _dot(painter, QPointF(x, one.y), curve.color)
    head = f"{names.x} {_x_words(sheet, at.x(), names)}"
    rows = [(curve.color, _row(curve, one, names.unit)) for curve, one in read]
    _box(painter, area, colors, at, head, rows)


def _row(curve: Curve, one: Reading, unit: str) -> str:
    words = f"{curve.label} {written(one.smooth, unit)}"
    if curve.every_step and one.smooth != one.value:
        words += f"  ({written(one.value, unit)})"
    return words


def _x_words(sheet: Sheet, x: float, names: Names) -> str:
    value = sheet.x.value((x - sheet.area.left()) / max(1.0, sheet.area.width()))
    if names.clock:
        return axes.clock(round(value, 1) if value < 60 else round(value))
    return f"{value:.2f}" if sheet.by == "epoch" else f"{value:,.0f}".replace(",", " ")


def _box(
    painter: QPainter,
    area: QRectF,
    colors: Tokens,
    at: QPointF,
    head: str,
    rows: Sequence[tuple[str, str]],
) -> None:
    painter.setFont(fonts.text(SMALL))
    metrics = QFontMetricsF(painter.font())
    wide = max(metrics.horizontalAdvance(text) for text in (head, *(row for _, row in rows))) + 32
    high = _LINE * (len(rows) + 1) + 12
    left = at.x() + 14 if at.x() + 14 + wide < area.right() + RIGHT else at.x() - 14 - wide
    left = max(2.0, min(left, area.right() + RIGHT - 2 - wide))
    top = max(2.0, min(at.y() - high / 2, area.bottom() - high + BOTTOM))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.line), 1))
    painter.setBrush(QColor(colors.raised))
    painter.drawRoundedRect(QRectF(left, top, wide, high), 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(colors.muted))
    y = top + 17
    painter.drawText(QPointF(left + 10, y), head)
    for color, text in rows:
        y += _LINE
        _dot(painter, QPointF(left + 13, y - 4), color)
        painter.setPen(QColor(colors.text))
        painter.drawText(QPointF(left + 22, y), text)


def focus(painter: QPainter, whole: QRectF, colors: Tokens) -> None:
    """Draw the frame of what has the keyboard."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.accent), 1))
    painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


def _dot(painter: QPainter, at: QPointF, color: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(at, 3.0, 3.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _one(value: float) -> Any:
    return np.array([value])
