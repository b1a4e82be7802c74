"""What only a run in the application's own process must mind."""

import sys
import time
from pathlib import Path

from nnstudio.engine import events, runner
from nnstudio.engine.events import Gate, Stop
from nnstudio.engine.runs import Run
from tests.engine import toys
from tests.engine.conftest import PATIENCE, SLOW, ended, wait_for


def begin(folder: Path, *argv: str) -> Run:
    return runner.start(folder, argv, hashes=toys.hashes(folder))


def test_one_at_a_time(tmp_path: Path) -> None:
    first = begin(toys.make(tmp_path / "one", "one", **SLOW), "--epochs", "1000")
    wait_for(lambda: first.started, first)
    second = begin(toys.make(tmp_path / "two", "two"))
    third = begin(toys.make(tmp_path / "three", "three"))
    wait_for(lambda: second.state == third.state == "waiting", second)
    third.order(Stop())
    assert isinstance(ended(third), events.Stopped)
    first.order(Stop())
    assert isinstance(ended(first), events.Stopped)
    assert isinstance(ended(second), events.Finished)
    assert all(run.join(PATIENCE) for run in (first, second, third))


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    run = begin(toys.make(tmp_path / "toy"))
    ended(run)
    assert run.join(PATIENCE)
    assert not [name for name in sys.modules if name.startswith("nnstudio_run_toy")]


def test_a_run_that_was_given_up_does_not_spoil_its_folder(tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy", slow="Slow()", sleep=2.5)
    run = begin(folder)
    wait_for(lambda: run.started, run)
    run.order(Stop())
    assert isinstance(ended(run), events.Stopped)
    assert run.join(PATIENCE)
    assert not (folder / "metrics.jsonl").exists()
    assert not list(folder.glob("checkpoints/step-*"))


def test_a_window_that_is_always_busy_starves_no_run(tmp_path: Path) -> None:
    gate = Gate()
    gate.busy = True
    folder = toys.make(tmp_path / "toy")
    start = time.monotonic()
    run = runner.start(folder, ["--steps", "10"], hashes=toys.hashes(folder), gate=gate)
    assert isinstance(ended(run), events.Finished)
    assert time.monotonic() - start > 10 * 0.02  # it did wait
    assert run.join(PATIENCE)


def test_stop_before_the_start(tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy")
    run = begin(folder)
    run.order(Stop())
    assert isinstance(ended(run), events.Stopped)
    assert run.join(PATIENCE)
