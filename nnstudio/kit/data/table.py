"""A table of numbers with a column to foretell, from a CSV file."""

import csv
import math
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from .reading import ReadError, read_text
from .splits import Data, TensorSplit, random_split

FILES = ()
TASK = "classification"
LARGEST = 1e100  # the square of a larger one may not be finite

Rows = list[tuple[int, list[str]]]  # the number of a line in the file, and its cells


def read(
    path: Path | str,
    *,
    target: str = "",
    task: Literal["classification", "regression"] = "classification",
    columns: str = "",
    split_seed: int = 0,
    val_fraction: float = 0.2,
) -> Data:
    """Read a table whose first line names the columns; commas, semicolons or tabs divide it.

    Args:
        path: The file, in UTF-8.
        target: The column to foretell; empty takes the last.
        task: Whether the target is a class, which may be text, or a number.
        columns: The columns to foretell from, divided by commas; empty takes all others.
        split_seed: Decides which lines are kept for validation (>= 0).
        val_fraction: The part that is kept for validation (0.01 to 0.9).

    Returns:
        Numbers (N, columns), and classes (N,) as int64 or numbers (N, 1). Numbers have the mean
        0 and the deviation 1 over the training part. `baseline/accuracy` is that of the most
        frequent class, `baseline/mse` that of the mean.

    Raises:
        ReadError: With the line and the column of the first fault.
    """
    names, rows = parse(path)
    goal = target or names[-1]
    chosen = [name.strip() for name in columns.split(",")] if columns else []
    features = chosen or [name for name in names if name != goal]
    _check_columns(path, names, [goal, *features])
    columns_read = [numbers(path, names, rows, name) for name in features]
    x = torch.tensor(columns_read, dtype=torch.float64).T  # (N, columns)
    if task == "regression":
        classes: tuple[str, ...] = ()
        column = numbers(path, names, rows, goal)
        y = torch.tensor(column, dtype=torch.float64).unsqueeze(1)  # (N, 1)
    else:
        classes, y = _classes(path, names, rows, goal)  # (N,)
    train, val = random_split((x, y), val_fraction, split_seed)
    return _scaled(train, val, task, classes, features, goal)


def parse(path: Path | str) -> tuple[list[str], Rows]:
    """The names of the columns and the lines of a table, all of the same length.

    Raises:
        ReadError: With the line of the first fault.
    """
    lines = read_text(path).split("\n")
    if not any(line.strip() for line in lines):
        raise ReadError("the file is empty", where=str(path), hint="choose another file")
    mark = max(",;\t", key=lines[0].count)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    rows: Rows = []
    try:
        rows.extend((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        place = f"{path}, line {reader.line_num}"
        raise ReadError(str(error), where=place, hint="look at the quotes there") from error
    (_, names), rows = rows[0], rows[1:]
    names = [name.strip() for name in names]
    for line, row in rows:
        if len(row) != len(names):
            raise ReadError(
                f"there are {len(row)} cells where the first line has {len(names)}",
                where=f"{path}, line {line}",
                hint="give every line the same number of cells, divided in the same way",
            )
    if len(rows) < 4:
        raise ReadError(
            f"{len(rows)} lines below the headings are too few",
            where=str(path),
            hint="at least 4 are needed to learn and to check",
        )
    return names, rows


def numbers(path: Path | str, names: list[str], rows: Rows, column: str) -> list[float]:
    """The numbers of a column.

    Raises:
        ReadError: With the line of the first cell that is none.
    """
    place = names.index(column)
    values = []
    for line, row in rows:
        try:
            value = float(row[place])
        except ValueError:
            value = math.nan
        if not abs(value) <= LARGEST:  # also true for NaN
            cell = row[place].strip()
            wrong = "is too large" if math.isfinite(value) else "is not a number"
            raise ReadError(
                f"{cell!r} {wrong}" if cell else "the cell is empty",
                where=f"{path}, line {line}, column {column!r}",
                hint="mend the cell, or leave out the line or the column",
            )
        values.append(value)
    return values


def _check_columns(path: Path | str, names: list[str], wanted: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        hint = "give each column a name of its own"
        raise ReadError(f"two columns are called {twice[0]!r}", where=f"{path}, line 1", hint=hint)
    hint = f"the columns are {', '.join(names)}"
    for name in wanted:
        if name not in names:
            raise ReadError(f"there is no column {name!r}", where=f"{path}, line 1", hint=hint)
    if len(wanted) < 2 or wanted[0] in wanted[1:]:
        message = "no column is left to foretell from beside the target"
        raise ReadError(message, where=f"{path}, line 1", hint=hint)


def _classes(
    path: Path | str, names: list[str], rows: Rows, goal: str
) -> tuple[tuple[str, ...], Tensor]:
    """The names of the classes, in order, and the number of each line's class."""
    place = names.index(goal)
    cells = [row[place].strip() for _, row in rows]
    if "" in cells:
        raise ReadError(
            "the cell is empty",
            where=f"{path}, line {rows[cells.index('')][0]}, column {goal!r}",
            hint="mend the cell or leave out the line",
        )
    classes = sorted(set(cells), key=_by_number)
    if len(classes) < 2:
        raise ReadError(
            f"every line has the same class, {classes[0]!r}",
            where=f"{path}, column {goal!r}",
            hint="choose another target column",
        )
    number = {name: n for n, name in enumerate(classes)}
    return tuple(classes), torch.tensor([number[cell] for cell in cells])


def _by_number(cell: str) -> tuple[float, str]:
    """Sorts 2 before 10, and words after all numbers."""
    try:
        return float(cell), cell
    except ValueError:
        return math.inf, cell


def _scaled(
    train: TensorSplit, val: TensorSplit, task: str, classes: tuple[str, ...],
    features: list[str], goal: str,
) -> Data:  # fmt: skip
    """Mean 0 and deviation 1 over the training part, and what a simple method reaches."""
    names = [*features, goal] if task == "regression" else features
    scales: dict[str, tuple[float, float]] = {}
    parts = [list(train.tensors), list(val.tensors)]
    for n in range(2 if task == "regression" else 1):
        mean, deviation = train.tensors[n].mean(0), train.tensors[n].std(0)
        deviation = torch.where(deviation > 0, deviation, 1.0)  # a column that never changes
        for part in parts:
            part[n] = ((part[n] - mean) / deviation).float()
        pairs = zip(mean.tolist(), deviation.tolist(), strict=True)
        scales.update(zip(names[n * len(features) :], pairs, strict=False))
    y, truth = parts[0][1], parts[1][1]
    if task == "regression":
        baselines = {"baseline/mse": float(truth.square().mean())}
    else:
        baselines = {"baseline/accuracy": float((truth == y.mode().values).float().mean())}
    return Data(
        TensorSplit(*parts[0]), TensorSplit(*parts[1]), task, classes, tuple(features),
        baselines=baselines, scales=scales,
    )  # fmt: skip
