"""The window as a whole: every action does something, every panel can go and come back."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.names import new_id
from nnstudio.core.values import Choice
from nnstudio.graph.edits import AddNode, SetLoop, SetSetting
from nnstudio.graph.model import Node
from nnstudio.studio.actions import ACTIONS
from nnstudio.ui import docks
from nnstudio.ui.context import Context
from nnstudio.ui.docks import PANELS, present
from nnstudio.ui.layout_store import LayoutStore, reachable
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.overriding import override
from nnstudio.ui.top_bar import RunLook
from tests.ui.conftest import Asked, Made


class Panel(QWidget):
    """A panel for tests."""

    made = 0

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        Panel.made += 1
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.setWindowTitle("Named by itself")


@pytest.fixture
def panelled(open_window: Made, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window in which every panel is there."""
    rows = tuple(replace(row, factory=f"{__name__}:Panel") for row in PANELS)
    monkeypatch.setattr(docks, "PANELS", rows)
    Panel.made = 0
    window = open_window()
    window.files.template("mlp-digits")
    return window


def visible(window: MainWindow) -> set[str]:
    return {key for key, dock in window.docks.items() if not dock.isHidden()}


def test_every_action_is_bound(window: MainWindow) -> None:
    missing = set(window.book.unbound)
    if window.context.runs is None:
        missing -= {key for key in ACTIONS if key.startswith("run.")}
    assert missing == set()


def test_shortcuts_are_unique_on_the_real_actions(window: MainWindow) -> None:
    keys = [window.book[key].shortcut().toString() for key in ACTIONS]
    assert [k for k, count in Counter(filter(None, keys)).items() if count > 1] == []


def test_every_action_of_a_menu_is_in_the_menu_bar(window: MainWindow) -> None:
    shown = {a.objectName() for menu in window.book.menus.values() for a in menu.actions()}
    hidden = set() if window.context.runs else {k for k in ACTIONS if k.startswith("run.")}
    assert set(ACTIONS) - hidden <= shown | hidden


def test_on_the_start_page_nothing_of_a_document_can_be_done(window: MainWindow) -> None:
    for key in ("file.save", "edit.undo", "graph.add", "view.fit", "view.design"):
        assert not window.book[key].isEnabled(), key
    for key in ("file.new", "file.open", "view.palette", "help.about"):
        assert window.book[key].isEnabled(), key


def test_undo_and_redo_by_keys(window: MainWindow) -> None:
    window.files.template("mlp-digits")
    window.activateWindow()
    graph = window.view.graph
    count = len(window.session.project.graph(graph).nodes)
    window.session.do(AddNode(graph, Node(new_id(), "ReLU"), (0.0, 0.0)))
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(window.session.project.graph(graph).nodes) == count
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_Z, control)
    assert len(window.session.project.graph(graph).nodes) == count + 1


def test_the_title_says_which_file_and_whether_it_is_saved(
    window: MainWindow, tmp_path: Path
) -> None:
    window.files.template("mlp-digits")
    assert not window.isWindowModified()
    window.session.do(AddNode(window.view.graph, Node(new_id(), "ReLU"), (0.0, 0.0)))
    assert window.isWindowModified()
    window.documents.save(tmp_path / "mine.nns")
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("mine.nns")


def test_panels_are_made_when_they_are_seen(panelled: MainWindow, qtbot: QtBot) -> None:
    qtbot.wait(20)
    made = Panel.made
    seen = [d for d in panelled.docks if d.isVisible() and not d.visibleRegion().isEmpty()]
    assert 0 < made <= len(seen) < len(PANELS)
    panelled.show_panel("log")
    qtbot.wait(20)
    assert Panel.made == made + 1
    assert panelled.docks["log"].windowTitle() == "Named by itself"
    assert panelled.docks.panel("log") is panelled.docks["log"].widget()


