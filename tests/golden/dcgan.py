"""DCGAN, drawn in NNStudio."""

from torch import Tensor, nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 6272)
        self.decoder = nn.Sequential(
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1),  # (N, 64, 14, 14)
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 1, 4, stride=2, padding=1),  # (N, 1, 28, 28)
            nn.Tanh(),
        )

    def forward(self, z: Tensor) -> Tensor:  # z: (N, 64)
        x = self.linear(z).unflatten(1, (128, 7, 7))  # (N, 128, 7, 7)
        return self.decoder(x)  # (N, 1, 28, 28)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 4, stride=2, padding=1),  # (N, 32, 14, 14)
            nn.LeakyReLU(negative_slope=0.2),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),  # (N, 64, 7, 7)
            nn.BatchNorm2d(64),
            nn.LeakyReLU(negative_slope=0.2),
        )
        self.head = nn.Linear(3136, 1)

    def forward(self, image: Tensor) -> Tensor:  # image: (N, 1, 28, 28)
        return self.head(self.features(image).flatten(1))  # (N, 1)
