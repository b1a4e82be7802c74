"""Training from the window: the button, the questions, the one timer."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.names import new_id
from nnstudio.core.problems import Problem
from nnstudio.core.values import Choice
from nnstudio.graph.edits import AddNode, SetLoop, SetSetting
from nnstudio.graph.model import Node
from nnstudio.studio.live import Live
from nnstudio.ui import run_controls
from nnstudio.ui.main_window import MainWindow
from tests.ui.conftest import Asked


@pytest.fixture
def trainable(window: MainWindow) -> MainWindow:
    window.files.template("mlp-digits")
    window.session.do(SetSetting("epochs", 400))
    window.session.mark_saved(window.session.path or window.documents.recent.path)
    return window


def until(window: MainWindow, qtbot: QtBot, status: str) -> None:
    live = window.running.runs.live
    qtbot.waitUntil(lambda: live.status == status, timeout=60_000)
    window.context.pump.tick()


def press(window: MainWindow) -> None:
    QTest.mouseClick(window.top_bar.train, Qt.MouseButton.LeftButton, pos=QPoint(24, 12))


def test_train_pause_go_on_and_stop(trainable: MainWindow, qtbot: QtBot, asked: Asked) -> None:
    window, bar = trainable, trainable.top_bar
    press(window)
    assert bar.train.text() == "Pause"
    assert not window.book["run.train"].isEnabled()
    until(window, qtbot, "running")
    qtbot.waitUntil(lambda: "epoch" in bar._words.text(), timeout=30_000)
    assert not window.status._differs.isVisible()
    window.session.do(AddNode(window.view.graph, Node(new_id(), "ReLU"), (0.0, 0.0)))
    assert window.status._differs.isVisible()
    window.session.undo()
    assert not window.status._differs.isVisible()
    press(window)
    until(window, qtbot, "paused")
    assert bar.train.text() == "Go on"
    press(window)
    until(window, qtbot, "running")
    QTest.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    until(window, qtbot, "stopped")
    assert bar.train.text() == "Train"
    assert "stopped" in bar._words.text()
    qtbot.waitUntil(lambda: window.running.runs.list.chosen is not None, timeout=10_000)
    window.running.refresh()
    assert window.book["run.continue"].isEnabled()
    assert asked.told == []
    assert any("stopped" in line.text for line in window.context.log.lines)


def test_closing_while_training_asks(trainable: MainWindow, qtbot: QtBot, asked: Asked) -> None:
    press(trainable)
    until(trainable, qtbot, "running")
    asked.answers = ["cancel"]
    assert not trainable.close()
    assert not trainable.running.runs.live.over
    asked.answers = ["stop"]
    assert trainable.close()
    assert trainable.running.runs.live.over
    assert len(asked.questions) == 2


def test_one_batch_on_trial(trainable: MainWindow, qtbot: QtBot) -> None:
    trainable.book["run.try"].trigger()
    qtbot.waitUntil(lambda: "went through" in trainable.status.currentMessage(), timeout=60_000)
    assert trainable.running.runs.live is None


def test_a_network_with_problems_is_not_started(window: MainWindow, asked: Asked) -> None:
    window.files.template("mlp-digits")
    node = Node(new_id(), "NoSuchLayer")
    window.session.do(AddNode(window.view.graph, node, (0.0, 0.0)))
    window.book["run.train"].trigger()
    assert window.running.runs.live is None
    assert "cannot be trained yet" in window.status.currentMessage()
    assert window.view.selection == (node.id,)


def test_without_a_loop_the_button_says_what_is_missing(window: MainWindow, asked: Asked) -> None:
    window.files.template("vae-mnist")
    button = window.top_bar.train
    assert "no training loop is chosen" in button.toolTip()
    press(window)
    assert window.running.runs.live is None
    assert "no training loop is chosen" in window.status.currentMessage()
    assert window.book["run.train"].isEnabled()
    window.session.do(SetLoop(Choice("gan")))
    assert "no training loop" not in button.toolTip()
    assert "generator_optimizer" in button.toolTip()  # what the GAN's loop asks for first
    asked.answers = ["discard"]
    window.files.template("mlp-digits")
    assert "cannot be trained" not in button.toolTip()


def test_devices_are_offered_with_their_reasons(window: MainWindow) -> None:
    class Device:
        def __init__(self, name: str, title: str, memory: int | None, reason: str) -> None:
            self.name, self.title, self.memory, self.reason = name, title, memory, reason

    window.files.template("mlp-digits")
    window.devices._take(
        (Device("cpu", "CPU, 2 cores", 2**33, ""), Device("cuda", "NVIDIA GPU", None, "no driver")),
        "",
    )
    auto, cpu, gpu = window.top_bar.device.menu().actions()
    assert auto.isChecked()
    assert "8 GiB" in cpu.text()
    assert gpu.text() == "NVIDIA GPU: no driver"
    assert not gpu.isEnabled()
    cpu.trigger()
    assert window.settings.get("device") == "cpu"
    assert window.top_bar.device.text() == "CPU · 2 cores"


def test_an_ended_run_is_told_in_a_sentence(window: MainWindow) -> None:
    live = Live(window.session.project)
    live.fail(Problem("document.no_file"))
    assert run_controls.result(live).startswith("The run failed: ")
    assert run_controls.ended_words(live) == "failed"
