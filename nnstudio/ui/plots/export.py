"""Plots to take away, exactly as they are seen: PNG, SVG and PDF pictures, CSV numbers.

What is written is drawn by the very function that draws on the screen, on another paper; numbers
are all that lie in the range that is shown, not only those that fit on the screen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QPoint,
    QRect,
    QSize,
    QSizeF,
)
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from nnstudio.kit import files
from nnstudio.project.store import world_error
from nnstudio.studio import arrays as np
from nnstudio.studio.trace import Trace
from nnstudio.ui.plots.ink import Curve, Sheet
from nnstudio.ui.theme import Tokens

SCALE = 3.0
"""Pixels of a PNG for each on the screen."""

PICTURES = ("png", "svg", "pdf")
_DOTS = 96


class Drawn(Protocol):
    """What can be drawn on any paper."""

    def draw(self, painter: QPainter, size: QSize) -> None:
        """Draw it."""


def picture(plot: Drawn, size: QSize, kind: str, colors: Tokens, title: str = "") -> bytes:
    """Return a picture of a plot as the content of a file.

    Args:
        plot: It.
        size: As it is seen, in pixels.
        kind: `png`, `svg` or `pdf`.
        colors: Those of its ground.
        title: Of the document.
    """
    if kind == "png":
        return _png(plot, size, colors)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    paper = _svg(buffer, size, title) if kind == "svg" else _pdf(buffer, size, title)
    painter = QPainter(paper)
    painter.fillRect(0, 0, size.width(), size.height(), QColor(colors.canvas))
    plot.draw(painter, size)
    painter.end()
    buffer.close()
    return bytes(content.data())


def numbers(curves: Sequence[Curve], sheet: Sheet) -> str:
    """Return the numbers of curves as CSV: one row for each step of the range that is shown.

    Values stand as they were told (parts of one are not in percent), with the smoothed ones beside
    them; a field is empty where a curve says nothing.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ["step", "epoch", "seconds"]
    columns = [dict(_column(curve, sheet)) for curve in curves]
    for curve in curves:
        name = f"{curve.run} {curve.name}".strip()
        head += [name, f"{name} (smoothed)"] if curve.every_step else [name]
    writer.writerow(head)
    steps = sorted({step for column in columns for step in column})
    for step in steps:
        trace = next(c.trace for c, col in zip(curves, columns, strict=True) if step in col)
        row: list[object] = [step, *_places(trace, step)]
        for curve, column in zip(curves, columns, strict=True):
            row += column.get(step, ("", "") if curve.every_step else ("",))
        writer.writerow(row)
    return out.getvalue()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def save(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        WorldError: The disk refused.
    """
    try:
        files.write_bytes(path, content)
    except OSError as error:
        raise world_error("world.write", path, error) from error


def _column(curve: Curve, sheet: Sheet) -> Iterator[tuple[int, tuple[object, ...]]]:
    series, trace = curve.series, curve.trace
    ends = (trace.step_at(x, sheet.by) for x in (sheet.x.low, sheet.x.high))
    start, end = series.between(*ends)
    values = series.values[start:end].tolist()
    if not curve.every_step:
        yield from zip(series.steps[start:end].tolist(), ((v,) for v in values), strict=True)
        return
    smooth = series.smooth(sheet.span)[start:end].tolist()
    pairs = zip(values, smooth, strict=True)
    yield from zip(series.steps[start:end].tolist(), pairs, strict=True)


def _places(trace: Trace, step: int) -> list[object]:
    """The epoch and the second of a step."""
    at = np.array([step])
    return [round(float(trace.x(at, "epoch")[0]), 6), round(float(trace.x(at, "time")[0]), 3)]


def _png(plot: Drawn, size: QSize, colors: Tokens) -> bytes:
    image = QImage(size * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    image.fill(QColor(colors.canvas))
    painter = QPainter(image)
    plot.draw(painter, size)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def _svg(buffer: QBuffer, size: QSize, title: str) -> QSvgGenerator:
    paper = QSvgGenerator()
    paper.setOutputDevice(buffer)
    paper.setSize(size)
    paper.setViewBox(QRect(QPoint(), size))
    paper.setTitle(title)
    return paper


def _pdf(buffer: QBuffer, size: QSize, title: str) -> QPdfWriter:
    paper = QPdfWriter(buffer)
    paper.setResolution(_DOTS)
    points = QSizeF(size) * 72.0 / _DOTS
    paper.setPageSize(QPageSize(points, QPageSize.Unit.Point))
    paper.setPageMargins(QMarginsF(0, 0, 0, 0))
    paper.setTitle(title)
    return paper
