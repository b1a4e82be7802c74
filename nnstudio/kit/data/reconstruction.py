"""Handwritten digits as their own targets: to be put together again, also out of noise."""

from pathlib import Path

import torch
from torch import Tensor

from .reading import ReadError, read_arrays
from .splits import Data, Split, TensorSplit, random_split

FILES = ("mnist5k.npz",)
SHA256 = "f814240cf7e0d3cbaacc1a898905819a40ab46fb317a600d2a4b91a5c184c810"
TASK = "regression"


class NoisySplit(Split):
    """Pictures under noise that is drawn anew each time they are read; the target is clean.

    Args:
        pictures: Shape (samples, C, H, W).
        noise: The deviation of the noise.
    """

    def __init__(self, pictures: Tensor, noise: float):
        self.pictures, self.noise = pictures, noise

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: Tensor) -> tuple[Tensor, ...]:
        clean = self.pictures.index_select(0, index)
        return clean + self.noise * torch.randn_like(clean), clean

    def to(self, device: torch.device | str) -> "NoisySplit":
        """The same pictures on a device."""
        return NoisySplit(self.pictures.to(device), self.noise)

    @property
    def device(self) -> torch.device:
        """Where the pictures lie."""
        return self.pictures.device


def read(
    path: Path | str, *, noise: float = 0.0, split_seed: int = 0, val_fraction: float = 0.2
) -> Data:
    """Read grey pictures whose targets they are themselves.

    Two baselines are measured on the validation part: an answer that is the mean picture of the
    training part, as `baseline/mean_picture`, and, where there is noise, one that is the noisy
    picture itself, as `baseline/mse`.

    Args:
        path: A `.npz` file with `x`, uint8 of shape (samples, height, width).
        noise: The deviation of the Gaussian noise on the input; black is 0 and white 1. It is
            drawn anew for each training batch and stays the same in validation (0 to 2).
        split_seed: Decides which pictures are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Pictures (N, 1, H, W) from 0 to 1, under noise, and the same without it.

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    (x,) = read_arrays(path, ("x",), FILES[0], SHA256)
    if x.dim() != 3:
        raise ReadError(
            f"pictures of shape {tuple(x.shape)} do not fit",
            where=str(path),
            hint="x must be (samples, height, width)",
        )
    clean = x.float().unsqueeze(1) / 255  # (N, 1, H, W)
    parts = random_split((clean,), val_fraction, split_seed)
    train, val = (part.tensors[0] for part in parts)
    baselines = {"baseline/mean_picture": float((val - train.mean(0)).square().mean())}
    if noise == 0:
        return Data(TensorSplit(train, train), TensorSplit(val, val), TASK, baselines=baselines)
    generator = torch.Generator().manual_seed(split_seed)
    noisy = val + noise * torch.randn(val.shape, generator=generator)
    baselines["baseline/mse"] = float((val - noisy).square().mean())
    return Data(NoisySplit(train, noise), TensorSplit(noisy, val), TASK, baselines=baselines)
