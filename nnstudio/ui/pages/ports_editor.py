"""The inputs and outputs of a network or block: named, moved, added and removed in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.names import new_id
from nnstudio.core.params import Param
from nnstudio.graph.edits import AddNode, MovePort, RemoveNodes, Rename
from nnstudio.graph.model import Graph, Node
from nnstudio.graph.topology import inputs_of, outputs_of
from nnstudio.studio import placing, settling
from nnstudio.ui.context import Context
from nnstudio.ui.form import Form
from nnstudio.ui.i18n import tr
from nnstudio.ui.widgets import push_button


class PortsEditor(QWidget):
    """The ports of a graph in their order.

    Attributes:
        form: Their names.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._graph = ""
        self._ids: dict[str, str] = {}
        self.form: Form | None = None
        self._slot = QVBoxLayout()
        self.add_input = push_button(tr("Add an input"), partial(self._add, "Input"))
        self.add_input.setToolTip(tr("One more argument of forward; it stands on the canvas"))
        self.add_output = push_button(tr("Add an output"), partial(self._add, "Output"))
        self.add_output.setToolTip(tr("One more result of forward; it stands on the canvas"))
        row = QHBoxLayout()
        row.addWidget(self.add_input)
        row.addWidget(self.add_output)
        row.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(self._slot)
        box.addLayout(row)

    def show_graph(self, graph: Graph) -> None:
        """Show the ports of a graph."""
        self._graph = graph.id
        words = tr("The name of the argument in the code.")
        outs = tr("The name of the result; it is said where the block is used.")
        params, self._ids = [], {}
        for kind, ids, help_text in (
            (tr("input"), inputs_of(graph), words),
            (tr("output"), outputs_of(graph), outs),
        ):
            for number, key in enumerate(ids, 1):
                name = kind if len(ids) == 1 else f"{kind} {number}"
                self._ids[name] = key
                params.append(Param(name, "text", "", help_text))
        form = self._kept(tuple(params))
        form.show_values({name: graph.nodes[key].name for name, key in self._ids.items()})

    def menu(self, name: str) -> QMenu:
        """Return the menu of a port."""
        graph = self._context.session.project.graph(self._graph)
        key = self._ids[name]
        ids = inputs_of(graph) if graph.nodes[key].layer == "Input" else outputs_of(graph)
        place, context = ids.index(key), self._context
        made = QMenu(self)
        made.setToolTipsVisible(True)

        def row(words: str, help_text: str, slot: Callable[[], object], on: bool = True) -> None:
            action = made.addAction(words, slot)
            action.setToolTip(help_text)
            action.setEnabled(on)

        order = tr("Uses of the block keep their edges")
        row(tr("Go to it"), tr("Select its node"), lambda: context.view.reveal(graph.id, key))
        row(tr("Move up"), order, lambda: context.do(MovePort(graph.id, key, -1)), place > 0)
        row(
            tr("Move down"),
            order,
            lambda: context.do(MovePort(graph.id, key, 1)),
            place < len(ids) - 1,
        )
        row(
            tr("Remove"),
            tr("Edges of uses to it go too"),
            lambda: context.do(RemoveNodes(graph.id, (key,), heal=False)),
        )
        return made

    def _kept(self, params: tuple[Param, ...]) -> Form:
        if self.form is not None and self.form.params == params:
            return self.form
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        made = self.form = Form(params, self._context.theme)
        made.offer(tr("Find, move or remove this port"))
        made.committed.connect(self._rename)
        made.cleared.connect(lambda name: self._rename(name, ""))
        made.more_asked.connect(self._ask)
        self._slot.addWidget(made)
        return made

    def _ask(self, name: str, button: QToolButton) -> None:
        made = self.menu(name)
        made.aboutToHide.connect(made.deleteLater)
        made.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _rename(self, name: str, value: Any) -> None:
        self._context.do(Rename(self._graph, self._ids[name], str(value).strip()))

    def _add(self, layer: str) -> None:
        project = self._context.session.project
        graph, known = project.graph(self._graph), placing.places(project, self._graph)
        ports = inputs_of(graph) if layer == "Input" else outputs_of(graph)
        if ports:
            wanted = known[ports[-1]]
        elif known:
            ys = [y for _, y in known.values()]
            wanted = (0.0, min(ys) - placing.ROW if layer == "Input" else max(ys) + placing.ROW)
        else:
            wanted = (0.0, 0.0)
        node = Node(new_id(set(graph.nodes)), layer)
        edit = AddNode(self._graph, node, placing.beside(known, wanted))
        if self._context.do(settling.settled(project, self._graph, edit)):
            self._context.view.reveal(self._graph, node.id)
