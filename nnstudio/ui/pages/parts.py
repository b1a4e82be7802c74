"""Parts that the pages of the inspector share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.problems import Problem
from nnstudio.ui import fonts
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.problem_card import ProblemCard
from nnstudio.ui.theme import NORMAL, SMALL
from nnstudio.ui.widgets import cleared, label, section, selectable, tip

WORDS = {
    "parameters": ("parameters", "How many numbers are learned."),
    "weights": ("size of the weights", "In float32."),
    "FLOPs": ("FLOPs per sample", "Floating point operations of one forward pass."),
    "activations": (
        "activations per sample",
        "Memory of what training keeps of each layer for the backward pass, in float32.",
    ),
    "layers": ("nodes", "Inputs and outputs included."),
}
"""What figures are called, and what they mean."""


class Page(QWidget):
    """A page of the inspector: sections one below the other."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(16, 12, 12, 16)
        self.box.setSpacing(8)

    def add(self, title: str, *parts: QWidget) -> Section:
        """Add a section."""
        made = Section(title, *parts)
        self.box.addWidget(made)
        return made


class Section(QWidget):
    """A heading and what stands below it."""

    def __init__(self, title: str, *parts: QWidget) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 0)
        box.setSpacing(6)
        self.title = section(title)
        box.addWidget(self.title)
        for part in parts:
            box.addWidget(part)


class Head(QWidget):
    """What is shown: its title, and a line of facts."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "title", wrap=True)
        self.facts = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 4)
        box.setSpacing(2)
        box.addWidget(self.title)
        box.addWidget(self.facts)

    def say(self, title: str, facts: str) -> None:
        """Show a title and facts."""
        self.title.setText(title)
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))


class Facts(QWidget):
    """Names and figures in two columns."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._values: dict[str, QLabel] = {}

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show figures; the labels stay while the names do."""
        if list(self._values) != [name for name, _ in rows]:
            cleared(self._grid)
            self._values = {}
            for line, (name, _) in enumerate(rows):
                words, help_text = WORDS.get(name, (name, ""))
                shown = label(tr(words), "muted")
                shown.setToolTip(tip(tr(help_text)))
                value = selectable(label("", "mono"))
                value.setFont(fonts.mono(NORMAL - 1))
                value.setAccessibleName(tr(words))
                value.setAlignment(Qt.AlignmentFlag.AlignRight)
                # A formula of a block may be longer than the page is wide.
                value.setWordWrap(True)
                self._grid.addWidget(shown, line, 0)
                self._grid.addWidget(value, line, 1)
                self._values[name] = value
        for name, text in rows:
            self._values[name].setText(text)


class Problems(QWidget):
    """The problems of one place; hidden while there are none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[Problem, ...] = ()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 4, 0, 4)
        self._box.setSpacing(6)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems."""
        if tuple(problems) == self._shown:
            return
        self._shown = tuple(problems)
        cleared(self._box)
        for problem in problems:
            self._box.addWidget(ProblemCard(self._context, problem, placed=False))
        self.setVisible(bool(problems))


def used_words(count: int) -> str:
    """Return how often a block is used, and what that means for who changes it."""
    if count == 0:
        return tr("Used nowhere yet.")
    once = tr("Used in one place.")
    many = tr("Used in {count} places; a change inside changes all of them.", count=count)
    return once if count == 1 else many


def mono_label() -> QLabel:
    """Return a label for shapes, whose text can be selected."""
    made = selectable(label("", "mono", wrap=True))
    made.setFont(fonts.mono(SMALL + 1))
    return made
