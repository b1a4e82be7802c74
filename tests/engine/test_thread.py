"""What only a run in the application's own process must mind."""

import sys
from pathlib import Path

from nnstudio.engine import events, runner
from nnstudio.engine.events import Stop
from nnstudio.engine.runs import Run
from tests.engine import toys
from tests.engine.conftest import PATIENCE, wait_for
from tests.engine.test_runs import SLOW, ended


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
