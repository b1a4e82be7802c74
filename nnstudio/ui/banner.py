"""A line above the canvas that says something lasting about the document, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import label

Button = tuple[str, Callable[[], object]]


class Banner(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "banner")
        self._text = label()
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        self._row.setSpacing(GRID)
        self._row.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        self.hide()

    @property
    def text(self) -> str:
        """What it says; "" while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, buttons: Sequence[Button] = ()) -> None:
        """Say something; "" hides the line."""
        for button in self._buttons:
            button.deleteLater()
        self._buttons = []
        for words, slot in buttons:
            made = QPushButton(words, self)
            made.clicked.connect(lambda _=False, call=slot: call())
            self._row.addWidget(made)
            self._buttons.append(made)
        self._text.setText(text)
        self.setVisible(bool(text))
