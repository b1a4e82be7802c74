"""Lengths and widths of the flowers of three kinds of iris (Fisher, 1936)."""

from pathlib import Path

from .reading import read_arrays
from .splits import Data, TensorSplit, random_split

FILES = ("iris.npz",)
SHA256 = "47446607e2833dbc8f1c502d5a2f762d061dd9b960b09ea2992ec249673f9a71"
TASK = "classification"
CLASSES = ("setosa", "versicolor", "virginica")
FEATURES = ("sepal length", "sepal width", "petal length", "petal width")  # in cm


def read(path: Path | str, *, split_seed: int = 0, val_fraction: float = 0.2) -> Data:
    """Read the measures of 150 flowers and their kinds.

    Args:
        path: The file `iris.npz`.
        split_seed: Decides which flowers are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Measures (N, 4) with the mean 0 and the deviation 1 over the training part, and
        classes (N,) from 0 to 2.

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    x, y = read_arrays(path, ("x", "y"), FILES[0], SHA256)
    train, val = random_split((x.float(), y.long()), val_fraction, split_seed)
    mean, deviation = train.tensors[0].mean(0), train.tensors[0].std(0)
    scaled = [TensorSplit((s.tensors[0] - mean) / deviation, s.tensors[1]) for s in (train, val)]
    pairs = zip(mean.tolist(), deviation.tolist(), strict=True)
    scales = dict(zip(FEATURES, pairs, strict=True))
    return Data(scaled[0], scaled[1], TASK, CLASSES, FEATURES, scales=scales)
