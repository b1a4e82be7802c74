"""The runs of a document that lie on the disk: listed, compared, put aside and brought back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nnstudio.core.problems import NNStudioError
from nnstudio.core.signal import Signal
from nnstudio.engine import runner
from nnstudio.engine.folder import runs_folder
from nnstudio.kit import files
from nnstudio.project.store import world_error
from nnstudio.studio import run_files
from nnstudio.studio.background import Background
from nnstudio.studio.run_files import TRASH, RunEntry
from nnstudio.studio.session import Session, Update
from nnstudio.studio.trace import Trace


class RunList:
    """The folder of a document's runs.

    A document without a file has its runs where its unsaved work is kept; with the first save they
    move beside the file. Save As begins an empty list.

    Attributes:
        changed: Emits when the list, or what is chosen from it, is another one.
        left: Emits when another document is in the place of the one whose runs these were.
        moved: Emits the old and the new folder of a run.
        refused: Emits what the disk refused.
        selected: The id of the run that Continue takes; "" takes the newest.
        home: The folder; None as long as a document without a file has never been trained.

    Args:
        session: The document.
        home_of_unsaved: Makes the folder for a document that has no file.
        going: Tells whether a run of this window is still at work in a folder.
    """

    def __init__(
        self,
        session: Session,
        home_of_unsaved: Callable[[], Path],
        going: Callable[[Path], bool] = lambda folder: False,
    ) -> None:
        self.changed: Signal[[]] = Signal()
        self.left: Signal[[]] = Signal()
        self.moved: Signal[[Path, Path]] = Signal()
        self.refused: Signal[[NNStudioError]] = Signal()
        self.selected = ""
        self.home = runs_folder(session.path) if session.path else None
        self._session, self._home_of_unsaved, self._going = session, home_of_unsaved, going
        self._path = session.path
        self._left_behind: tuple[Path, Path] | None = None
        self._entries: dict[Path, RunEntry] = {}
        self._trash: dict[Path, RunEntry] = {}
        self._traces: dict[Path, Trace] = {}
        self._plotted: dict[str, None] = {}
        self._reader = Background("run reader")
        self._disconnect = [
            session.changed.connect(self._follow_document),
            session.saved_changed.connect(self._follow_path),
        ]
        self.refresh()

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """The runs, the newest first."""
        return tuple(sorted(self._entries.values(), key=lambda entry: entry.id, reverse=True))

    @property
    def trash(self) -> tuple[RunEntry, ...]:
        """Runs that were deleted and can be restored."""
        return tuple(sorted(self._trash.values(), key=lambda entry: entry.id, reverse=True))

    @property
    def plotted(self) -> tuple[str, ...]:
        """Ids of the runs whose curves are laid over those of the live one."""
        return tuple(self._plotted)

    @property
    def chosen(self) -> RunEntry | None:
        """The run that Continue takes: the selected one, else the newest with a checkpoint."""
        usable = [e for e in self.entries if e.state != "running" and e.resumable]
        selected = [entry for entry in usable if entry.id == self.selected]
        return next(iter(selected or usable), None)

    @property
    def busy(self) -> bool:
        """Whether something is being read, or waits to be handed over."""
        return self._reader.busy

    def entry(self, run_id: str) -> RunEntry | None:
        """Return a run of the list; None when it is not there."""
        return next((entry for entry in self.entries if entry.id == run_id), None)

    def trace(self, entry: RunEntry) -> Trace:
        """Return the numbers of a run; they follow a moment later, when they have been read."""
        if entry.folder not in self._traces:
            empty = Trace()
            empty.complete = False
            self._traces[entry.folder] = empty
            work = partial(run_files.read_trace, entry.folder)
            self._reader.do(work, partial(self._take_trace, entry.folder))
        return self._traces[entry.folder]

    def forget_trace(self, folder: Path) -> None:
        """The numbers of a run will be others than those that were read."""
        self._traces.pop(folder, None)

    def folder(self) -> Path:
        """Return the folder of the runs, making up a place for a document without a file.

        Raises:
            WorldError: There is none to be had.
        """
        if self.home is None:
            self.home = self._home_of_unsaved()
        return self.home

    def collect(self) -> bool:
        """Take what has been read; return whether anything has."""
        return self._reader.collect()

    def refresh(self) -> None:
        """Look at the disk again."""
        home = self.home
        if home is None:
            self._entries, self._trash = {}, {}
            self.changed.emit()
            return

        def look() -> tuple[list[RunEntry], list[RunEntry]]:
            here, there = run_files.folders(home), run_files.folders(home / TRASH)
            return [run_files.read_entry(p) for p in here], [run_files.read_entry(p) for p in there]

        self._reader.do(look, partial(self._take_list, home))

    def select(self, run_id: str) -> None:
        """Choose the run that Continue takes."""
        if run_id != self.selected:
            self.selected = run_id
            self.changed.emit()

    def plot(self, run_id: str, on: bool = True) -> None:
        """Lay the curves of a run over the others, or take them away."""
        if on:
            self._plotted[run_id] = None
        else:
            self._plotted.pop(run_id, None)
        self.changed.emit()

    def delete(self, entry: RunEntry) -> None:
        """Put a run aside; `restore` brings it back.

        Raises:
            WorldError: The disk refused.
        """
        self._plotted.pop(entry.id, None)
        self._move(entry.folder, entry.folder.parent / TRASH / entry.id)
        self.refresh()

    def restore(self, entry: RunEntry) -> None:
        """Bring a run back that was deleted.

        Raises:
            WorldError: The disk refused.
        """
        self._move(entry.folder, entry.folder.parent.parent / entry.id)
        self.refresh()

    def empty_trash(self) -> None:
        """Delete for good what was put aside; only when the user said so.

        Raises:
            WorldError: The disk refused.
        """
        for entry in self.trash:
            try:
                shutil.rmtree(entry.folder)
            except OSError as error:
                raise world_error("world.write", entry.folder, error) from error
        self.refresh()

    def bring(self, folder: Path) -> None:
        """Take in the runs of a folder that was recovered."""
        if self.home is None:
            self.home = folder
        elif folder != self.home:
            self._move_all(folder, self.home)
        self.refresh()

    def see_off(self) -> None:
        """A run has left its folder: bring it to where the others are, and read what it left."""
        if self._left_behind is not None:
            self._move_all(*self._left_behind)
        self.refresh()

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is being read; return whether it is so."""
        return self._reader.settle(timeout)

    def close(self) -> None:
        """Follow the document no longer."""
        for disconnect in self._disconnect:
            disconnect()
        self._reader.forget()

    def _take_list(self, home: Path, found: tuple[list[RunEntry], list[RunEntry]]) -> None:
        if home == self.home:
            self._entries = {entry.folder: entry for entry in found[0]}
            self._trash = {entry.folder: entry for entry in found[1]}
            self.changed.emit()

    def _take_trace(self, folder: Path, trace: Trace) -> None:
        if folder in self._traces:
            trace.version = self._traces[folder].version + 1
            self._traces[folder] = trace
            self.changed.emit()

    def _follow_document(self, update: Update) -> None:
        """Another document may be in the place of the old one: its runs are others."""
        path = self._session.path
        if not update.reset or (path is not None and path == self._path):
            return
        self._path = path
        self.home = runs_folder(path) if path else None
        self._plotted, self.selected = {}, ""
        self.left.emit()
        self.refresh()

    def _follow_path(self) -> None:
        """The document has another file: its runs are those beside it."""
        path = self._session.path
        if path == self._path:
            return
        first_save = self._path is None and self.home is not None and path is not None
        old, self._path = self.home, path
        self.home = runs_folder(path) if path else None
        if first_save and old is not None and self.home is not None:
            self._move_all(old, self.home)
        self._plotted, self.selected = {}, ""
        self.refresh()

    def _move_all(self, old: Path, new: Path) -> None:
        """Bring runs to their new place; one that goes on follows when it is over."""
        self._left_behind = None
        for folder in run_files.folders(old):
            if self._going(folder) or runner.living(folder):
                self._left_behind = old, new
                continue
            try:
                self._move(folder, new / folder.name)
            except NNStudioError as error:
                self.refused.emit(error)

    def _move(self, source: Path, target: Path) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)
            files.sync_folder(target.parent)
        except OSError as error:
            raise world_error("world.write", target, error) from error
        self.forget_trace(source)
        self.moved.emit(source, target)
