"""CapsNet, drawn in NNStudio."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SquashVectors(nn.Module):
    """Shrink vectors to a length below 1: |s|² / (1 + |s|²) · s / |s|."""

    def forward(self, s: Tensor) -> Tensor:  # s: (N, K, D)
        square = (s**2).sum(dim=-1, keepdim=True)  # (N, K, 1)
        scale = square / (square + 1.0)
        return scale * s / torch.sqrt(square + 1e-8)  # (N, K, D)


class RoutingStep(nn.Module):
    """One iteration of routing by agreement."""

    def __init__(self):
        super().__init__()
        self.squash = SquashVectors()

    def forward(self, logits: Tensor, votes: Tensor) -> Tensor:
        # logits: (N, I, J), votes: (N, I, J, D)
        coupling = F.softmax(logits, dim=-1)
        squash = self.squash((coupling.unsqueeze(-1) * votes).sum(dim=1))  # (N, J, D)
        agreement = (votes * squash.unsqueeze(1)).sum(dim=-1)  # (N, I, J)
        return logits + agreement


class CapsNet(nn.Module):
    """Dynamic routing between capsules (Sabour, 2017)."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 64, 9)
        self.primary = nn.Conv2d(64, 64, 9, stride=2)
        self.squash = SquashVectors()
        self.transform = nn.Parameter(0.1 * torch.randn(288, 10, 16, 8))
        self.routing = RoutingStep()

    def forward(self, image: Tensor) -> Tensor:  # image: (N, 1, 28, 28)
        x = F.relu(self.conv(image))  # (N, 64, 20, 20)
        x = self.primary(x).reshape(-1, 288, 8)  # (N, 288, 8)
        x = self.squash(x)
        x = self.transform @ x.reshape(-1, 288, 1, 8, 1)  # (N, 288, 10, 16, 1)
        votes = x.squeeze(-1)  # (N, 288, 10, 16)
        logits = 0.0 * votes.sum(dim=-1)  # (N, 288, 10)
        for _ in range(2):
            logits = self.routing(logits, votes)
        x = F.softmax(logits, dim=-1).unsqueeze(-1) * votes  # (N, 288, 10, 16)
        x = self.squash(x.sum(dim=1))  # (N, 10, 16)
        return x.norm(dim=-1)  # (N, 10)
