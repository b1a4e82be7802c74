"""A run as the rest of the application sees it, wherever it goes on: one handle for every home."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Literal

from nnstudio.core.problems import Problem
from nnstudio.engine.events import (
    FINAL,
    CheckpointSaved,
    Continue,
    Event,
    Line,
    Mailbox,
    Order,
    RunStarted,
    Stop,
    last_checkpoint,
    problem_line,
    unpack,
)

State = Literal[
    "waiting",  # for another run to leave the thread
    "starting",  # code and data are being loaded
    "running",
    "paused",
    "stopping",
    "finished",
    "stopped",
    "failed",
]
OVER: tuple[State, ...] = ("finished", "stopped", "failed")


class Run(ABC):
    """A run that goes on somewhere.

    Attributes:
        folder: The run folder.
        state: What it does; see `State`.
        last: The event that ended it; None before.
        started: The event that told of its beginning; None before.
        checkpoint: The last checkpoint that it told of; None before the first.
        home: `thread`, `process`, or `elsewhere` for one that another window started.
    """

    home: str = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state: State = "starting"
        self.last: Event | None = None
        self.started: RunStarted | None = None
        self.checkpoint: CheckpointSaved | None = None
        self._mailbox = Mailbox()
        self._over = threading.Event()
        self._lock = threading.Lock()

    @property
    def dropped(self) -> int:
        """Steps whose metrics nobody took in time; they stand in `metrics.jsonl`."""
        return self._mailbox.dropped

    @property
    def over(self) -> bool:
        """Whether its last event has come."""
        return self._over.is_set()

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether its thread or process is still there; for a moment after the end it is."""

    def events(self, limit: int = 256) -> list[Event]:
        """Return what has come since the last call, oldest first, at most `limit` events.

        Taking less often than it comes never holds up the run; see `dropped`.
        """
        return self._mailbox.take(limit)

    def order(self, order: Order) -> None:
        """Give an order; it is carried out after the step under way.

        Nothing happens when the run is over.
        """
        if self.over:
            return
        if isinstance(order, Stop):
            self.state = "stopping"
        if isinstance(order, Continue) and self.state == "stopping":
            return
        self._pass_on(order)

    def say(self, message: str) -> None:
        """Tell the person who watches something that the run itself does not know."""
        self._receive({"event": "note", "message": message})

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for its last event; return whether it has come."""
        return self._over.wait(timeout)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until its thread or process is gone; return whether it is."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.alive and (end is None or time.monotonic() < end):
            time.sleep(0.01)
        return not self.alive

    @abstractmethod
    def kill(self) -> None:
        """End it at once; only its checkpoints are left. A thread can only be asked to stop."""

    @abstractmethod
    def _pass_on(self, order: Order) -> None:
        """Bring an order to where the run goes on."""

    def _receive(self, line: Line) -> None:
        """Take a line; from any thread. What comes after the end is passed over."""
        with self._lock:
            if self.over:
                return
            kind = line.get("event")
            if kind != "metrics":
                self._follow(unpack(line))
            self._mailbox.put(line)
            if kind in FINAL:
                self._over.set()

    def _follow(self, event: Event) -> None:
        line = type(event).__name__
        if isinstance(event, RunStarted):
            self.started = event
            self._become("running")
        elif isinstance(event, CheckpointSaved):
            self.checkpoint = event
        elif line in ("Finished", "Stopped", "Failed"):
            self.last = event
            self.state = _STATES[line]
        elif getattr(event, "state", ""):
            self._become(_STATES[getattr(event, "state", "")])

    def _become(self, state: State) -> None:
        if self.state != "stopping":
            self.state = state

    def _stop_early(self) -> None:
        """End it before it has begun: there is nothing that a checkpoint could add."""
        self._receive({"event": "stopped", "step": last_checkpoint(self.folder), **_NO_TIME})

    def _fail(self, code: str, where: str = "", **args: object) -> None:
        """End it by a problem that it could not tell of itself."""
        self._receive({"event": "failed", "problem": problem_line(Problem(code, where, args))})


_NO_TIME = {"epoch": 0, "seconds": 0.0}
_STATES: dict[str, State] = {
    "Finished": "finished",
    "Stopped": "stopped",
    "Failed": "failed",
    "paused": "paused",
    "running": "running",
    "waiting": "waiting",
}
