"""Random networks against torch: what is accepted runs as foretold, what is refused fails there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from nnstudio.catalogue import registry
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.source import checked_model
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args
from nnstudio.graph import edits
from nnstudio.graph.dims import Poly, substitute, symbol
from nnstudio.graph.model import Node, Project
from tests.catalogue import torch_side
from tests.catalogue.test_oracle import STRICTER as LAYER_STRICTER
from tests.compiler.generated import imported, run_forward, style
from tests.compiler.random_graphs import document, grown
from tests.compiler.zoo import ZOO
from tests.graph import random_edits

FAST, MANY = 70, 2000

STRICTER = {
    "block.repeat_shape": "a carried value keeps its shape, so that the number of copies is free",
    "block.map_shape": "copies are stacked, which needs equal shapes",
    "block.repeat_input": "there is nothing to hand on",
    "block.repeat_list": "as above: torch is asked about one copy only",
    "share.nothing": "torch has no borrowed weights; we want to say what is shared",
    "share.bypassed": "as above",
    "share.differs": "one module cannot have two sizes; torch fails at the second call only",
    "share.shape": "torch is asked about one layer, which borrows nothing",
    "block.copy": "as the layer inside; later copies are not built here",
    "shape.late": "torch has no sizes that are not known when a module is made",
    "expr.name": "a loop has one copy, so there is no i",
}
"""Codes that torch cannot be asked about, and why we refuse them."""


def _numbers(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_numbers, value))
    return substitute(value, {"N": 2}) if isinstance(value, Poly) else value


def _accepted(made: Project, analysis: Analysis, folder: Path) -> None:
    """Build from the emitted source on the meta device and compare."""
    with imported(made, folder) as module, torch.device("meta"), torch.no_grad():
        model = module.Net()
        assert sum(weight.numel() for weight in model.parameters()) == analysis.weights
        result, foretold = run_forward(analysis, "net", model.eval())
    results = result if isinstance(result, tuple) else (result,)
    assert [tuple(tensor.shape) for tensor in results] == foretold


def _refused(analysis: Analysis, node: Node, code: str) -> None:
    """Ask torch for the one layer that was refused."""
    spec = registry.layer(node.layer)
    known = (node.layer, code) in LAYER_STRICTER or ("*", code) in LAYER_STRICTER
    if spec is None or known or code in STRICTER:
        return
    args = {param.name: node.args.get(param.name, param.default) for param in spec.params}
    info = analysis.graphs["net"].nodes[node.id]
    inputs = [_numbers(shape) for shape in info.inputs]
    _guess(args, inputs[0])
    with pytest.raises((*torch_side.REFUSALS, NotImplementedError)):
        torch_side.run(spec, args, inputs, "cpu")


def _guess(args: dict[str, Any], shape: Any) -> None:
    """Give automatic arguments the size that would fit."""
    for name, value in args.items():
        if value is None and name in {"in_channels", "num_features", "num_channels"}:
            args[name] = shape[1] if len(shape) > 1 else 1
        if value is None and name in {"in_features", "input_size"}:
            args[name] = shape[-1]
        if value is None and name == "normalized_shape":
            args[name] = shape[-1:]


def _with_a_batch_of_two(made: Project) -> Project:
    """The same network with a number for the batch: nothing is left to be decided."""
    for node in made.graphs["net"].nodes.values():
        if node.layer == "Input":
            _, *rest = node.args["shape"]  # type: ignore[misc]
            made = edits.SetArgs("net", node.id, Args(shape=(2, *rest))).apply(made)
    return made


def _torch_must_fail(probe: Analysis) -> bool:
    """Tell whether a refusal is one of torch's, at a node that is built."""
    info = probe.graphs["net"]
    for problem in probe.problems:
        node = info.graph.nodes.get(problem.where.rpartition("/")[2])
        if problem.severity == "error" and node is not None and node.id not in info.unused:
            strict = {(node.layer, problem.code), ("*", problem.code)} & LAYER_STRICTER.keys()
            return not strict and problem.code not in STRICTER
    return False


def _one(seed: int, folder: Path, counts: Counter[str]) -> None:
    growing = grown(seed)
    made = document(growing)
    analysis = analyse(made)
    if growing.fault is None:
        assert analysis.ok, analysis.problems
        probe = analyse(_with_a_batch_of_two(made))
        counts["accepted" if probe.ok else "undecided"] += 1
        if probe.ok:
            _accepted(made, probe, folder)
        elif _torch_must_fail(probe):  # N rows against 6: only a run decides
            with pytest.raises((*torch_side.REFUSALS, NotImplementedError)):
                _accepted(made, analysis, folder)
        return
    assert not analysis.ok
    counts[growing.fault.code] += 1
    node_id = growing.fault.where.rpartition("/")[2]
    if growing.fault.where.startswith("net/"):
        _refused(analysis, growing.builder.nodes[node_id], growing.fault.code)


