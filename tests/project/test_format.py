"""The format: what is saved is loaded, one edit changes one line, faults have a place."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Choice
from nnstudio.graph import edits
from nnstudio.graph.model import NO_LOOP, Data, Graph, Node, Note, Port, Project, Repeat
from nnstudio.project import migrations, strict_json
from nnstudio.project.format import dumps, loads
from nnstudio.project.migrations import migrated
from tests.project.documents import chain, small


def test_what_is_saved_is_loaded() -> None:
    doc = small()
    text = dumps(doc)
    assert loads(text) == doc
    assert loads(text.encode()) == doc
    assert dumps(loads(text)) == text
    assert loads(b"\xef\xbb\xbf" + text.encode()) == doc  # some editors put a mark in front


@pytest.mark.parametrize("doc", [Project(), Project(graphs={"g": Graph("g", "")}), chain(30)])
def test_also_the_smallest(doc: Project) -> None:
    assert loads(dumps(doc)) == doc


def changed_lines(old: Project, new: Project) -> list[str]:
    """The lines that a comparison shows, a comma at the end left out."""
    before, after = ([line.rstrip(",") for line in dumps(doc).splitlines()] for doc in (old, new))
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


ONE_LINE: list[edits.Edit] = [
    edits.Rename("g", "n3", "other"),
    edits.SetArgs("g", "n3", Args(hidden_size=9, bias=False)),
    edits.SetNote("g", "n2", "a\nb"),
    edits.SetRepeat("g", "n2", Repeat(5)),
    edits.SetTrainable("g", "n2", False),
    edits.Connect("g", Port("n2"), "n6", 0),
    edits.Connect("g", Port("n1"), "n4", 0, slot=1),
    edits.Disconnect("g", "n6"),
    edits.MoveNodes("g", {"n3": (1.0, 1.0)}),
    edits.SetSetting("epochs", 9),
    edits.SetSetting("optimizer.lr", 0.5),
    edits.SetSetting("data.split_seed", 1),
    edits.SetProjectName("Other"),
    edits.SetData(Data()),
    edits.RenameGraph("blk", "Other"),
    edits.SetNoteText("g", "about", "Other,\nin two lines"),
    edits.MoveNotes("g", {"about": (7.0, 8.5)}),
    edits.ResizeNote("g", "about", 320.0, 200.0),
]


@pytest.mark.parametrize("edit", ONE_LINE, ids=lambda edit: type(edit).__name__)
def test_one_edit_changes_one_line(edit: edits.Edit) -> None:
    doc = edits.AddNote("g", "about", Note("A net.")).apply(small())
    lines = changed_lines(doc, edit.apply(doc))
    assert sorted(line[0] for line in lines) == ["+", "-"], lines


def test_a_new_node_is_one_line_and_a_removed_one_too() -> None:
    doc = small()
    added = edits.AddNode("g", Node("new", "ReLU")).apply(doc)
    assert [line[0] for line in changed_lines(doc, added)] == ["+"]
    assert [line[0] for line in changed_lines(added, doc)] == ["-"]


def test_notes_are_a_section_of_their_own_that_is_absent_without_any() -> None:
    doc = small()
    assert '"notes"' not in dumps(doc)
    noted = edits.AddNote("g", "about", Note("A <b>net</b>.\n\nIn words.", (8.0, -4.5))).apply(doc)
    lines = changed_lines(doc, noted)
    assert [line[0] for line in lines] == ["+"] * 5, lines
    assert lines[2] == (
        '+  "about": {"at": [8, -4.5], "width": 240, "text": "A <b>net</b>.\\n\\nIn words."}'
    )
    assert loads(dumps(noted)) == noted
    assert dumps(edits.RemoveNotes("g", ("about",)).apply(noted)) == dumps(doc)


def test_notes_of_a_graph_that_is_gone_are_left_behind() -> None:
    doc = edits.AddNote("g", "about", Note("A net.")).apply(small())
    assert loads(dumps(doc).replace('"g": {\n "about"', '"gone": {\n "about"')).notes == {}


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ({"at": [0, 0]}, "file.missing"),
        ({"at": [0], "text": ""}, "file.type"),
        ({"text": ""}, "file.type"),
        ({"at": [0, 0], "text": 7}, "file.type"),
        ({"at": [0, 0], "text": "", "width": "wide"}, "file.type"),
        ({"at": [0, 0], "text": "", "width": 1}, "graph.note_size"),
        ({"at": [0, 0], "text": "", "height": 1e6}, "graph.note_size"),
        ({"at": [1e9, 0], "text": ""}, "graph.position"),
        ({"at": [0, 0], "text": "x" * 4097}, "text.long"),
        ({"at": [0, 0], "text": "turned \u202e round"}, "text.unseen"),
        ({"at": [0, 0], "text": "", "colour": "red"}, "file.member"),
        ([], "file.type"),
    ],
)
def test_a_faulty_note_is_refused_at_its_place(note: Any, code: str) -> None:
    document = json.loads(dumps(small())) | {"notes": {"g": {"about": note}}}
    with pytest.raises(ProjectError) as refused:
        loads(json.dumps(document))
    problem = refused.value.problems[0]
    assert problem.code == code
    assert problem.where.startswith("notes/g/about")


def test_a_document_holds_so_many_notes_and_no_more() -> None:
    note = {"at": [0, 0], "text": ""}
    document = json.loads(dumps(small()))
    many = {f"n{place}": note for place in range(1000)}
    full = loads(json.dumps(document | {"notes": {"g": many}}))
    with pytest.raises(ProjectError, match="1000 notes"):
        edits.AddNote("g", "one", Note()).apply(full)
    with pytest.raises(ProjectError, match="1000 notes"):
        loads(json.dumps(document | {"notes": {"g": {**many, "one": note}}}))


def test_a_move_touches_only_the_layout() -> None:
    doc = small()
    moved = edits.MoveNodes("g", {"n1": (5.0, 5.0), "n2": (6.0, 6.5)}).apply(doc)
    assert dumps(doc).split('"layout"')[0] == dumps(moved).split('"layout"')[0]


def test_nothing_is_written_that_is_as_it_would_be_without() -> None:
    text = dumps(Project(graphs={"g": Graph("g", "Net", {"a": Node("a", "ReLU")})}))
    assert ' "a": {"layer": "ReLU"}\n' in text
    assert "trainable" not in text


def test_the_text_is_what_people_can_read() -> None:
    text = dumps(small())
    assert '"optimizer": {"use": "AdamW", "with": {"lr": 0.01}}' in text
    assert '"out_features": {"expr": "widen * dim"}' in text
    assert '"in": [["n3", "n3.2"]]' in text
    assert '"in": ["n5", null]' in text
    assert "Größe 层" in text
    assert max(map(len, chain_lines())) < 120


def chain_lines() -> list[str]:
    return dumps(chain(10)).splitlines()


def test_unknown_layers_and_members_are_kept() -> None:
    text = (
        '{"nnstudio": 1, "tool": "x", "graphs": {"g": {"name": "N", "author": "me", "nodes": {'
        '"a": {"layer": "FromTheFuture", "args": {"k": [1, "two", 3.5]}, "colour": {"r": 1}},'
        '"b": {"layer": "block:gone", "in": ["a.7"]}}}}}'
    )
    doc = loads(text)
    again = json.loads(dumps(doc))
    assert again["tool"] == "x"
    assert again["graphs"]["g"]["author"] == "me"
    assert again["graphs"]["g"]["nodes"]["a"]["colour"] == {"r": 1}
    assert again["graphs"]["g"]["nodes"]["a"]["layer"] == "FromTheFuture"
    assert again["graphs"]["g"]["nodes"]["b"] == {"layer": "block:gone", "in": ["a.7"]}
    assert loads(dumps(doc)) == doc


def test_positions_of_nodes_that_are_gone_are_left_out() -> None:
    value = json.loads(dumps(small()))
    value["layout"]["g"]["gone"] = [1, 2]
    value["layout"]["nothing"] = {"n1": [1, 2]}
    assert loads(json.dumps(value)) == small()


def set_at(path: str, found: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: Any) -> None:
        *way, last = path.split("/")
        for name in way:
            value = value[int(name) if isinstance(value, list) else name]
        value[last] = found

    return change


FAULTS: list[tuple[str, Any, str, str]] = [
    ("name", 3, "file.type", "name"),
    ("graphs", [], "file.type", "graphs"),
    ("graphs/g/nodes/n2/layer", None, "file.type", "graphs/g/nodes/n2/layer"),
    ("graphs/g/nodes/n2", {}, "file.missing", "graphs/g/nodes/n2"),
    ("graphs/g/nodes/n2/in", "n1", "file.type", "graphs/g/nodes/n2/in"),
    ("graphs/g/nodes/n2/in", ["n 1"], "file.type", "graphs/g/nodes/n2/in"),
    ("graphs/g/nodes/n2/in", ["zz"], "graph.no_node", "graphs/g/nodes/n2/in"),
    ("graphs/g/nodes/n2/args/dim", {"expr": "a("}, "expr.syntax", "graphs/g/nodes/n2/args/dim"),
    ("graphs/g/nodes/n2/args/dim", {"x": 1}, "file.missing", "graphs/g/nodes/n2/args/dim"),
    ("graphs/g/nodes/n2/repeat/mode", "x", "file.type", "graphs/g/nodes/n2/repeat/mode"),
    ("graphs/g/nodes/n2/repeat/colour", 1, "file.member", "graphs/g/nodes/n2/repeat"),
    ("graphs/g/nodes/n2/in", ["n3"], "graph.cycle", "graphs/g/nodes/n2"),
    ("graphs/../x", {"name": ""}, "text.id", "graphs"),
    ("blocks/blk/params/0/kind", "x", "file.type", "blocks/blk/params/0/kind"),
    ("loop/with/epochs", {"use": "a.b"}, "text.layer", "loop/epochs"),
    ("data/inputs", [[1.5]], "file.type", "data/inputs"),
    ("layout/g/n1", [1], "file.type", "layout/g/n1"),
    ("layout/g/n1", [1, 1e99], "graph.position", "layout/g/n1"),
]


@pytest.mark.parametrize(("path", "found", "code", "where"), FAULTS)
def test_a_fault_has_a_place_and_a_hint(path: str, found: Any, code: str, where: str) -> None:
    value = json.loads(dumps(small()))
    if path == "graphs/../x":
        value["graphs"]["../x"] = found
    else:
        set_at(path, found)(value)
    with pytest.raises(ProjectError) as caught:
        loads(json.dumps(value))
    problem = caught.value.problems[0]
    assert (problem.code, problem.where) == (code, where)
    assert problem.hint


TEXTS = [
    ("{\n", "file.syntax", "2:1"),
    ('{"nnstudio": 1,\n "a": 1,\n "b": {"a": 1, "a": 2}}', "file.duplicate", "3:16"),
    ('{"nnstudio": 1,\n "a": [1, NaN]}', "file.number", "2:11"),
    ('{"nnstudio": 1,\n "a": -1e999}', "file.number", "2:7"),
    ('{"nnstudio": 1,\n "a": ' + "7" * 5000 + "}", "file.number", "2:7"),
    ('{"nnstudio": 1, "a":\n' + "[" * 64 + "]" * 64 + "}", "file.depth", "2:64"),
    ("[" * 100_000, "file.depth", "1:65"),
    ('{"nnstudio": 1,\n "name": "a\\ud800"}', "file.text", "2:12"),
    ('{"nnstudio": 1, "name": "\ud800"}', "file.encoding", "1:26"),
    ("[1]", "file.not_ours", ""),
    ('{"nnstudio": 2}', "file.newer", "nnstudio"),
    ('{"nnstudio": 0}', "file.version", "nnstudio"),
    ('{"nnstudio": "1"}', "file.version", "nnstudio"),
]


@pytest.mark.parametrize(("text", "code", "where"), TEXTS)
def test_a_broken_text_has_a_line_and_a_column(text: str, code: str, where: str) -> None:
    with pytest.raises(ProjectError) as caught:
        loads(text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.where) == (code, where)


def test_the_limit_of_depth_is_exact() -> None:
    deepest = '{"nnstudio": 1, "x": ' + "[" * 63 + "]" * 63 + "}"
    assert loads(dumps(loads(deepest))).extra
    assert strict_json.read(b"3") == 3


def test_pairs_of_surrogates_are_whole_characters() -> None:
    assert loads('{"nnstudio": 1, "name": "\\ud83d\\ude00"}').name == "\U0001f600"


def test_numbers_keep_their_types() -> None:
    args = Args(a=1, b=1.0, c=True, d=-0.0, e=1e22, f=2**62, g=None, h=(1, (2.0, "x")), i=())
    doc = Project(loop=Choice("supervised", args))
    found = loads(dumps(doc)).loop.args
    assert found == args
    assert repr(found) == repr(args)


def test_no_loop_is_written_down() -> None:
    text = dumps(Project(loop=NO_LOOP))
    assert '"loop": null' in text
    assert loads(text).loop == NO_LOOP
    assert loads('{"nnstudio": 1}').loop == Choice("supervised")


def test_a_project_too_large_to_be_opened_is_not_saved() -> None:
    graphs = {f"g{n}": Graph(f"g{n}", "", note="x" * 20_000) for n in range(260)}
    with pytest.raises(ProjectError) as caught:
        dumps(Project(graphs=graphs))
    assert caught.value.problems[0].code == "file.too_large_to_save"


def test_an_invented_older_version_is_brought_up() -> None:
    """Version 0, which never was: layers were called `op`, edges stood in a list of their own."""
    old = {
        "nnstudio": 0,
        "nodes": {"a": {"op": "Input"}, "b": {"op": "ReLU"}},
        "edges": [["a", "b"]],
    }

    def from_0(document: dict[str, Any]) -> dict[str, Any]:
        nodes = {key: {"layer": node["op"]} for key, node in document["nodes"].items()}
        for source, target in document["edges"]:
            nodes[target].setdefault("in", []).append(source)
        return {"nnstudio": 1, "graphs": {"main": {"name": "Net", "nodes": nodes}}}

    made = migrated(old, {0: from_0}, 1)
    assert loads(json.dumps(made)).graphs["main"].nodes["b"].inputs == (Port("a"),)
    with pytest.raises(ProjectError):
        migrated({"nnstudio": -1}, {0: from_0}, 1)


def test_every_step_of_the_format_has_its_function() -> None:
    assert sorted(migrations.STEPS) == list(range(1, migrations.VERSION))


def test_the_same_document_gives_the_same_bytes_whatever_it_came_from() -> None:
    doc = small()
    turned = replace(doc, layout={"g": dict(reversed(doc.layout["g"].items())), "blk": {}})
    assert dumps(turned) == dumps(doc)
