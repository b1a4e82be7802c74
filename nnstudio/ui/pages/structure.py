"""What holds for a node whatever its layer: name, copies, shared weights, freezing, leaving out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.catalogue import registry
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
from nnstudio.graph.topology import used_block
from nnstudio.studio.formulas import names_in
from nnstudio.studio.summaries import title
from nnstudio.ui.context import Context
from nnstudio.ui.form import Form
from nnstudio.ui.form_fields import ChoiceField
from nnstudio.ui.i18n import tr
from nnstudio.ui.note_edit import NoteEdit

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
        self._owners: Mapping[str, str] = {}
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(6)
        self.form = Form(ROWS, context.theme)
        self.form.committed.connect(self._set)
        self.form.cleared.connect(self._clear)
        self.note = NoteEdit(tr("note"), tr("A remark; the code carries it as a comment."))
        self.note.committed.connect(
            lambda text: self._context.do(SetNote(self._graph, self._node, text))
        )
        self.box.addWidget(self.form)
        self.box.addWidget(self.note)

    def show_node(self, project: Project, graph: Graph, node: Node, info: NodeInfo | None) -> None:
        """Show a node; the fields stay, those that say nothing of it are hidden."""
        if (graph.id, node.id) != (self._graph, self._node):
            self.note.commit()
            self._graph, self._node = graph.id, node.id
        self._owners = _owners(project, graph, node)
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
        self.note.show_text(node.note)

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
            owner = self._owners.get(str(value))
            return SetShare(graph, node.id, Share(owner) if owner else None)
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
    if not _learns(project, node):
        hidden |= {"weights", "trainable"}
    elif not shareable and node.share is None:
        hidden.add("weights")
    return hidden


def _learns(project: Project, node: Node) -> bool:
    spec = registry.layer(node.layer)
    return spec.tensors is not None if spec is not None else bool(used_block(node.layer))


def _owners(project: Project, graph: Graph, node: Node) -> dict[str, str]:
    """Return the nodes whose weights could be used, by what they are called."""
    found: dict[str, str] = {}
    for number, other in enumerate(graph.nodes.values(), 1):
        if other.layer == node.layer and other.id != node.id and other.share is None:
            name = tr("those of {name}", name=title(project, other))
            found[name if name not in found else f"{name} ({number})"] = other.id
    return found


def _values(node: Node, owners: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {"name": node.name, "bypass": node.bypass}
    found["trainable"] = node.trainable
    if node.repeat is not None:
        found |= {"copies": node.repeat.count, "mode": node.repeat.mode}
    if node.share is not None:
        shared = next((name for name, key in owners.items() if key == node.share.node), "")
        part = f" ({node.share.parameter})" if node.share.parameter else ""
        found["weights"] = (shared or tr("those of another node")) + part
    return found
