"""The networks of the project side by side: seen, switched, added, named, moved, given a role."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from nnstudio.graph.edits import MoveGraph, RemoveGraph, RenameGraph, SetRole
from nnstudio.studio import networks
from nnstudio.studio.networks import Row
from nnstudio.studio.session import Update
from nnstudio.ui import fonts
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.name_dialog import ask_name
from nnstudio.ui.theme import SMALL
from nnstudio.ui.widgets import tip

LONGEST = 24


class NetworkStrip(QWidget):
    """One button for each network, one for each role that nobody fills, and one that adds.

    It is hidden while the project is a single network that fills the only role.
    """

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[str, QToolButton] = {}
        self.setAccessibleName(tr("Networks of this project"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        context.view.graph_changed.connect(self.refresh)
        context.theme.changed.connect(partial(self.refresh, anew=True))
        self._disconnect = context.session.changed.connect(self._follow)
        self.refresh()

    def close_canvas(self) -> None:
        """Follow the document no longer."""
        self._disconnect()

    def refresh(self, *, anew: bool = False) -> None:
        """Show the networks of the document."""
        project = self._context.session.project
        rows, free = networks.rows(project), networks.open_roles(project)
        shown = (rows, free, self._context.view.path[0][0])
        if shown == self._shown and not anew:
            return
        self._shown = shown
        self.buttons = {}
        while self._row.count():
            part = self._row.takeAt(0).widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        for row in rows:
            self._add(row.id, self._network(row))
        for role in free:
            self._add(f"+{role}", self._missing(role))
        self._add("+", self._more())
        self.setVisible(len(rows) > 1 or bool(free and rows))
        self.adjustSize()

    def menu(self, graph_id: str) -> QMenu:
        """Return the menu of a network."""
        context, project = self._context, self._context.session.project
        graph = project.graphs[graph_id]
        made = QMenu(self)
        made.setToolTipsVisible(True)
        rename = made.addAction(tr("Rename…"), partial(self._rename, graph_id))
        rename.setToolTip(tr("The name of its class in the code"))
        roles = made.addMenu(tr("Role in training"))
        roles.setToolTipsVisible(True)
        for role in ("", *networks.roles(project)):
            action = roles.addAction(
                role or tr("none"), partial(context.do, SetRole(graph_id, role))
            )
            action.setCheckable(True)
            action.setChecked(graph.role == role)
            action.setToolTip(tr("What the loop takes this network for"))
        made.addSeparator()
        place = list(project.graphs).index(graph_id)
        left = made.addAction(tr("Move left"), partial(context.do, MoveGraph(graph_id, -1)))
        left.setEnabled(place > 0)
        right = made.addAction(tr("Move right"), partial(context.do, MoveGraph(graph_id, 1)))
        right.setEnabled(place < len(project.graphs) - 1)
        made.addSeparator()
        made.addAction(tr("Add a network"), self.add_network)
        remove = made.addAction(tr("Remove"), partial(context.do, RemoveGraph(graph_id)))
        remove.setToolTip(tr("Take the network out; Undo brings it back"))
        return made

    def add_network(self, role: str = "") -> None:
        """Add a network and show it."""
        edit = networks.added(self._context.session.project, role)
        if self._context.do(edit):
            self._context.view.open(edit.graph.id)

    def _follow(self, update: Update) -> None:
        self.refresh()

    def _add(self, key: str, button: QToolButton) -> None:
        self.buttons[key] = button
        self._row.addWidget(button)
        button.show()

    def _network(self, row: Row) -> QToolButton:
        here = self._context.view.path[0][0] == row.id
        name = row.name if len(row.name) <= LONGEST else row.name[: LONGEST - 1] + "…"
        plain = not row.role or row.role.casefold() == row.name.casefold()
        made = self._button(name if plain else f"{name} · {row.role}", here=here)
        role = tr("It is the {role} of the loop.", role=row.role)
        idle = tr("It has no role in training, so nothing trains it.")
        more = tr("A right click renames it, moves it, gives it a role.")
        made.setToolTip(tip(f"{row.name}. {role if row.used else idle} {more}"))
        made.clicked.connect(partial(self._open, row.id))
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(partial(self._ask, row.id, made))
        return made

    def _missing(self, role: str) -> QToolButton:
        made = self._button(f"+ {role}", here=False, faint=True)
        made.setToolTip(tip(tr("The loop trains a {role}: add a network for it", role=role)))
        made.clicked.connect(lambda _=False: self.add_network(role))
        return made

    def _more(self) -> QToolButton:
        made = self._button("+", here=False, faint=True)
        made.setAccessibleName(tr("Add a network"))
        made.setToolTip(tr("Add a network"))
        made.clicked.connect(lambda _=False: self.add_network())
        return made

    def _button(self, text: str, *, here: bool, faint: bool = False) -> QToolButton:
        tokens = self._context.theme.tokens
        ink = tokens.on_accent if here else tokens.muted if faint else tokens.text
        ground = tokens.accent if here else "transparent" if faint else tokens.raised
        edge = "dashed" if faint else "solid"
        made = QToolButton(self)
        made.setText(text.replace("&", "&&"))
        made.setFont(fonts.text(SMALL))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setStyleSheet(
            f"QToolButton {{ color: {ink}; background: {ground}; padding: 3px 10px;"
            f" border: 1px {edge} {tokens.accent if here else tokens.line}; border-radius: 11px; }}"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {tokens.accent}; }}"
        )
        return made

    def _open(self, graph_id: str, _checked: bool = False) -> None:
        self._context.view.open(graph_id)

    def _ask(self, graph_id: str, button: QToolButton, at: QPoint) -> None:
        made = self.menu(graph_id)
        made.aboutToHide.connect(made.deleteLater)
        made.popup(button.mapToGlobal(at))

    def _rename(self, graph_id: str) -> None:
        context = self._context
        name = context.session.project.graphs[graph_id].name
        ask_name(
            self,
            tr("Rename the network"),
            tr("The name of its class in the code:"),
            name,
            lambda text: context.do(RenameGraph(graph_id, text)),
        )
