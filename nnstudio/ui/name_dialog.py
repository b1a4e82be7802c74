"""A name asked for in a small box, beside the window's own loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QWidget


def ask_name(
    parent: QWidget, title: str, words: str, now: str, taken: Callable[[str], object]
) -> QInputDialog:
    """Open a box with one line; Enter hands the name on, Esc leaves everything as it is.

    Args:
        parent: What it stands over.
        title: What is asked for.
        words: What stands above the line.
        now: The name now.
        taken: Called with the name, without spaces around it; an empty one is not handed on.
    """
    box = QInputDialog(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title)
    box.setLabelText(words)
    box.setTextValue(now)

    def chosen(text: str) -> None:
        if text.strip():
            taken(text.strip())

    box.textValueSelected.connect(chosen)
    box.open()
    return box
