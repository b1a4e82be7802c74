"""Who has a project file open: a second window on it is told, and opens it read-only or as a copy.

The lock is the system's and ends with the process that holds it, however that ends. It lies in the
user's own folder and not beside the project, where it would be in the way.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from nnstudio.core import paths
from nnstudio.core.locks import LockFile
from nnstudio.kit.files import sha256


@dataclass(frozen=True, slots=True)
class Holder:
    """The window that has the file open: its process, and since when (seconds since 1970)."""

    pid: int
    since: float


class DocumentLock:
    """The right to write one project file.

    Args:
        path: The project file; it need not exist yet.
        folder: Where the locks lie.
    """

    def __init__(self, path: Path | str, folder: Path | None = None) -> None:
        real = os.path.normcase(os.path.realpath(path))
        folder = folder or paths.state_folder() / "locks"
        self._folder = folder
        self._lock = LockFile(folder / f"{sha256(os.fsencode(real))[:32]}.lock")

    def acquire(self) -> bool:
        """Take the lock; return False when another window has it.

        Raises:
            OSError: The folder of locks cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._lock.acquire(json.dumps(asdict(Holder(os.getpid(), time.time()))))

    def holder(self) -> Holder | None:
        """Return who has the file open; None when nobody does, or nothing is known of it."""
        if not self._lock.held():
            return None
        try:
            found = json.loads(self._lock.text())
            return Holder(int(found["pid"]), float(found["since"]))
        except (ValueError, KeyError, TypeError):
            return None

    @property
    def held(self) -> bool:
        """True when any living window holds it, this one included."""
        return self._lock.held()

    def release(self) -> None:
        """Let go; nothing happens when it is not held."""
        self._lock.release()
