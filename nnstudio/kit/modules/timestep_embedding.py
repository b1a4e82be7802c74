"""Sines and cosines that tell a diffusion model how much noise there is."""

import math

import torch
from torch import Tensor, nn


class TimestepEmbedding(nn.Module):
    """Turn a number, such as a time step of diffusion, into waves of many lengths.

    Shapes: (N,) to (N, dim), dim even. Source: Ho et al., 2020, appendix B.

    Args:
        dim: Numbers that each becomes.
        period: The longest wave.
    """

    def __init__(self, dim: int, period: float = 10000.0):
        super().__init__()
        self.dim = dim
        self.period = period

    def forward(self, t: Tensor) -> Tensor:
        """Return sines in the first half and cosines in the second."""
        half = torch.arange(self.dim // 2, device=t.device)
        rate = torch.exp(half * (-2 * math.log(self.period) / self.dim))
        angle = t.unsqueeze(1) * rate  # (N, dim // 2)
        return torch.cat([angle.sin(), angle.cos()], dim=1)
