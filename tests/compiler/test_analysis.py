"""Shapes, arguments and problems of networks, node by node."""

import subprocess
import sys
from dataclasses import replace

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.report import check_report
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.train_source import obstacles
from nnstudio.core.values import Args, Value
from nnstudio.graph.dims import show, show_shape, symbol
from nnstudio.graph.model import NO_LOOP, Data, Node, Port, Project
from tests.builder import DIGITS, Choice, Expression, GraphBuilder, project
from tests.compiler.zoo import ZOO, resnet18

N = symbol("N")


def codes(analysis: Analysis) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in analysis.problems]


def errors(analysis: Analysis) -> list[str]:
    return [problem.code for problem in analysis.problems if problem.severity == "error"]


def alone(layer: str, *shape: object, dtype: str = "", **args: object) -> Analysis:
    """A network of one layer between an Input and an Output."""
    b = GraphBuilder("One")
    x = b.input(*shape, dtype=dtype)
    b.output(b(layer, x, **args))
    return analyse(project(b))


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_has_no_problems(name: str) -> None:
    analysis = analyse(ZOO[name]())
    found = [problem for problem in analysis.problems if not problem.where.startswith("loop")]
    assert not found, found
    assert all(info.outputs for graph in analysis.graphs.values() for info in graph.nodes.values())


def test_an_inferred_size_inside_a_block_is_the_name_of_its_parameter() -> None:
    analysis = analyse(resnet18())
    block = analysis.graphs["basic_block"]
    conv = next(info for info in block.nodes.values() if "in_channels" in info.args)
    assert show(conv.args["in_channels"]) == "in_channels"
    assert show(conv.args["out_channels"]) == "channels"
    (out,) = block.interface.outputs or ()
    assert show_shape(out) == "(N, channels, (H - 1) // stride + 1, (W - 1) // stride + 1)"


def test_a_use_is_substituted() -> None:
    analysis = analyse(resnet18())
    uses = {
        node.name: analysis.graphs["res_net18"].nodes[node.id]
        for node in analysis.project.graphs["res_net18"].nodes.values()
    }
    assert uses["stage3_down"].args == {"in_channels": 128, "channels": 256, "stride": 2}
    assert uses["stage3_down"].outputs == ((N, 256, 8, 8),)
    assert uses["head"].args["in_features"] == 512


def test_a_fault_is_told_once_and_the_rest_lives() -> None:
    b = GraphBuilder("Broken")
    x = b.input("N", 8)
    fine = b("Linear", x, out_features=4)
    bad = b("Linear", fine, in_features=5, out_features=3)
    after = b("ReLU", bad)
    beside = b("ReLU", fine)
    b.output(b("Add", after, beside))
    analysis = analyse(project(b))
    assert codes(analysis) == [("shape.features", f"broken/{bad.id}")]
    nodes = analysis.graphs["broken"].nodes
    assert nodes[after.id].outputs is None
    assert nodes[beside.id].outputs == ((N, 4),)


def test_two_faults_are_two_problems() -> None:
    b = GraphBuilder("Broken")
    x = b.input("N", 8)
    one = b("Linear", x, out_features=0)
    two = b("Conv2d", one, kernel_size=-1)
    b.output(two)
    assert codes(analyse(project(b))) == [
        ("param.range", f"broken/{one.id}"),
        ("param.range", f"broken/{two.id}"),
    ]


def test_what_cannot_be_decided_is_no_error() -> None:
    b = GraphBuilder("Open")
    left, right = b.input("N", "a"), b.input("N", "b")
    b.output(b("Add", left, right))
    assert analyse(project(b)).ok


def test_weights_cannot_depend_on_a_size_that_comes_late() -> None:
    analysis = alone("Linear", "N", "T", out_features=3)
    assert [problem.args["names"] for problem in analysis.problems] == ["T"]
    assert errors(analysis) == ["shape.late"]
    assert errors(alone("Linear", "N", "T", 4, out_features=3)) == []


def test_layers_that_nobody_knows() -> None:
    b = GraphBuilder("Odd")
    x = b.input("N", 3)
    missing = [b(name, x) for name in ("Warp", "block:gone", "custom:gone", "block:", "x:y")]
    b.output(b("ReLU", missing[0]))
    analysis = analyse(project(b))
    assert errors(analysis) == ["graph.unknown_layer"] * 5
    assert analysis.graphs["odd"].nodes[x.id].outputs == ((N, 3),)


