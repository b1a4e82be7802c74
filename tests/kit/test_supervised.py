"""The supervised loop learns every kind of task, and its parts do what they say."""

import ast
import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nnstudio.kit.data import splits
from nnstudio.kit.data.splits import Data, TensorSplit, WindowSplit
from nnstudio.kit.evaluate import metrics
from nnstudio.kit.loops import optimizers, schedules, supervised
from nnstudio.kit.loops.state import Metrics, State
from nnstudio.kit.show import show
from tests.kit import toys


@pytest.fixture(autouse=True)
def first_weights() -> None:
    """The weights of a network that a test makes do not depend on the tests before it."""
    torch.manual_seed(0)


def fit(model: nn.Module, data: Data, loss: nn.Module, **settings: Any) -> list[dict[str, float]]:
    """The figures of each epoch."""
    rows = []

    def report(state: State, metrics: Metrics) -> None:
        if metrics and state.batch == 0:
            rows.append({name: float(value) for name, value in metrics.items()})

    chosen: dict[str, Any] = {"optimizer": partial(torch.optim.Adam, lr=0.01), "epochs": 12}
    torch.manual_seed(0)
    supervised.train({"model": model}, data, loss=loss, report=report, **{**chosen, **settings})
    return rows


def halves(*tensors: Tensor) -> Data:
    train, val = splits.random_split(tensors, 0.25, 0)
    return Data(train, val, "classification", baselines={"baseline/mse": 1.0})


