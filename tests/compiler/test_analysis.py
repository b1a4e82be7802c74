"""Shapes, arguments and problems of networks, node by node."""

import subprocess
import sys
from dataclasses import replace

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.report import check_report
from nnstudio.compiler.results import Analysis
from nnstudio.core.params import Param
from nnstudio.graph.dims import show, show_shape, symbol
from nnstudio.graph.model import CustomLayer, Node, Port, Project, Repeat, Share
from tests.builder import DIGITS, Choice, Expression, GraphBuilder, project
from tests.compiler.zoo import ZOO, residual_blocks, resnet18

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


# ------------------------------------------------------------------ blocks


def test_a_block_that_contains_itself() -> None:
    a = GraphBuilder("A", id="a", role="")
    a.output(a("block:b", a.input("N", 4)))
    b = GraphBuilder("B", id="b", role="")
    b.output(b("block:a", b.input("N", 4)))
    m = GraphBuilder("M")
    m.output(m("block:a", m.input("N", 4)))
    made = project(m)
    made = replace(made, blocks={"a": a.block, "b": b.block})
    assert errors(analyse(made)) == ["graph.contains_itself"]


def test_blocks_nested_without_end() -> None:
    blocks = {}
    for level in range(1200):
        b = GraphBuilder(f"B{level}", id=f"b{level}", role="")
        x = b.input("N", 4)
        b.output(b(f"block:b{level - 1}", x) if level else b("ReLU", x))
        blocks[b.id] = b.block
    m = GraphBuilder("M")
    m.output(m("block:b1199", m.input("N", 4)))
    analysis = analyse(replace(project(m), blocks=blocks))
    assert set(errors(analysis)) == {"block.deep"}
    assert len(errors(analysis)) == 1


def test_uses_that_double_at_every_level_are_bounded() -> None:
    blocks = {}
    for level in range(30):
        b = GraphBuilder(f"B{level}", id=f"b{level}", role="", width=int)
        x = b.input("N", "width")
        if level:
            one = b(f"block:b{level - 1}", x, width=Expression("width"))
            two = b("Linear", one, out_features=Expression("width + 1"))
            two = b(f"block:b{level - 1}", two, width=Expression("width + 1"))
            b.output(b("Linear", two, out_features=Expression("width")))
        else:
            b.output(b("Linear", x, out_features=Expression("width")))
        blocks[b.id] = b.block
    m = GraphBuilder("M")
    m.output(m("block:b29", m.input("N", 4), width=4))
    analysis = analyse(replace(project(m), blocks=blocks))
    assert codes(analysis) == [("run.too_large", "m/n2")]
    assert analysis.graphs["m"].nodes["n2"].outputs == ((N, 4),)


def test_a_use_that_does_not_fit() -> None:
    same, _ = residual_blocks()
    b = GraphBuilder("M")
    x = b.input("N", 3, 8, 8)
    b.output(b(same, x, channels=4))
    assert errors(analyse(project(b))) == ["shape.size"]
    b = GraphBuilder("M")
    b.output(b(same, b.input("N", 3)))
    assert errors(analyse(project(b))) == ["shape.rank"]


def test_what_fails_inside_only_for_the_sizes_of_one_use() -> None:
    block = GraphBuilder("Shrink")
    block.output(block("MaxPool2d", block.input("N", "C", "H", "W"), kernel_size=4))
    b = GraphBuilder("M")
    good = b(block, b.input("N", 3, 8, 8))
    bad = b(block, good)
    b.output(bad)
    analysis = analyse(project(b))
    assert codes(analysis) == [("block.inside", f"m/{bad.id}")]
    assert "MaxPool2d" in analysis.problems[0].message


def test_a_fault_inside_a_block_is_told_inside_only() -> None:
    block = GraphBuilder("Bad")
    x = block.input("N", "D")
    wrong = block("Linear", x, out_features=0)
    block.output(wrong)
    b = GraphBuilder("M")
    b.output(b(block, b.input("N", 3)))
    assert codes(analyse(project(b))) == [("param.range", f"bad/{wrong.id}")]


