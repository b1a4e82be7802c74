"""Blocks, repeats, borrowed weights and layers of the user's own."""

from dataclasses import replace

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import Analysis
from nnstudio.core.params import Param
from nnstudio.graph.dims import show, symbol
from nnstudio.graph.model import CustomLayer, Repeat, Share
from tests.builder import Expression, GraphBuilder, project
from tests.compiler.test_analysis import codes, errors
from tests.compiler.zoo import residual_blocks

N = symbol("N")


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


def test_a_formula_that_grows_without_bound() -> None:
    params = dict.fromkeys("abcd", int)
    block = GraphBuilder("Power", **params)
    x = block.input("N", 4)
    block.output(block("Linear", x, out_features=Expression("((a + b + c + d) ** 16) ** 16")))
    b = GraphBuilder("M")
    b.output(b(block, b.input("N", 4), a=1, b=1, c=1, d=1))
    assert errors(analyse(project(b))) == ["expr.value"]


def test_custom_layers_by_their_signature() -> None:
    own = CustomLayer(
        "own",
        "Twice",
        "class Twice: ...",
        "*S D -> wide: *S {2 * D}, size: D",
        (Param("k", "int", 3),),
    )
    b = GraphBuilder("M")
    y = b("custom:own", b.input("N", 4), k=5)
    b.output(b("Linear", y, out_features=2))
    b.output(y[1])
    analysis = analyse(project(b, custom=[own]))
    assert codes(analysis) == [("run.trust", f"m/{y.id}")]
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
