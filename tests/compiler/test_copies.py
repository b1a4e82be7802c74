"""Every layer as copies that differ: what is typed for a setting is in the code, and it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.core.values import Expression
from nnstudio.graph.model import Project, Repeat
from tests.compiler.test_every_layer import NAMES, drawn, good_cases, runs

KINDS = ("int", "float", "size", "number_or_size", "ints", "shape")
USED = re.compile(r"(?<!for )\bi\b(?! in)")
WHOLE = frozenset({"Embedding", "EmbeddingBag", "OneHot"})
"""They take indices and make none, so that they cannot run on their own results."""


def formulas(spec: LayerSpec) -> Iterator[tuple[str, Expression]]:
    """Settings with a default, as formulas that give it to the first copy and to no other."""
    for param in spec.params:
        if param.kind in KINDS and type(param.default) in (int, float):
            rise = "i" if type(param.default) is int else "0.1 * i"
            yield param.name, Expression(f"{param.default} + {rise}")


def copied(made: Project, layer: str, name: str, formula: Expression, mode: str) -> Project:
    """The same network with two copies of its layer."""
    (graph,) = made.graphs.values()
    node = next(one for one in graph.nodes.values() if one.layer == layer)
    args = node.args.replace(**{name: formula})
    nodes = {**graph.nodes, node.id: replace(node, args=args, repeat=Repeat(2, mode))}  # type: ignore[arg-type]
    return replace(made, graphs={graph.id: replace(graph, nodes=nodes)})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("most", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_what_differs_from_copy_to_copy_is_in_the_code(most: int, tmp_path: Path) -> None:
    checked = 0
    for layer in NAMES:
        spec = LAYERS[layer]
        for case in good_cases(spec, most):
            for name, formula in list(formulas(spec))[: None if most > 1 else 2]:
                for mode in ("stack", "map"):
                    made = copied(drawn(spec, case), layer, name, formula, mode)
                    if not analyse(made).ok:
                        continue
                    source = model_source(analyse(made))
                    lines = source.text.partition("class Only")[2].splitlines()
                    code = [line.partition("#")[0] for line in lines]
                    assert any(USED.search(line) for line in code), (layer, name, source.text)
                    checked += 1
                    if layer not in WHOLE:
                        folder = tmp_path / str(checked)
                        folder.mkdir()
                        runs(made, folder, source)
    assert checked > 150 * most


@pytest.mark.parametrize("layer", ["Chunk", "Split"])
@pytest.mark.parametrize("mode", ["stack", "map"])
def test_a_list_of_tensors_cannot_be_handed_on(layer: str, mode: str) -> None:
    """The code would have called a tensor's method on a tuple."""
    made = drawn(LAYERS[layer], good_cases(LAYERS[layer], 1)[0])
    found = analyse(copied(made, layer, "dim", Expression("1"), mode))
    assert [problem.code for problem in found.problems] == ["block.repeat_list"]
