"""One field for each kind of parameter: it shows a value, and says what was typed instead.

A field never keeps a value of its own: it is shown what the document holds, and what is typed goes
to whoever listens. Text that is no value stays visible with the reason below it, and goes nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget
from shiboken6 import isValid

from nnstudio.core.params import Param
from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Expression, identical
from nnstudio.studio import typed
from nnstudio.ui import i18n
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import Theme
from nnstudio.ui.value_edit import TickBox, ValueEdit
from nnstudio.ui.widgets import Combo, icon_button

ABSENT = object()
"""Where the document says nothing, so that a default or an inferred value holds."""

FORMULA = " ƒ "
"""Goes before the name of a block's parameter that a choice follows."""


@dataclass(frozen=True)
class Shown:
    """What a field is to show.

    Attributes:
        given: The value of the document; `ABSENT` where it says nothing.
        actual: What holds: a default filled in, a size inferred, a formula worked out.
        mixed: True when several nodes are shown that differ.
        names: What a formula may use.
        numbers: What the names stand for here.
        series: The value in each copy of a repeated node, where they differ.
    """

    given: Any = ABSENT
    actual: Any = None
    mixed: bool = False
    names: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    series: tuple[Any, ...] = ()


class Field(QWidget):
    """The base of all fields.

    Signals:
        committed: A value was chosen, for the setting at this path below the parameter ("" for the
            parameter itself).
        cleared: The setting at this path is to have its default again.
        refused: Why what was typed is not taken; "" when there is no such text any more.
    """

    committed = Signal(str, object)
    cleared = Signal(str)
    refused = Signal(str)

    def __init__(self, param: Param, theme: Theme) -> None:
        super().__init__()
        self.param, self.theme = param, theme
        self.shown = Shown()
        self.box = QHBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(4)

    @property
    def below(self) -> QWidget | None:
        """What stands under the field over the whole width, such as a form of its own."""
        return None

    def show_value(self, shown: Shown) -> None:
        """Show a value; a field that shows it already keeps what is being typed."""
        raise NotImplementedError

    def send(self, value: Any) -> None:
        """Ask for a value; where it is the default, for the default, which the document leaves out.

        A document is edited at once, so that afterwards the field shows what it holds now: the
        value as it is written there, or the old one where the edit was refused.
        """
        param = self.param
        by_itself = not (param.auto or param.required)
        if by_itself and identical(value, param.default):
            self.cleared.emit("")
        else:
            self.committed.emit("", value)
        if isValid(self):
            self.show_again()

    def show_again(self) -> None:
        """Show the value that was shown last."""
        self.show_value(self.shown)

    def describe(self, target: QWidget, help_text: str) -> None:
        """Give the widget that takes the keyboard its name and its help."""
        target.setAccessibleName(self.param.name)
        target.setAccessibleDescription(help_text)
        self.setFocusProxy(target)


class LineField(Field):
    """Whatever is typed: numbers, sizes, shapes, text, formulas."""

    def __init__(self, param: Param, theme: Theme) -> None:
        super().__init__(param, theme)
        steps = param.kind if param.kind in ("int", "float") else ""
        self.edit = ValueEdit(theme, steps=steps)
        self.edit.committed.connect(self._typed)
        self.edit.textEdited.connect(self._look_again)
        self.edit.reset_asked.connect(lambda: self.cleared.emit(""))
        self.box.addWidget(self.edit, 1)
        self.describe(self.edit, help_words(param))
        self._wrong = False
        self._fresh = True

    def show_value(self, shown: Shown) -> None:
        """Show a value, its kind (auto, formula), and a way back to the default."""
        same = not self._fresh and _same(shown, self.shown)
        self.shown, self._fresh = shown, False
        if not same:
            self.show_again()

    def show_again(self) -> None:
        """Show the value that was shown last, and drop what is being typed."""
        shown = self.shown
        text, placeholder = self._texts(shown)
        self._say("")
        self.edit.show_text(text, placeholder)
        self._show_end(shown)

    def _texts(self, shown: Shown) -> tuple[str, str]:
        if shown.mixed:
            return "", tr("several values")
        if shown.given is not ABSENT:
            if shown.given is None:
                return "", typed.NOTHING
            text = typed.write(shown.given)
            return text, "" if text else tr("empty")
        if self.param.auto:
            return "", "" if shown.series else typed.write(shown.actual)
        if self.param.default is None:
            empty = tr("required") if self.param.required else typed.NOTHING
            return "", empty
        text = typed.write(self.param.default)
        return text, "" if text else tr("empty")

    def _show_end(self, shown: Shown) -> None:
        tag, token, reset = "", "muted", ""
        if not shown.mixed and shown.given is ABSENT and self.param.auto:
            tag, token = tr("auto"), "accent"
        elif isinstance(shown.given, Expression | tuple) and not shown.series:
            value = typed.worked_out(shown.given, shown.numbers)
            if isinstance(shown.given, Expression):
                value = value or typed.write(shown.actual)
            tag = f"= {value}" if value and value != typed.write(shown.given) else ""
        given = shown.given is not ABSENT and not identical(shown.given, self.param.default)
        if given and not self.param.required:
            default = typed.default_words(self.param)
            reset = tr("Back to {default}", default=default or tr("auto"))
        self.edit.show_end(tag, token, reset)

    def _typed(self, text: str) -> None:
        if not text.strip() and self._can_be_cleared():
            self._say("")
            self.cleared.emit("")
            if isValid(self):
                self.show_again()
            return
        try:
            value = typed.read(self.param, text, self.shown.names)
        except NNStudioError as error:
            self._say(sentence(error))
            return
        self._say("")
        self.send(value)

    def _can_be_cleared(self) -> bool:
        """True when an empty line means the default: not where it is a value of its own."""
        empty_is_value = self.param.optional or self.param.kind in ("text", "shape", "ints")
        return self.param.auto or not (self.param.required or empty_is_value)

    def _look_again(self, text: str) -> None:
        """Take the red away as soon as the text is right; never show it while one types."""
        if not self._wrong:
            return
        try:
            if text.strip() or not self._can_be_cleared():
                typed.read(self.param, text, self.shown.names)
        except NNStudioError as error:
            self._say(sentence(error))
        else:
            self._say("")

    def _say(self, words: str) -> None:
        self._wrong = bool(words)
        self.edit.show_wrong(self._wrong)
        self.refused.emit(words)


