"""Runs the `train.py` of a run folder, tells what happens and does what is ordered.

The very function that `python train.py` calls is called here: `train.main(argv, report=…)`, with
the recorder of the run folder's own kit, so that both print the same lines. The application adds
between
two steps what a script has no use for: orders, telemetry, and the node behind a fault.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from nnstudio.core.locks import LockFile
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.engine.events import (
    FINAL,
    Gate,
    Line,
    Order,
    RunRecord,
    Start,
    last_checkpoint,
    problem_line,
    read_record,
    record_started,
)
from nnstudio.kit import files
from nnstudio.worker.adopt import take_over
from nnstudio.worker.control import Control
from nnstudio.worker.exhibits import Exhibits
from nnstudio.worker.faults import Places, explain
from nnstudio.worker.load import RunPackage, loaded
from nnstudio.worker.telemetry import Telemetry

EVENTS = "events.jsonl"
LOCK = "run.lock"
UNWRITTEN = ("epoch", "telemetry", "samples", "scene")
"""Lines that `events.jsonl` does not hold: other files do, or nobody asks for them later."""

VITALS_PERIOD = 2.0
"""Seconds between two lines of vitals in `events.jsonl`, from which rates are drawn later."""


class Worker:
    """One run, from loading its code to its last event.

    Args:
        folder: The run folder.
        argv: What `train.py` is started with.
        send: Takes every line, on the run's thread or on the one that gives it up; must not wait.
        hashes: The sha256 of each file of code; None takes the code as it lies there.
        gate: See `Gate`; None never waits for a window.
        telemetry: The part of the training time that looking inside may cost.
        after_giving_up: Called when the run was given up while its thread is still busy.
    """

    def __init__(
        self,
        folder: Path,
        argv: Sequence[str],
        send: Callable[[Line], None],
        *,
        hashes: Mapping[str, str] | None = None,
        gate: Gate | None = None,
        telemetry: float = 0.03,
        after_giving_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder, self.argv, self.hashes = folder, list(argv), hashes
        self.control = Control(self._tell, self._give_up, gate)
        self._send, self._telemetry_budget = send, telemetry
        self._closed = self._given_up = self._owner = False
        self._after_giving_up = after_giving_up
        saved = last_checkpoint(folder)
        self._seen = {"step": saved, "saved": saved}
        self._latest: dict[str, Line] = {}
        self._places = Places(folder)
        self._recorder: Any = None
        self._vitals_at = -VITALS_PERIOD
        self._trail: dict[str, list[list[float]]] = {}

    def order(self, order: Order) -> None:
        """Take an order; from any thread."""
        self.control.order(order)

    def run(self) -> None:
        """Train until the end; whatever happens, the last line says how it ended."""
        lock = LockFile(self.folder / LOCK)
        with _Funnel(self):
            if not lock.acquire():
                raise ProjectError(Problem("run.busy", args={"path": self.folder}))
            self._owner = True
            record = read_record(self.folder)
            self._places = Places(self.folder, record.keys, record.lines)
            with loaded(self.folder, record.id, self.hashes) as package:
                self._train(package, record)
        self.control.end()
        lock.release()

    def _train(self, package: RunPackage, record: RunRecord) -> None:
        train, show = package.module("train"), package.module("kit.show")
        stop_type = package.module("kit.loops.state").Stop
        recorder = show.Recorder(
            self._tell, self.folder, explain=self._explain, trouble=self._wait_for_the_disk
        )
        self._recorder = recorder
        self.control.bind(recorder, stop_type)
        telemetry = Telemetry(self._tell, self._places.node, self._telemetry_budget)
        report = _Report(self, recorder, telemetry, stop_type)
        start = None if "--resume" in self.argv else record.start
        if start is not None:
            checkpoints = package.module("kit.checkpoints")
            report.prepare = lambda state: self._take_over(state, record, start, checkpoints)
        with recorder:
            train.main(self.argv, report=report)

    def _take_over(self, state: Any, record: RunRecord, start: Start, checkpoints: Any) -> None:
        """Begin with the weights of another run, and keep them as the first checkpoint."""
        words = take_over(
            state.modules,
            state.objects,
            record.keys,
            start,
            lambda folder: checkpoints.load(checkpoints.find(folder, start.checkpoint)),
        )
        self._recorder.checkpoint_now()
        self._tell({"event": "note", "message": words})

    def _tell(self, line: Line) -> None:
        """Pass a line on; all but the figures of steps are also written into the run folder."""
        kind = line["event"]
        if self._closed:
            return
        if kind == "metrics":
            self._seen["step"] = line["step"]
        elif self._owner:
            self._note_down(kind, line)
        self._closed = kind in FINAL
        self._send(line)

    def _note_down(self, kind: str, line: Line) -> None:
        self._latest[kind] = line
        if kind == "checkpoint":
            self._seen["saved"] = line["step"]
        if kind == "run_started":
            self._seen = {"step": line["step"], "saved": line["step"]}
            with _Ignored():
                figures = (line["device"], line["threads"], line["parameters"])
                record_started(self.folder, *figures)
        if kind == "vitals":
            self._gather(line)
        elif kind not in UNWRITTEN:
            if kind in FINAL:
                self._write_vitals()
            self._write(line)

    def _write(self, line: Line) -> None:
        text = json.dumps(line) + "\n"
        with _Ignored():  # a full disk is told by the recorder
            files.append(self.folder / EVENTS, text.encode(), sync=line["event"] in FINAL)

    def _gather(self, line: Line) -> None:
        """Write vitals now and then, with all the learning rates since the last time."""
        for name, rows in line.get("trail", {}).items():
            self._trail.setdefault(name, []).extend(rows)
        if time.monotonic() - self._vitals_at >= VITALS_PERIOD:
            self._write_vitals()

    def _write_vitals(self) -> None:
        line = self._latest.pop("vitals", None)
        if line is not None:
            trail, self._trail = self._trail, {}
            self._write(line | {"trail": trail})
            self._vitals_at = time.monotonic()

    def _explain(self, error: BaseException) -> Line:
        return problem_line(explain(error, self._places))

    def _wait_for_the_disk(self, error: OSError) -> None:
        """A full disk or a vanished folder pauses the run until a person says to go on."""
        self.pause(self._recorder.state, error)

    def pause(self, state: Any, error: OSError) -> None:
        """Say what the world refused, and wait until a person says to go on or to stop."""
        problem = explain(error, self._places)
        words = f"Paused at step {state.step}: {problem.message} ({problem.hint})."
        if not self.control.stopping:
            self.control.pause_for(state, words, problem.code)

    def _give_up(self) -> None:
        """End the run although its thread is still busy; what that thread does no longer counts."""
        self._given_up = True
        saved, step = self._seen["saved"], self._seen["step"]
        lost = f"{step - saved} since the last checkpoint are" if step > saved else "none is"
        self._tell({"event": "note", "message": f"A step was broken off; {lost} lost."})
        epoch = self._latest.get("epoch", {})
        line = {"event": "stopped", "step": saved, "epoch": epoch.get("epoch", 0)}
        self._tell(
            line | {"seconds": epoch.get("seconds", 0.0), "metrics": epoch.get("metrics", {})}
        )
        self._after_giving_up()

    @property
    def given_up(self) -> bool:
        """Whether the run's thread is no longer listened to."""
        return self._given_up

    @property
    def places(self) -> Places:
        """Where the parts of the network stand in the document."""
        return self._places

    def tell(self, line: Line) -> None:
        """Pass a line on."""
        self._tell(line)


