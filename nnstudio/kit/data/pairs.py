"""Pairs of handwritten digits, to tell whether both show the same one."""

from pathlib import Path

import torch
from torch import Tensor

from .reading import ReadError, read_arrays
from .splits import Data, Split, random_split

FILES = ("mnist5k.npz",)
SHA256 = "f814240cf7e0d3cbaacc1a898905819a40ab46fb317a600d2a4b91a5c184c810"
TASK = "multilabel"
CLASSES = ("same",)


class PairSplit(Split):
    """Pairs of pictures; the target is 1 where both are of one class, else 0.

    A pair is read by one number, left · pictures + right. In an epoch each picture is once on the
    left, beside another one of its class or of any other, with a chance of one half each; over the
    epochs other pairs are seen.

    Args:
        pictures: Shape (samples, C, H, W).
        classes: Shape (samples,), at least two of them.
    """

    def __init__(self, pictures: Tensor, classes: Tensor):
        self.pictures, self.classes = pictures, classes

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: Tensor) -> tuple[Tensor, ...]:
        left, right = index // len(self), index % len(self)
        same = self.classes.index_select(0, left) == self.classes.index_select(0, right)
        pictures = self.pictures
        return (
            pictures.index_select(0, left),
            pictures.index_select(0, right),
            same.float()[:, None],
        )

    def order(self, generator: torch.Generator | None = None) -> Tensor:
        """The numbers of an epoch's pairs, shape (len,); without a generator the same each time."""
        generator = generator or torch.Generator().manual_seed(0)
        left = torch.randperm(len(self), generator=generator)
        return left * len(self) + self._partners(left, generator)

    def _partners(self, left: Tensor, generator: torch.Generator) -> Tensor:
        """A picture for each on the left: of its class or of another one."""
        own = self.classes.cpu()
        by_class = own.argsort(stable=True)  # the pictures, sorted by class
        count = own.bincount()
        first = count.cumsum(0) - count
        own = own[left]
        chance = torch.rand(len(left), generator=generator, dtype=torch.float64)
        same = torch.rand(len(left), generator=generator) < 0.5
        within = first[own] + (chance * count[own]).long()
        # Among the others: count on from the end of the own class, and begin again at the front.
        beyond = first[own] + count[own] + (chance * (len(self) - count[own])).long()
        return by_class[torch.where(same, within, beyond) % len(self)]

    def to(self, device: torch.device | str) -> "PairSplit":
        """The same pairs on a device."""
        return PairSplit(self.pictures.to(device), self.classes.to(device))

    @property
    def device(self) -> torch.device:
        """Where the pictures lie."""
        return self.pictures.device


def read(path: Path | str, *, split_seed: int = 0, val_fraction: float = 0.2) -> Data:
    """Read grey pictures and put them together in pairs.

    Args:
        path: A `.npz` file with `x`, uint8 of shape (samples, height, width), and `y`, the class
            numbers from 0.
        split_seed: Decides which pictures are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        The left pictures (N, 1, H, W) and the right ones, with the mean 0 and the deviation 1 over
        all pixels, and a target (N, 1): 1 for the same class, 0 for another one.

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    x, y = read_arrays(path, ("x", "y"), FILES[0], SHA256)
    if x.dim() != 3 or y.dim() != 1 or y.is_floating_point() or int(y.min()) < 0:
        raise ReadError(
            f"pictures of shape {tuple(x.shape)} and classes of shape {tuple(y.shape)} do not fit",
            where=str(path),
            hint="x must be (samples, height, width) and y (samples,) with class numbers from 0",
        )
    pictures = x.float().unsqueeze(1)  # (N, 1, H, W)
    pictures = (pictures - pictures.mean()) / pictures.std().clamp_min(1e-6)
    train, val = random_split((pictures, y.long()), val_fraction, split_seed)
    if min(len(part.tensors[1].unique()) for part in (train, val)) < 2:
        raise ReadError("pairs need pictures of two classes or more", where=str(path))
    return Data(PairSplit(*train.tensors), PairSplit(*val.tensors), TASK, CLASSES)
