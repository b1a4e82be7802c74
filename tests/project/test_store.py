"""Loading and saving files, stamps, locks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nnstudio
from nnstudio.core.problems import ProjectError, WorldError
from nnstudio.graph import edits
from nnstudio.project import store
from nnstudio.project.lock import DocumentLock
from tests.project.documents import small


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    stamp = store.save(small(), path)
    assert store.load(path) == small()
    assert store.load_stamped(path) == (small(), stamp)
    assert nnstudio.load(path) == small()
    assert names(tmp_path) == ["net.nns"]


@pytest.mark.parametrize("place", ["missing/x.nns", "folder", "pipe"])
def test_what_cannot_be_read_is_the_worlds_fault(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WorldError) as caught:
        store.load(tmp_path / place)
    assert caught.value.exit_code == 3
    assert place.split("/")[-1] in str(caught.value)


def test_a_device_that_never_ends_is_not_read() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no such device here")
    with pytest.raises(WorldError, match="no ordinary file"):
        store.load("/dev/zero")


def test_a_disk_that_refuses_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.nns"
    store.save(small(), path)
    before = path.read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nnstudio.kit.files.os.write", full)
    with pytest.raises(WorldError, match="No space left"):
        store.save(edits.SetProjectName("Other").apply(small()), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert names(tmp_path) == ["net.nns"]


def test_a_file_of_more_than_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    with path.open("wb") as file:
        file.truncate(10**10)
    with pytest.raises(ProjectError, match="more than 5000000 bytes"):
        store.load(path)


def test_a_change_from_outside_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    stamp = store.save(small(), path)
    assert not store.changed_outside(path, stamp)
    os.utime(path, (1, 1))
    assert not store.changed_outside(path, stamp)  # touched, and the same
    text = path.read_text()
    path.write_text(text.replace("tokens", "tokenz"))
    assert store.changed_outside(path, stamp)
    path.write_text(text + " ")
    assert store.changed_outside(path, stamp)
    path.unlink()
    assert store.changed_outside(path, stamp)


def test_a_second_window_is_told(tmp_path: Path) -> None:
    path = tmp_path / "net.nns"
    store.save(small(), path)
    (tmp_path / "link.nns").symlink_to(path)
    first, second = DocumentLock(path), DocumentLock(tmp_path / "link.nns")
    assert first.holder() is None
    assert first.acquire()
    assert not second.acquire()
    holder = second.holder()
    assert holder is not None
    assert holder.pid == os.getpid()
    first.release()
    assert second.acquire()
    second.release()
    assert not second.held
    assert names(tmp_path) == ["link.nns", "net.nns"]


def test_the_lock_of_a_killed_window_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from nnstudio.project.lock import DocumentLock\n"
        "print(DocumentLock(sys.argv[1]).acquire(), flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "net.nns")], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"True"
    lock = DocumentLock(tmp_path / "net.nns")
    assert not lock.acquire()
    process.kill()
    process.wait()
    process.stdout.close()
    assert lock.acquire()
    lock.release()
