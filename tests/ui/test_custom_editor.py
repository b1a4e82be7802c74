"""The editor of own layers, as hands use it: typed, marked, renamed, tried, trusted, deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.problems import Problem
from nnstudio.graph.edits import RemoveNodes
from nnstudio.graph.model import CustomLayer
from nnstudio.graph.topology import CUSTOM
from nnstudio.project import store
from nnstudio.project.trust import Trust
from nnstudio.studio.own_layer import custom
from nnstudio.studio.own_layer.trust import Finding
from nnstudio.ui.canvas.gestures.enter import open_node
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.own_layer import trust
from nnstudio.ui.own_layer.editor import CustomEditor
from nnstudio.ui.own_layer.trust import TrustDialog
from tests.exchange.projects import digits
from tests.ui.conftest import Asked, Made
from tests.ui.staged import retype, texts


@pytest.fixture
def editor(window: MainWindow) -> CustomEditor:
    """The editor of a new layer in a window with a small network."""
    window.files.template("mlp-digits")
    window.book["graph.new_layer"].trigger()
    (made,) = window.desk.editors.values()
    return made


def type_text(qtbot: QtBot, editor: CustomEditor, text: str) -> None:
    """Type into the code as a hand does, without the help of the indentation."""
    editor.code.setFocus()
    for line in text.split("\n"):
        qtbot.keyClicks(editor.code, line)
        if line is not text.split("\n")[-1]:
            editor.code.textCursor().insertText("\n")
    editor.code.settle()


def added(window: MainWindow, editor: CustomEditor) -> str:
    """Put the layer behind the first layer of the network; return the node as `graph/node`."""
    window.view.select([next(iter(window.session.project.graph(window.view.graph).nodes))])
    QTest.mouseClick(editor.side.add, Qt.MouseButton.LeftButton)
    return f"{window.view.graph}/{window.view.selection[0]}"


def codes(window: MainWindow, where: str) -> list[str]:
    return [problem.code for problem in window.session.analysis.node(where).problems]


def test_a_new_layer_is_in_the_document_the_palette_and_the_search(
    window: MainWindow, editor: CustomEditor
) -> None:
    layer = editor.layer
    assert layer.name == "MyLayer"
    assert window.session.project.custom == {layer.id: layer}
    palette = window.docks.panel("palette")
    palette.search.setText("my lay")
    names = [row.found.layer for row in palette.model.rows if row.found is not None]
    assert names[:2] == [CUSTOM + layer.id, CUSTOM]
    palette.search.setText("")
    palette.refresh()
    mine = [row.found.title for row in palette.model.rows if row.found and row.group.key == "own"]
    assert mine == ["MyLayer", "New layer in Python…"]
    palette.add(CUSTOM)
    assert len(window.session.project.custom) == 2


def test_what_is_typed_is_one_step_and_the_canvas_follows(
    window: MainWindow, editor: CustomEditor, qtbot: QtBot
) -> None:
    where = added(window, editor)
    assert window.session.analysis.node(where).args["features"] == 8
    steps = len(window.session.steps)
    editor.code.go(7)
    for letters in ("# one", " two"):
        type_text(qtbot, editor, letters)
    assert "# one two" in editor.layer.source
    assert len(window.session.steps) == steps + 1
    assert window.context.own.trusts(editor.layer)
    window.session.undo()
    assert editor.code.text == editor.layer.source
    assert "# one" not in editor.code.text


def test_a_syntax_error_is_marked_at_its_line_and_said_at_the_node(
    window: MainWindow, editor: CustomEditor, qtbot: QtBot
) -> None:
    where = added(window, editor)
    editor.code.go(21)
    type_text(qtbot, editor, "def (")
    assert set(editor.code._faults) == {21}
    assert "line 21" in editor.words.text()
    assert codes(window, where) == ["code.custom_source"]
    assert editor.layer.name == "MyLayer"
    for _ in range(5):
        qtbot.keyClick(editor.code, Qt.Key.Key_Backspace)
    editor.code.settle()
    assert not editor.code._faults
    assert codes(window, where) == []


def test_keys_keep_the_indentation(editor: CustomEditor, qtbot: QtBot) -> None:
    editor.code.show_text("")
    code = editor.code
    for words in ("class A(nn.Module):", "def forward(self, x):", "return x"):
        qtbot.keyClicks(code, words)
        qtbot.keyClick(code, Qt.Key.Key_Return)
    assert code.text == "class A(nn.Module):\n    def forward(self, x):\n        return x\n    "
    qtbot.keyClick(code, Qt.Key.Key_Backspace)
    assert code.text.endswith("return x\n")
    code.selectAll()
    qtbot.keyClick(code, Qt.Key.Key_Tab)
    assert code.text.startswith("    class A")
    qtbot.keyClick(code, Qt.Key.Key_Backtab)
    qtbot.keyClick(code, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert code.text.startswith("# class A(nn.Module):\n    # def forward")
    qtbot.keyClick(code, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert code.text.startswith("class A(nn.Module):\n    def forward")


def test_the_signature_is_checked_at_every_letter_and_proposed(
    editor: CustomEditor, qtbot: QtBot
) -> None:
    line = editor.side.signature
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "*S D -")
    assert "needs one ->" in editor.side.ports.text()
    assert editor.layer.signature == custom.SIGNATURE  # it is not meant yet
    qtbot.keyClicks(line, "> *S {2 * D}")
    assert "→ output: *S × 2 * D" in editor.side.ports.text()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert editor.layer.signature == "*S D -> *S {2 * D}"
    assert not editor.layer.params[0].auto
    text = editor.code.text.replace("x: Tensor)", "x: Tensor, mask: Tensor | None = None)")
    editor.code.show_text(text)
    editor.commit()
    assert editor.side.proposal.isVisibleTo(editor)
    QTest.mouseClick(editor.side.proposal, Qt.MouseButton.LeftButton)
    assert editor.layer.signature == "x: *S features, mask?: *B -> *S features"
    assert not editor.side.proposal.isVisibleTo(editor)


def test_renaming_and_deleting(
    window: MainWindow, editor: CustomEditor, qtbot: QtBot, asked: Asked
) -> None:
    where = added(window, editor)
    retype(qtbot, editor.side.name, "Scale")
    assert editor.layer.name == "Scale"
    assert "class Scale(nn.Module)" in editor.code.text
    assert window.context.own.trusts(editor.layer)
    assert window.canvas.canvas.nodes[where.partition("/")[2]].look.title == "Scale"
    retype(qtbot, editor.side.name, "no name")
    assert "cannot be the name" in asked.told[0]
    assert editor.side.name.text() == "Scale"
    QTest.mouseClick(editor.side.remove, Qt.MouseButton.LeftButton)
    assert "Scale is used at Scale in Digit MLP" in asked.told[1]
    graph, _, node = where.partition("/")
    window.session.do(RemoveNodes(graph, (node,)))
    QTest.mouseClick(editor.side.remove, Qt.MouseButton.LeftButton)
    assert window.session.project.custom == {}
    assert not window.desk.editors


def test_it_opens_from_the_node_and_shows_the_line_that_raised(
    window: MainWindow, editor: CustomEditor, qtbot: QtBot
) -> None:
    where = added(window, editor)
    layer, info = editor.layer, window.session.analysis.node(where)
    editor.close()
    assert not window.desk.editors
    assert Trust().trusts_layer(layer.source)  # it was typed here
    words = {"layer": "MyLayer", "type": "ValueError", "line": 20, "text": "no"}
    problem = Problem("own.raises", where, words)
    window.context.own.keep(Finding(layer, where, info.args, info.inputs, (problem,), line=20))
    assert codes(window, where) == ["own.raises"]
    window.show_panel("inspector")
    qtbot.wait(20)
    page = window.docks.panel("inspector")
    assert "MyLayer raises ValueError in line 20: no" in texts(page)
    window.book["graph.edit_code"].trigger()
    (editor,) = window.desk.editors.values()
    assert editor.code.textCursor().blockNumber() == 19
    assert set(editor.code._faults) == {20}
    editor.close()
    open_node(window.canvas, where.partition("/")[2])  # a double-click on the node
    assert set(window.desk.editors) == {layer.id}


def test_shapes_are_tried_in_another_process_and_mended_by_a_click(
    window: MainWindow, editor: CustomEditor, qtbot: QtBot
) -> None:
    where = added(window, editor)
    editor.code.show_text(editor.code.text.replace("self.scale * x", "(self.scale * x)[..., :4]"))
    editor.commit()
    QTest.mouseClick(editor.side.check, Qt.MouseButton.LeftButton)
    assert not editor.side.check.isEnabled()
    qtbot.waitUntil(lambda: not window.context.own.trying, timeout=60_000)
    assert codes(window, where) == ["own.differs"]
    (problem,) = window.session.analysis.node(where).problems
    assert problem.message.endswith("gives N × 1 × 8 × 4")
    window.canvas.mend(where.partition("/")[2], 0)
    assert editor.layer.signature == "*S features -> *S 4"
    assert codes(window, where) == []


# ------------------------------------------------------------------------------- trust


@pytest.fixture
def foreign(open_window: Made, tmp_path: Path) -> MainWindow:
    """A window with a project from elsewhere, whose own layer would leave a marker."""
    marker = tmp_path / "marker"
    text = f"open({str(marker)!r}, 'w').close()\n{custom.TEMPLATE}"
    layer = custom.rewritten(CustomLayer("c1", "", "", custom.SIGNATURE), source=text)
    path = tmp_path / "foreign.nns"
    store.save(replace(digits("x"), custom={"c1": layer}), path)
    window = open_window(path)
    window.marker = marker
    return window


def test_foreign_python_is_shown_analysed_and_not_run(
    foreign: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    shown: list[str] = []

    def refuse(parent: object, theme: object, layers: tuple[CustomLayer, ...]) -> bool:
        shown.extend(layer.source for layer in layers)
        return False

    monkeypatch.setattr(trust, "ask", refuse)
    ((graph, node),) = custom.users(foreign.session.project, "c1")
    where = f"{graph}/{node}"
    assert codes(foreign, where) == ["run.trust"]
    assert foreign.session.analysis.node(where).outputs
    foreign.context.own.wanted.emit("c1")
    editor = foreign.desk.editors["c1"]
    assert "came with a file" in editor.banner.text
    for action in ("run.train", "run.try"):
        foreign.book[action].trigger()
    editor.check()
    foreign.context.own.check_wanted.emit("c1", where)
    foreign.show_arrangement("export")
    panel = foreign.docks.panel("export")
    panel._export()
    panel._prove()
    qtbot.wait(50)
    assert len(shown) == 6
    assert set(shown) == {editor.layer.source}
    assert not foreign.running.runs.busy
    assert not foreign.context.own.trying
    assert not foreign.marker.exists()
    assert not Trust().trusts_layer(editor.layer.source)


def test_changing_a_foreign_text_does_not_trust_it(
    foreign: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign.context.own.wanted.emit("c1")
    editor = foreign.desk.editors["c1"]
    editor.code.go(editor.code.blockCount())
    type_text(qtbot, editor, "# harmless")
    assert not foreign.context.own.trusts(editor.layer)
    monkeypatch.setattr(trust, "ask", lambda *words: True)
    editor._trust()
    assert editor.banner.text == ""
    assert Trust().trusts_layer(editor.layer.source)
    type_text(qtbot, editor, "!")  # from here on it is the user's own
    assert foreign.context.own.trusts(editor.layer)
    assert not foreign.marker.exists()


def test_the_question_shows_every_text_before_it_can_be_answered(
    window: MainWindow, qtbot: QtBot
) -> None:
    layers = [CustomLayer(f"c{n}", f"Layer{n} <b>", f"x = {n}\n" + " " * 500 + "y") for n in (1, 2)]
    dialog = TrustDialog(window, window.theme, layers)
    dialog.show()
    assert not dialog.trust.isEnabled()
    assert not dialog.read.isEnabled()
    dialog.tabs.setCurrentIndex(1)
    assert dialog.code.source.text == layers[1].source
    dialog.read.click()
    assert dialog.trust.isEnabled()
    assert dialog.code.horizontalScrollBar().maximum() == 0  # nothing hides far to the right
    dialog.close()
    dialog.deleteLater()
