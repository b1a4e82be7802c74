"""The file of the open document: new, open, save, lock, journal, changes from outside.

    open → load → lock → Session.show            edit → Session.changed → Recording (journal)
    save → lock → write → stamp → mark_saved     close → release, journal discarded if not wanted

Nothing here asks the user; the window asks first and then calls. What the world refuses is raised,
and the document stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnstudio.core.limits import refuse
from nnstudio.core.problems import NNStudioError, Problem, WorldError
from nnstudio.core.signal import Signal
from nnstudio.graph.model import Project
from nnstudio.project import recovery, store
from nnstudio.project.format import SUFFIX
from nnstudio.project.lock import DocumentLock
from nnstudio.project.recording import Recording
from nnstudio.project.recovery import Recovered
from nnstudio.project.store import Stamp, world_error
from nnstudio.studio import templates
from nnstudio.studio.recent import Recent
from nnstudio.studio.session import Session, Update

Identity = tuple[int, int] | None


class Documents:
    """What a session's document has to do with the disk.

    Attributes:
        session: The open document.
        recent: Files that were opened and saved.
        recovered_changed: Emits when the list of recovered work is another one.

    Args:
        session: The open document; it has no file yet.
        recent: The list of recent files.
        on_trouble: Called with what the journal's disk refuses, from a background thread.
    """

    def __init__(
        self,
        session: Session,
        recent: Recent | None = None,
        on_trouble: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self.session = session
        self.recent = recent or Recent()
        self.recovered_changed: Signal[[]] = Signal()
        self._on_trouble = on_trouble
        self._recording: Recording | None = None
        self._lock: DocumentLock | None = None
        self._stamp: Stamp | None = None
        self._kept: Identity = None
        self._from: Recovered | None = None
        self._disconnect = session.changed.connect(self._journal)

    @property
    def title(self) -> str:
        """What the document is called: its file's name, else the project's."""
        path = self.session.path
        return path.name if path else self.session.project.name

    @property
    def picture(self) -> Path | None:
        """Where a picture of the document may be stored for the recovery list, if anywhere."""
        return self._recording.picture if self._recording else None

    @property
    def suggested(self) -> str:
        """A file name to save under for the first time."""
        name = self.session.project.name
        kept = "".join(c if c.isalnum() or c in " -_" else "-" for c in name).strip(" -")
        return (kept[:80] or "Untitled") + SUFFIX

    def home(self) -> Path:
        """Return a folder for the runs of a document without a file: beside its journal.

        Raises:
            WorldError: The disk refuses the journal.
        """
        recording = self._recorded()
        if recording.folder is None:
            recording.flush()
        if recording.folder is None:
            raise WorldError(Problem("document.no_journal"))
        return recording.folder / "runs"

    def new(self) -> None:
        """Start with an empty canvas."""
        self.template(templates.EMPTY)

    def template(self, name: str) -> None:
        """Start from a template, without a file; raises as `templates.load`."""
        self._replace(templates.load(name).project)

    def open(self, path: Path) -> None:
        """Open a file; read-only when another window holds it.

        Raises:
            ProjectError: It is no project, damaged, hostile or beyond the limits.
            WorldError: It cannot be read.
        """
        project, stamp = store.load_stamped(path)
        self._replace(project, path.resolve(), stamp)
        self._remember(path)

    def reload(self) -> None:
        """Take the document as it lies in its file now; raises as `open`."""
        if self.session.path is not None:
            self.open(self.session.path)

    def recover(self, found: Recovered) -> None:
        """Open recovered work as an unsaved document; what was found stays until it is saved.

        Raises:
            ProjectError: It is damaged beyond use.
        """
        project = found.project()
        path = found.path if found.path and found.path.is_file() else None
        stamp = store.load_stamped(path)[1] if path and _readable(path) else None
        self._replace(project, path, stamp, saved=False)
        self._from = found
        self._recorded()

    def recovered(self) -> list[Recovered]:
        """Return the unsaved work that earlier sessions left."""
        return [found for found in recovery.found() if found.unsaved]

    def discard(self, found: Recovered) -> None:
        """Delete recovered work, when the user said so.

        Raises:
            WorldError: The system refused.
        """
        try:
            recovery.discard(found)
        except OSError as error:
            raise world_error("world.write", found.folder, error) from error
        finally:
            self.recovered_changed.emit()

    def save(self, path: Path | None = None) -> None:
        """Write the document to its file, or to another one from now on.

        Raises:
            ProjectError: It would be too large to be opened again, or it has no file.
            WorldError: The disk refused, or another window has that file open.
        """
        target = (path or self.session.path or Path()).absolute()
        if path is None and (self.session.path is None or self.session.read_only):
            raise refuse("document.read_only" if self.session.path else "document.no_file")
        lock = self._locked(target)
        if lock is None:
            raise WorldError(Problem("document.elsewhere", args={"path": target}))
        project = self.session.project
        try:
            self._stamp = store.save(project, target)
        except NNStudioError:
            if lock is not self._lock:
                lock.release()
            raise
        self._take(lock)
        self._kept = None
        self.session.read_only = False
        self._saved(target, project)

    def changed_outside(self) -> bool:
        """Tell whether another program wrote the file since it was read, and it was not said yet.

        `keep` says that it is known.
        """
        path, stamp = self.session.path, self._stamp
        if path is None or stamp is None or not store.changed_outside(path, stamp):
            return False
        return self._kept is None or self._kept != _identity(path)

    def keep(self) -> None:
        """Keep the document as it is here although its file is another one."""
        if self.session.path is not None:
            self._kept = _identity(self.session.path) or (0, 0)

    def flush(self) -> None:
        """Write what the journal still holds; called when something goes wrong."""
        if self._recording is not None:
            self._recording.flush(2.0)

    def close(self, *, discard: bool = False) -> None:
        """Let go of the file; unsaved work stays for the next start unless it is discarded."""
        self._disconnect()
        self._leave(discard or self.session.is_saved)

    def _replace(
        self,
        project: Project,
        path: Path | None = None,
        stamp: Stamp | None = None,
        *,
        saved: bool = True,
    ) -> None:
        """Put a document in the place of the old one, which the user gave up or saved."""
        same = path is not None and path == self.session.path and self._lock is not None
        lock = self._lock if same else self._locked(path) if path else None
        if same:
            self._lock = None  # it is held on to
        self._leave(discard=True)
        self._lock, self._stamp, self._kept = lock, stamp, None
        self.session.show(project, path, saved=saved)
        if path is not None and lock is None:
            self.session.read_only = True
            self.session.saved_changed.emit()

    def _leave(self, discard: bool) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.close(discard=discard)
        if discard and self._from is not None:
            self._drop_recovered()
        if self._lock is not None:
            self._lock.release()
        self._lock = None

    def _locked(self, path: Path) -> DocumentLock | None:
        """Return the right to write a file, None when another window has it."""
        if self._lock is not None and path == self.session.path:
            return self._lock
        lock = DocumentLock(path)
        try:
            return lock if lock.acquire() else None
        except OSError as error:  # without a lock one can still work; it is only said
            self._on_trouble(error)
            return lock

    def _take(self, lock: DocumentLock) -> None:
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self._lock = lock

    def _saved(self, path: Path, project: Project) -> None:
        self.session.mark_saved(path, project)
        if self._recording is not None and self._stamp is not None:
            self._recording.note(project)
            self._recording.saved(path, self._stamp.sha256)
        if self._from is not None:
            self._drop_recovered()
        self._remember(path)

    def _drop_recovered(self) -> None:
        found, self._from = self._from, None
        try:
            if found is not None:
                self.discard(found)
        except WorldError as error:
            self._on_trouble(error)

    def _remember(self, path: Path) -> None:
        try:
            self.recent.add(path)
        except WorldError as error:
            self._on_trouble(error)

    def _journal(self, update: Update) -> None:
        """Keep every edit; a document that nobody touched leaves no trace."""
        if update.reset or update.new is update.old:
            return
        label = self.session.steps[self.session.step].label
        self._recorded().note(update.new, label)

    def _recorded(self) -> Recording:
        if self._recording is None:
            path = self.session.path
            self._recording = Recording(self.session.project, path, on_trouble=self._on_trouble)
            if path is not None and self._stamp is not None:
                self._recording.saved(path, self._stamp.sha256)
        return self._recording


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


def _readable(path: Path) -> bool:
    try:
        store.load_stamped(path)
    except NNStudioError:
        return False
    return True
