"""Pyramid, drawn in NNStudio."""

import torch
from torch import Tensor, nn


class Stage(nn.Module):
    """Halve the image and widen."""

    def __init__(self, in_channels: int, channels: int):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride=2, padding=1),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:  # x: (N, in_channels, H, W)
        return self.conv(x)  # (N, channels, (H + 1) // 2, (W + 1) // 2)


class Pyramid(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.Sequential(
            *[Stage(in_channels, 64 * 2**i) for i, in_channels in enumerate((3, 64, 128, 256))]
        )
        self.heads = nn.ModuleList(nn.Linear(512, 5) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 3, 64, 64)
        x = self.stages(x)  # (N, 512, 4, 4)
        x = x.mean(dim=(2, 3))  # (N, 512)
        return torch.stack([head(x) for head in self.heads])  # (3, N, 5)
