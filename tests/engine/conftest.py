"""A way to start runs that leaves none behind."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnstudio.engine import runner
from nnstudio.engine.runs import Run
from tests.engine import toys

Start = Callable[..., Run]
PATIENCE = 60.0


@pytest.fixture(params=["thread", "process"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start(place: runner.Home) -> Iterator[Start]:
    """Starts a run folder in the home of the test; it is gone when the test ends."""
    runs: list[Run] = []

    def begin(folder: Path, *argv: str, telemetry: float = 0.03) -> Run:
        run = runner.start(folder, argv, home=place, hashes=toys.hashes(folder), telemetry=telemetry)
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
