"""Texts that are laid out once and drawn often."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QStaticText, QTransform

from nnstudio.ui.canvas import metrics

MOST = 4096


class Texts:
    """A bounded store of laid out texts, shared by everything on one canvas."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int], QStaticText] = OrderedDict()

    def get(self, role: str, text: str, width: float = 0.0) -> QStaticText:
        """Return a text in the font of a role, cut with … to a width (0 for none)."""
        key = (role, text, int(width))
        found = self._kept.get(key)
        if found is None:
            found = self._made(role, text, width)
            self._kept[key] = found
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return found

    def _made(self, role: str, text: str, width: float) -> QStaticText:
        if width > 0:
            text = metrics.letters(role).elidedText(text, Qt.TextElideMode.ElideRight, width)
        made = QStaticText(text)
        # Names come from files: what looks like markup is shown as it is written.
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        made.prepare(QTransform(), metrics.font(role))
        return made
