"""The worker process's ends of its wires: lines out, orders in; neither ever holds up the run.

Lines go through a bounded box to standard output. When the window that reads it is gone the run
goes
on: what matters stands in the run folder. Orders come by standard input from the window that
    started
the run, and by a file in the run folder from one that found it again.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from nnstudio.engine.events import Line, Mailbox, Order, order, pack

ORDERS = "orders.jsonl"
_POLL = 0.2


class LinesOut:
    """Writes lines on a thread of its own.

    Args:
        stream: Where to; closed when the reader is gone.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.mailbox = Mailbox()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="lines out", daemon=True)
        self._thread.start()

    def send(self, line: Line) -> None:
        """Take a line; never waits."""
        self.mailbox.put(line)

    def close(self, timeout: float = 5.0) -> None:
        """Write what is left, unless the reader does not take it."""
        self._closing = True
        self._thread.join(timeout)

    def _work(self) -> None:
        while True:
            closing = self._closing
            if self.mailbox.wait(0.0 if closing else _POLL / 2):
                if not self._write():
                    return
            elif closing:
                return

    def _write(self) -> bool:
        text = "".join(json.dumps(pack(event)) + "\n" for event in self.mailbox.take(64))
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            return False
        return True


class OrdersIn:
    """Hands over every order that comes, until the process ends.

    Args:
        stream: Orders of the window that started the run, one a line.
        folder: The run folder, in which another window may write orders.
        take: Takes each order.
    """

    def __init__(self, stream: IO[str], folder: Path, take: Callable[[Order], None]) -> None:
        self.stream, self.take = stream, take
        self.path = folder / ORDERS
        # What was ordered of an earlier part of the run is done.
        self._read = self.path.stat().st_size if self.path.exists() else 0
        for work in (self._from_stream, self._from_file):
            threading.Thread(target=work, name="orders in", daemon=True).start()

    def _from_stream(self) -> None:
        for text in self.stream:
            self._hand_over(text)

    def _from_file(self) -> None:
        while True:
            time.sleep(_POLL)
            try:
                if self.path.stat().st_size > self._read:
                    self._read_more()
            except OSError:
                continue

    def _read_more(self) -> None:
        with self.path.open("rb") as file:
            file.seek(self._read)
            *whole, _half = file.read().split(b"\n")
        self._read += sum(len(text) + 1 for text in whole)
        for text in whole:
            self._hand_over(text.decode())

    def _hand_over(self, text: str) -> None:
        try:
            made = order(json.loads(text))
        except (ValueError, KeyError, TypeError):
            os.write(2, f"no order: {text[:200]}\n".encode())
            return
        self.take(made)
