"""The forecast on screen follows the document and what is typed; its repair is one click."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnstudio.engine.measure import Speed
from nnstudio.graph.edits import SetSetting
from nnstudio.studio import forecasts as book
from nnstudio.studio import templates
from nnstudio.studio.forecast import Forecast, Samples
from nnstudio.studio.forecasts import Forecasts
from nnstudio.studio.session import Session
from nnstudio.ui.context import Context
from nnstudio.ui.forecast_view import ForecastView, about, seconds_words, sentence
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.pages.project_page import TrainingPart
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState
from tests.ui.conftest import Asked

SPEED = Speed("cpu", 1, 300_000_000, 5e-4, 7e-5, 5e10, 2.5e10, 2e9, 3e10, 3e-5, 1e8)


@pytest.fixture
def context(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], Context]]:
    """Makes the shared objects around the MLP, on a machine with so much free memory."""
    monkeypatch.setattr(book, "_counted", lambda reader, folder: Samples(4000, 1000, 65))
    kept: list[Context] = []

    def make(free: int) -> Context:
        monkeypatch.setattr(book, "free_memory", lambda device: free)
        session = Session(templates.load("mlp-digits").project)
        foretold = Forecasts(session, path=tmp_path / "forecast.json", measured=lambda *_: (SPEED,))
        made = Context(session, ViewState(), Theme("dark"), print, forecasts=foretold)
        kept.append(made)
        return made

    yield make
    for made in kept:
        assert made.forecasts is not None
        made.forecasts.close()


def gone(widget: object) -> None:
    widget.hide()  # type: ignore[attr-defined]
    widget.deleteLater()  # type: ignore[attr-defined]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_it_measures_first_and_then_says_what_is_foretold(context, qtbot: QtBot) -> None:
    shared = context(10**10)
    view = ForecastView(shared)
    view.show()
    view.refresh()
    assert view.words.text() == "", "nothing is measured before the window rests"
    shared.forecasts.start()
    qtbot.waitUntil(lambda: view.words.text().startswith("About"), timeout=20_000)
    assert "an epoch" in view.words.text()
    assert "fits" in view.words.text()
    before = view.words.text()
    shared.do(SetSetting("batch_size", 1))
    qtbot.waitUntil(lambda: view.words.text() != before, timeout=20_000)
    gone(view)


def test_it_follows_the_batch_size_while_it_is_typed(context, qtbot: QtBot) -> None:
    shared = context(10**10)
    part = TrainingPart(shared)
    part.resize(320, 900)
    part.show_loop(shared.session.project)
    part.show()
    shared.forecasts.start()
    words = part.forecast.words
    qtbot.waitUntil(lambda: words.text().startswith("About"), timeout=20_000)
    before, edit = words.text(), part.form.field("batch_size").edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "65000")
    qtbot.waitUntil(lambda: words.text() != before, timeout=20_000)
    assert shared.session.project.loop.args["batch_size"] == 32, "nothing is set before Enter"
    gone(part)


def test_what_does_not_fit_is_mended_by_one_click(context, qtbot: QtBot) -> None:
    shared = context(340_000_000)
    shared.do(SetSetting("batch_size", 65536))
    view = ForecastView(shared)
    view.show()
    shared.forecasts.start()
    qtbot.waitUntil(lambda: view.card is not None, timeout=20_000)
    (button,) = view.card.findChildren(QPushButton)
    assert button.text().lower().startswith("batch size")
    button.click()
    qtbot.waitUntil(lambda: view.card is None, timeout=20_000)
    assert shared.session.project.loop.args["batch_size"] < 65536
    gone(view)


def test_the_words_are_short_and_say_how_certain_they_are() -> None:
    made = Forecast(1_240_000_000, 40.2, 5, 64, 512, 8 * 10**9)
    assert sentence(made) == "About 1.24 GB, 40 s an epoch, 3 min in all, batch up to 512 fits"
    assert "factor of two" in about(made)
    assert "earlier run" in about(replace(made, basis="runs"))
    alone = replace(made, epoch=None, largest=None)
    assert sentence(alone) == "About 1.24 GB"
    assert [seconds_words(n) for n in (0.043, 2.6, 40.2, 600, 9000)] == [
        "0.04 s",
        "3 s",
        "40 s",
        "10 min",
        "2 h",
    ]


def test_a_run_that_will_not_fit_is_asked_about_before_it_starts(
    window: MainWindow, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.files.template("mlp-digits")
    foretold = Forecast(61 * 10**9, 1.0, 1, 64, 8, 10**9)
    monkeypatch.setattr(window.context.forecasts, "ask", lambda batch=None: foretold)
    window.running.train()
    assert asked.questions == ["A batch of 64 needs about 61 GB, and 1 GB are free."]
    assert window.running.runs.lives == []
