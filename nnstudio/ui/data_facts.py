"""What a reader says of its data: figures, classes, notes, and samples."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.engine.preview import Facts
from nnstudio.studio.figures import exact_words
from nnstudio.ui import fonts, i18n
from nnstudio.ui.class_bars import ClassBars
from nnstudio.ui.form_fields import sentence
from nnstudio.ui.i18n import tr
from nnstudio.ui.sample_grid import SampleGrid
from nnstudio.ui.theme import NORMAL, Theme
from nnstudio.ui.widgets import cleared, label, scrolled, section

TIMES = " × "
NAMED = 12


class DataFacts(QWidget):
    """Everything about some data on one page.

    Args:
        theme: Colours it.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.words = label("", "muted", wrap=True)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setMaximumWidth(240)
        self.busy.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(28)
        self.bars = ClassBars(theme)
        self.notes = label("", "muted", wrap=True)
        self.heading = section(tr("Samples"))
        self.grid = SampleGrid(theme)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(10)
        box.addWidget(self.words)
        box.addWidget(self.busy)
        box.addLayout(self._row)
        for part in (self.bars, self.notes, self.heading, self.grid):
            box.addWidget(part)
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inside))

    def show_nothing(self, words: str) -> None:
        """Show only words: what to do first."""
        self._show(None, words, "muted")

    def show_reading(self, words: str) -> None:
        """Show that the data is being read."""
        self._show(None, words, "muted")
        self.busy.show()

    def show_error(self, error: NNStudioError) -> None:
        """Show why the data cannot be read, and what to do."""
        hint = i18n.hint(error.problems[0])
        what = f"{sentence(error)}\n{hint[:1].upper()}{hint[1:]}" if hint else sentence(error)
        self._show(None, what, "bad")

    def show_facts(self, facts: Facts) -> None:
        """Show what was found."""
        self._show(facts, "", "muted")

    def figures(self, facts: Facts) -> list[tuple[str, str]]:
        """Return the figures of some data, as names and words."""
        rows = [(tr("task"), facts.task)]
        shapes = [TIMES.join(map(str, shape)) or "1" for shape in facts.inputs]
        rows.append((tr("a sample"), ", ".join(shapes)))
        if facts.target:
            rows.append((tr("its target"), TIMES.join(map(str, facts.target))))
        if facts.classes:
            kinds = tr("characters") if facts.task == "sequence" else tr("classes")
            rows.append((kinds, str(len(facts.classes))))
        if facts.train:
            rows.append((tr("to learn from"), exact_words(facts.train)))
            rows.append((tr("to check with"), exact_words(facts.val)))
        for name, value in facts.baselines.items():
            rows.append((name, f"{value:.4g}"))
        return rows

    def _show(self, facts: Facts | None, words: str, kind: str) -> None:
        self.words.setProperty("kind", kind)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.busy.hide()
        cleared(self._row)
        for name, value in self.figures(facts) if facts is not None else []:
            self._row.addLayout(_figure(name, value))
        self._row.addStretch(1)
        classes = facts.classes if facts is not None else ()
        self.bars.show_counts(classes, facts.counts if facts is not None else ())
        notes = "\n".join(facts.notes) if facts is not None else ""
        if facts is not None and facts.features:
            notes = "\n".join([tr("Columns: {names}", names=", ".join(facts.features)), notes])
        self.notes.setText(notes.strip())
        self.notes.setVisible(bool(notes.strip()))
        self.grid.show_facts(facts)
        there = bool(facts is not None and facts.samples)
        self.heading.setVisible(there)
        self.grid.setVisible(there)


def _figure(name: str, value: str) -> QVBoxLayout:
    """Return a figure with its name above it."""
    box = QVBoxLayout()
    box.setSpacing(1)
    shown = label(value, "mono")
    shown.setFont(fonts.mono(NORMAL))
    shown.setAccessibleName(name)
    box.addWidget(label(name, "small"), 0, Qt.AlignmentFlag.AlignTop)
    box.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
    return box
