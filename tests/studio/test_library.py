"""Blocks that lie ready: placed once, kept across projects, and a bad file costs only itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.core.problems import ProjectError, WorldError
from nnstudio.core.values import Args
from nnstudio.graph import edits
from nnstudio.graph.dims import symbol
from nnstudio.graph.model import CustomLayer, Port, Project
from nnstudio.studio import adding, library
from nnstudio.studio.adding import Added
from nnstudio.studio.library import Library
from tests.builder import GraphBuilder, project


def picture() -> Project:
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 8, 16, 16, id="x")
    b.output(b("ReLU", x, id="relu"), id="out")
    return project(b)


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    return Library(tmp_path / "blocks")


def place(shelf: Library, doc: Project, layer: str) -> tuple[Project, str]:
    """Add a layer behind the ReLU."""

    def make(made: Project, one: str) -> Added:
        return adding.after(made, analyse(made), "net", one, Port("relu"))

    added = shelf.placed(doc, layer, make)
    return added.edit.apply(doc), added.node


def test_the_ready_blocks_in_their_order() -> None:
    assert set(library.ORDER) == set(library.ready()), "each has its place in the palette"


def test_a_ready_block_is_placed_in_one_step_and_once(shelf: Library) -> None:
    doc = picture()
    made, node = place(shelf, doc, "ready:bottleneck")
    assert list(made.blocks) == ["bottleneck_block"]
    assert made.graphs["net"].nodes["out"].inputs == (Port(node),), "it stands on the edge"
    assert analyse(made).problems == ()
    again, _ = place(shelf, made, "ready:bottleneck")
    assert again.blocks == made.blocks
    assert len(again.graphs["net"].nodes) == len(made.graphs["net"].nodes) + 1


def test_a_block_that_brings_others(shelf: Library) -> None:
    made, _ = place(shelf, picture(), "ready:inception")
    assert set(made.blocks) == {"inception_block", "conv_norm_relu"}
    more, _ = place(shelf, made, "ready:conv_norm_relu")
    assert more.blocks == made.blocks


def test_what_the_project_holds_is_not_listed_twice(shelf: Library) -> None:
    made, _ = place(shelf, picture(), "ready:bottleneck")
    assert "ready:bottleneck" in {one.layer for one in shelf.found()}
    assert "ready:bottleneck" not in {one.layer for one in shelf.found(made)}
    changed = edits.RenameGraph("bottleneck_block", "Mine").apply(made)
    assert "ready:bottleneck" in {one.layer for one in shelf.found(changed)}


def test_only_blocks_that_take_as_many_dims_are_offered(shelf: Library) -> None:
    tokens = {one.layer for one in shelf.takers((symbol("N"), 5, 12))}
    assert "ready:transformer_encoder" in tokens
    assert "ready:bottleneck" not in tokens
    assert "ready:bottleneck" in {one.layer for one in shelf.takers(None)}


def own() -> Project:
    inner = GraphBuilder("Inner")
    inner.output(inner("custom:act", inner.input("N", 3)))
    outer = GraphBuilder("Outer", width=4, note="What it does.")
    outer.output(outer(inner, outer.input("N", 3)))
    net = GraphBuilder("Net", id="net")
    net.output(net(outer, net.input("N", 3)))
    act = CustomLayer("act", "Act", "class Act: ...")
    return project(net, custom=[act], layout={"outer": {"n1": (3.0, 4.0)}})


def test_a_block_is_kept_across_projects_with_all_that_it_uses(shelf: Library) -> None:
    told = []
    shelf.changed.connect(lambda: told.append(1))
    layer = shelf.save(own(), "outer")
    assert told
    other = Library(shelf.folder)
    (found,) = [one for one in other.found() if one.shelf == "mine"]
    assert (found.layer, found.title, found.summary) == (layer, "Outer", "What it does.")
    doc = picture()
    made, _ = place(other, doc, layer)
    assert set(made.blocks) == {"inner", "outer"}
    assert set(made.custom) == {"act"}
    assert made.layout["outer"]["n1"] == (3.0, 4.0)


def test_saving_again_replaces_and_renaming_makes_room(shelf: Library) -> None:
    doc = own()
    first = shelf.save(doc, "outer")
    changed = edits.SetGraphNote("outer", "Another note.").apply(doc)
    assert shelf.save(changed, "outer") == first
    shelf.rename(first, "Older")
    assert shelf.title(first) == "Older"
    second = shelf.save(doc, "outer")
    assert second != first
    mine = [one.title for one in shelf.found() if one.shelf == "mine"]
    assert mine == ["Older", "Outer"]
    shelf.delete(first)
    assert [one.title for one in shelf.found() if one.shelf == "mine"] == ["Outer"]
    with pytest.raises(ProjectError):
        shelf.rename(first, "Gone")
    with pytest.raises(ProjectError):
        shelf.delete("ready:bottleneck")


@pytest.mark.parametrize("junk", [b"", b"{", b'{"nnstudio": 1}', b"\xff\xfe", b"[" * 10_000])
def test_a_bad_file_costs_only_itself(shelf: Library, junk: bytes) -> None:
    shelf.save(own(), "outer")
    (shelf.folder / "bad.json").write_bytes(junk)
    (shelf.folder / "not a block.json").write_bytes(junk)  # none of ours: no id
    assert [one.title for one in shelf.found() if one.shelf == "mine"] == ["Outer"]
    (problem,) = shelf.problems
    assert "bad.json" in problem.message
    (shelf.folder / "bad.json").unlink()
    shelf.found()
    assert shelf.problems == ()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shelf = Library(tmp_path / "file" / "blocks")
    with pytest.raises(WorldError):
        shelf.save(own(), "outer")
    assert all(one.shelf == "ready" for one in shelf.found())


def test_a_block_cannot_be_placed_in_itself(shelf: Library) -> None:
    made, _ = place(shelf, picture(), "ready:inception")
    inner = edits.BringBlock(library.ready()["inception"].project, "inception_block", "s")
    doc = inner.apply(made)

    def make(held: Project, one: str) -> Added:
        return adding.alone(held, "conv_norm_relu", one, (0.0, 0.0))

    with pytest.raises(ProjectError, match="contain itself"):
        shelf.placed(doc, "ready:inception", make).edit.apply(doc)


def test_args_of_a_placed_block_are_the_users(shelf: Library) -> None:
    made, node = place(shelf, picture(), "ready:dense_block")
    made = edits.SetArgs("net", node, Args(layers=2, growth=4)).apply(made)
    info = analyse(made).node(f"net/{node}")
    assert info is not None
    assert info.outputs is not None
    assert info.outputs[0][1] == 16
