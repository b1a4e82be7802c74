"""Keeps NaN and infinity away from the weights, and finds where they came from."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .stepping import make_step, plain_step

if TYPE_CHECKING:
    from .state import State

HINT = "continue from the last checkpoint with a tenth of the learning rate"


class NonFiniteError(ArithmeticError):
    """A value of a step is NaN or infinite; no weight was updated from it.

    Args:
        step: The first step that failed, counted from 1.
        where: The dotted path of the module it came from, such as `model.features.conv1`.
        what: What is not finite there.
    """

    code = "non_finite"
    hint = HINT

    def __init__(self, step: int, where: str, what: str):
        place = f" in {where}" if where else ""
        super().__init__(f"step {step}{place}: {what}")
        self.step, self.where = step, where


class Guard:
    """Lets an optimizer step only while every gradient is finite.

    On the CPU the test is read at once. Elsewhere reading would stall the device, so a flag
    stays there and masks this update and all later ones; `read` fetches it now and then.

    Args:
        device: Where the weights lie.
        lazy: Whether the flag stays on the device; None decides by the device.

    Attributes:
        first: The first step that failed, as far as it is known without a look at the device.
    """

    def __init__(self, device: torch.device, *, lazy: bool | None = None):
        self.lazy = device.type != "cpu" if lazy is None else lazy
        self.first: int | None = None
        self._flag = torch.zeros((), device=device)
        self._step = torch.zeros((), dtype=torch.int64, device=device)

    def update(
        self, optimizer: torch.optim.Optimizer, loss: Tensor, norm: Tensor, step: int
    ) -> None:
        """Step the optimizer, or remember `step` as the first that failed."""
        if self.first is not None:
            return
        if self.lazy:
            self._update_lazily(optimizer, loss, norm, step)
        elif math.isfinite(norm.item()) and math.isfinite(loss.item()):
            make_step(optimizer)
        else:
            self.first = step

    def read(self) -> int | None:
        """The first step that failed, or None; on a GPU this waits for the device."""
        if self.lazy and self.first is None and self._flag.item():
            self.first = int(self._step.item())
        return self.first

    def _update_lazily(
        self, optimizer: torch.optim.Optimizer, loss: Tensor, norm: Tensor, step: int
    ) -> None:
        failed = ~torch.isfinite(norm + loss.detach())
        self._step = torch.where(failed & (self._flag == 0), step, self._step)
        self._flag = torch.maximum(self._flag, failed.to(self._flag.dtype))
        if getattr(optimizer, "_step_supports_amp_scaling", False):
            masked: Any = optimizer  # a fused optimizer skips its update while this is not 0
            masked.found_inf = self._flag
            plain_step(optimizer)
        elif self.read() is None:
            plain_step(optimizer)


def gradient_norm(parameters: Iterable[Tensor], clip: float | None = None) -> Tensor:
    """The 2-norm of all gradients together, shape (), left on the device.

    Args:
        parameters: Those without a gradient count as zero.
        clip: Shorten a longer gradient to this norm; the norm before it is returned.
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return torch.zeros(())
    norm = norm_of(gradients)
    if clip is not None:
        torch._foreach_mul_(gradients, (clip / (norm + 1e-6)).clamp(max=1.0))
    return norm


def norm_of(tensors: list[Tensor]) -> Tensor:
    """The 2-norm of all tensors together, shape (); not finite if any number is not."""
    # What nn.utils.get_total_norm does, without 20 µs of sorting by device.
    norm: Tensor = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(tensors)))
    return norm


def check(state: "State") -> None:
    """End a run whose step was not finite.

    Raises:
        NonFiniteError: With the step and the module where it began.
    """
    step = state.guard.read()
    if step is not None:
        raise NonFiniteError(step, *find(state, step))


