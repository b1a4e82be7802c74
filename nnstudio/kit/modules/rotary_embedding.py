"""Rotary position embedding: queries and keys turned by an angle that grows with their place."""

import torch
from torch import Tensor, nn


class RotaryEmbedding(nn.Module):
    """Turn pairs of features by angles that grow with the place in the sequence.

    The product of a turned query and a turned key depends on how far they are apart alone. Feature
    i goes with feature i + dim / 2. Shapes: (*, T, dim) to (*, T, dim), dim even.
    Source: Su et al., 2021, section 3.2.

    Args:
        base: The slowest pair turns about this many times slower than the first.
    """

    def __init__(self, base: float = 10000.0):
        super().__init__()
        self.base = base

    def forward(self, x: Tensor) -> Tensor:
        """Turn each step by its place, counted from 0."""
        steps, dim = x.shape[-2:]
        exponent = torch.arange(0, dim, 2, device=x.device) / dim
        place = torch.arange(steps, device=x.device).unsqueeze(1)  # (T, 1)
        angle = place * self.base**-exponent  # (T, dim // 2)
        sin, cos = angle.sin().to(x.dtype), angle.cos().to(x.dtype)
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)
