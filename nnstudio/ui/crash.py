"""One funnel for what nobody expected: the document is made safe, and a report can be copied.

an exception in the window, an exception in a thread, a critical word of Qt
→ Funnel → journal written → report on screen
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSysInfo,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio import __version__
from nnstudio.studio.documents import Documents
from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID, SMALL
from nnstudio.ui.widgets import label

LOG = logging.getLogger("nnstudio.window")
LONGEST = 20_000
Kind = type[BaseException]


class Funnel(QObject):
    """Takes every exception that nothing else caught.

    Attributes:
        reports: What was reported, for the log.
    """

    happened = Signal(str)

    def __init__(self, window: QWidget, documents: Documents) -> None:
        super().__init__(window)
        self._window, self._documents = window, documents
        self._old: tuple[Any, Any, Any] | None = None
        self.reports: list[str] = []
        self.dialog: Report | None = None
        self.happened.connect(self._report)

    def install(self) -> None:
        """Take over from the interpreter and from Qt."""
        old_qt = qInstallMessageHandler(self._qt)
        self._old = (sys.excepthook, threading.excepthook, old_qt)
        sys.excepthook = self._exception
        threading.excepthook = self._thread

    def remove(self) -> None:
        """Give back what was taken over."""
        if self._old is not None:
            sys.excepthook, threading.excepthook = self._old[0], self._old[1]
            qInstallMessageHandler(self._old[2])
            self._old = None

    def _exception(self, kind: Kind, error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):  # Ctrl+C in the terminal closes as the button does
            self._window.close()
            return
        self.happened.emit("".join(traceback.format_exception(kind, error, trace)))

    def _thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            lines = traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)
            name = args.thread.name if args.thread else "?"
            self.happened.emit(f"In the thread {name}\n" + "".join(lines))

    def _qt(self, kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        words = text or ""
        if kind == QtMsgType.QtCriticalMsg:
            self.happened.emit(f"Qt: {words}")
        else:
            level = logging.WARNING if kind == QtMsgType.QtWarningMsg else logging.DEBUG
            LOG.log(level, "%s", words)

    def _report(self, trace: str) -> None:
        """Make the document safe first; then say what happened, once at a time."""
        LOG.error("%s", trace)
        self._documents.flush()
        self.reports.append(trace)
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.add(trace)
            return
        self.dialog = Report(trace, self._window)
        self.dialog.show()


class Report(QDialog):
    """What happened, that the work is safe, and the text to send."""

    def __init__(self, trace: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Something in NNStudio went wrong"))
        self.setModal(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        words = label(
            tr(
                "This is a mistake of NNStudio, not of yours. Your work is kept: unsaved changes "
                "are in the journal and are offered at the next start. You can go on; saving "
                "under another name is a good idea. The report below helps to mend it."
            )
        )
        words.setWordWrap(True)
        self.text = QPlainTextEdit(report(trace))
        self.text.setReadOnly(True)
        self.text.setFont(fonts.mono(SMALL))
        wide = QFontMetrics(self.text.font()).horizontalAdvance("m" * 84)
        self.text.setMinimumSize(wide, 120)  # a small screen shows the buttons too
        column.addWidget(words)
        column.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.copy = QPushButton(tr("Copy the report"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        close = QPushButton(tr("Go on"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row.addWidget(self.copy)
        row.addWidget(close)
        column.addLayout(row)

    def add(self, trace: str) -> None:
        """Add another one that came meanwhile."""
        if len(self.text.toPlainText()) < LONGEST:
            self.text.appendPlainText("\n" + trace)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(tr("Copied"))


def report(trace: str) -> str:
    """Return the text of a report: versions and the trace, nothing of the document."""
    head = (
        f"NNStudio {__version__} · Python {sys.version.split()[0]} · Qt {qVersion()} · "
        f"{QSysInfo.prettyProductName()} · {QGuiApplication.platformName()}"
    )
    return f"{head}\n\n{trace}"[:LONGEST]
