"""How much memory is free on this machine now, asked of the system and not of torch."""

from __future__ import annotations

import contextlib
import ctypes
import platform
import shutil
import subprocess
from pathlib import Path

_PATIENCE = 5.0


def free_memory(device: str = "cpu") -> int | None:
    """Return the bytes that a process could take now; None where the system does not tell.

    Args:
        device: `cpu`, or `cuda:1` for the memory of a GPU; it may take a tenth of a second.
    """
    kind, _, index = device.partition(":")
    if kind == "cuda":
        return _of_gpu(int(index) if index.isdigit() else 0)
    if platform.system() == "Windows":
        return _of_windows()
    found = [size for size in (_available(), _allowed()) if size is not None]
    return min(found) if found else None


def _available() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _allowed() -> int | None:
    """Return what a container leaves; None where there is no limit."""
    with contextlib.suppress(OSError, ValueError):
        folder = Path("/sys/fs/cgroup")
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        return None if limit == "max" else max(0, int(limit) - used)
    return None


class _MemoryStatus(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "available", "a", "b", "c", "d", "e")),
    )


def _of_windows() -> int | None:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    library = getattr(ctypes, "WinDLL", None)  # there is none elsewhere
    if library is None or not library("kernel32").GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available)


def _of_gpu(index: int) -> int | None:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    order = [program, f"--id={index}", "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
        done = subprocess.run(order, capture_output=True, check=False, timeout=_PATIENCE)
        return int(done.stdout.split()[0]) * 2**20 if done.stdout.split() else None
    return None
