"""What only a process of its own can promise."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnstudio.engine import events, runner
from nnstudio.engine.attach import living
from nnstudio.engine.events import Stop
from nnstudio.engine.process import WARM, ProcessRun, in_words
from nnstudio.engine.runs import Run
from tests.engine import toys
from tests.engine.conftest import PATIENCE, SLOW, ended, figures, wait_for


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


def test_kill_and_resume_to_the_last_bit(tmp_path: Path, alone: list[Any]) -> None:
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
    assert figures(folder) == alone


def test_two_side_by_side(tmp_path: Path, alone: list[Any]) -> None:
    WARM.prepare()  # a process that waits takes the next job
    waiting = WARM.pid
    one, two = toys.make(tmp_path / "one", "one"), toys.make(tmp_path / "two", "two")
    with running(one) as first, running(two) as second:
        assert first.pid == waiting != second.pid
        runs: list[Run] = [first, second]
        assert all(isinstance(ended(run), events.Finished) for run in runs)
    assert figures(one) == figures(two) == alone


@pytest.mark.slow
def test_a_process_that_waits_is_sent_away() -> None:
    WARM.prepare()
    WARM.dismiss()
    assert WARM.pid is None


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


def test_stop_before_the_start(tmp_path: Path) -> None:
    with running(toys.make(tmp_path / "toy")) as run:
        run.order(Stop())
        assert isinstance(ended(run), events.Stopped)


def test_words_for_an_end() -> None:
    assert "memory" in in_words(-9)
    assert "SIGSEGV" in in_words(-11)
    assert "exit code 3" in in_words(3)
    assert "signal" in in_words(-250)
