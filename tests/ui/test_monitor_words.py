"""The groups, words and ticks of the monitor."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.studio import metric_groups
from nnstudio.studio.series import Series
from nnstudio.studio.trace import Trace
from nnstudio.ui import run_words
from nnstudio.ui.plots import axes
from nnstudio.ui.plots.curves import CurvePlot
from nnstudio.ui.plots.ink import Curve
from nnstudio.ui.theme import Theme
from tests.ui.training import Stage

pytestmark = pytest.mark.gui
Staged = Callable[..., Stage]


def test_groups_of_metrics() -> None:
    names = ["train/loss", "train/grad_norm", "val/loss", "val/accuracy", "rate/lr"]
    found = metric_groups.groups([*names, "baseline/mse", "baseline/ar9", "val/mse"])
    assert [(g.key, g.names) for g in found] == [
        ("loss", ("train/loss", "val/loss")),
        ("accuracy", ("val/accuracy",)),
        ("mse", ("val/mse", "baseline/ar9", "baseline/mse")),
        ("rate", ("rate/lr",)),
        ("grad_norm", ("train/grad_norm",)),
    ]
    gan = metric_groups.groups(["train/generator_loss", "train/discriminator_loss"])
    assert [metric_groups.label(name) for name in gan[0].names] == ["discriminator", "generator"]
    assert metric_groups.groups(["val/loss", "baseline/bigram"])[0].key == "loss"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.1235"),
        (96.44, "96.44"),
        (12400.0, "12 400"),
        (3.1e-5, "3.10e-05"),
        (0.0, "0.0000"),
    ],
)
def test_values_in_words(value: float, text: str) -> None:
    assert axes.number(value) == text


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([0.0, 0.002, 0.004], ["0.000", "0.002", "0.004"]),
        ([0.00095, 0.00101], ["0.95e-3", "1.01e-3"]),
        ([0.0, 20_000.0, 40_000.0], ["0", "20 k", "40 k"]),
        ([0.0, 1e11, 3e11], ["0", "1e11", "3e11"]),
        ([1e6, 1.01e6], ["1.00 M", "1.01 M"]),
    ],
)
def test_what_stands_at_an_axis_is_short(ticks: list[float], texts: list[str]) -> None:
    assert axes.labels(ticks) == texts


@pytest.mark.parametrize(
    ("steps", "seconds", "words"),
    [(315, 3.0, "105 steps/s on average"), (9, 6.0, "1.5 steps/s on average"), (0, 0.0, "–")],
)
def test_a_run_that_is_over_says_how_fast_it_was(steps: int, seconds: float, words: str) -> None:
    trace = SimpleNamespace(step=steps, seconds=seconds)
    live: Any = SimpleNamespace(over=True, speed=0.0, trace=trace)
    assert run_words.speed(live) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "took 0.4 s"), (9.4, "took 9.4 s"), (9.6, "took 00:10")]
)
def test_a_short_run_took_some_time_too(seconds: float, words: str) -> None:
    live: Any = SimpleNamespace(over=True, trace=SimpleNamespace(seconds=seconds))
    assert run_words.time_left(live) == words


def test_what_comes_last_stands_on_the_paper(qtbot: QtBot, theme: Theme) -> None:
    """Ranges rest for a second while a run grows; the last figure may come within it."""
    made = Trace()
    series = made.series.setdefault("val/accuracy", Series("val/accuracy"))
    plot = CurvePlot(theme, "Accuracy")
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    plot.set_curves([Curve(made, "val/accuracy", "val", "#5b9dff", every_step=False)])
    for step, value in enumerate((24.0, 29.0, 38.0, 39.2), 1):
        series.append(step, value)
    made.version += 1
    plot.refresh()
    plot.grab()
    series.append(5, 61.9)
    made.version += 1
    plot.refresh()
    plot.grab()
    assert plot.sheet.y.high < 61.9, "as it was a moment ago"
    qtbot.waitUntil(lambda: plot.grab() and plot.sheet.y.high >= 61.9)


@pytest.mark.parametrize("log", [False, True])
def test_ticks_are_round_and_inside(log: bool) -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        low = 10.0 ** rng.uniform(-8, 6)
        axis = axes.Axis(low, low * (1 + 10.0 ** rng.uniform(-2, 5)), log)
        ticks = axis.ticks(6)
        assert len(ticks) <= 20
        assert all(axis.low * 0.999 <= tick <= axis.high * 1.001 for tick in ticks)
        texts = axes.labels(ticks, log)
        assert len(texts) == len(ticks)
        assert log or len(set(texts)) == len(ticks)  # each can be told from its neighbours
        assert axis.value(0.25) == pytest.approx(axis.value(float(axis.place(axis.value(0.25)))))


def test_an_axis_grows_in_jumps() -> None:
    ends = {axes.round_end(value) for value in range(1000, 10_000)}
    assert len(ends) < 80
    assert all(axes.round_end(value) >= value * (1 - 1e-9) for value in range(1, 5000, 7))
