"""A learned vector for each place of a sequence."""

import torch
from torch import Tensor, nn


class LearnedPositionalEncoding(nn.Module):
    """Add to each step a vector that is learned for its place.

    Shapes: (N, T, dim) to (N, T, dim). Source: Gehring et al., 2017, section 3.1.

    Args:
        dim: Numbers for each step.
        length: The longest sequence.
    """

    def __init__(self, dim: int, length: int = 1024):
        super().__init__()
        self.weight = nn.Parameter(0.02 * torch.randn(length, dim))

    def forward(self, x: Tensor) -> Tensor:
        """Add the vectors of the first T places."""
        return x + self.weight[: x.shape[1]]
