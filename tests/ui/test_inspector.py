"""The inspector: what is selected is shown, and what is typed is one step of the document."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from nnstudio.core.values import Args, Choice, Expression
from nnstudio.engine.preview import Facts, Sample
from nnstudio.graph.edits import Rename, SetArgs
from nnstudio.graph.model import Project
from nnstudio.studio.samples import Samples
from nnstudio.ui.pages.node_page import NodePage
from nnstudio.ui.pages.project_page import ProjectPage
from nnstudio.ui.pages.several_page import SeveralPage
from nnstudio.ui.panels.inspector import InspectorPanel
from nnstudio.ui.problem_card import RepairButton
from nnstudio.ui.theme import Theme
from tests.builder import DIGITS, GraphBuilder, project
from tests.ui.staged import Stage, line, retype, stage, texts

PICTURE = Sample("picture", "seven", 2, 2, bytes(4))


class Read:
    """A look at data that is over at once."""

    done = True

    def __init__(self, *_: object) -> None:
        pass

    def facts(self) -> Facts:
        return Facts("classification", ((1, 2, 2),), (), ("seven",), 4, 1, samples=(PICTURE,))

    def cancel(self) -> None:
        pass


def feed_forward() -> Project:
    """A block whose middle is four times as wide, used three times."""
    block = GraphBuilder("Feed forward", dim=int, widen=4)
    x = block.input("N", "dim")
    h = block("Linear", x, out_features=Expression("widen * dim"), name="up")
    block.output(block("Linear", block("ReLU", h), out_features=Expression("dim"), name="down"))
    net = GraphBuilder("Net")
    x = net.input("N", 32)
    for _ in range(3):
        x = net(block, x, dim=32)
    net.output(net("Linear", x, out_features=10))
    return project(net)


@pytest.fixture
def here(theme: Theme) -> Stage:
    return stage("lenet5-mnist", theme, samples=Samples(Read))  # type: ignore[arg-type]


@pytest.fixture
def panel(qtbot: QtBot, here: Stage) -> InspectorPanel:
    return shown(qtbot, here)


def shown(qtbot: QtBot, here: Stage) -> InspectorPanel:
    made = InspectorPanel(here)
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    settle(qtbot)
    return made


def settle(qtbot: QtBot) -> None:
    """What is put into a layout is shown by the event loop, and timers of 0 ms have their turn."""
    qtbot.wait(5)
    for _ in range(3):
        QApplication.processEvents()


def page(qtbot: QtBot, panel: InspectorPanel, here: Stage, *names: str) -> NodePage:
    here.select(*names)
    settle(qtbot)
    assert isinstance(panel.page, NodePage)
    return panel.page


def test_node(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "conv2")
    assert found.head.title.text() == "Conv2d"
    assert found.head.facts.text().startswith("conv2")
    assert "2\u202f416 parameters" in found.head.facts.text()
    assert found.shapes.text() == "N × 6 × 14 × 14  →  N × 16 × 10 × 10"
    assert line(found.form, "in_channels").placeholderText() == "6"
    assert "LeCun" in " ".join(texts(found))


def test_typing_is_one_step(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "conv2")
    steps = len(here.session.steps)
    form = found.form
    retype(qtbot, line(form, "out_channels"), "32")
    assert len(here.session.steps) == steps + 1
    assert here.node("conv2").args["out_channels"] == 32
    assert panel.page is found  # never rebuilt for what was typed into it
    assert found.form is form
    assert "32 × 10 × 10" in found.shapes.text()
    here.session.undo()
    assert line(form, "out_channels").text() == "16"


def test_wrong_text_never_enters(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "conv2")
    old = here.session.project
    retype(qtbot, line(found.form, "kernel_size"), "big")
    assert here.session.project is old
    assert found.form.rows["kernel_size"].why.isVisible()


def test_pin_and_problem_with_repair(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "fc1")
    retype(qtbot, line(found.form, "in_features"), "512")
    assert found.problems.isVisible()
    words = " ".join(texts(found.problems))
    assert "Linear expects 512 features but receives 400" in words
    buttons = found.problems.findChildren(RepairButton)
    button = next(one for one in buttons if one.text().startswith("Let it follow"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "in_features" not in here.node("fc1").args
    assert not found.problems.isVisible()
    here.session.undo()  # the repair was one step
    assert here.node("fc1").args["in_features"] == 512


def test_name_note_and_flags(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "conv2")
    node = here.node("conv2").id
    form = found.structure.form
    assert form is not None
    retype(qtbot, line(form, "name"), "second")
    qtbot.mouseClick(form.field("trainable").tick, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    note = found.structure.note
    note.setFocus()
    qtbot.keyClicks(note, "Look here")
    qtbot.keyClick(note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    now = here.session.project.graph(here.view.graph).nodes[node]
    assert (now.name, now.trainable, now.note) == ("second", False, "Look here")
    assert "frozen" in found.head.facts.text()


def test_copies(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "ReLU")
    form = found.structure.form
    assert form is not None
    assert not form.rows["mode"].isVisible()
    retype(qtbot, line(form, "copies"), "3")
    repeat = here.node("ReLU").repeat
    assert repeat is not None
    assert (repeat.count, repeat.mode) == (3, "stack")
    settle(qtbot)
    assert form.rows["mode"].isVisible()
    retype(qtbot, line(form, "copies"), "")
    assert here.node("ReLU").repeat is None


def test_shared_weights(qtbot: QtBot, theme: Theme) -> None:
    net = GraphBuilder("Twins")
    x = net.input("N", 8)
    first = net("Linear", x, out_features=8, name="first")
    net.output(net("Linear", first, out_features=8, name="second"))
    here = stage(project(net), theme)
    found = page(qtbot, shown(qtbot, here), here, "second")
    form = found.structure.form
    assert form is not None
    combo = form.field("weights").combo  # type: ignore[attr-defined]
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    share = here.node("second").share
    assert share is not None
    assert share.node == here.node("first").id
    assert "shared weights" in found.head.facts.text()
    settle(qtbot)
    retype(qtbot, line(found.form, "out_features"), "12")
    assert here.node("first").args["out_features"] == 12, "one layer has one set of settings"
    assert here.node("second").args["out_features"] == 8, "kept for the day it has its own again"
    settle(qtbot)
    assert line(found.form, "out_features").text() == "12"


def test_samples_at_the_input(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "Input")
    assert found.samples is not None
    qtbot.waitUntil(lambda: bool(found.samples.grid.samples))
    assert found.samples.grid.samples[0].label == "seven"
    assert "seven" in found.samples.grid.accessibleDescription()


def test_link_opens_only_when_clicked(
    qtbot: QtBot, panel: InspectorPanel, here: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    page(qtbot, panel, here, "conv2")
    buttons = panel.findChildren(QToolButton)
    button = next(one for one in buttons if one.text() == "torch.nn.Conv2d")
    assert opened == []
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == ["https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"]


def test_block_use_and_formula_inside(qtbot: QtBot, theme: Theme) -> None:
    here = stage(feed_forward(), theme)
    panel = shown(qtbot, here)
    found = page(qtbot, panel, here, "block:feed_forward")
    assert found.head.title.text() == "Feed forward"
    assert found.use is not None
    assert "3 places" in found.use.words.text()
    assert line(found.form, "dim").text() == "32"
    qtbot.mouseClick(found.use.enter, Qt.MouseButton.LeftButton)
    assert here.view.graph == "feed_forward"
    inner = page(qtbot, panel, here, "up")
    edit = line(inner.form, "out_features")
    assert (edit.text(), edit.tag) == ("widen * dim", "= 128")
    retype(qtbot, edit, "2 * dim")
    assert here.node("up").args["out_features"] == Expression("2 * dim")
    assert edit.tag == "= 64"


def test_several_nodes_share_their_settings(
    qtbot: QtBot, panel: InspectorPanel, here: Stage
) -> None:
    here.select("conv1", "conv2")
    settle(qtbot)
    found = panel.page
    assert isinstance(found, SeveralPage)
    assert found.head.title.text() == "2 × Conv2d"
    assert found.form is not None
    assert line(found.form, "kernel_size").text() == "5"
    assert line(found.form, "out_channels").placeholderText() == "several values"
    steps = len(here.session.steps)
    retype(qtbot, line(found.form, "out_channels"), "8")
    assert len(here.session.steps) == steps + 1
    assert [here.node(name).args["out_channels"] for name in ("conv1", "conv2")] == [8, 8]
    here.select("conv1", "ReLU")
    settle(qtbot)
    assert found.none.isVisible()


def test_project_page(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = panel.page
    assert isinstance(found, ProjectPage)
    assert "61\u202f706" in texts(found.graph)
    form = found.training.form
    assert form is not None
    steps = len(here.session.steps)
    retype(qtbot, line(form, "epochs"), "7")
    inner = form.field("optimizer").inner.form  # type: ignore[attr-defined]
    retype(qtbot, line(inner, "lr"), "0.02")
    assert here.session.project.loop.args["epochs"] == 7
    assert here.session.project.loop.args["optimizer"] == Choice("AdamW", Args(lr=0.02))
    assert len(here.session.steps) == steps + 2
    assert panel.page is found
    assert found.training.form is form
    retype(qtbot, line(inner, "lr"), "")
    assert here.session.project.loop.args["optimizer"] == Choice("AdamW")
    retype(qtbot, line(found.about, "name"), "Digits")
    assert here.session.project.name == "Digits"


def test_missing_loss_is_said_at_its_field(qtbot: QtBot, theme: Theme) -> None:
    net = GraphBuilder("Net")
    net.output(net("Linear", net("Flatten", net.input("N", 1, 28, 28)), out_features=10))
    panel = shown(qtbot, stage(project(net, data=DIGITS), theme))
    assert isinstance(panel.page, ProjectPage)
    form = panel.page.training.form
    assert form is not None
    assert form.rows["loss"].why.isVisible()
    assert "no value" in form.rows["loss"].why.text()


def test_empty_project_and_unknown_layer(qtbot: QtBot, theme: Theme) -> None:
    panel = shown(qtbot, stage(Project(), theme))
    assert isinstance(panel.page, ProjectPage)
    net = GraphBuilder("Odd")
    net("FromTheFuture", net.input("N", 4), size=3)
    here = stage(project(net), theme)
    odd = shown(qtbot, here)
    found = page(qtbot, odd, here, "FromTheFuture")
    assert "not known here" in " ".join(texts(found))


@pytest.mark.parametrize("name", ["<b>x</b><img src=x>", "名字", "שלום", "n" * 200])
def test_hostile_names_are_plain_text(qtbot: QtBot, here: Stage, name: str) -> None:
    here.session.do(Rename(here.view.graph, here.node("conv1").id, name))
    panel = shown(qtbot, here)
    found = page(qtbot, panel, here, name)
    assert name in found.head.facts.text()
    for one in panel.findChildren(QLabel):
        assert one.textFormat() == Qt.TextFormat.PlainText
    assert panel.minimumSizeHint().width() < 400


def test_followed_changes_equal_a_fresh_panel(
    qtbot: QtBot, panel: InspectorPanel, here: Stage
) -> None:
    page(qtbot, panel, here, "conv2")
    node = here.node("conv2").id
    for args in (Args(out_channels=9), Args(kernel_size=(3, 5)), Args(bias=False), Args(padding=1)):
        here.session.do(SetArgs(here.view.graph, node, args))
        settle(qtbot)
        assert texts(panel) == texts(shown(qtbot, here))
    here.session.undo()
    assert texts(panel) == texts(shown(qtbot, here))


def test_hidden_panel_waits(qtbot: QtBot, panel: InspectorPanel, here: Stage) -> None:
    found = page(qtbot, panel, here, "conv2")
    panel.hide()
    here.session.do(SetArgs(here.view.graph, here.node("conv2").id, Args(out_channels=5)))
    assert line(found.form, "out_channels").text() == "16"
    panel.show()
    assert line(found.form, "out_channels").text() == "5"


def test_nothing_is_left_connected(qtbot: QtBot, here: Stage) -> None:
    panel = InspectorPanel(here)
    panel.show()
    panel.deleteLater()
    qtbot.waitUntil(lambda: not here.session.changed._slots)
    here.session.do(Rename(here.view.graph, here.node("conv1").id, "again"))
