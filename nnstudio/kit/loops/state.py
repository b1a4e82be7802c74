"""What a training run is made of: its state, and the report that watches it.

Every loop keeps all that a resume needs in one `State` and calls `report(state, metrics)`

* once before the first step, with no metrics (also after a resume),
* after each step, with detached tensors that nobody has read yet,
* after each epoch, with the figures of the validation data.

The report prints, saves, changes `state.hyper`, or ends the run by raising `Stop`.
"""

import math
import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from .guard import Guard

Metrics: TypeAlias = Mapping[str, Tensor | float]
Loss: TypeAlias = nn.Module
Optimizer: TypeAlias = partial[torch.optim.Optimizer]
Schedule: TypeAlias = Callable[[float], float]
Metric: TypeAlias = Callable[[Tensor, Tensor], Tensor]
Augment: TypeAlias = Callable[[Tensor], Tensor]


class Stop(Exception):  # noqa: N818 (it is a wish, not a fault)
    """Raised by a report, or by a hook in a module, to end a run early."""


class Stateful(Protocol):
    """Anything whose state can be saved: a module, an optimizer, a buffer, an environment."""

    def state_dict(self) -> Any:
        """Nested dicts, lists and tuples of tensors and plain values."""

    def load_state_dict(self, state_dict: Any, /) -> Any:
        """Go back to what `state_dict` gave."""


