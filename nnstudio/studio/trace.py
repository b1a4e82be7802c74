"""All that a run told in numbers: its metrics by step, its marks, its gradients.

It is filled from events while the run goes on, and from the run folder for one that is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nnstudio.engine.events import (
    EpochEnded,
    Event,
    Metrics,
    Note,
    RunStarted,
    Telemetry,
    Vitals,
)
from nnstudio.studio.series import Series

By = Literal["step", "epoch", "time"]
BYS: tuple[By, ...] = ("step", "epoch", "time")

RATES = "rate/"
"""Before the name of a learning rate, which is told by vitals and not by metrics."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a person did to the run.

    Attributes:
        step: The first step that felt it.
        words: What was done, short: `lr 0.01 → 0.001`.
    """

    step: int
    words: str


class Trace:
    """The numbers of one run.

    Attributes:
        series: By metric.
        marks: In the order of their steps.
        gradients: The norm of the gradient by node (`graph/node`), at the last sampled step.
        version: Grows with every change; who draws compares it.
        step: The last step that was told.
        epochs: Passes over the data that are planned; 0 when it is not known.
        total: Steps that are planned; 0 when it is not known.
        complete: False while it is still being read from the disk.
        ahead: It was read from the disk while the run went on: its start is told only afterwards.
    """

    def __init__(self, epochs: int = 0) -> None:
        self.series: dict[str, Series] = {}
        self.marks: list[Mark] = []
        self.gradients: Mapping[str, float] = {}
        self.version = self.step = self.total = 0
        self.epochs = epochs
        self.complete = True
        self.ahead = False
        self._seconds = Series("seconds")
        self._ends = Series("epochs")

    @property
    def seconds(self) -> float:
        """The time of the last step, since the run began; 0 before the first."""
        return self._seconds.last if len(self._seconds) else 0.0

    def take(self, event: Event) -> None:
        """Follow an event; those without numbers are passed over."""
        follow = _FOLLOW.get(type(event))
        if follow is not None:
            follow(self, event)
            self.version += 1

    def x(self, steps: Any, by: By) -> Any:
        """Return where steps stand on an axis: an array of floats.

        Args:
            steps: An array.
            by: The axis; time is in seconds since the run began.
        """
        if by == "step":
            return steps.astype("float64")
        return (self._epochs() if by == "epoch" else self._seconds).at(steps)

    def step_at(self, x: float, by: By) -> float:
        """Return the step that stands at a place of an axis: the inverse of `x`."""
        if by == "step":
            return x
        known = self._epochs() if by == "epoch" else self._seconds
        return known.where(x)

    def _epochs(self) -> Series:
        """Where epochs end, with a straight line on to the far end."""
        ends = self._ends
        per_epoch = 0.0
        if len(ends):
            per_epoch = ends.steps[-1] / ends.last if ends.last else 0.0
        elif self.epochs and self.total:
            per_epoch = self.total / self.epochs
        line = Series()
        line.append(0, 0.0)
        line.extend(ends.steps, ends.values)
        if per_epoch:
            line.append(int(line.steps[-1] + 1000 * per_epoch), line.last + 1000)
        return line

    def _one(self, name: str) -> Series:
        if name not in self.series:
            self.series[name] = Series(name)
        return self.series[name]

    def _take_start(self, event: RunStarted) -> None:
        self.total = event.total_steps
        if self.ahead:
            return
        for series in (*self.series.values(), self._seconds, self._ends):
            series.cut(event.step)
        self.marks = [mark for mark in self.marks if mark.step <= event.step]

    def _take_metrics(self, event: Metrics) -> None:
        if not len(event):
            return
        for name, column in event.columns.items():
            self._one(name).extend(event.steps, column)
        self._note_time(event.steps, event.seconds)

    def _note_time(self, steps: Sequence[int], seconds: Sequence[float]) -> None:
        """A few points of time are enough: between them the steps are as good as even."""
        places = {0, len(steps) // 2, len(steps) - 1}
        for place in sorted(places):
            if not len(self._seconds) or steps[place] > self._seconds.steps[-1]:
                self._seconds.append(steps[place], seconds[place])
        self.step = steps[-1]

    def _take_epoch(self, event: EpochEnded) -> None:
        for name, value in event.metrics.items():
            series = self._one(name)
            series.cut(event.step - 1)  # an epoch that was cut short may be told twice
            series.append(event.step, _number(value))
        if not len(self._ends) or event.step > self._ends.steps[-1]:
            self._ends.append(event.step, event.epoch)
        self.step = max(self.step, event.step)

    def _take_vitals(self, event: Vitals) -> None:
        if not event.step:  # no step has taken it yet: the schedule has not been asked
            return
        for name, value in event.rates.items():
            series = self._one(RATES + name)
            for step, rate in (*event.trail.get(name, ()), (event.step, value)):
                if not len(series) or step > series.steps[-1]:
                    series.append(int(step), rate)

    def _take_telemetry(self, event: Telemetry) -> None:
        if event.figure == "gradient_norm":
            self.gradients = event.nodes

    def _take_note(self, event: Note) -> None:
        for name, (old, new) in event.changed.items():
            self.marks.append(Mark(event.step + 1, f"{name} {old:g} → {new:g}"))


def _number(value: float | None) -> float:
    """JSON has no NaN and says null."""
    return float("nan") if value is None else value


_FOLLOW: Mapping[type, Any] = {
    RunStarted: Trace._take_start,
    Metrics: Trace._take_metrics,
    EpochEnded: Trace._take_epoch,
    Vitals: Trace._take_vitals,
    Telemetry: Trace._take_telemetry,
    Note: Trace._take_note,
}
