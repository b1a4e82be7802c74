"""DQN, drawn in NNStudio."""

from torch import Tensor, nn


class QNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(4, 128),  # (N, 128)
            nn.ReLU(),
            nn.Linear(128, 128),
            nn.ReLU(),
            nn.Linear(128, 2),  # (N, 2)
        )

    def forward(self, state: Tensor) -> Tensor:  # state: (N, 4)
        return self.mlp(state)  # (N, 2)
