"""A run in a process of its own: `python -m nnstudio.worker`.

The first line of standard input is the job; it may come long after torch was imported, so that a
process can be kept warm. Lines of events go to standard output, what the code prints to
`worker.log` in the run folder, together with Python's own report when it crashes.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from nnstudio.engine.events import Line

LOG = "worker.log"
_NICER = 5


def main() -> int:
    """Do one job and end."""
    out, orders = _take_streams()
    try:
        from nnstudio.worker.run import Worker
        from nnstudio.worker.wires import LinesOut, OrdersIn
    except ImportError as error:
        _refuse(out, orders, str(error))
        return 1
    first = orders.readline()
    if not first:  # the window went away before there was anything to do
        return 0
    job: dict[str, Any] = json.loads(first)
    folder = Path(job["folder"])
    _log_into(folder)
    lines = LinesOut(out)
    worker = Worker(
        folder,
        job["argv"],
        lines.send,
        hashes=job["hashes"],
        telemetry=job["telemetry"],
        after_giving_up=lambda: _leave(lines),
    )
    OrdersIn(orders, folder, worker.order)
    worker.run()
    _leave(lines)
    return 0


def _take_streams() -> tuple[IO[str], IO[str]]:
    """Keep the wires to ourselves: what the code prints must not get between the lines."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    orders = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    if hasattr(os, "nice"):  # the window comes first
        os.nice(_NICER)
    return out, orders


def _log_into(folder: Path) -> None:
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    faulthandler.enable(file=2, all_threads=False)


def _refuse(out: IO[str], orders: IO[str], why: str) -> None:
    """Say in words why nothing can be run here."""
    orders.readline()
    words: Line = {"code": "run.torch", "args": {"why": why}}
    out.write(json.dumps({"event": "failed", "problem": words}) + "\n")
    out.flush()


def _leave(lines: Any) -> None:
    """End at once: the run's thread may still be in a step, and torch takes its time to go."""
    lines.close()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
