"""What happened, line by line: runs, files, refusals; kept in memory, shown in the log."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from nnstudio.core.signal import Signal

Level = Literal["info", "good", "warning", "error"]
LEVELS: tuple[Level, ...] = ("info", "good", "warning", "error")
LIMIT = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log.

    Attributes:
        text: What happened.
        level: How much it matters.
        source: What it is about: the name of a run, `file`, or "".
        time: When, in seconds since 1970.
    """

    text: str
    level: Level = "info"
    source: str = ""
    time: float = field(default_factory=time.time)

    @property
    def clock(self) -> str:
        """The time of day, as `14:03:59`."""
        return time.strftime("%H:%M:%S", time.localtime(self.time))

    def __str__(self) -> str:
        source = f"{self.source}: " if self.source else ""
        return f"{self.clock} {self.level:7} {source}{self.text}"


class Log:
    """The lines of one window, the oldest first.

    Attributes:
        added: Emits each new line, on the thread that wrote it: the window's own.
        cleared: Emits when all lines were taken away.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.added: Signal[[Line]] = Signal()
        self.cleared: Signal[[]] = Signal()
        self._lines: deque[Line] = deque(maxlen=limit)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines that are still kept."""
        return tuple(self._lines)

    def write(self, text: str, level: Level = "info", source: str = "") -> None:
        """Add a line."""
        line = Line(text, level, source)
        self._lines.append(line)
        self.added.emit(line)

    def clear(self) -> None:
        """Take all lines away."""
        self._lines.clear()
        self.cleared.emit()
