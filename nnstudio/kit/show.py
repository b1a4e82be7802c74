"""Watches a run: prints it, records it, saves it, and ends it in good order.

`show` prints a line after each epoch and is what a loop reports to when nothing else is named.
`Recorder` does the whole work of a run folder. It speaks in events, plain dicts that
`Lines` prints for people and `JsonLines` for programs:

    run_started   run_dir, device, seed, threads, parameters, step, total_steps
    metrics       step, epoch, seconds, metrics            one for each step
    epoch         step, epoch, seconds, metrics            one for each epoch
    checkpoint    step, path
    note          message
    finished      step, epoch, seconds, metrics, best, best_step, best_epoch
    stopped       the same: the run was asked to end, and left a checkpoint at `step`
    failed        problem: code, where, message, hint
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import torch

from . import files
from .checkpoints import Shelf, Snapshot, take
from .events import Event, as_json, figures
from .loops.guard import NonFiniteError, check
from .loops.state import Metrics, State, Stop
from .records import METRICS, cut, floats


def show(state: State, metrics: Metrics) -> None:
    """Print a line after each epoch; the simplest report.

    Raises:
        NonFiniteError: A step was not finite.
    """
    check(state)
    if metrics and state.batch == 0:
        words = "  ".join(f"{name} {float(value):.4g}" for name, value in metrics.items())
        print(f"epoch {state.epoch}  step {state.step}  {words}")


def due(since: float, cost: float, *, epoch_ended: bool) -> bool:
    """Whether it is time for a checkpoint: after an epoch, and once a minute in any case.

    Short epochs share one, so that saving takes at most a fiftieth of the time.

    Args:
        since: Seconds since the last one.
        cost: Seconds that one took.
        epoch_ended: Whether an epoch has just ended.
    """
    return since >= 60 or (epoch_ended and since >= max(2.0, 50 * cost))


def explain(error: BaseException) -> dict[str, str]:
    """An exception as a problem: code, where, message, hint."""
    name = type(error).__name__
    return {
        "code": getattr(error, "code", None) or "exception",
        "where": str(getattr(error, "where", "")),
        "message": str(error) if hasattr(error, "hint") else f"{name}: {error}",
        "hint": str(getattr(error, "hint", "")),
    }


class Recorder:
    """Records a run: events at most four times a second, metrics.jsonl, and checkpoints.

    Use it as a context: leaving it writes the last checkpoint and emits `finished`, `stopped`
    or `failed`. `Stop` ends there; every other exception goes on.

    Args:
        emit: Called with each event, on the thread of the run.
        folder: The run folder; None keeps no files.
        due: Decides about checkpoints, as `due` above.
        explain: Turns an exception into the problem of `failed`, as `explain` above.
        trouble: Called when the disk refuses metrics or a checkpoint, each time it does. They
            are kept and tried again with the next report; None emits a note.
        keep: Checkpoints kept beside the best and the last.
        period: Seconds between two batches of events.
        clock: Seconds that only grow.

    Attributes:
        state: The state that was reported last; None before the loop begins.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        folder: Path | str | None = None,
        *,
        due: Callable[..., bool] = due,
        explain: Callable[[BaseException], dict[str, str]] = explain,
        trouble: Callable[[OSError], None] | None = None,
        keep: int = 3,
        period: float = 0.25,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.emit, self.due, self.explain = emit, due, explain
        self.trouble = trouble or self._grumble
        self.folder = Path(folder) if folder is not None else None
        self.period, self.clock = period, clock
        self.state: State | None = None
        self._shelf = Shelf(self.folder / "checkpoints", keep) if self.folder else None
        self._pending: list[tuple[str, int, int, float, Metrics]] = []
        self._latest: dict[str, float] = {}
        self._best: Snapshot | None = None  # the best epoch, as long as it is not on disk
        self._stop = self._save = False
        self._handed: list[Snapshot] = []  # what the writer got last
        self._saved: tuple[int, int, int, bool] | None = None  # where it was in the run
        self._refused: OSError | None = None
        self._seen, self._kept = -1, 0
        self._start = self._flushed = self._saved_at = clock()
        self._base = 0.0
        self._unwritten = ""
        self._warned: set[str] = set()

    def __call__(self, state: State, metrics: Metrics, /) -> None:
        """Take the report of a loop.

        Raises:
            Stop: The run was asked to end; its checkpoint is written.
            NonFiniteError: A step was not finite; the last finite checkpoint is kept.
        """
        now = self.clock()
        if self.state is not state:
            self._begin(state, now)
        late = now - self._flushed >= self.period
        if state.step > self._seen:
            self._seen = state.step
            if state.guard.first is not None:
                self._flush(now)
                check(state)
            self._keep("metrics", state, metrics, now)
            if late or self._stop or self._save:
                self._pulse(state, now)
        elif metrics:
            self._end_epoch(state, metrics, now, late=late)
        else:
            self._pulse(state, now)

    def request_stop(self) -> None:
        """End the run after this step, with a checkpoint; may be called from any thread."""
        self._stop = True

    def checkpoint_now(self) -> None:
        """Write a checkpoint after this step; may be called from any thread."""
        self._save = True

    def note(self, message: str) -> None:
        """Emit a sentence for the person who watches."""
        self.emit({"event": "note", "message": message})

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        try:
            self._close(error)
        except (OSError, NonFiniteError) as late:  # the very last checkpoint
            self.emit({"event": "failed", "problem": self.explain(late)})
            raise
        return isinstance(error, Stop)

    def _begin(self, state: State, now: float) -> None:
        self.state, self._seen, self._base = state, state.step, state.seconds
        self._start = self._flushed = self._saved_at = now
        self._kept = state.step
        self._saved = _mark(state) if state.step else None
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            cut(self.folder / METRICS, state)
        self.emit(
            {
                "event": "run_started",
                "run_dir": str(self.folder) if self.folder is not None else None,
                "device": str(state.device),
                "seed": state.seed,
                "threads": torch.get_num_threads(),
                "parameters": state.parameters,
                "step": state.step,
                "total_steps": state.total_steps,
            }
        )

    def _keep(self, kind: str, state: State, metrics: Metrics, now: float) -> None:
        """Put figures aside that nobody has to see at once."""
        epoch = state.epoch + (state.batch > 0)
        self._pending.append((kind, state.step, epoch, self._seconds(now), metrics))

    def _end_epoch(self, state: State, metrics: Metrics, now: float, *, late: bool) -> None:
        """Remember an epoch if it is the best; a short one is told with those after it."""
        check(state)  # a GPU may not have said yet that the epoch went wrong
        values = floats([metrics], state.device)[0]
        if state.judge(values) and self._shelf is not None:
            self._best = self._take(state, instead_of=self._best)
        if not math.isfinite(values.get(state.best or "", 0.0)):
            self._warn(f"{state.best} is not finite: look at the data it is measured on.")
        self._keep("epoch", state, values, now)
        due = self.due(now - self._saved_at, self._cost, epoch_ended=True)
        if due or late or state.done or self._stop or self._save:
            self._pulse(state, now, due=due)

    def _pulse(self, state: State, now: float, *, due: bool = False) -> None:
        """What is done a few times a second: flush, look at the guard, save, stop."""
        self._flush(now)
        self._write_down()
        check(state)
        self._collect()
        asked = self._save or self._stop
        if asked or due or self.due(now - self._saved_at, self._cost, epoch_ended=False):
            self._checkpoint(state, wait=asked)
            self._save = False
        if self._stop:
            raise Stop

    @property
    def _cost(self) -> float:
        return self._shelf.cost if self._shelf is not None else 0.0

    def _seconds(self, now: float) -> float:
        return int(1000 * (self._base + now - self._start)) / 1000  # round() takes 4 µs

    def _flush(self, now: float) -> None:
        """Read the waiting metrics from the device, all at once, and emit them."""
        self._flushed = now
        waiting, self._pending = self._pending, []
        if self.state is None or not waiting:
            return
        first_bad = self.state.guard.read()
        if first_bad is not None:  # a step without an update has no metrics
            waiting = [line for line in waiting if line[1] < first_bad]
        values = floats([line[4] for line in waiting], self.state.device)
        for row in values:
            self._latest.update(row)
        self._put([figures(*w[:4], v) for w, v in zip(waiting, values, strict=True)])

    def _put(self, events: list[Event]) -> None:
        """Emit events, and have them ready to be written down."""
        if self.folder is not None:
            self._unwritten += "".join(f"{as_json(event)}\n" for event in events)
        for event in events:
            self.emit(event)

    def _write_down(self, *, sync: bool = False) -> None:
        """Append what waits to the metrics; what the disk refuses goes on waiting."""
        if self.folder is None or not (self._unwritten or sync):
            return
        try:
            files.append(self.folder / METRICS, self._unwritten.encode(), sync=sync)
            self._unwritten = ""
        except OSError as error:
            self.trouble(error)

    def _grumble(self, error: OSError) -> None:
        self._warn(f"The run could not be saved ({error}); training goes on.")

    def _warn(self, message: str) -> None:
        """Say a thing once."""
        if message not in self._warned:
            self._warned.add(message)
            self.note(message)

    def _checkpoint(self, state: State, *, wait: bool) -> None:
        """Hand a copy of the state to the writer; with `wait`, see it on the disk."""
        if self._shelf is None:
            return
        for _ in range(2 if wait else 1):  # what cures the trouble deserves a second try
            if self._saved != _mark(state):
                self._hand_over(self._shelf, state)
            self._collect(wait=wait)

    def _hand_over(self, shelf: Shelf, state: State) -> None:
        self._write_down(sync=True)  # a checkpoint never knows more steps than the metrics
        same = self._best is not None and self._best.step == state.step
        last = self._best if same and self._best is not None else self._take(state)
        self._handed = [last] if self._best in (None, last) else [self._best, last]
        shelf.put(self._handed, state.record.get("step"))
        self._best = None
        self._saved, self._saved_at = _mark(state), self.clock()

    def _take(self, state: State, instead_of: Snapshot | None = None) -> Snapshot:
        state.seconds = self._seconds(self.clock())
        return take(state, instead_of)

    def _collect(self, *, wait: bool = False) -> None:
        """Tell what the writer has written, or that it could not."""
        if self._shelf is None:
            return
        try:
            written = self._shelf.collect(wait=wait)
        except OSError as error:
            self._refused, self._saved = error, None
            if len(self._handed) == 2 and self._best is None:
                self._best = self._handed[0]
            self.trouble(error)
            return
        if written:
            self._refused = None
        for path in written:
            self._kept = int(path.name.rpartition("-")[2])
            self.emit({"event": "checkpoint", "step": self._kept, "path": str(path)})

    def _close(self, error: BaseException | None) -> None:
        state = self.state
        if state is None:
            self._ending(error, None)
            return
        self._flush(self.clock())
        self._write_down()
        if error is None:
            check(state)
            self._checkpoint(state, wait=True)
        elif self._best is not None and self._shelf is not None:
            self._shelf.put([self._best], self._best.step)
        self._collect(wait=True)
        if error is None and self._refused is not None and self._saved is None:
            raise self._refused
        lost = state.step - self._kept
        if isinstance(error, Stop) and self._shelf is not None and self._saved != _mark(state):
            why = "A step was broken off" if self._refused is None else "The disk refused"
            self.note(f"{why}; {lost} steps since the last checkpoint are lost.")
        self._ending(error, state)

    def _ending(self, error: BaseException | None, state: State | None) -> None:
        """The last event of a run."""
        if error is not None and not isinstance(error, (Stop, KeyboardInterrupt)):
            self.emit({"event": "failed", "problem": self.explain(error)})
            return
        event: Event = {"event": "finished" if error is None else "stopped", "step": 0}
        if state is not None:
            whole = error is None or self._shelf is None
            event["step"] = state.step if whole else self._kept
            event["epoch"] = state.epoch
            event["seconds"] = self._seconds(self.clock())
            event["metrics"] = dict(self._latest)
            event["best"] = state.record.get("metrics", {})
            event["best_step"] = state.record.get("step")
            event["best_epoch"] = state.record.get("epoch")
        self.emit(event)


def _mark(state: State) -> tuple[int, int, int, bool]:
    """Where a run stands; a step alone does not tell whether its epoch was evaluated."""
    return state.step, state.epoch, state.batch, state.done
