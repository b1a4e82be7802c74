"""A way to start runs that leaves none behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnstudio.engine import events, runner
from nnstudio.engine.runs import Run
from tests.engine import toys

Start = Callable[..., Run]
PATIENCE = 60.0
SLOW: dict[str, Any] = {"slow": "Slow()", "sleep": 0.03}


@pytest.fixture(params=["thread", "process"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start(place: runner.Home) -> Iterator[Start]:
    """Starts a run folder in the home of the test; it is gone when the test ends."""
    runs: list[Run] = []

    def begin(folder: Path, *argv: str, telemetry: float = 0.03) -> Run:
        run = runner.start(
            folder, argv, home=place, hashes=toys.hashes(folder), telemetry=telemetry
        )
        runs.append(run)
        return run

    yield begin
    for run in runs:
        run.kill()
        assert run.join(PATIENCE)


def wait_for(condition: Callable[[], object], run: Run) -> None:
    """Wait until something has come true; the run must not end before."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert not run.over or condition(), run.last
        assert time.monotonic() < end
        time.sleep(0.002)


def ended(run: Run) -> events.Event:
    assert run.wait(PATIENCE)
    assert run.last is not None
    return run.last


def figures(folder: Path) -> list[Any]:
    """What a run wrote down, but for the time it took."""
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [(line["event"], line["step"], line["epoch"], line["metrics"]) for line in lines]


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The figures of a whole run that nobody disturbed, as the script itself makes them."""
    folder = toys.make(tmp_path_factory.mktemp("alone") / "toy")
    command = [sys.executable, "train.py", "--json", "--out", str(folder / "out")]
    done = subprocess.run(
        command, cwd=folder, env=os.environ, capture_output=True, check=True, text=True
    )
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert printed[-1]["event"] == "finished"
    return figures(folder / "out")
