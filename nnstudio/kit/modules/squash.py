"""Squash, the activation of capsule networks."""

import torch
from torch import Tensor, nn


class Squash(nn.Module):
    """Shrink vectors to a length below 1 and keep their direction.

    A vector of length r gets the length r² / (1 + r²), so that it can stand for a probability.
    Shapes: (*, D) to (*, D). Source: Sabour, Frosst and Hinton, 2017, equation 1.

    Args:
        dim: Where the components of a vector lie.
    """

    def __init__(self, dim: int = -1):
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Shrink each vector."""
        square = x.square().sum(self.dim, keepdim=True)
        # The small number keeps the gradient of the root finite at a vector of zeros.
        return x * square / (1 + square) / torch.sqrt(square + 1e-8)
