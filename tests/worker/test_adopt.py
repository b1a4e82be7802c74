"""A run that begins with the weights of another one."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nnstudio.core.values import Args, Choice
from nnstudio.engine import events, folder, runner
from nnstudio.engine.events import Start, read_record
from nnstudio.engine.runs import Run
from nnstudio.graph import edits
from nnstudio.graph.model import Data, Port, Project
from nnstudio.kit import checkpoints
from tests.builder import GraphBuilder, project
from tests.engine.conftest import ended

IRIS = {"task": "classification", "inputs": ((4,),), "classes": ("a", "b", "c")}


def document(width: int = 8) -> Project:
    b = GraphBuilder("Net")
    x = b.input("N", 4)
    h = b("ReLU", b("Linear", x, out_features=width, name="first"))
    b.output(b("Linear", h, out_features=3, name="last"))
    loop = Choice("supervised", Args(loss=Choice("CrossEntropyLoss"), epochs=2))
    loop = Choice(loop.name, loop.args.replace(optimizer=Choice("Adam", Args(lr=0.01))))
    return replace(project(b, loop=loop), data=Data(Choice("iris"), **IRIS))  # type: ignore[arg-type]


def run(made: folder.Prepared) -> Run:
    going = runner.launch(made)
    assert isinstance(ended(going), events.Finished), going.last
    assert going.join(30)
    return going


def weights(path: Path) -> dict[str, torch.Tensor]:
    return checkpoints.load(path)["objects"]["model"]  # type: ignore[no-any-return]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return run(folder.make(document(), tmp_path / "runs")).folder


def test_same_network_goes_on_with_all_weights(first: Path, tmp_path: Path) -> None:
    made = folder.make(document(), tmp_path / "runs", start=Start(str(first)))
    going = run(made)
    begun = weights(made.folder / "checkpoints" / "step-00000000")
    for name, value in weights(first).items():
        assert torch.equal(begun[name], value)
    notes = [e.message for e in going.events() if isinstance(e, events.Note)]
    assert "4 tensors were taken over" in notes[0]
    record = read_record(made.folder)
    assert record.start == Start(str(first))


def test_grouped_and_resized(first: Path, tmp_path: Path) -> None:
    """A node in a group keeps its weights, one of another size begins afresh."""
    old = document()
    net = next(iter(old.graphs.values()))
    relu = next(node for node in net.nodes.values() if node.layer == "ReLU")
    linear = next(node for node in net.nodes.values() if node.name == "first")
    shapes = {next(linear.ports()): ("N", 4), Port(relu.id): ("N", 8)}
    edit = edits.GroupNodes(net.id, (linear.id, relu.id), name="Both", shapes=shapes)
    grouped = edit.apply(old)
    use = next(n for n in grouped.graphs[net.id].nodes.values() if n.layer.startswith("block"))
    moved = {linear.id: f"{use.id}/{linear.id}"}
    made = folder.make(grouped, tmp_path / "runs", start=Start(str(first), moved=moved))
    run(made)
    begun = weights(made.folder / "checkpoints" / "step-00000000")
    before = weights(first)
    assert sorted(v.sum().item() for v in begun.values()) == sorted(
        v.sum().item() for v in before.values()
    )

    wide = folder.make(document(16), tmp_path / "runs", start=Start(str(first)))
    going = run(wide)
    notes = [e.message for e in going.events() if isinstance(e, events.Note)]
    assert "1 tensors were taken over" in notes[0]
    assert torch.equal(
        weights(wide.folder / "checkpoints" / "step-00000000")["last.bias"], before["last.bias"]
    )


def test_resume_keeps_what_was_learned(first: Path, tmp_path: Path) -> None:
    made = folder.make(document(), tmp_path / "runs", start=Start(str(first)))
    run(made)
    learned = weights(made.folder)
    again = folder.reopen(made.folder)
    assert "--resume" in again.argv
    run(again)
    for name, value in weights(made.folder).items():
        assert torch.equal(learned[name], value)


def test_missing_run_is_said_in_words(tmp_path: Path) -> None:
    made = folder.make(document(), tmp_path / "runs", start=Start(str(tmp_path / "gone")))
    going = runner.launch(made)
    last = ended(going)
    assert isinstance(last, events.Failed)
    assert last.problem.code == "run.unreadable"
    assert going.join(30)
