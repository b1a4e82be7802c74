"""Handwritten digits to draw like: the pictures of MNIST without a target, and a judge.

The judge looks at what a generator draws, so that its progress can be measured.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from ..evaluate import judge as judges
from .reading import ReadError, read_arrays
from .splits import Data, random_split

FILES = ("mnist5k.npz", "digit_judge.safetensors")
SHA256 = "f814240cf7e0d3cbaacc1a898905819a40ab46fb317a600d2a4b91a5c184c810"
TASK = "images"
SIDE = 28  # the judge knows pictures of this size


@dataclass(frozen=True)
class Images(Data):
    """Pictures from -1 (black) to 1 (white), and who judges others like them.

    Attributes:
        judge: Pictures to scores of the classes; None where there is none.
    """

    judge: nn.Module | None = None

    def to(self, device: torch.device | str) -> "Images":
        """The same pictures and their judge on a device."""
        judge = self.judge.to(device) if self.judge is not None else None
        train, val = self.train.to(device), self.val.to(device)
        return replace(self, train=train, val=val, judge=judge)


def read(path: Path | str, *, split_seed: int = 0, val_fraction: float = 0.2) -> Images:
    """Read grey pictures to draw like.

    Args:
        path: A `.npz` file with `x`, uint8 of shape (samples, height, width), and `y`, the class
            numbers from 0. The judge's weights are looked for beside it.
        split_seed: Decides which pictures are kept aside (>= 0).
        val_fraction: The part that is kept aside (0.01 to 0.9).

    Returns:
        Pictures (N, 1, H, W) as float32 from -1 to 1; classes (N,) as int64 stand as the target.

    Raises:
        ReadError: A file is missing, damaged or holds something else.
    """
    x, y = read_arrays(path, ("x", "y"), FILES[0], SHA256)
    if x.dim() != 3 or y.dim() != 1 or y.is_floating_point() or int(y.min()) < 0:
        raise ReadError(
            f"pictures of shape {tuple(x.shape)} and classes of shape {tuple(y.shape)} do not fit",
            where=str(path),
            hint="x must be (samples, height, width) and y (samples,) with class numbers from 0",
        )
    pictures = x.float().unsqueeze(1) / 127.5 - 1  # (N, 1, H, W)
    train, val = random_split((pictures, y.long()), val_fraction, split_seed)
    classes = tuple(str(number) for number in range(int(y.max()) + 1))
    weights = Path(path).with_name(judges.FILE)
    known = weights.exists() and tuple(x.shape[1:]) == (SIDE, SIDE)
    judge = judges.load(weights, black=-1.0) if known else None
    notes = () if known else (f"No {judges.FILE} beside it: the pictures drawn are not judged.",)
    return Images(train, val, TASK, classes, notes=notes, judge=judge)
