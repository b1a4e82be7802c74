"""Export: the files are seen before, written, proven, and errors are said in words."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from nnstudio.core.values import Args, Choice
from nnstudio.exchange.python_folder import export
from nnstudio.exchange.verify import Proof
from nnstudio.graph.edits import SetArgs
from nnstudio.graph.model import Data
from nnstudio.studio import exporting
from nnstudio.ui.panels.export import ExportPanel
from nnstudio.ui.theme import Theme
from tests.builder import GraphBuilder, project
from tests.ui.staged import Stage, retype, stage, texts


@pytest.fixture
def here(theme: Theme) -> Stage:
    return stage("mlp-digits", theme)


@pytest.fixture
def panel(qtbot: QtBot, here: Stage) -> ExportPanel:
    made = ExportPanel(here)
    qtbot.addWidget(made)
    made.resize(420, 800)
    made.show()
    qtbot.waitUntil(lambda: made.tree.topLevelItemCount() > 0)
    return made


def click(qtbot: QtBot, panel: ExportPanel, button: str) -> None:
    qtbot.mouseClick(getattr(panel, button), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel._work.busy, timeout=60_000)


def test_files_are_seen_before(qtbot: QtBot, panel: ExportPanel) -> None:
    items = [panel.tree.topLevelItem(n).text(0) for n in range(panel.tree.topLevelItemCount())]
    assert items[:4] == ["model.py", "train.py", "README.md", "requirements.txt"]
    assert items[4:] == ["kit/", "files/"]
    assert "class" in panel.text.toPlainText()
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    assert "def main" in panel.text.toPlainText()


def test_export_writes_what_was_shown(
    qtbot: QtBot, panel: ExportPanel, here: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "taken home"
    retype(qtbot, panel.target, str(target))
    click(qtbot, panel, "export")
    assert "Written to" in panel.result.text()
    shown = exporting.contents(here.session.project, None).texts
    assert {name: (target / name).read_text("utf-8") for name in shown} == dict(shown)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    qtbot.mouseClick(panel.open, Qt.MouseButton.LeftButton)
    assert opened == [str(target)]
    assert here.log.lines[-1].source == "export"


def test_something_else_in_the_way_is_said_in_words(
    qtbot: QtBot, panel: ExportPanel, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    retype(qtbot, panel.target, str(tmp_path))
    click(qtbot, panel, "export")
    assert panel.result.property("kind") == "bad"
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert panel.export.isEnabled()


def test_proof_in_words(qtbot: QtBot, panel: ExportPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs = [
        Proof(True, 9, 10, 2.3, 4.0),
        Proof(False, 9, 10, math.nan, 4.0, "g/n", "the output", 0.5),
    ]
    monkeypatch.setattr(exporting, "prove", lambda *_: proofs.pop(0))
    click(qtbot, panel, "prove")
    assert panel.result.text().startswith("✓ 9 outputs and 10 tensors")
    assert panel.result.property("kind") == "good"
    click(qtbot, panel, "prove")
    assert panel.result.text().startswith("✗ The output differs at g/n (by 0.5)")
    assert panel.result.property("kind") == "bad"


def test_project_with_errors(qtbot: QtBot, panel: ExportPanel, here: Stage) -> None:
    node = next(n for n in here.session.project.graph(here.view.graph).nodes.values()
                if n.layer == "Linear")  # fmt: skip
    here.session.do(SetArgs(here.view.graph, node.id, Args(in_features=5)))
    qtbot.waitUntil(lambda: not panel.export.isEnabled())
    assert "expects 5 features" in " ".join(texts(panel.problems))
    here.session.undo()
    qtbot.waitUntil(panel.export.isEnabled)
    assert panel.tree.isVisible()


@pytest.mark.slow
def test_real_proof(qtbot: QtBot, panel: ExportPanel) -> None:
    click(qtbot, panel, "prove")
    assert panel.result.property("kind") == "good", panel.result.text()


def test_own_file_comes_along(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},{n % 7},{'ab'[n % 2]}" for n in range(30))
    (tmp_path / "my own.csv").write_text(f"x,y,kind\n{rows}\n")
    net = GraphBuilder("Table net")
    net.output(net("Linear", net.input("N", 2), out_features=2))
    reader = Choice("table", Args(path="my own.csv"))
    data = Data(reader, "classification", ((2,),), (), ("a", "b"))
    loop = Choice("supervised", Args(loss=Choice("CrossEntropyLoss"), optimizer=Choice("Adam")))
    made = project(net, data=data, loop=loop)
    found = exporting.contents(made, tmp_path)
    assert list(found.sizes) == ["files/my own.csv"]
    assert 'FILES / "my own.csv"' in found.texts["train.py"]
    target = export(made, tmp_path / "out", tmp_path)
    command = [sys.executable, "train.py", "--steps", "2", "--device", "cpu"]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
