"""A file is old or new, never half, whatever the disk does."""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnstudio.kit import files

CALLS = ("open", "write", "fsync", "replace", "rename", "mkdir", "makedirs")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
OLD, NEW = b"old" * 100, b"new content" * 1000


class Faults:
    """Lets one call of the operating system fail, counted over all watched calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.left, self.error, self.hits = -1, 0, 0
        for name in CALLS:
            monkeypatch.setattr(files.os, name, self.wrap(getattr(os, name)))

    def wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if sys._getframe(1).f_code.co_filename != files.__file__:
                return call(*args, **kwargs)  # shutil's own, while it cleans up
            self.left -= 1
            if self.left == 0:
                self.hits += 1
                raise OSError(self.error, os.strerror(self.error))
            return call(*args, **kwargs)

        return wrapped

    def arm(self, number: int, error: int) -> None:
        self.left, self.error, self.hits = number, error, 0


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


def each_fault(faults: Faults, act: Callable[[], None]) -> Iterator[bool]:
    """Run with a fault at the first call, at the second, and so on; yields whether it raised."""
    for error in ERRORS:
        number = 0
        while True:
            number += 1
            faults.arm(number, error)
            caught: list[int | None] = []
            try:
                act()
            except OSError as fault:
                caught.append(fault.errno)
            assert caught in ([], [error])
            if not faults.hits:
                assert number > 4  # open, write, fsync, rename at least
                break
            faults.left = -1
            yield bool(caught)


def test_write_is_old_or_new(faults: Faults, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(OLD)
    count = 0
    for raised in each_fault(faults, lambda: files.write_bytes(path, NEW)):
        content = path.read_bytes()
        assert content in (OLD, NEW)
        assert raised or content == NEW
        assert names(tmp_path) == ["a.txt"]
        path.write_bytes(OLD)
        count += 1
    assert count >= 4 * len(ERRORS)


def test_write_of_a_new_file(faults: Faults, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for _ in each_fault(faults, lambda: files.write_bytes(path, NEW)):
        assert names(tmp_path) in ([], ["a.txt"])
        assert not path.exists() or path.read_bytes() == NEW
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("exists", [False, True])
def test_folder_is_whole_or_absent(faults: Faults, tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "folder"
    old, new = {"a": OLD, "b": OLD}, {"a": NEW, "in/side": NEW}

    def content() -> dict[str, bytes]:
        found = [p for p in path.rglob("*") if p.is_file()]
        return {p.relative_to(path).as_posix(): p.read_bytes() for p in found}

    def reset() -> None:
        if exists:
            files.write_folder(path, old)
        elif path.exists():
            files._remove(path)

    reset()
    for _ in each_fault(faults, lambda: files.write_folder(path, new)):
        assert content() in ([old, new] if exists else [{}, new])
        assert set(names(tmp_path)) <= {"folder"}
        reset()
    assert content() == new


def test_append_is_all_or_nothing(faults: Faults, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(OLD)
    for number in range(1, 4):
        for error in ERRORS:
            faults.arm(number, error)
            with pytest.raises(OSError, match=os.strerror(error)):
                files.append(path, NEW)
            faults.left = -1
            assert path.read_bytes() == OLD
    files.append(path, NEW)
    assert path.read_bytes() == OLD + NEW


def test_a_short_append_that_then_fails_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_bytes(OLD)
    real, calls = os.write, []

    def write(descriptor: int, data: Any) -> int:
        calls.append(1)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, bytes(data)[:10])

    monkeypatch.setattr(files.os, "write", write)
    with pytest.raises(OSError, match="full"):
        files.append(path, NEW)
    assert path.read_bytes() == OLD


def test_short_writes_and_signals_are_carried_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = {name: getattr(os, name) for name in CALLS}
    turns: dict[str, int] = {}

    def interrupted(name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            turns[name] = turns.get(name, 0) + 1
            if turns[name] % 2:
                raise InterruptedError(errno.EINTR, "signal")
            if name == "write":
                return real[name](args[0], bytes(args[1])[:7])
            return real[name](*args, **kwargs)

        return call

    for name in CALLS:
        monkeypatch.setattr(files.os, name, interrupted(name))
    files.write_bytes(tmp_path / "a", NEW)
    files.append(tmp_path / "a", OLD)
    files.write_folder(tmp_path / "f", {"b": NEW})
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == NEW + OLD
    assert (tmp_path / "f" / "b").read_bytes() == NEW
    assert names(tmp_path) == ["a", "f"]


def test_a_disk_that_takes_nothing_is_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files.os, "write", lambda descriptor, data: 0)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        files.write_bytes(tmp_path / "a", NEW)
    assert names(tmp_path) == []


def test_folders_that_cannot_be_synced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """FUSE file systems refuse; Windows cannot even open a folder."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", fsync)
    files.write_bytes(tmp_path / "a", NEW)
    monkeypatch.setattr(files.os, "name", "nt")
    monkeypatch.setattr(files.os, "open", lambda *_: pytest.fail("opened a folder"))
    files.sync_folder(tmp_path)
    monkeypatch.undo()  # pathlib asks os.name as well


def test_mode_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(OLD)
    path.chmod(0o640)
    link.symlink_to(path)
    files.write_text(link, "x\n")
    assert link.is_symlink()
    assert path.read_bytes() == b"x\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_sums(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(NEW * 200)
    assert files.sha256_file(path) == files.sha256(NEW * 200)
    assert files.sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
