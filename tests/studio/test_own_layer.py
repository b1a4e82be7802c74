"""Own layers without a window: their text as edits, what is known of them, measured shapes."""

from dataclasses import replace

import pytest

from nnstudio.catalogue.own_class import read
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import Analysis
from nnstudio.core.problems import ProjectError
from nnstudio.engine.layer_probe import Outcome, Raised
from nnstudio.graph.edits import SetCustom
from nnstudio.graph.model import CustomLayer, Project
from nnstudio.project.trust import Trust
from nnstudio.studio.own_layer import cases, custom
from nnstudio.studio.own_layer.shapes import Measured, written
from nnstudio.studio.own_layer.trust import Finding, OwnLayers
from nnstudio.studio.session import Session, Update
from tests.builder import GraphBuilder, project

SQUEEZE = """from torch import nn


class Squeeze(nn.Module):
    def __init__(self, dim: int, out: int = 32):
        super().__init__()

    def forward(self, x):
        return Squeeze
"""


def squeeze(signature: str = "*S dim -> *S dim", source: str = SQUEEZE) -> CustomLayer:
    return custom.rewritten(CustomLayer("c1", "", "", signature), source=source)


def drawn(layer: CustomLayer, *shape: object, uses: int = 1) -> Project:
    net = GraphBuilder("Net")
    x = net.input(*(shape or ("N", "T", 64)))
    for number in range(uses):
        x = net("custom:c1", x, id=f"own{number}")
    net.output(x)
    return project(net, custom=[layer])


def codes(analysis: Analysis, node: str = "own0") -> list[str]:
    info = analysis.node(f"net/{node}")
    assert info is not None
    return [problem.code for problem in info.problems]


# ------------------------------------------------------------------------------- texts


def test_a_new_layer_is_sound_and_has_a_name_of_its_own() -> None:
    first = custom.fresh(Project())
    assert (first.name, first.signature) == ("MyLayer", "*S features -> *S features")
    assert [(one.name, one.auto) for one in first.params] == [("features", True), ("start", False)]
    look = custom.look(first)
    assert (look.problems, look.proposal) == ((), "")
    second = custom.fresh(SetCustom(first).apply(Project()))
    assert second.name == "MyLayer2"
    assert "class MyLayer2(" in second.source
    assert second.id != first.id


def test_name_and_parameters_follow_from_the_text() -> None:
    layer = squeeze()
    assert (layer.name, [one.name for one in layer.params]) == ("Squeeze", ["dim", "out"])
    typing = custom.rewritten(layer, source=SQUEEZE + "class (")
    assert (typing.name, typing.params) == (layer.name, layer.params)  # while it is no Python
    other = custom.rewritten(layer, source=SQUEEZE.replace("Squeeze", "Press"))
    assert other.name == "Press"
    assert custom.rewritten(layer, signature="  *S ->\n *S ").signature == "*S -> *S"
    assert not custom.rewritten(layer, signature="*S -> *S").params[0].auto


@pytest.mark.parametrize("sign", ["\u202e", "\x00", "\u2066", "\x1b"])
def test_characters_that_cannot_be_seen_are_refused(sign: str) -> None:
    with pytest.raises(ProjectError, match="U\\+"):
        custom.rewritten(squeeze(), source=SQUEEZE + f"# {sign}\n")


def test_renaming_changes_the_text_where_it_speaks_of_the_class() -> None:
    made = custom.renamed(squeeze(source=SQUEEZE + '# Squeeze\nx = "Squeeze"\n'), "Press")
    assert made.name == "Press"
    assert "class Press(nn.Module)" in made.source
    assert "return Press\n" in made.source
    assert '# Squeeze\nx = "Squeeze"' in made.source  # words are not names
    for wrong in ("two words", "9lives", "class", "网络", ""):
        with pytest.raises(ProjectError):
            custom.renamed(made, wrong)
    with pytest.raises(ProjectError):
        custom.renamed(squeeze(source="def taken(): ...\n" + SQUEEZE), "taken")


def test_a_layer_that_is_used_is_not_deleted_and_it_is_said_where() -> None:
    with pytest.raises(ProjectError, match=r"used at Squeeze in Net.*, 2 more"):
        custom.removing(drawn(squeeze(), uses=6), "c1")
    unused = replace(drawn(squeeze()), graphs={})
    assert custom.removing(unused, "c1").apply(unused).custom == {}


def test_other_ports_than_forward_has_are_said_with_a_repair() -> None:
    layer = squeeze("a: *S dim, b: *S -> *S dim")
    look = custom.look(layer)
    assert look.proposal == "*S -> *S"
    (problem,) = look.problems
    (repair,) = problem.repairs
    mended = repair.edits[0].apply(drawn(layer))
    assert mended.custom["c1"].signature == "*S -> *S"
    assert [one.code for one in custom.look(squeeze("*S dim")).problems] == ["shape.signature"]


