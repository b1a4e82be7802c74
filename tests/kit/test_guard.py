"""NaN and infinity never reach a weight, and are found where they began."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nnstudio.kit import checkpoints
from nnstudio.kit.data.splits import Data, TensorSplit, batches
from nnstudio.kit.loops import optimizers
from nnstudio.kit.loops.guard import Guard, NonFiniteError, gradient_norm
from nnstudio.kit.loops.state import Metrics, State
from nnstudio.kit.show import Recorder
from tests.kit import toys


class Root(nn.Module):
    """Finite at 0, where its gradient is not."""

    def forward(self, x: Tensor) -> Tensor:
        return (x - x.detach()).sqrt()


class Log(nn.Module):
    """Minus infinity at 0."""

    def forward(self, x: Tensor) -> Tensor:
        return x.relu().log()


def net(middle: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(6, 8), nn.Sequential(nn.ReLU(), middle), nn.Linear(8, 2))


def fail(tmp_path: Path, **settings: Any) -> tuple[NonFiniteError, list[dict[str, Any]], State]:
    """A run that must end by a value that is not finite."""
    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path)
    with pytest.raises(NonFiniteError) as caught, recorder:
        toys.train(recorder, **settings)
    assert recorder.state is not None
    for parameter in recorder.state.modules["model"].parameters():
        assert torch.isfinite(parameter).all()
    return caught.value, events, recorder.state


def bad_data(step: int) -> Data:
    """A sample that is not finite comes in the batch of a step."""
    data = toys.data()
    index = batches(data.train, 16, 3, 0)[step - 1]
    x, y = data.train.tensors  # type: ignore[attr-defined]
    x[index[2], 1] = float("nan")
    return Data(TensorSplit(x, y), data.val, data.task)


def test_a_bad_sample_names_step_and_layer(tmp_path: Path) -> None:
    error, events, _ = fail(tmp_path, data=bad_data(4))
    assert (error.step, error.where) == (4, "model.0")
    assert "data of this batch" in str(error)
    assert events[-1] == {
        "event": "failed",
        "problem": {
            "code": "non_finite",
            "where": "model.0",
            "message": str(error),
            "hint": "continue from the last checkpoint with a tenth of the learning rate",
        },
    }
    steps = [event["step"] for event in events if event["event"] == "metrics"]
    assert steps == [1, 2, 3]  # the step without an update has no metrics


@pytest.mark.parametrize(("middle", "words"), [(Log(), "its output"), (Root(), "its gradient")])
def test_the_first_layer_is_named(middle: nn.Module, words: str, tmp_path: Path) -> None:
    error, _, _ = fail(tmp_path, make=lambda: net(middle))
    assert (error.step, error.where) == (1, "model.1.1")
    assert words in str(error)


def test_a_planted_weight_is_named(tmp_path: Path) -> None:
    def make() -> nn.Module:
        model = toys.network()
        with torch.no_grad():
            model[4].weight[1, 1] = float("nan")
        return model

    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path)
    with pytest.raises(NonFiniteError, match=r"model\.4: its weight"), recorder:
        toys.train(recorder, make=make)


def test_an_overflow_of_the_norm_names_the_largest_gradient(tmp_path: Path) -> None:
    """Every gradient is finite, and only the square of one is not."""

    class Steep(nn.Module):
        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            return output.sum() * 1e22

    error, _, _ = fail(tmp_path, loss=Steep(), make=lambda: net(nn.Identity()))
    assert (error.step, error.where) == (1, "model.2")
    assert "overflows" in str(error)


def test_the_loss_is_named(tmp_path: Path) -> None:
    class Bad(nn.Module):
        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            return (output.sum() - output.sum().detach()).sqrt().log() * 0 + output.sum()

    error, _, _ = fail(tmp_path, loss=Bad())
    assert error.where == "loss"


def test_a_huge_learning_rate_ends_in_words_and_keeps_a_checkpoint(tmp_path: Path) -> None:
    def rule(since: float, cost: float, *, epoch_ended: bool) -> bool:
        return True

    events: list[dict[str, Any]] = []
    recorder = Recorder(events.append, tmp_path, due=rule, period=0.0)

    def report(state: State, metrics: Metrics) -> None:
        if state.step == 7:
            state.hyper["lr"] = 1e38
        recorder(state, metrics)

    plain = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
    sgd = partial(torch.optim.SGD, lr=0.1)
    with pytest.raises(NonFiniteError), recorder:
        toys.train(report, make=lambda: plain, optimizer=sgd, clip=None)
    saved = checkpoints.load(tmp_path)
    assert saved["step"] >= 6
    assert all(torch.isfinite(value).all() for value in saved["objects"]["model"].values())
    assert events[-1]["event"] == "failed"
    assert [e for e in events if e["event"] == "checkpoint"]


@pytest.mark.parametrize("fused", [True, False])
def test_the_flag_on_the_device_masks_this_update_and_all_later_ones(fused: bool) -> None:
    """What a GPU does, tried on the CPU: nothing is read, yet nothing is spoilt."""
    make: Any = torch.optim.AdamW if fused else torch.optim.NAdam
    model = nn.Linear(3, 1)
    solver = optimizers.build(partial(make, lr=0.1), model.parameters())
    guard = Guard(torch.device("cpu"), lazy=True)

    def step(number: int, factor: float) -> Tensor:
        loss = model(torch.ones(2, 3)).square().sum() * factor
        loss.backward()
        guard.update(solver, loss.detach(), gradient_norm(model.parameters()), number)
        solver.zero_grad()
        return model.weight.detach().clone()

    one = step(1, 1.0)
    two = step(2, 1.0)
    assert not torch.equal(one, two)
    assert guard.read() is None
    assert torch.equal(step(3, float("nan")), two)
    assert torch.equal(step(4, 1.0), two)
    assert torch.equal(step(5, float("inf")), two)
    assert guard.read() == 3
    moments = solver.state[model.weight]
    assert float(moments["step"]) == 2
    assert torch.isfinite(moments["exp_avg"]).all()


def test_the_norm_and_the_clip_are_those_of_torch() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 7), nn.Linear(7, 2))
    model(torch.randn(4, 5)).square().sum().backward()
    expected = nn.utils.get_total_norm([p.grad for p in model.parameters()])
    assert torch.equal(gradient_norm(model.parameters()), expected)
    assert torch.equal(gradient_norm(model.parameters(), 0.5), expected)
    assert float(gradient_norm(model.parameters())) == pytest.approx(0.5, rel=1e-4)
    assert float(gradient_norm([nn.Parameter(torch.ones(2))])) == 0.0
