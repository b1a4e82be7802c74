"""Every layer of the catalogue as code: clean, let in by the wall, and running as foretold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.signature import ShapeError, infer, ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.compiler.results import GraphInfo
from nnstudio.compiler.walls import check_model
from nnstudio.graph.model import Project
from tests.builder import GraphBuilder, Source, Wire, project
from tests.catalogue import torch_side
from tests.catalogue.samples import cases
from tests.compiler.generated import imported, style

NAMES = sorted(LAYERS.keys() - {"Input", "Output"})
Case = tuple[dict[str, Any], list[Any]]


def good_cases(spec: LayerSpec, most: int) -> list[Case]:
    """Return some cases that the layer takes, always the same ones."""
    found: list[Case] = []

    @settings(
        max_examples=8 + 2 * most,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(spec))
    def look(case: Case) -> None:
        args, shapes = case
        try:
            infer(spec, dict(args), shapes)
        except ShapeError:
            return
        found.append((args, shapes))

    look()
    return found[-most:]  # the later ones are the more unusual ones


def drawn(spec: LayerSpec, case: Case) -> Project:
    """Return a network that holds nothing but the layer."""
    args, shapes = case
    b = GraphBuilder("Only")
    names = [port.name for port in ports(spec.signature).inputs]
    sources: list[Source] = [
        _source(b, torch_side.kind(spec, name, shapes, args), shape)
        for name, shape in zip(names, shapes, strict=True)
    ]
    kept = {param.name: args[param.name] for param in spec.params if args[param.name] is not None}
    given_none = {p.name: None for p in spec.params if args[p.name] is None and not p.auto}
    layer = b(spec.name, *sources, **kept, **given_none)
    if not sources:  # a value of the network's own; a network without an input is none
        b.output(b.input(2, 3))
    for index in range(len(infer(spec, dict(args), shapes))):
        b.output(layer[index])
    return project(b)


def _source(b: GraphBuilder, kind: str, shape: Any) -> Source:
    if shape is None:
        return None
    if shape and isinstance(shape[0], tuple):
        return [_wire(b, kind, one) for one in shape]
    return _wire(b, kind, shape)


def _wire(b: GraphBuilder, kind: str, shape: tuple[int, ...]) -> Wire:
    wire = b.input(*shape, dtype="int" if kind == "int" else "float")
    return b("Cast", wire, to="bool") if kind == "bool" else wire


def values_for(info: GraphInfo) -> list[torch.Tensor]:
    """Numbers of the foretold shapes, whole ones where an Input says so."""
    values = []
    for node in info.inputs:
        shape = info.nodes[node].outputs[0]  # type: ignore[index]
        whole = info.graph.nodes[node].args.get("dtype") == "int"
        values.append(torch.zeros(shape, dtype=torch.int64) if whole else torch.rand(shape))
    return values


def runs(document: Project, folder: Path, text: Any) -> None:
    """Run the code on numbers of the foretold shapes."""
    analysis = analyse(document)
    assert analysis.problems == (), analysis.problems
    (info,) = analysis.graphs.values()
    values = values_for(info)
    with imported(document, folder, text) as module:
        model = module.Only()
        result = model(*values)
    results = result if isinstance(result, tuple) else (result,)
    foretold = [info.nodes[node].inputs[0] for node in info.outputs]
    assert [tuple(one.shape) for one in results] == foretold
    assert sum(p.numel() for p in model.parameters()) == info.weights


@pytest.mark.filterwarnings("ignore")  # torch has remarks on what some layers are asked for
@pytest.mark.parametrize("most", [1, pytest.param(6, marks=pytest.mark.slow)])
def test_code_of_every_layer_is_clean_and_runs(most: int, tmp_path: Path) -> None:
    for name in NAMES:
        found = good_cases(LAYERS[name], most)
        assert found, name
        for index, case in enumerate(found):
            document = drawn(LAYERS[name], case)
            text = model_source(analyse(document))
            check_model(text.text)
            folder = tmp_path / f"{name}_{index}"
            folder.mkdir()
            try:
                runs(document, folder, text)
            except Exception as error:
                error.add_note(f"{name} {case}\n{text.text}")
                raise
    assert style(tmp_path) == ""
