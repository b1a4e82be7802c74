"""A run in a process of its own: the window survives its crash, and it survives the window's."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnstudio.core import paths
from nnstudio.core.problems import WorldError
from nnstudio.engine.aside import command
from nnstudio.engine.events import Order, Stop, order_line, read_record
from nnstudio.engine.runs import Run

LOG = "worker.log"
_LAST_LINES = 2.0  # seconds for what a dead process wrote and nobody has read yet
_LOG_TAIL = 64_000
_FRAME = re.compile(r'^  File "(?P<path>.+)", line (?P<line>\d+) in ', re.MULTILINE)
_SIGNALS = {
    "SIGKILL": "it was killed, most likely since memory ran out",
    "SIGSEGV": "a segmentation fault (SIGSEGV)",
    "SIGABRT": "it aborted (SIGABRT)",
    "SIGTERM": "it was asked to end (SIGTERM)",
}


class ProcessRun(Run):
    """A run in a process of its own, at a lower priority than the window.

    When the window goes away it goes on; `engine.attach` finds it again by its folder.

    Args:
        folder: The run folder.
        argv: What its `train.py` is started with.
        hashes: The sha256 of each file of code; None takes the code as it lies there.
        telemetry: The part of the training time that looking inside may cost.
    """

    home = "process"

    def __init__(
        self,
        folder: Path,
        argv: Sequence[str],
        *,
        hashes: Mapping[str, str] | None = None,
        telemetry: float = 0.03,
    ) -> None:
        super().__init__(folder)
        job = {
            "folder": str(folder.resolve()),
            "argv": list(argv),
            "hashes": None if hashes is None else dict(hashes),
            "telemetry": telemetry,
        }
        self._process = WARM.take()
        self._write(json.dumps(job))
        self._reader = threading.Thread(target=self._read, name="run lines", daemon=True)
        self._thread = threading.Thread(target=self._watch, name=f"run {folder.name}", daemon=True)
        self._reader.start()
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its process, or a thread that watches it, is still there."""
        return self._thread.is_alive() or self._reader.is_alive()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def kill(self) -> None:
        """End the process at once, and those that it started."""
        _end_group(self._process)

    def _pass_on(self, order: Order) -> None:
        if isinstance(order, Stop) and self.started is None:  # it may still be importing torch
            self._stop_early()
            self.kill()
            return
        self._write(json.dumps(order_line(order)))

    def _write(self, text: str) -> None:
        stream = self._process.stdin
        with contextlib.suppress(OSError, ValueError):  # it has just died, which `_watch` tells
            if stream is not None:
                stream.write(text + "\n")
                stream.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        with contextlib.suppress(ValueError):  # closed by `leave`
            for text in stream or ():
                self._receive(json.loads(text))

    def _watch(self) -> None:
        code = self._process.wait()
        self._reader.join(_LAST_LINES)  # a child of the run may still hold the other end
        if not self.over:
            self._fail("run.crashed", fault_in_log(self.folder), how=in_words(code))
        _end_group(self._process)
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()


class _Warm:
    """A worker process that has imported torch and waits for a job."""

    def __init__(self) -> None:
        self._waiting: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Start one, unless one is waiting."""
        with self._lock:
            if self._waiting is None or self._waiting.poll() is not None:
                self._waiting = _start()

    def take(self) -> subprocess.Popen[str]:
        """Return the one that waits, or start one."""
        with self._lock:
            process, self._waiting = self._waiting, None
        return process if process is not None and process.poll() is None else _start()

    @property
    def pid(self) -> int | None:
        """The number of the one that waits."""
        waiting = self._waiting
        return None if waiting is None else waiting.pid

    def dismiss(self) -> None:
        """Send the waiting one away."""
        with self._lock:
            process, self._waiting = self._waiting, None
        if process is not None:
            process.communicate()  # it ends when there is no job to come


WARM = _Warm()


def in_words(code: int) -> str:
    """Say how a process ended: the signal, or its exit code."""
    if code >= 0:
        return f"it ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
    return _SIGNALS.get(name, f"signal {name}")


def fault_in_log(folder: Path) -> str:
    """Return the node at which a run crashed, from the traceback that it left in its log, or ""."""
    with contextlib.suppress(OSError, WorldError):
        with (folder / LOG).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _LOG_TAIL))
            report = file.read().decode(errors="replace").rpartition("Fatal Python error")[2]
        lines = read_record(folder).lines
        for frame in _FRAME.finditer(report):  # the innermost first
            path = Path(frame["path"])
            known = lines.get(path.name, {}) if path.parent == folder.resolve() else {}
            if frame["line"] in known:
                return known[frame["line"]]
    return ""


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        cwd=paths.package().parent,  # never the run folder, whose files would shadow modules
        **_apart(),
    )


def _apart() -> dict[str, Any]:
    """Arguments that put a process into a group of its own: Ctrl+C is for the window."""
    if sys.platform == "win32":
        return {
            "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP
            | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        }
    return {"start_new_session": True}


def _end_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