def test_open_inputs_and_edges_too_many() -> None:
    b = GraphBuilder("Edges")
    x = b.input("N", 3)
    b.output(b("Add", x))
    assert errors(analyse(project(b))) == ["shape.open"]
    b = GraphBuilder("Edges")
    x = b.input("N", 3)
    b.output(b("ReLU", x, x))
    assert errors(analyse(project(b))) == ["shape.extra_input"]
    b = GraphBuilder("Edges")
    x = b.input("N", 3)
    b.output(b("ReLU", [x, x]))
    assert errors(analyse(project(b))) == ["shape.one_edge"]
    b = GraphBuilder("Edges")
    x = b.input("N", 3)
    b.output(b("ReLU", b("ReLU", x)[4]))
    assert errors(analyse(project(b))) == ["shape.no_output"]


def test_a_bypassed_node_hands_its_first_input_on() -> None:
    b = GraphBuilder("Bypass")
    x = b.input("N", 8)
    y = b("Linear", x, out_features=3, bypass=True)
    b.output(b("Linear", y, out_features=2))
    analysis = analyse(project(b))
    assert analysis.ok
    assert analysis.weights == 8 * 2 + 2


def test_frozen_weights_count() -> None:
    b = GraphBuilder("Frozen")
    b.output(b("Linear", b.input("N", 8), out_features=3, frozen=True))
    assert analyse(project(b)).weights == 27


def test_formulas_that_have_no_value() -> None:
    for text, code in {
        "width": "expr.name",
        "4 *": "expr.syntax",
        "__import__('os')": "expr.forbidden",
        "1 // 0": "expr.value",
        "9 ** 9 ** 9": "expr.value",
        "1 / 3": "param.type",
        "2 ** 30": "param.range",
    }.items():
        assert errors(alone("Linear", "N", 3, out_features=Expression(text))) == [code], text
    assert alone("Linear", "N", 3, out_features=Expression("8 / 2")).ok


# ------------------------------------------------------------------ the document as a whole


def test_no_network() -> None:
    assert codes(analyse(Project())) == [("graph.none", "")]


def test_an_empty_network() -> None:
    assert errors(analyse(project(GraphBuilder("M")))) == ["graph.empty"]


def test_neither_input_nor_output() -> None:
    b = GraphBuilder("M")
    b("ReLU", b("Parameter", shape=(3,)))
    found = analyse(project(b))
    assert errors(found) == ["graph.no_inputs", "graph.no_outputs"]
    assert found.problems[1].repairs


def test_a_node_that_leads_nowhere() -> None:
    b = GraphBuilder("M")
    x = b.input("N", 3)
    b.output(x)
    lost = b("ReLU", b("ReLU", x))
    analysis = analyse(project(b))
    assert codes(analysis) == [("graph.unused", f"m/{lost.id}")]
    assert analysis.ok


def test_edges_in_a_circle_and_from_nowhere() -> None:
    nodes = {
        "a": Node("a", "ReLU", inputs=(Port("b"),), name="first"),
        "b": Node("b", "ReLU", inputs=(Port("a"),), name="second"),
        "c": Node("c", "ReLU", inputs=(Port("gone"),)),
        "o": Node("o", "Output", inputs=(Port("b"),)),
    }
    b = GraphBuilder("M")
    made = project(b)
    made = replace(made, graphs={"m": replace(made.graphs["m"], nodes=nodes)})
    analysis = analyse(made)
    assert "graph.cycle" in errors(analysis)
    assert "graph.no_node" in errors(analysis)
    circle = next(problem for problem in analysis.problems if problem.code == "graph.cycle")
    assert "first" in circle.message
    assert "second" in circle.message


def test_roles_and_loops() -> None:
    b = GraphBuilder("M", role="critic")
    b.output(b.input("N", 3))
    assert [code for code, _ in codes(analyse(project(b)))] == [
        "loop.role_open",
        "loop.role_unknown",
    ]
    unknown = analyse(project(b, loop=Choice("sorcery")))
    assert errors(unknown) == ["loop.unknown"]


def test_without_a_loop_a_drawing_is_sound_but_not_trained() -> None:
    b = GraphBuilder("M", role="whatever")
    b.output(b.input("N", 1, 28, 28))
    drawn = analyse(project(b, loop=NO_LOOP, data=DIGITS))
    assert drawn.ok
    assert codes(drawn) == [("loop.none", "loop")]
    assert [problem.severity for problem in drawn.problems] == ["warning"]
    (told,) = obstacles(drawn)
    assert (told.code, told.where, told.severity) == ("loop.none", "loop", "error")
    assert "supervised" in told.hint
    assert [problem.code for problem in obstacles(analyse(project(b, loop=NO_LOOP)))] == [
        "data.none"
    ]


