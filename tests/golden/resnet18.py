"""ResNet-18, drawn in NNStudio."""

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


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with a projection shortcut."""

    def __init__(self, in_channels: int, channels: int, stride: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False)
        self.shortcut_bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:  # x: (N, in_channels, H, W)
        out = F.relu(self.bn1(self.conv1(x)))  # (N, channels, ...)
        out = self.bn2(self.conv2(out))
        shortcut = self.shortcut_bn(self.shortcut(x))  # (N, channels, ...)
        return F.relu(out + shortcut)


class ResNet18(nn.Module):
    """Deep residual learning for image recognition (He, 2015)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(*[ResidualBlock(64) for _ in range(2)])
        self.layer2_down = BasicBlock(64, 128, stride=2)
        self.layer2 = ResidualBlock(128)
        self.layer3_down = BasicBlock(128, 256, stride=2)
        self.layer3 = ResidualBlock(256)
        self.layer4_down = BasicBlock(256, 512, stride=2)
        self.layer4 = ResidualBlock(512)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 1000)

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 3, 224, 224)
        x = F.relu(self.bn1(self.conv1(x)))  # (N, 64, 112, 112)
        x = self.pool(x)  # (N, 64, 56, 56)
        x = self.layer1(x)
        x = self.layer2_down(x)  # (N, 128, 28, 28)
        x = self.layer2(x)
        x = self.layer3_down(x)  # (N, 256, 14, 14)
        x = self.layer3(x)
        x = self.layer4_down(x)  # (N, 512, 7, 7)
        x = self.layer4(x)
        return self.fc(self.avgpool(x).flatten(1))  # (N, 1000)
