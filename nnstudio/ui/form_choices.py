"""Fields for what is chosen from the catalogue and has settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.catalogue import registry
from nnstudio.catalogue.choosable import Choosable
from nnstudio.core.params import Param
from nnstudio.core.values import Choice
from nnstudio.ui.form_fields import ABSENT, Field, Shown, help_words
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import Combo, flat_button, icon_button, label, tip


class Inner(Protocol):
    """What these fields need of the form of what was chosen."""

    committed: Any
    cleared: Any

    def show_values(self, given: Any) -> None:
        """Show values."""


FIRST = frozenset({"lr"})
"""Settings that are seen even while they are not set."""

Nest = Callable[[Sequence[Param], Theme], Any]
"""Makes a form for the settings of what was chosen."""


class ChosenForm(QWidget):
    """The settings of one choice, set in a little below it; empty while it has none.

    Signals:
        committed: A setting and its value.
        cleared: A setting that is to have its default again.
    """

    committed = Signal(str, object)
    cleared = Signal(str)

    def __init__(self, theme: Theme, nest: Nest) -> None:
        super().__init__()
        self._theme, self._nest = theme, nest
        self._name = ""
        self._open = False
        self._given: frozenset[str] = frozenset()
        self.form: Any = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(12, 2, 0, 2)
        self._box.setSpacing(2)
        self.more = flat_button("")
        self.more.setProperty("kind", "words")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.clicked.connect(self._toggle)
        self._box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_choice(self, chosen: Choosable | None, choice: Choice | None) -> None:
        """Show the settings of a choice; the form stays while the choice does."""
        name = choice.name if choice is not None else ""
        if name != self._name:
            self._name, self._open = name, False
            if self.form is not None:
                self.form.deleteLater()
                self.form = None
            if chosen is not None and chosen.params:
                self.form = self._nest(chosen.params, self._theme)
                self.form.committed.connect(self.committed)
                self.form.cleared.connect(self.cleared)
                self._box.insertWidget(0, self.form)
            self.setVisible(self.form is not None)
        if self.form is not None and choice is not None:
            self.form.show_values(choice.args)
            self._given = frozenset(choice.args)
            self._fold()

    def _toggle(self) -> None:
        self._open = not self._open
        self._fold()

    def _fold(self) -> None:
        """Show what was set and what is looked for first; the rest when it is asked for."""
        rows = self.form.rows
        shown = {name for name in rows if self._open or name in self._given or name in FIRST}
        for name, row in rows.items():
            row.setVisible(name in shown)
        more = len(rows) - len(shown)
        self.more.setVisible(self._open or more > 0)
        self.more.setText(tr("fewer settings") if self._open else tr("{count} more…", count=more))


class OfField(Field):
    """One of a table of the catalogue, with its settings below."""

    def __init__(self, param: Param, theme: Theme, nest: Nest) -> None:
        super().__init__(param, theme)
        self.table = registry.TABLES.get(param.of, {})
        self._names: list[str | None] = [None] if param.optional else []
        self._names += list(self.table)
        self.combo = Combo()
        self.combo.setPlaceholderText(tr("choose…"))
        _fill(self.combo, self._names, self.table)
        self.combo.activated.connect(self._chosen)
        self.box.addWidget(self.combo, 1)
        self.describe(self.combo, help_words(param))
        self.inner = ChosenForm(theme, nest)
        self.inner.setParent(self)  # until a row puts it below
        self.inner.committed.connect(self.committed)
        self.inner.cleared.connect(self.cleared)

    @property
    def below(self) -> QWidget | None:
        """The form of what was chosen."""
        return self.inner

    def show_value(self, shown: Shown) -> None:
        """Show the choice and its settings."""
        self.shown = shown
        value = self.param.default if shown.given is ABSENT else shown.given
        choice = value if isinstance(value, Choice) else None
        name = choice.name if choice is not None else None
        known = name in self._names
        if not known and name is not None:  # what another version or an extension would know
            self._names.append(name)
            self.combo.addItem(tr("{name} (not known here)", name=name))
        self.combo.setCurrentIndex(self._names.index(name) if name in self._names else -1)
        chosen = self.table.get(name) if name is not None else None
        self.combo.setToolTip(tip(chosen.summary if chosen else help_words(self.param)))
        self.inner.show_choice(chosen, choice)

    def _chosen(self, index: int) -> None:
        name = self._names[index]
        held = self.param.default if self.shown.given is ABSENT else self.shown.given
        if name is None:
            self.send(None)
        elif not (isinstance(held, Choice) and held.name == name):
            self.send(Choice(name))


class ListField(Field):
    """Several of a table of the catalogue, in an order: added, removed, moved up and down."""

    def __init__(self, param: Param, theme: Theme, nest: Nest) -> None:
        super().__init__(param, theme)
        self._nest = nest
        self.table = registry.TABLES.get(param.of, {})
        self.add = QToolButton()
        self.add.setText(tr("Add"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(self._menu())
        self.box.addStretch(1)
        self.box.addWidget(self.add)
        self.describe(self.add, help_words(param))
        self._rows = QWidget(self)
        self._list = QVBoxLayout(self._rows)
        self._list.setContentsMargins(12, 0, 0, 0)
        self._list.setSpacing(4)
        self.rows: list[ListRow] = []

    @property
    def below(self) -> QWidget | None:
        """The rows."""
        return self._rows

    def show_value(self, shown: Shown) -> None:
        """Show the list; rows of the same choices stay."""
        self.shown = shown
        held = self._held()
        if [row.name for row in self.rows] != [choice.name for choice in held]:
            self._build(held)
        for row, choice in zip(self.rows, held, strict=True):
            row.inner.show_choice(self.table.get(choice.name), choice)
        self._rows.setVisible(bool(held))

    def _held(self) -> tuple[Choice, ...]:
        value = self.param.default if self.shown.given is ABSENT else self.shown.given
        entries = value if isinstance(value, tuple) else ()
        return tuple(one for one in entries if isinstance(one, Choice))

    def _build(self, held: Sequence[Choice]) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for index, choice in enumerate(held):
            row = ListRow(choice.name, self.table.get(choice.name), self.theme, self._nest)
            row.up.setEnabled(index > 0)
            row.down.setEnabled(index + 1 < len(held))
            row.up.clicked.connect(lambda _=False, at=index: self._move(at, at - 1))
            row.down.clicked.connect(lambda _=False, at=index: self._move(at, at + 1))
            row.remove.clicked.connect(lambda _=False, at=index: self._remove(at))
            row.inner.committed.connect(
                lambda path, value, at=index: self.committed.emit(f"{at}.{path}", value)
            )
            row.inner.cleared.connect(lambda path, at=index: self.cleared.emit(f"{at}.{path}"))
            self._list.addWidget(row)
            self.rows.append(row)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, one in self.table.items():
            action = menu.addAction(one.title)
            action.setToolTip(tip(one.summary))
            action.triggered.connect(lambda _=False, key=name: self._append(key))
        return menu

    def _append(self, name: str) -> None:
        self.send((*self._held(), Choice(name)))

    def _remove(self, at: int) -> None:
        held = self._held()
        self.send((*held[:at], *held[at + 1 :]))

    def _move(self, old: int, new: int) -> None:
        held = list(self._held())
        held[old], held[new] = held[new], held[old]
        self.send(tuple(held))


class ListRow(QWidget):
    """One entry of a list: its title, buttons to move and remove it, its settings."""

    def __init__(self, name: str, chosen: Choosable | None, theme: Theme, nest: Nest) -> None:
        super().__init__()
        self.name = name
        title = label(chosen.title if chosen else name)
        title.setToolTip(tip(chosen.summary if chosen else ""))
        words = title.text()
        self.up = icon_button("chevron_up", theme, tr("Move {name} up", name=words))
        self.down = icon_button("chevron_down", theme, tr("Move {name} down", name=words))
        self.remove = icon_button("close", theme, tr("Remove {name}", name=words))
        self.inner = ChosenForm(theme, nest)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(title, 1)
        for button in (self.up, self.down, self.remove):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(head)
        box.addWidget(self.inner)


def _fill(combo: Combo, names: Sequence[str | None], table: Any) -> None:
    for name in names:
        if name is None:
            combo.addItem(tr("none"))
            continue
        combo.addItem(table[name].title)
        combo.setItemData(combo.count() - 1, tip(table[name].summary), Qt.ItemDataRole.ToolTipRole)
