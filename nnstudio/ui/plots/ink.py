"""How one curve is put on paper: honestly, and in a time that does not grow with its length.

What was told step by step is a faint band from the smallest to the largest value of each piece, so
that no spike is lost, and over it a strong line, smoothed over the full data. What lies beyond the
range is marked at the edge. What was told once an epoch is a line with a dot for each value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnstudio.studio import arrays as np
from nnstudio.studio.series import Bins, Series
from nnstudio.studio.smoothing import LEAST, span_for
from nnstudio.studio.trace import By, Trace
from nnstudio.ui.canvas.primitives import Lines, Rects
from nnstudio.ui.plots.axes import Axis

FAINT = 70
"""How opaque the band is, of 255."""

STRONG = 1.5
"""The width of a strong line."""

PIECE, WIDE_PIECE = 1.25, 4.0
"""Pixels that a piece of the band is wide, when there are more values than pixels; many curves
have wide ones."""

MANY = 4
"""More curves than this are many."""

SMOOTHER = 2.5
"""How much longer the pieces of a smoothed line are, which has no spikes to lose."""

DOTS = 40
"""Up to so many values are dotted."""

MARK = 4.0
"""Half the width of the mark of what lies beyond the range."""

_RANGE_PIECES = 160
_NEIGHBOURS = 11


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a plot.

    Attributes:
        trace: The numbers of its run.
        name: The metric.
        label: What it is called in the legend.
        color: As `#rrggbb`.
        run: The id of its run.
        scale: What values are multiplied by: 100 for percent.
        every_step: Whether it is told step by step, and so has a band and is smoothed.
    """

    trace: Trace
    name: str
    label: str
    color: str
    run: str = ""
    scale: float = 1.0
    every_step: bool = True

    @property
    def series(self) -> Series:
        """Its values; an empty series before the first."""
        return self.trace.series.get(self.name) or Series(self.name)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper that curves are drawn on.

    Attributes:
        area: In pixels.
        by: What runs along x.
        x: The range along x.
        y: The range along y.
        span: The memory of the smoothing in steps; None takes what suits each curve.
    """

    area: QRectF
    by: By
    x: Axis
    y: Axis
    span: float | None = None

    def across(self, values: Any) -> Any:
        """Return pixels along x."""
        return self.area.left() + self.x.place(values) * self.area.width()

    def down(self, values: Any) -> Any:
        """Return pixels along y; what is far outside is put just outside."""
        places = np.clip(self.y.place(values), -1.0, 2.0)
        return self.area.bottom() - places * self.area.height()


class Ink:
    """Draws curves; keeps room for their points from one drawing to the next."""

    def __init__(self) -> None:
        self._lines, self._rects = Lines(), Rects()

    def draw(self, painter: QPainter, curves: Sequence[Curve], sheet: Sheet) -> None:
        """Draw curves inside the area of a sheet, the first on top: bands below, lines above."""
        piece = WIDE_PIECE if len(curves) > MANY else PIECE
        seen = [(curve, *_seen(curve, sheet)) for curve in reversed(curves)]
        seen = [(curve, start, end) for curve, start, end in seen if end > start]
        for curve, start, end in seen:
            if curve.every_step:
                opaque = 255 if _plain(curve, sheet) else FAINT
                self._draw_band(painter, curve, sheet, (start, end), opaque, piece)
        for curve, start, end in seen:
            if not curve.every_step:
                self._draw_values(painter, curve, sheet, start, end)
            elif not _plain(curve, sheet):
                self._draw_smooth(painter, curve, sheet, (start, end), SMOOTHER * piece)

    def _draw_band(
        self,
        painter: QPainter,
        curve: Curve,
        sheet: Sheet,
        seen: tuple[int, int],
        opaque: int,
        piece: float,
    ) -> None:
        shade = QColor(curve.color)
        shade.setAlpha(opaque)
        most = max(2, int(sheet.area.width() / piece))
        for bins in _pieces(curve.series, *seen, most, sheet):
            if bins.stride == 1:
                self._draw_line(painter, curve, sheet, bins, shade)
            else:
                self._draw_pieces(painter, curve, sheet, bins, shade)
            self._mark_outside(painter, curve, sheet, bins)

    def _draw_line(
        self, painter: QPainter, curve: Curve, sheet: Sheet, bins: Bins, shade: QColor
    ) -> None:
        x = sheet.across(_along(curve, sheet, bins.first))
        y = sheet.down(bins.low * curve.scale)
        rows = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(x) < 2 * sheet.area.width())
        painter.setPen(QPen(shade, 1.0))
        self._lines.draw(painter, rows[np.isfinite(rows).all(axis=1)])

    def _draw_pieces(
        self, painter: QPainter, curve: Curve, sheet: Sheet, bins: Bins, shade: QColor
    ) -> None:
        left = sheet.across(_along(curve, sheet, bins.first))
        right = np.append(left[1:], sheet.across(_along(curve, sheet, bins.last[-1:])))
        top, bottom = sheet.down(bins.high * curve.scale), sheet.down(bins.low * curve.scale)
        # Each piece reaches to the next one, as a line would.
        top[1:] = np.fmin(top[1:], bottom[:-1])
        bottom[1:] = np.fmax(bottom[1:], top[:-1])
        wide, high = np.maximum(right - left, 0.5), np.maximum(bottom - top, 1.0)
        rows = np.column_stack([left, top, wide, high])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        self._rects.draw(painter, rows[np.isfinite(rows).all(axis=1)])
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_smooth(
        self, painter: QPainter, curve: Curve, sheet: Sheet, seen: tuple[int, int], piece: float
    ) -> None:
        smooth = curve.series.smooth(sheet.span)
        most = max(2, int(sheet.area.width() / piece))
        places = [bins.last for bins in _pieces(curve.series, *seen, most, sheet)]
        at = np.concatenate(places)
        x = sheet.across(_along(curve, sheet, at))
        self._stroke(painter, x, sheet.down(smooth[at] * curve.scale), curve.color)

    def _draw_values(
        self, painter: QPainter, curve: Curve, sheet: Sheet, start: int, end: int
    ) -> None:
        """Values that are few and count each for itself."""
        bins = curve.series.bins(start, end, max(2, int(sheet.area.width())))
        x = sheet.across(_along(curve, sheet, bins.last))
        y = sheet.down(bins.high * curve.scale)
        self._stroke(painter, x, y, curve.color)
        if len(x) <= DOTS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(curve.color))
            for point in _points(x, y):
                painter.drawEllipse(point, 2.2, 2.2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        self._mark_outside(painter, curve, sheet, bins)

    def _stroke(self, painter: QPainter, x: Any, y: Any, color: str) -> None:
        """A strong line through points, broken where one is missing.

        Lines one by one take a tenth of the time of a polyline, which Qt strokes as one path; the
        square ends close the corners between them.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cap = Qt.PenCapStyle.SquareCap
        painter.setPen(QPen(QColor(color), STRONG, Qt.PenStyle.SolidLine, cap))
        rows = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
        self._lines.draw(painter, rows[np.isfinite(rows).all(axis=1)])

    def _mark_outside(self, painter: QPainter, curve: Curve, sheet: Sheet, bins: Bins) -> None:
        """Say at the edge that something lies beyond it."""
        area = sheet.area
        above = (bins.high * curve.scale > sheet.y.high) | ~np.isfinite(bins.high)
        below = bins.low * curve.scale < sheet.y.low
        for places, edge, inwards in ((above, area.top(), 1.0), (below, area.bottom(), -1.0)):
            if not places.any():
                continue
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(curve.color))
            x = sheet.across(_along(curve, sheet, bins.first[places]))
            for at in _apart(x):
                painter.drawPolygon(_triangle(at, edge, inwards))
            painter.setBrush(Qt.BrushStyle.NoBrush)


