"""Nodes in few words."""

import pytest

from nnstudio.catalogue.registry import LAYERS
from nnstudio.compiler.analysis import analyse
from nnstudio.graph.model import Graph, Node, Project, Repeat
from nnstudio.studio import summaries
from tests.builder import DIGITS, GraphBuilder, project


def bodies() -> dict[str, str]:
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 1, 28, 28, id="in")
    x = b("Conv2d", x, out_channels=32, kernel_size=3, padding=1, id="conv")
    x = b("Conv2d", x, out_channels=32, kernel_size=(3, 5), stride=2, groups=32, id="wide")
    x = b("BatchNorm2d", x, id="norm")
    x = b("ReLU", x, id="relu")
    x = b("MaxPool2d", x, id="pool")
    x = b("AdaptiveAvgPool2d", x, output_size=1, id="adapt")
    x = b("Flatten", x, id="flat")
    x = b("Dropout", x, p=0.25, id="drop")
    x = b("Linear", x, out_features=10, id="fc", name="head")
    b.output(x, id="out")
    made = project(b, data=DIGITS)
    known = analyse(made)
    graph = made.graphs["net"]
    return {
        key: summaries.body(made, node, known.node(f"net/{key}"))
        for key, node in graph.nodes.items()
    }


def test_bodies() -> None:
    assert bodies() == {
        "in": "N × 1 × 28 × 28",
        "conv": "1→32 k3 p1",
        "wide": "32→32 k3×5 s2 g32",
        "norm": "32",
        "relu": "max(0, x)",
        "pool": "k2",
        "adapt": "to 1 × 1",
        "flat": "from dim 1",
        "drop": "p 0.25",
        "fc": "Linear 32→10",
        "out": "10 classes",
    }


def test_copies_side_by_side_say_the_channels_of_one() -> None:
    block = GraphBuilder("Head", dim=int)
    block.output(block("Linear", block.input("N", "dim"), out_features=12))
    b = GraphBuilder("Net", id="net")
    b.output(b(block, b.input("N", 8), dim=8, repeat=Repeat(3, "map"), id="heads"))
    made = project(b)
    info = analyse(made).node("net/heads")
    assert info is not None
    assert info.outputs is not None
    assert len(info.outputs[0]) == 3
    body = summaries.body(made, made.graphs["net"].nodes["heads"], info)
    assert body == "8→12 · 1 layer · 324"


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_a_short_body(layer: str) -> None:
    made = Project(graphs={"g": Graph("g", "G", {"n": Node("n", layer)})})
    known = analyse(made)
    words = summaries.body(made, made.graphs["g"].nodes["n"], known.node("g/n"))
    assert "None" not in words
    assert len(words) < 40
    assert "\n" not in words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"), (999, "999"), (1000, "1.00 k"), (61_706, "61.7 k"), (999_950, "1.00 M"),
        (999_400, "999 k"),
        (11_689_512, "11.7 M"), (124_439_808, "124 M"), (1_814_000_000, "1.81 G"),
        (3 * 10**12, "3.00 T"),
    ],
)  # fmt: skip
def test_counts(value: int, words: str) -> None:
    assert summaries.count_words(value) == words


def test_spoken_says_all_that_is_seen() -> None:
    b = GraphBuilder("Net", id="net")
    x = b("Linear", b.input("N", 4), out_features=3, frozen=True, repeat=2, id="fc")
    b("Linear", x, in_features=9, id="bad")
    made = project(b)
    known, graph = analyse(made), made.graphs["net"]
    words = summaries.spoken(made, known, graph, "fc")
    assert "frozen" in words
    assert "repeated 2 times" in words
    assert "expects" in summaries.spoken(made, known, graph, "bad") or known.node("net/bad")
