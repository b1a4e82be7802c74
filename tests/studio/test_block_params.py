"""A setting becomes a parameter of its block in one step, and the network stays what it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.core.params import Param
from nnstudio.core.values import Args, Expression
from nnstudio.graph import edits
from nnstudio.graph.model import Project, Repeat
from nnstudio.studio import block_params, library
from nnstudio.studio.block_params import Offer, offers
from nnstudio.studio.formulas import copies_of, numbers_in
from tests.builder import GraphBuilder, project

E = Expression


def document() -> Project:
    block = GraphBuilder("Block", channels=Param("channels", "int", auto=True, minimum=1))
    x = block.input("N", "channels", "H", "W")
    y = block("Conv2d", x, out_channels=16, kernel_size=3, padding=1, name="first", id="a")
    y = block("Conv2d", y, out_channels=16, kernel_size=3, padding=1, name="second", id="b")
    y = block("Dropout", block("ReLU", y), id="drop")
    block.output(y)
    net = GraphBuilder("Net", id="net")
    x = net.input("N", 3, 8, 8)
    net.output(net(block, net(block, x, id="u1"), id="u2"))
    return project(net)


def offered(doc: Project, node: str, name: str) -> dict[str, Offer]:
    return {f"{o.code}:{o.name}": o for o in offers(doc, analyse(doc), "block", node, name)}


def test_a_number_becomes_a_parameter() -> None:
    doc = document()
    before = analyse(doc)
    offer = offered(doc, "a", "out_channels")["make:out_channels"]
    made = offer.edit.apply(doc)
    new = made.blocks["block"].params[-1]
    assert (new.name, new.kind, new.default, new.required) == ("out_channels", "int", 16, False)
    assert made.blocks["block"].nodes["a"].args["out_channels"] == E("out_channels")
    assert made.blocks["block"].nodes["b"].args["out_channels"] == 16
    after = analyse(made)
    assert after.problems == ()
    assert after.weights == before.weights
    other = edits.SetArgs("net", "u1", Args(out_channels=4)).apply(made)
    assert analyse(other).weights != before.weights


def test_the_same_number_in_all_nodes_at_once() -> None:
    doc = document()
    offer = offered(doc, "a", "out_channels")["make_all:out_channels"]
    assert offer.count == 2
    nodes = offer.edit.apply(doc).blocks["block"].nodes
    assert {nodes[key].args["out_channels"] for key in "ab"} == {E("out_channels")}


def test_follow_and_unlink() -> None:
    doc = document()
    doc = offered(doc, "a", "kernel_size")["make:kernel_size"].edit.apply(doc)
    doc = offered(doc, "b", "kernel_size")["follow:kernel_size"].edit.apply(doc)
    assert doc.blocks["block"].nodes["b"].args["kernel_size"] == E("kernel_size")
    doc = offered(doc, "b", "kernel_size")["unlink:kernel_size"].edit.apply(doc)
    assert doc.blocks["block"].nodes["b"].args["kernel_size"] == 3


def test_names_stay_apart_and_kinds_are_kept() -> None:
    doc = document()
    doc = offered(doc, "drop", "p")["make:p"].edit.apply(doc)
    assert doc.blocks["block"].params[-1].kind == "float"
    doc = offered(doc, "a", "bias")["make:bias"].edit.apply(doc)
    assert doc.blocks["block"].params[-1].kind == "bool"
    doc = offered(doc, "a", "padding")["make:padding"].edit.apply(doc)
    name = next(iter(offered(doc, "b", "padding")))
    assert name == "make:second_padding"
    assert analyse(offered(doc, "b", "padding")[name].edit.apply(doc)).problems == ()


def test_an_inferred_size_follows_and_is_not_made_anew() -> None:
    found = offered(document(), "a", "in_channels")
    assert "make:in_channels" not in found


def test_copies_become_a_parameter() -> None:
    doc = edits.SetRepeat("block", "b", Repeat(3)).apply(document())
    doc = offered(doc, "b", "copies")["make:copies"].edit.apply(doc)
    repeat = doc.blocks["block"].nodes["b"].repeat
    assert repeat is not None
    assert repeat.count == E("copies")
    assert doc.blocks["block"].params[-1].default == 3
    assert analyse(doc).problems == ()


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"kind": "bool"}, (False, False)),
        ({"kind": "choice", "choices": ("x", "y")}, ("x", False)),
        ({"minimum": 100}, (None, True)),
        ({"kind": "float"}, (16, False)),
        ({"auto": True}, (16, False)),
    ],
)
def test_a_changed_parameter_stays_sound(
    changes: dict[str, object], kept: tuple[object, bool]
) -> None:
    doc = offered(document(), "a", "out_channels")["make:out_channels"].edit.apply(document())
    block = doc.blocks["block"]
    (new,) = [
        one
        for one in block_params.with_param(block, "out_channels", **changes)
        if one.name == "out_channels"
    ]
    assert (new.default, new.required) == kept


def test_every_copy_of_an_open_number_has_its_value() -> None:
    """In a dense block the channels of its layers follow from the number that a use asks for."""
    piece = library.ready()["dense_block"]
    b = GraphBuilder("Net", id="net")
    b.output(b("block:dense_block", b.input("N", 8, 4, 4), layers=5, growth=4, id="use"))
    doc = replace(project(b), blocks=piece.project.blocks)
    analysis = analyse(doc)
    stack = next(n for n in doc.blocks["dense_block"].nodes.values() if n.repeat is not None)
    path = (("net", ""), ("dense_block", "use"))
    numbers = numbers_in(doc, analysis, path)
    info = analysis.node(f"dense_block/{stack.id}")
    assert copies_of(stack, info, numbers) == {"in_channels": (8, 12, 16, 20, 24)}


def test_parameters_change_their_places() -> None:
    doc = document()
    params = (Param("a", "int", 1), Param("b", "int", 1), Param("c", "int", 1))
    block = edits.SetBlockParams("block", params).apply(doc).blocks["block"]
    assert [one.name for one in block_params.moved(block, "a", 1)] == ["b", "a", "c"]
    assert [one.name for one in block_params.moved(block, "a", -1)] == ["a", "b", "c"]
    assert [one.name for one in block_params.moved(block, "c", -2)] == ["c", "a", "b"]
