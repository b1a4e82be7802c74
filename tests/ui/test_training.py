"""Training from the window: to a moving curve, one batch on trial, closing while it runs."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph.edits import SetSetting
from nnstudio.studio.live import Live
from nnstudio.studio.runs import RunBook
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.panels.monitor import MonitorPanel
from nnstudio.ui.pump import Pump
from nnstudio.ui.training import trial_words

pytestmark = pytest.mark.gui
PATIENCE = 60_000
LASTS = SetSetting("epochs", 100_000)
Made = Callable[..., MainWindow]


def until(qtbot: QtBot, condition: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)


def book(window: MainWindow) -> RunBook:
    runs = window.context.runs
    assert isinstance(runs, RunBook)
    return runs


def stop(window: MainWindow, qtbot: QtBot, live: Live) -> None:
    book(window).stop()
    until(qtbot, lambda: live.gone)


def test_from_a_template_to_a_moving_curve(window: MainWindow, qtbot: QtBot) -> None:
    """The first click chooses the template, the second one trains."""
    window.files.template("mlp-digits")
    window.session.do(LASTS)
    window.book["run.train"].trigger()
    runs = book(window)
    live = runs.live
    assert live is not None
    until(qtbot, lambda: live.step > 2)
    monitor = window.docks.panel("monitor")
    assert isinstance(monitor, MonitorPanel)
    until(qtbot, lambda: "loss" in monitor.plots and monitor.plots["loss"].curves)
    assert window.book["run.stop"].isEnabled()
    assert not window.book["run.train"].isEnabled()
    stop(window, qtbot, live)
    until(qtbot, lambda: window.book["run.train"].isEnabled())


def test_gradients_reach_the_canvas(window: MainWindow, qtbot: QtBot) -> None:
    window.files.template("mlp-digits")
    window.session.do(LASTS)
    window.view.show_overlay("gradients")
    scene = window.canvas.scene()
    window.book["run.train"].trigger()
    live = book(window).live
    assert live is not None
    until(qtbot, lambda: scene._values)
    graph = next(iter(window.session.project.graphs.values()))
    assert set(scene._values) <= set(graph.nodes)
    stop(window, qtbot, live)


def test_one_batch_in_words(window: MainWindow, qtbot: QtBot) -> None:
    window.files.template("lenet5-mnist")
    window.book["run.try"].trigger()
    trial = book(window).trial
    assert trial is not None
    until(qtbot, lambda: trial.gone)
    words = trial_words(trial, window.session.analysis)
    assert "64 × 1 × 28 × 28 → 64 × 10" in words
    assert "loss 2." in words
    assert " ms" in words
    assert book(window).live is None
    assert book(window).list.entries == ()


def test_end_is_told(window: MainWindow, qtbot: QtBot) -> None:
    window.files.template("mlp-digits")
    window.book["run.train"].trigger()
    live = book(window).live
    assert live is not None
    until(qtbot, lambda: live.gone)
    assert live.status == "finished", live.failure
    until(qtbot, lambda: "finished" in window.status.currentMessage())


def test_pump_lets_one_view_draw_a_tick(window: MainWindow) -> None:
    pump = window.context.pump
    assert isinstance(pump, Pump)
    drawn: list[str] = []
    views = [QWidget(window) for _ in range(3)]

    def draws(name: str) -> Callable[[], bool]:
        return lambda: bool(drawn.append(name)) or True

    for number, view in enumerate(views):
        view.show()
        pump.add(view, draws(str(number)))
    for _ in range(3):
        pump.tick()
    assert sorted(drawn) == ["0", "1", "2"]
    pump.tick()
    assert len(drawn) == 3  # ten times a second is enough for each
    views[0].hide()


def test_pump_is_quiet_when_nothing_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    pump = window.context.pump
    assert isinstance(pump, Pump)
    runs = book(window)
    until(qtbot, lambda: not runs.active)
    pump.tick()
    timers = [t for t in pump.findChildren(QTimer) if t.isActive()]
    assert [t.interval() for t in timers] == [250]
    gate = runs.gate
    assert gate is not None
    assert not gate.busy


def test_gate_is_up_while_the_window_answers_a_hand(window: MainWindow, qtbot: QtBot) -> None:
    window.files.template("mlp-digits")
    window.book["run.train"].trigger()
    runs = book(window)
    live, gate = runs.live, runs.gate
    assert live is not None
    assert gate is not None
    until(qtbot, lambda: live.step > 2)
    seen: list[bool] = []

    def press() -> None:
        seen.append(gate.busy)  # a timer is no hand
        at = QPointF(4, 4)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, at, at, left, left, none)
        QCoreApplication.sendEvent(window.windowHandle(), move)
        seen.append(gate.busy)

    QTimer.singleShot(0, press)
    until(qtbot, lambda: seen and not gate.busy)
    assert seen == [False, True]
    stop(window, qtbot, live)
    assert not gate.busy


@pytest.mark.parametrize("answer", ["cancel", "stop"])
def test_closing_while_it_trains_asks(
    answer: str, open_window: Made, asked: object, qtbot: QtBot
) -> None:
    window = open_window()
    window.files.template("mlp-digits")
    window.book["run.train"].trigger()
    live = book(window).live
    assert live is not None
    until(qtbot, lambda: live.step > 2)
    asked.answers = [answer]  # type: ignore[attr-defined]
    assert window.running.may_stop() is (answer == "stop")
    assert len(asked.questions) == 1  # type: ignore[attr-defined]
    if answer == "stop":
        until(qtbot, lambda: live.gone)
        assert live.status == "stopped"
        return
    assert not live.over
    stop(window, qtbot, live)
