"""A bounded box between a run and whoever watches it: putting never waits, taking is quick.

Lines of single steps are packed into columns as they come in. When nobody empties the box, the
oldest packed metrics go first: they stand in the run's `metrics.jsonl` anyway.
"""

from __future__ import annotations

import math
import threading
from array import array
from collections import deque
from collections.abc import Mapping

from nnstudio.engine.events.lines import Line, unpack
from nnstudio.engine.events.values import Event, Metrics, Samples, Scene, Telemetry, Vitals

ROWS = 65_536
"""Steps that are kept for a reader who is late."""

BLOCK = 4_096
"""Steps in one `Metrics` value."""

ENDLESS = (Telemetry, Vitals, Samples, Scene)
"""What, besides metrics, comes without end when nobody reads."""

OTHERS = 4_096
"""Events that are no metrics and are kept for a reader who is late."""


class Mailbox:
    """Events on their way; safe to use from several threads.

    Attributes:
        dropped: Steps that were thrown away since nobody took them.
    """

    def __init__(self, rows: int = ROWS, others: int = OTHERS) -> None:
        self.dropped = 0
        self._limits = (rows, others)
        self._rows = 0
        self._events: deque[Event] = deque()
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._open: Metrics | None = None

    def put(self, line: Line) -> None:
        """Take a line; never waits for a reader.

        Raises:
            ValueError: It is no event.
        """
        with self._lock:
            if line.get("event") == "metrics" and "step" in line:
                self._add_row(line)
            else:
                self._open = None
                self._add(unpack(line))
            self._trim()
            self._filled.notify_all()

    def take(self, limit: int = OTHERS) -> list[Event]:
        """Return what has come, oldest first, and at most `limit` events of it."""
        with self._lock:
            taken = [self._events.popleft() for _ in range(min(limit, len(self._events)))]
            self._rows -= sum(len(event) for event in taken if isinstance(event, Metrics))
            if not self._events:
                self._open = None
        return taken

    def wait(self, timeout: float) -> bool:
        """Wait until there is something to take; return whether there is."""
        with self._lock:
            return bool(self._events) or self._filled.wait(timeout)

    def _add_row(self, line: Line) -> None:
        values: Mapping[str, float | None] = line["metrics"]
        block = self._open
        if block is None or len(block) >= BLOCK or block.columns.keys() != values.keys():
            columns = {name: array("d") for name in values}
            block = self._open = Metrics(array("q"), array("q"), array("d"), columns)
            self._events.append(block)
        block.steps.append(line["step"])
        block.epochs.append(line["epoch"])
        block.seconds.append(line["seconds"])
        for name, value in values.items():
            block.columns[name].append(math.nan if value is None else value)
        self._rows += 1

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._rows += len(event) if isinstance(event, Metrics) else 0

    def _trim(self) -> None:
        rows, others = self._limits
        while self._rows > rows:
            self._drop(Metrics)
        if len(self._events) > others + rows // BLOCK:
            self._drop(*ENDLESS)

    def _drop(self, *kinds: type[Event]) -> None:
        oldest = next((event for event in self._events if isinstance(event, kinds)), None)
        if oldest is None:
            return
        self._events.remove(oldest)
        if isinstance(oldest, Metrics):
            self._open = None if self._open is oldest else self._open
            self._rows -= len(oldest)
            self.dropped += len(oldest)