# ------------------------------------------------------------------------------- analysis


def test_texts_that_cannot_share_a_file_are_said() -> None:
    helper = "def helper(x):\n    return {}\n\n\n"
    one = squeeze(source=helper.format(1) + SQUEEZE)
    other = custom.rewritten(
        replace(one, id="c2"), source=helper.format(2) + SQUEEZE.replace("Squeeze", "Press")
    )
    net = GraphBuilder("Net")
    net.output(net("custom:c2", net("custom:c1", net.input("N", 8))))
    found = analyse(project(net, custom=[one, other])).problems
    assert [p.args["name"] for p in found if p.code == "own.twice"] == ["helper"]
    late = custom.rewritten(other, source="from __future__ import annotations\n" + SQUEEZE)
    found = analyse(project(net, custom=[one, late])).problems
    assert {"own.future", "own.twice"} <= {p.code for p in found}
    same = replace(one, id="c2")  # the very text once more is written once
    assert not any(
        p.severity == "error" for p in analyse(project(net, custom=[one, same])).problems
    )


def test_the_name_has_to_be_in_the_text() -> None:
    found = analyse(drawn(replace(squeeze(), name="Gone"))).problems
    assert [p.code for p in found if p.severity == "error"] == ["own.gone"]
    found = analyse(drawn(replace(squeeze(), source="class Squeeze(:"))).problems
    assert [p.code for p in found if p.severity == "error"] == ["code.custom_source"]


def test_settings_that_the_constructor_does_not_take_are_mended_by_a_click() -> None:
    layer = squeeze()
    other = replace(layer, params=tuple(replace(one, default=7) for one in layer.params[1:]))
    found = [p for p in analyse(drawn(other)).problems if p.code == "own.params"]
    assert [(p.where, p.args["names"]) for p in found] == [("net/own0", "dim, out")]
    mended = found[0].repairs[0].edits[0].apply(drawn(other))
    assert mended.custom["c1"] == layer
    assert analyse(mended).ok


# ------------------------------------------------------------------------------- trust


def test_a_layer_says_at_its_nodes_that_it_is_not_trusted() -> None:
    own, layer = OwnLayers(), squeeze()
    analysis = analyse(drawn(layer, uses=2))
    assert codes(own.remark(analysis)) == codes(own.remark(analysis), "own1") == ["run.trust"]
    own.trust([layer])
    assert codes(own.remark(analysis)) == []
    assert not own.remark(analysis).problems
    changed = analyse(drawn(replace(layer, source=layer.source + " ")))
    assert codes(own.remark(changed)) == ["run.trust"]


def test_what_was_typed_is_trusted_and_written_down_before_it_runs() -> None:
    own, layer = OwnLayers(), squeeze()
    own.typed(layer)
    assert own.trusts(layer)
    assert not Trust().trusts_layer(layer.source)
    own.settle(drawn(layer))
    assert Trust().trusts_layer(layer.source)
    later = squeeze(source=SQUEEZE + "# more\n")
    own.typed(later, layer)  # nothing leads back to the text before
    last = squeeze(source=SQUEEZE + "# most\n")
    own.typed(last, later)
    assert own.trusts(last)
    assert not own.trusts(later)
    assert OwnLayers().untrusted(drawn(last)) == (last,)


# ------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize(
    ("signature", "outputs", "measured"),
    [
        ("*S D -> *S D", [(2, 5, 32), (3, 5, 32), (2, 5, 64), (2, 5, 32)], "*S D -> *S {D // 2}"),
        ("*S D -> *S D", [(2, 5, 7), (3, 5, 7), (2, 5, 7), (2, 5, 7)], "*S D -> *S 7"),
        ("*S D -> *S D", [(2, 5, 3), (3, 5, 3), (2, 5, 3), (2, 5, 9)], "*S D -> *S out"),
        ("*S D -> *S 64", [(2, 5, 64), (3, 5, 64), (2, 5, 128), (2, 5, 64)], "*S D -> *S D"),
        ("*S D -> *S D", [(2, 5), (3, 5), (2, 5), (2, 5)], "*S D -> *S"),
        ("*S D -> *S D", [(64, 2), (64, 3), (128, 2), (64, 2)], ""),
    ],
)
def test_a_signature_is_written_from_what_was_measured(
    signature: str, outputs: list[tuple[int, ...]], measured: str
) -> None:
    names = [
        {"*S": (2, 5), "D": 64, "out": 3}, {"*S": (3, 5), "D": 64, "out": 3},
        {"*S": (2, 5), "D": 128, "out": 3}, {"*S": (2, 5), "D": 64, "out": 9},
    ]  # fmt: skip
    cases = [Measured(known, (shape,)) for known, shape in zip(names, outputs, strict=True)]
    assert written(signature, cases) == measured


