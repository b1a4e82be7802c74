"""What a run can be computed on, found out in a thread, since torch takes seconds to import."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from nnstudio.ui.i18n import tr

# By name: only the run itself may import the kit, and only in its own thread.
_KIT = "nnstudio.kit.device"
AUTO = "auto"
GIB = 2**30


class Device(Protocol):
    """A device of `kit.device`: what torch and people call it, its memory, or why it is missing."""

    name: str
    title: str
    memory: int | None
    reason: str


class Devices(QObject):
    """The devices of this machine.

    Attributes:
        found: All of them, usable or not; () until they were looked up.
        trouble: Why they could not be looked up, or "".

    Signals:
        changed: They were looked up.
    """

    changed = Signal()
    _told = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: tuple[Device, ...] = ()
        self.trouble = ""
        self._thread: threading.Thread | None = None
        self._told.connect(self._take)

    def look_up(self) -> None:
        """Import torch and ask it, in a thread; once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._ask, name="import torch")
            self._thread.start()

    def wait(self) -> None:
        """Wait for the thread; a process must not end while torch is being imported."""
        if self._thread is not None:
            self._thread.join()

    def described(self) -> list[tuple[str, str]]:
        """Return each device with its memory, or the reason why it cannot be used."""
        if self.trouble:
            return [("torch", self.trouble)]
        if not self.found:
            return [("CPU", tr("the others are looked for while the window rests"))]
        return [(one.title, one.reason or memory(one)) for one in self.found]

    def title(self, name: str) -> str:
        """Return what a chosen device is called in the top bar."""
        if name == AUTO:
            best = next((one for one in self.found[1:] if not one.reason), None)
            chosen = best or (self.found[0] if self.found else None)
            return short(chosen.title) if chosen else "CPU"
        known = next((one for one in self.found if one.name == name), None)
        return short(known.title) if known else name.upper()

    def _ask(self) -> None:
        try:
            found: Sequence[Device] = import_module(_KIT).devices()
        except (ImportError, OSError, RuntimeError) as error:
            self._told.emit((), str(error))
        else:
            self._told.emit(tuple(found), "")

    def _take(self, found: tuple[Device, ...], trouble: str) -> None:
        self.found, self.trouble = found, trouble
        self.changed.emit()


def memory(device: Device) -> str:
    """Return the memory of a device in words."""
    return tr("{size} GiB", size=f"{device.memory / GIB:.0f}") if device.memory else tr("ready")


def short(title: str) -> str:
    """Return a device's name as it fits on a button: `CPU, 2 cores` → `CPU · 2 cores`."""
    return title.replace(", ", " · ")
