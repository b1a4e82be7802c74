"""Nodes glide to their new places when a graph is arranged; the document is there at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QStyle

from nnstudio.graph.edits import Edit
from nnstudio.ui.theme import FAST

MOST = 300
"""More nodes than this jump: a glide that stutters is worse than none."""


class Glide:
    """At most one at a time; a new edit, or a press, ends it where it leads."""

    def __init__(self, view: Any) -> None:
        self._view = view
        self._animation: QVariantAnimation | None = None
        view.canvas.followed.connect(self.finish)

    def do(self, edit: Edit) -> bool:
        """Apply an edit of positions and let the nodes glide there."""
        self.finish()
        nodes = self._view.canvas.nodes
        before = {key: item.pos().toTuple() for key, item in nodes.items()}
        if not self._view.do(edit):
            return False
        after = {key: item.pos().toTuple() for key, item in nodes.items()}
        ways = {key: (before[key], at) for key, at in after.items() if before.get(key, at) != at}
        if ways and len(ways) <= MOST and self._lasts():
            self._start(ways)
        return True

    def finish(self) -> None:
        """Show everything where it belongs."""
        animation, self._animation = self._animation, None
        if animation is not None:
            animation.stop()  # at its end this calls `finish` once more
            animation.deleteLater()
            self._view.canvas.settle()

    def _lasts(self) -> bool:
        """Tell whether the system wants movement at all."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return bool(self._view.style().styleHint(hint, None, self._view)) and FAST > 0

    def _start(self, ways: dict[str, tuple[tuple[float, float], tuple[float, float]]]) -> None:
        animation = QVariantAnimation(self._view)
        animation.setDuration(FAST)
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        canvas = self._view.canvas

        def step(share: float) -> None:
            if self._animation is not animation:
                return
            if any(key not in canvas.nodes for key in ways):
                self.finish()
                return
            canvas.preview(
                {
                    key: (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                    for key, ((x0, y0), (x1, y1)) in ways.items()
                }
            )

        self._animation = animation
        animation.valueChanged.connect(step)
        animation.finished.connect(self.finish)
        animation.start()