class _Report:
    """What the loop reports to: the recorder first, then what was ordered, then telemetry."""

    def __init__(
        self, worker: Worker, recorder: Any, telemetry: Telemetry, stop_type: type[Exception]
    ) -> None:
        self.worker, self.recorder, self.telemetry = worker, recorder, telemetry
        self.stop_type = stop_type
        self.prepare: Callable[[Any], None] | None = None
        self.exhibits = Exhibits(worker.tell, worker.folder)

    def __call__(self, state: Any, metrics: Mapping[str, Any], /) -> None:
        worker = self.worker
        worker.control.enter()
        if worker.given_up:
            raise self.stop_type
        worker.places.modules = state.modules
        if self.prepare is not None:
            self.prepare(state)
            self.prepare = None
        if self.telemetry.armed:
            self.telemetry.collect(state.step)
        try:
            self.recorder(state, metrics)
            worker.control.between(state)
        except OSError as error:
            self._wait_out(state, error)
        except self.stop_type:
            self.exhibits.look(state, last=True)
            raise
        self.exhibits.look(state, last=state.done)
        self.telemetry.arm(state.modules)
        worker.control.leave()

    def _wait_out(self, state: Any, error: OSError) -> None:
        """What the disk refused is tried again after a pause, and again."""
        while True:
            self.worker.pause(state, error)
            if self.worker.control.stopping:
                raise self.stop_type from error
            self.recorder.checkpoint_now()
            try:
                self.recorder(state, {})
                self.worker.control.between(state)
            except OSError as another:
                error = another
            else:
                return


class _Funnel:
    """The one place where whatever ended a run becomes its last line."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:  # the recorder has told of it already, unless it was never reached
            problem = explain(error, self.worker.places)
            self.worker.tell({"event": "failed", "problem": problem_line(problem)})
        return True


class _Ignored:
    """Passes over what the disk says."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        return kind is not None and issubclass(kind, OSError)
