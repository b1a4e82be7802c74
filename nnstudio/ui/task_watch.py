"""Waits for work on another thread without standing still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from nnstudio.core.problems import NNStudioError
from nnstudio.studio.task import Task

LOOK = 40
"""How often one looks, in milliseconds."""


class TaskWatch(QObject):
    """Runs one piece of work at a time; the newest one counts.

    Work that was overtaken runs to its end and nobody hears of it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Task[Any] | None = None
        self._then: Callable[[Any], object] = _nothing
        self._failed: Callable[[NNStudioError], object] = _nothing
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """True while work is under way."""
        return self._task is not None

    def start(
        self,
        work: Callable[[], Any],
        name: str,
        then: Callable[[Any], object],
        failed: Callable[[NNStudioError], object],
    ) -> None:
        """Start work.

        Args:
            work: What is done on the other thread.
            name: What it is called.
            then: Called here with what it returned.
            failed: Called here with what the user can mend; anything else is raised here.
        """
        self._task, self._then, self._failed = Task(work, name), then, failed
        self._timer.start()

    def _look(self) -> None:
        task = self._task
        if task is None or not task.done:
            return
        self._timer.stop()
        self._task = None
        try:
            result = task.result()
        except NNStudioError as error:
            self._failed(error)
        else:
            self._then(result)


def _nothing(_: Any) -> None:
    """Do nothing."""
