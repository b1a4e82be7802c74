"""Blocks in the inspector: parameters, ports, uses, copies, shared weights, several networks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.params import Param
from nnstudio.core.values import Args, Expression
from nnstudio.graph import edits
from nnstudio.graph.model import Project, Repeat, Share
from nnstudio.ui import block_menu, parameter_menu
from nnstudio.ui.canvas.networks import NetworkStrip
from nnstudio.ui.pages.node_page import NodePage
from nnstudio.ui.pages.project_page import ProjectPage
from nnstudio.ui.panels.inspector import InspectorPanel
from nnstudio.ui.theme import Theme
from tests.builder import GraphBuilder, project
from tests.compiler.networks import dcgan, gpt, growing
from tests.ui.staged import Stage, stage

E = Expression


def document() -> Project:
    block = GraphBuilder("Block", channels=Param("channels", "int", auto=True, minimum=1))
    x = block.input("N", "channels", 8, 8, name="x", id="in")
    block.output(block("Conv2d", x, out_channels=16, name="conv", id="conv"), id="out")
    net = GraphBuilder("Net", id="net")
    x = net.input("N", 3, 8, 8)
    net.output(net(block, net(block, x, id="u1"), id="u2"))
    return project(net)


@pytest.fixture
def look(qtbot: QtBot, theme: Theme) -> Callable[[Project], tuple[Stage, InspectorPanel]]:
    def make(doc: Project) -> tuple[Stage, InspectorPanel]:
        here = stage(doc, theme)
        panel = InspectorPanel(here)
        qtbot.addWidget(panel)
        panel.resize(320, 900)
        panel.show()
        return here, panel

    return make


def block_page(panel: InspectorPanel) -> ProjectPage:
    panel.refresh()
    assert isinstance(panel.page, ProjectPage)
    return panel.page


def node_page(here: Stage, panel: InspectorPanel, node: str) -> NodePage:
    here.view.select([node])
    panel.refresh()
    assert isinstance(panel.page, NodePage)
    return panel.page


def row(menu: QMenu, words: str) -> None:
    """Take a row of a menu."""
    action = next(one for one in menu.actions() if one.text().startswith(words))
    assert action.isEnabled()
    action.trigger()


def typed(qtbot: QtBot, field: QWidget, text: str) -> None:
    target = field.focusProxy()
    target.setFocus()
    target.selectAll()
    qtbot.keyClicks(target, text)
    qtbot.keyClick(target, Qt.Key.Key_Return)


def test_an_open_block_is_the_page(look) -> None:
    here, panel = look(document())
    here.view.open("block")
    page = block_page(panel)
    assert page.head.title.text() == "Block"
    assert "2 places" in page.graph.uses.text()
    assert page.training_section.isHidden()
    here.view.open("net")
    assert not block_page(panel).training_section.isHidden()


def test_a_parameter_is_added_named_limited_and_removed(qtbot: QtBot, look) -> None:
    here, panel = look(document())
    here.view.open("block")
    editor = block_page(panel).graph.params
    qtbot.mouseClick(editor.add, Qt.MouseButton.LeftButton)
    assert editor.editing == "size"
    typed(qtbot, editor.detail.field("name"), "width")
    assert [one.name for one in here.session.project.blocks["block"].params][-1] == "width"
    assert editor.editing == "width"
    typed(qtbot, editor.detail.field("minimum"), "8")
    typed(qtbot, editor.detail.field("note"), "How wide.")
    param = here.session.project.blocks["block"].params[-1]
    assert (param.minimum, param.help) == (8.0, "How wide.")
    assert param.default is None, "a default below the minimum goes"
    assert editor.form is not None
    typed(qtbot, editor.form.field("width"), "32")
    assert here.session.project.blocks["block"].params[-1].default == 32
    row(editor.menu("width"), "Move up")
    assert here.session.project.blocks["block"].params[0].name == "width"
    row(editor.menu("width"), "Remove")
    assert [one.name for one in here.session.project.blocks["block"].params] == ["channels"]
    assert editor.detail.isHidden()
    here.session.undo()
    assert len(here.session.project.blocks["block"].params) == 2


def test_a_name_that_cannot_be_one_is_refused_and_stays(qtbot: QtBot, look) -> None:
    here, panel = look(document())
    here.view.open("block")
    editor = block_page(panel).graph.params
    editor.edit("channels")
    typed(qtbot, editor.detail.field("name"), "N")
    assert here.refusals
    assert editor.editing == "channels"


def test_ports_are_named_moved_added_and_removed(qtbot: QtBot, look) -> None:
    here, panel = look(document())
    here.view.open("block")
    ports = block_page(panel).graph.ports
    qtbot.mouseClick(ports.add_input, Qt.MouseButton.LeftButton)
    new = here.view.selection[0]
    here.view.select([])
    ports = block_page(panel).graph.ports
    assert ports.form is not None
    typed(qtbot, ports.form.field("input 2"), "mask")
    assert here.session.project.blocks["block"].nodes[new].name == "mask"
    row(ports.menu("input 2"), "Move up")
    block_page(panel)
    assert list(ports.form.rows) == ["input 1", "input 2", "output"]
    row(ports.menu("input 1"), "Remove")
    block_page(panel)
    assert new not in here.session.project.blocks["block"].nodes
    assert list(ports.form.rows) == ["input", "output"]


def test_a_setting_becomes_a_parameter_from_its_field(look) -> None:
    here, panel = look(document())
    here.view.open("block")
    page = node_page(here, panel, "conv")
    more = page.form.rows["out_channels"].more
    assert more is not None
    assert more.isVisibleTo(page)
    menu = QMenu(page)
    parameter_menu.fill(menu, here, "block", "conv", "out_channels")
    row(menu, "Make this a parameter")
    assert here.session.project.blocks["block"].params[-1].default == 16
    assert len(here.session.steps) == 2, "one step"
    page = node_page(here, panel, "conv")
    assert page.form.field("out_channels").edit.text() == "out_channels"
    here.view.open("net")
    use = node_page(here, panel, "u1")
    assert use.form.field("out_channels").edit.text() == "16"
    assert use.form.rows["out_channels"].more is None, "a network has no parameters"


def test_the_use_of_a_block_says_so_and_can_be_made_its_own(qtbot: QtBot, look) -> None:
    here, panel = look(document())
    page = node_page(here, panel, "u1")
    assert page.use is not None
    assert "Used in 2 places" in page.use.words.text()
    qtbot.mouseClick(page.use.own, Qt.MouseButton.LeftButton)
    names = [block.name for block in here.session.project.blocks.values()]
    assert names == ["Block", "Block 2"]
    page = node_page(here, panel, "u1")
    assert page.use is not None
    assert page.use.own.isHidden()
    qtbot.mouseClick(page.use.keep, Qt.MouseButton.LeftButton)
    assert "Block 2" in [one.title for one in here.library.found() if one.shelf == "mine"]


def test_rows_of_the_palette_for_blocks(qtbot: QtBot, look) -> None:
    here, panel = look(document())
    here.library.save(here.session.project, "block")
    (own,) = [one for one in here.library.found() if one.shelf == "mine" and one.title == "Block"]
    rows = {one.words: one for one in block_menu.entries(here, own, panel)}
    rows["Rename…"].slot()
    (box,) = panel.findChildren(QInputDialog)
    box.setTextValue("My block")
    box.accept()
    assert here.library.title(own.layer) == "My block"
    rows["Delete from my blocks"].slot()
    assert here.library.piece(own.layer) is None
    assert all(one.help for one in rows.values())


def test_every_copy_of_a_repeat_is_shown(look) -> None:
    here, panel = look(growing())
    page = node_page(here, panel, "n2")
    assert page.form.rows["channels"].copies.text() == "= 64, 128, 256, 512"
    assert page.form.rows["in_channels"].copies.text() == "= 3, 64, 128, 256"
    here.do(edits.SetRepeat("pyramid", "n2", Repeat(6)))
    assert page.form.rows["channels"].copies.text() == "= 64, 128, … 2048"
    here.do(edits.SetRepeat("pyramid", "n2", None))
    here.do(edits.SetArgs("pyramid", "n2", Args(channels=8)))
    assert page.form.rows["channels"].copies.isHidden()


def test_a_wrong_formula_says_why_at_its_field(look) -> None:
    here, panel = look(growing())
    page = node_page(here, panel, "n2")
    here.do(edits.SetArgs("pyramid", "n2", Args(channels=E("64 // i"))))
    page = node_page(here, panel, "n2")
    assert "64 // i" in page.form.rows["channels"].why.text()
    assert here.session.problems[0].where == "pyramid/n2"
    page.form.field("channels").edit.setText("9**9**9")
    page.form.field("channels").edit.setModified(True)
    page.form.field("channels").edit.editingFinished.emit()
    assert page.form.rows["channels"].why.text()
    assert here.session.project.graphs["pyramid"].nodes["n2"].args["channels"] == E("64 // i")


def test_one_parameter_is_shared_and_the_owner_found(qtbot: QtBot, look) -> None:
    here, panel = look(gpt())
    head = next(n.id for n in here.session.project.graphs["gpt"].nodes.values() if n.name == "head")
    page = node_page(here, panel, head)
    assert page.structure.relation.text() == "Uses weight of token_embedding."
    here.do(edits.SetShare("gpt", head, None))
    page = node_page(here, panel, head)
    weights = page.structure.form.field("weights")
    words = [weights.combo.itemText(n) for n in range(weights.combo.count())]
    assert words == ["its own", "weight of token_embedding"]
    weights.combo.setCurrentIndex(1)
    weights.combo.activated.emit(1)
    assert here.session.project.graphs["gpt"].nodes[head].share == Share("n2", "weight")
    qtbot.mouseClick(page.structure.owner, Qt.MouseButton.LeftButton)
    assert here.view.selection == ("n2",)
    page = node_page(here, panel, "n2")
    assert page.structure.relation.text() == "Its weights are used by head too."
    qtbot.mouseClick(page.structure.owner, Qt.MouseButton.LeftButton)
    assert here.view.selection == (head,)


@pytest.fixture
def strip(qtbot: QtBot, theme: Theme):
    parents = []

    def make(doc: Project) -> tuple[Stage, NetworkStrip]:
        here, parent = stage(doc, theme), QWidget()
        qtbot.addWidget(parent)
        parents.append((NetworkStrip(here, parent), parent))
        parent.show()
        return here, parents[-1][0]

    yield make
    for one, _ in parents:
        one.close_canvas()


def test_networks_are_switched_added_moved_and_removed(qtbot: QtBot, strip) -> None:
    here, row_of = strip(dcgan())
    assert list(row_of.buttons) == ["generator", "discriminator", "+"]
    qtbot.mouseClick(row_of.buttons["discriminator"], Qt.MouseButton.LeftButton)
    assert here.view.graph == "discriminator"
    row(row_of.menu("discriminator"), "Move left")
    assert list(here.session.project.graphs) == ["discriminator", "generator"]
    assert list(row_of.buttons) == ["discriminator", "generator", "+"]
    row(row_of.menu("discriminator"), "Remove")
    assert "+discriminator" in row_of.buttons, "the loop still trains one"
    qtbot.mouseClick(row_of.buttons["+discriminator"], Qt.MouseButton.LeftButton)
    made = here.session.project.role("discriminator")
    assert made is not None
    assert here.view.graph == made.id
    assert made.name == "Discriminator"
    assert len(here.session.steps) == 4


def test_a_role_is_given_from_the_menu(strip) -> None:
    here, row_of = strip(dcgan())
    roles = next(one.menu() for one in row_of.menu("generator").actions() if one.menu())
    assert [one.text() for one in roles.actions()] == ["none", "generator", "discriminator"]
    roles.actions()[2].trigger()
    assert here.session.project.graphs["generator"].role == "discriminator"
    assert here.session.project.graphs["discriminator"].role == ""
    assert "+generator" in row_of.buttons


def test_a_single_network_needs_no_strip(strip) -> None:
    here, row_of = strip(growing())
    assert row_of.isHidden()
    row_of.add_network()
    assert not row_of.isHidden()
    assert here.session.project.graphs[here.view.graph].name == "Network"
