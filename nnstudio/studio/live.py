"""A run that goes on, as the window sees it: where it is, how fast, how well, and what it does."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from nnstudio.catalogue import registry
from nnstudio.core.problems import Problem
from nnstudio.engine.events import (
    CheckpointSaved,
    Continue,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Metrics,
    Note,
    Order,
    Pause,
    RunStarted,
    Samples,
    Scene,
    SetHyper,
    Stop,
    Telemetry,
    Vitals,
)
from nnstudio.engine.runs import Run
from nnstudio.graph.diff import diff
from nnstudio.graph.model import Project
from nnstudio.studio import health
from nnstudio.studio.run_files import planned_epochs
from nnstudio.studio.trace import Trace

Status = Literal[
    "preparing",  # its folder is being written
    "waiting",  # for another run to leave the thread
    "starting",  # code and data are being loaded
    "running",
    "paused",
    "stopping",
    "finished",
    "stopped",
    "failed",
]
SPEED_OVER = 3.0
"""Seconds over which the speed is taken."""

SILENCE = 3.0
"""Seconds without a step after which it is said that one takes long."""


class Live:
    """A run of this window.

    Attributes:
        project: The document as it was when the run was started.
        run: The engine's handle; None while the run folder is being written.
        trace: Its numbers.
        hyper: What may be changed while it runs, as it is set now.
        rates: The learning rates of the last step.
        memory: Bytes; 0 where it is not known.
        best: The metric by which the best epoch is chosen, its value and epoch; None before one.
        notes: What it said, the latest at the end.
        samples: The picture that it drew last, if it draws.
        frames: What happened last in the world that it acts in, if it acts.
        scenes: How often that was told.
        ended: Whether it was told that the run is over.
        seen: The status that the window was told last.
        gone: Whether its folder belongs to nobody any more.
        failure: Why it failed.
        started: What it told of its beginning.

    Args:
        project: See above.
        clock: Seconds that only grow.
    """

    def __init__(self, project: Project, clock: Callable[[], float] = time.monotonic) -> None:
        self.project = project
        self.run: Run | None = None
        self.trace = Trace(planned_epochs(project))
        self.hyper: Mapping[str, float] = {}
        self.rates: Mapping[str, float] = {}
        self.memory = 0
        self.best: tuple[str, float, int] | None = None
        self.notes: deque[str] = deque(maxlen=200)
        self.samples: Path | None = None
        self.frames: Sequence[Sequence[float]] = ()
        self.scenes = 0
        self.ended = self.gone = False
        self.seen: Status = "preparing"
        self.failure: Problem | None = None
        self.started: RunStarted | None = None
        self._clock = clock
        self._loop = registry.LOOPS.get(project.loop.name)
        self._epoch = 0
        self._last_step_at = clock()
        self._saved_at: float | None = None
        self._pace: deque[tuple[float, int]] = deque()
        self._wanted: dict[str, float] = {}
        self._stop_wanted = False

    @property
    def folder(self) -> Path | None:
        """The run folder; None before it is written."""
        return None if self.run is None else self.run.folder

    @property
    def status(self) -> Status:
        """What it does."""
        if self.failure is not None:
            return "failed"
        if self.run is None:
            return "stopped" if self.ended else "preparing"
        return self.run.state

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.status in ("finished", "stopped", "failed")

    @property
    def step(self) -> int:
        """Updates done."""
        return self.trace.step

    @property
    def total(self) -> int:
        """Updates that it will make; 0 when that is not known."""
        return self.trace.total

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1."""
        return self._epoch

    @property
    def progress(self) -> float:
        """The part that is done, 0 to 1."""
        return min(1.0, self.step / self.total) if self.total else 0.0

    @property
    def speed(self) -> float:
        """Steps a second over the last few seconds; 0 when it stands still."""
        if len(self._pace) < 2 or self.status != "running":
            return 0.0
        (start, first), (end, last) = self._pace[0], self._pace[-1]
        return (last - first) / (end - start) if end > start else 0.0

    @property
    def batch_size(self) -> int:
        """Samples in a step; 0 where the loop has no batches."""
        size = self.project.loop.args.get("batch_size")
        if size is None and self._loop is not None:
            size = next((p.default for p in self._loop.params if p.name == "batch_size"), None)
        return size if isinstance(size, int) else 0

    @property
    def samples_a_second(self) -> float:
        """Samples a second; 0 where the loop has no batches."""
        return self.speed * self.batch_size

    @property
    def time_left(self) -> float | None:
        """Seconds to the end; None when that cannot be told."""
        speed = self.speed
        return (self.total - self.step) / speed if self.total and speed else None

    @property
    def checkpoint_age(self) -> float | None:
        """Seconds since the last checkpoint; None before the first."""
        return None if self._saved_at is None else self._clock() - self._saved_at

    @property
    def silence(self) -> float:
        """Seconds since the last step was told."""
        return self._clock() - self._last_step_at

    @property
    def schedule(self) -> str:
        """The name of the schedule of its learning rate; "" where there is none."""
        chosen = getattr(self.project.loop.args.get("schedule"), "name", "")
        return "" if chosen == "constant" else str(chosen)

    @property
    def health(self) -> str:
        """What its gradients say, in a few words."""
        if self.failure is not None and self.failure.code == "non_finite":
            return "not finite"
        return health.in_words(health.verdicts(self.trace.gradients))

    def differs(self, project: Project) -> bool:
        """Return whether a document is another one than what is being trained."""
        change = diff(self.project, project)
        return bool(change) and not change.only_layout

    def order(self, order: Order) -> None:
        """Give an order; one that comes before the run has begun waits for it."""
        if self.run is not None:
            self.run.order(order)
        elif isinstance(order, SetHyper):
            self._wanted |= order.values
        elif isinstance(order, Stop):
            self._stop_wanted = True
            self.ended = True

    def pause(self) -> None:
        """Wait after the step under way."""
        self.order(Pause())

    def go_on(self) -> None:
        """Go on after a pause."""
        self.order(Continue())

    def begin(self, run: Run) -> bool:
        """Take the handle of the run that was started.

        Returns:
            False when it was stopped meanwhile; the run is then asked to end.
        """
        self.run = run
        if self._wanted:
            run.order(SetHyper(self._wanted))
        if self._stop_wanted:
            run.order(Stop())
        return not self._stop_wanted

    def fail(self, problem: Problem) -> None:
        """End it before it has begun."""
        self.failure, self.ended = problem, True

    def take(self, event: Event) -> None:
        """Follow an event."""
        self.trace.take(event)
        follow = _FOLLOW.get(type(event))
        if follow is not None:
            follow(self, event)

    def _take_start(self, event: RunStarted) -> None:
        self.started = event
        self._pace.clear()
        self._last_step_at = self._clock()

    def _take_metrics(self, event: Metrics) -> None:
        if not len(event):
            return
        pace = self._pace
        pace.append((event.seconds[-1], event.steps[-1]))
        while len(pace) > 2 and pace[-1][0] - pace[0][0] > SPEED_OVER:
            pace.popleft()
        self._epoch = event.epochs[-1]
        self._last_step_at = self._clock()

    def _take_epoch(self, event: EpochEnded) -> None:
        self._last_step_at = self._clock()
        loop = self._loop
        if loop is None or not loop.best or loop.best not in event.metrics:
            return
        value = event.metrics[loop.best]
        sign = 1.0 if loop.best_mode == "min" else -1.0
        better = self.best is None or sign * value < sign * self.best[1]
        if better and math.isfinite(value):
            self.best = (loop.best, value, event.epoch)

    def _take_checkpoint(self, event: CheckpointSaved) -> None:
        self._saved_at = self._clock()

    def _take_note(self, event: Note) -> None:
        self.notes.append(event.message)
        if event.state:
            self._pace.clear()
        if event.changed:
            self.hyper = {**self.hyper, **{name: new for name, (_, new) in event.changed.items()}}

    def _take_vitals(self, event: Vitals) -> None:
        self.hyper, self.rates, self.memory = event.hyper, event.rates, event.memory

    def _take_telemetry(self, event: Telemetry) -> None:
        self._last_step_at = self._clock()

    def _take_samples(self, event: Samples) -> None:
        if self.folder is not None:
            self.samples = self.folder / event.path

    def _take_scene(self, event: Scene) -> None:
        self.frames = event.frames
        self.scenes += 1

    def _take_end(self, event: Finished) -> None:
        self.trace.step = max(self.trace.step, event.step)

    def _take_failure(self, event: Failed) -> None:
        self.failure = event.problem


_FOLLOW: Mapping[type, Any] = {
    RunStarted: Live._take_start,
    Metrics: Live._take_metrics,
    EpochEnded: Live._take_epoch,
    CheckpointSaved: Live._take_checkpoint,
    Note: Live._take_note,
    Vitals: Live._take_vitals,
    Telemetry: Live._take_telemetry,
    Samples: Live._take_samples,
    Scene: Live._take_scene,
    Finished: Live._take_end,
    Failed: Live._take_failure,
}