def test_parameters_of_a_block_without_a_value() -> None:
    block = GraphBuilder("Wide", width=int)
    x = block.input("N", 4)
    block.output(block("Linear", x, out_features=Expression("width")))
    b = GraphBuilder("M")
    b.output(b(block, b.input("N", 4)))
    assert errors(analyse(project(b))) == ["param.missing"]


def test_a_flag_of_a_block_counts_at_each_use() -> None:
    block = GraphBuilder("Maybe", bias=True, dim=Param("dim", "int", auto=True))
    x = block.input("N", "dim")
    block.output(block("Linear", x, out_features=4, bias=Expression("bias")))
    b = GraphBuilder("M")
    x = b.input("N", 3)
    b.output(b("Add", b(block, x), b(block, x, bias=False)))
    analysis = analyse(project(b))
    assert analysis.weights == 16 + 12
    inner = analysis.graphs["maybe"].nodes["n2"]
    assert inner.args["bias"] == Expression("bias")


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


def test_a_formula_that_grows_without_bound() -> None:
    params = {name: int for name in "abcd"}
    block = GraphBuilder("Power", **params)
    x = block.input("N", 4)
    block.output(block("Linear", x, out_features=Expression("((a + b + c + d) ** 16) ** 16")))
    b = GraphBuilder("M")
    b.output(b(block, b.input("N", 4), a=1, b=1, c=1, d=1))
    assert errors(analyse(project(b))) == ["expr.value"]


def test_custom_layers_by_their_signature() -> None:
    own = CustomLayer("own", "Twice", "", "*S D -> wide: *S {2 * D}, size: D", (Param("k", "int", 3),))
    b = GraphBuilder("M")
    y = b("custom:own", b.input("N", 4), k=5)
    b.output(b("Linear", y, out_features=2))
    b.output(y[1])
    analysis = analyse(project(b, custom=[own]))
    assert codes(analysis) == [("run.trust", "own")]
    assert analysis.ok
    assert analysis.graphs["m"].nodes[y.id].outputs == ((N, 8), (4,))
    broken = replace(own, signature="no arrow")
    assert "shape.signature" in errors(analyse(project(b, custom=[broken])))


# ------------------------------------------------------------------ repeats and shares


def repeated(repeat: Repeat, layer: str = "Linear", **args: object) -> Analysis:
    b = GraphBuilder("M")
    b.output(b(layer, b.input("N", 6), repeat=repeat, id="r", **args))
    return analyse(project(b))


def test_copies_that_are_equal() -> None:
    info = repeated(Repeat(5), out_features=6).graphs["m"].nodes["r"]
    assert (info.weights, info.count, info.copies) == (5 * 42, 5, ())


def test_copies_that_differ() -> None:
    info = repeated(Repeat(3), out_features=Expression("4 * 2**i")).graphs["m"].nodes["r"]
    assert [copy["in_features"] for copy in info.copies] == [6, 4, 8]
    assert [copy["out_features"] for copy in info.copies] == [4, 8, 16]
    assert info.outputs == ((N, 16),)
    info = repeated(Repeat(4), out_features=3).graphs["m"].nodes["r"]
    assert [copy["in_features"] for copy in info.copies] == [6, 3, 3, 3]
    assert info.weights == 21 + 3 * 12


def test_a_loop_shares_its_weights_and_keeps_its_shape() -> None:
    info = repeated(Repeat(5, "loop"), out_features=6).graphs["m"].nodes["r"]
    assert info.weights == 42
    assert errors(repeated(Repeat(5, "loop"), out_features=7)) == ["block.repeat_shape"]
    assert errors(repeated(Repeat(5, "loop"), out_features=Expression("6 + i"))) == ["expr.name"]


def test_a_map_adds_a_leading_dim() -> None:
    info = repeated(Repeat(5, "map"), out_features=7).graphs["m"].nodes["r"]
    assert info.outputs == ((5, N, 7),)
    assert info.weights == 5 * 49
    wrong = repeated(Repeat(5, "map"), out_features=Expression("6 + i"))
    assert errors(wrong) == ["block.map_shape"]


@pytest.mark.parametrize("count", [0, -1, 10**6, Expression("n"), Expression("1 / 2")])
def test_counts_that_are_none(count: object) -> None:
    assert not repeated(Repeat(count), out_features=6).ok  # type: ignore[arg-type]


