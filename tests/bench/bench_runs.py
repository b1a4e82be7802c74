"""What a run costs beside the bare loop: in the thread, in a process, with telemetry and without.

Each figure is the median of five rounds, as a ratio to the bare loop of the same round.
"""

import importlib
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.engine import events, runner
from nnstudio.worker.telemetry import Telemetry
from tests.engine import toys

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
ROUNDS = 5
STEPS = 4000
WIDTH = 512

WIDE = [
    ("nn.Linear(2, 16)", f"nn.Linear(2, {WIDTH}), nn.ReLU(), nn.Linear({WIDTH}, {WIDTH})"),
    ("nn.Linear(16, 2)", f"nn.Linear({WIDTH}, 2)"),
]


def bare(width: int, steps: int) -> float:
    """Steps a second of the loop that one would write by hand on the same network."""
    draw = torch.Generator().manual_seed(1)
    x = torch.randn(96, 2, generator=draw)
    y = (x[:, 0] * x[:, 1] > 0).long()
    body: list[nn.Module] = [nn.Linear(2, width), nn.Tanh()]
    if width == WIDTH:
        body = [nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.Tanh()]
    model = nn.Sequential(*body, nn.Dropout(0.1), nn.Linear(width, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, fused=True)
    loss = nn.CrossEntropyLoss()
    start = time.perf_counter()
    for step in range(steps):
        if step % 8 == 0:
            order = torch.randperm(64, generator=draw)
        index = order[step % 8 * 8 : step % 8 * 8 + 8]
        value = loss(model(x.index_select(0, index)), y.index_select(0, index))
        value.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return steps / (time.perf_counter() - start)


def run(folder: Path, home: runner.Home, steps: int, telemetry: float = 0.03) -> float:
    """Steps a second of a run as the application makes it, from its first step to its last."""
    argv = ["--epochs", str(steps // 8), "--threads", "1"]
    going = runner.start(folder, argv, home=home, telemetry=telemetry)
    while not going.wait(0.05):
        going.events(10_000)
    assert isinstance(going.last, events.Finished), going.last
    going.join()
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    seconds = [float(line.partition('"seconds": ')[2].partition(",")[0]) for line in lines]
    return steps / (seconds[-1] - seconds[0])


@pytest.mark.parametrize("wide", [False, True], ids=["82 weights", "264 thousand weights"])
def test_throughput(wide: bool, tmp_path: Path) -> None:
    width, steps = (WIDTH, STEPS // 4) if wide else (16, STEPS)
    torch.set_num_threads(1)
    ways: dict[str, Callable[[Path], float]] = {
        "thread": lambda folder: run(folder, "thread", steps),
        "thread, nothing looked at": lambda folder: run(folder, "thread", steps, 0.0),
        "process": lambda folder: run(folder, "process", steps),
    }
    ratios: dict[str, list[float]] = {name: [] for name in ways}
    speeds = []
    for number in range(ROUNDS):
        speeds.append(bare(width, steps))
        for name, way in ways.items():
            folder = make(tmp_path / f"{number}{name}", wide)
            ratios[name].append(way(folder) / speeds[-1])
    print(f"\nbare loop: {statistics.median(speeds):.0f} steps/s")
    for name, found in ratios.items():
        print(f"{name:26} {statistics.median(found):.2f} of the bare loop")


def make(folder: Path, wide: bool) -> Path:
    made = toys.make(folder, slow="nn.Identity()")
    text = (made / "model.py").read_text()
    for old, new in WIDE if wide else []:
        text = text.replace(old, new)
    (made / "model.py").write_text(text)
    return made


NETWORKS: dict[str, Callable[[], tuple[nn.Module, torch.Tensor]]] = {
    "MLP 64-256-10": lambda: (
        nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10)),
        torch.randn(64, 64),
    ),
    "CNN": lambda: (
        nn.Sequential(
            *(nn.Sequential(nn.LazyConv2d(16, 3, padding=1), nn.ReLU()) for _ in range(6)),
            nn.Flatten(),
            nn.LazyLinear(10),
        ),
        torch.randn(32, 1, 16, 16),
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_telemetry(name: str) -> None:
    """The price of looking inside, every time the budget lets it, against not looking at all."""
    torch.set_num_threads(1)
    costs, shares = [], []
    for _ in range(ROUNDS):
        plain, _ = _steps(name, 0.0)
        watched, telemetry = _steps(name, 0.03)
        costs.append(plain / watched)
        shares.append(telemetry.budget.spent / max(telemetry.budget.time, 1e-9))
    ratio, share = statistics.median(costs), statistics.median(shares)
    print(f"\n{name}: {ratio:.3f} of the speed without telemetry; {share:.1%} of the time spent")


def _steps(name: str, budget: float) -> tuple[float, Telemetry]:
    model, x = NETWORKS[name]()
    model(x)
    optimizer = torch.optim.Adam(model.parameters())
    told: list[Any] = []
    telemetry = Telemetry(told.append, lambda path: path, budget)
    modules = {"model": model}
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 2.0:
        telemetry.arm(modules)
        nn.functional.cross_entropy(model(x), torch.zeros(len(x), dtype=torch.long)).backward()
        optimizer.step()
        optimizer.zero_grad()
        count += 1
        telemetry.collect(count)
    return (time.perf_counter() - start) / count, telemetry


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    importlib.import_module("torch.optim")  # its first use costs more than all of this
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)
