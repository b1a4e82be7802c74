"""Asks what readers say of their data, and tells when the answer is there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.core.values import Choice
from nnstudio.studio.samples import Found, Samples

LOOK = 60
"""How often a process under way is looked at, in milliseconds."""


class SampleWatch(QObject):
    """The timer of whoever shows samples.

    Signals:
        found: Something was found out.
    """

    found = Signal()

    def __init__(self, samples: Samples, parent: QObject) -> None:
        super().__init__(parent)
        self._samples = samples
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self._look)
        end = samples.found.connect(self._tell)
        samples.join()
        self.destroyed.connect(lambda: end())
        self.destroyed.connect(lambda: samples.leave())

    def ask(self, reader: Choice, folder: Path | None) -> Found | None:
        """Return what is known of a reader's data; None while it is being read."""
        found = self._samples.ask(reader, folder)
        if self._samples.busy:
            self._timer.start()
        return found

    def _look(self) -> None:
        self._samples.pump()
        if not self._samples.busy:
            self._timer.stop()

    def _tell(self, reader: Choice) -> None:
        self.found.emit()
