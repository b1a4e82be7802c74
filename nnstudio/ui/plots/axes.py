"""Axes: where a value stands, which values get a line, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nnstudio.studio import arrays as np

LEAST = 1e-12
"""What a logarithmic axis takes the place of zero for."""

_LONGEST = 6
"""So many signs have room beside an axis; longer values are written with a power of ten."""

_UNITS = ((1e6, 1e6, " M"), (1e4, 1e3, " k"))
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values along a line.

    Attributes:
        low: The value at its beginning.
        high: The value at its end.
        log: Whether equal distances are equal ratios.
    """

    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def place(self, values: Any) -> Any:
        """Return where values stand, 0 at the beginning and 1 at the end; an array."""
        if not self.log:
            return (values - self.low) / (self.high - self.low)
        low, high = self._logs()
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log10(np.where(np.asarray(values) > 0, values, np.nan))
        return (logs - low) / (high - low)

    def value(self, place: float) -> float:
        """Return the value at a place: the inverse of `place`."""
        if not self.log:
            return self.low + place * (self.high - self.low)
        low, high = self._logs()
        return float(10.0 ** (low + place * (high - low)))

    def moved(self, by: float) -> Axis:
        """Return the axis moved by a part of its length."""
        return Axis(self.value(by), self.value(1.0 + by), self.log)

    def zoomed(self, factor: float, around: float) -> Axis:
        """Return the axis with its length multiplied; a place of it stays where it is."""
        low, high = around - around * factor, around + (1.0 - around) * factor
        if abs(high - low) < 1e-9:
            return self
        return Axis(self.value(low), self.value(high), self.log)

    def ticks(self, most: int) -> list[float]:
        """Return round values along the axis, about `most` of them at most."""
        if self.log:
            return _log_ticks(self.low, self.high, most)
        step = round_step((self.high - self.low) / max(1, most))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    def _logs(self) -> tuple[float, float]:
        low = math.log10(max(self.low, LEAST))
        return low, max(low + 1e-9, math.log10(max(self.high, LEAST)))


def round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, … times a power of ten that is not below `least`."""
    if least <= 0 or not math.isfinite(least):
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def round_end(value: float) -> float:
    """Return a round value a little above, so that an axis grows in jumps and not all the time."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    finer = 20 if value < 2 * power else 10 if value < 5 * power else 5
    return math.ceil(value / power * finer * (1 - 1e-9)) / finer * power


def number(value: float) -> str:
    """Return a value as it is read: `0.0123`, `96.4`, `12 400`, `3.1e-05`."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    size = abs(value)
    if size and (size < 1e-3 or size >= 1e7):
        return f"{value:.2e}".replace("-", "−", 1) if value < 0 else f"{value:.2e}"
    if size >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    digits = 4 if size < 1 else 3 if size < 10 else 2 if size < 100 else 1
    return f"{value:.{digits}f}"


def percent(value: float) -> str:
    """Return a part of one in percent: `96.4 %`."""
    return f"{100 * value:.1f} %" if math.isfinite(value) else "not a number"


def labels(ticks: list[float], log: bool = False) -> list[str]:
    """Return what stands at round values: as many digits as tell them apart, and no more."""
    if log:
        return [_power(tick) for tick in ticks]
    step = min((abs(b - a) for a, b in pairwise(ticks)), default=1.0)
    size = max(map(abs, ticks), default=0.0)
    unit, letter = next(((u, name) for least, u, name in _UNITS if size >= least), (1.0, ""))
    texts = [_plain(tick / unit, step / unit) + (letter if tick else "") for tick in ticks]
    if size and max(map(len, texts)) > _LONGEST + bool(letter):
        power = math.floor(math.log10(size))
        unit = 10.0**power
        return [f"{_plain(tick / unit, step / unit)}e{power}" if tick else "0" for tick in ticks]
    return texts


def hours(ticks: list[float]) -> list[str]:
    """Return seconds as they are read on a clock: `45 s`, `1:30`, `2:05:00`."""
    return [clock(tick) for tick in ticks]


def clock(seconds: float) -> str:
    """Return seconds as they are read on a clock."""
    if seconds < 60:
        return f"{seconds:g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


Labels = Callable[[list[float]], list[str]]


def _plain(value: float, step: float) -> str:
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    text = f"{value:.{min(digits, 9)}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def _power(value: float) -> str:
    if 1e-3 <= value < 1e4:
        return f"{value:g}"
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    low, high = max(low, LEAST), max(high, LEAST * 10)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, -(-(last - first) // max(1, most)))
    inside = (1.0, 2.0, 5.0) if (last - first) * 3 <= most + 2 else (1.0,)
    found = [m * 10.0**power for power in range(first, last + 1, every) for m in inside]
    return [tick for tick in found if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
