"""Measures how fast this machine trains: `python -m nnstudio.worker.measure`, a job on standard in.

A few small layers are trained for about two seconds a device. The answer is one JSON object a
device and number of threads, from which the time of any network can be reckoned.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.kit.device import choose, threads
from nnstudio.worker.exhibits import resident

PERIOD = 0.12
"""Seconds that each figure is measured for; the fastest of the rounds in it counts."""

CONTEXT = 400 * 2**20
"""What the driver keeps of a GPU for a process that uses it, about."""

CHAIN = 24
"""Layers of the network by which the cost of a layer is told from that of a step."""


def main() -> int:
    """Read one job, answer it, and end."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.buffer.read())
    # Those that a run takes for a small and for a large network, unless some are asked for.
    counts = sorted(set(job["threads"]) or {threads(0), threads(sys.maxsize)})
    out.write(json.dumps([measured(job["device"], count) for count in counts]))
    out.close()
    return 0


def measured(name: str, count: int) -> dict[str, Any]:
    """Return the speed of a device, in seconds, bytes and operations a second.

    Args:
        name: Of the device, as `kit.device.choose` takes it.
        count: Threads of torch on the CPU.
    """
    device = choose(name)
    torch.set_num_threads(count)
    torch.manual_seed(0)
    short, long = _steps(_chain(1), (8, 8), device), _steps(_chain(CHAIN), (8, 8), device)
    layer = max(1e-7, (long - short) / (2 * (CHAIN - 1)))
    made = {
        "device": device.type if device.type == "cpu" else str(device),
        "threads": count,
        "layer": layer,
        "step": max(0.0, short - 2 * layer),
        "floor": _floor(device),
        "linear": _linear(device, layer),
        "elements": _elements(device, layer),
    }
    return made | _convolution(device, layer) | _recurrent(device)


def _floor(device: torch.device) -> int:
    """Bytes that are taken where the weights lie, whatever the network."""
    if device.type == "cuda":
        return torch.cuda.memory_reserved(device) + CONTEXT
    return resident()


def _linear(device: torch.device, layer: float) -> float:
    wide, batch = 256, 128
    net = nn.Sequential(*(nn.Linear(wide, wide) for _ in range(3)))
    taken = _passes(net, (batch, wide), device) - 3 * layer
    return 3 * 3 * 2 * batch * wide * wide / max(taken, 1e-7)


def _convolution(device: torch.device, layer: float) -> dict[str, float]:
    """One of many channels is far faster for each operation than one of a single channel."""
    many, work = _convolved(16, 16, 3, 14, 32, device, layer)
    one, little = _convolved(1, 8, 5, 28, 32, device, layer)
    return {"convolution": work / many, "narrow": min(work / many, little / one)}


def _convolved(
    arrive: int,
    leave: int,
    kernel: int,
    side: int,
    batch: int,
    device: torch.device,
    layer: float,
) -> tuple[float, float]:
    """Return the seconds of a convolution, forward and backward, and its operations."""
    net = nn.Conv2d(arrive, leave, kernel, padding=kernel // 2)
    taken = _passes(net, (batch, arrive, side, side), device) - layer
    return max(taken, 1e-7), 3 * 2 * batch * side * side * kernel * kernel * arrive * leave


def _elements(device: torch.device, layer: float) -> float:
    """Elements a second through layers that compute little: half have to do with all of a batch."""
    channels, side, batch = 16, 28, 64
    net = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.BatchNorm2d(channels), nn.ReLU())
    taken = _passes(net, (batch, channels, side, side), device) - 4 * layer
    return 4 * batch * channels * side * side / max(taken, 1e-7)


def _recurrent(device: torch.device) -> dict[str, float]:
    """A small LSTM tells what a time step costs, a larger one what its matrices cost."""
    steps, small, wide, batch = 32, 16, 128, 32
    little = _passes(nn.LSTM(small, small, batch_first=True), (4, steps, small), device)
    much = _passes(nn.LSTM(wide, wide, batch_first=True), (batch, steps, wide), device)
    work = 3 * 2 * batch * steps * 8 * wide * wide
    return {"time_step": little / steps, "recurrent": work / max(much - little, 1e-7)}


def _chain(count: int) -> nn.Module:
    return nn.Sequential(
        *(layer for _ in range(count) for layer in (nn.Linear(8, 8), nn.ReLU())), nn.Linear(8, 1)
    )


def _steps(net: nn.Module, shape: Sequence[int], device: torch.device) -> float:
    """Seconds of a whole step of training: forward, backward, norm of the gradient, update."""
    net.to(device)
    x = torch.randn(*shape, device=device)
    parameters = list(net.parameters())
    solver = torch.optim.AdamW(parameters, fused=device.type != "mps")

    def step() -> None:
        net(x).square().mean().backward()
        torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
        solver.step()
        solver.zero_grad()

    return _fastest(step, device)


def _passes(net: nn.Module, shape: Sequence[int], device: torch.device) -> float:
    """Seconds of one forward and backward pass; the input has a gradient, as in the middle."""
    net.to(device)
    x = torch.randn(*shape, device=device, requires_grad=True)

    def step() -> None:
        made = net(x)
        out: Tensor = made[0] if isinstance(made, tuple) else made
        out.sum().backward()

    return _fastest(step, device)


def _fastest(step: Callable[[], None], device: torch.device) -> float:
    for _ in range(3):
        step()
    best, end = float("inf"), time.perf_counter() + PERIOD
    rounds = 0
    while rounds < 5 or time.perf_counter() < end:
        _wait(device)
        start = time.perf_counter()
        step()
        _wait(device)
        best, rounds = min(best, time.perf_counter() - start), rounds + 1
    return best


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


if __name__ == "__main__":
    sys.exit(main())
