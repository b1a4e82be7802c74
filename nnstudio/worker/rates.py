"""The learning rates of a run, step by step: no more of them than a curve needs."""

from __future__ import annotations

from typing import Any, NamedTuple

MOST = 32
"""Steps that are kept between two tellings; when there are more, every other one goes."""

JUMP = 0.2
"""A change by more than this part of the rate is no step of a curve but a corner of it."""


class Row(NamedTuple):
    """The rates of a step; a corner is kept when others go."""

    step: int
    rates: dict[str, float]
    corner: bool


class Rates:
    """Notes the rate of every optimizer after each step: `generator_optimizer` has `generator_lr`.

    A rate that stays as it is takes one step only; before a change the last step with the old
    rate is kept, too, so that a fall is drawn as one.

    Attributes:
        latest: The rates of the last step, by name.
    """

    def __init__(self) -> None:
        self.latest: dict[str, float] = {}
        self._objects: dict[str, Any] | None = None
        self._solvers: dict[str, Any] = {}
        self._rows: list[Row] = []
        self._step = 0
        self._still = False
        self._stride = self._moves = 0

    def note(self, step: int, objects: dict[str, Any]) -> None:
        """Look at the optimizers after a step."""
        if objects is not self._objects:
            self._objects, self._solvers = objects, _solvers(objects)
        # A resumed optimizer has other groups, so that they are asked for each time.
        now = {name: float(one.param_groups[0]["lr"]) for name, one in self._solvers.items()}
        last, before, self._step, self.latest = self._step, self.latest, step, now
        if not step:
            return
        if last and now == before:
            self._still = True
            return
        corner = bool(last) and (self._still or _jumps(before, now))
        if corner:
            self._keep(Row(last, before, True))
        self._moves += 1
        if corner or not last or self._moves >= self._stride:
            self._keep(Row(step, now, corner))
        self._still = False

    def take(self) -> dict[str, list[list[float]]]:
        """Return what was kept since the last time, as (step, rate) by name."""
        rows, self._rows, self._stride = self._rows, [], 1
        return {name: [[row.step, row.rates[name]] for row in rows] for name in self.latest}

    def _keep(self, row: Row) -> None:
        if self._rows and self._rows[-1].step >= row.step:
            return
        self._rows.append(row)
        self._moves = 0
        if len(self._rows) > MOST:
            kept = [one for place, one in enumerate(self._rows) if place % 2 == 0 or one.corner]
            self._rows = kept if len(kept) <= MOST else self._rows[::2]
            self._stride = max(1, 2 * self._stride)


def _solvers(objects: dict[str, Any]) -> dict[str, Any]:
    found = {name: thing for name, thing in objects.items() if getattr(thing, "param_groups", None)}
    return {name.replace("optimizer", "lr"): thing for name, thing in found.items()}


def _jumps(before: dict[str, float], now: dict[str, float]) -> bool:
    pairs = ((before[name], rate) for name, rate in now.items() if name in before)
    return any(abs(new - old) > JUMP * max(abs(new), abs(old)) for old, new in pairs)