class State:
    """All that a run needs to go on exactly where it stopped.

    Args:
        modules: The networks by role, on their device.
        objects: Everything else that changes while training: optimizers, buffers, environments.
        hyper: What a person may change while it runs, such as `{"lr": 0.01}`. The loop reads it
            at the head of every step.
        total_steps: Updates that the run will make.
        seed: Where the order of the data and all random draws start.
        best: The metric that chooses the best epoch; None keeps the last.
        best_mode: "min" or "max": whether a small or a large value of it is good.
        replay: Runs forward and backward of a step again without an update, to find a fault.

    Attributes:
        step: Updates done.
        epoch: Whole epochs done.
        batch: Batches done in the epoch under way; 0 at the boundary of two epochs.
        done: The loop has evaluated after its last step.
        seconds: Time spent before this process took over.
        record: The best epoch so far: its step, epoch and metrics.
        sums: Running sums of a loop.
        guard: Keeps values that are not finite away from the weights.
        samples: What a generator drew last, as one picture: uint8 (H, W) or (H, W, 3).
    """

    def __init__(
        self,
        modules: Mapping[str, nn.Module],
        objects: Mapping[str, Stateful] | None = None,
        *,
        hyper: Mapping[str, float] | None = None,
        total_steps: int = 0,
        seed: int = 0,
        best: str | None = "val/loss",
        best_mode: str = "min",
        replay: Callable[[int], object] | None = None,
    ):
        self.modules = dict(modules)
        self.objects: dict[str, Stateful] = {**modules, **(objects or {})}
        self.hyper = dict(hyper or {})
        self.total_steps = total_steps
        self.seed = seed
        self.best, self.best_mode = best, best_mode
        self.step = self.epoch = self.batch = 0
        self.done = False
        self.seconds = 0.0
        self.record: dict[str, Any] = {}
        self.sums: dict[str, Tensor] = {}
        self.replay = replay
        self.device = device_of(self.modules)
        self.guard = Guard(self.device)
        self.samples: Tensor | None = None

    @property
    def parameters(self) -> int:
        """Learned numbers in all roles; shared ones count once."""
        unique = {id(p): p.numel() for m in self.modules.values() for p in m.parameters()}
        return sum(unique.values())

    def update(self, optimizer: torch.optim.Optimizer, loss: Tensor, norm: Tensor) -> None:
        """Step the optimizer, unless the loss or the gradient is not finite now or was before.

        Args:
            optimizer: Its gradients are ready.
            loss: The detached loss, shape ().
            norm: The norm of the gradient, shape (), from `gradient_norm`.
        """
        self.guard.update(optimizer, loss, norm, self.step + 1)

    def judge(self, metrics: Mapping[str, float]) -> bool:
        """Whether an epoch is the best so far; if so it is written into `record`."""
        if self.best is None or self.best not in metrics:
            return False
        sign = 1.0 if self.best_mode == "min" else -1.0
        value = metrics[self.best]
        if self.record and not sign * value < sign * self.record["metrics"][self.best]:
            return False
        if not math.isfinite(value):  # never the best, not even as the first
            return False
        epoch = self.epoch + (self.batch > 0)  # one that was cut short counts as well
        self.record = {"step": self.step, "epoch": epoch, "metrics": dict(metrics)}
        return True

    def state_dict(self) -> dict[str, Any]:
        """Everything, as nested dicts of tensors and plain values."""
        return {
            "objects": {name: thing.state_dict() for name, thing in self.objects.items()},
            "step": self.step,
            "epoch": self.epoch,
            "batch": self.batch,
            "done": self.done,
            "seconds": self.seconds,
            "seed": self.seed,
            "hyper": dict(self.hyper),
            "record": dict(self.record),
            "sums": dict(self.sums),
            "random": random_states(self.device),
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Go back to a saved state.

        Raises:
            ValueError: The state is of a run with other parts or other sizes.
        """
        theirs, ours = set(saved["objects"]), set(self.objects)
        if theirs != ours:
            raise ValueError(
                f"the checkpoint holds {', '.join(sorted(theirs))}, "
                f"this run needs {', '.join(sorted(ours))}"
            )
        for name, thing in self.objects.items():
            try:
                thing.load_state_dict(saved["objects"][name])
            except (RuntimeError, KeyError) as error:
                raise ValueError(f"the checkpoint does not fit {name!r}: {error}") from error
        for name in ("step", "epoch", "batch", "done", "seconds", "seed", "record"):
            setattr(self, name, saved[name])
        self.hyper.update(saved["hyper"])
        self.sums = {name: value.to(self.device) for name, value in saved["sums"].items()}
        if self.step < self.total_steps:
            self.done = False
        set_random_states(saved["random"])


def device_of(modules: Mapping[str, nn.Module]) -> torch.device:
    """Where the first weight lies; the CPU when there is none."""
    for module in modules.values():
        for parameter in module.parameters():
            return parameter.device
    return torch.device("cpu")


def random_states(device: torch.device) -> dict[str, Any]:
    """The state of every random generator a run may draw from."""
    version, words, gauss = random.getstate()
    drawn: Any = np.random.get_state()  # the old form, twice as fast as the dict
    name, key, position, has_gauss, left = drawn
    key = torch.from_numpy(key.astype(np.int64))
    own = torch.from_numpy(np.array(words, np.int64))  # five times as fast as torch.tensor
    states = {
        "python": {"version": version, "words": own, "gauss": gauss},
        "numpy": {
            "bit_generator": name, "state": {"key": key, "pos": position},
            "has_gauss": has_gauss, "gauss": left,
        },
        "torch": torch.get_rng_state(),
    }  # fmt: skip
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state_all()
    if device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def set_random_states(states: Mapping[str, Any]) -> None:
    """Put every random generator back to where `random_states` found it."""
    python, numpy = states["python"], states["numpy"]
    random.setstate((python["version"], tuple(python["words"].tolist()), python["gauss"]))
    key = numpy["state"]["key"].numpy().astype(np.uint32)
    np.random.set_state({**numpy, "state": {**numpy["state"], "key": key}})
    torch.set_rng_state(states["torch"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(states["cuda"])
    if "mps" in states and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])


class Report(Protocol):
    """What a loop calls; see the head of this file."""

    def __call__(self, state: State, metrics: Metrics, /) -> None:
        """Look at a run, and change or end it."""