class TickField(Field):
    """On or off."""

    def __init__(self, param: Param, theme: Theme) -> None:
        super().__init__(param, theme)
        self.tick = TickBox(theme)
        self.tick.clicked.connect(lambda: self.send(self.tick.isChecked()))
        self.box.addWidget(self.tick, 1)
        self.describe(self.tick, help_words(param))

    def show_value(self, shown: Shown) -> None:
        """Show whether it is on; a formula as its text."""
        self.shown = shown
        value = self.param.default if shown.given is ABSENT else shown.given
        self.tick.formula = value.text if isinstance(value, Expression) else ""
        self.tick.setTristate(shown.mixed)
        if shown.mixed:
            self.tick.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.tick.setChecked(value is True)
        self.tick.update()


class ChoiceField(Field):
    """One of a few words; in a block also what one of its parameters says."""

    def __init__(self, param: Param, theme: Theme) -> None:
        super().__init__(param, theme)
        self.combo = Combo()
        self.combo.setProperty("kind", "mono")
        self.combo.activated.connect(self._chosen)
        self.box.addWidget(self.combo, 1)
        self.describe(self.combo, help_words(param))
        self._values: list[Any] = []
        self._choices = param.choices
        self._words: Mapping[str, str] = {}

    def say(self, words: Mapping[str, str]) -> None:
        """Show these words for some choices, where what is chosen is no word of code."""
        self._words = words
        self.combo.setProperty("kind", "")

    def offer(self, choices: tuple[str, ...]) -> None:
        """Offer other choices from now on; what is chosen has to be shown after it."""
        self._choices = choices

    def show_value(self, shown: Shown) -> None:
        """Show the choice."""
        self.shown = shown
        value = self.param.default if shown.given is ABSENT else shown.given
        values = [*self._choices, *map(Expression, shown.names)]
        if value not in values and value is not None:
            values.append(value)
        if values != self._values:
            self._values = values
            self.combo.clear()
            self.combo.addItems([self._shown_as(one) for one in values])
        self.combo.setPlaceholderText(tr("several values") if shown.mixed else "")
        self.combo.setCurrentIndex(-1 if shown.mixed or value is None else values.index(value))

    def _chosen(self, index: int) -> None:
        self.send(self._values[index])

    def _shown_as(self, value: Any) -> str:
        if isinstance(value, Expression):
            return FORMULA + value.text
        return self._words.get(value, str(value))


class FileField(LineField):
    """The name of a file, typed or chosen."""

    def __init__(self, param: Param, theme: Theme) -> None:
        super().__init__(param, theme)
        self.browse = icon_button("folder", theme, tr("Choose a file"))
        self.browse.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.browse.clicked.connect(self._open)
        self.box.addWidget(self.browse)
        self.dialog: QFileDialog | None = None

    def _open(self) -> None:
        """Open the dialog beside the window's own loop, so that a run goes on being drawn."""
        start = Path(self.edit.text()).parent
        dialog = QFileDialog(self, tr("Choose a file"), str(start))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.send)
        self.dialog = dialog
        dialog.destroyed.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        self.dialog = None


def help_words(param: Param) -> str:
    """Return what there is to know of a setting: help, what it takes, its default."""
    parts = [param.help, tr("Takes {expected}.", expected=param.expected)]
    if param.words:
        parts.append(tr("Also {words}.", words=", ".join(param.words)))
    if param.auto:
        parts.append(tr("Follows from the input unless you type a value."))
    elif param.required:
        parts.append(tr("It has no default."))
    else:
        default = typed.default_words(param) or tr("empty")
        parts.append(tr("Default: {default}.", default=default))
    return " ".join(part for part in parts if part)


def sentence(error: NNStudioError) -> str:
    """Return why something is not taken, and what to do, as it stands below a field."""
    problem = error.problems[0]
    words = i18n.message(problem)
    name = problem.args.get("name")
    if isinstance(name, str) and name and words.startswith(name):
        return words  # torch spells its parameters in small letters
    return words[:1].upper() + words[1:]


def differs(given: Collection[Any]) -> bool:
    """Tell whether values of several nodes are not all the same; 1, 1.0 and True are different."""
    return len({(type(one), one) for one in given}) > 1


def _same(one: Shown, other: Shown) -> bool:
    return (
        one.mixed == other.mixed
        and not differs((one.given, other.given))
        and typed.write(one.actual) == typed.write(other.actual)
        and (one.names, one.numbers, one.series) == (other.names, other.numbers, other.series)
    )