def _all(count: int, folder: Path, first: int = 0) -> Counter[str]:
    torch.set_num_threads(1)
    counts: Counter[str] = Counter()
    for seed in range(first, first + count):
        try:
            _one(seed, folder, counts)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    return counts


def test_random_networks_against_torch(tmp_path: Path) -> None:
    counts = _all(FAST, tmp_path)
    assert counts["accepted"] > FAST // 2
    assert len(counts) > 5


def test_code_of_random_networks_passes_the_wall_and_is_in_style(tmp_path: Path) -> None:
    for seed in range(50):
        analysis = analyse(document(grown(seed, keep_faults=0)))
        (tmp_path / f"net_{seed}.py").write_text(checked_model(analysis).text, encoding="utf-8")
    assert style(tmp_path) == ""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_random_networks_against_torch(tmp_path: Path) -> None:
    _all(MANY, tmp_path, FAST)


# ------------------------------------------------------------------ laws


@pytest.mark.parametrize("seed", range(30))
def test_a_use_costs_and_makes_the_same_when_it_is_dissolved(seed: int) -> None:
    growing = grown(1000 + seed, keep_faults=0)
    made = document(growing)
    before = analyse(made)
    nodes = made.graphs["net"].nodes.values()
    lent = {node.share.node for node in nodes if node.share}
    for node in nodes:
        plain = not (node.repeat or node.share or node.bypass or node.id in lent)
        if node.layer.startswith("block:") and plain:
            args = Args(before.graphs["net"].nodes[node.id].args)
            after = analyse(edits.UngroupNode("net", node.id, args, seed="law").apply(made))
            assert after.ok, after.problems
            if after.graphs["net"].unused - before.graphs["net"].unused:
                continue  # what only an open output of the use needed is no longer built
            assert after.weights == before.weights
            assert after.flops == before.flops
            faces = (after.graphs["net"].interface, before.graphs["net"].interface)
            assert faces[0].outputs == faces[1].outputs


def _edited(rng: Random, made: Project) -> Project:
    """One edit: any at all, or one that keeps the network sound."""
    try:
        return random_edits.edit(rng, made).apply(made)
    except ProjectError:
        return made


def _same(one: Analysis, other: Analysis) -> None:
    assert one.problems == other.problems
    assert (one.weights, one.flops) == (other.weights, other.flops)
    assert one.graphs == other.graphs


@pytest.mark.parametrize("seed", range(200))
def test_step_by_step_is_the_same_as_all_at_once(seed: int) -> None:
    rng = Random(seed)
    names = list(ZOO)
    made = random_edits.start() if seed % 2 else ZOO[names[seed // 2 % len(names)]]()
    analysis = analyse(made)
    for _ in range(12):
        made = _edited(rng, made)
        analysis = analyse(made, analysis)
    _same(analysis, analyse(made))


def test_positions_reach_nothing() -> None:
    made = ZOO["resnet18"]()
    analysis = analyse(made)
    graph = next(iter(made.graphs))
    moved = edits.MoveNodes(graph, {"n1": (7.0, 7.0)}).apply(made)
    after = analyse(moved, analysis)
    assert all(after.graphs[key] is analysis.graphs[key] for key in analysis.graphs)


def test_only_what_an_edit_reaches_is_looked_at_again() -> None:
    made = ZOO["resnet18"]()
    analysis = analyse(made)
    edit = edits.Rename("res_net18", "n2", "other")
    after = analyse(edit.apply(made), analysis)
    old, new = analysis.graphs["res_net18"].nodes, after.graphs["res_net18"].nodes
    assert all(new[key] is old[key] for key in new)
    assert after.graphs["basic_block"] is analysis.graphs["basic_block"]


def test_an_edit_inside_a_block_reaches_its_uses() -> None:
    made = ZOO["resnet18"]()
    analysis = analyse(made)
    graph = made.blocks["identity_block"]
    conv = next(node for node in graph.nodes.values() if node.layer == "Conv2d")
    after = analyse(
        edits.SetArgs(graph.id, conv.id, random_edits.Args(bias=True)).apply(made), analysis
    )
    assert after.weights - analysis.weights == 64 * 2 + 128 + 256 + 512
    edit = edits.SetArgs(graph.id, conv.id, random_edits.Args(padding=0))
    broken = analyse(edit.apply(made), analysis)
    assert {problem.where.split("/")[0] for problem in broken.problems} == {"identity_block"}


def test_sizes_of_a_batch_stay_symbols() -> None:
    for make in ZOO.values():
        analysis = analyse(make())
        for key in analysis.project.graphs:
            outputs = analysis.graphs[key].interface.outputs or ()
            assert all(shape[0] == symbol("N") for shape in outputs)
