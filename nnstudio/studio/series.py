"""Numbers that come step by step, without end, and are drawn at any zoom without losing a spike.

Beside the values stands a pyramid: the smallest and largest of 8, of 64, of 512 values, and so on,
anchored at absolute positions, so that a bin never changes once it is full. A view of any range
then costs what is drawn of it and not what lies in it, and its extremes are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnstudio.studio.smoothing import Smoother, span_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    from nnstudio.studio import arrays as np

FACTOR = 8
_FAR = 1 << 62
_DIRECT = 64
"""Values of which the extremes are taken without the pyramid."""


@dataclass(frozen=True, slots=True)
class Bins:
    """A range of a series in pieces of equal length.

    Attributes:
        stride: Values in a piece; the first and the last may hold fewer. 1 means the values
            themselves.
        first: The position of the first value of each piece.
        last: The position of the last value of each piece.
        low: The smallest value of each piece; NaN where none is a number.
        high: The largest.
    """

    stride: int
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]


class Series:
    """Values by step; the steps grow.

    Attributes:
        name: Of the metric.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._steps = np.empty(_DIRECT, np.int64)
        self._values = np.empty(_DIRECT, np.float32)
        self._count = 0
        self._levels: list[_Level] = []
        self._smoother: Smoother | None = None
        self._smooth = np.empty(0, np.float32)
        self._smoothed = 0

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of each value; a view, to be read only."""
        return self._steps[: self._count]

    @property
    def values(self) -> NDArray[np.float32]:
        """All values; a view, to be read only."""
        return self._values[: self._count]

    @property
    def last(self) -> float:
        """The last value; NaN when there is none."""
        return float(self._values[self._count - 1]) if self._count else float("nan")

    def append(self, step: int, value: float) -> None:
        """Add one value."""
        count = self._count
        if count == len(self._values):
            self._grow(count + 1)
        self._steps[count] = step
        self._values[count] = value
        self._count = count + 1

    def extend(
        self, steps: Sequence[int] | NDArray[Any], values: Sequence[float] | NDArray[Any]
    ) -> None:
        """Add values; an `array.array` is read as it lies in memory."""
        start, end = self._count, self._count + len(values)
        if end > len(self._values):
            self._grow(end)
        self._steps[start:end] = np.asarray(steps)
        with np.errstate(over="ignore"):  # what is too large for float32 is infinite
            self._values[start:end] = np.asarray(values)
        self._count = end

    def cut(self, step: int) -> None:
        """Forget what came after a step: a run that went back to a checkpoint tells it again."""
        count = int(np.searchsorted(self.steps, step, side="right"))
        if count == self._count:
            return
        self._count = count
        for number, level in enumerate(self._levels, 1):
            level.count = min(level.count, count // FACTOR**number)
        self._smoother, self._smoothed = None, 0

    def find(self, step: float) -> int:
        """Return the position of the first value at or after a step."""
        return int(np.searchsorted(self.steps, _whole(step), side="left"))

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Return the positions (first, one after the last) of the steps from `start` to `end`."""
        last = math.floor(end) if math.isfinite(end) else end
        return self.find(start), int(np.searchsorted(self.steps, _whole(last), side="right"))

    def at(self, steps: Any) -> NDArray[np.float64]:
        """Return the values at any steps, on straight lines between those that are known."""
        if not self._count:
            return np.zeros(np.shape(steps))
        found: NDArray[np.float64] = np.interp(steps, self.steps, self.values)
        return found

    def where(self, value: float) -> float:
        """Return the step at which values that never fall reach one: the inverse of `at`."""
        return float(np.interp(value, self.values, self.steps)) if self._count else 0.0

    def extremes(self, start: int, end: int) -> tuple[float, float]:
        """Return the smallest and the largest value of a range of positions; NaN when it is empty.

        Values that are no numbers are passed over.
        """
        self._catch_up()
        return self._extremes(max(0, start), min(end, self._count), 0)

    def bins(self, start: int, end: int, most: int) -> Bins:
        """Return a range of positions in at most `most` pieces (and one more at its end).

        Pieces begin at multiples of their length, so that they stay as they are while the series
        grows or the range moves.
        """
        start, end = max(0, start), min(end, self._count)
        stride = 1
        while (end - start) / stride > most:
            stride *= 2
        if stride == 1 or start >= end:
            here = np.arange(start, max(start, end))
            values = self._values[start : max(start, end)]
            return Bins(1, here, here, values, values)
        self._catch_up()
        return self._in_pieces(start, end, stride)

    def smooth(self, span: float | None = None) -> NDArray[np.float32]:
        """Return all values smoothed; a view, to be read only.

        Args:
            span: The memory in steps; None takes what suits the number of values.
        """
        wanted = span_for(self._count) if span is None else span
        if self._smoother is None or self._smoother.span != wanted:
            self._smoother, self._smoothed = Smoother(wanted), 0
        if self._smoothed < self._count:
            if len(self._smooth) < self._count:
                room = np.empty(len(self._values), np.float32)
                room[: self._smoothed] = self._smooth[: self._smoothed]
                self._smooth = room
            fresh = self._values[self._smoothed : self._count]
            self._smooth[self._smoothed : self._count] = self._smoother.extend(fresh)
            self._smoothed = self._count
        return self._smooth[: self._count]

    def _grow(self, least: int) -> None:
        room = max(least, 2 * len(self._values))
        self._steps = _larger(self._steps, room)
        self._values = _larger(self._values, room)

    def _catch_up(self) -> None:
        """Fill the pyramid with what came since it was used last."""
        low = high = self._values
        count, number = self._count, 0
        while count >= FACTOR:
            if number == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[number]
            level.fill(low, high, count // FACTOR)
            low, high, count, number = level.low, level.high, level.count, number + 1

    def _level(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if not number:
            return self._values, self._values
        level = self._levels[number - 1]
        return level.low, level.high

    def _extremes(self, start: int, end: int, number: int) -> tuple[float, float]:
        low, high = self._level(number)
        if end - start <= _DIRECT:
            if end <= start:
                return float("nan"), float("nan")
            return float(np.fmin.reduce(low[start:end])), float(np.fmax.reduce(high[start:end]))
        first, last = -(-start // FACTOR), end // FACTOR
        parts = [
            self._extremes(start, first * FACTOR, number),
            self._extremes(first, last, number + 1),
            self._extremes(last * FACTOR, end, number),
        ]
        lows, highs = zip(*parts, strict=True)
        return float(np.fmin.reduce(lows)), float(np.fmax.reduce(highs))

    def _in_pieces(self, start: int, end: int, stride: int) -> Bins:
        first, last = -(-start // stride), end // stride  # pieces that lie inside as a whole
        edges = np.arange(first, last + 1) * stride if last >= first else np.array([start])
        number, size = _level_of(stride) if last > first else (0, 1)
        low, high = self._level(number)
        many = stride // size
        here = slice(first * many, max(first, last) * many)
        lows = [np.fmin.reduce(low[here].reshape(-1, many), axis=1)]
        highs = [np.fmax.reduce(high[here].reshape(-1, many), axis=1)]
        starts, ends = [edges[:-1]], [edges[1:]]
        head = (start, min(end, first * stride))
        tail = (max(start, last * stride), end) if last >= first else (end, end)
        for part, where in ((head, 0), (tail, len(lows) + 1)):
            if part[0] < part[1]:
                small, large = self._extremes(*part, 0)
                lows.insert(where, np.array([small], np.float32))
                highs.insert(where, np.array([large], np.float32))
                starts.insert(where, np.array([part[0]]))
                ends.insert(where, np.array([part[1]]))
        join = np.concatenate
        return Bins(stride, join(starts), join(ends) - 1, join(lows), join(highs))


class _Level:
    """One storey of the pyramid: the extremes of every 8 values below, as far as they are full."""

    def __init__(self) -> None:
        self.low = np.empty(_DIRECT, np.float32)
        self.high = np.empty(_DIRECT, np.float32)
        self.count = 0

    def fill(self, low: NDArray[np.float32], high: NDArray[np.float32], count: int) -> None:
        done = self.count
        if count <= done:
            return
        if count > len(self.low):
            room = max(count, 2 * len(self.low))
            self.low, self.high = _larger(self.low, room), _larger(self.high, room)
        part = slice(done * FACTOR, count * FACTOR)
        self.low[done:count] = np.fmin.reduce(low[part].reshape(-1, FACTOR), axis=1)
        self.high[done:count] = np.fmax.reduce(high[part].reshape(-1, FACTOR), axis=1)
        self.count = count


def _whole(step: float) -> int:
    """A whole step: with a float numpy would turn all the steps into floats first."""
    return math.ceil(max(-_FAR, min(_FAR, step)))


def _level_of(stride: int) -> tuple[int, int]:
    """The highest storey whose pieces are no longer than a stride, and their length."""
    number, size = 0, 1
    while size * FACTOR <= stride:
        number, size = number + 1, size * FACTOR
    return number, size


def _larger(old: Any, room: int) -> Any:
    new = np.empty(room, old.dtype)
    new[: len(old)] = old
    return new
