"""Builds the optimizer of a role and sets its learning rate."""

import inspect
import sys
from collections.abc import Iterable

import torch
from torch import nn

from .state import Optimizer

FUSED_ON = ("cpu", "cuda", "mps")


def build(optimizer: Optimizer, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """Make an optimizer for the parameters that are trained, in its fused form where it has one.

    The fused form does the same arithmetic in one pass over the memory.

    Args:
        optimizer: Such as `partial(torch.optim.AdamW, lr=0.01)`.
        parameters: Those of a module; frozen ones are left out.

    Raises:
        ValueError: Nothing can be trained.
    """
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    if not trained:
        raise ValueError("the network has no weights that can be trained")
    _spare_the_compiler()
    if _can_fuse(optimizer, trained):
        return optimizer(trained, fused=True)
    return optimizer(trained)


def _spare_the_compiler() -> None:
    """Keep torch from loading its compiler, 1.5 s and 60 MB, only to make an optimizer.

    `torch.compile` is told to leave some methods of an optimizer alone, and is loaded to be told
    (torch/_compile.py). They are marked as told already; whoever compiles does so without them.
    """
    if "torch._dynamo" in sys.modules:
        return
    for name in ("add_param_group", "zero_grad", "state_dict", "load_state_dict"):
        plain = getattr(getattr(torch.optim.Optimizer, name), "__wrapped__", None)
        if plain is not None and not hasattr(plain, "__dynamo_disable"):
            plain.__dynamo_disable = plain


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group of parameters."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def clear_gradients(optimizer: torch.optim.Optimizer) -> None:
    """Forget the gradients, without the mark for the profiler that `zero_grad` sets: 20 µs."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None


def learning_rate(optimizer: torch.optim.Optimizer) -> float:
    """The learning rate of the first group of parameters."""
    return float(optimizer.param_groups[0]["lr"])


def _can_fuse(optimizer: Optimizer, parameters: list[nn.Parameter]) -> bool:
    known = inspect.signature(optimizer.func).parameters
    chosen = {"fused", "foreach", "differentiable"} & set(optimizer.keywords)
    ready = all(p.is_floating_point() and p.device.type in FUSED_ON for p in parameters)
    # Adagrad's fused form exists on the CPU only.
    cpu_only = optimizer.func is torch.optim.Adagrad and parameters[0].device.type != "cpu"
    return "fused" in known and not chosen and ready and not cpu_only
