"""The loss of capsule networks: each class by the length of its capsule."""

from torch import Tensor, nn
from torch.nn import functional as F


class MarginLoss(nn.Module):
    """Ask for a long capsule where its class is there, and for short ones elsewhere.

    The right class costs max(0, positive - length)², every other one
    weight · max(0, length - negative)²; what a sample costs in all is averaged over the batch.
    Shapes: lengths (N, C) and class numbers (N,) to (). Source: Sabour, Frosst and Hinton, 2017,
    equation 4.

    Args:
        positive: The length from which a capsule is long enough.
        negative: The length up to which a capsule is short enough.
        weight: What the absent classes count; less than 1, so that capsules do not shrink first.
    """

    def __init__(self, positive: float = 0.9, negative: float = 0.1, weight: float = 0.5):
        super().__init__()
        self.positive, self.negative, self.weight = positive, negative, weight

    def forward(self, lengths: Tensor, target: Tensor) -> Tensor:
        """The mean over the batch of what each sample costs."""
        present = F.one_hot(target, lengths.shape[1])  # (N, C)
        short = F.relu(self.positive - lengths).square()
        long = F.relu(lengths - self.negative).square()
        return (present * short + self.weight * (1 - present) * long).sum(1).mean()
