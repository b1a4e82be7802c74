"""LeNet-5 for handwritten digits. Drawn in NNStudio."""

from torch import Tensor, nn


class LeNet5(nn.Module):
    """Convolutional network of LeCun et al. (1998) with ReLU and max pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(400, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, 10),
        )

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 1, 28, 28)
        out = self.features(x)  # (N, 16, 5, 5)
        return self.classifier(out)  # (N, 10)
