"""Weights, operations and activations: of layers, blocks, repeats and borrowed weights."""

import pytest

from nnstudio.compiler.analysing.costs import Costs, total
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import for_one
from nnstudio.graph.dims import show, substitute, symbol
from nnstudio.graph.model import Repeat
from tests.builder import Expression, GraphBuilder, project
from tests.compiler.zoo import ZOO, gpt, residual_blocks, resnet18, siamese, vae


@pytest.mark.parametrize(
    ("made", "weights"),
    [
        (resnet18(), 11_173_962),
        (gpt(), 4 * (12 * 128 * 128 + 13 * 128) + 1000 * 128 + 64 * 128 + 256),
        (siamese(), 784 * 256 + 256 + 256 * 64 + 64),
        (vae(), 784 * 400 + 400 + 2 * (400 * 20 + 20) + 20 * 400 + 400 + 400 * 784 + 784),
    ],
)
def test_weights_of_whole_networks(made: object, weights: int) -> None:
    assert analyse(made).weights == weights  # type: ignore[arg-type]


def test_resnet18_has_the_operations_of_the_literature() -> None:
    """1.11 G operations for 32 × 32: 0.56 G multiply-adds, as papers count them."""
    flops = analyse(resnet18()).flops
    assert isinstance(flops, int)
    assert 1.10e9 < flops < 1.12e9


def test_the_costs_of_a_block_are_symbolic_and_substituted_at_a_use() -> None:
    same, _ = residual_blocks()
    b = GraphBuilder("M")
    use = b(same, b.input("N", 8, 4, 4))
    b.output(use)
    analysis = analyse(project(b))
    block, info = analysis.graphs["identity_block"], analysis.graphs["m"].nodes[use.id]
    assert show(block.weights) == "18 * channels ** 2 + 4 * channels"
    sizes = {"channels": 8, "H": 4, "W": 4, "N": symbol("N")}
    for face, cost in zip(("weights", "flops", "activations"), _costs(info), strict=True):
        assert substitute(getattr(block.interface, face), sizes) == cost


def _costs(info: object) -> Costs:
    return Costs(info.weights, info.flops, info.activations)  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", ["stack", "loop", "map"])
def test_a_repeat_costs_so_many_times(mode: str) -> None:
    def costs(repeat: Repeat | None) -> Costs:
        b = GraphBuilder("M")
        use = b("Linear", b.input("N", 6), out_features=6, repeat=repeat)
        b.output(use)
        return _costs(analyse(project(b)).graphs["m"].nodes[use.id])

    one, many = costs(None), costs(Repeat(5, mode))  # type: ignore[arg-type]
    assert many.flops == 5 * one.flops
    assert many.activations == 5 * one.activations
    assert many.weights == (one.weights if mode == "loop" else 5 * one.weights)


def test_copies_that_differ_are_summed_one_by_one() -> None:
    b = GraphBuilder("M")
    use = b("Linear", b.input("N", 3), out_features=Expression("4 * 2**i"), repeat=3)
    b.output(use)
    info = analyse(project(b)).graphs["m"].nodes[use.id]
    assert info.weights == (3 * 4 + 4) + (4 * 8 + 8) + (8 * 16 + 16)
    assert for_one(info.activations) == 4 + 8 + 16


@pytest.mark.parametrize("name", ZOO)
def test_a_network_costs_what_its_nodes_cost(name: str) -> None:
    for info in analyse(ZOO[name]()).graphs.values():
        face = info.interface
        assert total(info.nodes.values()) == (face.weights, face.flops, face.activations)


def test_nodes_that_no_output_depends_on_cost_nothing() -> None:
    b = GraphBuilder("M")
    x = b.input("N", 6)
    b.output(b("Linear", x, out_features=2))
    b("ReLU", b("Linear", x, out_features=200))
    info = analyse(project(b)).graphs["m"]
    assert info.weights == 14
    assert info.unused == {"n4", "n5"}