def test_a_count_that_is_a_parameter() -> None:
    block = GraphBuilder("Deep", depth=3, dim=Param("dim", "int", auto=True))
    x = block.input("N", "dim")
    block.output(block("Linear", x, out_features=Expression("dim"), repeat="depth"))
    b = GraphBuilder("M")
    x = b(block, b.input("N", 4), depth=7)
    b.output(x)
    analysis = analyse(project(b))
    assert analysis.weights == 7 * 20
    assert show(analysis.graphs["deep"].weights) == "depth * dim ** 2 + depth * dim"


def test_a_size_per_copy_needs_a_known_count() -> None:
    block = GraphBuilder("Deep", depth=3)
    x = block.input("N", 4)
    block.output(block("Linear", x, out_features=Expression("4 + i"), repeat="depth"))
    b = GraphBuilder("M")
    b.output(b(block, b.input("N", 4)))
    assert errors(analyse(project(b))) == ["block.copies"]


def test_a_later_copy_that_does_not_fit_says_which() -> None:
    b = GraphBuilder("M")
    x = b.input("N", 1, 8, 8)
    b.output(b("MaxPool2d", x, kernel_size=2, repeat=5))
    (problem,) = analyse(project(b)).problems
    assert problem.code == "block.copy"
    assert problem.args["copy"] == 4


def shared(share: Share | None, out: int = 5, **args: object) -> Analysis:
    b = GraphBuilder("M")
    x = b.input("N", dtype="int")
    e = b("Embedding", x, num_embeddings=11, embedding_dim=6, id="owner")
    b.output(b("Linear", e, out_features=out, id="borrower", share=share, **args))
    return analyse(project(b))


def test_one_parameter_borrowed_counts_once() -> None:
    assert shared(Share("owner", "weight"), out=11, bias=False).weights == 66
    assert shared(Share("owner", "weight"), out=11).weights == 66 + 11
    assert errors(shared(Share("owner", "weight"), out=10)) == ["share.shape"]
    assert errors(shared(Share("owner", "wight"), out=11)) == ["share.unknown"]
    assert errors(shared(Share("owner"), out=11)) == ["share.layer"]


def test_a_whole_module_borrowed() -> None:
    b = GraphBuilder("M")
    x, y = b.input("N", 6), b.input("N", 6)
    one = b("Linear", x, out_features=4, name="one")
    two = b("Linear", y, share=one)
    b.output(b("Add", one, two))
    analysis = analyse(project(b))
    assert analysis.ok
    assert analysis.weights == 28
    assert analysis.graphs["m"].nodes[two.id].args["out_features"] == 4


def test_a_borrower_that_would_need_other_sizes() -> None:
    b = GraphBuilder("M")
    x, y = b.input("N", 6), b.input("N", 7)
    one = b("Linear", x, out_features=4, name="one")
    b.output(b("Add", one, b("Linear", y, share=one)))
    assert errors(analyse(project(b))) == ["share.differs"]


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
    assert [code for code, _ in codes(analyse(project(b)))] == ["loop.role_open", "loop.role_unknown"]
    unknown = analyse(project(b, loop=Choice("sorcery")))
    assert errors(unknown) == ["loop.unknown"]


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


def digits(out: int, loss: str = "CrossEntropyLoss", shape: tuple[int, ...] = (1, 28, 28)) -> Analysis:
    b = GraphBuilder("M")
    x = b("Flatten", b.input("N", *shape))
    b.output(b("ReLU", b("Linear", x, out_features=out, id="last")))
    loop = Choice("supervised", _args(loss=Choice(loss), optimizer=Choice("Adam")))
    return analyse(project(b, data=DIGITS, loop=loop))


def _args(**values: object) -> object:
    from nnstudio.core.values import Args

    return Args(values)  # type: ignore[arg-type]


def test_the_network_against_the_data() -> None:
    assert digits(10).ok
    (problem,) = digits(7).problems
    assert problem.message == "there are 10 classes but the output has 7 features"
    assert errors(digits(10, "MSELoss")) == ["data.loss"]
    assert errors(digits(10, shape=(1, 32, 32))) == ["data.input_shape"]
    assert errors(digits(10, "Oracle")) == ["loop.unknown_choice"]


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
