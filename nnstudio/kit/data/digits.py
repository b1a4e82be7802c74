"""Handwritten digits of 8 × 8 pixels: 1 797 of the UCI repository (Alpaydin and Kaynak, 1998)."""

from pathlib import Path

from .reading import read_arrays
from .splits import Data, random_split

FILES = ("digits.npz",)
SHA256 = "6f801551877abf69fbf3711373bb642a18dc933430a3385cd6febc235225ea6f"
TASK = "classification"


def read(path: Path | str, *, split_seed: int = 0, val_fraction: float = 0.2) -> Data:
    """Read small grey pictures of digits and their classes.

    Args:
        path: The file `digits.npz`.
        split_seed: Decides which pictures are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Pictures (N, 1, 8, 8) with values from 0 to 1 and classes (N,) from 0 to 9.

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    x, y = read_arrays(path, ("x", "y"), FILES[0], SHA256)
    pictures = x.float().unsqueeze(1) / 16  # (N, 1, 8, 8); the brightest is 16
    train, val = random_split((pictures, y.long()), val_fraction, split_seed)
    return Data(train, val, TASK, tuple("0123456789"))
