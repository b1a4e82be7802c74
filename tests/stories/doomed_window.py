"""A real window of another process, worked at until it is killed: `doomed_window.py edit|train`.

It is the application itself; a timer presses the keys that a person would press, and says on the
standard output what has been done.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.project.settings import Settings
from nnstudio.ui import app
from nnstudio.ui.crash import Funnel
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.theme import Theme

EDITS_BEFORE_A_REST = 3
REST = 2_500
"""Milliseconds without an edit; by then a picture of the work is kept beside it."""


class Worker(QObject):
    """Works at a window."""

    def __init__(self, window: MainWindow, what: str) -> None:
        super().__init__(window)
        self._window, self._what, self._edits = window, what, 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._work)
        self._timer.start(50)

    def _work(self) -> None:
        if self._window.canvas is not None:
            self._window.activateWindow()
            getattr(self, self._what)(self._window)

    def edit(self, window: MainWindow) -> None:
        """Add one layer after the other."""
        if not window.arrangement:
            QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
            return
        QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
        field = QApplication.focusWidget()
        QTest.keyClicks(field, "identity" if self._edits else "input")
        QTest.keyClick(field, Qt.Key.Key_Return)
        self._edits += 1
        sys.stdout.write(f"{self._edits}\n")
        sys.stdout.flush()
        self._timer.start(REST if self._edits == EDITS_BEFORE_A_REST else 200)

    def train(self, window: MainWindow) -> None:
        """Train, and say where the run is."""
        runs = window.running.runs
        if window.arrangement and runs.live is None:
            QTest.keyClick(window.canvas, Qt.Key.Key_F5)
        if runs.live is not None and runs.live.step > 2:
            self._timer.stop()
            sys.stdout.write(f"{runs.live.folder}\n")
            sys.stdout.flush()


def main() -> int:
    """Open the application's window with a worker at it."""
    compose = app.compose

    def composed(settings: Settings, theme: Theme) -> tuple[MainWindow, Funnel]:
        window, funnel = compose(settings, theme)
        Worker(window, sys.argv[1])
        return window, funnel

    app.compose = composed
    return app.main(*map(Path, sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
