"""Two moons: points in the plane that no straight line tells apart."""

import math

import torch
from torch import Tensor

from .splits import Data, TensorSplit

FILES = ()
TASK = "classification"
CLASSES = ("upper", "lower")
FEATURES = ("x", "y")


def read(
    *, samples: int = 1000, noise: float = 0.15, seed: int = 0, val_fraction: float = 0.2
) -> Data:
    """Draw points near two half circles that reach into each other.

    Args:
        samples: Points on both moons together (20 to 1000000).
        noise: The deviation of each coordinate from its half circle of radius 1 (0 to 2).
        seed: Where the random numbers start (>= 0).
        val_fraction: The part of the points that is kept for validation (0.01 to 0.9).

    Returns:
        Points (N, 2) and classes (N,): 0 on the upper moon, 1 on the lower one.
    """
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(samples) % 2
    x = half_circles(y, torch.rand(samples, generator=generator))
    x = x + noise * torch.randn(samples, 2, generator=generator)
    cut = samples - round(samples * val_fraction)
    return Data(
        TensorSplit(x[:cut], y[:cut]), TensorSplit(x[cut:], y[cut:]), TASK, CLASSES, FEATURES
    )


def half_circles(y: Tensor, place: Tensor) -> Tensor:
    """Points (N, 2) of the moons `y` (N,) at places (N,) from 0, the one end, to 1, the other."""
    angle = place * math.pi
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    return torch.where(y.unsqueeze(1) == 0, upper, lower)
