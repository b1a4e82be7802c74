"""Move what is seen: with the middle button, or with the left one while the space bar is held."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from nnstudio.ui.canvas.gesture import Gesture, Pointer


class Pan(Gesture):
    """The canvas goes with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, view: Any, press: Pointer) -> None:
        super().__init__(view, press)
        self._last = press.pixel

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The middle button anywhere, or space and the left one."""
        middle = press.button == Qt.MouseButton.MiddleButton
        return cls(view, press) if middle or press.space else None

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        way = pointer.pixel - self._last
        self._last = pointer.pixel
        self.view.camera.pan(way.x(), way.y())
