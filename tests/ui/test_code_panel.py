"""Code, problems, history and log: each follows the document, and leads back to it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from nnstudio.compiler.source import code
from nnstudio.core.values import Args
from nnstudio.graph.edits import RemoveNodes, Rename, ResetArg, SetArgs
from nnstudio.graph.model import Project
from nnstudio.ui.panels.code import CodePanel
from nnstudio.ui.panels.history import HistoryPanel
from nnstudio.ui.panels.log import LogPanel
from nnstudio.ui.panels.problems import ProblemsPanel
from nnstudio.ui.problem_card import RepairButton
from nnstudio.ui.theme import Theme
from tests.ui.staged import Stage, stage, texts


@pytest.fixture
def here(theme: Theme) -> Stage:
    return stage("lenet5-mnist", theme)


@pytest.fixture
def panel(qtbot: QtBot, here: Stage) -> CodePanel:
    made = CodePanel(here)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


def line_of(panel: CodePanel, text: str) -> int:
    lines = panel.view.source.text.split("\n")
    return next(n for n, line in enumerate(lines) if text in line)


def spot(panel: CodePanel, text: str) -> QPoint:
    view = panel.view
    block = view.document().findBlockByNumber(line_of(panel, text))
    box = view.blockBoundingGeometry(block).translated(view.contentOffset())
    return QPoint(60, int(box.center().y()))


def shows(panel: CodePanel, here: Stage) -> bool:
    return panel.view.toPlainText() == code(here.session.analysis).model.text


def test_code_is_live(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    assert shows(panel, here)
    node = here.node("conv2").id
    here.session.do(SetArgs(here.view.graph, node, Args(out_channels=24)))
    qtbot.waitUntil(lambda: shows(panel, here))
    assert "nn.Conv2d(6, 24, 5)" in panel.view.toPlainText()
    here.session.undo()
    qtbot.waitUntil(lambda: shows(panel, here))
    for name in ("<b>", "second one", "fc9"):
        here.session.do(Rename(here.view.graph, node, name))
        qtbot.waitUntil(lambda: shows(panel, here))


def test_only_what_differs_is_written_anew(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    removed: list[int] = []
    panel.view.document().contentsChange.connect(lambda _, gone, come: removed.append(gone))
    here.session.do(SetArgs(here.view.graph, here.node("fc2").id, Args(out_features=85)))
    qtbot.waitUntil(lambda: shows(panel, here))
    assert 0 < sum(removed) < len(panel.view.toPlainText()) / 2


def test_line_to_node(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    hovered: list[str] = []
    here.view.hovered_changed.connect(hovered.append)
    viewport = panel.view.viewport()
    qtbot.mouseMove(viewport, spot(panel, "self.conv2 ="))
    node = here.node("conv2").id
    qtbot.waitUntil(lambda: here.view.hovered == f"{here.view.graph}/{node}")
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot(panel, "self.conv2 ="))
    assert here.view.selection == (node,)
    panel.hide()
    assert here.view.hovered == ""
    assert hovered


def test_node_to_line(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    here.select("fc1")
    marked = {one.cursor.blockNumber() for one in panel.view.extraSelections()}
    assert line_of(panel, "self.fc1 =") in marked
    here.view.select([])
    assert panel.view.extraSelections() == []
    here.view.hover(f"{here.view.graph}/{here.node('conv1').id}")
    marked = {one.cursor.blockNumber() for one in panel.view.extraSelections()}
    assert line_of(panel, "self.conv1 =") in marked


def test_train_file(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    panel.tabs.setCurrentIndex(1)
    assert panel.view.toPlainText() == code(here.session.analysis).train.text
    assert panel.view.isReadOnly()
    qtbot.keyClicks(panel.view, "x")
    assert panel.view.toPlainText() == code(here.session.analysis).train.text


def test_find(qtbot: QtBot, panel: CodePanel) -> None:
    qtbot.waitUntil(lambda: panel.isActiveWindow() or panel.activateWindow() is not None)
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(panel.search.hasFocus)
    qtbot.keyClicks(panel.search, "maxpool")
    assert panel.found.text() == "2 found"
    assert panel.view.textCursor().selectedText() == "MaxPool"
    first = panel.view.textCursor().position()
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.view.textCursor().position() > first
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)  # around the end
    assert panel.view.textCursor().position() == first
    qtbot.keyClicks(panel.search, "zzz")
    assert panel.found.text() == "not found"


def test_copy(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == code(here.session.analysis).model.text


def test_problems_instead_of_stale_code(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    graph, node = here.view.graph, here.node("fc1").id
    here.session.do(SetArgs(graph, node, Args(in_features=512)))
    qtbot.waitUntil(lambda: not panel.view.isVisible())
    assert "Linear expects 512 features" in " ".join(texts(panel.problems))
    assert not panel.copy.isEnabled()
    here.session.do(ResetArg(graph, node, "in_features"))
    qtbot.waitUntil(panel.view.isVisible)


def test_empty_project_says_what_to_do(qtbot: QtBot, theme: Theme) -> None:
    made = CodePanel(stage(Project(), theme))
    qtbot.addWidget(made)
    made.show()
    assert "Add layers" in " ".join(texts(made))


def test_hidden_panel_writes_nothing(qtbot: QtBot, panel: CodePanel, here: Stage) -> None:
    panel.hide()
    old = panel.view.toPlainText()
    here.session.do(SetArgs(here.view.graph, here.node("fc2").id, Args(out_features=85)))
    qtbot.wait(panel.DELAY + 50)
    assert panel.view.toPlainText() == old
    panel.show()
    assert shows(panel, here)


def test_problems_panel(qtbot: QtBot, here: Stage) -> None:
    panel = ProblemsPanel(here)
    qtbot.addWidget(panel)
    panel.resize(700, 300)
    panel.show()
    assert panel.windowTitle() == "Problems"
    assert "Nothing is wrong." in texts(panel)
    graph = here.view.graph
    here.session.do(SetArgs(graph, here.node("fc1").id, Args(in_features=512)))
    qtbot.waitUntil(lambda: len(panel.list.cards) == 1)
    assert panel.windowTitle() == "Problems 1"
    card = panel.list.cards[0]
    assert "fc1 in LeNet5" in texts(card)
    revealed: list[str] = []
    here.view.revealed.connect(lambda _, node: revealed.append(node))
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(100, 8))
    assert revealed == [here.node("fc1").id] * 2
    here.session.do(Rename(graph, here.node("conv1").id, "stem"))
    qtbot.wait(10)
    assert panel.list.cards[0] is card  # what stays is not made anew
    steps = here.session.step
    button = next(one for one in card.findChildren(RepairButton) if "Insert" in one.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert here.session.step == steps + 1
    assert here.session.analysis.ok
    qtbot.waitUntil(lambda: panel.windowTitle() == "Problems")
    inserted = set(here.session.project.graph(graph).nodes) & set(
        here.session.project.layout.get(graph, {})
    )
    assert len(inserted) == len(here.session.project.graph(graph).nodes)  # it has a place


def test_history_panel(qtbot: QtBot, here: Stage) -> None:
    panel = HistoryPanel(here)
    qtbot.addWidget(panel)
    panel.resize(240, 300)
    panel.show()
    assert panel.hint.isVisible()
    graph = here.view.graph
    first = here.session.project
    here.session.do(SetArgs(graph, here.node("conv1").id, Args(out_channels=7)))
    here.session.do(RemoveNodes(graph, (here.node("ReLU").id,)))
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    assert panel.model.index(1).data().endswith("Set out_channels")
    assert panel.model.index(2).data().startswith("▸")
    box = panel.list.visualRect(panel.model.index(0))
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert here.session.project is first
    qtbot.waitUntil(lambda: panel.model.index(0).data().startswith("▸"))
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert here.session.step == 1


def test_log_panel(qtbot: QtBot, here: Stage) -> None:
    panel = LogPanel(here)
    qtbot.addWidget(panel)
    panel.resize(500, 200)
    panel.show()
    assert "Nothing has happened yet." in texts(panel)
    here.log.write("started", source="run 1")
    here.log.write("NaN in conv1 <b>", "error", "run 1")
    qtbot.waitUntil(lambda: panel.filter.rowCount() == 2)
    panel.level.setCurrentIndex(2)
    assert panel.filter.rowCount() == 1
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().endswith("run 1: NaN in conv1 <b>")
    panel.level.setCurrentIndex(0)
    qtbot.keyClicks(panel.search, "start")
    assert panel.filter.rowCount() == 1
    qtbot.mouseClick(panel.wipe, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0)
