"""Files, as the user meets them: what is asked before something is lost, what is said then.

Every way in (menu, start page, drop, command line) ends here; `studio.documents` does the work.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.core import paths
from nnstudio.core.problems import NNStudioError, Problem, UsageError
from nnstudio.project.format import SUFFIX
from nnstudio.project.recovery import Recovered
from nnstudio.studio.documents import Documents
from nnstudio.ui import messages
from nnstudio.ui.i18n import tr
from nnstudio.ui.messages import Answer


class Files(QObject):
    """Opens and saves for one window.

    Attributes:
        may_stop: Asked before the document is given up: False while a run must not be left.

    Signals:
        opened: Another document is on screen.
    """

    opened = Signal()

    def __init__(self, documents: Documents, window: QWidget) -> None:
        super().__init__(window)
        self.documents, self._window = documents, window
        self.may_stop: Callable[[], bool] = lambda: True
        self._asking = False

    def new(self) -> bool:
        """Start with an empty canvas."""
        return self._show(self.documents.new)

    def template(self, name: str) -> bool:
        """Start from a template."""
        return self._show(lambda: self.documents.template(name))

    def recover(self, found: Recovered) -> bool:
        """Open what an earlier session left."""
        return self._show(lambda: self.documents.recover(found))

    def open(self, path: Path | None = None) -> bool:
        """Open a file, or ask for one."""
        chosen = path or self._choose_open()
        return chosen is not None and self._show(lambda: self.documents.open(chosen))

    def drop(self, dropped: list[Path]) -> bool:
        """Open a file that was dropped on the window; anything else is told."""
        if len(dropped) == 1 and dropped[0].suffix.lower() == SUFFIX:
            return self.open(dropped[0])
        if len(dropped) > 1:
            problem = Problem("document.many", args={"count": len(dropped)})
        else:
            problem = Problem("document.foreign", args={"name": dropped[0].name})
        messages.refused(self._window, UsageError(problem))
        return False

    def save(self) -> bool:
        """Write the document to its file; ask for one where it has none."""
        session = self.documents.session
        if session.path is None or session.read_only:
            return self.save_as()
        if self.documents.changed_outside() and not self.ask_outside():
            return False
        return self._tried(self.documents.save)

    def save_as(self) -> bool:
        """Write the document to another file, and go on with that one."""
        path = self._choose_save()
        if path is None:
            return False
        return self._tried(lambda: self.documents.save(path))

    def may_leave(self) -> bool:
        """Ask what becomes of unsaved changes; return whether the document may be given up."""
        if not self.may_stop():
            return False
        if self.documents.session.is_saved:
            return True
        title = self.documents.title
        answer = messages.ask(
            self._window,
            tr("Unsaved changes"),
            tr("{name} has changes that are not saved. Save them?", name=title),
            (
                Answer("save", tr("Save")),
                Answer("discard", tr("Discard"), "destroy"),
                Answer("cancel", tr("Cancel"), "cancel"),
            ),
        )
        return answer == "discard" or (answer == "save" and self.save())

    def look_outside(self) -> None:
        """Ask what to do when another program wrote the file; called when the window wakes."""
        if not self._asking and self.documents.changed_outside():
            self.ask_outside()

    def ask_outside(self) -> bool:
        """Ask: reload, keep or save elsewhere. True when the document here is to be kept."""
        self._asking = True
        try:
            answer = messages.ask(
                self._window,
                tr("The file has changed"),
                tr("Another program wrote {name}, or took it away. Which one do you want?",
                   name=self.documents.title),
                (
                    Answer("keep", tr("Keep what is here")),
                    Answer("reload", tr("Take the file's"), "destroy"),
                    Answer("save_as", tr("Save as…"), "destroy"),
                ),
            )  # fmt: skip
        finally:
            self._asking = False
        if answer == "reload":
            if self._tried(self.documents.reload):
                self.opened.emit()
        elif answer == "save_as":
            self.save_as()
        else:
            self.documents.keep()
        return answer == "keep"

    def refuse(self, error: NNStudioError) -> None:
        """Say why something could not be done."""
        messages.refused(self._window, error)

    def _show(self, call: Callable[[], object]) -> bool:
        if not self.may_leave() or not self._tried(call):
            return False
        self.opened.emit()
        return True

    def _tried(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except NNStudioError as error:
            self.refuse(error)
            return False
        return True

    def _choose_open(self) -> Path | None:
        folder = str(self._folder())
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Open a project"), folder, _filter())
        return Path(name) if name else None

    def _choose_save(self) -> Path | None:
        documents = self.documents
        path = documents.session.path
        offered = path.name if path else documents.suggested
        dialog = QFileDialog(self._window, tr("Save the project"), str(self._folder()), _filter())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile(offered)
        chosen = dialog.selectedFiles()[0] if dialog.exec() else ""
        dialog.deleteLater()
        return Path(chosen) if chosen else None

    def _folder(self) -> Path:
        path = self.documents.session.path
        if path is not None:
            return path.parent
        folder = paths.documents_folder()
        return folder if folder.is_dir() else Path.home()


def _filter() -> str:
    return tr("NNStudio projects") + f" (*{SUFFIX})"
