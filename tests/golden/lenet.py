"""LeNet-5, drawn in NNStudio."""

from torch import Tensor, nn


class LeNet5(nn.Module):
    """Gradient-based learning applied to document recognition (LeCun, 1998)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2),  # (N, 6, 28, 28)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 6, 14, 14)
            nn.Conv2d(6, 16, 5),  # (N, 16, 10, 10)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 16, 5, 5)
        )
        self.classifier = nn.Sequential(
            nn.Linear(400, 120),  # (N, 120)
            nn.ReLU(),
            nn.Linear(120, 84),  # (N, 84)
            nn.ReLU(),
            nn.Linear(84, 10),  # (N, 10)
        )

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 1, 28, 28)
        return self.classifier(self.features(x).flatten(1))  # (N, 10)
