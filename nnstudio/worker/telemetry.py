"""Figures from inside a running network, one per node, within a budget of the training time.

A step is sampled when `budget · time ≥ spent + expected price`. Hooks exist only during a sampled
step; a tensor is judged by at most 4 096 of its values, taken at even distances. So a network that
is not looked at costs nothing, and one that is costs what was allowed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

CAP = 4096
"""Values of a tensor that are looked at."""

PERIOD = 0.25
"""Seconds between two samples at least: nobody sees more."""


class Budget:
    """Decides when a sample may be taken.

    Args:
        share: The part of the time that may be spent.
        clock: Seconds that only grow.

    Attributes:
        time: Seconds since the first step.
        spent: Seconds that samples took.
        price: Seconds that the next one is expected to take.
    """

    def __init__(self, share: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self.share, self.clock = share, clock
        self.time = self.spent = self.price = 0.0
        self._first = math.nan
        self._next = -math.inf

    def due(self) -> bool:
        """Return whether the next step is to be sampled."""
        now = self.clock()
        if now < self._next or self.share <= 0:  # most steps end here
            return False
        if math.isnan(self._first):
            self._first = now
        self.time = now - self._first
        return self.share * self.time >= self.spent + self.price

    def pay(self, seconds: float) -> None:
        """Note what a sample cost; the price follows quickly up and slowly down."""
        weight = 0.5 if seconds > self.price else 0.2
        self.price += weight * (seconds - self.price)
        self.spent += seconds
        self._next = self.clock() + PERIOD


class Telemetry:
    """Tells the norm of the gradient at every node.

    Args:
        tell: Takes the line of an event.
        place: The node of a module path such as `model.features.0`.
        budget: The part of the training time that it may cost; 0 switches it off.
    """

    def __init__(
        self,
        tell: Callable[[dict[str, Any]], None],
        place: Callable[[str], str],
        budget: float = 0.03,
    ) -> None:
        self.tell, self.place = tell, place
        self.budget = Budget(budget)
        self._handles: list[Any] = []
        self._norms: dict[str, list[Tensor]] = {}
        self._cost = 0.0
        self._known: dict[int, list[tuple[str, nn.Parameter]]] = {}

    @property
    def armed(self) -> bool:
        """Whether hooks are in place for the step to come."""
        return bool(self._handles)

    def arm(self, modules: dict[str, nn.Module]) -> None:
        """Put hooks in place for the next step, if a sample is due.

        Args:
            modules: The networks by role.
        """
        if self._handles or not self.budget.due():
            return
        start = time.perf_counter()
        for node, parameter in self._grouped(modules):
            if parameter.requires_grad:
                hooked: Any = parameter  # torch gives the method no types
                handle = hooked.register_post_accumulate_grad_hook(self._hook(node))
                self._handles.append(handle)
        self._cost = time.perf_counter() - start

    def collect(self, step: int) -> None:
        """After a step: tell what was seen, and take the hooks away."""
        if not self.armed:
            return
        start = time.perf_counter()
        self.disarm()
        if self._norms:
            nodes = self._read()
            self._norms = {}
            self.tell(
                {"event": "telemetry", "step": step, "figure": "gradient_norm", "nodes": nodes}
            )
        self.budget.pay(self._cost + time.perf_counter() - start)

    def disarm(self) -> None:
        """Take the hooks away."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _hook(self, node: str) -> Callable[[Tensor], None]:
        def look(parameter: Tensor) -> None:
            start = time.perf_counter()
            if parameter.grad is not None:
                self._norms.setdefault(node, []).append(squares(parameter.grad))
            self._cost += time.perf_counter() - start

        return look

    def _read(self) -> dict[str, float]:
        """Fetch all figures from the device at once."""
        sums = [torch.stack(squared).sum() for squared in self._norms.values()]
        values = torch.stack(sums).sqrt().tolist()
        return dict(zip(self._norms, values, strict=True))

    def _grouped(self, modules: dict[str, nn.Module]) -> list[tuple[str, nn.Parameter]]:
        """Every parameter with the node that owns it; found once for a set of networks."""
        key = id(modules)
        if key not in self._known:
            self._known = {key: list(_owners(modules, self.place))}
        return self._known[key]


def _owners(
    modules: dict[str, nn.Module], place: Callable[[str], str]
) -> list[tuple[str, nn.Parameter]]:
    found = []
    for role, module in modules.items():
        for name, parameter in module.named_parameters():
            path = f"{role}.{name}".rpartition(".")[0]
            found.append((place(path), parameter))
    return found


def squares(tensor: Tensor) -> Tensor:
    """The sum of the squares of a tensor, shape (), from at most `CAP` values at even distances."""
    flat = tensor.detach()
    if flat.dim() == 4 and not flat.is_contiguous():
        flat = flat.permute(0, 2, 3, 1)  # channels last: this view is contiguous, no copy is made
    flat = flat.reshape(-1)
    every = -(-flat.numel() // CAP)
    sample = flat[::every] if every > 1 else flat
    scale = flat.numel() / max(1, sample.numel())
    squared: Tensor = torch.linalg.vector_norm(sample, dtype=torch.float32).square()
    return squared * scale
