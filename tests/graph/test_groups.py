"""Grouping and dissolving blocks, and how weights follow."""

from __future__ import annotations

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Expression
from nnstudio.graph import edits, weights_map
from nnstudio.graph.history import History
from nnstudio.graph.model import Graph, Node, Port, Project, Repeat, Share
from nnstudio.graph.topology import inputs_of, outputs_of
from nnstudio.graph.wellformed import check_project
from tests.builder import GraphBuilder, project


@pytest.fixture
def resnet() -> Project:
    """Two stages of a residual block, the second one repeated; 122 tensors hang on such a net."""
    block = GraphBuilder("Residual", id="res", channels=64, stride=1)
    x = block.input("N", "c", "H", "W", id="rx")
    h = block("Conv2d", x, out_channels=Expression("channels"), kernel_size=3, id="c1")
    h = block("BatchNorm2d", h, id="b1")
    h = block("ReLU", h, id="a1")
    h = block("Conv2d", h, out_channels=Expression("2 * channels // 2"), kernel_size=3, id="c2")
    block.output(block("Add", h, x, id="plus"), id="ry")
    b = GraphBuilder("Net", id="g")
    x = b.input("N", 3, 32, 32, id="x")
    h = b("Conv2d", x, out_channels=64, kernel_size=3, id="stem")
    h = b("BatchNorm2d", h, id="norm")
    h = b(block, h, id="s1")
    h = b(block, h, id="s2", channels=128, repeat=2)
    h = b("Linear", b("Flatten", h, id="flat"), out_features=10, id="head")
    b.output(h, id="y")
    return project(b, layout={"g": {k: (0.0, 10.0 * n) for n, k in enumerate(b.nodes)}})


PATHS = (
    "stem/weight",
    "norm/running_mean",
    "s1/c1/weight",
    "s1/b1/bias",
    "s2#0/c1/weight",
    "s2#1/b1/num_batches_tracked",
    "head/bias",
)


def moved(edit: edits.Edit, doc: Project) -> dict[str, str]:
    return weights_map.moved_paths(edit, doc, "g", PATHS)


def use_of(project: Project, graph: Graph, block: str) -> Node:
    """The node that uses the block of a name."""
    names = {f"block:{key}": made.name for key, made in project.blocks.items()}
    return next(node for node in graph.nodes.values() if names.get(node.layer) == block)


def test_most_edits_leave_every_path_as_it_is(resnet: Project) -> None:
    for edit in (
        edits.Rename("g", "stem", "first"),
        edits.MoveNodes("g", {"stem": (1, 1)}),
        edits.AddNode("g", Node("new", "ReLU")),
        edits.InsertOnEdge("g", Node("new", "ReLU"), edits.Consumer("norm", 0)),
        edits.RemoveNodes("g", ("norm",)),
    ):
        assert moved(edit, resnet) == {path: path for path in PATHS}


def test_group_moves_paths_into_the_use(resnet: Project) -> None:
    edit = edits.GroupNodes("g", ("stem", "norm", "s1"), "Stem", seed="s")
    made = edit.apply(resnet)
    check_project(made)
    use = use_of(made, made.graphs["g"], "Stem")
    assert use.inputs == (Port("x"),)
    paths = moved(edit, resnet)
    assert paths["stem/weight"] == f"{use.id}/stem/weight"
    assert paths["s1/b1/bias"] == f"{use.id}/s1/b1/bias"
    assert paths["s2#1/b1/num_batches_tracked"] == "s2#1/b1/num_batches_tracked"
    back = weights_map.undone_paths(edit, resnet, "g", paths.values())
    assert {new: old for old, new in paths.items()} == back


def test_group_within_a_block_moves_the_paths_of_all_its_uses(resnet: Project) -> None:
    edit = edits.GroupNodes("res", ("c1", "b1"), "Pair", seed="s")
    made = edit.apply(resnet)
    check_project(made)
    use = use_of(made, made.blocks["res"], "Pair")
    paths = moved(edit, resnet)
    assert paths["s1/c1/weight"] == f"s1/{use.id}/c1/weight"
    assert paths["s2#0/c1/weight"] == f"s2#0/{use.id}/c1/weight"
    # The formula's parameter goes along into the new block and is handed on by the use.
    pair = made.blocks[use.layer.removeprefix("block:")]
    assert [param.name for param in pair.params] == ["channels"]
    assert use.args == Args(channels=Expression("channels"))


def test_ungroup_moves_paths_up_and_fills_in_parameters(resnet: Project) -> None:
    edit = edits.UngroupNode("g", "s1", seed="s")
    made = edit.apply(resnet)
    check_project(made)
    nodes = made.graphs["g"].nodes
    assert nodes["c1"].args["out_channels"] == 64
    assert nodes["c2"].args["out_channels"] == 64
    assert nodes["c1"].inputs == (Port("norm"),)
    assert nodes["plus"].inputs == (Port("c2"), Port("norm"))
    assert nodes["s2"].inputs == (Port("plus"),)
    paths = moved(edit, resnet)
    assert paths["s1/c1/weight"] == "c1/weight"
    assert paths["s2#0/c1/weight"] == "s2#0/c1/weight"


