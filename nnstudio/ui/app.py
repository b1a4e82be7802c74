"""The composition root: everything is built here, in the order in which it is needed.

main ─ QApplication ─ fonts, theme, style ─ Documents ─ MainWindow ─ show
after the first paint: `Deferred` completes the window, then loads what is slow
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio.core.problems import Problem, WorldError
from nnstudio.project.settings import Settings
from nnstudio.studio.documents import Documents
from nnstudio.studio.recent import Recent
from nnstudio.studio.session import Session
from nnstudio.ui import fonts, i18n, style
from nnstudio.ui.crash import Funnel
from nnstudio.ui.icons import icon
from nnstudio.ui.later import later
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.sweeper import Sweeper
from nnstudio.ui.theme import Theme

DEFERRED = ("numpy", "pyqtgraph", "pygments.lexers.python", "PIL.Image")
"""Loaded one after the other when the window is idle: together they would take longer to import
than the window takes to stand. torch follows, in a thread of its own (see `ui.devices`)."""

REST = 250
CALM = 4
"""So many looks, `REST` milliseconds apart, at a hand that does not move, are idleness."""


def main(file: Path | None = None) -> int:
    """Open the window, with a file if one is named, and return when it is closed.

    Raises:
        WorldError: There is no display.
    """
    if not has_display():
        raise WorldError(Problem("ui.no_display"))
    application = make_application()
    settings = Settings()
    i18n.choose(str(settings.get("language")))
    theme = Theme(settings.get("theme"))  # type: ignore[arg-type]
    style.apply(application, theme)
    window, funnel = compose(settings, theme)
    funnel.install()
    sweeper = Sweeper(window)
    window.files.opened.connect(lambda: later(window, sweeper.settle))
    window.show()
    deferred = Deferred(window, sweeper)
    deferred.start(lambda: file is not None and window.open(file))
    code = application.exec()
    window.devices.wait()
    sweeper.close()
    funnel.remove()
    return code


def has_display() -> bool:
    """Tell whether a window can be opened here."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform in ("win32", "cygwin", "darwin"):
        return True
    named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(named) or chosen.startswith(("offscreen", "minimal", "vnc"))


def make_application() -> QApplication:
    """Return the application, with its fonts."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("NNStudio")
    application.setApplicationDisplayName("")
    application.setDesktopFileName("nnstudio")
    fonts.load()
    return application


def compose(settings: Settings, theme: Theme) -> tuple[MainWindow, Funnel]:
    """Return the window and what unexpected exceptions fall into."""
    troubles = Troubles()
    recent = Recent(int(settings.get("recent_files")))  # type: ignore[arg-type]
    documents = Documents(Session(), recent, troubles.happened.emit)
    window = MainWindow(documents, theme, settings)
    troubles.setParent(window)
    troubles.happened.connect(window.tell_trouble)
    window.setWindowIcon(icon("logo", theme, "accent"))
    return window, Funnel(window, documents)


class Troubles(QObject):
    """Carries what the journal's disk refuses from its thread to the window's."""

    happened = Signal(object)


class Deferred(QObject):
    """What the first paint does not wait for, one part at a time so that the window stays awake."""

    def __init__(self, window: MainWindow, sweeper: Sweeper) -> None:
        super().__init__(window)
        self._window, self._sweeper = window, sweeper
        self._todo: list[Callable[[], object]] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
        self._calm, self._seen = 0, (QCursor.pos(), -1)

    def start(self, then: Callable[[], object]) -> None:
        """Begin after the first paint.

        Args:
            then: Called when the window is complete.
        """
        self._window.start_page.start()
        slow = [lambda name=name: _load(name) for name in DEFERRED]
        self._todo = [
            self._window.complete,
            then,
            self._sweeper.settle,
            *slow,
            self._window.devices.look_up,
            lambda: _foretell(self._window),
        ]
        self._timer.start(0)

    def _step(self) -> None:
        page = self._window.start_page
        if page.isVisible() and not page.ready:  # what can be clicked comes first
            return
        if self._timer.interval() and not self._is_idle():
            return
        call = self._todo.pop(0)
        if not self._todo:
            self._timer.stop()
        elif len(self._todo) <= len(DEFERRED) + 2:
            self._timer.setInterval(REST)
        call()

    def _is_idle(self) -> bool:
        """Look whether the hand rests: no button, no movement, no edit since the last look."""
        seen = (QCursor.pos(), self._window.session.step)
        resting = seen == self._seen and not QGuiApplication.mouseButtons().value
        self._seen = seen
        self._calm = self._calm + 1 if resting else 0
        return self._calm >= CALM


def _foretell(window: MainWindow) -> None:
    if window.context.forecasts is not None:
        window.context.forecasts.start()


def _load(name: str) -> None:
    try:
        import_module(name)
    except ImportError:
        return  # whoever needs it says so in words when it is asked for
