"""A layer written in the window: used, trained, taken home, and run where NNStudio cannot be found.

And the same from a stranger's hand: whatever is done with the file, its code does not run unasked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio import build, check, source
from nnstudio.core.problems import ProjectError
from nnstudio.engine import folder as run_folder
from nnstudio.exchange.python_folder import export
from nnstudio.exchange.verify import verify
from nnstudio.graph.edits import PasteNodes
from nnstudio.graph.model import CustomLayer, Project
from nnstudio.project import store
from nnstudio.project.trust import Trust
from nnstudio.studio import clipboard
from nnstudio.studio.own_layer import custom
from nnstudio.studio.own_layer.trust import OwnLayers
from nnstudio.ui.main_window import MainWindow
from tests.exchange.projects import digits
from tests.stories.attacking import Cli
from tests.ui.conftest import asked, dressed, nothing_on_screen, open_window, swept_here, window

__all__ = ["asked", "dressed", "nothing_on_screen", "open_window", "swept_here", "window"]

GATE = '''"""A layer of my own."""

import torch
from torch import Tensor, nn


class Gate(nn.Module):
    """Lets a learned part of every feature through.

    Args:
        features: Size of the last dim; it follows from the input.
        open: How far it is open at first (-4 to 4).
    """

    def __init__(self, features: int, open: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.full((features,), open))

    def forward(self, x: Tensor) -> Tensor:  # x: (*S, features)
        return x * torch.sigmoid(self.weight)
'''
PATIENCE = 120_000


@pytest.mark.gui
@pytest.mark.timeout(600)
def test_written_used_trained_exported_and_run_outside(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.files.template("mlp-digits")
    window.book["graph.new_layer"].trigger()
    (editor,) = window.desk.editors.values()
    editor.code.selectAll()
    editor.code.textCursor().insertText(GATE)
    editor.code.settle()
    assert editor.layer.name == "Gate"
    graph = window.session.project.graph(window.view.graph)
    linear = next(node for node in graph.nodes.values() if node.layer == "Linear")
    window.view.select([linear.id])
    for _ in range(2):  # one text, used twice
        QTest.mouseClick(editor.side.add, Qt.MouseButton.LeftButton)
    node = window.session.project.graph(graph.id).nodes[window.view.selection[0]]
    assert window.session.analysis.ok, window.session.problems
    assert not window.session.problems
    text = source(window.session.project)
    assert "from custom import Gate\n" in text
    width = window.session.analysis.node(f"{graph.id}/{node.id}").args["features"]
    assert f"Gate({width})" in text
    window.documents.save(tmp_path / "gate.nns")
    window.settings.set("device", "cpu")
    window.book["run.train"].trigger()
    runs = window.running.runs
    qtbot.waitUntil(lambda: runs.live is not None and runs.live.step > 2, timeout=PATIENCE)
    window.book["run.stop"].trigger()
    qtbot.waitUntil(lambda: runs.live.gone and not runs.active, timeout=PATIENCE)
    assert runs.live.failure is None
    first = runs.live.folder
    window.book["run.continue"].trigger()  # the very same run goes on from its checkpoint
    steps = runs.live.step
    qtbot.waitUntil(lambda: runs.live.step > steps + 2, timeout=PATIENCE)
    window.book["run.stop"].trigger()
    qtbot.waitUntil(lambda: runs.live.gone and not runs.active, timeout=PATIENCE)
    assert (runs.live.failure, runs.live.folder) == (None, first)
    taken_home(window.session.project, runs.live.folder, tmp_path)


def taken_home(document: Project, run: Path, room: Path) -> None:
    home = export(document, room / "home", room, run=run)
    assert (home / "custom.py").read_text() == GATE
    prepared = run_folder.reopen(run)
    assert "--resume" in prepared.argv
    done = run_alone(home, "--steps", "3", "--json", "--threads", "1", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["event"] in ("finished", "stopped")


@pytest.mark.slow
def test_the_proof_holds_with_an_own_layer(tmp_path: Path) -> None:
    mine = custom.rewritten(CustomLayer("c1", "Gate", "", custom.SIGNATURE), source=GATE)
    document = replace(digits("x"), custom={"c1": mine})
    home = export(document, tmp_path / "home")
    Trust().trust_layer(GATE)
    proof = verify(document, home)
    assert proof.equal
    assert proof.weights > 0


def run_alone(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run an export in a process in which NNStudio cannot be imported."""
    block = home.parent / "absent"
    block.mkdir()
    (block / "nnstudio.py").write_text("raise ImportError('out of reach')\n")
    environment = {**os.environ, "PYTHONPATH": str(block)}
    return subprocess.run(
        [sys.executable, "train.py", *words], cwd=home, env=environment, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip


# ------------------------------------------------------------------------------- a stranger's hand


@pytest.fixture
def marker(tmp_path: Path) -> Iterator[Path]:
    """What hostile code would write; it must not be there in the end."""
    path = tmp_path / "marker"
    yield path
    assert not path.exists()


def foreign(marker: Path) -> Project:
    """A sound project whose own layer would leave the marker however it is touched."""
    run = f"open({str(marker)!r}, 'w').close()"
    text = (
        f"import torch\nfrom torch import nn\n\n{run}\n\n\n"
        f"class Bend(nn.Module):\n    {run}\n\n"
        f"    def __init__(self, start: float = 1.0, mode: str = ({run}, 'x')[1]):\n"
        f"        super().__init__()\n        {run}\n\n"
        f"    def forward(self, x: ({run})):\n        {run}\n        return x\n\n\n"
        f"@(lambda made: ({run}, made)[1])\ndef helper(): ...\n"
    )
    layer = CustomLayer("c1", "Bend", text, "*S -> *S")
    return replace(digits("x"), custom={"c1": layer})


def test_a_foreign_layer_is_read_and_never_run(marker: Path, tmp_path: Path, cli: Cli) -> None:
    """Every way in which a file is used ends in a sentence, and the code stays text."""
    document = foreign(marker)
    file = tmp_path / "foreign.nns"
    store.save(document, file)
    assert check(document)
    assert "from custom import Bend" in source(document)
    custom.look(custom.rewritten(document.custom["c1"], source=document.custom["c1"].source))
    assert cli("check", file, "--json").last["ok"]
    home = tmp_path / "home"
    assert cli("export", file, "--to", "python", "-o", home).code == 0
    assert (home / "custom.py").read_text() == document.custom["c1"].source
    for words in (
        ["train", file, "--steps", "1"],
        ["train", file, "--steps", "1", "--in", "process"],
        ["export", file, "--to", "python", "-o", tmp_path / "other", "--verify"],
    ):
        answer = cli(*words)
        assert answer.code == 1, answer
        assert "not trusted" in answer.err
    with pytest.raises(ProjectError, match="not trusted"):
        build(document)
    with pytest.raises(ProjectError, match="not trusted"):
        verify(document, home)


def test_pasting_brings_a_layer_as_text(marker: Path) -> None:
    document = foreign(marker)
    (place,) = custom.users(document, "c1")
    found = clipboard.read(clipboard.copied(document, place[0], [place[1]]))
    target = digits()
    pasted = PasteNodes("small_net", found).apply(target)
    (layer,) = pasted.custom.values()
    assert layer.source == document.custom["c1"].source
    assert OwnLayers().untrusted(pasted) == (layer,)
    assert "run.trust" in {problem.code for problem in check(pasted)}


@pytest.mark.parametrize("change", [" ", "\n", "# x", "\ufeff"])
def test_one_changed_character_revokes_the_trust(change: str, marker: Path, tmp_path: Path) -> None:
    document = digits("x")
    mine = custom.rewritten(CustomLayer("c1", "Gate", "", custom.SIGNATURE), source=GATE)
    document = replace(document, custom={"c1": mine})
    Trust().trust_layer(GATE)
    assert build(document) is not None
    other = replace(document, custom={"c1": replace(mine, source=GATE + change)})
    with pytest.raises(ProjectError):
        build(other)


def test_a_run_from_elsewhere_is_not_executed(marker: Path, tmp_path: Path) -> None:
    """A run folder whose `custom.py` was exchanged is written anew, which needs trust."""
    mine = custom.rewritten(CustomLayer("c1", "Gate", "", custom.SIGNATURE), source=GATE)
    document = replace(digits("x"), custom={"c1": mine})
    Trust().trust_layer(GATE)
    made = run_folder.make(document, tmp_path / "runs", folder=tmp_path / "runs" / "one")
    (made.folder / "custom.py").write_text(f"open({str(marker)!r}, 'w').close()\n" + GATE)
    again = run_folder.reopen(made.folder)
    assert (made.folder / "custom.py").read_text() == GATE
    assert again.notes
    Trust().revoke_layer(GATE)
    (made.folder / "custom.py").write_text("")
    with pytest.raises(ProjectError, match="not trusted"):
        run_folder.reopen(made.folder)
