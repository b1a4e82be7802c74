"""Files that are old or new, never half: the one place that writes.

A file is written under another name in the same folder, synced to the disk, renamed over the
old one, and the folder is synced. A crash or a power cut at any moment leaves either the old
file or the new one. Only the standard library is needed.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar

if sys.platform == "darwin":
    import fcntl

P = ParamSpec("P")
R = TypeVar("R")

# Without this flag Windows would turn every line feed into two characters.
_BINARY = getattr(os, "O_BINARY", 0)
_CHUNK = 1 << 20


def write_bytes(path: Path | str, data: bytes) -> None:
    """Write a file so that a crash leaves the old content or the new, never a mixture.

    Args:
        path: The file; a link is followed, so that the link itself stays.
        data: The whole new content.

    Raises:
        OSError: The disk refused; the old file is untouched unless only the last sync failed.
    """
    target = Path(os.path.realpath(path))
    temporary = _beside(target)
    with _named(path):
        try:
            _write_new(temporary, data)
            _keep_mode(target, temporary)
            _again(os.replace, temporary, target)
        except BaseException:
            _remove(temporary)
            raise
        sync_folder(target.parent)


def write_text(path: Path | str, text: str) -> None:
    """Write a text file in UTF-8 with the line ends it has, by `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_folder(path: Path | str, contents: Mapping[str, bytes]) -> None:
    """Write a folder of files that appears whole or not at all.

    Args:
        path: The folder. One that exists is renamed, replaced and removed; a power cut between
            the two renames leaves it under a hidden name beside.
        contents: The content of each file by its name, which may hold "/" for folders inside.

    Raises:
        OSError: The disk refused; nothing new is left behind.
    """
    target = Path(path)
    temporary = _beside(target)
    with _named(path):
        try:
            _fill(temporary, contents)
            _put_folder(temporary, target)
        except BaseException:
            _remove(temporary)
            raise
        sync_folder(target.parent)


def append(path: Path | str, data: bytes, *, sync: bool = True) -> None:
    """Add to the end of a file, all of the data or nothing.

    Args:
        path: The file; it is made when missing.
        data: What is added.
        sync: Wait until the disk has it. Without it the data survives a crash of the program
            but not of the machine.

    Raises:
        OSError: The disk refused; the file has its old length again.
    """
    with _named(path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY
        descriptor = _again(os.open, path, flags, 0o666)
        try:
            length = os.fstat(descriptor).st_size
            try:
                _write_all(descriptor, data)
                if sync:
                    _sync(descriptor)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, length)
                raise
        finally:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; on Windows, which cannot, do nothing."""
    if os.name == "nt":
        return
    descriptor = _again(os.open, folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    except OSError as error:
        # Some network and FUSE file systems know no sync of folders; nothing better exists there.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path | str) -> str:
    """The SHA-256 of a file in hexadecimal, read in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def _named(path: Path | str) -> Iterator[None]:
    """Let an error tell of the file that was meant; a write names none, or a temporary one."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None
        raise


def _fill(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Make a folder and the files in it, all of them safe on the disk."""
    _again(os.mkdir, folder)
    for name, data in contents.items():
        _again(os.makedirs, (folder / name).parent, exist_ok=True)
        _write_new(folder / name, data)
    for inside in {(folder / name).parent for name in contents} | {folder}:
        sync_folder(inside)


def _beside(target: Path) -> Path:
    """A free name in the same folder, since a rename across disks is not atomic."""
    return target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.tmp")


def _write_new(path: Path, data: bytes) -> None:
    descriptor = _again(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        _write_all(descriptor, data)
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write everything: one call may take only a part when the disk is nearly full."""
    rest = memoryview(data)
    while rest:
        written = _again(os.write, descriptor, rest)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":  # there, fsync leaves the data in the cache of the disk
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    _again(os.fsync, descriptor)


def _again(call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call, and call again when a signal came in between."""
    while True:
        try:
            return call(*args, **kwargs)
        except InterruptedError:
            continue


def _keep_mode(old: Path, new: Path) -> None:
    with contextlib.suppress(OSError):
        new.chmod(old.stat().st_mode & 0o7777)


def _put_folder(temporary: Path, target: Path) -> None:
    """Rename a folder to its place; a full folder there must step aside first."""
    if not target.exists():
        _again(os.rename, temporary, target)
        return
    aside = _beside(target)
    _again(os.rename, target, aside)
    try:
        _again(os.rename, temporary, target)
    except BaseException:
        os.rename(aside, target)  # noqa: PTH104 (one family of calls in this file)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
