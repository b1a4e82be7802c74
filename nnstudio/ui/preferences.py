"""The user's settings on this machine: one row per setting, valid at once."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout

from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Value
from nnstudio.ui import fonts, i18n
from nnstudio.ui.form import Form
from nnstudio.ui.form_fields import ChoiceField, LineField
from nnstudio.ui.i18n import tr
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.theme import GRID, Mode
from nnstudio.ui.widgets import label

TITLES = {
    "theme": "Colours",
    "language": "Language",
    "animations": "Animations",
    "run_in": "A run lives in a",
    "threads": "Threads",
    "undo_steps": "Steps to undo",
    "recent_files": "Recent files",
}
"""What each setting is called; the device has a button of its own in the top bar."""

CHOICES = {
    "theme": {"system": "like the system", "dark": "dark", "light": "light"},
    "run_in": {"thread": "thread of the window", "process": "process of its own"},
}
"""What their choices are called."""


class Preferences(QDialog):
    """A dialog in which every change holds at once.

    Attributes:
        form: The fields.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setWindowTitle(tr("Preferences"))
        self.setMinimumWidth(440)
        settings = window.settings
        # With one language there is nothing to choose.
        names = [n for n in TITLES if n != "language" or len(i18n.languages()) > 1]
        self.form = Form([settings.rows[name] for name in names], window.theme)
        for name, row in self.form.rows.items():
            row.name.setFont(fonts.text())
            row.name.setText(tr(TITLES[name]))
            field = row.field
            if isinstance(field, ChoiceField) and name in CHOICES:
                field.say({choice: tr(words) for choice, words in CHOICES[name].items()})
        self.form.committed.connect(self._set)
        self.form.cleared.connect(lambda name: self._set(name, settings.rows[name].default))
        self._told = label("", "bad", wrap=True)
        self._told.hide()
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        column, row_below = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.form)
        column.addWidget(self._told)
        column.addStretch(1)
        row_below.addStretch(1)
        row_below.addWidget(close)
        column.addLayout(row_below)
        self._show()

    def _show(self) -> None:
        get = self._window.settings.get
        values = {name: get(name) for name in self.form.rows if get(name) is not None}
        self.form.show_values(values)
        threads = self.form.field("threads")
        if isinstance(threads, LineField):  # "none" would be read as no threads at all
            threads.edit.setPlaceholderText(tr("automatic"))

    def _set(self, name: str, value: Value) -> None:
        try:
            self._window.settings.set(name, value)
        except NNStudioError as error:
            self._told.setText(i18n.message(error.problems[0]))
            self._told.show()
        if name == "theme":
            self._window.theme.choose(self._window.settings.get(name))  # type: ignore[arg-type]
        self._window.book.refresh()
        self._show()


def look(window: MainWindow, mode: Mode) -> None:
    """Take other colours, now and from now on."""
    window.theme.choose(mode)
    window.book.refresh()
    try:
        window.settings.set("theme", mode)
    except NNStudioError as error:
        window.files.refuse(error)
