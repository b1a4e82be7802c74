"""What was done since the last save, written to disk within a second while somebody works.

Each session has a folder of its own below the recovery folder:

    about.json        whose document it is and where it was saved last
    lock              held while the session lives
    0002.nns          a snapshot
    0002.journal      what was done since
    0001.*            the generation before, in case a bit of the newer one flips
    picture.png       what the window drew last, if it stored one

All writing happens in one background thread; the caller only hands over a document, which cannot
change any more.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nnstudio.core import paths
from nnstudio.core.locks import LockFile
from nnstudio.core.names import new_id
from nnstudio.core.problems import NNStudioError
from nnstudio.graph.model import Project
from nnstudio.kit import files
from nnstudio.project import format as nns
from nnstudio.project import journal
from nnstudio.project.writing import Writer

GATHER_SECONDS = 0.2
"""How long edits are gathered before they are written together."""
RETRY_SECONDS = 2.0
"""How long after a refusal of the system it is asked again."""
JOURNAL_LIMIT = 2_000_000
"""The journal may grow to this many bytes before a new snapshot begins the next generation."""
PICTURE = "picture.png"


class Recording:
    """Keeps one document's edits safe until it is closed.

    Args:
        project: The document as it is now.
        path: The file that it belongs to; None when it was never saved.
        roots: The folders in which the session's folder may lie; the next one is taken when the
            disk of the first refuses.
        on_trouble: Called from the background thread with what the system refused.
    """

    def __init__(
        self,
        project: Project,
        path: Path | None = None,
        roots: Sequence[Path] = (),
        on_trouble: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._roots = list(roots) or [paths.recovery_folder()]
        self._on_trouble = on_trouble
        self._session = _Session(path)
        self._wake = threading.Condition()
        self._pending: tuple[Project, str] | None = (project, "")
        self._saved_as: tuple[Path, str] | None = None
        self._busy = self._closing = False
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path | None:
        """The session's folder; None until it was first written."""
        return self._session.folder

    @property
    def picture(self) -> Path | None:
        """Where the window may store a picture of the document, through `kit.files`."""
        return self.folder / PICTURE if self.folder else None

    def note(self, project: Project, label: str = "") -> None:
        """Remember the newest state; it is on the disk within a second. Returns at once."""
        with self._wake:
            self._pending = (project, label)
            self._wake.notify_all()

    def saved(self, path: Path, sha256: str) -> None:
        """Say that the newest state was saved to a file, whose content has this checksum."""
        with self._wake:
            self._saved_as = (path, sha256)
            self._wake.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all that was noted is on the disk; return whether it is."""
        with self._wake:
            return self._wake.wait_for(self._idle, timeout)

    def close(self, discard: bool = False) -> None:
        """Write what is left and stop; with `discard`, delete the session's folder.

        Discard when the document was saved, or when the user said that it is not wanted.
        """
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join()
        self._session.end(discard)

    def _idle(self) -> bool:
        return self._pending is None and self._saved_as is None and not self._busy

    def _run(self) -> None:
        while self._wait():
            with self._wake:
                pending, self._pending = self._pending, None
                saved, self._saved_as = self._saved_as, None
                self._busy = True
            failed = not self._write(pending, saved)
            with self._wake:
                self._busy = False
                if failed:
                    self._give_back(pending, saved)
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._closing, RETRY_SECONDS if failed else 0)
                if failed and self._closing:
                    return

    def _give_back(
        self, pending: tuple[Project, str] | None, saved: tuple[Path, str] | None
    ) -> None:
        """Keep what could not be written for the next time, unless something newer came."""
        self._pending = self._pending or pending
        self._saved_as = self._saved_as or saved

    def _wait(self) -> bool:
        """Wait for work and a little longer, so that a burst of edits is one record."""
        with self._wake:
            self._wake.wait_for(lambda: self._closing or not self._idle())
            self._wake.wait_for(lambda: self._closing, GATHER_SECONDS)
            return not self._idle()

    def _write(self, pending: tuple[Project, str] | None, saved: tuple[Path, str] | None) -> bool:
        try:
            if saved is not None:
                self._session.remember(*saved)
            if pending is not None:
                self._session.write(*pending, self._roots)
        except (OSError, NNStudioError) as error:
            self._on_trouble(error)
            return False
        return True


class _Session:
    """The folder of a session; used by the background thread alone."""

    def __init__(self, path: Path | None) -> None:
        self.folder: Path | None = None
        self._about = {"path": str(path or ""), "saved": "", "name": "", "pid": os.getpid()}
        self._held: list[tuple[Path, LockFile]] = []
        self._writer = Writer()
        self._lines: list[str] = []
        self._generation = self._bytes = 0

    def remember(self, path: Path, sha256: str) -> None:
        self._about |= {"path": str(path), "saved": sha256}
        if self.folder is not None:
            self._write_about()

    def write(self, project: Project, label: str, roots: Sequence[Path]) -> None:
        text = nns.dumps(project, self._writer)
        self._about["name"] = project.name
        if self.folder is None:
            self._move(text, roots)
            return
        try:
            if self._bytes < JOURNAL_LIMIT:
                self._append(text, label)
            else:
                self._begin(text)
        except OSError:
            self._move(text, roots)

    def end(self, discard: bool) -> None:
        for folder, lock in self._held:
            lock.release()
            if discard:
                remove_session(folder)

    def _append(self, text: str, label: str) -> None:
        lines = text.split("\n")
        if lines == self._lines:
            return
        data = journal.record(self._lines, lines, text, time.time(), label)
        files.append(self._path("journal"), data)
        self._bytes += len(data)
        self._lines = lines

    def _move(self, text: str, roots: Sequence[Path]) -> None:
        """Begin in the first folder whose disk does not refuse."""
        failure: OSError | None = None
        for root in roots:
            folder = root / f"{time.strftime('%Y%m%d-%H%M%S')}-{new_id()}"
            try:
                folder.mkdir(parents=True)
                files.sync_folder(root)
                lock = LockFile(folder / "lock")
                lock.acquire(str(os.getpid()))
                self._held.append((folder, lock))
                self.folder, self._generation = folder, 0
                self._begin(text)
                self._write_about()
            except OSError as error:
                failure, self.folder = error, None
            else:
                return
        raise failure or OSError("there is no folder for the journal")

    def _begin(self, text: str) -> None:
        """Start a generation; the one before last is not needed once this one is on the disk."""
        self._generation += 1
        files.write_text(self._path("nns"), text)
        files.write_bytes(self._path("journal"), journal.head(text))
        self._lines, self._bytes = text.split("\n"), 0
        for suffix in ("journal", "nns"):
            self._path(suffix, -2).unlink(missing_ok=True)

    def _path(self, suffix: str, offset: int = 0) -> Path:
        assert self.folder is not None
        return self.folder / f"{max(0, self._generation + offset):04d}.{suffix}"

    def _write_about(self) -> None:
        assert self.folder is not None
        files.write_text(self.folder / "about.json", json.dumps(self._about))


def remove_session(folder: Path) -> None:
    """Delete what a session wrote; what else lies in its folder (runs) is left alone."""
    for path in folder.glob("*.*"):
        if path.is_file() and path.suffix in (".nns", ".journal", ".json", ".png"):
            path.unlink(missing_ok=True)
    (folder / "lock").unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
