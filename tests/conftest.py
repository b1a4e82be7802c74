"""What every test gets: its own home, no network, no screen, and no leftovers."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before anything imports Qt or torch. One thread: bit-equality and other people's cores.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

# A shell that starts the tests in the background has the interrupt key ignored, and every child
# would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LOCAL = {"localhost", "127.0.0.1", "::1", "", None}
# Pools that belong to the process and not to a test: they never end by themselves.
KEPT_THREADS = ("pydevd", "ThreadPoolExecutor-torch", "asyncio_", "QThread")
KEPT_CHILDREN = ("resource_tracker", "forkserver", "compile_worker")
GRACE_SECONDS = 3.0


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the user's own; nothing is read from or left in the real one."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("NNSTUDIO_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection that leaves this machine fails the test."""
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != getattr(socket, "AF_UNIX", None) and address[0] not in LOCAL:
            raise AssertionError(f"a test reached for the network: {address}")
        real_connect(self, address)

    def lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in LOCAL and name != socket.gethostname():
            raise AssertionError(f"a test looked up the address of {host!r}")
        return real_lookup(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """A test that leaves a thread or a process behind fails."""
    threads, children = _threads(), _children()
    yield
    end = time.monotonic() + GRACE_SECONDS
    while (left := (_threads() - threads) | (_children() - children)) and time.monotonic() < end:
        time.sleep(0.01)
    assert not left, f"left behind: {sorted(map(str, left))}"


def _threads() -> set[Any]:
    return {t for t in threading.enumerate() if not t.name.startswith(KEPT_THREADS)}


def _children() -> set[Any]:
    """Our running child processes: all of them on Linux, multiprocessing's elsewhere."""
    lists = Path("/proc/self/task").glob("*/children")
    try:
        pids = {int(pid) for children in lists for pid in children.read_text().split()}
    except OSError:  # a thread ended while it was asked
        return _children()
    ours = {child.pid for child in multiprocessing.active_children()}
    return {pid for pid in pids if _running(pid)} | (ours - pids)


def _running(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and not any(name in words for name in KEPT_CHILDREN)
