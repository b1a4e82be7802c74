"""The one timer of a window, and the gate that lets a run in the thread wait for the window.

Every tick takes what the runs have told, then lets at most one view draw it anew: four plots drawn
one after the other never hold the window up, four at once do. A view is drawn ten times a second at
most.

The gate is up exactly while Qt's event dispatcher is awake. A run in the thread looks at it between
two steps, so that a click is answered before the next step begins.
"""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt, QTimer
from shiboken6 import Shiboken

from nnstudio.engine.events import Gate
from nnstudio.studio.runs import RunBook

TICK = 25
"""Milliseconds between two ticks while something goes on."""

CALM = 250
"""Milliseconds between two ticks while nothing does."""

PERIOD = 0.1
"""Seconds between two drawings of one view at least."""


class View(Protocol):
    """What draws itself anew when it is told to."""

    def refresh(self) -> bool:
        """Draw what has come; return False when there was nothing to be drawn."""

    def isVisible(self) -> bool:  # noqa: N802 (Qt's)
        """Whether anybody could see it."""


class Pump(QObject):
    """Takes events from the runs and hands the time for drawing round.

    Args:
        runs: The book of runs.
        gate: That of the runs.
        parent: Its owner.
    """

    def __init__(self, runs: RunBook, gate: Gate | None = None, parent: QObject | None = None):
        super().__init__(parent)
        self._runs = runs
        self._views: list[View] = []
        self._drawn: dict[int, float] = {}
        self._keeper = _Keeper(gate or Gate())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)
        self._timer.start(CALM)
        self._disconnect = runs.changed.connect(self._adjust)
        self._adjust()

    def add(self, view: View) -> None:
        """Let a view be drawn from now on, as long as it exists."""
        self._views.append(view)

    def tick(self) -> None:
        """Take what has come, and let one view draw."""
        self._runs.pump()
        now = time.monotonic()
        for place, view in enumerate(self._views):
            if not Shiboken.isValid(view):
                del self._views[place]
                break
            due = now - self._drawn.get(id(view), 0.0) >= PERIOD
            if due and view.isVisible() and view.refresh():
                self._drawn[id(view)] = now
                self._views.append(self._views.pop(place))  # the others come first next time
                break
        if (self._timer.interval() == TICK) != self._runs.active:
            self._adjust()

    def close(self) -> None:
        """Take no more, and let the runs go their way."""
        self._disconnect()
        self._timer.stop()
        self._keeper.watch(False)

    def _adjust(self) -> None:
        self._keeper.watch(self._runs.in_thread)
        wanted = TICK if self._runs.active else CALM
        if self._timer.interval() != wanted:
            self._timer.start(wanted)


class _Keeper:
    """Lifts and lowers the gate with Qt's event dispatcher."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._dispatcher: QAbstractEventDispatcher | None = None

    def watch(self, on: bool) -> None:
        if on == (self._dispatcher is not None):
            return
        if on:
            self._dispatcher = QAbstractEventDispatcher.instance()
            direct = Qt.ConnectionType.DirectConnection
            self._dispatcher.awake.connect(self._up, direct)
            self._dispatcher.aboutToBlock.connect(self._down, direct)
        elif self._dispatcher is not None:
            self._dispatcher.awake.disconnect(self._up)
            self._dispatcher.aboutToBlock.disconnect(self._down)
            self._dispatcher = None
            self._gate.busy = False

    def _up(self) -> None:
        self._gate.busy = True

    def _down(self) -> None:
        self._gate.busy = False
