"""Stochastic depth: whole branches of a residual network left out at random."""

import torch
from torch import Tensor, nn


class DropPath(nn.Module):
    """Set the branch of random samples to zero while training, and scale the others up.

    It stands at the end of a branch, before the addition. Shapes: (N, *) to (N, *).
    Source: Huang et al., 2016.

    Args:
        p: Probability that a sample goes without the branch, below 1.
    """

    def __init__(self, p: float = 0.1):
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Leave out each sample's branch with probability p; nothing while evaluating."""
        if not self.training or self.p == 0:
            return x
        kept = torch.rand(x.shape[0], device=x.device) >= self.p
        scale = kept.to(x.dtype) / (1 - self.p)
        return x * scale.reshape(-1, *[1] * (x.dim() - 1))
