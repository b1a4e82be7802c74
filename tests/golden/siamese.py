"""Siamese, drawn in NNStudio."""

from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 64))

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 784)
        return self.mlp(x)  # (N, 64)


class Siamese(nn.Module):
    """How far apart two pictures are."""

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()

    def forward(self, left: Tensor, right: Tensor) -> Tensor:  # left: (N, 784), right: (N, 784)
        x = self.encoder(left) - self.encoder(right)  # (N, 64)
        return x.norm(dim=-1)  # (N,)
