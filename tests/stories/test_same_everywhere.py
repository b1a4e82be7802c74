"""The promise: what was drawn, what was trained and what is taken home are the same, to the last
bit.

For every template, the losses of each step are compared as they are printed: in the application's
thread, in a process, in the exported folder where NNStudio cannot be imported, and after the run
was stopped or killed in the middle and resumed.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnstudio.core.paths import resource
from nnstudio.engine import folder, runner
from nnstudio.engine.events import PRIVATE, Stop, lines
from nnstudio.engine.runs import Run
from nnstudio.exchange import python_folder
from nnstudio.project import store
from nnstudio.studio import templates

USUAL = (
    "char-lstm",  # windows of a text
    "dcgan-mnist",  # two networks
    "denoising-mnist",  # noise drawn by the reader
    "dqn-cartpole",  # an environment
    "lstm-sunspots",
    "mlp-digits",
    "resnet-mnist",  # augmentation, channels last
    "seq2seq-reverse",  # two inputs, data drawn from a seed
    "siamese-mnist",  # shared weights, pairs drawn anew each epoch
)
"""One of each kind; the others are in the slow suite."""
STEPS = 14


def trained() -> list[Any]:
    names = [name for name in templates.names() if templates.load(name).trains]
    marks = {True: (), False: (pytest.mark.slow,)}
    return [pytest.param(name, marks=marks[name in USUAL]) for name in names]


BLOCK = """
import builtins, runpy, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("nnstudio", "PySide6", "pyqtgraph"):
            raise ImportError(f"{name} is out of reach")

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, ".")
runpy.run_path("train.py", run_name="__main__")
"""

Losses = list[tuple[int, dict[str, float]]]


def losses(events: list[dict[str, Any]]) -> Losses:
    """The metrics of each step; json keeps every digit of a float."""
    return [(e["step"], e["metrics"]) for e in events if e["event"] == "metrics"]


def followed(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        over = run.wait(0.02)
        events = run.events()
        found += [line for event in events for line in lines(event)]
        if over and not events:
            break
    assert run.join(20)
    assert found[-1]["event"] != "failed", found[-1]
    return [line for line in found if line["event"] not in PRIVATE]


def prepared(name: str, runs: Path, steps: int = STEPS) -> folder.Prepared:
    project = store.load(resource("templates", f"{name}.nns"))
    return folder.make(project, runs, folder.Settings(seed=7, steps=steps, device="cpu", threads=1))


def taken_home(name: str, tmp_path: Path, *words: str) -> Losses:
    """The same run in an exported folder, started as its reader would."""
    target = tmp_path / "home"
    if not target.exists():
        python_folder.export(store.load(resource("templates", f"{name}.nns")), target)
    argv = ["--seed", "7", "--steps", str(STEPS), "--device", "cpu", "--threads", "1", "--json"]
    (target / "blocked.py").write_text(BLOCK)
    done = subprocess.run(
        [sys.executable, "blocked.py", *argv, *words],
        cwd=target,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return losses([json.loads(line) for line in done.stdout.splitlines()])


@pytest.mark.parametrize("name", trained())
def test_thread_export_and_resume(name: str, tmp_path: Path) -> None:
    whole = losses(followed(runner.launch(prepared(name, tmp_path / "runs"))))
    assert [step for step, _ in whole] == list(range(1, STEPS + 1))
    assert taken_home(name, tmp_path) == whole

    stop = random.Random(name).randint(3, STEPS - 3)
    cut = prepared(name, tmp_path / "cut")
    record = json.loads((cut.folder / "run.json").read_text())
    short = [*cut.argv, "--steps", str(stop)]
    first = losses(followed(runner.start(cut.folder, short, hashes=cut.hashes)))
    again = folder.reopen(cut.folder)
    assert record["seed"] == 7
    rest = losses(followed(runner.launch(again)))
    assert first == whole[:stop]
    assert first + rest == whole


def until(run: Run, step: int) -> Losses:
    """The steps of a run up to one, after which it is stopped."""
    found: Losses = []
    while not found or found[-1][0] < step:
        found += losses([line for event in run.events() for line in lines(event)])
        time.sleep(0.02)
        assert not run.over, run.last
    run.order(Stop())
    assert run.join(20)
    return [(number, metrics) for number, metrics in found if number <= step]


@pytest.mark.parametrize("name", ["mlp-digits", "dcgan-mnist", "dqn-cartpole"])
def test_process_killed_and_resumed(name: str, tmp_path: Path) -> None:
    """kill -9 at a random moment: what is resumed goes on as if nothing had happened."""
    cut = prepared(name, tmp_path / "cut", steps=100_000)
    run = runner.launch(cut, home="process")
    while not (run.checkpoint and run.checkpoint.step > 0):
        time.sleep(0.05)
        assert not run.over, run.last
    run.kill()
    assert run.join(20)
    kept = max(int(path.name[5:]) for path in (cut.folder / "checkpoints").glob("step-*"))
    rest = until(runner.launch(folder.reopen(cut.folder)), kept + 5)
    assert [step for step, _ in rest] == list(range(kept + 1, kept + 6))
    straight = until(runner.launch(prepared(name, tmp_path / "whole", steps=100_000)), kept + 5)
    assert straight[kept:] == rest


def test_stop_between_steps(tmp_path: Path) -> None:
    """A stop at no chosen moment.

    The checkpoint is whole, and the rest is what it would have been.
    """
    run = runner.launch(prepared("lenet5-mnist", tmp_path / "runs", steps=60))
    events: list[dict[str, Any]] = []
    while sum(event["event"] == "metrics" for event in events) < 5:
        events += [line for event in run.events() for line in lines(event)]
        time.sleep(0.01)
    begun = time.monotonic()
    run.order(Stop())
    events += followed(run)
    assert time.monotonic() - begun < 5
    assert events[-1]["event"] == "stopped"
    rest = losses(followed(runner.launch(folder.reopen(run.folder))))
    whole = losses(followed(runner.launch(prepared("lenet5-mnist", tmp_path / "whole", steps=60))))
    assert losses(events) + rest == whole
