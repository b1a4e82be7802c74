"""Why two ports cannot be connected, and which layers fit."""

import pytest

from nnstudio.catalogue.registry import LAYERS
from nnstudio.compiler.analysis import analyse
from nnstudio.graph.edits import AddNode, Connect
from nnstudio.graph.model import Node, Port
from nnstudio.studio import fitting
from tests.builder import GraphBuilder, project


def net():
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 1, 8, 8, id="in")
    y = b("Conv2d", x, out_channels=4, id="conv")
    b("Flatten", y, id="flat")
    b("BatchNorm1d", None, id="norm")
    b("Linear", None, in_features=512, id="pinned")
    b("Add", y, id="add")
    b("Concatenate", [y], id="cat")
    b("Conv2d", None, id="loose")
    return project(b)


DOCUMENT = net()
KNOWN = analyse(DOCUMENT)


def why(source: str, node: str, index: int = 0):
    return fitting.why_not(DOCUMENT, KNOWN, "net", Port(source), node, index)


def test_says_both_shapes() -> None:
    problem = why("conv", "norm")
    assert problem.code == "connect.rank"
    assert "N × 4 × 6 × 6" in problem.message
    assert problem.repairs
    problem = why("flat", "pinned")
    assert problem.args["given"] == "N × 144"
    assert problem.args["expected"] == "… × 512"
    problem = why("in", "cat")
    assert problem.args["expected"] == "N × 4 × 6 × 6"


def test_what_fits() -> None:
    assert why("conv", "loose") is None
    assert why("flat", "norm") is None
    assert why("conv", "add", 1) is None
    assert why("loose", "pinned") is None  # an unknown shape is no reason to refuse


def test_circles_and_ends() -> None:
    assert why("conv", "conv").code == "connect.itself"
    assert why("flat", "conv").code == "connect.circle"
    assert why("conv", "loose", 7).code == "graph.no_input"


def test_agrees_with_the_analysis() -> None:
    """A refusal and the problem that the edge would make are one: no other rule stands here."""
    for source in ("in", "conv", "flat"):
        for target in ("norm", "pinned", "loose", "add", "cat"):
            index = 1 if target == "add" else 0
            slot = 99 if target == "cat" else None
            tried = Connect("net", Port(source), target, index, slot).apply(DOCUMENT)
            after = analyse(tried).node(f"net/{target}").problems
            assert (why(source, target, index) is None) == (not after), (source, target)


def test_takers_can_really_be_fed() -> None:
    found = {one.layer for one in fitting.takers(DOCUMENT, KNOWN, "net", Port("conv"))}
    assert {"Conv2d", "BatchNorm2d", "Flatten", "Add", "Output"} <= found
    assert not {"Input", "Conv1d", "Conv3d", "BatchNorm3d", "LSTM"} & found
    for layer in sorted(found & LAYERS.keys()):
        made = AddNode("net", Node("new", layer)).apply(DOCUMENT)
        variadic = fitting.signature(made, layer).inputs[0].variadic
        made = Connect("net", Port("conv"), "new", 0, 0 if variadic else None).apply(made)
        problems = [p for p in analyse(made).node("net/new").problems if p.severity == "error"]
        assert {p.code for p in problems} <= {"shape.open", "shape.both"}, layer


def test_givers() -> None:
    found = {one.layer for one in fitting.givers(DOCUMENT, "net", "loose", 0)}
    assert {"Conv2d", "Input", "ReLU"} <= found
    assert not {"Conv1d", "LSTM", "Output"} & found


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("conv2", "Conv2d"),
        ("bn2", "BatchNorm2d"),
        ("mha", "MultiheadAttention"),
        ("dense", "Linear"),
        ("relu", "ReLU"),
        ("lst", "LSTM"),
        ("drop", "Dropout"),
    ],
)
def test_ranking(text: str, layer: str) -> None:
    assert fitting.ranked(text, fitting.layers(DOCUMENT))[0].layer == layer


def test_a_block_is_not_offered_inside_itself() -> None:
    inner = GraphBuilder("Inner", id="inner")
    inner.output(inner.input("N", "C"))
    outer = GraphBuilder("Outer", id="outer")
    outer.output(outer(inner, outer.input("N", "C")))
    b = GraphBuilder("Net", id="net")
    b.output(b(outer, b.input("N", 4)))
    made = project(b)

    def offered(graph):
        return {one.layer for one in fitting.layers(made, graph) if one.family == "block"}

    assert offered("net") == {"block:inner", "block:outer"}
    assert offered("outer") == {"block:inner"}
    assert offered("inner") == set()
