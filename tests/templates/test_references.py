"""The full-size networks: exact counts, drawn from blocks, running code, and words that teach."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import nnstudio
from nnstudio.cli.main import main
from nnstudio.compiler.analysis import analyse
from nnstudio.core.problems import ProjectError
from nnstudio.exchange import python_folder
from nnstudio.graph.dims import Poly, substitute
from nnstudio.graph.model import Project
from nnstudio.studio import templates
from tests.templates.references import COUNTS, load

SIZES = {"N": 2, "T": 9}
PLAIN = {"lenet5", "alexnet"}
"""Networks that are one straight chain, so that no block would make them clearer."""


@pytest.mark.parametrize("name", COUNTS)
def test_counted_by_rule(name: str) -> None:
    project = load(name)
    assert nnstudio.check(project) == []
    assert analyse(project).weights == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_counted_by_torch_and_run_with_the_foretold_shapes(name: str) -> None:
    project = load(name)
    with torch.device("meta"):
        model = nnstudio.build(project).eval()
    assert sum(weight.numel() for weight in model.parameters()) == COUNTS[name]
    (info,) = (analyse(project).graphs[graph] for graph in project.graphs)
    feeds = []
    for key in info.inputs:
        whole = info.graph.nodes[key].args.get("dtype") == "int"
        shape = [substitute(dim, SIZES) for dim in info.nodes[key].outputs[0]]
        kind = torch.long if whole else torch.float
        feeds.append(torch.zeros(shape, dtype=kind, device="meta"))
    with torch.no_grad():
        made = model(*feeds)
    made = made if isinstance(made, tuple) else (made,)
    foretold = []
    for key in info.outputs:
        (port,) = info.graph.nodes[key].ports()
        shape = info.nodes[port.node].outputs[port.output]
        foretold.append(tuple(substitute(dim, SIZES) for dim in shape))
    assert [tuple(one.shape) for one in made] == foretold
    assert not any(isinstance(dim, Poly) for shape in foretold for dim in shape)


def test_capsules_without_their_decoder() -> None:
    project = load("capsnet")
    analysis = analyse(project)
    (info,) = (analysis.graphs[graph] for graph in project.graphs)
    (decoder,) = (key for key, node in info.graph.nodes.items() if node.name == "decoder")
    assert analysis.weights - info.nodes[decoder].weights == 6_804_224


@pytest.mark.parametrize("name", sorted(COUNTS.keys() - PLAIN))
def test_drawn_from_blocks_that_are_used_more_than_once(name: str) -> None:
    project = load(name)
    uses = [
        (node, use.repeat)
        for graph in (*project.graphs.values(), *project.blocks.values())
        for use in graph.nodes.values()
        for node in [use.layer]
        if node.startswith("block:")
    ]
    assert {layer.removeprefix("block:") for layer, _ in uses} == set(project.blocks)
    assert len(uses) > len(project.blocks) or any(repeat for _, repeat in uses)


@pytest.mark.parametrize("name", COUNTS)
def test_a_note_teaches(name: str) -> None:
    """What it is in a line, its size and source, and why it mattered; a word on every block."""
    project = load(name)
    first, second, story = project.note.split("\n\n")
    assert len(first) <= 90
    assert f"{COUNTS[name]:,}".replace(",", " ") in second
    assert len(story) > 300
    assert all(graph.note for graph in (*project.graphs.values(), *project.blocks.values()))
    found = templates.load(name)
    assert not found.trains
    assert (found.teaches, found.reaches) == (first, second)


def test_the_head_of_gpt2_borrows_the_embedding() -> None:
    with torch.device("meta"):
        model = nnstudio.build(load("gpt2"))
    assert model.lm_head.weight is model.wte.weight
    assert "h.11.attn.c_attn.weight" in model.state_dict()


def test_training_wants_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gpt2.nns"
    assert main(["new", "gpt2", "-o", str(file)]) == 0
    assert "nnstudio code" in capsys.readouterr().err
    assert main(["train", str(file)]) == 1
    said = capsys.readouterr().err
    assert "data: this project has no data to train on yet (choose data for it" in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == [file]


def test_the_network_goes_home_without_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = load("resnet18")
    folder = python_folder.export(project, tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {
        "model.py", "requirements.txt", "README.md",
    }  # fmt: skip
    assert (folder / "model.py").read_text() == nnstudio.source(project)
    assert "from model import ResNet18" in (folder / "README.md").read_text()
    assert "train.py" not in (folder / "README.md").read_text()
    assert (folder / "requirements.txt").read_text().startswith("torch")
    file = tmp_path / "resnet.nns"
    nnstudio.save(project, file)
    words = ["export", str(file), "--to", "python", "-o", str(tmp_path / "proven"), "--verify"]
    assert main(words) == 1
    assert "a proof trains one step, and this project has no data" in capsys.readouterr().err
    assert not (tmp_path / "proven").exists()


def test_a_network_with_faults_does_not_go_home(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no network"):
        python_folder.export(Project(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_drawing_without_a_loop_goes_home_too(tmp_path: Path) -> None:
    drawn = [name for name in templates.names() if templates.load(name).shelf == "drawn"]
    for name in drawn:
        folder = python_folder.export(load(name), tmp_path / name)
        assert (folder / "model.py").read_text() == nnstudio.source(load(name))
        assert not (folder / "train.py").exists()
