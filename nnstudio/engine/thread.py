"""A run in a background thread of the application: the default home.

One at a time: building a network draws random numbers, and a second run in the same process would
shift those of the first. Others wait for their turn.
"""

from __future__ import annotations

import atexit
import importlib
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnstudio.engine.events import Gate, Order, Stop
from nnstudio.engine.runs import Run

# By name, and only inside the thread: whoever imports the engine does not import torch.
_WORKER = "nnstudio.worker.run"
_TURN = threading.Lock()
_POLL = 0.05
_AT_EXIT = 2.0


class ThreadRun(Run):
    """A run in a thread of this process.

    Args:
        folder: The run folder.
        argv: What its `train.py` is started with.
        hashes: The sha256 of each file of code; None takes the code as it lies there.
        gate: See `Gate`.
        telemetry: The part of the training time that looking inside may cost.
    """

    home = "thread"

    def __init__(
        self,
        folder: Path,
        argv: Sequence[str],
        *,
        hashes: Mapping[str, str] | None = None,
        gate: Gate | None = None,
        telemetry: float = 0.03,
    ) -> None:
        super().__init__(folder)
        self._settings: dict[str, Any] = {"hashes": hashes, "gate": gate, "telemetry": telemetry}
        self._argv = list(argv)
        self._early: list[Order] = []
        self._worker: Any = None
        # A daemon: a window that crashes must not hang; one that closes stops its runs before.
        self._thread = threading.Thread(target=self._work, name=f"run {folder.name}", daemon=True)
        _LIVING.add(self)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its thread is still there."""
        return self._thread.is_alive()

    def kill(self) -> None:
        """Ask it to stop: there is no way to end a thread that leaves the process sane."""
        self.order(Stop())

    def _pass_on(self, order: Order) -> None:
        with self._lock:
            worker = self._worker
            if worker is None:
                self._early.append(order)
        if worker is not None:
            worker.order(order)
        elif isinstance(order, Stop):
            self._stop_early()

    def _work(self) -> None:
        if not self._take_turn():
            return
        try:
            worker = self._make_worker()
            if worker is not None:
                worker.run()
        finally:
            self._worker = None  # and with it the networks
            _TURN.release()
            if not self.over:  # a fault of ours, which the thread's own hook reports
                self._fail("run.gone")

    def _take_turn(self) -> bool:
        """Wait until no other run is in the thread; False when this one was stopped meanwhile."""
        if _TURN.acquire(blocking=False):
            return True
        self._receive({"event": "note", "message": "Waiting for a run.", "state": "waiting"})
        while not _TURN.acquire(timeout=_POLL):
            if self.over:
                return False
        self._become("starting")
        return True

    def _make_worker(self) -> Any:
        try:
            module = importlib.import_module(_WORKER)
        except ImportError as error:
            self._fail("run.torch", why=error)
            return None
        worker = module.Worker(self.folder, self._argv, self._receive, **self._settings)
        with self._lock:
            self._worker, early = worker, self._early
        if self.over:  # stopped while torch was being imported
            return None
        for order in early:
            worker.order(order)
        return worker


_LIVING: weakref.WeakSet[ThreadRun] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    """Let no thread be in the middle of torch when the interpreter goes away."""
    for run in [run for run in _LIVING if run.alive]:
        run.kill()
        run.join(_AT_EXIT)
