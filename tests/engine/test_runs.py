"""One suite for every home of a run."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from nnstudio.engine import events
from nnstudio.engine.attach import living
from nnstudio.engine.events import CheckpointNow, Continue, Pause, SetHyper, Stop
from nnstudio.engine.runs import Run
from tests.engine import toys
from tests.engine.conftest import PATIENCE, SLOW, Start, ended, figures, wait_for

STEPS = 24  # 3 epochs of 64 samples in batches of 8
# What happens inside a run is the same in every home; a process costs seconds to start.
INSIDE = pytest.mark.parametrize(
    "place", ["thread", pytest.param("process", marks=pytest.mark.slow)], indirect=True
)


def test_whole_run(start: Start, tmp_path: Path, alone: list[Any]) -> None:
    folder = toys.make(tmp_path / "toy")
    run = start(folder)
    last = ended(run)
    assert isinstance(last, events.Finished)
    assert (last.step, last.epoch, run.state) == (STEPS, 3, "finished")
    told = run.events(1000)
    assert told[-1] == last
    assert isinstance(told[0], events.RunStarted)
    assert told[0].parameters == 82
    steps = [n for event in told if isinstance(event, events.Metrics) for n in event.steps]
    assert steps == list(range(1, STEPS + 1))
    lines = [line for event in told for line in events.lines(event)]
    kept = [line for line in lines if line["event"] in ("metrics", "epoch")]
    written = [json.loads(text) for text in (folder / "metrics.jsonl").read_text().splitlines()]
    assert kept == written
    assert figures(folder) == alone
    assert run.join(PATIENCE)
    assert not living(folder)
    assert json.loads((folder / "run.json").read_text())["threads"] == 1


def test_pause_change_continue(start: Start, tmp_path: Path, alone: list[Any]) -> None:
    folder = toys.make(tmp_path / "toy", **SLOW)
    run = start(folder)
    wait_for(lambda: run.started, run)
    run.order(Pause())
    wait_for(lambda: run.state == "paused", run)
    assert run.checkpoint is not None  # whoever closes the lid now loses nothing
    paused_at = run.checkpoint.step
    run.order(SetHyper({"lr": 0.5, "nonsense": 1.0}))
    run.order(CheckpointNow())
    run.order(Continue())
    last = ended(run)
    assert isinstance(last, events.Finished)
    notes = [event.message for event in run.events(1000) if isinstance(event, events.Note)]
    assert f"lr: 0.01 → 0.5 from step {paused_at + 1}." in notes
    assert "nonsense cannot be changed while it runs, only lr." in notes
    # The change shows after the first update that used it, and not before.
    got = [step for step in figures(folder) if step[0] == "metrics"]
    want = [step for step in alone if step[0] == "metrics"]
    assert got[: paused_at + 1] == want[: paused_at + 1]
    assert got[paused_at + 1 :] != want[paused_at + 1 :]


def test_stop_and_resume_to_the_last_bit(start: Start, tmp_path: Path, alone: list[Any]) -> None:
    folder = toys.make(tmp_path / "toy", **SLOW)
    run = start(folder)
    wait_for(lambda: run.started, run)
    until = random.Random(str(tmp_path)).randrange(1, 13)
    wait_for(lambda: _steps(run) >= until, run)
    run.order(Stop())
    last = ended(run)
    assert isinstance(last, events.Stopped)
    assert run.checkpoint is not None
    assert last.step == run.checkpoint.step >= until
    assert run.join(PATIENCE)
    again = start(folder, "--resume", str(folder))
    assert isinstance(ended(again), events.Finished)
    assert again.started is not None
    assert again.started.step == last.step
    assert figures(folder) == alone


def _steps(run: Run) -> int:
    path = run.folder / "metrics.jsonl"
    return path.read_text().count('"event": "metrics"') if path.exists() else 0


def test_stop_in_the_middle_of_a_step(start: Start, tmp_path: Path) -> None:
    _stop_in_a_step(start, toys.make(tmp_path / "toy", slow="Slow()", sleep=3.0))


@INSIDE
def test_stop_between_modules_of_a_step(start: Start, tmp_path: Path) -> None:
    many = "*(Slow() for _ in range(30))"
    _stop_in_a_step(start, toys.make(tmp_path / "toy", slow=many, sleep=0.1))


def _stop_in_a_step(start: Start, folder: Path) -> None:
    run = start(folder)
    wait_for(lambda: run.started, run)
    run.order(Stop())
    assert run.wait(2.5)  # not the 3 s that the step takes
    assert isinstance(run.last, events.Stopped)
    assert run.last.step == 0
    notes = [event.message for event in run.events() if isinstance(event, events.Note)]
    assert any("broken off" in note for note in notes)
    assert run.join(PATIENCE)


@INSIDE
def test_exception_finds_its_node(start: Start, tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy", at=3, trouble="x = x[:, :7]")
    last = ended(start(folder))
    assert isinstance(last, events.Failed)
    problem = last.problem
    assert (problem.code, problem.where) == ("exception", "g/n_head")
    assert "(8, 7)" in problem.hint
    assert "8x7 and 16x2" in problem.message


@INSIDE
def test_not_finite(start: Start, tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy", old="return x\n\n\nclass Net", new=PLANT)
    last = ended(start(folder, "--epochs", "1000"))
    assert isinstance(last, events.Failed)
    assert (last.problem.code, last.problem.where) == ("non_finite", "g/n_trouble")
    assert "step 1:" in last.problem.message
    assert "tenth of the learning rate" in last.problem.hint


PLANT = "return x / torch.zeros(1)\n\n\nclass Net"


@INSIDE
def test_nobody_takes_the_events(start: Start, tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy")
    run = start(folder, "--epochs", "60")
    assert isinstance(ended(run), events.Finished)
    steps = sum(len(e) for e in run.events(10_000) if isinstance(e, events.Metrics))
    assert steps + run.dropped == 60 * 8


@INSIDE
def test_device_that_is_not_here(start: Start, tmp_path: Path) -> None:
    last = ended(start(toys.make(tmp_path / "toy"), "--device", "cuda:7"))
    assert isinstance(last, events.Failed)
    assert last.problem.code == "run.device"
    assert "cuda:7" in last.problem.message


@INSIDE
def test_changed_code_is_not_run(start: Start, tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy")
    run = start(folder)
    (folder / "model.py").write_text(toys.MODEL + "raise AssertionError\n")
    last = ended(run)
    assert isinstance(last, events.Failed)
    assert last.problem.code == "run.changed"


@INSIDE
def test_a_disk_that_refuses_pauses(start: Start, tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy", **SLOW)
    (folder / "checkpoints").write_text("in the way")
    run = start(folder)
    wait_for(lambda: run.started, run)
    run.order(CheckpointNow())
    wait_for(lambda: run.state == "paused", run)
    (folder / "checkpoints").unlink()
    run.order(Continue())
    last = ended(run)
    assert isinstance(last, events.Finished)
    notes = [event.message for event in run.events(1000) if isinstance(event, events.Note)]
    assert any("the disk refused" in note for note in notes)


@INSIDE
def test_telemetry_by_node(start: Start, tmp_path: Path) -> None:
    run = start(toys.make(tmp_path / "toy"), telemetry=1.0)
    ended(run)
    seen = [event for event in run.events(1000) if isinstance(event, events.Telemetry)]
    assert seen
    assert set(seen[0].nodes) == {"g/n_first", "g/n_head"}
    assert seen[0].figure == "gradient_norm"
    assert all(value > 0 for value in seen[0].nodes.values())
