"""Small ResNet, drawn in NNStudio."""

from torch import Tensor, nn
from torch.nn import functional as F


class ResidualBlock(nn.Module):
    """Two convolutions added to their input."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:  # x: (N, channels, H, W)
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + x)


class SmallResNet(nn.Module):
    """A residual network for 28 × 28 images."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False),  # (N, 16, 28, 28)
            nn.BatchNorm2d(16),
            nn.ReLU(),
        )
        self.residual_blocks = nn.Sequential(*[ResidualBlock(16) for _ in range(2)])
        self.down = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.deep_blocks = nn.Sequential(*[ResidualBlock(32) for _ in range(2)])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 1, 28, 28)
        x = self.stem(x)  # (N, 16, 28, 28)
        x = self.residual_blocks(x)
        # Halve the image.
        x = self.down(x)  # (N, 32, 14, 14)
        x = self.deep_blocks(x)
        return self.head(self.pool(x).flatten(1))  # (N, 10)
