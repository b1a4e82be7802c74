"""Tiny U-Net, drawn in NNStudio."""

import torch
from torch import Tensor, nn


class ConvNorm(nn.Module):
    def __init__(self, in_channels: int, channels: int):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, padding=1),  # (N, channels, H, W)
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:  # x: (N, in_channels, H, W)
        return self.conv(x)  # (N, channels, H, W)


class DoubleConv(nn.Module):
    def __init__(self, in_channels: int, channels: int):
        super().__init__()
        self.conv_norms = nn.Sequential(
            ConvNorm(in_channels, channels),  # (N, channels, H, W)
            ConvNorm(channels, channels),
        )

    def forward(self, x: Tensor) -> Tensor:  # x: (N, in_channels, H, W)
        return self.conv_norms(x)  # (N, channels, H, W)


class TinyUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = DoubleConv(1, 16)
        self.pool = nn.MaxPool2d(2)
        self.middle = DoubleConv(16, 32)
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.merge = DoubleConv(32, 16)
        self.conv = nn.Conv2d(16, 2, 1)

    def forward(self, image: Tensor) -> Tensor:  # image: (N, 1, 32, 32)
        x = self.down1(image)  # (N, 16, 32, 32)
        middle = self.middle(self.pool(x))  # (N, 32, 16, 16)
        x = torch.cat([x, self.up(middle)], dim=1)  # (N, 32, 32, 32)
        return self.conv(self.merge(x))  # (N, 2, 32, 32)
