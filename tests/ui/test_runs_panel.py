"""The table of runs: compared, laid over, continued, put aside and brought back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from nnstudio.graph.edits import SetSetting
from nnstudio.ui import messages
from nnstudio.ui.panels.monitor import MonitorPanel
from nnstudio.ui.panels.runs import RunsPanel
from nnstudio.ui.run_table import explained
from nnstudio.ui.theme import Theme
from tests.studio.documents import iris
from tests.ui.training import Stage

pytestmark = pytest.mark.gui


@pytest.fixture
def stage(tmp_path: Path, theme: Theme) -> Iterator[Stage]:
    made = Stage(iris(), tmp_path, theme)
    yield made
    made.close()


@pytest.fixture
def panel(stage: Stage, qtbot: QtBot) -> RunsPanel:
    made = RunsPanel(stage.context)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    return made


def train(stage: Stage, qtbot: QtBot, lr: float) -> None:
    stage.session.do(SetSetting("optimizer.lr", lr))
    stage.finish(qtbot, stage.runs.start())


def cells(panel: RunsPanel, row: int) -> list[str]:
    table = panel.table
    assert table is not None
    return [str(table.index(row, column).data() or "") for column in range(table.columnCount())]


def select(panel: RunsPanel, row: int) -> None:
    assert panel.table is not None
    flags = QItemSelectionModel.SelectionFlag
    index = panel.table.index(row, 0)
    panel.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


def test_an_empty_list_says_what_it_is_for(panel: RunsPanel) -> None:
    assert panel._pages.currentIndex() == 0
    assert "No runs yet" in panel._empty.title.text()


def test_runs_are_compared(panel: RunsPanel, stage: Stage, qtbot: QtBot) -> None:
    train(stage, qtbot, 0.5)
    train(stage, qtbot, 0.25)
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 2")
    assert panel.table is not None
    rows = [cells(panel, row) for row in range(2)]
    assert sorted(row[2] for row in rows) == ["lr 0.25", "lr 0.5"]
    assert [row[1] for row in rows] == ["finished", "finished"]
    assert all("loss" in row[3] for row in rows)
    assert all(row[4] == "3" for row in rows)
    entry = panel.table.entry(0)
    assert entry is not None
    assert "parameters" in explained(entry)
    for column in range(panel.table.columnCount()):
        panel.view.sortByColumn(column, Qt.SortOrder.AscendingOrder)
    sizes = [panel.table.entry(n).size for n in range(2)]  # type: ignore[union-attr]
    assert sizes == sorted(sizes)


def test_a_check_mark_lays_curves_over(panel: RunsPanel, stage: Stage, qtbot: QtBot) -> None:
    train(stage, qtbot, 0.5)
    train(stage, qtbot, 0.25)
    monitor = MonitorPanel(stage.context)
    qtbot.addWidget(monitor)
    monitor.resize(1000, 300)
    monitor.show()
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 2" and "loss" in monitor.plots)
    assert panel.table is not None
    ids = {entry.id for entry in stage.runs.list.entries}
    live = stage.runs.live
    assert live is not None
    assert live.folder is not None
    (other,) = ids - {live.folder.name}
    row = panel.table.row(other)
    index = panel.table.index(row, 0)
    assert panel.table.setData(index, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert stage.runs.list.plotted == (other,)
    stage.until(qtbot, lambda: len(monitor.plots["loss"].curves) == 4)
    runs = {curve.run for curve in monitor.plots["loss"].curves}
    assert runs == ids
    colors = {(curve.run, curve.color) for curve in monitor.plots["loss"].curves}
    assert len({color for _, color in colors}) == 4
    panel.table.setData(index, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    stage.until(qtbot, lambda: len(monitor.plots["loss"].curves) == 2)


def test_delete_by_key_and_restore(panel: RunsPanel, stage: Stage, qtbot: QtBot) -> None:
    train(stage, qtbot, 0.5)
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 1")
    select(panel, 0)
    assert panel._delete.isEnabled()
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    stage.until(qtbot, lambda: stage.runs.list.trash and panel._pages.currentIndex() == 0)
    assert panel._empty_trash_button.text() == "Deleted 1…"
    panel._bring_back(stage.runs.list.trash[0])
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 1")


def test_nothing_is_lost_before_the_user_says_so(
    panel: RunsPanel, stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(stage, qtbot, 0.5)
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 1")
    select(panel, 0)
    panel.delete()
    stage.until(qtbot, lambda: stage.runs.list.trash)
    monkeypatch.setattr(messages, "ask", lambda *args: "keep")
    panel.empty_trash()
    assert stage.runs.list.trash[0].folder.exists()
    monkeypatch.setattr(messages, "ask", lambda *args: "delete")
    panel.empty_trash()
    stage.until(qtbot, lambda: not stage.runs.list.trash)


def test_continue_takes_the_selected_run(panel: RunsPanel, stage: Stage, qtbot: QtBot) -> None:
    train(stage, qtbot, 0.5)
    train(stage, qtbot, 0.25)
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 2")
    select(panel, 1)
    chosen = stage.runs.list.selected
    assert stage.runs.list.chosen is not None
    assert stage.runs.list.chosen.id == chosen
    stage.session.do(SetSetting("epochs", 100_000))  # it is to be seen while it goes on
    panel.go_on()
    live = stage.runs.live
    assert live is not None
    stage.until(qtbot, lambda: live.notes)
    assert chosen in live.notes[0]
    stage.until(qtbot, lambda: not panel._continue.isEnabled())
    stage.runs.stop()
    stage.finish(qtbot, live)


def test_export_of_a_run(panel: RunsPanel, stage: Stage, qtbot: QtBot, tmp_path: Path) -> None:
    train(stage, qtbot, 0.5)
    stage.until(qtbot, lambda: panel.windowTitle() == "Runs 1")
    select(panel, 0)
    panel.export_to(tmp_path / "out")
    assert not stage.refused
    assert (tmp_path / "out" / "model.py").exists()
    assert list((tmp_path / "out" / "checkpoints").glob("step-*"))