def test_a_row_without_a_module_is_absent(
    open_window: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = replace(PANELS[0], factory="nnstudio.ui.panels.no_such_panel:Panel")
    monkeypatch.setattr(docks, "PANELS", (gone,))
    window = open_window()
    assert list(window.docks) == []
    assert window.arrangements == ("design",)
    assert present() == ()


def test_arrangements_show_their_panels_and_are_remembered(panelled: MainWindow) -> None:
    window = panelled
    assert window.arrangement == "design"
    assert "palette" in visible(window)
    window.docks["palette"].close()
    QTest.mouseClick(window.top_bar.segments["train"], Qt.MouseButton.LeftButton)
    assert window.arrangement == "train"
    assert "monitor" in visible(window)
    assert "export" not in visible(window)
    window.book["view.design"].trigger()
    assert "palette" not in visible(window), "as it was left"
    window.book["view.reset"].trigger()
    assert "palette" in visible(window)
    assert window.top_bar.segments["design"].isChecked()


def test_panels_that_only_some_loops_fill_come_and_go_with_the_loop(panelled: MainWindow) -> None:
    window = panelled
    window.show_arrangement("train")
    some = {"images", "environment"}
    assert not some & visible(window)
    window.session.do(SetLoop(Choice("gan")))
    assert some & visible(window) == {"images"}
    window.docks["images"].close()
    window.session.do(SetSetting("epochs", 3))
    assert not some & visible(window), "closed is closed, as long as the loop is the same"
    window.session.undo()
    window.session.undo()
    window.session.do(SetLoop(Choice("dqn")))
    assert some & visible(window) == {"environment"}
    window.show_arrangement("design")
    assert not some & visible(window)
    window.session.undo()
    window.show_arrangement("train")
    assert not some & visible(window), "a remembered arrangement shows none of another loop"


def test_the_layout_comes_back_in_the_next_window(
    panelled: MainWindow, open_window: Made, asked: Asked
) -> None:
    panelled.docks["inspector"].close()
    panelled.resize(1111, 777)
    panelled.close()
    window = open_window()
    assert window.store.geometry().size() == panelled.size()
    window.files.template("mlp-digits")
    assert "inspector" not in visible(window)


def test_a_closed_panel_is_brought_back_by_the_menu(panelled: MainWindow) -> None:
    dock = panelled.docks["inspector"]
    dock.close()
    action = dock.toggleViewAction()
    assert not action.isChecked()
    action.trigger()
    assert not dock.isHidden()


def test_tabs_stand_for_titles(panelled: MainWindow, qtbot: QtBot) -> None:
    qtbot.wait(20)
    assert panelled.docks["monitor"].titleBarWidget().sizeHint().height() == 0
    assert panelled.docks["palette"].titleBarWidget().sizeHint().height() > 0
    panelled.docks["monitor"].setFloating(True)
    qtbot.wait(20)
    assert panelled.docks["monitor"].titleBarWidget().sizeHint().height() > 0
    panelled.docks["monitor"].setFloating(False)


SCREEN = QRect(0, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("box", "stays"),
    [
        (QRect(100, 100, 800, 600), True),
        (QRect(1800, 100, 800, 600), True),
        (QRect(1900, 100, 800, 600), False),
        (QRect(5000, 5000, 800, 600), False),
        (QRect(-700, 100, 800, 600), True),
        (QRect(-790, 100, 800, 600), False),
        (QRect(100, -300, 800, 600), False),
        (QRect(100, 1070, 800, 600), False),
        (QRect(3000, 0, 9000, 9000), False),
    ],
)
def test_a_window_can_always_be_grasped(box: QRect, stays: bool) -> None:
    found = reachable(box, [SCREEN])
    assert (found == box) is stays
    assert stays or SCREEN.contains(found)


def test_a_second_screen_counts() -> None:
    box = QRect(2000, 10, 800, 600)
    assert reachable(box, [SCREEN, QRect(1920, 0, 1920, 1080)]) == box
    assert reachable(box, []) == box


def test_a_window_that_was_off_screen_comes_back(open_window: Made) -> None:
    store = LayoutStore()
    store.remember(QRect(90_000, 90_000, 900, 700), False, "design")
    window = open_window(complete=False)
    assert window.screen().availableGeometry().intersects(window.geometry())


@pytest.mark.parametrize(
    "text", ["", "nonsense", '{"geometry": "1,2"}', '{"geometry": 3, "state_design": "%%%"}']
)
def test_a_damaged_layout_is_as_if_there_were_none(home: Path, text: str) -> None:
    path = home / "state" / "window.json"
    path.parent.mkdir()
    path.write_text(text)
    store = LayoutStore()
    assert store.geometry() is None
    assert store.state("design") is None
    assert store.arrangement == "design"


def test_a_foreign_state_of_panels_is_passed_over(panelled: MainWindow) -> None:
    panelled.store._settings.set("state_train", "AAAA")
    panelled.book["view.train"].trigger()
    assert "monitor" in visible(panelled)


def test_the_train_button_follows_the_run(window: MainWindow) -> None:
    bar = window.top_bar
    bar.show_run(None)
    assert not bar.train.isVisible()
    bar.show_run(RunLook())
    assert bar.train.text() == "Train"
    assert bar.train.menu() is not None
    assert not bar.stop.isVisible()
    bar.show_run(RunLook("running", "epoch 7 / 20 · 00:18 left"))
    assert bar.train.text() == "Pause"
    assert bar.stop.isVisible()
    bar.show_run(RunLook("paused"))
    assert bar.train.text() == "Go on"
    bar.show_run(RunLook("stopping"))
    assert not bar.train.isEnabled()


@pytest.mark.parametrize("width", [960, 1100, 1280, 1600])
def test_nothing_in_the_top_bar_overlaps_or_is_cut(
    panelled: MainWindow, qtbot: QtBot, width: int
) -> None:
    panelled.resize(width, 720)
    bar = panelled.top_bar
    bar.show_run(RunLook("running", "epoch 7 / 20 · 00:18 left"))
    bar.show_device("CPU · 2 cores")
    bar.show_file("a-rather-long-name-of-a-project.nns", saved=False)
    qtbot.wait(20)
    assert panelled.width() == width, "its least width must fit"
    parts = [w for w in bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
             if w.isVisible()]  # fmt: skip
    boxes = sorted((w.geometry() for w in parts), key=lambda box: box.x())
    for one, other in pairwise(boxes):
        assert one.right() < other.left()
    assert boxes[-1].right() <= width
    for button in (*bar.segments.values(), bar.train, bar.device):
        assert button.width() >= button.sizeHint().width()
    assert bar.menus.width() >= bar.menus.sizeHint().width()


def test_a_dropped_panel_that_floats_off_screen_returns(panelled: MainWindow, qtbot: QtBot) -> None:
    dock: QDockWidget = panelled.docks["log"]
    dock.show()
    dock.setFloating(True)
    dock.setGeometry(QRect(QPoint(50_000, 50_000), dock.size()))
    panelled._return_now()
    assert panelled.screen().availableGeometry().intersects(dock.geometry())
    dock.setFloating(False)
    qtbot.wait(10)


def test_the_status_bar_counts(window: MainWindow) -> None:
    window.files.template("lenet5-mnist")
    assert "61.7 k parameters" in window.status._costs.text()
    assert window.status._problems.text() == "no problems"
    window.session.do(AddNode(window.view.graph, Node(new_id(), "Linear"), (0.0, 0.0)))
    assert "problem" in window.status._problems.text()


def test_the_tab_of_problems_counts_before_anybody_looked_there(window: MainWindow) -> None:
    window.files.template("lenet5-mnist")
    dock = window.docks["problems"]
    assert dock.windowTitle() == "Problems"
    window.session.do(AddNode(window.view.graph, Node(new_id(), "Linear"), (0.0, 0.0)))
    assert dock.windowTitle() == "Problems 2"
    window.session.undo()
    assert dock.windowTitle() == "Problems"


def test_what_was_said_of_one_document_is_not_said_of_the_next(window: MainWindow) -> None:
    window.files.template("lenet5-mnist")
    window.status.tell("The run is finished.")
    assert window.status.currentMessage()
    window.files.template("moons")
    assert not window.status.currentMessage()


def test_no_panel_is_a_window_of_its_own_for_a_moment(
    open_window: Made, qapp: QApplication, qtbot: QtBot
) -> None:
    """A part without a parent that is shown flashes up on the desk and takes the keyboard."""

    class Watch(QObject):
        seen: ClassVar[list[str]] = []

        @override
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
            if shown and watched.isWindow() and not isinstance(watched, MainWindow):
                self.seen.append(type(watched).__name__)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    window = open_window()
    window.files.template("mlp-digits")
    for name in window.arrangements:
        window.show_arrangement(name)
        qtbot.wait(20)
    qapp.removeEventFilter(watch)
    assert watch.seen == []