def test_ungroup_of_a_second_use_takes_new_ids(resnet: Project) -> None:
    single = edits.SetRepeat("g", "s2", None).apply(resnet)
    first = edits.UngroupNode("g", "s1", seed="s").apply(single)
    second = edits.UngroupNode("g", "s2", seed="t")
    made = second.apply(first)
    check_project(made)
    paths = weights_map.moved_paths(second, first, "g", ["s2/c1/weight", "c1/weight"])
    assert paths["c1/weight"] == "c1/weight"
    fresh = paths["s2/c1/weight"].split("/")[0]
    assert fresh != "c1"
    assert made.graphs["g"].nodes[fresh].args["out_channels"] == 128


def test_group_and_ungroup_give_the_network_back(resnet: Project) -> None:
    grouped = edits.GroupNodes("g", ("stem", "norm"), "Stem", seed="s").apply(resnet)
    use = use_of(grouped, grouped.graphs["g"], "Stem")
    again = edits.UngroupNode("g", use.id, seed="t").apply(grouped)
    assert again.graphs["g"].nodes == resnet.graphs["g"].nodes
    assert again.layout["g"]["stem"] == resnet.layout["g"]["stem"]


def test_paths_along_the_history(resnet: Project) -> None:
    history = History(resnet)
    group = edits.GroupNodes("g", ("stem", "norm"), "Stem", seed="s")
    history.do(group)
    use = use_of(history.project, history.project.graphs["g"], "Stem").id
    history.do(edits.Batch((edits.Rename("g", "head", "x"), edits.UngroupNode("g", use))))
    history.do(edits.GroupNodes("res", ("c1", "b1"), "Pair", seed="p"))
    there = weights_map.paths_between(history, 0, 3, "g", PATHS)
    assert there["stem/weight"] == "stem/weight"
    assert there["s1/c1/weight"] != "s1/c1/weight"
    back = weights_map.paths_between(history, 3, 0, "g", there.values())
    assert sorted(back.values()) == sorted(PATHS)
    middle = weights_map.paths_between(history, 0, 1, "g", PATHS)
    assert middle["stem/weight"] == f"{use}/stem/weight"


def test_nodes_are_found_again_without_a_history(resnet: Project) -> None:
    later = edits.GroupNodes("g", ("stem", "norm"), "Stem", seed="s").apply(resnet)
    later = edits.UngroupNode("g", "s1", seed="t").apply(later)
    use = use_of(later, later.graphs["g"], "Stem").id
    found = weights_map.matching_nodes(resnet, later, "g")
    assert found["stem",] == (use, "stem")
    assert found["s1", "c1"] == ("c1",)
    assert found["s2", "c1"] == ("s2", "c1")
    assert found["head",] == ("head",)


def test_the_block_has_ports_for_what_crosses_the_border() -> None:
    b = GraphBuilder("Net", id="g")
    x, mask = b.input("N", "T", 8, name="x"), b.input("T", "T", name="mask")
    a = b("MultiheadAttention", x, x, x, mask)
    r = b("Add", a, x)
    b.output(r)
    b.output(a, name="attended")
    shapes = {x.port: ("N", "T", 8), mask.port: ("T", "T")}
    doc = edits.GroupNodes("g", (a.id, r.id), "Attend", shapes).apply(project(b))
    (block,) = doc.blocks.values()
    assert [block.nodes[key].args["shape"] for key in inputs_of(block)] == [*shapes.values()]
    assert len(outputs_of(block)) == 2
    use = use_of(doc, doc.graphs["g"], "Attend")
    assert use.inputs == (x.port, mask.port)


def refused(edit: edits.Edit, doc: Project) -> str:
    with pytest.raises(ProjectError) as caught:
        edit.apply(doc)
    return caught.value.problems[0].code


def test_refusals(resnet: Project) -> None:
    assert refused(edits.GroupNodes("g", ()), resnet) == "graph.empty_selection"
    assert refused(edits.GroupNodes("g", ("x", "stem")), resnet) == "graph.group_ends"
    assert refused(edits.GroupNodes("g", ("stem", "s1")), resnet) == "graph.group_around"
    shared = edits.SetShare("g", "head", Share("stem")).apply(resnet)
    assert refused(edits.GroupNodes("g", ("head",)), shared) == "graph.group_share"
    assert refused(edits.UngroupNode("g", "stem"), resnet) == "graph.ungroup_layer"
    assert refused(edits.UngroupNode("g", "s2"), resnet) == "graph.ungroup_one"
    looped = edits.SetRepeat("g", "s1", Repeat(3)).apply(resnet)
    assert refused(edits.UngroupNode("g", "s1"), looped) == "graph.ungroup_one"


def test_a_required_parameter_needs_a_value_to_be_ungrouped() -> None:
    block = GraphBuilder("B", id="b", dim=int)
    block.output(
        block("Linear", block.input("N", "dim"), out_features=Expression("2 * dim"), id="l")
    )
    b = GraphBuilder("Net", id="g")
    use = b(block, b.input("N", 8), frozen=True)
    b.output(use)
    doc = project(b)
    assert refused(edits.UngroupNode("g", use.id), doc) == "graph.ungroup_value"
    made = edits.UngroupNode("g", use.id, Args(dim=8)).apply(doc)
    assert made.graphs["g"].nodes["l"].args["out_features"] == 16
    assert not made.graphs["g"].nodes["l"].trainable
