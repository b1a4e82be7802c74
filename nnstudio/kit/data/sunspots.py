"""Sunspots of each year since 1700, to be foretold from the years before (public domain)."""

import csv
from pathlib import Path

import torch
from torch import Tensor

from .reading import ReadError, read_text
from .splits import Data, TensorSplit

FILES = ("sunspots.csv",)
SHA256 = "f67889b1d9002cd5227f0e0ef54e35b419cdd85a31279adef6f73fb41e5c0a9b"
TASK = "regression"


def read(path: Path | str, *, window: int = 12, val_fraction: float = 0.2) -> Data:
    """Read a series and cut it into windows, each with the value that follows it.

    The last part in time is kept for validation. Two baselines are measured there: persistence,
    which foretells no change, as `baseline/mse`, and the linear model of the nine years before,
    fitted by least squares, as `baseline/ar9`.

    Args:
        path: A table with a year and a number in each line, below one line of headings.
        window: Years that are seen before each forecast (1 to 100).
        val_fraction: The part in time that is kept for validation (0.01 to 0.9).

    Returns:
        Windows (N, window, 1) and the values that follow (N, 1), with the mean 0 and the
        deviation 1 over the training part.

    Raises:
        ReadError: The file is missing, damaged or holds something else.
    """
    series = _series(path)  # (L,)
    cut = round(len(series) * (1 - val_fraction))
    if min(cut, len(series) - cut) < 2 or cut <= max(window, 9) + 1:
        raise ReadError(
            f"{len(series)} values are too few for windows of {window}",
            where=str(path),
            hint="choose a shorter window",
        )
    mean, deviation = series[:cut].mean(), series[:cut].std()
    series = ((series - mean) / deviation).float()
    x, y = windows(series, window)
    first = cut - window  # the first window whose target lies in the validation part
    train = TensorSplit(x[:first].unsqueeze(-1), y[:first].unsqueeze(-1))
    val = TensorSplit(x[first:].unsqueeze(-1), y[first:].unsqueeze(-1))
    baselines = {
        "baseline/mse": float((series[cut:] - series[cut - 1 : -1]).square().mean()),
        "baseline/ar9": linear_error(series, 9, cut),
    }
    scales = {"sunspots": (float(mean), float(deviation))}
    return Data(train, val, TASK, baselines=baselines, scales=scales)


def windows(series: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """All windows (L - length, length) of a series (L,), and the values that follow them."""
    return series.unfold(0, length, 1)[:-1].contiguous(), series[length:]


def linear_error(series: Tensor, order: int, cut: int) -> float:
    """The mean squared error after `cut` of a linear forecast fitted before it."""
    x, y = windows(series.double(), order)
    x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)  # with a constant term
    weights = torch.linalg.lstsq(x[: cut - order], y[: cut - order].unsqueeze(1)).solution
    error = x[cut - order :] @ weights - y[cut - order :].unsqueeze(1)
    return float(error.square().mean())


def _series(path: Path | str) -> Tensor:
    rows = list(csv.reader(read_text(path, FILES[0], SHA256).splitlines()))
    values = []
    for line, row in enumerate(rows[1:], start=2):
        try:
            values.append(float(row[1]))
        except (IndexError, ValueError) as error:
            raise ReadError(
                "there is no number in the second column",
                where=f"{path}, line {line}",
                hint="each line holds a year and a number, as in 1700,5",
            ) from error
    return torch.tensor(values, dtype=torch.float64)
