"""The law of resuming: a run that was stopped anywhere goes on as if it had not been."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from nnstudio.kit import checkpoints
from nnstudio.kit.loops import guard
from nnstudio.kit.loops.state import Metrics, State, Stop, random_states, set_random_states
from nnstudio.kit.show import Recorder
from tests.kit import toys

ROOT = Path(__file__).parents[2]
STEPS = 30  # 72 samples in 5 batches, 6 epochs


def noisy(x: Tensor) -> Tensor:
    """Draws from every generator that a run may use."""
    return toys.jitter(x) * (1 + 0.01 * random.random() + 0.01 * float(np.random.rand()))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return toys.figures(toys.record(tmp_path_factory.mktemp("whole"), augment=noisy))


def written(folder: Path) -> list[Any]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return toys.figures([json.loads(line) for line in lines])


def test_the_toy_reports_every_step_and_epoch(whole: list[Any]) -> None:
    assert [step for kind, step, _, _ in whole if kind == "metrics"] == list(range(1, STEPS + 1))
    assert [step for kind, step, _, _ in whole if kind == "epoch"] == list(range(5, STEPS + 1, 5))


@pytest.mark.parametrize("stop", [0, 1, 4, 5, 6, 17, 29, 30])
def test_stopped_between_steps(whole: list[Any], stop: int, tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path)

    def report(state: State, metrics: Metrics) -> None:
        if state.step == stop:
            recorder.request_stop()
        recorder(state, metrics)

    with recorder:
        toys.train(report, augment=noisy)
    assert events[-1]["event"] == "stopped"
    assert events[-1]["step"] == stop
    assert checkpoints.read_header(tmp_path)["step"] == stop
    torch.manual_seed(99)  # nothing but the checkpoint may count
    random.seed(99)
    np.random.seed(99)
    with Recorder(events.append, tmp_path) as again:
        toys.train(again, augment=noisy, seed=99, resume=tmp_path)
    assert toys.figures(events) == whole
    assert written(tmp_path) == whole
    assert events[-1]["event"] == "finished"


def test_stopped_again_and_again(whole: list[Any], tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    for _ in range(8):
        recorder = Recorder(events.append, tmp_path)

        def report(state: State, metrics: Metrics, recorder: Recorder = recorder) -> None:
            recorder(state, metrics)
            if metrics and state.step % 4 == 3:
                recorder.request_stop()

        with recorder:
            resume = tmp_path if events else None
            toys.train(report, augment=noisy, resume=resume)
    assert toys.figures(events) == whole


def test_a_step_that_is_broken_off_is_not_part_of_the_run(whole: list[Any], tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path)

    def report(state: State, metrics: Metrics) -> None:
        if state.step == 11:
            recorder.checkpoint_now()
        recorder(state, metrics)
        if state.step == 18:
            state.modules["model"][2].register_forward_hook(broken)

    def broken(*_: Any) -> None:
        raise Stop

    with recorder:
        toys.train(report, augment=noisy)
    assert events[-1]["event"] == "stopped"
    assert events[-1]["step"] == 15  # the best epoch so far was still in memory
    assert "3 steps since the last checkpoint are lost" in events[-2]["message"]
    with Recorder(events.append, tmp_path) as again:
        toys.train(again, augment=noisy, resume=tmp_path)
    assert written(tmp_path) == whole


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from nnstudio.kit.show import Recorder
from tests.kit import toys, test_resume

folder, at = Path(sys.argv[1]), int(sys.argv[2])
always = lambda since, cost, *, epoch_ended: True
recorder = Recorder(lambda event: None, folder, due=always, period=0.0)

def report(state, metrics):
    recorder(state, metrics)
    if state.step == at:
        os.kill(os.getpid(), signal.SIGKILL)

toys.train(report, augment=test_resume.noisy)
"""


@pytest.mark.parametrize("third", range(3))
def test_killed(whole: list[Any], third: int, tmp_path: Path) -> None:
    """At another step in every run of the tests; a failure names it."""
    at = 2 + (STEPS - 2) * third // 3 + random.Random(os.urandom(4)).randrange((STEPS - 2) // 3)
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(at)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert checkpoints.read_header(tmp_path)["step"] >= at - 2
    with Recorder(lambda event: None, tmp_path) as recorder:
        toys.train(recorder, augment=noisy, resume=tmp_path)
    assert written(tmp_path) == whole, at


def test_a_run_can_be_made_longer(tmp_path: Path) -> None:
    first = toys.record(tmp_path, steps=7)
    assert first[-1]["event"] == "finished"
    whole = toys.figures(toys.record(None))
    longer = toys.record(tmp_path, resume=tmp_path)
    steps = [row for row in toys.figures(first) + toys.figures(longer) if row[0] == "metrics"]
    assert steps == [row for row in whole if row[0] == "metrics"]


def test_the_learning_rate_that_a_person_set_is_kept(tmp_path: Path) -> None:
    recorder = Recorder(lambda event: None, tmp_path)

    def report(state: State, metrics: Metrics) -> None:
        if state.step == 3:
            state.hyper["lr"] = 0.5
            recorder.request_stop()
        recorder(state, metrics)

    with recorder:
        toys.train(report)
    rates = []
    toys.train(lambda state, metrics: rates.append(state.hyper["lr"]), resume=tmp_path)
    assert set(rates) == {0.5}


def test_random_states_come_back() -> None:
    states = random_states(torch.device("cpu"))
    aside: dict[str, Tensor] = {}
    packed = json.loads(json.dumps(checkpoints.flatten(states, aside)))

    def draw() -> list[float]:
        return [
            random.random(), random.gauss(0, 1), float(np.random.randn()),
            float(torch.randn(())), float(np.random.rand()),
        ]  # fmt: skip

    before = draw()
    set_random_states(checkpoints.unflatten(packed, aside))
    assert draw() == before


def test_the_guard_of_a_resumed_run_is_fresh() -> None:
    assert guard.Guard(torch.device("cpu")).read() is None
