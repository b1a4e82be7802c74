"""Pictures of discs, squares and triangles, to be told apart pixel by pixel."""

import torch
from torch import Tensor

from .splits import Data, TensorSplit

FILES = ()
TASK = "classification"
CLASSES = ("ground", "disc", "square", "triangle")


def read(
    *,
    samples: int = 1200,
    side: int = 32,
    most: int = 3,
    noise: float = 0.2,
    seed: int = 0,
    val_fraction: float = 0.2,
) -> Data:
    """Draw pictures and what is to be seen at each of their pixels.

    Args:
        samples: Pictures (20 to 100000).
        side: Pixels along each side (16 to 256).
        most: Shapes in a picture at most; each picture has at least one (1 to 16).
        noise: The deviation of the noise on each pixel (0 to 2).
        seed: Where the random numbers start (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Grey pictures (N, 1, side, side), darkest around 0 and brightest around 1, and the class of
        each pixel (N, side, side).
    """
    generator = torch.Generator().manual_seed(seed)
    x = 0.3 * torch.rand(samples, 1, 1, generator=generator).expand(-1, side, side)
    y = torch.zeros(samples, side, side, dtype=torch.int64)
    count = torch.randint(1, most + 1, (samples,), generator=generator)
    for number in range(most):  # later shapes cover earlier ones
        kind = torch.randint(1, len(CLASSES), (samples, 1, 1), generator=generator)
        covered = _covered(kind, side, generator) & (number < count).view(-1, 1, 1)
        grey = 0.5 + 0.5 * torch.rand(samples, 1, 1, generator=generator)
        x = torch.where(covered, grey, x)
        y = torch.where(covered, kind, y)
    x = (x + noise * torch.randn(samples, side, side, generator=generator)).unsqueeze(1)
    cut = samples - round(samples * val_fraction)
    return Data(TensorSplit(x[:cut], y[:cut]), TensorSplit(x[cut:], y[cut:]), TASK, CLASSES)


def _covered(kind: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """The pixels (N, side, side) that a shape of each kind (N, 1, 1) covers."""

    def draw(low: float, high: float) -> Tensor:
        return side * (low + (high - low) * torch.rand(len(kind), 1, 1, generator=generator))

    radius = draw(0.13, 0.25)
    places = torch.arange(side) + 0.5
    right = places.view(1, 1, -1) - draw(0.2, 0.8)  # (N, 1, side), from the middle of the shape
    down = places.view(1, -1, 1) - draw(0.2, 0.8)
    disc = right**2 + down**2 <= radius**2
    square = torch.maximum(right.abs(), down.abs()) <= 0.9 * radius
    triangle = (down <= 0.8 * radius) & (1.9 * right.abs() <= down + 1.2 * radius)
    return torch.where(kind == 1, disc, torch.where(kind == 2, square, triangle))
