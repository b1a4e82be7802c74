"""Digits MLP, drawn in NNStudio."""

from torch import Tensor, nn


class DigitsMLP(nn.Module):
    """A plain network of three linear layers."""

    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(64, 128),  # (N, 128)
            nn.ReLU(),
            nn.Linear(128, 64),  # (N, 64)
            nn.ReLU(),
            nn.Linear(64, 10),  # (N, 10)
        )

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 64)
        return self.mlp(x)  # (N, 10)
