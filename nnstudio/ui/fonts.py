"""The two fonts that are shipped: Inter for text, JetBrains Mono for code and numbers."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from nnstudio.core.paths import resource
from nnstudio.ui.theme import NORMAL

TEXT, MONO = "Inter", "JetBrains Mono"
FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")


def load() -> None:
    """Make the shipped fonts known to Qt; the system's own stand in for what cannot be read."""
    for name in FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


@lru_cache(maxsize=64)
def text(size: int = NORMAL, *, strong: bool = False) -> QFont:
    """Return the font for words, with tabular figures so that numbers do not dance.

    It is shared: who wants another feature of it takes a copy.
    """
    font = QFont(TEXT)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@lru_cache(maxsize=64)
def mono(size: int = NORMAL) -> QFont:
    """Return the font for code, shapes and values; shared as `text` is."""
    font = QFont(MONO)
    font.setPixelSize(size)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font
