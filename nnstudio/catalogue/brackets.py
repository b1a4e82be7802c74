"""What stands between the brackets of `x[:, 1:5, ..., -1]`, as a text: read, applied, written.

Whole numbers take one entry and the dim away, slices take a stretch, `...` stands for all dims that
are not named, `None` adds a dim of size 1. Nothing else is taken: the text is a user's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import EllipsisType
from typing import NamedTuple, TypeAlias

from nnstudio.catalogue.faults import ShapeError
from nnstudio.graph.dims import Dim, Shape, floor_divide, show

LONGEST = 200
"""So many characters of a text are read."""

_NUMBER = re.compile(r"-?\d{1,9}\Z", re.ASCII)


class Stretch(NamedTuple):
    """A slice; None where nothing is written."""

    start: int | None
    stop: int | None
    step: int | None


Entry: TypeAlias = "int | Stretch | EllipsisType | None"


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Entry, ...]:
    """Return the entries of an index.

    Raises:
        ShapeError: It is none.
    """
    if len(text) > LONGEST:
        raise _unreadable(text[:LONGEST])
    found = tuple(_entry(text, part.strip()) for part in text.strip().removesuffix(",").split(","))
    if sum(entry is ... for entry in found) > 1:
        raise _unreadable(text)
    return found


def taken(text: str, shape: Shape) -> Shape:
    """Return the shape that an index leaves of another one.

    Raises:
        ShapeError: The text is no index, names more dims than there are, or reaches beyond an end.
    """
    entries = read(text)
    named = sum(entry is not None and entry is not ... for entry in entries)
    rest = len(shape) - named
    if rest < 0:
        raise ShapeError("shape.brackets_rank", index=text, count=named, rank=len(shape))
    if ... not in entries:
        entries = (*entries, ...)
    made: list[Dim] = []
    place = 0
    for entry in entries:
        if entry is None:
            made.append(1)
        elif entry is ...:
            made += shape[place : place + rest]
            place += rest
        else:
            if isinstance(entry, Stretch):
                made.append(_length(entry, shape[place]))
            else:
                _within(entry, shape[place])
            place += 1
    return tuple(made)


def written(text: str) -> str:
    """Return the index as Python writes it."""
    return ", ".join(map(_shown, read(text)))


def _entry(text: str, part: str) -> Entry:
    if part in ("...", "None"):
        return ... if part == "..." else None
    if _NUMBER.match(part):
        return int(part)
    ends = [end.strip() for end in part.split(":")]
    if not 2 <= len(ends) <= 3 or not all(end == "" or _NUMBER.match(end) for end in ends):
        raise _unreadable(text)
    start, stop, step = (int(end) if end else None for end in (*ends, "")[:3])
    if step is not None and step < 1:
        raise _unreadable(text)
    return Stretch(start, stop, step)


def _length(stretch: Stretch, size: Dim) -> Dim:
    begin = 0 if stretch.start is None else _place(stretch.start, size)
    end = size if stretch.stop is None else _place(stretch.stop, size)
    step = stretch.step or 1
    return floor_divide(end - begin + (step - 1), step)


def _place(end: int, size: Dim) -> Dim:
    """Return where a stretch starts or ends; refuse what Python would silently cut off."""
    if type(size) is int and not -size <= end <= size:
        raise ShapeError("shape.index", index=end, size=show(size))
    return end if end >= 0 else size + end


def _within(index: int, size: Dim) -> None:
    if type(size) is int and not -size <= index < size:
        raise ShapeError("shape.index", index=index, size=show(size))


def _shown(entry: Entry) -> str:
    if entry is ...:
        return "..."
    if not isinstance(entry, Stretch):
        return str(entry)
    start, stop, step = ("" if end is None else str(end) for end in entry)
    return f"{start}:{stop}:{step}" if step not in ("", "1") else f"{start}:{stop}"


def _unreadable(text: str) -> ShapeError:
    return ShapeError("shape.brackets", index=text)
