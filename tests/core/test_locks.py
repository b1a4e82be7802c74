"""A lock ends with its process."""

import subprocess
import sys
from pathlib import Path

from nnstudio.core.locks import LockFile


def test_one_at_a_time(tmp_path: Path) -> None:
    first, second = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    assert not first.held()
    assert first.acquire("me")
    assert first.held()
    assert second.held()
    assert not second.acquire("you")
    assert second.text() == "me"
    first.release()
    assert not second.held()
    assert second.acquire("you")
    assert second.text() == "you"
    second.release()


HOLDER = """
import os, sys
from pathlib import Path
from nnstudio.core.locks import LockFile
lock = LockFile(Path(sys.argv[1]))
print(lock.acquire() and "held", flush=True)
sys.stdin.read()
os.abort()
"""


def test_a_crash_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        assert LockFile(path).held()
        holder.stdin.close()
        assert holder.wait() != 0
    assert not LockFile(path).held()


def test_a_file_that_is_not_there_is_not_held(tmp_path: Path) -> None:
    assert not LockFile(tmp_path / "none").held()
    assert LockFile(tmp_path / "none").text() == ""
