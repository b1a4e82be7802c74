"""Files as the user meets them: questions before a loss, sentences when the disk refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNode
from nnstudio.graph.model import Node
from nnstudio.project import store
from nnstudio.studio import templates
from nnstudio.ui.main_window import MainWindow
from tests.ui.conftest import Asked, Made


@pytest.fixture
def edited(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.files.template("mlp-digits")
    edit(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def edit(window: MainWindow) -> None:
    window.session.do(AddNode(window.view.graph, Node(new_id(), "ReLU"), (0.0, 0.0)))


def choose(window: MainWindow, path: Path | None) -> None:
    window.files._choose_save = lambda: path
    window.files._choose_open = lambda: path


def drop(window: MainWindow, qtbot: QtBot, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(40, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    qtbot.wait(10)


def test_save_by_key_asks_for_a_name_the_first_time(edited: MainWindow, tmp_path: Path) -> None:
    choose(edited, tmp_path / "a.nns")
    QTest.keyClick(edited, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert edited.session.path == tmp_path / "a.nns"
    choose(edited, None)
    edit(edited)
    QTest.keyClick(edited, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert edited.session.is_saved
    assert store.load(tmp_path / "a.nns") == edited.session.project


def test_a_cancelled_dialog_changes_nothing(edited: MainWindow) -> None:
    choose(edited, None)
    assert not edited.files.save()
    assert not edited.files.open()
    assert not edited.session.is_saved


@pytest.mark.parametrize(("answer", "closes"), [("discard", True), ("cancel", False)])
def test_closing_with_unsaved_changes_asks(
    edited: MainWindow, asked: Asked, answer: str, closes: bool
) -> None:
    asked.answers = [answer]
    assert edited.close() is closes
    assert len(asked.questions) == 1
    assert "not saved" in asked.questions[0]


def test_closing_can_save_first(edited: MainWindow, asked: Asked, tmp_path: Path) -> None:
    choose(edited, tmp_path / "a.nns")
    asked.answers = ["save"]
    assert edited.close()
    assert (tmp_path / "a.nns").is_file()


def test_a_save_that_fails_keeps_the_window_open(
    edited: MainWindow, asked: Asked, tmp_path: Path
) -> None:
    choose(edited, tmp_path / "no" / "folder" / "a.nns")
    asked.answers = ["save"]
    assert not edited.close()
    assert "cannot be written" in asked.told[0]
    assert not edited.session.is_saved


def test_another_document_asks_too(edited: MainWindow, asked: Asked) -> None:
    before = edited.session.project
    asked.answers = ["cancel"]
    assert not edited.files.template("lenet5-mnist")
    assert edited.session.project is before
    asked.answers = ["discard"]
    assert edited.files.template("lenet5-mnist")


def test_a_saved_document_asks_nothing(window: MainWindow, asked: Asked) -> None:
    window.files.template("mlp-digits")
    window.files.template("lenet5-mnist")
    assert asked.questions == []


def test_a_dropped_project_opens(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "网络 <b>.nns"
    store.save(templates.load("lenet5-mnist").project, path)
    drop(window, qtbot, path)
    assert window.session.path == path
    assert window.arrangement == "design"


def test_foreign_files_are_told_in_a_sentence(
    window: MainWindow, qtbot: QtBot, asked: Asked, tmp_path: Path
) -> None:
    picture, fake = tmp_path / "cat.png", tmp_path / "fake.nns"
    picture.write_bytes(b"\x89PNG")
    fake.write_text("{}")
    drop(window, qtbot, picture)
    drop(window, qtbot, fake)
    drop(window, qtbot, picture, fake)
    drop(window, qtbot, tmp_path / "gone.nns")
    assert len(asked.told) == 4
    assert "cat.png is no NNStudio project" in asked.told[0]
    assert "no NNStudio project" in asked.told[1]
    assert "one project" in asked.told[2]
    assert "cannot be read" in asked.told[3]
    assert window.start_page.isVisible()


def test_a_change_from_outside_is_asked_about(
    window: MainWindow, asked: Asked, tmp_path: Path
) -> None:
    path = tmp_path / "a.nns"
    window.files.template("mlp-digits")
    window.documents.save(path)
    other = templates.load("lenet5-mnist").project
    store.save(other, path)
    asked.answers = ["keep"]
    window.files.look_outside()
    window.files.look_outside()
    assert len(asked.questions) == 1, "it was said"
    assert window.session.project != other
    store.save(templates.load("resnet-mnist").project, path)
    asked.answers = ["reload"]
    assert not window.files.save(), "saving never writes over it unasked"
    assert window.session.project.name == "Residual network"


def test_the_second_window_on_a_file_reads_only(
    open_window: Made, asked: Asked, tmp_path: Path
) -> None:
    path = tmp_path / "a.nns"
    first = open_window()
    first.files.template("mlp-digits")
    first.documents.save(path)
    second = open_window(path)
    assert second.session.read_only
    assert "Another window" in second.banner.text
    assert first.banner.text == ""
    edit(second)
    choose(second, path)
    assert not second.files.save()
    assert "another window has" in asked.told[0]
    choose(second, tmp_path / "b.nns")
    assert second.files.save()
    assert second.banner.text == ""


def test_a_refusing_journal_is_told_in_the_status_bar(edited: MainWindow) -> None:
    edited.tell_trouble(OSError("disk full"))
    assert "disk full" in edited.status.currentMessage()


def test_recent_files_stand_in_the_menu(edited: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "a & b.nns"
    edited.documents.save(path)
    edited.recent.aboutToShow.emit()
    (action,) = edited.recent.actions()
    assert action.text() == "a && b.nns"
    edited.files.template("lenet5-mnist")
    action.trigger()
    assert edited.session.path == path


def test_the_command_opens_a_file_and_says_so_without_a_display(tmp_path: Path) -> None:
    environment = {"PATH": "", "NNSTUDIO_HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "nnstudio", "open"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "no display" in done.stderr