def test_a_layer_too_large_to_build_is_told_at_the_node() -> None:
    b = GraphBuilder("M")
    x = b.input("N", 2**20)
    big = b("Linear", x, out_features=2**20)
    b.output(b("ReLU", big))
    analysis = analyse(project(b))
    assert codes(analysis) == [("run.too_large", f"m/{big.id}")]
    b = GraphBuilder("M")
    x = b.input("N", 2**16)
    b.output(b("Linear", x, out_features=2**16, repeat=3))
    assert codes(analyse(project(b))) == [("run.large", "")]


def digits(
    out: int, loss: str = "CrossEntropyLoss", shape: tuple[int, ...] = (1, 28, 28)
) -> Analysis:
    b = GraphBuilder("M")
    x = b("Flatten", b.input("N", *shape))
    b.output(b("ReLU", b("Linear", x, out_features=out, id="last")))
    loop = Choice("supervised", _args(loss=Choice(loss), optimizer=Choice("Adam")))
    return analyse(project(b, data=DIGITS, loop=loop))


def _args(**values: Value) -> Args:
    return Args(values)


def test_the_network_against_the_data() -> None:
    assert digits(10).ok
    (problem,) = digits(7).problems
    assert problem.message == "there are 10 classes but the output has 7 features"
    assert errors(digits(10, "MSELoss")) == ["data.loss"]
    assert errors(digits(10, shape=(1, 32, 32))) == ["data.input_shape"]
    assert errors(digits(10, "Oracle")) == ["loop.unknown_choice"]


def test_weights_of_classes_against_the_data() -> None:
    b = GraphBuilder("M")
    b.output(b("Linear", b("Flatten", b.input("N", 1, 28, 28)), out_features=10))
    loss = Choice("CrossEntropyLoss", _args(weight=(1.0, 2.0, 0.5)))
    document = project(
        b, data=DIGITS, loop=Choice("supervised", _args(loss=loss, optimizer=Choice("Adam")))
    )
    (problem,) = analyse(document).problems
    assert problem.message == "weight of CrossEntropyLoss has 3 numbers but there are 10 classes"
    (edit,) = problem.repairs[0].edits
    mended = edit.apply(document)
    assert analyse(mended).ok
    assert mended.loop.args["loss"].name == "CrossEntropyLoss"


def characters(classes: int = 64, length: object = "T", loss: str = "CrossEntropyLoss") -> Analysis:
    """A recurrent network over characters, with a name or a number for their count."""
    b = GraphBuilder("M")
    x = b("Embedding", b.input("N", length, dtype="int"), num_embeddings=64, embedding_dim=8)
    x = b("LSTM", x, hidden_size=16)
    b.output(b("Linear", x, out_features=64))
    names = tuple(map(str, range(classes)))
    data = Data(Choice("text"), "sequence", ((128,),), (128,), names)
    loop = Choice("supervised", _args(loss=Choice(loss), optimizer=Choice("Adam")))
    return analyse(project(b, data=data, loop=loop))


def test_sequences_against_their_targets() -> None:
    assert characters().ok
    assert characters(0).ok
    assert characters(length=128).ok
    assert errors(characters(60)) == ["data.classes"]
    assert errors(characters(length=100)) == ["data.input_shape", "data.target"]


@pytest.mark.parametrize(
    ("target", "shape", "fits"),
    [((), (1,), True), ((1,), (1,), True), ((3,), (3,), True), ((3,), (2,), False)],
)
def test_numbers_against_their_targets(
    target: tuple[int, ...], shape: tuple[int, ...], fits: bool
) -> None:
    b = GraphBuilder("M")
    b.output(b("Linear", b.input("N", 4), out_features=shape[0]))
    data = Data(Choice("table", _args(path="a.csv", target="y")), "regression", ((4,),), target)
    loop = Choice("supervised", _args(loss=Choice("MSELoss"), optimizer=Choice("Adam")))
    found = [p for p in analyse(project(b, data=data, loop=loop)).problems if "target" in p.code]
    assert fits == (not found)


def test_the_report_of_check() -> None:
    report = check_report(analyse(resnet18()))
    assert list(report) == ["ok", "problems", "parameters", "flops", "nodes"]
    assert report["parameters"] == 11_173_962
    assert report["nodes"]["basic_block/n1"]["output_shapes"] == [["N", "in_channels", "H", "W"]]
    problem = check_report(digits(7))["problems"][0]
    assert list(problem) == ["where", "code", "message", "hint", "severity"]


def test_no_torch_and_no_networkx_are_imported() -> None:
    program = (
        "import sys\nfrom tests.compiler.zoo import resnet18\n"
        "from nnstudio.compiler.analysis import analyse\nassert analyse(resnet18()).ok\n"
        "assert not {'torch', 'networkx', 'numpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
