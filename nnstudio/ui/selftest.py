"""The self-test in a window: it runs in a process of its own and shows part after part."""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QProcess, QProcessEnvironment
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import label

COMMAND = ("-m", "nnstudio", "selftest", "--json")
FEW_LINES = 12


class SelfTest(QDialog):
    """Tries every part on this machine; closing it ends the process."""

    def __init__(self, parent: QWidget, command: tuple[str, ...] = COMMAND) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Self-test"))
        self.setMinimumWidth(560)
        self._out = ""
        self.words = label(
            tr("Every part is tried on this machine; this takes a while."), wrap=True
        )
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self._parts = QGridLayout()
        self._parts.setHorizontalSpacing(2 * GRID)
        self._parts.setColumnStretch(1, 1)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addLayout(self._parts)
        column.addStretch(1)
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)
        self._process = QProcess(self)
        variables = QProcessEnvironment.systemEnvironment()
        self._process.setProcessEnvironment(variables)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._failed)
        self.finished.connect(lambda _: self._end())
        self._process.start(sys.executable, list(command))

    def _ended(self, code: int) -> None:
        self.bar.hide()
        text = bytes(self._process.readAllStandardOutput().data()).decode(errors="replace")
        try:
            found = json.loads(text)
            parts: list[dict[str, Any]] = found["parts"]
        except (ValueError, KeyError, TypeError):
            said = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            last = "\n".join(said.strip().splitlines()[-FEW_LINES:])
            self.words.setText(tr("The self-test did not finish: {why}", why=last or str(code)))
            return
        for place, part in enumerate(parts):
            self._show(place, part)
        well = tr("Every part works here.")
        self.words.setText(well if found.get("ok") else tr("Some parts do not work here."))

    def _show(self, place: int, part: dict[str, Any]) -> None:
        good = bool(part.get("ok"))
        sign = label(tr("works") if good else tr("fails"), "good" if good else "bad")
        what = label(str(part.get("what", "")), wrap=True)
        self._parts.addWidget(label(str(part.get("name", ""))), place, 0)
        self._parts.addWidget(what, place, 1)
        self._parts.addWidget(sign, place, 2)
        self._parts.addWidget(label(f"{float(part.get('seconds', 0)):.1f} s", "muted"), place, 3)

    def _failed(self, error: QProcess.ProcessError) -> None:
        self.bar.hide()
        self.words.setText(tr("The self-test could not be started: {why}",
                              why=self._process.errorString()))  # fmt: skip

    def _end(self) -> None:
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.finished.disconnect()
            self._process.errorOccurred.disconnect()
            self._process.kill()
            self._process.waitForFinished(2000)
