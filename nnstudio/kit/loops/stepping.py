"""The step of an optimizer without what torch does around it: small networks feel every 10 µs."""

import inspect
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor


def make_step(optimizer: torch.optim.Optimizer) -> None:
    """Call the `step` of an optimizer.

    torch sorts the weights by device and type anew each time, and more (see `plain_step`).
    Together they take 100 µs, a tenth of the step of a small network. So for the fused Adam and
    AdamW their one kernel is called.
    """
    plan = _PLANS.get(optimizer)
    if plan is not None and plan.holds(optimizer) and plan.run():
        return
    plain_step(optimizer)
    if plan is None or not plan.holds(optimizer):
        _PLANS[optimizer] = _planned(optimizer)


def plain_step(optimizer: torch.optim.Optimizer) -> None:
    """Call the function inside the `step` of an optimizer, without gradients.

    torch wraps a mark for its profiler, hooks that nobody set, and a message to its compiler
    around it; for the message the compiler is loaded, 1.5 s and 60 MB (torch/optim/optimizer.py).
    """
    with torch.set_grad_enabled(optimizer.defaults.get("differentiable", False)):
        inspect.unwrap(type(optimizer).step)(optimizer)


@dataclass
class _Group:
    """The tensors of a group, as the kernel takes them; `options` is the optimizer's own dict."""

    options: dict[str, Any]
    weights: list[Tensor]
    averages: list[Tensor]
    squares: list[Tensor]
    steps: list[Tensor]


@dataclass
class _Plan:
    """What a step of an optimizer is made of.

    Attributes:
        groups: None when torch itself has to do it.
        state: The very object it was made from; another one after `load_state_dict`.
        options: The same.
    """

    groups: list[_Group] | None
    state: Any
    options: Any

    def holds(self, optimizer: torch.optim.Optimizer) -> bool:
        return self.state is optimizer.state and self.options is optimizer.param_groups

    @torch.no_grad()
    def run(self) -> bool:
        """Step, or return False when torch has to."""
        if self.groups is None:
            return False
        gradients = [[weight.grad for weight in group.weights] for group in self.groups]
        if any(gradient is None for those in gradients for gradient in those):
            return False
        for group, those in zip(self.groups, gradients, strict=True):
            options = group.options
            decoupled = options["decoupled_weight_decay"]
            kernel: Any = torch._fused_adamw_ if decoupled else torch._fused_adam_
            first, second = options["betas"]
            torch._foreach_add_(group.steps, 1)
            kernel(
                group.weights, those, group.averages, group.squares, [], group.steps,
                lr=options["lr"], beta1=first, beta2=second, eps=options["eps"],
                weight_decay=options["weight_decay"], amsgrad=False, maximize=False,
            )  # fmt: skip
        return True


_PLANS: WeakKeyDictionary[torch.optim.Optimizer, _Plan] = WeakKeyDictionary()


def _planned(optimizer: torch.optim.Optimizer) -> _Plan:
    """The plan of an optimizer that has made a step, so that its state is there."""
    groups = None
    if type(optimizer) in (torch.optim.Adam, torch.optim.AdamW):
        groups = [_group(optimizer, options) for options in optimizer.param_groups]
        if not all(_is_plain(group) for group in groups):
            groups = None
    return _Plan(groups, optimizer.state, optimizer.param_groups)


def _group(optimizer: torch.optim.Optimizer, options: dict[str, Any]) -> _Group:
    known = [weight for weight in options["params"] if optimizer.state[weight]]
    states = [optimizer.state[weight] for weight in known]
    names = ("exp_avg", "exp_avg_sq", "step")
    return _Group(options, known, *([state[name] for state in states] for name in names))


def _is_plain(group: _Group) -> bool:
    """Whether the kernel alone is the whole step."""
    options = group.options
    odd = ("amsgrad", "maximize", "capturable", "differentiable")
    kinds = {(weight.device, weight.dtype) for weight in group.weights}
    whole = len(group.weights) == len(options["params"]) and len(kinds) == 1
    plain = options["fused"] and not any(options[name] for name in odd)
    return bool(plain and whole and isinstance(options["lr"], float))
