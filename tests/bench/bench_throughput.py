"""Steps a second of our training against loops written by hand, and against other libraries.

Each figure is a ratio to the best of the two loops in `rivals`, of rounds in which all take turns
in one process, with one thread, in an order that is drawn anew: the median over the rounds, and
the fastest round of the one against the fastest of the other, which a busy machine disturbs least.
"application" is a run as the application makes it:
the emitted folder in the background thread, with metrics on the disk, checkpoints and telemetry.
"bare" is the same loop of the kit with a report that does nothing.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

import nnstudio
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.core.paths import resource
from nnstudio.engine import events, folder, runner
from nnstudio.kit.data.splits import Data, TensorSplit
from nnstudio.kit.evaluate import metrics
from nnstudio.kit.loops import supervised
from nnstudio.kit.loops.state import Metrics, State
from nnstudio.project import store
from tests.bench import peers, rivals, tasks
from tests.bench.rivals import Speed
from tests.bench.tasks import Task

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
ROUNDS = 9
BY_HAND = ("by hand, in memory", "by hand, DataLoader")
Contestant = Callable[[], Speed]


@pytest.mark.filterwarnings("default")  # of other libraries, which are not ours to mend
@pytest.mark.parametrize("name", tasks.TASKS)
def test_throughput(name: str, tmp_path: Path) -> None:
    task = tasks.TASKS[name]()
    ways: dict[str, Contestant] = {
        "by hand, in memory": lambda: rivals.in_memory(fresh(task), task.work),
        "by hand, DataLoader": lambda: rivals.data_loader(fresh(task), task.work),
        "bare": lambda: bare(task),
        "application": lambda: application(task, tmp_path),
    }
    for title, train in peers.found().items():
        ways[title] = partial(_peer, train, task)
    with one_thread():
        rounds = [take_turns(ways) for _ in range(ROUNDS)]
    best = max(statistics.median(r[title].clock for r in rounds) for title in BY_HAND)
    print(f"\n{name}: the best loop by hand makes {best:.0f} steps/s")
    heads = ("by the clock", "fastest round", "of the cores")
    print(f"  {'ratio to it (range)':22}" + "".join(f"{head:>22}" for head in heads))
    for title in ways:
        words = (ratios(title, rounds, 0), fastest(title, rounds), ratios(title, rounds, 1))
        print(f"  {title:22}" + "".join(f"{word:>22}" for word in words))


def take_turns(ways: dict[str, Contestant]) -> dict[str, Speed]:
    """One round; nobody is always the one after the heaviest."""
    order = random.sample(list(ways), len(ways))
    return {title: ways[title]() for title in order}


def fastest(title: str, rounds: list[dict[str, Speed]]) -> str:
    """The ratio of the fastest rounds by the clock."""
    rival = max(r[name].clock for r in rounds for name in BY_HAND)
    return f"{max(r[title].clock for r in rounds) / rival:.2f}"


def ratios(title: str, rounds: list[dict[str, Speed]], which: int) -> str:
    """The median and the range of the ratios to the best loop by hand of the same round."""
    found = [r[title][which] / max(r[rival][which] for rival in BY_HAND) for r in rounds]
    return f"{statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def fresh(task: Task) -> nn.Module:
    """The network of a task with new weights, built by nobody's loop."""
    model = nnstudio.build(task.project)
    assert isinstance(model, nn.Module)
    return model


def _peer(train: peers.Train, task: Task) -> Speed:
    return train(fresh(task), task.work)


def bare(task: Task) -> Speed:
    """The kit's loop with a report that only looks at the clock."""
    watch = rivals.Stopwatch()

    def report(state: State, figures: Metrics, /) -> None:
        if state.step > watch.steps:
            watch.step()

    work = task.work
    data = Data(TensorSplit(*work.train), TensorSplit(*work.val), "")
    counts = not work.train[1].is_floating_point()
    supervised.train(
        {"model": fresh(task)},
        data,
        loss=nn.CrossEntropyLoss() if counts else nn.MSELoss(),
        optimizer=partial(torch.optim.Adam, lr=work.rate),
        metrics=(metrics.accuracy,) if counts else (),
        batch_size=work.batch,
        epochs=work.epochs,
        report=report,
    )
    return watch.speed


def application(task: Task, room: Path) -> Speed:
    """A run in the background thread, by what it wrote down itself."""
    steps = task.work.steps * task.work.epochs
    settings = folder.Settings(device="cpu", threads=1, steps=steps)
    run = runner.launch(folder.make(task.project, room / "runs", settings))
    start = 0.0
    while not run.wait(0.02):
        run.events(10_000)
        start = start or (time.process_time() if run.started else 0.0)
    spent = time.process_time() - start
    assert isinstance(run.last, events.Finished), run.last
    run.join()
    lines = (run.folder / "metrics.jsonl").read_text().splitlines()
    seconds = [line["seconds"] for line in map(json.loads, lines) if line["event"] == "metrics"]
    assert len(seconds) == steps
    return Speed((steps - 1) / (seconds[-1] - seconds[0]), steps / spent)


@contextmanager
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", tasks.TASKS)
def test_memory(name: str, tmp_path: Path) -> None:
    """The most memory that a process of each kind took, from its start to its end."""
    task = tasks.TASKS[name]()
    ours, hand = commands(task, tmp_path)
    taken = {
        "by hand": peak(hand),
        "application": peak(ours),
    }
    ratio = taken["application"] / taken["by hand"]
    words = ", ".join(f"{title} {size / 2**20:.0f} MiB" for title, size in taken.items())
    print(f"\n{name}: {words}: {ratio:.2f} x")


def commands(task: Task, room: Path) -> tuple[list[str], list[str]]:
    """What the application is started with, and what the script by hand."""
    work = task.work
    store.save(task.project, room / "task.nns")
    train = [sys.executable, "-m", "nnstudio", "train", str(room / "task.nns")]
    (room / "model.py").write_text(nnstudio.source(task.project))
    torch.save({"train": work.train, "val": work.val}, room / "tensors.pt")
    (graph,) = task.project.graphs
    name = model_source(analyse(task.project)).classes[graph]
    loss = "mse" if work.train[1].is_floating_point() else "cross entropy"
    words = [str(room / "model.py"), str(room / "tensors.pt"), name, loss]
    words += [str(work.rate), str(work.batch), str(work.epochs)]
    hand = [sys.executable, "-m", "tests.bench.by_hand", *words]
    return [*train, "--steps", str(work.steps * work.epochs)], hand


def peak(command: list[str]) -> int:
    """Bytes of the largest resident set of a process."""
    root = resource("templates").parents[1]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", WEIGH, *command],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1]) * (1 if sys.platform == "darwin" else 1024)


# A process counts the memory of the one that it was forked from: a small one must start it.
WEIGH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
