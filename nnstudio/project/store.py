"""Project files on disk: read whole and checked, written old or new but never half."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from nnstudio.core.problems import Problem, ProjectError, WorldError
from nnstudio.graph.model import Project
from nnstudio.kit import files
from nnstudio.project import format as nns
from nnstudio.project.strict_json import SIZE_LIMIT


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known again, to notice when somebody else wrote it.

    Attributes:
        modified: The time of the last change in nanoseconds.
        size: In bytes.
        sha256: Of the content, in hexadecimal.
    """

    modified: int
    size: int
    sha256: str


def load(path: Path | str) -> Project:
    """Return the project in a file; none of its code is run and no path in it is touched.

    Raises:
        ProjectError: It is no project, damaged, hostile or beyond the limits.
        WorldError: The file cannot be read.
    """
    return nns.loads(read_bytes(path))


def save(project: Project, path: Path | str) -> Stamp:
    """Write a project so that a crash leaves the old file or the new one, and return its stamp.

    Raises:
        ProjectError: The project would be too large to be opened again.
        WorldError: The disk refused; the old file is as it was.
    """
    data = nns.dumps(project).encode()
    try:
        files.write_bytes(path, data)
        found = Path(path).stat()
    except OSError as error:
        raise world_error("world.write", path, error) from error
    return Stamp(found.st_mtime_ns, len(data), files.sha256(data))


def load_stamped(path: Path | str) -> tuple[Project, Stamp]:
    """Return the project in a file, and the stamp of exactly what was read; see `load`."""
    try:
        modified = Path(path).stat().st_mtime_ns
    except OSError as error:
        raise world_error("world.read", path, error) from error
    data = read_bytes(path)
    return nns.loads(data), Stamp(modified, len(data), files.sha256(data))


def changed_outside(path: Path | str, known: Stamp) -> bool:
    """Tell whether the file is another one than the known, or is gone.

    The content is read only when time or size differ: a mere touch is no change.
    """
    try:
        found = Path(path).stat()
        if (found.st_mtime_ns, found.st_size) == (known.modified, known.size):
            return False
        return found.st_size != known.size or files.sha256_file(path) != known.sha256
    except OSError:
        return True


def read_bytes(path: Path | str, limit: int = SIZE_LIMIT) -> bytes:
    """Return the content of a file, at most one byte more than the limit.

    Raises:
        ProjectError: It is larger than the limit.
        WorldError: It cannot be read, or is a device or a pipe, which might never end.
    """
    try:
        with open(path, "rb", opener=_open_plain) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError("it is no ordinary file")
            data = file.read(limit + 1)
    except OSError as error:
        raise world_error("world.read", path, error) from error
    if len(data) > limit:
        raise ProjectError(Problem("file.size", str(path), {"limit": limit}))
    return data


def world_error(code: str, path: Path | str, error: OSError) -> WorldError:
    """Return the error that says in words what the system refused."""
    return WorldError(Problem(code, "", {"path": path, "why": error.strerror or str(error)}))


def _open_plain(path: str, flags: int) -> int:
    # Opening a pipe would wait for somebody to write into it.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
