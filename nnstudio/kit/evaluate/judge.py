"""A judge of handwritten digits, to measure what a generator draws.

It is a small convolutional network that was trained on the training part of the 5 000 pictures
of MNIST and never saw the rest. Its weights come along as `digit_judge.safetensors`.
"""

from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from ..data.reading import ReadError, read_bytes

FILE = "digit_judge.safetensors"
SHA256 = "da8d7d684308cc7d4f100e3be84cf6b7e6b8174ba87dca6417080bc67190afed"


class DigitJudge(nn.Module):
    """Tells which digit a picture shows: (N, 1, 28, 28) to (N, 10).

    Args:
        black: The value of black in the pictures; white is 1.
    """

    def __init__(self, black: float = 0.0):
        super().__init__()
        self.black = black
        self.layers = nn.Sequential(
            *_convolution(1, 16, stride=1),  # (N, 16, 28, 28)
            *_convolution(16, 32, stride=2),  # (N, 32, 14, 14)
            *_convolution(32, 32, stride=1),
            *_convolution(32, 64, stride=2),  # (N, 64, 7, 7)
            *_convolution(64, 64, stride=1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(64, 10),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Score each digit."""
        scores: Tensor = self.layers((x - self.black) / (1 - self.black))
        return scores


def _convolution(channels: int, out_channels: int, stride: int) -> list[nn.Module]:
    return [
        nn.Conv2d(channels, out_channels, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    ]


def load(path: Path | str, black: float = 0.0) -> DigitJudge:
    """The trained judge, ready to be asked; its weights are never trained on.

    Args:
        path: The file of its weights.
        black: The value of black in the pictures it will see (-10 to 0.9).

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    data = read_bytes(path, FILE, SHA256)
    judge = DigitJudge(black)
    try:
        judge.load_state_dict(safetensors.torch.load(data))
    except (SafetensorError, RuntimeError) as error:
        raise ReadError("it does not hold the weights of the judge", where=str(path)) from error
    return judge.requires_grad_(False).eval()


@torch.no_grad()
def verdict(judge: nn.Module, pictures: Tensor) -> dict[str, Tensor]:
    """What a judge says of generated pictures, as metrics.

    * `eval/digits`: how many classes it sees,
    * `eval/confidence`: how sure it is of a picture's class, in the mean,
    * `eval/inception_score`: between 1 and the number of classes; high when every picture is
      clear *and* all classes come equally often (Salimans et al., 2016). Confidence alone is
      highest when the generator draws one picture again and again.

    Args:
        judge: Pictures to scores (N, classes).
        pictures: Shape (N, C, H, W).
    """
    chances = torch.cat([judge(part).softmax(1) for part in pictures.split(500)])
    confidence, classes = chances.max(1)
    share = chances.mean(0)
    distance = (chances * (chances.clamp_min(1e-12) / share.clamp_min(1e-12)).log()).sum(1)
    return {
        "eval/digits": classes.unique().numel() * torch.ones(()),
        "eval/confidence": confidence.mean(),
        "eval/inception_score": distance.mean().exp(),
    }
