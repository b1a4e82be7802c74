"""Click with Ctrl to add a node or note to the selection or take it out, with Shift to add it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from nnstudio.ui.canvas.gesture import Gesture, Modifier, Pointer


class Select(Gesture):
    """The selection changes at the release, so that a drag can still become something else."""

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """On a node or a note with Ctrl or Shift."""
        keys = press.holds(Modifier.ControlModifier) or press.holds(Modifier.ShiftModifier)
        left = press.button == Qt.MouseButton.LeftButton
        return cls(view, press) if left and press.hit.item and keys else None

    def release(self, pointer: Pointer) -> None:
        """Toggle or add."""
        state, key = self.view.context.view, self.press.hit.item
        if self.press.holds(Modifier.ControlModifier):
            state.toggle(key)
        elif key not in state.selection:
            state.select((*state.selection, key))
        self.view.set_current(key if key in state.selection else "")
