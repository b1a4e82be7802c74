"""A process that does one job beside the window and ends: JSON goes in, bytes come out.

What takes torch, may be large, broken or foreign code happens there and never in the window. What
comes back are numbers and text, nothing that could be executed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from nnstudio.core import paths


def command(worker: str = "") -> list[str]:
    """Return how a worker is started: one that does a job, or without a name that of runs."""
    if paths.frozen():
        return [sys.executable, "--worker", worker] if worker else [sys.executable, "--worker"]
    module = f"nnstudio.worker.{worker}" if worker else "nnstudio.worker"
    return [sys.executable, "-m", module]


class Aside:
    """A job under way.

    Attributes:
        late: It took too long and was ended.
        cancelled: Nobody wanted to know any more.

    Args:
        worker: The module of `nnstudio.worker` that does it.
        job: What it is given, as JSON.
        seconds: After so long it is ended, with all that it started.
        heard: Whether its standard error is kept; not of foreign code, which may never stop.
    """

    def __init__(self, worker: str, job: Any, seconds: float, *, heard: bool = False) -> None:
        self.late = self.cancelled = False
        self._seconds, self._output, self._errors = seconds, b"", b""
        self._process = subprocess.Popen(
            command(worker),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if heard else subprocess.DEVNULL,
            cwd=paths.package().parent,  # never a folder of the user's, whose files would shadow
            start_new_session=True,  # Ctrl+C is for the window
        )
        self._thread = threading.Thread(
            target=self._wait, args=(json.dumps(job).encode(),), name=worker, daemon=True
        )
        self._thread.start()

    @property
    def done(self) -> bool:
        """True when there is an answer, or none will come."""
        return not self._thread.is_alive()

    @property
    def end(self) -> str:
        """How it ended, in words."""
        code = self._process.returncode or 0
        if self.cancelled:
            return "it was cancelled"
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def answer(self) -> bytes:
        """Return what it wrote; waits until it is done."""
        self._thread.join()
        return self._output

    def last_words(self) -> str:
        """Return the last line of its standard error; "" where there is none."""
        self._thread.join()
        lines = self._errors.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def cancel(self) -> None:
        """End it; nobody wants to know any more."""
        self.cancelled = True
        self._kill()

    def _wait(self, job: bytes) -> None:
        try:
            output, errors = self._process.communicate(job, timeout=self._seconds)
        except subprocess.TimeoutExpired:
            self.late = True
            self._kill()
            self._process.communicate()
        else:
            self._output, self._errors = output, (errors or b"")[-4096:]
        self._kill()  # what it may have started

    def _kill(self) -> None:
        """End the process and all that it started."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()
