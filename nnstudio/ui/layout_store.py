"""Where the window and its panels were: remembered as JSON, brought back onto a screen.

A geometry that lies where no screen is any more (a monitor was unplugged) is moved to one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect

from nnstudio.core import paths
from nnstudio.core.params import Param
from nnstudio.core.problems import NNStudioError
from nnstudio.project.settings import Settings

NAMES = ("design", "data", "train", "export")
ROWS = (
    Param("geometry", "text", "", "x, y, width and height of the window."),
    Param("maximized", "bool", False, "Whether it filled the screen."),
    Param("arrangement", "choice", "design", "The arrangement.", choices=NAMES),
    *(Param(f"state_{name}", "text", "", "Qt's state of the panels, base64.") for name in NAMES),
)
GRIP = (96, 24)
"""So much of the top of a window must be on a screen for it to be dragged."""


class LayoutStore:
    """The remembered layout; what cannot be read or written is as if it were not there."""

    def __init__(self, path: Path | None = None) -> None:
        self._settings = Settings(path or paths.state_folder() / "window.json", ROWS)

    @property
    def arrangement(self) -> str:
        """The arrangement that was shown last."""
        return str(self._settings.get("arrangement"))

    @property
    def maximized(self) -> bool:
        """Whether the window filled the screen."""
        return bool(self._settings.get("maximized"))

    def geometry(self) -> QRect | None:
        """Return where the window was."""
        try:
            x, y, width, height = map(int, str(self._settings.get("geometry")).split(","))
        except ValueError:
            return None
        sane = all(abs(value) < 100_000 for value in (x, y, width, height))
        return QRect(x, y, width, height) if sane and width > 0 and height > 0 else None

    def state(self, arrangement: str) -> QByteArray | None:
        """Return where the panels of an arrangement were."""
        text = str(self._settings.get(f"state_{arrangement}"))
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None
        return QByteArray(data) if data else None

    def remember_state(self, arrangement: str, state: QByteArray | None) -> None:
        """Remember where the panels are; None forgets it."""
        text = base64.b64encode(state.data()).decode() if state else ""
        self._set(f"state_{arrangement}", text)

    def remember(self, geometry: QRect, maximized: bool, arrangement: str) -> None:
        """Remember where the window is."""
        box = geometry
        self._set("geometry", f"{box.x()},{box.y()},{box.width()},{box.height()}")
        self._set("maximized", maximized)
        self._set("arrangement", arrangement)

    def _set(self, name: str, value: str | bool) -> None:
        if self._settings.get(name) == value:
            return
        try:
            self._settings.set(name, value)
        except NNStudioError:
            # It holds until the window closes; a full disk must not keep it from closing.
            return


def reachable(box: QRect, screens: Sequence[QRect]) -> QRect:
    """Return the box where it is if its top can be grasped on a screen, else moved onto one.

    Args:
        box: Where a window was.
        screens: What windows may use of each screen, the main one first.
    """
    grip = QRect(box.x(), box.y(), box.width(), GRIP[1])
    for screen in screens:
        seen = screen.intersected(grip)
        if seen.width() >= min(GRIP[0], box.width()) and seen.height() >= GRIP[1]:
            return box
    if not screens:
        return box
    home = screens[0]
    moved = QRect(box)
    moved.setSize(box.size().boundedTo(home.size()))
    moved.moveCenter(home.center())
    return moved
