"""The short way through an optimizer's step gives the very bits that torch gives."""

import copy
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nnstudio.kit.loops import optimizers, stepping
from nnstudio.kit.loops.stepping import make_step

Make = Callable[..., torch.optim.Optimizer]
WAYS: dict[str, Make] = {
    "Adam": partial(torch.optim.Adam, lr=0.01),
    "Adam with decay": partial(torch.optim.Adam, lr=0.01, weight_decay=0.1, betas=(0.5, 0.9)),
    "AdamW": partial(torch.optim.AdamW, lr=0.02, eps=1e-6),
    "AMSGrad": partial(torch.optim.Adam, lr=0.01, amsgrad=True),
    "maximize": partial(torch.optim.AdamW, lr=0.01, maximize=True),
    "NAdam": partial(torch.optim.NAdam, lr=0.01),
    "SGD": partial(torch.optim.SGD, lr=0.1, momentum=0.9),
}


def net() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3))


def gradients(model: nn.Module, step: int, missing: int | None = None) -> None:
    generator = torch.Generator().manual_seed(step)
    for number, weight in enumerate(model.parameters()):
        weight.grad = torch.randn(weight.shape, generator=generator)
        if number == missing:
            weight.grad = None


def everything(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[Tensor]:
    states = [optimizer.state[weight] for weight in model.parameters()]
    found = [value for state in states for value in state.values() if isinstance(value, Tensor)]
    return [*(weight.detach() for weight in model.parameters()), *found]


def assert_equal(one: list[Tensor], two: list[Tensor]) -> None:
    assert len(one) == len(two)
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("name", WAYS)
def test_the_same_bits(name: str) -> None:
    """With a rate that changes, a weight without a gradient, and a state that is loaded."""
    ours, theirs = net(), net()
    short = optimizers.build(WAYS[name], ours.parameters())
    long = optimizers.build(WAYS[name], theirs.parameters())
    for step in range(12):
        if step == 6:
            short.load_state_dict(copy.deepcopy(short.state_dict()))
            long.load_state_dict(copy.deepcopy(long.state_dict()))
        missing = 2 if step == 9 else None
        for model, optimizer in ((ours, short), (theirs, long)):
            optimizers.set_learning_rate(optimizer, 0.01 / (1 + step))
            gradients(model, step, missing)
        make_step(short)
        long.step()
        assert_equal(everything(ours, short), everything(theirs, long))


@pytest.mark.parametrize(
    ("name", "short"), [("Adam", True), ("AdamW", True), ("AMSGrad", False), ("SGD", False)]
)
def test_torch_is_left_out_where_it_can(
    name: str, short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = net()
    optimizer = optimizers.build(WAYS[name], model.parameters())
    gradients(model, 0)
    make_step(optimizer)
    asked: list[Any] = []
    real = type(optimizer).step

    def step(self: torch.optim.Optimizer) -> None:
        asked.append(self)
        real(self)

    monkeypatch.setattr(type(optimizer), "step", step)
    gradients(model, 1)
    make_step(optimizer)
    assert bool(asked) is not short


def test_nothing_is_kept_of_an_optimizer_that_is_gone() -> None:
    before = len(stepping._PLANS)
    model = net()
    optimizer = optimizers.build(WAYS["Adam"], model.parameters())
    gradients(model, 0)
    make_step(optimizer)
    assert len(stepping._PLANS) == before + 1
    del optimizer
    assert len(stepping._PLANS) == before


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop", "Rprop", "NAdam"])
def test_a_training_never_loads_the_compiler_of_torch(name: str) -> None:
    """It takes 1.5 s and 60 MB, before the first step of every run."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_COMPILER, name], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


WITHOUT_COMPILER = """
import sys, torch
from functools import partial
from nnstudio.kit.loops import optimizers
from nnstudio.kit.loops.stepping import make_step
model = torch.nn.Linear(2, 1)
solver = optimizers.build(partial(getattr(torch.optim, sys.argv[1]), lr=0.1), model.parameters())
before = model.weight.clone()
model(torch.ones(1, 2)).sum().backward()
for _ in range(2):
    make_step(solver)
optimizers.clear_gradients(solver)
solver.load_state_dict(solver.state_dict())
assert not torch.equal(model.weight, before)
assert "torch._dynamo" not in sys.modules
"""
