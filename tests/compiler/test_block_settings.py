"""Every setting of every layer as a parameter of a block: refused in words, or written and run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.core.params import Param
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph.model import Graph, Node, Port, Project
from nnstudio.studio.block_params import offers
from tests.compiler.generated import imported
from tests.compiler.test_every_layer import NAMES, drawn, good_cases, values_for

KNOB = "knob"


def knobs(spec: LayerSpec) -> Iterator[tuple[str, Param, Value]]:
    """Settings with a default: the parameter that stands for each, and another value for it."""
    for param in spec.params:
        default = param.default
        if param.kind == "choice" and isinstance(default, str):
            other = next((one for one in param.choices if one != default), None)
            if other is not None:
                made = Param(KNOB, "choice", default, choices=param.choices)
                yield param.name, made, other
        elif type(default) is bool:
            yield param.name, Param(KNOB, "bool", default), not default
        elif type(default) is int and param.kind not in ("text", "choice"):
            yield param.name, Param(KNOB, "int", default), default + 1
        elif type(default) is float:
            other = default + (0.1 if default < 0.85 else -0.1)
            yield param.name, Param(KNOB, "float", default), other


def in_a_block(made: Project, layer: str, name: str, knob: Param, value: Value) -> Project:
    """The network as a block of which one setting of the layer is a parameter, used once."""
    (graph,) = made.graphs.values()
    node = next(one for one in graph.nodes.values() if one.layer == layer)
    inner = replace(node, args=node.args.replace(**{name: Expression(KNOB)}))
    nodes = {**graph.nodes, node.id: inner}
    block = Graph("blk", "Inside", nodes, params=(knob,))
    ends = [one for one in graph.nodes.values() if one.layer in ("Input", "Output")]
    inputs = [one for one in ends if one.layer == "Input"]
    use = Node("use", "block:blk", Args(knob=value), tuple(Port(one.id) for one in inputs))
    outputs = [
        Node(one.id, "Output", inputs=(Port("use", place),))
        for place, one in enumerate(one for one in ends if one.layer == "Output")
    ]
    top = {one.id: one for one in (*inputs, use, *outputs)}
    return Project(graphs={"net": Graph("net", "Net", top, role="model")}, blocks={"blk": block})


def _runs(made: Project, folder: Path) -> None:
    analysis = analyse(made)
    info = analysis.graphs["net"]
    with imported(made, folder, model_source(analysis)) as module:
        model = module.Net()
        result = model(*values_for(info))
    results = result if isinstance(result, tuple) else (result,)
    assert [tuple(one.shape) for one in results] == [info.nodes[n].inputs[0] for n in info.outputs]
    assert sum(weight.numel() for weight in model.parameters()) == info.weights


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("most", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_setting_as_a_parameter(most: int, tmp_path: Path) -> None:
    checked = 0
    for layer in NAMES:
        for case in good_cases(LAYERS[layer], most):
            found = list(knobs(LAYERS[layer]))
            for name, knob, other in found if most > 1 else found[:3]:
                made = in_a_block(drawn(LAYERS[layer], case), layer, name, knob, other)
                if not analyse(made).ok:
                    continue
                checked += 1
                folder = tmp_path / str(checked)
                folder.mkdir()
                try:
                    _runs(made, folder)
                except Exception as error:
                    error.add_note(f"{layer} {name} {model_source(analyse(made)).text}")
                    raise
    assert checked > 200 * most


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("Buffer", "init"), ("Cast", "to"), ("Compare", "comparison"), ("Logical", "operator"),
        ("MaxPool2d", "return_indices"), ("Random", "distribution"),
    ],
)  # fmt: skip
def test_what_decides_the_call_is_no_parameter(layer: str, name: str) -> None:
    """The code could not be written, which ended in a report."""
    spec = LAYERS[layer]
    knob, other = next((knob, other) for found, knob, other in knobs(spec) if found == name)
    made = drawn(spec, good_cases(spec, 1)[0])
    found = analyse(in_a_block(made, layer, name, knob, other))
    assert "param.fixed" in [problem.code for problem in found.problems]
    inside = replace(made, blocks=made.graphs, graphs={})
    (block,) = inside.blocks.values()
    node = next(one for one in block.nodes.values() if one.layer == layer)
    assert offers(inside, analyse(inside), block.id, node.id, name) == ()


def test_a_factor_may_be_a_whole_number_of_the_block() -> None:
    """The analysis fell over it."""
    spec = LAYERS["Upsample"]
    made = drawn(spec, good_cases(spec, 1)[0])
    (graph,) = made.graphs.values()
    node = next(one for one in graph.nodes.values() if one.layer == "Upsample")
    plain = replace(node, args=Args(scale_factor=2.0))
    made = replace(made, graphs={graph.id: replace(graph, nodes={**graph.nodes, node.id: plain})})
    found = analyse(in_a_block(made, "Upsample", "scale_factor", Param(KNOB, "int", 2), 3))
    assert found.ok, found.problems
    before, after = found.graphs["net"].nodes["use"].inputs[0], found.node("net/use")
    assert after is not None
    assert after.outputs is not None
    assert after.outputs[0][2:] == tuple(3 * size for size in before[2:])  # type: ignore[index,operator]
