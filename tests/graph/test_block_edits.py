"""What changes a block changes its uses with it: parameters, ports, copies, blocks brought in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.core.params import Param
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Expression
from nnstudio.graph import edits
from nnstudio.graph.model import Port, Project
from tests.builder import GraphBuilder, project

E = Expression


def document() -> Project:
    """A block with two inputs and two outputs, used twice."""
    block = GraphBuilder("Mix", width=8, scale=2.0)
    a = block.input("N", "width", name="a", id="ia")
    b = block.input("N", "width", name="b", id="ib")
    h = block("Linear", a, out_features=E("2 * width"), repeat="width", id="lin")
    block("Parameter", shape=("width", 3), id="par")
    block.output(h, name="h", id="oh")
    block.output(b, name="same", id="os")
    net = GraphBuilder("Net")
    x, y = net.input("N", 8, id="x"), net.input("N", 8, id="y")
    one = net(block, x, y, width=8, id="one")
    two = net(block, one, one[1], width=E("8"), id="two")
    net.output(two[1], id="out")
    return project(net)


def test_a_renamed_parameter_is_followed_everywhere() -> None:
    made = edits.RenameParameter("mix", "width", "channels").apply(document())
    block = made.blocks["mix"]
    assert [param.name for param in block.params] == ["channels", "scale"]
    assert block.nodes["ia"].args["shape"] == ("N", "channels")
    assert block.nodes["lin"].args["out_features"] == E("2 * channels")
    assert block.nodes["lin"].repeat is not None
    assert block.nodes["lin"].repeat.count == E("channels")
    assert block.nodes["par"].args["shape"] == ("channels", 3)
    net = made.graphs["net"].nodes
    assert net["one"].args == Args(channels=8)
    assert net["two"].args == Args(channels=E("8"))


@pytest.mark.parametrize("name", ["scale", "N", "not a name", "class "])
def test_a_parameter_takes_no_name_that_means_something(name: str) -> None:
    with pytest.raises(ProjectError):
        edits.RenameParameter("mix", "width", name).apply(document())


def test_a_removed_parameter_leaves_its_default() -> None:
    made = edits.RemoveParameter("mix", "width").apply(document())
    block = made.blocks["mix"]
    assert [param.name for param in block.params] == ["scale"]
    assert block.nodes["ia"].args["shape"] == ("N", 8)
    assert block.nodes["lin"].args["out_features"] == 16
    assert made.graphs["net"].nodes["one"].args == Args()


def test_a_parameter_that_nothing_could_stand_for_stays() -> None:
    doc = document()
    params = (Param("width", "int", required=True), Param("idle", "int", required=True))
    doc = edits.SetBlockParams("mix", params).apply(doc)
    with pytest.raises(ProjectError, match="width"):
        edits.RemoveParameter("mix", "width").apply(doc)
    assert len(edits.RemoveParameter("mix", "idle").apply(doc).blocks["mix"].params) == 1


def test_moved_ports_take_the_edges_of_uses_along() -> None:
    made = edits.MovePort("mix", "ib", -1).apply(document())
    made = edits.MovePort("mix", "oh", 5).apply(made)
    nodes = list(made.blocks["mix"].nodes)
    assert nodes.index("ib") < nodes.index("ia")
    assert nodes.index("os") < nodes.index("oh")
    net = made.graphs["net"].nodes
    assert net["one"].inputs == (Port("y"), Port("x"))
    assert net["two"].inputs == (Port("one", 0), Port("one", 1))
    assert net["out"].inputs == (Port("two", 0),)


def test_a_port_that_goes_takes_its_edges_along() -> None:
    made = edits.RemoveNodes("mix", ("ia",), heal=False).apply(document())
    net = made.graphs["net"].nodes
    assert net["one"].inputs == (Port("y"),)
    assert net["two"].inputs == (Port("one", 1),)
    made = edits.RemoveNodes("mix", ("oh",)).apply(document())
    net = made.graphs["net"].nodes
    assert net["two"].inputs == (None, Port("one", 0))
    assert net["out"].inputs == (Port("two", 0),)


def test_a_copy_of_its_own_leaves_the_other_use_alone() -> None:
    doc = document()
    made = edits.OwnCopy("net", "two", "Mix 2", seed="s").apply(doc)
    assert len(made.blocks) == 2
    own = made.blocks[made.graphs["net"].nodes["two"].layer.removeprefix("block:")]
    assert own.name == "Mix 2"
    assert list(own.nodes) == list(doc.blocks["mix"].nodes), "weights follow the ids"
    changed = edits.SetArgs(own.id, "lin", Args(out_features=1)).apply(made)
    assert changed.blocks["mix"] is doc.blocks["mix"]
    with pytest.raises(ProjectError):
        edits.OwnCopy("net", "x", "Nothing").apply(doc)


def brought(into: Project, piece: Project) -> tuple[Project, str]:
    edit = edits.BringBlock(piece, "mix", "seed")
    return edit.apply(into), edit.layer(into)


def test_a_block_is_brought_once_unless_it_was_changed() -> None:
    piece = replace(document(), graphs={})
    first, layer = brought(project(), piece)
    assert layer == "block:mix"
    again, layer = brought(first, piece)
    assert layer == "block:mix"
    assert again.blocks == first.blocks
    changed = edits.RenameGraph("mix", "My mix").apply(first)
    second, other = brought(changed, piece)
    assert other != "block:mix"
    assert [block.name for block in second.blocks.values()] == ["My mix", "Mix"]
    third, layer = brought(second, piece)
    assert layer == other, "the copy that came along is known again"
    assert third.blocks == second.blocks


def test_a_block_around_a_changed_one_is_another_one() -> None:
    inner = GraphBuilder("Inner")
    inner.output(inner("ReLU", inner.input("N", 3)))
    outer = GraphBuilder("Outer")
    outer.output(outer(inner, outer.input("N", 3), id="use"))
    net = GraphBuilder("Net")
    net.output(net(outer, net.input("N", 3)))
    doc = project(net)
    piece = replace(doc, graphs={})
    changed = edits.RenameGraph("inner", "Changed").apply(doc)
    edit = edits.BringBlock(piece, "outer", "seed")
    made, layer = edit.apply(changed), edit.layer(changed)
    assert len(made.blocks) == 4
    copy = made.blocks[layer.removeprefix("block:")]
    assert made.blocks[copy.nodes["use"].layer.removeprefix("block:")].name == "Inner"


def test_networks_change_their_places() -> None:
    a, b = GraphBuilder("A", role="generator"), GraphBuilder("B", role="discriminator")
    doc = project(a, b)
    made = edits.MoveGraph("a", 1).apply(doc)
    assert list(made.graphs) == ["b", "a"]
    assert edits.MoveGraph("a", 3).apply(made) is made
    assert list(edits.MoveGraph("a", -1).apply(made).graphs) == ["a", "b"]
