"""Rows of actions → QActions, menus and shortcuts.

    book = ActionBook(window, theme)
    book.bind("edit.undo", session.undo, enabled=lambda: session.can_undo)
    window.setMenuBar(book.menu_bar())

What a row can do now is asked just before it is shown; `refresh` asks again after a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from nnstudio.studio.actions import ACTIONS, Action
from nnstudio.ui.i18n import tr
from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme

Slot = Callable[[], object]
Test = Callable[[], bool]
MENUS = ("File", "Edit", "Graph", "View", "Run", "Help")


class ActionBook(QObject):
    """The QAction of every row, and what it does.

    Args:
        window: Owns the shortcuts.
        theme: Colours the icons.
    """

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._enabled: dict[str, Test] = {}
        self._checked: dict[str, Test] = {}
        self._actions = {row.id: self._made(row, theme) for row in ACTIONS.values()}
        self.menus: dict[str, QMenu] = {}

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    @property
    def unbound(self) -> tuple[str, ...]:
        """Ids that do nothing yet; a test holds it empty."""
        return tuple(key for key in self._actions if key not in self._enabled)

    def bind(
        self,
        action_id: str,
        slot: Slot,
        enabled: Test | None = None,
        checked: Test | None = None,
        canvas: QWidget | None = None,
    ) -> None:
        """Say what a row does.

        Args:
            action_id: The row.
            slot: Called when it is triggered.
            enabled: Whether it can be done now; None means always.
            checked: Whether it is on, for rows that are on or off.
            canvas: The widget that must have the keyboard, for rows with `on_canvas`.
        """
        action, may = self._actions[action_id], enabled or _always
        # Two keys may come faster than the rows are asked again.
        action.triggered.connect(lambda _checked=False: slot() if may() else None)
        self._enabled[action_id] = may
        action.setEnabled(may())
        if checked is not None:
            self._checked[action_id] = checked
        if ACTIONS[action_id].on_canvas and canvas is not None:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            canvas.addAction(action)
        else:
            self._window.addAction(action)

    def can(self, action_id: str) -> bool:
        """Tell whether a row can be done at this very moment."""
        return self._enabled[action_id]()

    def refresh(self) -> None:
        """Ask every row again whether it can be done and whether it is on."""
        for key, test in self._enabled.items():
            self._actions[key].setEnabled(test())
        for key, test in self._checked.items():
            self._actions[key].setChecked(test())

    def menu_bar(self) -> QMenuBar:
        """Return the menu bar that all rows with a menu stand in."""
        bar = QMenuBar(self._window)
        self.menus = {
            name: self.menu("&" + tr(name), [row for row in ACTIONS.values() if row.menu == name])
            for name in MENUS
        }
        for menu in self.menus.values():
            bar.addMenu(menu)
        return bar

    def menu(self, title: str, rows: Iterable[Action], parent: QWidget | None = None) -> QMenu:
        """Return a menu of some rows, with a line between groups."""
        menu = QMenu(title, parent or self._window)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.refresh)
        group: int | None = None
        for row in rows:
            if group is not None and row.group != group:
                menu.addSeparator()
            group = row.group
            menu.addAction(self._actions[row.id])
        return menu

    def context_menu(self, ids: Iterable[str], parent: QWidget) -> QMenu:
        """Return a menu of these rows for the place under the pointer."""
        menu = self.menu("", [ACTIONS[key] for key in ids], parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _made(self, row: Action, theme: Theme) -> QAction:
        action = QAction(tr(row.title), self)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        action.setEnabled(False)  # until it is bound
        help_text = tr(row.help) if row.help else tr(row.title)
        if row.shortcut:
            sequence = QKeySequence(row.shortcut, QKeySequence.SequenceFormat.PortableText)
            action.setShortcut(sequence)
            shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
            help_text = f"{help_text} ({shown})"
        action.setToolTip(help_text)
        action.setStatusTip(tr(row.help))
        if row.icon:
            action.setIcon(icon(row.icon, theme))
        return action


def _always() -> bool:
    return True
