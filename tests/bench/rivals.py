"""The loops that ours is measured against: what one would write by hand for the same work.

Each trains a network for some epochs with fused Adam, judges it after every epoch on the
validation data, and returns its speed from the end of its first step to that of its last.
Nothing here is ours: only torch is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

Compare = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Work:
    """What is to be done.

    Attributes:
        train: Inputs and targets.
        val: The same to judge by.
        compare: The loss of an output and a target.
        rate: The learning rate.
        batch: Samples in a step.
        epochs: Passes over `train`.
    """

    train: tuple[Tensor, Tensor]
    val: tuple[Tensor, Tensor]
    compare: Compare
    rate: float
    batch: int
    epochs: int

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return -(-len(self.train[0]) // self.batch)


class Speed(NamedTuple):
    """Steps a second: by the clock, and by the time of all the cores that were used."""

    clock: float
    cores: float


class Stopwatch:
    """The speed between the first step and the last."""

    def __init__(self) -> None:
        self.steps = 0
        self.first = self.last = (0.0, 0.0)

    def step(self) -> None:
        self.last = time.perf_counter(), time.process_time()
        if not self.steps:
            self.first = self.last
        self.steps += 1

    @property
    def speed(self) -> Speed:
        pairs = zip(self.last, self.first, strict=True)
        return Speed(*((self.steps - 1) / (last - first) for last, first in pairs))


def in_memory(model: nn.Module, work: Work) -> Speed:
    """The data as whole tensors, batches by `index_select`."""
    x, y = work.train
    watch = Stopwatch()
    optimizer = torch.optim.Adam(model.parameters(), lr=work.rate, fused=True)
    for _ in range(work.epochs):
        model.train()
        for index in torch.randperm(len(x)).split(work.batch):
            loss = work.compare(model(x.index_select(0, index)), y.index_select(0, index))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            watch.step()
        judge(model, work)
    return watch.speed


def data_loader(model: nn.Module, work: Work) -> Speed:
    """The loop of the textbooks."""
    loader = DataLoader(TensorDataset(*work.train), batch_size=work.batch, shuffle=True)
    watch = Stopwatch()
    optimizer = torch.optim.Adam(model.parameters(), lr=work.rate, fused=True)
    for _ in range(work.epochs):
        model.train()
        for x, y in loader:
            optimizer.zero_grad(set_to_none=True)
            loss = work.compare(model(x), y)
            loss.backward()
            optimizer.step()
            watch.step()
        judge(model, work)
    return watch.speed


@torch.no_grad()
def judge(model: nn.Module, work: Work) -> tuple[float, float]:
    """Loss and, where there are classes, accuracy over the validation data."""
    model.eval()
    total = right = 0.0
    for x, y in zip(*(part.split(4 * work.batch) for part in work.val), strict=True):
        output = model(x)
        total += work.compare(output, y).item() * len(x)
        if not y.is_floating_point():
            right += (output.argmax(-1) == y).float().mean().item() * len(x)
    return total / len(work.val[0]), right / len(work.val[0])
