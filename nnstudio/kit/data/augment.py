"""Random changes of training pictures, made for a whole batch at once on its device."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def shift_rotate(x: Tensor, *, pixels: float = 2.0, degrees: float = 10.0) -> Tensor:
    """Shift and turn each picture a little.

    Args:
        x: Pictures (N, C, H, W).
        pixels: The farthest shift along each side (0 to 16).
        degrees: The largest turn to either side (0 to 180).
    """
    N, _, H, W = x.shape
    draws = torch.rand(3, N, device=x.device) * 2 - 1  # from -1 to 1
    angle = draws[0] * math.radians(degrees)
    cos, sin = angle.cos(), angle.sin()
    # affine_grid measures in half pictures, so a side of W pixels is 2 long.
    right, down = draws[1] * pixels * 2 / W, draws[2] * pixels * 2 / H
    rows = [torch.stack([cos, -sin * H / W, right], 1), torch.stack([sin * W / H, cos, down], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)  # (N, H, W, 2)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def flip(x: Tensor) -> Tensor:
    """Mirror each picture left to right with a chance of one half.

    Args:
        x: Pictures (N, C, H, W).
    """
    chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
    return torch.where(chosen, x.flip(3), x)
