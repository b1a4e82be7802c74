"""Small runs that finish in a blink, with everything in them that a resume must get right."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.kit.command import seed_everything
from nnstudio.kit.data.splits import Data, TensorSplit
from nnstudio.kit.evaluate import metrics
from nnstudio.kit.loops import schedules, supervised
from nnstudio.kit.loops.state import Report, State
from nnstudio.kit.show import Recorder

DATASETS = Path(__file__).parents[2] / "resources" / "datasets"


def jitter(x: Tensor) -> Tensor:
    """An augmentation that draws random numbers."""
    return x + 0.05 * torch.randn_like(x)


def data(count: int = 96, features: int = 6) -> Data:
    """Two classes that a small network can tell apart; the same each time."""
    generator = torch.Generator().manual_seed(7)
    x = torch.randn(count, features, generator=generator)
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()
    cut = count * 3 // 4
    return Data(TensorSplit(x[:cut], y[:cut]), TensorSplit(x[cut:], y[cut:]), "classification")


def network(features: int = 6) -> nn.Module:
    """Dropout draws, batch normalisation remembers."""
    return nn.Sequential(
        nn.Linear(features, 16),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(16, 2),
    )


def train(
    report: Report, *, seed: int = 3, make: Callable[[], nn.Module] = network, **settings: Any
) -> State:
    """A run of the supervised loop; settings replace those of the toy."""
    seed_everything(seed)
    chosen: dict[str, Any] = {
        "loss": nn.CrossEntropyLoss(),
        "optimizer": partial(torch.optim.AdamW, lr=0.01),
        "schedule": schedules.one_cycle,
        "metrics": (metrics.accuracy,),
        "augment": jitter,
        "batch_size": 16,
        "clip": 1.0,
        "epochs": 6,
        "seed": seed,
    }
    samples = settings.pop("data", None) or data()
    return supervised.train({"model": make()}, samples, report=report, **{**chosen, **settings})


def record(folder: Path | None = None, **settings: Any) -> list[dict[str, Any]]:
    """The events of a whole run."""
    events: list[dict[str, Any]] = []
    with Recorder(events.append, folder) as recorder:
        train(recorder, **settings)
    return events


def figures(events: list[dict[str, Any]]) -> list[tuple[str, int, int, dict[str, float]]]:
    """What must be equal to the last bit: all of the metrics but the time."""
    kinds = ("metrics", "epoch")
    return [
        (e["event"], e["step"], e["epoch"], e["metrics"]) for e in events if e["event"] in kinds
    ]
