"""Telemetry keeps to its budget, is right, and is gone between samples."""

from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.worker.telemetry import CAP, PERIOD, Budget, Telemetry, squares


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("share", [0.01, 0.03, 0.2])
@pytest.mark.parametrize("price", [0.0001, 0.003, 0.05])
def test_no_more_is_spent_than_allowed(share: float, price: float) -> None:
    clock = Clock()
    budget = Budget(share, clock)
    samples = 0
    for _ in range(50_000):
        clock.now += 0.001
        if budget.due():
            clock.now += price
            budget.pay(price)
            samples += 1
    # What is allowed, and the first sample, which is taken before its price is known.
    assert budget.spent <= share * clock.now + price
    assert samples >= min(share * clock.now / price, clock.now / PERIOD) / 2


def test_nothing_is_sampled_without_a_budget() -> None:
    budget = Budget(0.0, Clock())
    assert not budget.due()


def test_squares() -> None:
    torch.manual_seed(0)
    small = torch.randn(13, 5)
    assert squares(small).item() == pytest.approx(small.square().sum().item(), rel=1e-5)
    large = torch.randn(64, 3, 40, 40).to(memory_format=torch.channels_last)
    assert large.numel() > 16 * CAP
    assert squares(large).item() == pytest.approx(large.square().sum().item(), rel=0.1)


def test_one_figure_per_node() -> None:
    told: list[dict[str, Any]] = []
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    model[2].bias.requires_grad_(False)
    places = {"model.0": "g/a", "model.2": "g/b"}
    telemetry = Telemetry(told.append, places.__getitem__, budget=1.0)
    modules = {"model": model}
    telemetry.arm(modules)
    assert telemetry.armed
    model(torch.randn(5, 3)).square().sum().backward()
    telemetry.collect(1)
    assert not telemetry.armed
    assert not any(p._post_accumulate_grad_hooks for p in model.parameters())
    (line,) = told
    grads = [p.grad for p in model[0].parameters()]
    want = torch.nn.utils.get_total_norm([g for g in grads if g is not None]).item()
    assert line["nodes"].keys() == {"g/a", "g/b"}
    assert line["nodes"]["g/a"] == pytest.approx(want, rel=1e-5)
    assert (line["event"], line["step"], line["figure"]) == ("telemetry", 1, "gradient_norm")
