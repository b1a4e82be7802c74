"""What each edit does, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Choice, Expression
from nnstudio.graph import edits
from nnstudio.graph.edits import Consumer
from nnstudio.graph.model import (
    NO_LOOP,
    CustomLayer,
    Data,
    Graph,
    Node,
    Note,
    Port,
    Project,
    Repeat,
    Share,
)
from tests.builder import DIGITS, GraphBuilder, project


@pytest.fixture
def doc() -> Project:
    b = GraphBuilder("Net", id="g")
    x = b.input("N", 8)  # n1
    h = b("Linear", x, out_features=8, name="first")  # n2
    a = b("ReLU", h)  # n3
    s = b("Add", a, x)  # n4
    c = b("Concatenate", [h, a, s])  # n5
    b.output(c)  # n6
    layout = {"g": {key: (0.0, 100.0 * n) for n, key in enumerate(b.nodes)}}
    return project(b, data=DIGITS, layout=layout)


def refused(edit: edits.Edit, doc: Project) -> str:
    with pytest.raises(ProjectError) as caught:
        edit.apply(doc)
    assert caught.value.problems[0].message
    assert caught.value.problems[0].hint
    return caught.value.problems[0].code


def node(doc: Project, key: str) -> Node:
    return doc.graphs["g"].nodes[key]


def test_add_a_node_with_a_position(doc: Project) -> None:
    new = Node("new", "ReLU", inputs=(Port("n2"),))
    made = edits.AddNode("g", new, (1, 2)).apply(doc)
    assert node(made, "new") is new
    assert made.layout["g"]["new"] == (1.0, 2.0)
    assert "new" not in doc.graphs["g"].nodes


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (Node("n1", "ReLU"), "graph.taken"),
        (Node("a b", "ReLU"), "text.id"),
        (Node("x", "os.system"), "text.layer"),
        (Node("x", "ReLU", inputs=(Port("nobody"),)), "graph.no_node"),
        (Node("x", "ReLU", inputs=(Port("x"),)), "graph.cycle"),
        (Node("x", "ReLU", inputs=(Port("n1", 99),)), "graph.output"),
        (Node("x", "ReLU", Args(p=float("nan"))), "value.number"),
        (Node("x", "ReLU", Args(p=10**40)), "value.number"),
        (Node("x", "ReLU", Args({"a b": 1})), "text.argument"),
        (Node("x", "ReLU", Args(p=Expression("__import__('os')"))), "expr.forbidden"),
        (Node("x", "ReLU", name="two\nlines"), "text.lines"),
        (Node("x", "ReLU", name="\u202eevil"), "text.unseen"),
        (Node("x", "ReLU", name="x" * 201), "text.long"),
        (Node("x", "ReLU", repeat=Repeat("3")), "value.type"),
    ],
)
def test_add_refuses(doc: Project, new: Node, code: str) -> None:
    assert refused(edits.AddNode("g", new), doc) == code


def test_unknown_graph_and_node(doc: Project) -> None:
    assert refused(edits.Rename("nothing", "n1", "x"), doc) == "graph.no_graph"
    assert refused(edits.Rename("g", "nobody", "x"), doc) == "graph.no_node"


def test_remove_heals_the_chain(doc: Project) -> None:
    made = edits.RemoveNodes("g", ("n3",)).apply(doc)
    assert node(made, "n4").inputs == (Port("n2"), Port("n1"))
    assert node(made, "n5").inputs == ((Port("n2"), Port("n2"), Port("n4")),)
    assert "n3" not in made.layout["g"]


def test_remove_two_in_a_row_heals_through_both(doc: Project) -> None:
    made = edits.RemoveNodes("g", ("n2", "n3")).apply(doc)
    assert node(made, "n4").inputs == (Port("n1"), Port("n1"))


def test_remove_without_healing_leaves_inputs_open(doc: Project) -> None:
    made = edits.RemoveNodes("g", ("n3",), heal=False).apply(doc)
    assert node(made, "n4").inputs == (None, Port("n1"))
    assert node(made, "n5").inputs == ((Port("n2"), Port("n4")),)


def test_removing_the_owner_gives_the_borrower_weights_of_its_own(doc: Project) -> None:
    doc = edits.SetShare("g", "n5", Share("n2", "weight")).apply(doc)
    assert node(edits.RemoveNodes("g", ("n2",)).apply(doc), "n5").share is None


def test_connect_and_disconnect(doc: Project) -> None:
    made = edits.Connect("g", Port("n2"), "n4", 1).apply(doc)
    assert node(made, "n4").inputs == (Port("n3"), Port("n2"))
    made = edits.Connect("g", Port("n1"), "n5", 0, slot=1).apply(doc)
    assert node(made, "n5").inputs == ((Port("n2"), Port("n1"), Port("n3"), Port("n4")),)
    made = edits.Disconnect("g", "n5", 0, slot=0).apply(doc)
    assert node(made, "n5").inputs == ((Port("n3"), Port("n4")),)
    made = edits.Disconnect("g", "n4", 1).apply(doc)
    assert node(made, "n4").inputs == (Port("n3"),)
    assert refused(edits.Disconnect("g", "n4", 2), doc) == "graph.no_input"


def test_a_refused_circle_is_named(doc: Project) -> None:
    with pytest.raises(ProjectError) as caught:
        edits.Connect("g", Port("n4"), "n2").apply(doc)
    problem = caught.value.problems[0]
    assert problem.code == "graph.cycle"
    assert problem.args["path"] == "first → ReLU → Add → first"
    assert refused(edits.Connect("g", Port("n2"), "n2"), doc) == "graph.cycle"


def test_insert_on_an_edge(doc: Project) -> None:
    new = Node("new", "Dropout")
    made = edits.InsertOnEdge("g", new, Consumer("n4", 0), position=(5, 5)).apply(doc)
    assert node(made, "new").inputs == (Port("n3"),)
    assert node(made, "n4").inputs == (Port("new"), Port("n1"))
    made = edits.InsertOnEdge("g", new, Consumer("n5", 0, 1)).apply(doc)
    assert node(made, "n5").inputs == ((Port("n2"), Port("new"), Port("n4")),)


def test_insert_a_node_that_is_there(doc: Project) -> None:
    doc = edits.AddNode("g", Node("loose", "Dropout")).apply(doc)
    made = edits.InsertOnEdge("g", "loose", Consumer("n2", 0)).apply(doc)
    assert node(made, "n2").inputs == (Port("loose"),)
    assert refused(edits.InsertOnEdge("g", "n4", Consumer("n2", 0), input=1), doc) == "graph.cycle"


def test_arguments_are_set_and_reset(doc: Project) -> None:
    made = edits.SetArgs("g", "n2", Args(bias=False, out_features=9)).apply(doc)
    assert node(made, "n2").args == Args(out_features=9, bias=False)
    made = edits.ResetArg("g", "n2", "out_features").apply(made)
    assert node(made, "n2").args == Args(bias=False)
    assert edits.SetArgs("g", "n2", Args(out_features=8)).apply(doc) is doc
    assert edits.SetArgs("g", "n2", Args(out_features=8.0)).apply(doc) is not doc


def test_replace_passes_edges_name_place_and_borrowers_over(doc: Project) -> None:
    doc = edits.SetShare("g", "n5", Share("n2")).apply(doc)
    made = edits.ReplaceNode("g", "n2", Node("new", "Conv1d")).apply(doc)
    assert list(made.graphs["g"].nodes) == ["n1", "new", "n3", "n4", "n5", "n6"]
    assert node(made, "new").inputs == (Port("n1"),)
    assert node(made, "new").name == "first"
    assert node(made, "n3").inputs == (Port("new"),)
    assert node(made, "n5").share == Share("new")
    assert made.layout["g"]["new"] == doc.layout["g"]["n2"]


def test_weights_cannot_be_borrowed_in_a_circle(doc: Project) -> None:
    doc = edits.SetShare("g", "n2", Share("n3")).apply(doc)
    assert refused(edits.SetShare("g", "n3", Share("n2")), doc) == "graph.share_itself"
    assert refused(edits.SetShare("g", "n3", Share("n3")), doc) == "graph.share_itself"
    assert refused(edits.SetShare("g", "n3", Share("nobody")), doc) == "graph.no_node"


def test_positions_touch_only_the_layout(doc: Project) -> None:
    made = edits.MoveNodes("g", {"n2": (7, 8)}).apply(doc)
    assert made.graphs is doc.graphs
    assert made.layout["g"]["n2"] == (7.0, 8.0)
    assert refused(edits.MoveNodes("g", {"n2": (float("inf"), 0)}), doc) == "graph.position"


def test_blocks_cannot_contain_themselves(doc: Project) -> None:
    inner = Graph("inner", "Inner", {"a": Node("a", "ReLU")})
    outer = Graph("outer", "Outer", {"b": Node("b", "block:inner")})
    doc = edits.AddBlock(inner).apply(doc)
    doc = edits.AddBlock(outer).apply(doc)
    with pytest.raises(ProjectError, match=r"Inner → Outer → Inner|Outer → Inner → Outer"):
        edits.AddNode("inner", Node("c", "block:outer")).apply(doc)
    swap = edits.ReplaceNode("inner", "a", Node("c", "block:inner"))
    assert refused(swap, doc) == "graph.contains_itself"
    assert refused(edits.RemoveBlock("inner"), doc) == "graph.block_used"
    assert "outer" not in edits.RemoveBlock("outer").apply(doc).blocks


def test_graphs_and_roles(doc: Project) -> None:
    critic = Graph("c", "Critic", role="model")
    assert refused(edits.AddGraph(critic), doc) == "graph.role_taken"
    made = edits.AddGraph(replace(critic, role="")).apply(doc)
    made = edits.SetRole("c", "model").apply(made)
    assert (made.graphs["c"].role, made.graphs["g"].role) == ("model", "")
    made = edits.RemoveGraph("g").apply(made)
    assert "g" not in made.graphs
    assert "g" not in made.layout


def test_duplicate_keeps_inner_edges_and_opens_outer_ones(doc: Project) -> None:
    made = edits.DuplicateNodes("g", ("n3", "n4"), seed="s").apply(doc)
    first, second = list(made.graphs["g"].nodes)[-2:]
    assert node(made, first).inputs == ()
    assert node(made, second).inputs == (Port(first),)
    assert made.layout["g"][first] == (24.0, 224.0)


def test_paste_brings_blocks_and_own_layers_along(doc: Project) -> None:
    block = GraphBuilder("Inner", id="inner")
    block.output(block("custom:mine", block.input("N", 3)))
    b = GraphBuilder("Other", id="o")
    use = b(block, b.input("N", 3))
    b.output(use)
    other = project(b, custom=[CustomLayer("mine", "Mine", "class Mine: ...")])
    piece = edits.fragment(other, "o", (use.id,))
    made = edits.PasteNodes("g", piece, seed="s").apply(doc)
    assert set(made.blocks) == {"inner"}
    assert set(made.custom) == {"mine"}
    again = edits.PasteNodes("g", piece, seed="t").apply(made)
    assert set(again.blocks) == {"inner"}

    changed = edits.RenameGraph("inner", "Changed").apply(made)
    both = edits.PasteNodes("g", piece, seed="u").apply(changed)
    assert len(both.blocks) == 2
    pasted = list(both.graphs["g"].nodes.values())[-1]
    assert both.blocks[pasted.layer.removeprefix("block:")].name == "Inner"


def test_settings_by_dotted_path(doc: Project) -> None:
    defaults = Args(optimizer=Choice("AdamW", Args(weight_decay=0.1)), epochs=3)
    made = edits.SetSetting("optimizer.lr", 0.01, defaults).apply(doc)
    assert made.loop.args["optimizer"] == Choice("AdamW", Args(weight_decay=0.1, lr=0.01))
    made = edits.SetSetting("epochs", 7).apply(made)
    assert made.loop.args["epochs"] == 7
    made = edits.SetSetting("data.split_seed", 5).apply(made)
    assert made.data.reader == Choice("mnist", Args(split_seed=5))
    augment = (Choice("shift"), Choice("rotate", Args(degrees=10)))
    made = edits.SetSetting("augment", augment).apply(made)
    made = edits.SetSetting("augment.1.degrees", 20).apply(made)
    assert made.loop.args["augment"] == (Choice("shift"), Choice("rotate", Args(degrees=20)))
    assert refused(edits.SetSetting("augment.7.degrees", 1), made) == "setting.unknown"
    assert refused(edits.SetSetting("optimizer.lr", 1), doc) == "setting.unknown"
    drawn = edits.SetLoop(NO_LOOP).apply(made)
    assert drawn.loop == NO_LOOP
    assert refused(edits.SetSetting("epochs", 3), drawn) == "setting.no_loop"
    without = edits.SetData(Data()).apply(made)
    assert refused(edits.SetSetting("data.split_seed", 1), without) == "setting.no_data"


def test_a_batch_is_one_step_or_none(doc: Project) -> None:
    batch = edits.Batch(
        (edits.Rename("g", "n2", "a"), edits.Rename("g", "nobody", "b")), "rename all"
    )
    assert batch.label == "rename all"
    assert refused(batch, doc) == "graph.no_node"
    assert node(doc, "n2").name == "first"


def test_too_many_nodes(doc: Project) -> None:
    nodes = {f"m{n}": Node(f"m{n}", "ReLU") for n in range(9_995)}
    full = replace(doc, graphs={"g": replace(doc.graphs["g"], nodes=nodes)}, layout={})
    for n in range(5):
        full = edits.AddNode("g", Node(f"z{n}", "ReLU")).apply(full)
    assert refused(edits.AddNode("g", Node("z9", "ReLU")), full) == "graph.too_many"
    assert refused(edits.DuplicateNodes("g", ("m1",)), full) == "graph.too_many"


def test_notes_are_written_moved_resized_and_removed(doc: Project) -> None:
    doc = edits.AddNote("g", "a", Note("one", (1, 2))).apply(doc)
    doc = edits.AddNote("g", "b", Note("two", (5.0, 6.0), 320.0, 90.0)).apply(doc)
    doc = edits.SetNoteText("g", "a", "three\nlines\nhere").apply(doc)
    doc = edits.MoveNotes("g", {"a": (3, 4), "b": (7.5, 8.0)}).apply(doc)
    doc = edits.ResizeNote("g", "a", 160).apply(doc)
    assert doc.notes == {
        "g": {
            "a": Note("three\nlines\nhere", (3.0, 4.0), 160.0),
            "b": Note("two", (7.5, 8.0), 320.0, 90.0),
        }
    }
    gone = edits.RemoveNotes("g", ("a", "b")).apply(doc)
    assert gone.notes == {}
    assert gone.graphs["g"] is doc.graphs["g"], "no note touches what is analysed"
    assert refused(edits.AddNote("g", "a", Note()), doc) == "graph.taken"
    assert refused(edits.SetNoteText("g", "c", ""), doc) == "graph.no_note"
    assert refused(edits.SetNoteText("g", "a", "x" * 4097), doc) == "text.long"
    assert refused(edits.MoveNotes("g", {"a": (float("nan"), 0)}), doc) == "graph.position"
    assert refused(edits.ResizeNote("g", "a", 5000), doc) == "graph.note_size"
    assert refused(edits.RemoveNotes("g", ("c",)), doc) == "graph.no_note"


def test_notes_go_with_copies_into_blocks_and_with_their_graph(doc: Project) -> None:
    doc = edits.AddNote("g", "a", Note("one", (10.0, 20.0))).apply(doc)
    copied = edits.DuplicateNodes("g", (), notes=("a",), seed="s").apply(doc)
    assert [note.at for note in copied.notes["g"].values()] == [(10.0, 20.0), (34.0, 44.0)]
    both = edits.DuplicateNodes("g", ("n2",), notes=("a",), seed="s").apply(doc)
    assert len(both.notes["g"]) == 2
    assert len(both.graphs["g"].nodes) == len(doc.graphs["g"].nodes) + 1
    grouped = edits.GroupNodes("g", ("n2",), notes=("a",), seed="s").apply(doc)
    assert list(grouped.notes) == list(grouped.blocks)
    assert edits.RemoveGraph("g").apply(doc).notes == {}
