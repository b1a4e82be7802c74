"""Which figure the canvas carries: Shapes, Parameters, FLOPs, Memory, Gradients."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from nnstudio.ui import fonts
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import SMALL
from nnstudio.ui.view_state import Overlay

OVERLAYS: tuple[tuple[Overlay, str, str], ...] = (
    ("shapes", "Shapes", "The shape of what runs along the edges"),
    ("parameters", "Parameters", "How many numbers each node learns"),
    ("flops", "FLOPs", "How much each node computes for one sample"),
    (
        "memory",
        "Memory",
        "What training keeps of each node for one sample, until the backward pass",
    ),
    ("gradients", "Gradients", "How strong the gradient is at each node while it trains"),
)


class OverlayBar(QWidget):
    """One button each; one of them is on."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.setAccessibleName(tr("What the canvas shows"))
        self._group = QButtonGroup(self)
        self.buttons: dict[Overlay, QPushButton] = {}
        for overlay, words, about in OVERLAYS:
            button = QPushButton(tr(words), self)
            button.setCheckable(True)
            button.setFont(fonts.text(SMALL))
            button.setToolTip(tr(about))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._choose, overlay))
            self._group.addButton(button)
            self.buttons[overlay] = button
            row.addWidget(button)
        context.view.overlay_changed.connect(self._refresh)
        context.theme.changed.connect(self._color)
        self._refresh()
        self._color()

    def _choose(self, overlay: Overlay, _checked: bool = False) -> None:
        self._context.view.show_overlay(overlay)

    def _refresh(self) -> None:
        self.buttons[self._context.view.overlay].setChecked(True)

    def _color(self) -> None:
        tokens = self._context.theme.tokens
        self.setStyleSheet(
            f"QPushButton {{ background: {tokens.raised}; color: {tokens.muted};"
            f" border: 1px solid {tokens.line}; border-radius: 11px; padding: 0 12px;"
            f" min-height: 20px; max-height: 20px; }}"
            f"QPushButton:hover {{ color: {tokens.text}; }}"
            f"QPushButton:focus {{ border-color: {tokens.accent}; }}"
            f"QPushButton:checked {{ background: {tokens.accent}; color: {tokens.on_accent};"
            f" border-color: {tokens.accent}; font-weight: 600; }}"
            f"QPushButton:checked:focus {{ border: 2px solid {tokens.text}; }}"
        )