def extent(curve: Curve, by: By, span: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the smallest and largest value that belong on the paper; None when there are none.

    A value that stands out by far from its neighbours does not count: it is marked at the edge.

    Args:
        curve: The curve.
        by: What runs along x.
        span: The part along x that is looked at; None looks at all.
    """
    series, trace = curve.series, curve.trace
    start, end = 0, len(series)
    if span is not None:
        start, end = series.between(*(trace.step_at(x, by) for x in span))
    if end <= start:
        return None
    bins = series.bins(start, end, _RANGE_PIECES)
    low, high = bins.low[usual(-bins.low)], bins.high[usual(bins.high)]
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    if not len(low) or not len(high):
        return None
    return float(low.min()) * curve.scale, float(high.max()) * curve.scale


def usual(values: Any) -> Any:
    """Return which values do not rise far above their neighbours."""
    if len(values) < 2 * _NEIGHBOURS:
        return np.isfinite(values)
    side = _NEIGHBOURS // 2
    padded = np.concatenate([[values[0]] * side, values, [values[-1]] * side])
    around = np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURS)
    with np.errstate(invalid="ignore"):
        middle = _middle(around)
        spread = _middle(np.abs(around - middle[:, None]))
        known = np.sort(spread[np.isfinite(spread)])
        typical = float(known[len(known) // 2]) if len(known) else 0.0
        limit = middle + 12.0 * np.maximum(spread, typical) + 1e-12
        return ~(values > limit) & np.isfinite(values)


def _middle(rows: Any) -> Any:
    """The median of each row of an odd number of values, a fifth of the time of numpy's own."""
    found = np.sort(rows, axis=1)[:, rows.shape[1] // 2]
    return np.where(np.isnan(rows).any(axis=1), np.nan, found)


def _seen(curve: Curve, sheet: Sheet) -> tuple[int, int]:
    """The positions that are on the paper, and one more on either side, to which lines lead."""
    series, trace = curve.series, curve.trace
    low, high = (trace.step_at(x, sheet.by) for x in (sheet.x.low, sheet.x.high))
    start, end = series.between(low, high)
    return max(0, start - 1), min(len(series), end + 1)


def _plain(curve: Curve, sheet: Sheet) -> bool:
    """Whether the values themselves are the strong line: there is nothing to smooth."""
    span = span_for(len(curve.series)) if sheet.span is None else sheet.span
    return span < LEAST


def _pieces(series: Series, start: int, end: int, most: int, sheet: Sheet) -> list[Bins]:
    """The pieces of a range: of equal length, or along a logarithmic axis growing like it."""
    if not sheet.x.log:
        return [series.bins(start, end, most)]
    found, first = [], start
    per_piece = max(8, most // max(1, math.ceil(math.log(max(8, end - start), 8))))
    while first < end:
        last = min(end, max(8, 8 * first) + 1)
        found.append(series.bins(first, last, per_piece))
        first = last - 1 if last < end else end
    return found


def _along(curve: Curve, sheet: Sheet, positions: Any) -> Any:
    return curve.trace.x(curve.series.steps[positions], sheet.by)


def _points(x: Any, y: Any) -> list[QPointF]:
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    return [QPointF(a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]


def _apart(x: Any) -> list[float]:
    """Marks that would cover each other are one."""
    kept: list[float] = []
    for value in np.sort(x).tolist():
        if math.isfinite(value) and (not kept or value - kept[-1] >= MARK):
            kept.append(value)
    return kept


def _triangle(x: float, edge: float, inwards: float) -> QPolygonF:
    base = edge + inwards * 1.5 * MARK
    return QPolygonF([QPointF(x - MARK, base), QPointF(x + MARK, base), QPointF(x, edge)])
