"""Forms: whatever describes itself by `Param`s gets its fields here and nowhere else.

    form = Form(spec.params, theme)
    form.committed.connect(lambda path, value: …)     # `kernel_size`, or `optimizer.lr`
    form.cleared.connect(lambda path: …)              # to the default, or to what follows
    form.show_values(node.args, info.args)

A form shows what the document holds and asks for edits; it is built once for a list of parameters
and only shown other values afterwards, so that typing is never interrupted by what it causes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from nnstudio.core.params import Param
from nnstudio.studio import typed
from nnstudio.ui import fonts
from nnstudio.ui.form_choices import ListField, OfField
from nnstudio.ui.form_fields import (
    ABSENT,
    ChoiceField,
    Field,
    FileField,
    LineField,
    Shown,
    TickField,
    help_words,
)
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import SMALL, Theme
from nnstudio.ui.widgets import icon_button, label, tip

LONG_NAME = 13
"""A longer name stands above its field where that takes more of the row."""

LONG = 10
"""A choice with longer words takes more of the row, too."""

_WIDE = frozenset({"of", "text", "file", "shape", "ints", "floats"})
"""Kinds whose field takes more of the row than the name does."""


class Row(QWidget):
    """One parameter: its name, its field, what is wrong, and what stands below.

    Args:
        param: The parameter.
        field: Its field.
    """

    def __init__(self, param: Param, field: Field) -> None:
        super().__init__()
        self.param, self.field = param, field
        self.name = label(param.name, "muted")
        self.name.setFont(fonts.mono(SMALL + 1))
        self.name.setMinimumWidth(24)
        self.name.setBuddy(field)
        self.why = label("", "bad", wrap=True)
        self.why.setFont(fonts.text(SMALL))
        self.why.hide()
        self._own, self._outside = "", ""
        field.refused.connect(self._refused)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        wide = param.kind in _WIDE or any(len(word) > LONG for word in param.choices)
        above = wide and len(param.name) > LONG_NAME
        if not above:
            self._line.addWidget(self.name, 38 if wide else 54)
        self._line.addWidget(field, 62 if wide else 46)
        self.more: QToolButton | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        if above:
            box.addWidget(self.name)
        box.addLayout(self._line)
        self.copies = label("", "muted")
        self.copies.setFont(fonts.mono(SMALL))
        # One line, however narrow the form is: the tooltip has all of it.
        self.copies.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.copies.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.copies.hide()
        box.addWidget(self.copies)
        box.addWidget(self.why)
        if field.below is not None:
            box.addWidget(field.below)

    def show_problem(self, words: str) -> None:
        """Show what the analysis finds wrong with the value; what was mistyped comes first."""
        self._outside = words
        self._say()

    def show_copies(self, series: tuple[Any, ...]) -> None:
        """Show what the setting is in each copy of a repeated node; () where all are alike."""
        self.copies.setText(f"= {typed.write_series(series)}" if series else "")
        every = typed.write(series)
        words = tr("In the copies, one after the other: {values}", values=every) if series else ""
        self.copies.setToolTip(tip(words))
        self.copies.setVisible(bool(series))

    def offer(self, theme: Theme, words: str) -> QToolButton | None:
        """Show a button for what else can be done with the setting; a new one is returned.

        Args:
            theme: Colours it.
            words: What it is for; "" hides it.
        """
        made = None
        if words and self.more is None:
            made = self.more = icon_button("more", theme, words)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setAccessibleName(f"{self.param.name}: {words}")
            self._line.addWidget(made)
        if self.more is not None:
            self.more.setVisible(bool(words))
        return made

    def _refused(self, words: str) -> None:
        self._own = words
        self._say()

    def _say(self) -> None:
        words = self._own or self._outside
        self.why.setText(words)
        self.why.setVisible(bool(words))

    @override
    def event(self, event: QEvent) -> bool:
        # Asked for when it is wanted, since the default may be a formula of the moment.
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip(self.help()), self)
            return True
        return super().event(event)

    def help(self) -> str:
        """Return the help of the row as it stands in the tooltip."""
        return f"{self.param.name}: {help_words(self.param)}"


class Form(QWidget):
    """The fields of some parameters, one below the other.

    Args:
        params: What is set.
        theme: Colours it.

    Signals:
        committed: The dotted path of a setting and the value that it is to have.
        cleared: The dotted path of a setting that is to have its default.
        more_asked: A setting, for what else can be done with it, and the button that was clicked.
    """

    committed = Signal(str, object)
    cleared = Signal(str)
    more_asked = Signal(str, object)

    def __init__(self, params: Sequence[Param], theme: Theme) -> None:
        super().__init__()
        self.params = tuple(params)
        self._theme = theme
        self.rows: dict[str, Row] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for param in self.params:
            field = made_field(param, theme)
            self._listen(param.name, field)
            row = Row(param, field)
            self.rows[param.name] = row
            box.addWidget(row)

    def field(self, name: str) -> Field:
        """Return the field of a parameter."""
        return self.rows[name].field

    def show_values(
        self,
        given: Mapping[str, Any],
        actual: Mapping[str, Any] | None = None,
        *,
        names: tuple[str, ...] = (),
        numbers: Mapping[str, Any] | None = None,
        mixed: Collection[str] = (),
        series: Mapping[str, tuple[Any, ...]] | None = None,
    ) -> None:
        """Show what the document holds.

        Args:
            given: What it says.
            actual: What holds, defaults and inferred sizes included.
            names: What formulas may use; () for no formulas.
            numbers: What the names stand for here.
            mixed: Settings in which several nodes differ.
            series: The values of settings that differ from copy to copy.
        """
        actual, copies = actual or {}, series or {}
        for name, row in self.rows.items():
            value = given.get(name, ABSENT) if name in given else ABSENT
            known = actual.get(name), name in mixed, names, numbers or {}
            shown = Shown(value, *known, copies.get(name, ()))
            row.field.show_value(shown)
            row.show_copies(shown.series)

    def show_problems(self, words: Mapping[str, str]) -> None:
        """Show sentences below the fields of some parameters, and none below the others."""
        for name, row in self.rows.items():
            row.show_problem(words.get(name, ""))

    def offer(self, words: str) -> None:
        """Show at each setting a button that asks for more; "" hides them."""
        for name, row in self.rows.items():
            made = row.offer(self._theme, words)
            if made is not None:
                made.clicked.connect(partial(self._ask_more, name, made))

    def _ask_more(self, name: str, button: QToolButton, _checked: bool = False) -> None:
        self.more_asked.emit(name, button)

    def focus(self, path: str) -> bool:
        """Give the keyboard to the field at a path; False when there is none."""
        row = self.rows.get(path.partition(".")[0])
        if row is not None:
            row.field.setFocus(Qt.FocusReason.OtherFocusReason)
        return row is not None

    def _listen(self, name: str, field: Field) -> None:
        def path(below: str) -> str:
            return f"{name}.{below}" if below else name

        field.committed.connect(lambda below, value: self.committed.emit(path(below), value))
        field.cleared.connect(lambda below: self.cleared.emit(path(below)))


def made_field(param: Param, theme: Theme) -> Field:
    """Return the field of a parameter by its kind."""
    if param.kind == "of":
        return OfField(param, theme, Form)
    if param.kind == "list_of":
        return ListField(param, theme, Form)
    plain = {"bool": TickField, "choice": ChoiceField, "file": FileField}
    return plain.get(param.kind, LineField)(param, theme)
