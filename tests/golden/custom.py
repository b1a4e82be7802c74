"""My network, drawn in NNStudio."""

from torch import Tensor, nn

from custom import Swish


class MyNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 16)
        self.swish = Swish(beta=1.5)
        self.second = nn.Linear(16, 2).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:  # x: (N, 8)
        x = self.first(x)  # (N, 16)
        x = self.swish(x)
        return self.second(x)  # (N, 2)
