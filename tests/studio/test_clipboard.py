"""Nodes on the clipboard: what comes back is what went, and foreign text is refused."""

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.graph.model import CustomLayer, Graph, Port, Project
from nnstudio.studio import clipboard
from tests.builder import GraphBuilder, project


def net() -> Project:
    unit = GraphBuilder("Unit", id="unit")
    unit.output(unit("ReLU", unit.input("N", "C")))
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 4, id="in")
    x = b("Linear", x, out_features=3, id="fc")
    x = b(unit, x, id="use")
    b("custom:own", x, id="own")
    own = CustomLayer("own", "Own", "class Own: ...")
    layout = {"net": {"fc": (0.0, 0.0), "use": (0.0, 112.0), "own": (240.0, 224.0)}}
    return project(b, custom=[own], layout=layout)


def test_round_trip_brings_blocks_and_inner_edges() -> None:
    made = net()
    found = clipboard.read(clipboard.copied(made, "net", ["fc", "use", "own"]))
    edit = clipboard.pasting("net", found)
    after = edit.apply(made)
    new = [key for key in after.graphs["net"].nodes if key not in made.graphs["net"].nodes]
    layers = [after.graphs["net"].nodes[key].layer for key in new]
    assert layers == ["Linear", "block:unit", "custom:own"]
    assert after.graphs["net"].nodes[new[0]].inputs in ((), (None,))
    assert after.graphs["net"].nodes[new[1]].inputs == (Port(new[0]),)
    empty = Project(graphs={"net": Graph("net", "Net")})
    elsewhere = edit.apply(empty)  # another window
    assert elsewhere.custom["own"].source == "class Own: ..."
    assert elsewhere.blocks.keys() == {"unit"}


def test_paste_at_a_place_keeps_the_grid() -> None:
    found = clipboard.read(clipboard.copied(net(), "net", ["fc", "own"]))
    edit = clipboard.pasting("net", found, (1003.0, 517.0))
    assert edit.offset == (880.0, 408.0)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "[]", "{}", '{"nnstudio": 1}', '{"nnstudio": 99}', b"\xff\xfe",
        '{"nnstudio": 1, "graphs": {"g": {"name": "G", "nodes": {"a": {"layer": "../x"}}}}}',
        '{"nnstudio": 1, "graphs": {"g": {"name": "G", "nodes": {}}}}',
        "[" * 100_000, '{"nnstudio": 1, "name": "\ud800"}',
    ],
)  # fmt: skip
def test_foreign_text_is_refused(text) -> None:
    with pytest.raises(ProjectError) as caught:
        clipboard.read(text)
    assert caught.value.problems[0].code in {"paste.foreign", "paste.empty"}


def test_nothing_to_copy() -> None:
    with pytest.raises(ProjectError):
        clipboard.copied(net(), "net", [])
