"""The runs of a document: those on the disk beside it, and the ones that go on.

    start → folder and launch (background) → Live;   pump() → events → Live.take → changed

`pump` is called by one timer of the window. Nothing else here is called from another thread, and
nothing is stored but what the engine writes into the run folders.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from nnstudio.core.problems import NNStudioError
from nnstudio.core.signal import Signal
from nnstudio.engine import runner
from nnstudio.engine.attach import AttachedRun
from nnstudio.engine.events import Gate, Note, SetHyper, Stop
from nnstudio.engine.folder import PROJECT
from nnstudio.engine.runs import Run
from nnstudio.graph.model import Project
from nnstudio.project.store import load
from nnstudio.studio import run_files, starting
from nnstudio.studio.background import Background
from nnstudio.studio.live import Live
from nnstudio.studio.run_files import TRASH, RunEntry
from nnstudio.studio.run_list import RunList
from nnstudio.studio.session import Session
from nnstudio.studio.starting import Options, Order
from nnstudio.studio.trace import Trace

Kind = Literal["afresh", "continue"]
EVENTS_AT_ONCE = 64
"""Events of a run that one `pump` takes; what is left comes with the next."""

LEAVING = 5.0
"""Seconds that a run may take to go away after its last event before its folder is read."""


class RunBook:
    """The runs of a document.

    Attributes:
        changed: Emits when the list, or what a run does, is another one.
        ended: Emits a run when it is over.
        told: Emits a run and a sentence that it said.
        refused: Emits why a run could not be started.
        lives: Runs of this window, the latest at the end; those that are over stay until the next
            is started.
        trial: The run of one step that is on trial, or the last one; None before.
        list: Those that lie on the disk.

    Args:
        session: The document.
        home: The folder of the runs of a document that has no file yet.
        options: Where and how runs go on; asked at each start.
        gate: Lets a run in the thread wait while the window is at work.
    """

    def __init__(
        self,
        session: Session,
        home: Callable[[], Path],
        options: Callable[[], Options] = Options,
        gate: Gate | None = None,
    ) -> None:
        self.changed: Signal[[]] = Signal()
        self.ended: Signal[[Live]] = Signal()
        self.told: Signal[[Live, str]] = Signal()
        self.refused: Signal[[NNStudioError]] = Signal()
        self.lives: list[Live] = []
        self.trial: Live | None = None
        self._others: list[Live] = []  # of documents that were here before, followed to their end
        self.gate = gate
        self._session, self._options = session, options
        self._leaving: dict[Live, float] = {}
        self._starter = Background("run starter")
        self.list = RunList(session, home, self._at_work)
        self.list.changed.connect(self._follow_list)
        self.list.left.connect(self._leave_document)
        self.list.moved.connect(self._follow_move)
        self.list.refused.connect(self.refused.emit)

    @property
    def live(self) -> Live | None:
        """The run to be shown: the first that goes on, else the last that did."""
        going = [live for live in self.lives if not live.over]
        return going[0] if going else (self.lives[-1] if self.lives else None)

    @property
    def _all(self) -> tuple[Live, ...]:
        return (*self.lives, *self._others)

    @property
    def busy(self) -> bool:
        """Whether a run goes on, or one is being started."""
        return any(not live.over for live in self.lives)

    @property
    def active(self) -> bool:
        """Whether there is anything for `pump` to do soon."""
        trying = self.trial is not None and not self.trial.ended
        reading = self._starter.busy or self.list.busy
        elsewhere = any(not live.over for live in self._others)
        return self.busy or trying or reading or elsewhere or bool(self._leaving)

    @property
    def in_thread(self) -> bool:
        """Whether a run goes on in this very process."""
        trial = [self.trial] if self.trial is not None and not self.trial.ended else []
        runs = [live.run for live in (*self._all, *trial) if not live.over]
        return any(run is not None and run.home == "thread" for run in runs)

    @property
    def differs(self) -> bool:
        """Whether the document is another one than what is being trained."""
        live = self.live
        return live is not None and not live.over and live.differs(self._session.project)

    def trace(self, entry: RunEntry) -> Trace:
        """Return the numbers of a run of the list."""
        live = next((live for live in self.lives if live.folder == entry.folder), None)
        return live.trace if live is not None else self.list.trace(entry)

    def start(self, kind: Kind = "afresh", entry: RunEntry | None = None) -> Live:
        """Start a run of the document as it is now.

        Args:
            kind: `afresh` from the seed, or `continue` with the weights of another run.
            entry: That run; None takes `list.chosen`.

        Raises:
            WorldError: The folder of the runs cannot be made.
        """
        order = self._order()
        source = entry or self.list.chosen
        self.lives = [live for live in self.lives if not live.over]
        live = Live(self._session.project)
        self.lives.append(live)
        if kind == "continue" and source is not None:
            self._launch(live, partial(starting.go_on, order, source))
        else:
            self._launch(live, partial(starting.afresh, order))
        return live

    def go_on_slower(self, entry: RunEntry, factor: float = 0.1) -> Live:
        """Go on from the last checkpoint of a run with smaller learning rates; as `start`."""
        known = [live.hyper for live in self.lives if live.folder == entry.folder]
        hyper = known[0] if known and known[0] else run_files.last_hyper(entry.folder)
        live = self.start("continue", entry)
        slower = {name: value * factor for name, value in hyper.items() if name.endswith("lr")}
        live.order(SetHyper(slower))
        return live

    def try_one(self) -> Live:
        """Take one step of training away from the other runs, to see whether all fits."""
        live = Live(self._session.project)
        order = Order(live.project, Path(), self._base, self._options(), self.gate)
        self.trial = live
        self._launch(live, partial(starting.on_trial, order))
        return live

    def pause(self) -> None:
        """Let the live run wait, or go on when it waits."""
        live = self.live
        if live is not None and not live.over:
            live.go_on() if live.status == "paused" else live.pause()

    def stop(self) -> None:
        """End the live run, with a checkpoint."""
        live = self.live
        if live is not None:
            live.order(Stop())
            self.changed.emit()

    def set_hyper(self, values: Mapping[str, float]) -> None:
        """Change what may be changed while it runs, from the next step on."""
        live = self.live
        if live is not None:
            live.order(SetHyper(values))

    def pump(self, limit: int = EVENTS_AT_ONCE) -> bool:
        """Take what has come: at most `limit` events of each run.

        Returns:
            Whether anything has.
        """
        came = self._starter.collect()
        came |= self.list.collect()
        trial = [self.trial] if self.trial is not None else []
        for live in (*self._all, *trial):
            came |= self._drain(live, limit)
        for live in [live for live, since in self._leaving.items() if _gone(live, since)]:
            self._see_off(live)
        return came

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is being started or read; return whether it is so."""
        end = time.monotonic() + timeout
        done = self._starter.settle(timeout)
        while self._leaving and time.monotonic() < end:
            self.pump()
            time.sleep(0.01)
        return self.list.settle(max(0.0, end - time.monotonic())) and done

    def close(self, *, leave_processes: bool = False, timeout: float = 5.0) -> bool:
        """End the runs of this window, with a checkpoint, and forget all.

        Args:
            leave_processes: Let those that have a process of their own go on.
            timeout: Seconds that they are waited for.

        Returns:
            Whether all of them are gone that were to go.
        """
        self._starter.settle(timeout)
        trial = [self.trial] if self.trial is not None else []
        runs = [live.run for live in (*self._all, *trial) if live.run is not None]
        for run in runs:
            if not (leave_processes and run.home != "thread"):
                run.order(Stop())
        end = time.monotonic() + timeout
        for run in runs:
            if not (leave_processes and run.home != "thread"):
                run.join(max(0.0, end - time.monotonic()))
            if isinstance(run, AttachedRun):
                run.leave()
        self.list.close()
        if self.trial is not None and self.trial.folder is not None:
            starting.clear_trial(self.trial.folder)
        return all(run.over or run.home != "thread" for run in runs)

    @property
    def _base(self) -> Path | None:
        path = self._session.path
        return path.resolve().parent if path else None

    def _order(self) -> Order:
        folder = self.list.folder()
        return Order(self._session.project, folder, self._base, self._options(), self.gate)

    def _launch(self, live: Live, work: Callable[[], tuple[Run, Trace | None]]) -> None:
        self._starter.do(work, partial(self._begin, live), partial(self._refuse, live))
        self.changed.emit()

    def _begin(self, live: Live, made: tuple[Run, Trace | None]) -> None:
        run, trace = made
        if trace is not None:
            live.trace = trace
            trace.version += 1
        live.begin(run)
        self.list.forget_trace(run.folder)
        if live is not self.trial:
            self.list.refresh()
        self.changed.emit()

    def _refuse(self, live: Live, error: NNStudioError) -> None:
        live.fail(error.problems[0])
        self.changed.emit()
        self.refused.emit(error)

    def _drain(self, live: Live, limit: int) -> bool:
        run = live.run
        if run is None or (live.ended and live in self._leaving):
            return False
        over = run.over
        events = run.events(limit)
        for event in events:
            live.take(event)
            if isinstance(event, Note):
                self.told.emit(live, event.message)
        if over and not events and live not in self._leaving and not live.gone:
            live.ended = True
            self._leaving[live] = time.monotonic()
            self.ended.emit(live)
            self.changed.emit()
        elif live.status != live.seen:
            live.seen = live.status
            self.changed.emit()
        return bool(events)

    def _see_off(self, live: Live) -> None:
        """Its folder belongs to nobody any more: read what it left, and move it if it must."""
        del self._leaving[live]
        live.gone = True
        self._others = [other for other in self._others if other is not live]
        if live is self.trial:
            if live.folder is not None:
                starting.clear_trial(live.folder)
            return
        self.list.see_off()

    def _at_work(self, folder: Path) -> bool:
        """Whether a run of this window has not left a folder yet."""
        return any(live.folder == folder and not live.gone for live in self._all)

    def _follow_list(self) -> None:
        """Watch runs that another window, or this one before a restart, left going on."""
        here = {entry.folder for entry in self.list.entries}
        back = [live for live in self._others if not live.over and live.folder in here]
        self._others = [live for live in self._others if live not in back]
        self.lives += back
        ours = {live.folder for live in self.lives}
        for entry in self.list.entries:
            if entry.state == "running" and entry.folder not in ours and not self._starter.busy:
                self._starter.do(partial(_attach, entry.folder), self._take_attached)
        self.changed.emit()

    def _leave_document(self) -> None:
        """Another document is here: what runs of the old one go on are no longer shown."""
        self._others += [
            live for live in self.lives if not live.gone and (live.run or not live.over)
        ]
        self.lives = []
        if self.trial is not None and self.trial.gone:
            self.trial = None
        self.changed.emit()

    def _take_attached(self, found: tuple[Project, Run, Trace]) -> None:
        project, run, trace = found
        if run.folder in {live.folder for live in self.lives}:
            assert isinstance(run, AttachedRun)
            run.leave()
            return
        live = Live(project)
        live.trace = trace
        live.begin(run)
        self.lives.insert(0, live)
        self.changed.emit()

    def _follow_move(self, old: Path, new: Path) -> None:
        self.lives = [live for live in self.lives if live.folder != old or new.parent.name != TRASH]
        for live in self.lives:
            if live.run is not None and live.run.folder == old:
                live.run.folder = new


def _gone(live: Live, since: float) -> bool:
    run = live.run
    return run is None or not run.alive or time.monotonic() - since > LEAVING


def _attach(folder: Path) -> tuple[Project, Run, Trace]:
    project = load(folder / PROJECT)
    end = run_files.metrics_end(folder)
    trace = run_files.read_trace(folder, end)
    return project, runner.attach(folder, end), trace