def test_cases_of_a_node_vary_the_batch_first_and_then_one_name_each() -> None:
    trial = cases.at_node(analyse(drawn(squeeze("N T dim -> N T dim"))), "net/own0")
    assert trial is not None
    assert trial.first == 2
    assert [case.inputs[0][0] for case in trial.cases[:2]] == [2, 3]
    assert {case.inputs[0][2] for case in trial.cases[:2]} == {64}
    assert {case.args["dim"] for case in trial.cases} == {64, 128, 192}
    assert all(case.args["dim"] == case.inputs[0][2] for case in trial.cases)
    assert {case.args["out"] for case in trial.cases} == {32, 64, 96}


def test_a_difference_is_a_problem_whose_repair_takes_the_measured_shape() -> None:
    layer = squeeze()
    analysis = analyse(drawn(layer))
    trial = cases.at_node(analysis, "net/own0")
    assert trial is not None
    outcomes = [Outcome(((*case.inputs[0][:-1], case.args["out"]),), 10) for case in trial.cases]
    own = OwnLayers()
    own.trust([layer])
    own.keep(cases.finding(trial, outcomes))
    shown = own.remark(analysis)
    (problem,) = shown.node("net/own0").problems
    assert problem.message == "Squeeze declares N × T × 64 but gives N × T × 32"
    assert not shown.ok
    mended = analyse(problem.repairs[0].edits[0].apply(analysis.project))
    assert mended.project.custom["c1"].signature == "*S dim -> *S out"
    assert codes(own.remark(mended)) == []  # what was found holds no more
    trial = cases.at_node(mended, "net/own0")
    found = cases.finding(trial, outcomes)
    assert (found.problems, found.weights, found.tried) == ((), 10, len(outcomes))
    own.keep(found)
    shown = own.remark(mended)
    assert (shown.node("net/own0").weights, shown.weights) == (10, mended.weights + 10)


def test_what_was_raised_is_told_with_its_line() -> None:
    analysis = analyse(drawn(squeeze()))
    trial = cases.at_node(analysis, "net/own0")
    raised = Raised("ValueError", "no", 9)
    found = cases.finding(trial, [Outcome(raised=raised)] * len(trial.cases))
    assert found.problems[0].message == "Squeeze raises ValueError in line 9: no"
    assert found.line == 9


def test_a_layer_that_nobody_uses_is_tried_by_its_declaration() -> None:
    trial = cases.declared(squeeze("a: N T dim, more...: *S, m?: 3 -> *S"))
    first = trial.cases[0]
    assert first.inputs[0][0] == 2
    assert first.args["dim"] == first.inputs[0][2]
    assert isinstance(first.inputs[1][0], tuple)
    assert first.inputs[2] == (3,)
    with pytest.raises(ProjectError):
        cases.declared(squeeze("{2 * D} -> 3"))


# ------------------------------------------------------------------------------- session


def test_remarks_are_shown_and_the_document_is_the_same() -> None:
    layer = squeeze()
    session, own = Session(drawn(layer)), OwnLayers()
    updates: list[Update] = []
    session.changed.connect(updates.append)
    session.remark(own.remark)
    before = session.project
    assert [p.code for p in session.problems] == ["run.trust"]
    assert updates[-1].restated == {("net", "own0")}
    assert not updates[-1].change
    own.trust([layer])
    session.restate()
    assert session.problems == ()
    assert session.project is before
    assert session.is_saved
    info = session.analysis.node("net/own0")
    own.keep(Finding(layer, "net/own0", info.args, info.inputs, (own_problem(),)))
    session.restate()
    assert [p.code for p in session.problems] == ["own.slow"]


def own_problem() -> object:
    return read("x =").problems[0].__class__("own.slow", "", {"layer": "a", "seconds": 1})


def test_a_text_that_is_typed_is_one_step() -> None:
    layer = squeeze()
    session = Session(drawn(layer))
    session.do(SetCustom(replace(layer, source=SQUEEZE + "# a\n")))
    session.amend(SetCustom(replace(layer, source=SQUEEZE + "# ab\n")))
    assert session.step == 1
    assert session.project.custom["c1"].source.endswith("# ab\n")
    session.undo()
    assert session.project.custom["c1"] is layer
    session.amend(SetCustom(replace(layer, source=SQUEEZE + "# x\n")))  # never over what is saved
    assert session.can_undo
    session.undo()
    assert session.project.custom["c1"] is layer
