"""Learning from examples with a target: classification, regression, sequences, several labels."""

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from ..checkpoints import begin
from ..data.splits import Data, Split, batch_count, batches
from ..show import show
from . import optimizers
from .guard import gradient_norm
from .schedules import constant
from .state import Augment, Loss, Metric, Optimizer, Report, Schedule, State

ROLES = ("model",)
BEST = "val/loss"
BEST_MODE = "min"


def train(
    roles: dict[str, nn.Module],
    data: Data,
    *,
    loss: Loss,
    optimizer: Optimizer,
    schedule: Schedule = constant,
    metrics: tuple[Metric, ...] = (),
    augment: Augment | None = None,
    batch_size: int = 64,
    clip: float | None = None,
    channels_last: bool = False,
    epochs: int = 10,
    steps: int | None = None,
    seed: int = 0,
    resume: Path | str | None = None,
    report: Report = show,
) -> State:
    """Fit a network to pairs of input and target.

    Args:
        roles: The network as "model"; it takes the inputs of a sample in their order.
        data: The samples, on the device of the network.
        loss: Compares output and target of a batch; its mean over the batch is minimised.
        optimizer: Changes the weights after each batch.
        schedule: Multiplies the learning rate in the course of the run.
        metrics: Further figures of the validation data; each is averaged over the samples.
        augment: Changes the first input of each training batch at random.
        batch_size: Samples in a step; an epoch is dealt out evenly, so there is no small last
            batch (1 to 65536).
        clip: Shortens a longer gradient to this norm (> 0).
        channels_last: Store images channel by channel, which makes many convolutions faster.
        epochs: Passes over the training data (1 to 100000).
        steps: End after so many batches. A shorter run keeps the schedule of the whole one, so
            its first steps are the same (> 0).
        seed: Rules the order of the data.
        resume: A checkpoint to go on from.
        report: Watches the run.

    Returns:
        The state at the end.
    """
    model = roles["model"]
    if channels_last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    parameters = list(model.parameters())
    if isinstance(loss, nn.Module):  # it may hold weights of classes
        loss.to(parameters[0].device)
    solver = optimizers.build(optimizer, parameters)
    per_epoch = batch_count(data.train, batch_size)
    horizon = max(epochs * per_epoch, steps or 0)

    def replay(step: int) -> Tensor:
        epoch, batch = divmod(step - 1, per_epoch)
        index = batches(data.train, batch_size, state.seed, epoch)[batch]
        return backward(model, loss, data.train[index], augment)

    state = State(
        roles, {"optimizer": solver}, hyper={"lr": optimizers.learning_rate(solver)},
        total_steps=steps or horizon, seed=seed, best=BEST, replay=replay,
    )  # fmt: skip
    begin(state, resume, report)

    while not state.done:
        order = batches(data.train, batch_size, state.seed, state.epoch)
        model.train()
        for index in order[state.batch :][: state.total_steps - state.step]:
            factor = schedule(state.step / horizon)
            optimizers.set_learning_rate(solver, state.hyper["lr"] * factor)
            value = backward(model, loss, data.train[index], augment)
            norm = gradient_norm(parameters, clip)
            state.update(solver, value, norm)
            optimizers.clear_gradients(solver)
            state.step, state.batch = state.step + 1, state.batch + 1
            report(state, {"train/loss": value, "train/grad_norm": norm})

        figures = evaluate(model, data.val, loss, metrics, batch_size=4 * batch_size)
        if state.batch == per_epoch:
            state.epoch, state.batch = state.epoch + 1, 0
        state.done = state.step >= state.total_steps
        report(state, {**figures, **data.baselines})
    return state


def backward(
    model: nn.Module, loss: Loss, batch: tuple[Tensor, ...], augment: Augment | None = None
) -> Tensor:
    """The loss of a batch, with its gradient added to that in the weights."""
    *inputs, target = batch
    if augment is not None:
        inputs[0] = augment(inputs[0])
    value: Tensor = loss(*align(model(*inputs), target))
    value.backward()
    return value.detach()


@torch.no_grad()
def evaluate(
    model: nn.Module,
    split: Split,
    loss: Loss,
    metrics: Iterable[Metric] = (),
    *,
    batch_size: int = 256,
) -> dict[str, Tensor]:
    """The means of the loss and of metrics over a split, with dropout and the like switched off.

    Args:
        model: The network; it is left as it was.
        split: The samples.
        loss: Averaged as `val/loss`.
        metrics: Averaged as `val/` and their names.
        batch_size: Samples at a time.
    """
    was_training = model.training
    model.eval()
    functions: dict[str, Metric] = {"val/loss": loss}
    functions.update({f"val/{name_of(metric)}": metric for metric in metrics})
    sums = {name: torch.zeros((), device=split.device) for name in functions}
    order = split.order().to(split.device)
    for index in torch.split(order, batch_size):
        *inputs, target = split[index]
        output, target = align(model(*inputs), target)
        for name, function in functions.items():
            sums[name] += function(output, target) * len(index)
    model.train(was_training)
    return {name: total / len(order) for name, total in sums.items()}


def align(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Bring an output into the shape that losses and metrics expect for a target.

    * Classes at each place of a sequence: (N, T, V) becomes (N, V, T) for a target (N, T).
    * One number a sample: (N, 1) becomes (N,) for a target (N,), since the loss would
      otherwise compare every output with every target.
    """
    if output.dim() == target.dim() + 1:
        if output.shape[-1] == 1 and target.is_floating_point():
            return output.squeeze(-1), target
        if output.dim() == 3 and output.shape[:2] == target.shape:
            return output.transpose(1, 2), target
    return output, target


def name_of(metric: Metric) -> str:
    """The name of a metric: that of its function."""
    function = getattr(metric, "func", metric)  # a partial knows its function
    return str(getattr(function, "__name__", type(function).__name__.lower()))