def check_weights(state: "State") -> None:
    """Make sure that what is about to be saved is finite: an update itself can overflow.

    Raises:
        NonFiniteError: With the first parameter that is not.
    """
    weights: list[Tensor] = [w for module in state.modules.values() for w in module.parameters()]
    if not weights or math.isfinite(norm_of(weights).item()):
        return
    for role, module in state.modules.items():
        for name, parameter in module.named_parameters():
            if not torch.isfinite(parameter).all():
                raise NonFiniteError(
                    state.step, f"{role}.{name.rpartition('.')[0]}".rstrip("."),
                    f"the update made its {name.rpartition('.')[2]} overflow",
                )  # fmt: skip


def find(state: "State", step: int) -> tuple[str, str]:
    """Where a step first went wrong, and how: it is run again with every module watched.

    Returns:
        The dotted path of a module, or "loss", or "" when the fault does not show again;
        and a few words about it.
    """
    watch = _Watch(state.modules)
    try:
        if state.replay is not None:
            state.replay(step)
    finally:
        watch.close()
    return watch.verdict()


class _Watch:
    """Hooks on every module that note which values are finite, in the order they appear."""

    def __init__(self, modules: dict[str, nn.Module]):
        self.modules: dict[str, nn.Module] = {}
        self.leaves: dict[str, nn.Module] = {}  # in forward order
        self.bad_output: list[tuple[str, str]] = []
        self.bad_grad_in: set[str] = set()
        self.bad_grad_out: set[str] = set()
        self._handles = []
        for role, root in modules.items():
            root.zero_grad(set_to_none=True)
            for name, module in root.named_modules():
                path = f"{role}.{name}" if name else role
                self.modules[path] = module
                self._handles.append(module.register_forward_hook(self._hook(path)))

    def close(self) -> None:
        for handle in self._handles:
            handle.remove()

    def verdict(self) -> tuple[str, str]:
        if self.bad_output:
            return self.bad_output[0]
        return self._from_gradients()

    def _hook(self, path: str) -> Any:
        def look(module: nn.Module, inputs: Any, output: Any) -> None:
            sources, results = list(_tensors(inputs)), list(_tensors(output))
            if not all(map(_finite, results)):
                self.bad_output.append((path, _reason(module, sources)))
            if not any(module.children()):
                self.leaves.setdefault(path, module)
                self._follow(sources, path, self.bad_grad_in)
                self._follow(results, path, self.bad_grad_out)

        return look

    def _follow(self, tensors: list[Tensor], path: str, bad: set[str]) -> None:
        def note(gradient: Tensor) -> None:
            if not _finite(gradient):
                bad.add(path)

        for tensor in tensors:
            if tensor.requires_grad:
                tensor.register_hook(note)

    def _from_gradients(self) -> tuple[str, str]:
        """The last module in forward order that got a good gradient and made a bad one."""
        for after, (path, module) in enumerate(reversed(self.leaves.items())):
            if path in self.bad_grad_out:
                if after == 0:
                    return "loss", "the loss or its gradient is not finite"
                return path, "the operation after it gives a gradient that is not finite"
            own = [p.grad for p in module.parameters() if p.grad is not None]
            if path in self.bad_grad_in or not all(map(_finite, own)):
                return path, "its gradient is not finite"
        return self._from_norms()

    def _from_norms(self) -> tuple[str, str]:
        """Every number is finite, but the square of one overflows: the module with the largest."""
        sizes = {path: _largest_gradient(module) for path, module in self.modules.items()}
        worst = max(sizes, key=lambda path: sizes[path], default="")
        if not worst or sizes[worst] < 1e15:
            return "", "the loss, or the norm of the gradient, is not finite"
        return worst, f"its gradient is as large as {sizes[worst]:.1g}, so that its norm overflows"


def _largest_gradient(module: nn.Module) -> float:
    gradients = [p.grad for p in module.parameters(recurse=False) if p.grad is not None]
    return max((float(gradient.abs().max()) for gradient in gradients), default=0.0)


def _finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())


def _tensors(value: Any) -> Iterable[Tensor]:
    """The floating-point tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _reason(module: nn.Module, inputs: list[Tensor]) -> str:
    if not all(map(_finite, inputs)):
        return "its input is not finite: look at the data of this batch"
    for name, parameter in module.named_parameters():
        if not _finite(parameter):
            return f"its {name} is not finite"
    return "its output is not finite"
