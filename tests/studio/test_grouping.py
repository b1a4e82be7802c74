"""A block of a selection is as general as it can be, and the network stays what it was."""

from __future__ import annotations

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.core.values import Expression
from nnstudio.graph.edits import GroupNodes
from nnstudio.graph.model import Graph, Port, Project
from nnstudio.studio.grouping import grouping
from tests.builder import GraphBuilder, project


def grouped(doc: Project, nodes: tuple[str, ...]) -> tuple[Project, Graph]:
    """Group nodes of the only network, whose inputs have the shapes that arrive."""
    (graph_id,) = doc.graphs
    analysis = analyse(doc)
    shapes = {}
    for key in nodes:
        for port in doc.graphs[graph_id].nodes[key].ports():
            if port.node not in nodes:
                info = analysis.node(f"{graph_id}/{port.node}")
                assert info is not None
                assert info.outputs is not None
                shapes[Port(port.node)] = tuple(
                    dim if isinstance(dim, int) else str(dim) for dim in info.outputs[0]
                )
    edit = grouping(doc, analysis, GroupNodes(graph_id, nodes, "Block", shapes, seed="s"))
    made = edit.apply(doc)
    after = analyse(made)
    assert after.weights == analysis.weights
    assert after.flops == analysis.flops
    assert [p for p in after.problems if p.severity == "error"] == []
    (key,) = made.blocks
    return made, made.blocks[key]


def shapes_of(block: Graph) -> list[object]:
    return [n.args["shape"] for n in block.nodes.values() if n.layer == "Input"]


def test_a_convolution_with_its_norm_takes_any_picture() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 3, 32, 32)
    x = b(
        "ReLU", b("BatchNorm2d", b("Conv2d", x, out_channels=16, padding=1, id="c"), id="n"), id="r"
    )
    b.output(x)
    _, block = grouped(project(b), ("c", "n", "r"))
    assert shapes_of(block) == [("N", "channels", "H", "W")]
    assert [(one.name, one.auto) for one in block.params] == [("channels", True)]
    assert block.nodes["c"].args["out_channels"] == 16, "what is free stays the user's"


def test_a_residual_takes_its_channels_within() -> None:
    b = GraphBuilder("Net")
    x = b("Conv2d", b.input("N", 3, 32, 32), out_channels=16, padding=1, id="stem")
    y = b("Conv2d", x, out_channels=16, padding=1, id="c1")
    y = b("Conv2d", b("ReLU", y, id="r"), out_channels=16, padding=1, id="c2")
    b.output(b("Add", x, y, id="a"))
    _, block = grouped(project(b), ("c1", "r", "c2", "a"))
    assert shapes_of(block) == [("N", "channels", "H", "W")]
    assert block.nodes["c2"].args["out_channels"] == Expression("channels")


def test_sizes_that_layers_are_built_from_become_parameters() -> None:
    b = GraphBuilder("Net")
    x = b("Flatten", b.input("N", 2, 4, 6), id="f")
    b.output(b("Linear", x, out_features=10, id="l"))
    _, block = grouped(project(b), ("f", "l"))
    assert shapes_of(block) == [("N", "channels", "height", "width")]
    assert {one.name for one in block.params} == {"channels", "height", "width"}


def test_attention_over_any_number_of_tokens() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 9, 16)
    y = b("LayerNorm", x, id="n")
    b.output(b("MultiheadAttention", y, y, y, num_heads=4, id="m"))
    _, block = grouped(project(b), ("n", "m"))
    assert shapes_of(block) == [("N", "T", "features")]


def test_a_number_that_means_something_stays() -> None:
    b = GraphBuilder("Net")
    x = b("Unflatten", b.input("N", 12), dim=1, unflattened_size=(3, 4), id="r")
    b.output(x)
    _, block = grouped(project(b), ("r",))
    assert shapes_of(block) == [("N", 12)]
    assert block.params == ()


@pytest.mark.parametrize("nodes", [("x",), ()])
def test_what_cannot_be_grouped_is_refused_as_ever(nodes: tuple[str, ...]) -> None:
    b = GraphBuilder("Net", id="net")
    b.output(b("ReLU", b.input("N", 4, id="x")))
    doc = project(b)
    plain = GroupNodes("net", nodes)
    assert grouping(doc, analyse(doc), plain) is plain
