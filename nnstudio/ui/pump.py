"""The one timer of a window, and the gate that lets a run in the thread wait for the window.

Every tick takes what the runs have told, then lets at most one view draw it anew: four plots drawn
one after the other never hold the window up, four at once do. A view is drawn ten times a second at
most, and five times beside a run in the thread.

The gate is up while the window answers a hand. A run in the thread looks at it between two steps,
so that a click is answered before the next step begins. Who only watches leaves the run its speed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QEvent,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from nnstudio.engine.events import Gate
from nnstudio.studio.runs import RunBook
from nnstudio.ui.overriding import override

TICK, TICK_BESIDE = 25, 40
"""Milliseconds between two ticks while something goes on; and beside a run in this process."""

CALM = 250
"""Milliseconds between two ticks while nothing does."""

PERIOD, PERIOD_BESIDE = 0.1, 0.2
"""Seconds between two drawings of one view at least; and beside a run in this process, from which
drawing takes the interpreter: ten frames a second cost a run of 1 ms a step a tenth of its speed,
five half of that."""

HAND = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.NativeGesture,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TouchEnd,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.Resize,
    }
)
"""What a hand does to a window."""


class Pump(QObject):
    """Takes events from the runs and hands the time for drawing round.

    Args:
        runs: The book of runs.
        parent: Its owner.

    Signals:
        ticked: Events were taken, or a run goes on.
    """

    ticked = Signal()

    def __init__(self, runs: RunBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._views: list[_View] = []
        self._keeper = _Keeper(runs.gate or Gate(), self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)
        self._timer.start(CALM)
        self._disconnect = runs.changed.connect(self._adjust)
        self._adjust()

    def add(self, widget: QWidget, draw: Callable[[], bool], period: float = 0.0) -> None:
        """Let something be drawn from now on, as long as a widget exists and is seen.

        Args:
            widget: It is drawn there.
            draw: Draws what has come; returns False when there was nothing to be drawn.
            period: Seconds between two drawings, where they are to be more than the least.
        """
        self._views.append(_View(widget, draw, period))

    def tick(self) -> None:
        """Take what has come, and let one view draw."""
        came = self._runs.pump()
        if came or self._runs.busy:
            self.ticked.emit()
        self._views = [view for view in self._views if Shiboken.isValid(view.widget)]
        now = time.monotonic()
        least = PERIOD_BESIDE if self._runs.in_thread else PERIOD
        for view in self._views:
            if now - view.looked < max(view.period, least) or not view.widget.isVisible():
                continue
            view.looked = now
            if view.draw():
                # The others come first next time.
                self._views.remove(view)
                self._views.append(view)
                break
        self._adjust()

    def close(self) -> None:
        """Take no more, and let the runs go their way."""
        self._disconnect()
        self._timer.stop()
        self._views.clear()
        self._keeper.watch(False)

    def _adjust(self) -> None:
        beside = self._runs.in_thread
        self._keeper.watch(beside)
        wanted = (TICK_BESIDE if beside else TICK) if self._runs.active else CALM
        if self._timer.interval() != wanted:
            self._timer.start(wanted)


@dataclass(eq=False)
class _View:
    """What draws itself anew when it is told to."""

    widget: QWidget
    draw: Callable[[], bool]
    period: float
    looked: float = 0.0


class _Keeper(QObject):
    """Lifts the gate with what a hand does to a window, and lowers it when Qt has done its work.

    Only the windows of the system are listened to, not every event of every widget: each call into
    Python may have to wait for the run.
    """

    def __init__(self, gate: Gate, parent: QObject) -> None:
        super().__init__(parent)
        self._gate = gate
        self._watching = False

    def watch(self, on: bool) -> None:
        """Begin or end."""
        application, dispatcher = QGuiApplication.instance(), QAbstractEventDispatcher.instance()
        if on == self._watching or application is None or dispatcher is None:
            return
        assert isinstance(application, QGuiApplication)
        self._watching = on
        if on:
            self._listen()
            application.focusWindowChanged.connect(self._listen)
            dispatcher.aboutToBlock.connect(self._down, Qt.ConnectionType.DirectConnection)
        else:
            application.focusWindowChanged.disconnect(self._listen)
            dispatcher.aboutToBlock.disconnect(self._down)
            for window in QGuiApplication.allWindows():
                window.removeEventFilter(self)
            self._gate.busy = False

    def _listen(self) -> None:
        """Listen to every window; those that are listened to already are so once."""
        for window in QGuiApplication.allWindows():
            window.installEventFilter(self)

    def _down(self) -> None:
        self._gate.busy = False

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in HAND:
            self._gate.busy = True
        return False
