"""The page of several nodes: what all of them have, set for all in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.core.params import Param
from nnstudio.core.values import Args
from nnstudio.graph.dims import total
from nnstudio.graph.edits import Batch, Edit, SetBypass, SetTrainable
from nnstudio.graph.model import Graph, Node
from nnstudio.studio import form_edits
from nnstudio.studio.figures import exact_words
from nnstudio.studio.formulas import names_in, numbers_in
from nnstudio.studio.summaries import layer_title, title
from nnstudio.ui.context import Context
from nnstudio.ui.form import Form
from nnstudio.ui.form_fields import differs
from nnstudio.ui.i18n import tr
from nnstudio.ui.pages.parts import Head, Page
from nnstudio.ui.widgets import label

FLAGS = (
    Param("trainable", "bool", True, "Off keeps the weights as they are."),
    Param("bypass", "bool", False, "Passes the input on and leaves the layer out."),
)
NAMED = 8


class SeveralPage(Page):
    """Several nodes at once."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._graph = ""
        self._nodes: tuple[str, ...] = ()
        self.head = Head()
        self.none = label(tr("These layers have no settings in common."), "muted", wrap=True)
        self.form: Form | None = None
        self.flags = Form(FLAGS, context.theme)
        self.flags.committed.connect(self._flag)
        self.flags.cleared.connect(self._clear_flag)
        self.box.addWidget(self.head)
        self.box.addWidget(self.none)
        self.add(tr("Nodes"), self.flags)
        self.box.addStretch(1)

    def show_nodes(self, graph: Graph, nodes: Sequence[Node]) -> None:
        """Show nodes of a graph."""
        session = self.context.session
        project, analysis = session.project, session.analysis
        self._graph, self._nodes = graph.id, tuple(node.id for node in nodes)
        infos = [analysis.node(f"{graph.id}/{node.id}") for node in nodes]
        names = ", ".join(title(project, node) for node in nodes[:NAMED])
        more = tr(" and {count} more", count=len(nodes) - NAMED) if len(nodes) > NAMED else ""
        weights = exact_words(total(info.weights for info in infos if info is not None))
        facts = f"{names}{more}  ·  {tr('{count} parameters', count=weights)}"
        kinds = {node.layer for node in nodes}
        one = layer_title(project, nodes[0].layer) if len(kinds) == 1 else tr("layers")
        self.head.say(f"{len(nodes)} × {one}" if len(kinds) == 1 else f"{len(nodes)} {one}", facts)
        shared = form_edits.shared_params(
            [form_edits.params_of(project, node.layer) for node in nodes]
        )
        if self.form is None or self.form.params != shared:
            self._build(shared)
        assert self.form is not None
        given, mixed = _merged(shared, [node.args for node in nodes])
        numbers = numbers_in(project, analysis, self.context.view.path)
        names_of = names_in(graph)
        actual = infos[0].args if infos[0] is not None else {}
        self.form.show_values(given, actual, names=names_of, numbers=numbers, mixed=mixed)
        flags = [Args(trainable=node.trainable, bypass=node.bypass) for node in nodes]
        held, different = _merged(FLAGS, flags)
        self.flags.show_values(held, mixed=different)

    def _build(self, params: tuple[Param, ...]) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = Form(params, self.context.theme)
        self.form.committed.connect(self._set)
        self.form.cleared.connect(self._clear)
        self.box.insertWidget(1, self.form)
        self.none.setVisible(not params)
        self.form.setVisible(bool(params))

    def _set(self, name: str, value: Any) -> None:
        self.context.do(form_edits.set_argument(self._graph, self._nodes, name, value))

    def _clear(self, name: str) -> None:
        self.context.do(form_edits.reset_argument(self._graph, self._nodes, name))

    def _flag(self, name: str, value: bool) -> None:
        kind = SetTrainable if name == "trainable" else SetBypass
        edits: list[Edit] = [kind(self._graph, node, value) for node in self._nodes]
        self.context.do(Batch(tuple(edits)))

    def _clear_flag(self, name: str) -> None:
        self._flag(name, name == "trainable")


def _merged(params: Sequence[Param], args: Sequence[Args]) -> tuple[dict[str, Any], set[str]]:
    """Return the values that all have, and the names of those in which they differ."""
    given: dict[str, Any] = {}
    mixed = set()
    for param in params:
        values = [one.get(param.name, param.default) for one in args]
        if differs(values):
            mixed.add(param.name)
        elif any(param.name in one for one in args):
            given[param.name] = values[0]
    return given, mixed
