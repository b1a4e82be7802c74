"""A run that another window started, or one that has died with it: found again by its folder."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from nnstudio.core.locks import LockFile
from nnstudio.engine.events import FINAL, Line, Order, Stop, order_line
from nnstudio.engine.process import fault_in_log
from nnstudio.engine.runs import Run
from nnstudio.kit import files

LOCK = "run.lock"
EVENTS = "events.jsonl"
METRICS = "metrics.jsonl"
ORDERS = "orders.jsonl"
_POLL = 0.2


def living(folder: Path) -> bool:
    """Return whether the run of this folder goes on in some process."""
    return LockFile(folder / LOCK).held()


class AttachedRun(Run):
    """A run that goes on in a process that is not our child.

    Args:
        folder: The run folder.
        metrics_from: The byte of `metrics.jsonl` from which on steps are told; None begins at its
            present end, for a reader who has read the file.
    """

    home = "elsewhere"

    def __init__(self, folder: Path, metrics_from: int | None = None) -> None:
        super().__init__(folder)
        here = _size(folder / METRICS) if metrics_from is None else metrics_from
        self._metrics = _Tail(folder / METRICS, here)
        self._told = _Tail(folder / EVENTS, 0)
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._follow_files, name="run files", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it is still watched."""
        return self._thread.is_alive()

    def kill(self) -> None:
        """Ask it to stop: it is not our child."""
        self.order(Stop())

    def leave(self) -> None:
        """Watch it no longer; it goes on."""
        self._left.set()
        self._thread.join()

    def _pass_on(self, order: Order) -> None:
        text = json.dumps(order_line(order)) + "\n"
        files.append(self.folder / ORDERS, text.encode(), sync=False)

    def _follow_files(self) -> None:
        while not self.over and not self._left.is_set():
            lives = living(self.folder)  # asked before reading: its last words are read once more
            told = self._present(list(self._told.lines()))
            ends = [line for line in told if line.get("event") in FINAL]
            steps = list(self._metrics.lines())  # written before what ended it was told
            for line in [*(line for line in told if line not in ends), *steps, *ends]:
                self._receive(line)
            if not lives and not self.over:
                self._fail("run.gone", fault_in_log(self.folder))
            self._left.wait(_POLL)

    def _present(self, told: list[Line]) -> list[Line]:
        """Only the last part of a run that was resumed is still going on."""
        starts = [n for n, line in enumerate(told) if line.get("event") == "run_started"]
        ends = [n for n, line in enumerate(told) if line.get("event") in FINAL]
        first = starts[-1] if starts else 0
        if not starts and ends and living(self.folder):
            first = ends[-1] + 1
        return told[first:]


class _Tail:
    """The lines of a file that grows."""

    def __init__(self, path: Path, offset: int) -> None:
        self.path, self.offset = path, offset

    def lines(self) -> Iterator[Line]:
        """Yield the whole lines that came since the last call."""
        try:
            self.offset = min(self.offset, _size(self.path))  # a resumed run cuts its metrics
            with self.path.open("rb") as file:
                file.seek(self.offset)
                *whole, _half = file.read().split(b"\n")
        except OSError:
            return
        self.offset += sum(len(text) + 1 for text in whole)
        for text in whole:
            with contextlib.suppress(ValueError):
                yield json.loads(text)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
