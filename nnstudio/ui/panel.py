"""The base of all panels: follows signals while it lives, and draws only while it is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nnstudio.core.signal import Signal
from nnstudio.ui.context import Context
from nnstudio.ui.overriding import override

P = ParamSpec("P")


class Panel(QWidget):
    """A part of the window around the canvas.

    A panel calls `later` when what it shows may have changed. `refresh` is then called once the
    window is idle, or when the panel is seen again: what nobody sees costs nothing.

    Args:
        context: The shared objects of the window.
        parent: Its dock.
    """

    DELAY = 0
    """How long `refresh` waits for more changes, in milliseconds."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._stale = True
        self._wait = QTimer(self, singleShot=True, interval=self.DELAY)
        self._wait.timeout.connect(self._refresh)
        ends: list[Callable[[], None]] = []
        self._ends = ends
        # A function of its own: by then this object is no longer one.
        self.destroyed.connect(lambda: _end(ends))

    @property
    def folder(self) -> Path | None:
        """Where the project's file lies; None while it has none."""
        path = self.context.session.path
        return None if path is None else path.parent

    def follow(self, signal: Signal[P], slot: Callable[P, object]) -> None:
        """Call `slot` for a signal without Qt as long as the panel lives."""
        self._ends.append(signal.connect(slot))

    def later(self) -> None:
        """Refresh at the next idle moment, or when the panel is seen again."""
        self._stale = True
        if self.isVisible() and not self._wait.isActive():
            self._wait.start()

    def refresh(self) -> None:
        """Show what holds now."""
        raise NotImplementedError

    def _refresh(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self.refresh()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()


def _end(ends: list[Callable[[], None]]) -> None:
    for end in ends:
        end()
    ends.clear()
