"""The shipped templates as pictures: those that train at once, full-size ones, and drawings.

Cards are made in slices, so that the page stands at once however many templates there are; a
picture is drawn only when it comes into sight.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.studio import templates
from nnstudio.studio.templates import Shelf, Template
from nnstudio.ui.cards import SIZE, Card
from nnstudio.ui.graph_picture import picture
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID, Theme
from nnstudio.ui.widgets import label

SLICE = 0.012
"""Seconds of work on cards between two looks at what the user does."""


class Section(QWidget):
    """A title, what it holds in a sentence, and cards in a grid; hidden while it has none."""

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 2 * GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(label(title, "section"))
        column.addWidget(label(words, "muted"))
        column.addSpacing(GRID)
        self.grid = QGridLayout()
        self.grid.setSpacing(2 * GRID)
        column.addLayout(self.grid)
        self.cards: list[Card] = []
        self.hide()

    def add(self, card: Card, columns: int) -> None:
        """Put a card behind the others."""
        self.cards.append(card)
        self._put(len(self.cards) - 1, columns)
        self.show()

    def arrange(self, columns: int) -> None:
        """Put all cards anew."""
        for place in range(len(self.cards)):
            self._put(place, columns)
        for column in range(self.grid.columnCount()):
            self.grid.setColumnStretch(column, int(column < columns))

    def _put(self, place: int, columns: int) -> None:
        self.grid.addWidget(self.cards[place], place // columns, place % columns)
        self.grid.setColumnStretch(place % columns, 1)


class Gallery(QWidget):
    """All templates.

    Attributes:
        cards: Every card by the name of its template.

    Args:
        theme: The look.
        choose: Called with the name of the template that was clicked.
    """

    def __init__(self, theme: Theme, choose: Callable[[str], object]) -> None:
        super().__init__()
        self.cards: dict[str, Card] = {}
        self._theme, self._choose = theme, choose
        self._columns = 1
        self._todo: list[str] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._work)
        small = tr("One click opens it; Train starts it. All data comes with NNStudio.")
        large = tr("As published: to look into, to change, to take home. Choose data to train one.")
        drawn = tr("To look into, to change, to take home as code: no loop here trains them.")
        self.shelves: dict[Shelf, Section] = {
            "quick": Section(tr("TRAIN IN A MINUTE"), small),
            "full": Section(tr("FULL SIZE"), large),
            "drawn": Section(tr("DRAWN"), drawn),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in self.shelves.values():
            column.addWidget(section)

    def start(self) -> None:
        """Begin to make the cards; nothing when that was done."""
        if not self.cards and not self._todo:
            self._todo = list(templates.names())
            self._timer.start(0)

    @property
    def filled(self) -> bool:
        """True when every template has its card."""
        return bool(self.cards) and not self._todo

    def fit(self, width: int) -> None:
        """Put as many cards into a row as there is room for."""
        columns = max(1, (width + 2 * GRID) // (SIZE.width() - 8 + 2 * GRID))
        if columns != self._columns:
            self._columns = columns
            for section in self.shelves.values():
                section.arrange(columns)

    def _work(self) -> None:
        """Make cards for a moment, then let the user's hand come first."""
        end = time.monotonic() + SLICE
        while self._todo and time.monotonic() < end:
            self._add(self._todo.pop(0))
        if not self._todo:
            self._timer.stop()

    def _add(self, name: str) -> None:
        try:
            found = templates.load(name)
        except NNStudioError:  # a template that cannot be read cannot be offered either
            return
        card = self.cards[name] = self._card(found)
        self.shelves[found.shelf].add(card, self._columns)

    def _card(self, found: Template) -> Card:
        card = Card(self._theme, found.title, tr(found.teaches), tr(found.reaches))
        card.draw(picture(found.project))
        card.clicked.connect(lambda: self._choose(found.name))
        return card
