"""What one refresh of a plot costs, beside pyqtgraph drawing the same curves.

Figures are milliseconds of the window's thread (its CPU time, so that other people's work does not
count) and ratios; 1280 × 720 pixels, 10 curves.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pyqtgraph
import pytest
from PySide6.QtWidgets import QApplication

from nnstudio.studio.series import Series
from nnstudio.studio.trace import Trace
from nnstudio.ui import fonts
from nnstudio.ui.plots.curves import CurvePlot, Mode
from nnstudio.ui.plots.ink import Curve
from nnstudio.ui.theme import Theme

pytestmark = [pytest.mark.bench, pytest.mark.gui, pytest.mark.timeout(600)]
CURVES, WIDE, HIGH = 10, 1280, 720
WANTED = 16.0


def values(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    steps = np.arange(count)
    found = 2.2 * np.exp(-steps / (count / 6)) + 0.1 + 0.05 * seed + rng.normal(0, 0.05, count)
    found[rng.integers(0, count, 3)] += 5
    return found.astype(np.float32)


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    work()
    found = []
    for _ in range(5):
        start = time.thread_time()
        for _ in range(times):
            work()
        found.append(1000 * (time.thread_time() - start) / times)
    return statistics.median(found)


def ours(theme: Theme, count: int, mode: Mode) -> float:
    plot = CurvePlot(theme, "Loss")
    plot.resize(WIDE, HIGH)
    traces = []
    for number in range(CURVES):
        trace = Trace()
        series = trace.series["train/loss"] = Series("train/loss")
        series.extend(range(1, count + 1), values(count, number))
        trace._seconds.append(1, 0.0)
        trace._seconds.append(count, 100.0)
        traces.append(trace)
    colors = theme.tokens.series
    plot.set_curves(
        [Curve(t, "train/loss", f"{n}", colors[n % 8], str(n)) for n, t in enumerate(traces)]
    )
    plot.set_mode(mode)
    plot.show()
    QApplication.processEvents()

    def refresh() -> None:
        for trace in traces:
            series = trace.series["train/loss"]
            last = int(series.steps[-1])
            series.extend(range(last + 1, last + 17), [0.1] * 16)
            trace.version += 1
        plot.refresh()
        plot.repaint()

    found = milliseconds(refresh)
    plot.close()
    return found


def theirs(count: int) -> float:
    """The built-in downsampling to peaks, without a band, smoothing or marks."""
    plot = pyqtgraph.PlotWidget()
    plot.resize(WIDE, HIGH)
    item = plot.getPlotItem()
    item.disableAutoRange()
    item.setClipToView(True)
    item.setDownsampling(auto=True, mode="peak")
    item.setXRange(0, count, padding=0)
    item.setYRange(0, 3, padding=0)
    data = [values(count, number) for number in range(CURVES)]
    steps = np.arange(count, dtype=float)
    curves = [item.plot(pen=pyqtgraph.mkPen(pyqtgraph.intColor(n), width=1)) for n in range(CURVES)]
    plot.show()
    QApplication.processEvents()

    def refresh() -> None:
        for curve, found in zip(curves, data, strict=True):
            curve.setData(steps, found)
        plot.viewport().repaint()

    found = milliseconds(refresh, 3)
    plot.close()
    return found


def test_refresh(qapp: QApplication) -> None:
    fonts.load()
    theme = Theme("dark")
    print(f"\n{CURVES} curves, {WIDE} × {HIGH}")
    for count in (10_000, 100_000, 1_000_000):
        mine, other = ours(theme, count, Mode()), theirs(count)
        print(
            f"{count:9,} points: {mine:6.1f} ms, {mine / other:.3f} of pyqtgraph ({other:.0f} ms)"
        )
    print(f"            of {WANTED:g} ms wanted: {mine / WANTED:.2f}")
    for mode in (Mode(by="time"), Mode(log_x=True), Mode(log_y=True), Mode(span=1.0)):
        print(f"{mode}: {ours(theme, 1_000_000, mode):.1f} ms")


def test_series() -> None:
    """Appending and asking, against numpy over all values."""
    count = 1_000_000
    series, all_values = Series(), values(count, 0)
    series.extend(range(count), all_values)
    asked = milliseconds(lambda: series.bins(0, count, 640), 200)
    plain = milliseconds(
        lambda: (all_values[: count // 640 * 640].reshape(640, -1).min(1),
                 all_values[: count // 640 * 640].reshape(640, -1).max(1)), 20,
    )  # fmt: skip
    one = milliseconds(lambda: series.append(count, 1.0), 20_000)
    many = milliseconds(lambda: series.extend(range(64), [1.0] * 64), 2000)
    print(f"\nappend one {1000 * one:.2f} µs, 64 at once {1000 * many:.1f} µs")
    print(f"640 pieces of a million: {asked:.3f} ms, {asked / plain:.3f} of numpy over all")
