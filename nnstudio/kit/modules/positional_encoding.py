"""Sines and cosines that tell a transformer the place of each token."""

import math

import torch
from torch import Tensor, nn


class PositionalEncoding(nn.Module):
    """Add to each token a pattern of sines and cosines that stands for its place.

    Shapes: (N, T, dim) to (N, T, dim). Source: Vaswani et al., 2017, section 3.5.

    Args:
        dim: Numbers for each token.
        length: The longest sequence.
    """

    table: Tensor

    def __init__(self, dim: int, length: int = 1024):
        super().__init__()
        place = torch.arange(length).unsqueeze(1)  # (length, 1)
        rate = torch.exp(torch.arange(0, dim, 2) * (-math.log(10000.0) / dim))
        table = torch.zeros(length, dim)
        table[:, 0::2] = torch.sin(place * rate)
        table[:, 1::2] = torch.cos(place * rate[: dim // 2])
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Add the pattern of the first T places."""
        return x + self.table[: x.shape[1]]
