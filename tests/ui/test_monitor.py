"""The monitor: curves that lose nothing, bars with a word, the box with the figures of the run."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from nnstudio.engine.events import RunStarted, Vitals
from nnstudio.studio.health import Verdict, verdicts
from nnstudio.studio.series import Series
from nnstudio.studio.trace import Mark, Trace
from nnstudio.ui.panels.environment import EnvironmentPanel
from nnstudio.ui.panels.images import ImagesPanel
from nnstudio.ui.panels.monitor import MonitorPanel
from nnstudio.ui.plot_card import PlotCard
from nnstudio.ui.plots import axes, export, ink
from nnstudio.ui.plots.bars import Bar, BarPlot
from nnstudio.ui.plots.curves import CurvePlot, Mode
from nnstudio.ui.plots.ink import Curve
from nnstudio.ui.theme import Theme
from nnstudio.worker.pictures import png
from tests.studio.documents import iris
from tests.ui.training import Stage

pytestmark = pytest.mark.gui
Staged = Callable[..., Stage]
COLOR = "#5b9dff"


@pytest.fixture
def staged(tmp_path: Path, theme: Theme) -> Iterator[Staged]:
    stages: list[Stage] = []

    def make(document: Any = None, **options: Any) -> Stage:
        stages.append(Stage(document or iris(), tmp_path, theme, **options))
        return stages[-1]

    yield make
    for stage in stages:
        stage.close()


def trace(values: Any, name: str = "train/loss", per_second: float = 100.0) -> Trace:
    made = Trace()
    series = made.series.setdefault(name, Series(name))
    series.extend(range(1, len(values) + 1), np.asarray(values, np.float32))
    made._seconds.append(1, 1 / per_second)
    made._seconds.append(len(values), len(values) / per_second)
    made._ends.append(len(values) // 2, 1.0)
    made.step = len(values)
    made.version += 1
    return made


def plot(qtbot: QtBot, theme: Theme, *traces: Trace) -> CurvePlot:
    made = CurvePlot(theme, "Loss")
    qtbot.addWidget(made)
    made.resize(400, 300)
    name = next(iter(traces[0].series))
    made.set_curves(
        [Curve(one, name, f"run {n}", COLOR, f"run{n}") for n, one in enumerate(traces)]
    )
    made.show()
    made.grab()
    return made


def test_a_spike_of_one_step_in_a_hundred_thousand_is_seen(qtbot: QtBot, theme: Theme) -> None:
    values = np.full(100_000, 1.0)
    values[60_000] = 1.6
    made = plot(qtbot, theme, trace(values))
    made.set_mode(Mode(span=1.0))
    image = made.grab().toImage()
    area = made.sheet.area
    x = round(float(made.sheet.across(np.array([60_001.0]))[0]))
    top = int(area.top()) + 5
    found = any(
        image.pixelColor(x + dx, top + dy) != image.pixelColor(int(area.left()) + 40, top + dy)
        for dx in range(-3, 4)
        for dy in range(12)
    )
    assert found, "neither the spike nor its mark is to be seen"


def test_the_range_leaves_a_lonely_spike_out_and_marks_it(theme: Theme) -> None:
    values = 2.0 + np.random.default_rng(0).normal(0, 0.1, 5000)
    values[2500] = 1e6
    values[10] = np.nan
    low, high = ink.extent(Curve(trace(values), "train/loss", "", COLOR), "step", None) or (0, 0)
    assert 1.0 < low < high < 4.0


def test_the_start_of_a_falling_loss_is_no_outlier(theme: Theme) -> None:
    steps = np.arange(5000)
    values = 0.1 + 2.2 * np.exp(-steps / 60) + np.random.default_rng(0).normal(0, 0.01, 5000)
    _, high = ink.extent(Curve(trace(values), "train/loss", "", COLOR), "step", None) or (0, 0)
    assert high > 2.0


def test_axes_by_step_epoch_and_time(qtbot: QtBot, theme: Theme) -> None:
    made = plot(qtbot, theme, trace(np.ones(1000)))
    assert made.sheet.x.high == 1000
    made.set_mode(Mode(by="time"))
    made.grab()
    assert made.sheet.x.high == 10
    made.set_mode(Mode(by="epoch"))
    made.grab()
    assert made.sheet.x.high == 2


def test_keys(qtbot: QtBot, theme: Theme) -> None:
    made = plot(qtbot, theme, trace(np.linspace(3, 0.1, 1000)))
    qtbot.keyClick(made, Qt.Key.Key_L)
    assert made.mode.log_y
    qtbot.keyClick(made, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert made.mode.log_x
    made.grab()
    qtbot.keyClick(made, Qt.Key.Key_X)
    assert made.mode.by == "epoch"
    qtbot.keyClick(made, Qt.Key.Key_Plus)
    assert not made.follows
    qtbot.keyClick(made, Qt.Key.Key_Home)
    assert made.follows


def test_click_picks_a_run_and_dragging_does_not(qtbot: QtBot, theme: Theme) -> None:
    made = plot(qtbot, theme, trace(np.full(100, 1.0)), trace(np.full(100, 2.0)))
    picked: list[str] = []
    made.picked.connect(picked.append)
    sheet = made.sheet
    y = float(sheet.down(np.array([2.0]))[0])
    at = QPoint(int(sheet.area.center().x()), round(y))
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=at)
    assert picked == ["run1"]
    qtbot.mousePress(made, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(made, at + QPoint(60, 0))
    qtbot.mouseRelease(made, Qt.MouseButton.LeftButton, pos=at + QPoint(60, 0))
    assert picked == ["run1"]


def test_nothing_is_drawn_when_nothing_has_come(qtbot: QtBot, theme: Theme) -> None:
    numbers = trace(np.ones(100))
    made = plot(qtbot, theme, numbers)
    assert not made.refresh()
    numbers.series["train/loss"].append(101, 1.0)
    assert made.refresh()


def test_odd_numbers_are_survived(qtbot: QtBot, theme: Theme) -> None:
    for values in ([], [np.nan], [np.inf, -np.inf, 1.0], [0.0] * 500, [1e30, 1e-30] * 300, [5.0]):
        numbers = trace(values) if values else Trace()
        numbers.series.setdefault("train/loss", Series("train/loss"))
        made = plot(qtbot, theme, numbers)
        for mode in (Mode(), Mode(log_y=True), Mode(log_x=True, by="time"), Mode(span=10.0)):
            made.set_mode(mode)
            made.grab()
            qtbot.mouseMove(made, QPoint(150, 120))
            made.grab()
    assert made.words()


@pytest.mark.parametrize("kind", export.PICTURES)
def test_pictures_to_take_away(kind: str, qtbot: QtBot, theme: Theme) -> None:
    made = plot(qtbot, theme, trace(np.linspace(3, 0.1, 5000)))
    content = export.picture(made, made.size(), kind, theme.tokens, "Loss")
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert content.startswith(starts[kind])
    if kind == "svg":
        assert QSvgRenderer(content).isValid()
    if kind == "png":
        image = QImage.fromData(content)
        assert image.width() == made.width() * export.SCALE


def test_numbers_to_take_away_are_those_in_the_range(qtbot: QtBot, theme: Theme) -> None:
    values = np.random.default_rng(1).normal(size=500)
    made = plot(qtbot, theme, trace(values))
    rows = list(csv.reader(io.StringIO(export.numbers(made.curves, made.sheet))))
    assert rows[0] == ["step", "epoch", "seconds", "run0 train/loss", "run0 train/loss (smoothed)"]
    assert len(rows) == 501
    assert float(rows[1][3]) == np.float32(values[0])
    made._window = axes.Axis(100, 200)
    made._redraw()
    made.grab()
    assert len(export.numbers(made.curves, made.sheet).splitlines()) == 102


def test_card_saves_and_reads_otherwise(
    qtbot: QtBot, staged: Staged, theme: Theme, tmp_path: Path
) -> None:
    stage = staged()
    card = PlotCard(stage.context, plot(qtbot, theme, trace(np.ones(50))))
    qtbot.addWidget(card)
    for suffix in ("png", "svg", "pdf", "csv"):
        assert card.save(tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").stat().st_size > 100
    assert not card.save(tmp_path / "missing" / "a.png")
    assert stage.refused
    card.menu.aboutToShow.emit()
    texts = [action.text() for action in card.menu.actions()]
    assert "By time" in texts
    next(a for a in card.menu.actions() if a.text() == "By time").trigger()
    assert isinstance(card.plot, CurvePlot)
    assert card.plot.mode.by == "time"


def test_marks_are_drawn(qtbot: QtBot, theme: Theme) -> None:
    numbers = trace(np.full(1000, 1.0))
    made = plot(qtbot, theme, numbers)
    before = made.grab().toImage()
    numbers.marks.append(Mark(500, "lr 0.1 → 0.01"))
    numbers.version += 1
    assert made.refresh()
    assert made.grab().toImage() != before


def test_bars(qtbot: QtBot, theme: Theme) -> None:
    made = BarPlot(theme, "Gradient flow")
    qtbot.addWidget(made)
    made.resize(300, 200)
    norms = {f"g/n{n}": 10.0**-n for n in range(30)} | {"g/bad": float("nan")}
    said = verdicts(norms)
    made.set_rows([Bar(key, key, said[key]) for key in norms])
    made.show()
    made.grab()
    chosen: list[str] = []
    made.chosen.connect(chosen.append)
    qtbot.mouseMove(made, QPoint(50, 45))
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(50, 45))
    assert chosen == ["g/n0"]
    assert "healthy" in made.toolTip()
    assert made.table()[1] == ["g/n0", "1.0", "healthy"]
    made.set_rows([Bar("a", "a", Verdict(1e-9, "vanishing", 0.0))])
    made.grab()


def test_monitor_follows_a_run(qtbot: QtBot, staged: Staged) -> None:
    stage = staged(iris(epochs=200, batch_size=4))  # rates are told four times a second
    panel = MonitorPanel(stage.context)
    qtbot.addWidget(panel)
    panel.resize(1200, 320)
    panel.show()
    assert panel.plots == {}
    live = stage.runs.start()
    stage.until(qtbot, lambda: {"loss", "rate", "grad_norm"} <= panel.plots.keys())
    stage.until(qtbot, lambda: panel.box.fields.keys() == {"lr"})
    stage.finish(qtbot, live)
    stage.until(qtbot, lambda: panel.cards["gradients"].plot.rows)  # type: ignore[union-attr]
    bars = panel.cards["gradients"].plot
    assert isinstance(bars, BarPlot)
    assert [bar.name for bar in bars.rows] == ["first", "last"]
    stage.until(
        qtbot, lambda: panel.box.value("step").startswith(f"{live.step:,} / ".replace(",", " "))
    )
    assert "KiB" in panel.box.value("memory") or "MiB" in panel.box.value("memory")
    curves = panel.plots["loss"].curves
    assert [curve.label for curve in curves] == ["train", "val"]
    panel.plots["loss"].set_mode(Mode(by="time", log_y=True))
    assert panel.plots["rate"].mode == Mode(by="time")
    image = QImage(panel.size(), QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    panel.render(painter, QPoint())
    painter.end()


def test_learning_rate_is_changed_while_it_runs(qtbot: QtBot, staged: Staged) -> None:
    stage = staged(iris(epochs=100_000))
    panel = MonitorPanel(stage.context)
    qtbot.addWidget(panel)
    panel.resize(1000, 320)
    panel.show()
    live = stage.runs.start()
    stage.until(qtbot, lambda: "lr" in panel.box.fields and live.step > 5)
    field = panel.box.fields["lr"]
    stage.until(qtbot, lambda: field.text() == "0.01")
    field.setText("0,002")
    field.setModified(True)
    field.apply()
    stage.until(qtbot, lambda: live.trace.marks)
    assert live.hyper["lr"] == 0.002
    for nonsense in ("", "x", "-1", "inf", "nan"):
        field.setText(nonsense)
        field.apply()
        assert field.property("wrong")
    assert live.hyper["lr"] == 0.002
    qtbot.mouseClick(panel.box.pause, Qt.MouseButton.LeftButton)
    stage.until(qtbot, lambda: live.status == "paused" and panel.box.pause.text() == "Go on")
    qtbot.mouseClick(panel.box.stop, Qt.MouseButton.LeftButton)
    stage.finish(qtbot, live)
    assert live.status == "stopped"


def test_a_run_that_is_not_finite_offers_a_tenth(qtbot: QtBot, staged: Staged) -> None:
    stage = staged(iris(epochs=100_000))
    panel = MonitorPanel(stage.context)
    qtbot.addWidget(panel)
    panel.resize(1000, 320)
    panel.show()
    live = stage.runs.start()
    stage.until(qtbot, lambda: live.step > 5)
    stage.runs.set_hyper({"lr": 1e38})
    stage.finish(qtbot, live)
    assert live.failure is not None
    found: list[Any] = []

    def offered() -> bool:
        layout = panel.box._repairs
        found[:] = [layout.itemAt(n).widget() for n in range(layout.count())]
        return bool(found)

    stage.until(qtbot, offered)
    words = [button.text() for button in found]
    assert words[-1] == "Go on with a tenth of the learning rate"
    assert "Show the layer" in words
    found[0].click()
    assert len(stage.view.selection) == 1
    found[-1].click()
    stage.until(qtbot, lambda: stage.runs.live is not live)
    again = stage.runs.live
    assert again is not None
    stage.until(qtbot, lambda: again.hyper.get("lr") == pytest.approx(1e37) or again.over)
    stage.runs.stop()
    stage.finish(qtbot, again)


def test_pictures_and_world_are_shown_when_a_run_has_them(
    qtbot: QtBot, staged: Staged, tmp_path: Path
) -> None:
    stage = staged(iris(epochs=100_000))
    images, world = ImagesPanel(stage.context), EnvironmentPanel(stage.context)
    for panel in (images, world):
        qtbot.addWidget(panel)
        panel.resize(500, 300)
        panel.show()
    assert images._pages.currentIndex() == world._pages.currentIndex() == 0
    live = stage.runs.start()
    stage.until(qtbot, lambda: live.step)
    assert live.folder is not None
    (live.folder / "samples").mkdir()
    for step in (10, 20):
        drawn = live.folder / "samples" / f"step-{step:08d}.png"
        drawn.write_bytes(png(torch.zeros(8, 8, dtype=torch.uint8)))
        live.samples = drawn
        stage.until(qtbot, lambda: not images.picture.empty)
    stage.until(qtbot, lambda: images.slider.maximum() == 1)
    assert images.slider.value() == 1
    images.slider.setValue(0)
    assert "10" in images._step.text()
    live.frames, live.scenes = ((0.5, 0.1), (0.6, 0.05)), 1
    stage.until(qtbot, lambda: world.cart.now == (0.6, 0.05))
    stage.runs.stop()
    stage.finish(qtbot, live)


def test_a_rate_before_the_first_step_is_no_point() -> None:
    made = Trace()
    made.take(RunStarted(None, "cpu", 0, 1, 10))
    made.take(Vitals(0, {"lr": 0.1}, {"lr": 0.1}))
    assert made.series == {}
    made.take(Vitals(1, {"lr": 0.1}, {"lr": 0.05}))
    assert list(made.series["rate/lr"].values) == [np.float32(0.05)]
