"""What holds for a node whatever its layer: name, copies, shared weights, freezing, leaving out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.compiler.results import NodeInfo
from nnstudio.core.params import Param
from nnstudio.core.values import Value
from nnstudio.graph.edits import (
    Edit,
    Rename,
    SetBypass,
    SetNote,
    SetRepeat,
    SetShare,
    SetTrainable,
)
from nnstudio.graph.model import Graph, Node, Project, Repeat, Share
from nnstudio.studio.formulas import names_in
from nnstudio.studio.sharing import borrowers, learns, lenders
from nnstudio.studio.summaries import title
from nnstudio.ui import parameter_menu
from nnstudio.ui.context import Context
from nnstudio.ui.form import Form
from nnstudio.ui.form_fields import ChoiceField
from nnstudio.ui.i18n import tr
from nnstudio.ui.note_edit import NoteEdit
from nnstudio.ui.widgets import label, push_button

ENDS = ("Input", "Output")
OWN = "its own"
MODES = ("stack", "loop", "map")
ROWS = (
    Param("name", "text", "", "A name of your own; the code uses it."),
    Param("copies", "int", None, "How often it is repeated.", optional=True, minimum=1),
    Param(
        "mode",
        "choice",
        "stack",
        "stack: one after the other, each with its own weights. loop: the same weights again and "
        "again. map: side by side on the same input.",
        choices=MODES,
    ),
    Param("weights", "choice", OWN, "Whose weights it uses.", choices=(OWN,)),
    Param("trainable", "bool", True, "Off keeps the weights as they are."),
    Param("bypass", "bool", False, "Passes the input on and leaves the layer out."),
)
"""What can be set at a node, whatever its layer."""


class Structure(QWidget):
    """The section of a node that is the same for every layer.

    Args:
        context: The shared objects of the window.
        graph: The node's graph.
        node: The node.
    """

    def __init__(self, context: Context, graph: Graph, node: Node) -> None:
        super().__init__()
        self._context = context
        self._graph, self._node = graph.id, node.id
        self._owners: Mapping[str, Share] = {}
        self._relatives: tuple[str, ...] = ()
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(6)
        self.form = Form(ROWS, context.theme)
        self.form.committed.connect(self._set)
        self.form.cleared.connect(self._clear)
        self.relation = label("", "muted", wrap=True)
        self.owner = push_button("", self._select_relatives)
        self.note = NoteEdit(tr("note"), tr("A remark; the code carries it as a comment."))
        self.note.committed.connect(
            lambda text: self._context.do(SetNote(self._graph, self._node, text))
        )
        self.relation.hide()
        self.owner.hide()
        row = QHBoxLayout()
        row.addWidget(self.owner)
        row.addStretch(1)
        self.box.addWidget(self.form)
        self.box.addWidget(self.relation)
        self.box.addLayout(row)
        self.box.addWidget(self.note)

    def show_node(self, project: Project, graph: Graph, node: Node, info: NodeInfo | None) -> None:
        """Show a node; the fields stay, those that say nothing of it are hidden."""
        if (graph.id, node.id) != (self._graph, self._node):
            self.note.commit()
            self._graph, self._node = graph.id, node.id
        analysis = self._context.session.analysis
        self._owners = lenders(project, analysis, graph, node) if learns(project, node) else {}
        weights = self.form.field("weights")
        if isinstance(weights, ChoiceField):
            weights.offer((OWN, *self._owners))
        given = _values(node, self._owners)
        actual = {"copies": info.count if info else None}
        self.form.show_values(given, actual, names=names_in(graph))
        hidden = _hidden(project, node, bool(self._owners))
        for name, row in self.form.rows.items():
            if row.isHidden() is not (name in hidden):
                row.setVisible(name not in hidden)
        for name, more in self.form.rows.items():
            inside = name == "copies" and graph.id in project.blocks and name not in hidden
            made = more.offer(self._context.theme, tr("Parameters of the block") if inside else "")
            if made is not None:
                made.clicked.connect(lambda _=False, at=made: self._ask("copies", at))
        self._show_relatives(project, graph, node)
        self.note.show_text(node.note)

    def _show_relatives(self, project: Project, graph: Graph, node: Node) -> None:
        """Say whose weights these are, or who uses them, with a way there."""
        owner = graph.nodes.get(node.share.node) if node.share is not None else None
        users = borrowers(graph, node.id)
        self._relatives = (owner.id,) if owner is not None else users
        self.relation.setVisible(bool(self._relatives))
        self.owner.setVisible(bool(self._relatives))
        if owner is not None:
            part = node.share.parameter if node.share is not None else ""
            whose = tr("Uses the weights of {name}.", name=title(project, owner))
            one = tr("Uses {part} of {name}.", part=part, name=title(project, owner))
            self.relation.setText(one if part else whose)
            self.owner.setText(tr("Select the owner"))
            self.owner.setToolTip(tr("Go to the node whose weights these are"))
        elif users:
            names = ", ".join(title(project, graph.nodes[key]) for key in users)
            self.relation.setText(tr("Its weights are used by {names} too.", names=names))
            self.owner.setText(tr("Select them"))
            self.owner.setToolTip(tr("Select the nodes that use these weights"))

    def _select_relatives(self) -> None:
        view = self._context.view
        if len(self._relatives) == 1:
            view.reveal(self._graph, self._relatives[0])
        else:
            view.select(self._relatives)

    def _ask(self, name: str, button: QToolButton) -> None:
        made = QMenu(self)
        made.aboutToHide.connect(made.deleteLater)
        parameter_menu.fill(made, self._context, self._graph, self._node, name)
        made.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _clear(self, name: str) -> None:
        self._set(name, next(row.default for row in ROWS if row.name == name))

    def _set(self, name: str, value: Any) -> None:
        project = self._context.session.project
        node = project.graph(self._graph).nodes[self._node]
        self._context.do(self._edit(node, name, value))

    def _edit(self, node: Node, name: str, value: Value) -> Edit:
        graph = self._graph
        if name == "name":
            return Rename(graph, node.id, str(value))
        if name == "bypass":
            return SetBypass(graph, node.id, value is True)
        if name == "trainable":
            return SetTrainable(graph, node.id, value is True)
        if name == "weights":
            return SetShare(graph, node.id, self._owners.get(str(value)))
        repeat = node.repeat or Repeat()
        if name == "mode":
            return SetRepeat(graph, node.id, replace(repeat, mode=value))  # type: ignore[arg-type]
        made = None if value is None else replace(repeat, count=value)
        return SetRepeat(graph, node.id, made)


def _hidden(project: Project, node: Node, shareable: bool) -> set[str]:
    """Return the rows that say nothing of a node."""
    if node.layer in ENDS:
        return {row.name for row in ROWS} - {"name"}
    hidden = set() if node.repeat is not None else {"mode"}
    if not learns(project, node):
        hidden |= {"weights", "trainable"}
    elif not shareable and node.share is None:
        hidden.add("weights")
    return hidden


def _values(node: Node, owners: Mapping[str, Share]) -> dict[str, Value]:
    found: dict[str, Value] = {"name": node.name, "bypass": node.bypass}
    found["trainable"] = node.trainable
    if node.repeat is not None:
        found |= {"copies": node.repeat.count, "mode": node.repeat.mode}
    if node.share is not None:
        known = next((name for name, share in owners.items() if share == node.share), "")
        found["weights"] = known or tr("those of another node")
    return found
