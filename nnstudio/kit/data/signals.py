"""One-dimensional signals of ten kinds: ten short shapes, stretched, moved and buried in noise.

After MNIST-1D (Greydanus and Kobak, 2020): small enough for a second, and yet a linear model fails
where a convolution does well, since the shape may stand anywhere.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from .splits import Data, TensorSplit

FILES = ()
TASK = "classification"
CLASSES = tuple("0123456789")
SHAPES = (  # twelve values each, about as a digit is drawn from top to bottom
    (5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5),
    (5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5),
    (5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5),
    (5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5),
    (5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5),
    (5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5),
    (5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5),
    (5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5),
)
ROOM = 72  # places in which a shape is stretched and moved
LENGTH = 40  # values of a finished signal


def read(
    *, samples: int = 5000, noise: float = 0.25, seed: int = 0, val_fraction: float = 0.2
) -> Data:
    """Draw signals and their kinds.

    Args:
        samples: Signals of all kinds together (20 to 1000000).
        noise: The deviation of the smooth noise around the shape (0 to 2).
        seed: Where the random numbers start (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Signals (N, 1, 40) and classes (N,).
    """
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(samples) % len(CLASSES)
    x = drawn(y, noise, generator).unsqueeze(1)  # (N, 1, 40)
    cut = samples - round(samples * val_fraction)
    return Data(TensorSplit(x[:cut], y[:cut]), TensorSplit(x[cut:], y[cut:]), TASK, CLASSES)


def drawn(y: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    """A signal (N, 40) of each class of `y` (N,)."""
    count = len(y)

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, generator=generator)

    x = _templates()[y] * draw(0.8, 1.2)  # (N, 12), higher or lower
    width = draw(12, 24)  # how far it is stretched
    start = draw(0, ROOM - 24)
    place = (torch.arange(ROOM) - start) / width  # (N, ROOM), from 0 to 1 within the shape
    inside = (place >= 0) & (place <= 1)
    smooth = _smoothed(torch.randn(count, ROOM, generator=generator))
    x = torch.where(inside, _at(x, place), noise * smooth)
    x = x + 0.02 * torch.randn(count, ROOM, generator=generator)
    x = x - draw(-0.375, 0.375) * torch.linspace(-0.5, 0.5, ROOM)  # tilted
    return F.interpolate(x.unsqueeze(1), LENGTH, mode="linear", align_corners=True).squeeze(1)


def _templates() -> Tensor:
    """The shapes (10, 12), each beginning at 0."""
    x = torch.tensor(SHAPES)
    x = (x - x.mean(1, keepdim=True)) / x.std(1, correction=0, keepdim=True)
    return (x - x[:, :1]) / 6


def _at(x: Tensor, place: Tensor) -> Tensor:
    """Values of rows (N, K) at places (N, L) from 0 to 1, on straight lines between the K."""
    last = x.shape[1] - 1
    position = place.clamp(0, 1) * last
    left = position.long().clamp(max=last - 1)
    share = position - left
    return x.gather(1, left) * (1 - share) + x.gather(1, left + 1) * share


def _smoothed(x: Tensor, deviation: float = 2.0) -> Tensor:
    """Rows (N, L) seen through a Gaussian window."""
    reach = torch.arange(-8, 9)
    window = torch.exp(-(reach**2) / (2 * deviation**2))
    window = (window / window.sum()).view(1, 1, -1)
    return F.conv1d(x.unsqueeze(1), window, padding=8).squeeze(1)
