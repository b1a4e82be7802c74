"""Blocks by hand: found by typing, repeated, copied, kept, and what they refuse."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnstudio.core.params import Param
from nnstudio.core.values import Args, Expression
from nnstudio.graph import edits
from nnstudio.graph.model import Node, Repeat, Share
from nnstudio.studio.library import MINE
from nnstudio.ui.canvas.inline_edit import InlineEdit
from nnstudio.ui.canvas.quick_add import QuickAdd
from tests.builder import GraphBuilder, project
from tests.compiler.networks import gpt
from tests.ui.canvas.conftest import placed


def field() -> InlineEdit:
    found = QApplication.focusWidget()
    assert isinstance(found, InlineEdit)
    return found


def twice():
    """A block used twice in a row."""
    block = GraphBuilder("Block", id="block")
    block.output(block("Linear", block.input("N", 8), out_features=8, id="inner"))
    b = GraphBuilder("Net", id="net")
    b.output(b(block, b(block, b.input("N", 8), id="one"), id="two"))
    return placed(project(b))


def test_a_ready_block_is_found_by_typing_and_stands_on_the_edge(hand) -> None:
    here = hand()
    here.context.view.select(["n2"])
    here.view.set_current("n2")
    here.key(Qt.Key.Key_Tab)
    here.type("squeeze and")
    here.enter()
    assert list(here.project.blocks) == ["squeeze_and_excitation"]
    assert len(here.context.session.steps) == 2
    (new,) = here.context.view.selection
    assert here.nodes[new].inputs[0].node == "n2"
    assert here.nodes["n3"].inputs[0].node == new
    here.context.session.undo()
    assert not here.project.blocks


def test_settings_of_a_block_are_typed_behind_its_name(hand) -> None:
    here = hand()
    here.context.view.select(["n2"])
    here.view.set_current("n2")
    here.key(Qt.Key.Key_Tab)
    here.type("bottleneck block down 24 stride=1")
    here.enter()
    (new,) = here.context.view.selection
    assert here.nodes[new].args == Args(out_channels=24, stride=1)
    info = here.context.session.analysis.node(f"net/{new}")
    assert info is not None
    assert info.outputs is not None
    assert info.outputs[0][1] == 24


def test_an_edge_dropped_on_the_canvas_offers_blocks_of_as_many_dims(hand) -> None:
    here = hand()
    here.drag(here.port("n3"), here.at("n3", 260, 40))
    (popup,) = here.view.findChildren(QuickAdd)
    titles = [popup.list.item(row).text() for row in range(popup.list.count())]
    assert "Bottleneck block" in titles
    assert "Transformer encoder block" not in titles
    popup.dismiss()


def test_copies_are_typed_on_the_node(hand) -> None:
    here = hand(twice())
    here.context.view.select(["one"])
    here.run("graph.repeat")
    field().setText("3")
    here.enter()
    assert here.nodes["one"].repeat == Repeat(3)
    assert here.view.canvas.nodes["one"].look.count == "× 3"
    here.run("graph.repeat")
    assert field().text() == "3"
    field().setText("2 map")
    here.enter()
    assert here.nodes["one"].repeat == Repeat(2, "map")
    assert here.view.canvas.nodes["one"].look.count == "× 2 map"
    here.run("graph.repeat")
    field().setText("9**9**9")
    here.enter()
    assert "64" in field().toolTip(), "why not, at the field"
    assert here.nodes["one"].repeat == Repeat(2, "map")
    field().setText("")
    here.enter()
    assert here.nodes["one"].repeat is None


def test_the_formula_of_the_copies_stands_on_the_node(hand) -> None:
    here = hand(twice())
    node = Node("many", "Linear", Args(out_features=Expression("8 * 2**i")), (), repeat=Repeat(3))
    here.view.do(edits.AddNode("net", node, (300.0, 0.0)))
    assert "8 * 2**i" in here.view.canvas.nodes["many"].look.body


def test_the_owner_of_shared_weights_is_one_key_away(hand) -> None:
    document = placed(gpt())
    here = hand(document, "gpt")
    head = next(n.id for n in document.graphs["gpt"].nodes.values() if n.share is not None)
    assert "shared" in here.view.canvas.nodes[head].look.flags
    assert "shared" in here.view.canvas.nodes["n2"].look.flags, "the owner shows it too"
    here.context.view.select([head])
    here.run("graph.owner")
    assert here.context.view.selection == ("n2",)
    assert document.graphs["gpt"].nodes[head].share == Share("n2", "weight")


def test_who_leaves_a_block_sees_the_part_that_was_left(hand) -> None:
    here = hand(twice())
    here.view.camera.look_at(here.at("two", 40), 1.7)
    here.view.look_again()
    before = here.view.camera.seen()
    here.context.view.enter("one", "block")
    inside = here.view.camera.seen()
    here.context.view.leave()
    after = here.view.camera.seen()
    assert (after.center() - before.center()).manhattanLength() < 2
    assert here.view.camera.zoom == 1.7
    here.context.view.enter("one", "block")
    assert (here.view.camera.seen().center() - inside.center()).manhattanLength() < 2
    here.context.view.leave()
    here.context.session.show(twice())
    assert here.view.camera.zoom != 1.7, "another document is seen from its top"


def test_the_main_setting_of_borrowed_weights_is_that_of_their_owner(hand) -> None:
    b = GraphBuilder("Net", id="net")
    x = b("Linear", b.input("N", 8), out_features=8, id="first")
    b.output(b("Linear", x, out_features=8, id="second", share=Share("first")))
    here = hand(placed(project(b)))
    here.view.edit_main("second")
    field().setText("16")
    here.enter()
    assert here.nodes["first"].args["out_features"] == 16
    assert here.nodes["second"].args["out_features"] == 8


def test_a_group_is_called_what_its_block_is_called(hand) -> None:
    here = hand()
    here.context.view.select(["n3", "n4"])
    here.run("graph.group")
    (use,) = here.context.view.selection
    (block,) = here.project.blocks
    here.view.do(edits.RenameGraph(block, "Squash"))
    assert here.view.canvas.nodes[use].look.title == "Squash"


def test_who_enters_a_block_while_nodes_glide_ends_the_glide(hand, qtbot) -> None:
    """The end of the animation called itself, which ended in a report."""
    here = hand(twice())
    here.drag(here.at("two"), here.at("two", 320, 16))
    here.run("graph.arrange")
    glide = here.panel.commands._glide
    animation = glide._animation
    here.context.view.enter("one", "block")
    animation.setCurrentTime(animation.duration())
    qtbot.waitUntil(lambda: glide._animation is None, timeout=2000)
    here.context.view.leave()
    assert here.at("two").toTuple() == here.project.layout["net"]["two"]


def test_a_use_gets_a_definition_of_its_own(hand) -> None:
    here = hand(twice())
    here.context.view.select(["two"])
    here.run("graph.own_copy")
    assert [block.name for block in here.project.blocks.values()] == ["Block", "Block 2"]
    assert here.nodes["one"].layer == "block:block"
    assert here.nodes["two"].layer != "block:block"


def test_a_block_is_kept_for_other_projects(hand) -> None:
    here = hand(twice())
    here.context.view.select(["one"])
    here.run("graph.keep_block")
    mine = [one for one in here.context.library.found() if one.layer.startswith(MINE)]
    assert "Block" in [one.title for one in mine]


def test_a_group_works_for_other_sizes_too(hand) -> None:
    here = hand()
    here.context.view.select(["n2", "n3"])
    here.run("graph.group")
    (block,) = here.project.blocks.values()
    (shape,) = (n.args["shape"] for n in block.nodes.values() if n.layer == "Input")
    assert shape == ("N", "channels", "H", "W")
    assert len(here.context.session.steps) == 2
    assert here.context.session.analysis.ok


def test_two_groups_have_two_names(hand) -> None:
    here = hand()
    for key in ("n3", "n4"):
        here.context.view.select([key])
        here.run("graph.group")
    assert [block.name for block in here.project.blocks.values()] == ["Block", "Block 2"]


def test_a_block_within_itself_is_refused_in_words(hand) -> None:
    here = hand(twice(), "block")
    node = Node("again", "block:block")
    assert not here.view.do(edits.AddNode("block", node))
    assert "contain itself" in here.refusals[-1].problems[0].message


def test_what_is_wrong_with_a_repeat_or_a_use_is_said_at_the_node(hand) -> None:
    document = twice()
    here = hand(document)
    here.view.do(edits.SetArgs("block", "inner", Args(out_features=4)))
    here.view.do(edits.SetRepeat("net", "two", Repeat(2)))
    problem = here.view.canvas.nodes["two"].look.problem
    assert problem is not None
    here.context.session.undo()
    here.context.session.undo()
    assert here.view.canvas.nodes["two"].look.problem is None
    params = (Param("width", "int", required=True),)
    here.view.do(edits.SetBlockParams("block", params))
    for key in ("one", "two"):
        problem = here.view.canvas.nodes[key].look.problem
        assert problem is not None
        assert problem.code == "param.missing"
        assert "width" in problem.message
