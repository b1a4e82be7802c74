"""A lock file that says whether the process that made it still lives.

The system itself lets go of the lock when that process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows locks bytes, which nobody else can read then: lock one that is never written.
_BEYOND = 1 << 20


class LockFile:
    """Held by at most one process at a time, as long as that process lives.

    Args:
        path: The file; it stays when the lock is let go.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, text: str = "") -> bool:
        """Take the lock and write `text` into the file; return False when another holds it.

        Raises:
            OSError: The file cannot be opened.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go of the lock; nothing happens when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def text(self) -> str:
        """Return what its holder wrote; "" when there is no file."""
        with contextlib.suppress(OSError):
            return self.path.read_text()
        return ""

    def held(self) -> bool:
        """Return whether a living process holds it, this one or another."""
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        free = _lock(descriptor)
        os.close(descriptor)
        return not free


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _BEYOND, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
