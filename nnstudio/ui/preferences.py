"""The user's settings on this machine: one row per setting, valid at once."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.params import Param
from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Value
from nnstudio.ui import i18n
from nnstudio.ui.i18n import tr
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.theme import GRID, Mode
from nnstudio.ui.widgets import label

TITLES = {
    "theme": "Colours",
    "language": "Language",
    "animations": "Animations",
    "run_in": "A run lives in",
    "threads": "Threads",
    "undo_steps": "Steps to undo",
    "recent_files": "Recent files",
}
"""What each setting is called; the device has a button of its own in the top bar."""

WORDS = {
    "system": "as the system",
    "dark": "dark",
    "light": "light",
    "thread": "the window, as a thread",
    "process": "a process of its own",
    "en": "English",
    "zh_CN": "简体中文",
}


class Preferences(QDialog):
    """A dialog in which every change holds at once."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setWindowTitle(tr("Preferences"))
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        form = QFormLayout()
        form.setHorizontalSpacing(3 * GRID)
        form.setVerticalSpacing(GRID)
        self.fields: dict[str, QWidget] = {}
        for name, words in TITLES.items():
            row = window.settings.rows[name]
            if name == "language" and len(i18n.languages()) < 2:
                continue
            field = self._field(row, window.settings.get(name))
            field.setToolTip(tr(row.help))
            field.setAccessibleName(tr(words))
            self.fields[name] = field
            form.addRow(tr(words), field)
        column.addLayout(form)
        self._told: QLabel = label("", "bad")
        self._told.setWordWrap(True)
        self._told.hide()
        column.addWidget(self._told)
        column.addStretch(1)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        column.addWidget(close)

    def _field(self, row: Param, value: Value) -> QWidget:
        if row.kind == "choice":
            return self._choice(row, value)
        if row.kind == "bool":
            box = QCheckBox(tr(row.help))
            box.setChecked(bool(value))
            box.toggled.connect(lambda on: self._set(row.name, on))
            return box
        return self._number(row, value)

    def _choice(self, row: Param, value: Value) -> QComboBox:
        box = QComboBox()
        for choice in row.choices:
            box.addItem(tr(WORDS.get(choice, choice)), choice)
        box.setCurrentIndex(box.findData(value))
        box.activated.connect(lambda place: self._set(row.name, box.itemData(place)))
        return box

    def _number(self, row: Param, value: Value) -> QSpinBox:
        box = QSpinBox()
        low = int(row.minimum or 0)
        box.setRange(low - 1 if row.optional else low, int(row.maximum or 10**6))
        if row.optional:
            box.setSpecialValueText(tr("by the machine"))
        box.setValue(int(value) if isinstance(value, int) else box.minimum())
        box.valueChanged.connect(
            lambda new: self._set(row.name, None if row.optional and new < low else new)
        )
        return box

    def _set(self, name: str, value: Value) -> None:
        if name == "theme":
            look(self._window, value)  # type: ignore[arg-type]
            return
        try:
            self._window.settings.set(name, value)
        except NNStudioError as error:
            self._told.setText(i18n.message(error.problems[0]))
            self._told.show()


def look(window: MainWindow, mode: Mode) -> None:
    """Take other colours, now and from now on."""
    window.theme.choose(mode)
    window.book.refresh()
    try:
        window.settings.set("theme", mode)
    except NNStudioError as error:
        window.files.refuse(error)
