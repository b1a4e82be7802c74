"""What a run tells and what it is told, as frozen values."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from nnstudio.core.problems import Problem


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The loop is about to take its first step, or its next one after a resume.

    Attributes:
        run_dir: The run folder; None when nothing is kept.
        device: Where it computes, as torch names it.
        seed: Of initial weights, order and dropout.
        threads: Of torch, on the CPU.
        parameters: Learned numbers in all roles.
        step: Updates done before, by the part of the run that is resumed.
        total_steps: Updates that the run will make; 0 when the loop cannot tell.
    """

    run_dir: str | None
    device: str
    seed: int
    threads: int
    parameters: int
    step: int = 0
    total_steps: int = 0


@dataclass(frozen=True, slots=True)
class Metrics:
    """Many steps at once, all with the same metrics.

    Attributes:
        steps: Counted from 1, after the update.
        epochs: Counted from 1.
        seconds: Since the run began.
        columns: The values of each metric, one per step.
    """

    steps: array[int]
    epochs: array[int]
    seconds: array[float]
    columns: Mapping[str, array[float]]

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """The figures of an epoch, those of the validation data among them."""

    step: int
    epoch: int
    seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A checkpoint is on the disk, whole."""

    step: int
    path: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the person who watches.

    Attributes:
        message: In English.
        state: What the run does from now on, when the note tells a change: `paused`, `running`,
            `waiting`; else "".
        step: Updates done when it was said.
        changed: What was changed while it runs, from which value to which: `{"lr": (0.1, 0.01)}`.
        cause: The code of the problem that made it pause, such as `run.disk`; "" when a person did.
    """

    message: str
    state: str = ""
    step: int = 0
    changed: Mapping[str, Sequence[float]] = field(default_factory=dict)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """One figure per node, taken at a sampled step.

    Attributes:
        step: The step that was looked at.
        figure: What was measured, as `gradient_norm`.
        nodes: The value by the node's place (`graph/node`).
    """

    step: int
    figure: str
    nodes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a run is, a few times a second.

    Attributes:
        step: Updates done.
        hyper: What may be changed while it runs, as it is set now: `{"lr": 0.01}`.
        rates: The learning rates that the last step took: what is set, times the schedule.
        trail: Those of steps since it was told last, as (step, rate) by name; a rate that stays
            as it is is told once.
        memory: Bytes that its process takes, and on a GPU those that its tensors take there;
            0 where the system does not tell.
    """

    step: int
    hyper: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    trail: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Samples:
    """A network that draws has drawn a picture; it lies in the run folder.

    Attributes:
        step: Updates done.
        path: The file, from the run folder.
    """

    step: int
    path: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What happened last in the world that a network acts in.

    Attributes:
        step: Updates done.
        frames: One row of numbers for each of the last steps, as the world tells them.
    """

    step: int
    frames: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Finished:
    """The run came to its end.

    Attributes:
        step: Updates done.
        epoch: Epochs done.
        seconds: Since the run began.
        metrics: The last value of every metric.
        best: The metrics of the best epoch.
        best_step: Its step; None when no epoch was judged.
        best_epoch: Its number, from 1.
    """

    step: int
    epoch: int
    seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    best: Mapping[str, float] = field(default_factory=dict)
    best_step: int | None = None
    best_epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Stopped(Finished):
    """The run was asked to end, and left a checkpoint at `step`."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended by a fault; `problem.where` is the node, where there is one."""

    problem: Problem

    @property
    def exit_code(self) -> int:
        """What a command ends with: 3 when the world failed, else 1."""
        return 3 if self.problem.code in _WORLD else 1


_WORLD = frozenset(
    ("run.device", "run.disk", "run.data", "run.checkpoint", "run.unreadable", "run.torch")
)

Event: TypeAlias = (
    RunStarted
    | Metrics
    | EpochEnded
    | CheckpointSaved
    | Note
    | Telemetry
    | Vitals
    | Samples
    | Scene
    | Finished
    | Stopped
    | Failed
)


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait after the step under way, with a checkpoint."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on after a pause."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End after the step under way, with a checkpoint; a step that takes too long is broken off."""


@dataclass(frozen=True, slots=True)
class SetHyper:
    """Change what may be changed while it runs, from the next step on: `{"lr": 0.001}`."""

    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckpointNow:
    """Write a checkpoint after the step under way."""


Order: TypeAlias = Pause | Continue | Stop | SetHyper | CheckpointNow


class Gate:
    """Up while the window answers a hand, so that a run in a thread lets it finish first.

    Attributes:
        busy: Set by the window, read by the run between two steps.
    """

    __slots__ = ("busy",)

    def __init__(self) -> None:
        self.busy = False
