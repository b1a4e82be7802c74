"""Click on the button of a problem: its repair is done as one step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from nnstudio.ui.canvas.gesture import Gesture, Pointer


class Mend(Gesture):
    """Only a release over the same button counts."""

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The left button on a repair."""
        left = press.button == Qt.MouseButton.LeftButton
        return cls(view, press) if left and press.hit.repair is not None else None

    def release(self, pointer: Pointer) -> None:
        """Do the repair."""
        if pointer.hit.repair == self.press.hit.repair and self.press.hit.repair is not None:
            self.view.mend(*self.press.hit.repair)
