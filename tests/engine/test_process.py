"""What only a process of its own can promise."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio.engine import events, runner
from nnstudio.engine.attach import living
from nnstudio.engine.events import Stop
from nnstudio.engine.process import WARM, ProcessRun, in_words
from nnstudio.engine.runs import Run
from tests.engine import toys
from tests.engine.conftest import PATIENCE, wait_for
from tests.engine.test_runs import SLOW, ended, figures


@contextlib.contextmanager
def running(folder: Path, *argv: str) -> Iterator[ProcessRun]:
    run = ProcessRun(folder, argv, hashes=toys.hashes(folder))
    try:
        yield run
    finally:
        run.kill()
        assert run.join(PATIENCE)


def test_crash_is_told_with_its_node(tmp_path: Path) -> None:
    with running(toys.make(tmp_path / "toy", at=4, trouble="os.abort()")) as run:
        last = ended(run)
    assert isinstance(last, events.Failed)
    assert (last.problem.code, last.problem.where) == ("run.crashed", "g/n_trouble")
    assert "SIGABRT" in last.problem.message


def test_kill_and_resume_to_the_last_bit(tmp_path: Path) -> None:
    with running(toys.make(tmp_path / "one", "one")) as whole:
        ended(whole)
    folder = toys.make(tmp_path / "toy", **SLOW)
    with running(folder) as run:
        wait_for(lambda: run.started, run)
        run.order(events.CheckpointNow())
        wait_for(lambda: run.checkpoint, run)
        time.sleep(0.05)  # some steps that no checkpoint knows
        os.kill(run.pid, signal.SIGKILL)
        last = ended(run)
    assert isinstance(last, events.Failed)
    assert "killed" in last.problem.message
    with running(folder, "--resume", str(folder)) as again:
        assert isinstance(ended(again), events.Finished)
    assert figures(folder) == figures(whole.folder)


def test_two_side_by_side(tmp_path: Path) -> None:
    folders = [toys.make(tmp_path / name, name) for name in ("one", "two", "three")]
    with running(folders[0], "--seed", "3") as first, running(folders[1], "--seed", "3") as second:
        runs: list[Run] = [first, second]
        assert all(isinstance(ended(run), events.Finished) for run in runs)
    with running(folders[2], "--seed", "3") as third:
        ended(third)
    assert figures(folders[0]) == figures(folders[1]) == figures(folders[2])


WINDOW = """
import sys, time
from pathlib import Path
from nnstudio.engine import runner

run = runner.start(Path(sys.argv[1]), ["--epochs", "1000"], home="process")
while run.started is None and not run.over:
    time.sleep(0.01)
import os
os._exit(1)
"""


def test_the_run_outlives_its_window(tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy", **SLOW)
    subprocess.run([sys.executable, "-c", WINDOW, str(folder)], check=False, timeout=PATIENCE)
    assert living(folder)
    with pytest.raises(AssertionError), running(folder) as second:  # it has the folder
        assert isinstance(ended(second), events.Finished)
    run = runner.attach(folder, metrics_from=0)
    wait_for(lambda: run.started, run)
    run.order(Stop())
    last = ended(run)
    assert isinstance(last, events.Stopped)
    assert last.step > 0
    told = run.events(10_000)
    steps = [n for event in told if isinstance(event, events.Metrics) for n in event.steps]
    assert steps == list(range(1, last.step + 1))
    assert run.join(PATIENCE)
    wait_until_gone(folder)


def test_a_run_that_died_with_its_window(tmp_path: Path) -> None:
    folder = toys.make(tmp_path / "toy")
    run = runner.attach(folder)
    last = ended(run)
    assert isinstance(last, events.Failed)
    assert last.problem.code == "run.gone"
    assert run.join(PATIENCE)


def wait_until_gone(folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while living(folder) and time.monotonic() < end:
        time.sleep(0.01)
    assert not living(folder)


def test_a_warm_process_takes_the_next_job(tmp_path: Path) -> None:
    WARM.prepare()
    waiting = WARM.pid
    with running(toys.make(tmp_path / "toy")) as run:
        assert run.pid == waiting
        assert isinstance(ended(run), events.Finished)
    WARM.prepare()
    WARM.dismiss()


def test_words_for_an_end() -> None:
    assert "memory" in in_words(-9)
    assert "SIGSEGV" in in_words(-11)
    assert "exit code 3" in in_words(3)
    assert "signal" in in_words(-250)
