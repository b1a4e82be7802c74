"""Silhouettes of ten animals, 28 × 28 pixels: few pictures of things that no digit looks like."""

from pathlib import Path

from .reading import ReadError, read_arrays
from .splits import Data, first_of_each, random_split

FILES = ("animals.npz",)
SHA256 = "c862a81296662516d8fcdd28b57cec872961a371bb115e0c7b1094bc7eaf9ae7"
TASK = "classification"
CLASSES = (
    "bear", "bird", "cat", "cow", "dog", "elephant", "giraffe", "horse", "sheep", "zebra",
)  # fmt: skip


def read(
    path: Path | str,
    *,
    per_class: int | None = None,
    split_seed: int = 0,
    val_fraction: float = 0.8,
) -> Data:
    """Read grey pictures of animals.

    Args:
        path: The file `animals.npz`, or one like it: `x`, uint8 of shape (samples, height, width),
            and `y`, the class numbers from 0 to 9.
        per_class: Pictures of each animal to learn from, to see how few are enough; None for all
            (1 to 1000).
        split_seed: Decides which pictures are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.99).

    Returns:
        Pictures (N, 1, H, W) from 0 to 1 and classes (N,) from 0 to 9.

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    x, y = read_arrays(path, ("x", "y"), FILES[0], SHA256)
    fits = x.dim() == 3 and y.dim() == 1 and not y.is_floating_point()
    if not fits or int(y.min()) < 0 or int(y.max()) >= len(CLASSES):
        raise ReadError(
            f"pictures of shape {tuple(x.shape)} and classes of shape {tuple(y.shape)} do not fit",
            where=str(path),
            hint="x must be (samples, height, width) and y (samples,) with numbers from 0 to 9",
        )
    pictures = x.float().unsqueeze(1) / 255  # (N, 1, 28, 28)
    train, val = random_split((pictures, y.long()), val_fraction, split_seed)
    if per_class is not None:
        train = first_of_each(train, per_class)
    return Data(train, val, TASK, CLASSES)
