"""A window's parts around a book of runs, without the window."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from nnstudio.core.problems import NNStudioError
from nnstudio.engine.events import Gate
from nnstudio.studio.live import Live
from nnstudio.studio.runs import RunBook
from nnstudio.studio.session import Session
from nnstudio.studio.starting import Options
from nnstudio.ui.context import Context
from nnstudio.ui.pump import Pump
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState

PATIENCE = 60_000


class Stage:
    """A document with its runs, the pump that drives them, and what was refused."""

    def __init__(self, document: Any, folder: Path, theme: Theme, **options: Any) -> None:
        self.session = Session(document, folder / "net.nns")
        self.runs = RunBook(self.session, lambda: folder, lambda: Options(**options), Gate())
        self.pump = Pump(self.runs)
        self.refused: list[NNStudioError] = []
        self.view = ViewState(next(iter(document.graphs)))
        self.context = Context(
            session=self.session,
            view=self.view,
            theme=theme,
            refused=self.refused.append,
            runs=self.runs,
            pump=self.pump,
        )

    def until(self, qtbot: QtBot, condition: Callable[[], object]) -> None:
        """Let the window live until something has come true."""
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def finish(self, qtbot: QtBot, live: Live) -> None:
        """Let the window live until a run is over, and the list and what shows it know of it."""
        self.until(qtbot, lambda: live.gone and not self.runs.active)
        for _ in range(3):  # what a panel puts off until `later` waits for the next turn only
            QCoreApplication.processEvents()

    def close(self) -> None:
        self.pump.close()
        assert self.runs.close(timeout=30)