def draws(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def test_classification() -> None:
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
    rows = fit(model, toys.data(400), nn.CrossEntropyLoss(), metrics=(metrics.accuracy,))
    assert rows[-1]["val/loss"] < 0.7 * rows[0]["val/loss"]
    assert rows[-1]["val/accuracy"] > 0.85


@pytest.mark.parametrize("flat", [True, False])
def test_regression_compares_each_output_with_its_own_target(flat: bool) -> None:
    x = draws(300, 3)
    y = x @ torch.tensor([1.0, -2.0, 0.5])
    data = halves(x, y if flat else y.unsqueeze(1))
    rows = fit(nn.Linear(3, 1), data, nn.MSELoss(), metrics=(metrics.mae,), epochs=40,
               optimizer=partial(torch.optim.Adam, lr=0.05))  # fmt: skip
    assert rows[-1]["val/loss"] < 0.05 * rows[0]["val/loss"]
    assert rows[-1]["baseline/mse"] == 1.0


def test_several_labels() -> None:
    x = draws(300, 4)
    y = (x[:, :3] > 0).float()
    rows = fit(nn.Linear(4, 3), halves(x, y), nn.BCEWithLogitsLoss(), batch_size=16,
               metrics=(metrics.multilabel_accuracy, metrics.exact_match))  # fmt: skip
    assert rows[-1]["val/multilabel_accuracy"] > 0.9
    assert rows[-1]["val/loss"] < rows[0]["val/loss"]


class Two(nn.Module):
    """Takes two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(5, 2)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return self.head(torch.cat([a, b], 1))


def test_several_inputs() -> None:
    a, b = draws(300, 2), draws(300, 3).flip(0)
    y = (a[:, 0] + b[:, 0] > 0).long()
    rows = fit(Two(), halves(a, b, y), nn.CrossEntropyLoss(), metrics=(metrics.accuracy,))
    assert rows[-1]["val/accuracy"] > 0.85


class Tagger(nn.Module):
    """Classes at each place of a sequence, in either order of the dimensions."""

    def __init__(self, turned: bool):
        super().__init__()
        self.body = nn.Sequential(nn.Embedding(5, 16), nn.Linear(16, 5))
        self.turned = turned

    def forward(self, x: Tensor) -> Tensor:
        out = self.body(x)
        return out.transpose(1, 2) if self.turned else out


@pytest.mark.parametrize("turned", [False, True])
def test_sequences(turned: bool) -> None:
    tokens = torch.arange(600) % 5
    data = Data(WindowSplit(tokens[:450], 7), WindowSplit(tokens[450:], 7), "sequence")
    rows = fit(Tagger(turned), data, nn.CrossEntropyLoss(), batch_size=8,
               metrics=(metrics.token_accuracy, metrics.accuracy))  # fmt: skip
    assert rows[-1]["val/token_accuracy"] == rows[-1]["val/accuracy"] == 1.0
    assert rows[-1]["val/loss"] < 0.2


def test_settings_may_be_left_out_and_steps_ends_early() -> None:
    reports = []
    state = supervised.train(
        {"model": nn.Linear(6, 2)},
        toys.data(),
        loss=nn.CrossEntropyLoss(),
        optimizer=partial(torch.optim.SGD, lr=0.1),
        batch_size=16,
        steps=7,
        report=lambda state, metrics: reports.append((state.step, state.batch, len(metrics))),
    )
    assert (state.step, state.epoch, state.batch, state.done) == (7, 1, 2, True)
    assert reports[0] == (0, 0, 0)
    assert reports[-1] == (7, 2, 1)  # evaluated where it was cut
    assert len(reports) == 1 + 7 + 1 + 1


def test_the_plain_report_prints_an_epoch_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    toys.train(show, epochs=2, augment=None)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["1", "2"]
    assert "val/accuracy" in lines[0]


def test_evaluation_leaves_the_network_as_it_was() -> None:
    torch.manual_seed(0)
    model, data = toys.network(), toys.data()
    before = [t.clone() for t in model.state_dict().values()]
    state = torch.get_rng_state()
    for training in (True, False):
        model.train(training)
        small = supervised.evaluate(model, data.val, nn.CrossEntropyLoss(), batch_size=5)
        large = supervised.evaluate(model, data.val, nn.CrossEntropyLoss(), batch_size=500)
        assert float(small["val/loss"]) == pytest.approx(float(large["val/loss"]))
        assert model.training is training
    assert all(map(torch.equal, before, model.state_dict().values()))
    assert torch.equal(state, torch.get_rng_state())


def test_align() -> None:
    def shapes(output: tuple[int, ...], target: Tensor) -> tuple[int, ...]:
        return tuple(supervised.align(torch.zeros(output), target)[0].shape)

    tokens = torch.zeros(2, 3, dtype=torch.int64)
    assert shapes((2, 3, 5), tokens) == (2, 5, 3)
    assert shapes((2, 5, 3), tokens) == (2, 5, 3)
    assert shapes((2, 1), torch.zeros(2)) == (2,)
    assert shapes((2, 1), torch.zeros(2, dtype=torch.int64)) == (2, 1)
    assert shapes((2, 4), torch.zeros(2, 4)) == (2, 4)


def test_frozen_weights_stay_and_channels_last_agrees() -> None:
    def make() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.Flatten(),
            nn.Linear(16, 2),
        )  # fmt: skip

    x = draws(64, 2, 4, 4)
    data = halves(x, (x.mean((1, 2, 3)) > 0).long())
    losses = []
    for channels_last in (False, True):
        torch.manual_seed(0)
        model = make()
        model[0].weight.requires_grad_(False)
        frozen = model[0].weight.clone()
        rows = fit(model, data, nn.CrossEntropyLoss(), epochs=3, channels_last=channels_last)
        assert torch.equal(frozen, model[0].weight)
        losses.append(rows[-1]["val/loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    model.requires_grad_(False)
    with pytest.raises(ValueError, match="no weights that can be trained"):
        fit(model, data, nn.CrossEntropyLoss())


def test_an_epoch_is_dealt_out_evenly_and_follows_from_seed_and_epoch() -> None:
    split = TensorSplit(torch.arange(65))
    first = splits.batches(split, 16, 1, 0)
    assert [len(index) for index in first] == [13] * 5
    assert sorted(torch.cat(first).tolist()) == list(range(65))
    again, other = splits.batches(split, 16, 1, 0), splits.batches(split, 16, 1, 1)
    assert all(map(torch.equal, first, again))
    assert not all(map(torch.equal, first, other))
    assert splits.batch_count(split, 64) == 2


def test_windows_see_almost_every_token_in_an_epoch() -> None:
    split = WindowSplit(torch.arange(50), 7)
    for epoch in range(30):
        (order,) = splits.batches(split, 100, 0, epoch)
        x, y = split[order]
        assert torch.equal(x + 1, y)
        assert len(x) == len(split) == 7
        assert len(set(x[:, 0].tolist())) == 7  # no window twice
        assert len(set(x.flatten().tolist())) >= 43  # and little of one
    x, _ = split[split.order()]
    assert torch.equal(x.flatten(), torch.arange(49))
    with pytest.raises(ValueError, match="too few"):
        WindowSplit(torch.arange(5), 5)


@pytest.mark.parametrize(
    "schedule",
    [
        schedules.constant, schedules.linear, schedules.cosine, schedules.one_cycle,
        schedules.exponential, schedules.step, partial(schedules.linear, warmup=0.2, end=0.5),
        partial(schedules.cosine, warmup=0.1), partial(schedules.one_cycle, peak=1.0),
    ],
)  # fmt: skip
def test_schedules_are_factors(schedule: Any) -> None:
    values = [schedule(n / 200) for n in range(201)]
    assert max(values) == pytest.approx(1.0, abs=1e-3)
    assert min(values) >= 0.0
    assert all(math.isfinite(value) for value in values)


def test_one_cycle_is_the_one_of_torch() -> None:
    solver = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    theirs = torch.optim.lr_scheduler.OneCycleLR(solver, 0.1, total_steps=101)
    ours = partial(schedules.one_cycle, start=1 / 25, end=1 / 25e4)
    for step in range(101):
        # Theirs peaks at step 0.3 · total - 1, ours at 0.3 of the way: the same shape.
        peak = 0.3 * 101 - 1
        progress = 0.3 * step / peak if step < peak else 0.3 + 0.7 * (step - peak) / (100 - peak)
        assert 0.1 * ours(progress) == pytest.approx(theirs.get_last_lr()[0], rel=1e-3)
        solver.step()
        if step < 100:
            theirs.step()


def test_optimizers_are_fused_where_they_can_be() -> None:
    weights = [nn.Parameter(torch.zeros(2))]
    for optimizer in (torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD, torch.optim.Adagrad):
        solver = optimizers.build(partial(optimizer, lr=0.1), weights)
        assert solver.param_groups[0]["fused"] is True
        optimizers.set_learning_rate(solver, 0.5)
        assert optimizers.learning_rate(solver) == 0.5
    plain = optimizers.build(partial(torch.optim.Adam, lr=0.1, foreach=True), weights)
    assert not plain.param_groups[0]["fused"]
    optimizers.build(partial(torch.optim.RMSprop, lr=0.1), weights)


def test_metrics_are_what_they_say() -> None:
    scores = torch.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 3.0, 2.0]])
    assert float(metrics.accuracy(scores, torch.tensor([0, 1, 1]))) == pytest.approx(2 / 3)
    assert float(metrics.top5_accuracy(scores, torch.tensor([2, 2, 0]))) == 1.0
    expected = nn.functional.cross_entropy(scores, torch.tensor([0, 1, 1]))
    assert torch.equal(metrics.nll(scores, torch.tensor([0, 1, 1])), expected)
    tokens = torch.tensor([[0, -100], [1, 1]])
    by_place = torch.stack([scores[:2], scores[1:]], 2)[:, :2]  # (2, 2, 2)
    assert float(metrics.token_accuracy(by_place, tokens)) == pytest.approx(1.0)
    labels = torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    assert float(metrics.multilabel_accuracy(scores, labels)) == pytest.approx(8 / 9)
    assert float(metrics.exact_match(scores, labels)) == pytest.approx(2 / 3)
    assert float(metrics.mse(scores, scores + 2)) == 4.0
    assert float(metrics.mae(scores, scores + 2)) == 2.0


def test_regions_are_compared_class_by_class() -> None:
    answer = torch.tensor([[[0, 0, 1], [2, 2, 1]], [[0, 0, 0], [0, 0, 0]]])
    target = torch.tensor([[[0, 1, 1], [2, 2, 1]], [[0, 0, 0], [0, 0, 0]]])
    output = torch.nn.functional.one_hot(answer, 4).permute(0, 3, 1, 2).float()  # (2, 4, 2, 3)
    first = (1 / 2 + 2 / 3 + 2 / 2) / 3  # the fourth class is nowhere
    assert float(metrics.iou(output, target)) == pytest.approx((first + 1) / 2)
    first = (2 / 3 + 4 / 5 + 1) / 3
    assert float(metrics.dice(output, target)) == pytest.approx((first + 1) / 2)
    assert float(metrics.iou(output, answer)) == float(metrics.dice(output, answer)) == 1.0


def test_declarations_can_be_read_without_an_import() -> None:
    """Every setting of the loop has an annotation and a line in the docstring."""
    tree = ast.parse(Path(supervised.__file__).read_text())
    train = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "train")
    text = ast.get_docstring(train) or ""
    for argument in train.args.args + train.args.kwonlyargs:
        assert argument.annotation is not None
        assert f"\n    {argument.arg}: " in text
    names = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets}  # type: ignore[attr-defined]
    assert {"ROLES", "BEST", "BEST_MODE"} <= names
