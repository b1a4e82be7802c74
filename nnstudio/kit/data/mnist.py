"""Handwritten digits of 28 × 28 pixels: 5 000 of MNIST (LeCun, Cortes and Burges, 1998)."""

from pathlib import Path
from typing import Literal

from .reading import ReadError, read_arrays
from .splits import Data, first_of_each, random_split

FILES = ("mnist5k.npz",)
SHA256 = "f814240cf7e0d3cbaacc1a898905819a40ab46fb317a600d2a4b91a5c184c810"
TASK = "classification"
MEAN, DEVIATION = 0.1307, 0.3081  # of the pixels of MNIST


def read(
    path: Path | str,
    *,
    digits: Literal["all", "0 to 4", "5 to 9"] = "all",
    per_class: int | None = None,
    split_seed: int = 0,
    val_fraction: float = 0.2,
    scale: Literal["unit", "symmetric", "standard"] = "unit",
) -> Data:
    """Read grey pictures and their classes.

    Args:
        path: A `.npz` file with `x`, uint8 of shape (samples, height, width), and `y`, the class
            numbers from 0.
        digits: Which half of the classes is read; the first class of a half has the number 0.
        per_class: Pictures of each class to learn from, to see how few are enough; None for all
            (1 to 100000).
        split_seed: Decides which pictures are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).
        scale: Black and white as 0 and 1 (unit), as -1 and 1 (symmetric), or with the mean 0
            and the deviation 1 (standard).

    Returns:
        Pictures (N, 1, H, W) as float32 and classes (N,) as int64.

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
    classes = tuple(str(number) for number in range(int(y.max()) + 1))
    if digits != "all":
        part = slice(5) if digits == "0 to 4" else slice(5, 10)
        chosen = (y >= part.start) if part.start else (y < part.stop)
        x, y, classes = x[chosen], y[chosen].long() - (part.start or 0), classes[part]
        if len(y) < 2:
            raise ReadError(f"there are no pictures of the classes {digits}", where=str(path))
    pictures = x.float().unsqueeze(1) / 255  # (N, 1, 28, 28)
    if scale == "symmetric":
        pictures = pictures * 2 - 1
    elif scale == "standard":
        pictures = (pictures - MEAN) / DEVIATION
    train, val = random_split((pictures, y.long()), val_fraction, split_seed)
    if per_class is not None:
        train = first_of_each(train, per_class)
    return Data(train, val, TASK, classes)
