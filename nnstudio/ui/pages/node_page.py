"""The page of one node: its settings, shapes, costs, and what its layer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.catalogue import own_class, registry
from nnstudio.catalogue.signature import Signature
from nnstudio.compiler.results import NodeInfo
from nnstudio.core.problems import NNStudioError
from nnstudio.graph import topology
from nnstudio.graph.model import Graph, Node, Project
from nnstudio.graph.topology import CUSTOM, set_at, used_block
from nnstudio.studio import figures, fitting, form_edits
from nnstudio.studio.formulas import copies_of, names_in, numbers_in
from nnstudio.studio.summaries import layer_title
from nnstudio.ui import block_menu, i18n, parameter_menu
from nnstudio.ui.block_menu import own_copy
from nnstudio.ui.context import Context
from nnstudio.ui.flow import Flow
from nnstudio.ui.form import Form
from nnstudio.ui.form_fields import sentence
from nnstudio.ui.i18n import tr
from nnstudio.ui.pages.about import About, about_layer
from nnstudio.ui.pages.own_use import OwnUse
from nnstudio.ui.pages.parts import Facts, Head, Page, Problems, mono_label, used_words
from nnstudio.ui.pages.structure import ENDS, Structure
from nnstudio.ui.sample_grid import SampleGrid
from nnstudio.ui.sample_watch import SampleWatch
from nnstudio.ui.widgets import label, push_button

SAMPLES = 12
PICTURE = 44


class NodePage(Page):
    """One node; a node of another layer needs another page.

    Args:
        context: The shared objects of the window.
        graph: The node's graph.
        node: The node.
    """

    def __init__(self, context: Context, graph: Graph, node: Node) -> None:
        super().__init__(context)
        project = context.session.project
        self.layer, self.params = node.layer, form_edits.params_of(project, node.layer)
        self._graph, self._node = graph.id, node.id
        self._set_at = node.id
        self._drawn: tuple[Any, ...] = ()
        self._around: tuple[Any, ...] = ()
        self.head, self.problems = Head(), Problems(context)
        self.form = Form(self.params, context.theme)
        self.form.committed.connect(self._set)
        self.form.cleared.connect(self._clear)
        self.form.more_asked.connect(self._ask)
        self.shapes, self.facts = mono_label(), Facts()
        self.structure = Structure(context, graph, node)
        self.samples: Samples | None = None
        self.use: Use | None = None
        self.own: OwnUse | None = None
        self.box.addWidget(self.head)
        self.box.addWidget(self.problems)
        self.box.addWidget(self.form)
        self.form.setVisible(bool(self.params))
        self._more(project, node)
        self._shape_section = self.add(tr("Shape"), self.shapes)
        self._cost_section = self.add(tr("Cost"), self.facts)
        self.add(tr("Node"), self.structure)
        self.add(tr("About"), _about(project, node.layer))
        self.box.addStretch(1)

    def serves(self, project: Project, node: Node) -> bool:
        """Tell whether a node can be shown here."""
        same = node.layer == self.layer
        return same and form_edits.params_of(project, node.layer) == self.params

    def show_node(self, graph: Graph, node: Node) -> None:
        """Show a node; what is shown already stays as it is."""
        session = self.context.session
        project, analysis = session.project, session.analysis
        info = analysis.node(f"{graph.id}/{node.id}")
        numbers = numbers_in(project, analysis, self.context.view.path)
        drawn = (graph, node, info, project.data, project.blocks)
        known = all(one is other for one, other in zip(drawn, self._drawn, strict=False))
        around = (dict(numbers), session.path)
        if self._drawn and known and around == self._around:
            return
        self._around = around
        self._drawn = drawn
        self._graph, self._node = graph.id, node.id
        # One layer that is called twice has one set of settings: those of the owner.
        holder = set_at(graph, node)
        self._set_at = holder.id
        costs = self._costs(info, numbers)
        self.head.say(layer_title(project, node.layer), _facts(node, costs))
        self.problems.show_problems(info.problems if info else ())
        names = names_in(graph, holder)
        series = copies_of(node, info, numbers)
        self.form.show_values(
            holder.args, info.args if info else {}, names=names, numbers=numbers, series=series
        )
        self.form.show_problems(_by_setting(info))
        self.form.offer(tr("Parameters of the block") if graph.id in project.blocks else "")
        self._show_shapes(project, node, info, costs)
        self.structure.show_node(project, graph, node, info)
        if self.samples is not None:
            self.samples.show_data(project)
        if self.use is not None:
            self.use.show_use(project, graph.id, node)
        if self.own is not None:
            self.own.show_node(f"{graph.id}/{node.id}")

    def _more(self, project: Project, node: Node) -> None:
        """Add what only an Input or the use of a block has."""
        if node.layer == "Input":
            self.samples = Samples(self.context)
            self.samples.section = self.add(tr("Samples"), self.samples)
        if used_block(node.layer) in project.blocks:
            self.use = Use(self.context)
            self.add(tr("Block"), self.use)
        if node.layer.removeprefix(CUSTOM) in project.custom:
            self.own = OwnUse(self.context, node.layer.removeprefix(CUSTOM))
            self.add(tr("Python"), self.own)

    def _show_shapes(
        self,
        project: Project,
        node: Node,
        info: NodeInfo | None,
        costs: tuple[tuple[str, str], ...],
    ) -> None:
        wanted = fitting.signature(project, node.layer)
        self.shapes.setText("" if info is None else _shape_lines(wanted, info))
        self._shape_section.setVisible(bool(self.shapes.text()))
        self.facts.show_rows(costs)
        self._cost_section.setVisible(bool(costs) and node.layer not in ENDS)

    def _costs(
        self, info: NodeInfo | None, numbers: Mapping[str, Any]
    ) -> tuple[tuple[str, str], ...]:
        """What is known of the costs: of an own layer what trying it gave, never its FLOPs."""
        rows = figures.node_figures(info, numbers)
        if self.own is None:
            return rows
        tried = info is not None and bool(info.weights)
        return tuple(row for row in rows if tried and row[0] != "FLOPs")

    def _set(self, name: str, value: Any) -> None:
        self.context.do(form_edits.set_argument(self._graph, [self._set_at], name, value))

    def _clear(self, name: str) -> None:
        self.context.do(form_edits.reset_argument(self._graph, [self._set_at], name))

    def _ask(self, name: str, button: QToolButton) -> None:
        made = QMenu(self)
        made.aboutToHide.connect(made.deleteLater)
        parameter_menu.fill(made, self.context, self._graph, self._set_at, name)
        made.popup(button.mapToGlobal(button.rect().bottomLeft()))


class Samples(QWidget):
    """A few samples at an Input, with the names of their classes; hidden where there are none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.section: QWidget | None = None
        self.grid = SampleGrid(context.theme, SAMPLES, PICTURE)
        self.words = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.words)
        box.addWidget(self.grid)
        self._watch = SampleWatch(context.samples, self)
        self._watch.found.connect(lambda: self.show_data(context.session.project))

    def show_data(self, project: Project) -> None:
        """Show samples of the data that the project has chosen, if any."""
        reader = project.data.reader
        if self.section is not None:
            self.section.setVisible(reader is not None)
        if reader is None:
            return
        path = self._context.session.path
        found = self._watch.ask(reader, path.parent if path else None)
        wrong = isinstance(found, NNStudioError)
        self.grid.show_facts(None if found is None or isinstance(found, NNStudioError) else found)
        words = tr("Reading samples…") if found is None else ""
        if isinstance(found, NNStudioError):
            words = sentence(found)
        self.words.setProperty("kind", "bad" if wrong else "muted")
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.grid.setVisible(not words)


class Use(QWidget):
    """What there is to say of the use of a block, and the way in."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._graph, self._use, self._block = "", "", ""
        self.words, self.note = label("", wrap=True), label("", "muted", wrap=True)
        self.enter = push_button(tr("Enter block"), self._enter)
        self.enter.setToolTip(tr("Show what is inside; Esc leads back"))
        self.own = push_button(tr("Make it its own copy"), self._copy)
        self.own.setToolTip(tr("The other uses stay as they are when this one is changed"))
        self.keep = push_button(tr("Save to my blocks"), self._keep)
        self.keep.setToolTip(tr("Keep it for other projects; one of the same name is replaced"))
        row = Flow()
        for button in (self.enter, self.own, self.keep):
            row.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.words)
        box.addWidget(self.note)
        box.addLayout(row)

    def show_use(self, project: Project, graph: str, node: Node) -> None:
        """Show the block that a node uses."""
        block = project.blocks.get(used_block(node.layer))
        if block is None:
            return
        self._use, self._block = node.id, block.id
        count = len(topology.users(project, block.id))
        self._graph = graph
        self.words.setText(used_words(count))
        self.own.setVisible(count > 1)
        self.note.setText(block.note)
        self.note.setVisible(bool(block.note))

    def _enter(self) -> None:
        self._context.view.enter(self._use, self._block)

    def _copy(self) -> None:
        own_copy(self._context, self._graph, self._use)

    def _keep(self) -> None:
        block_menu.save(self._context, self._block)


def _by_setting(info: NodeInfo | None) -> Mapping[str, str]:
    """Return a sentence for each setting that a problem names."""
    found: dict[str, str] = {}
    for problem in info.problems if info is not None else ():
        setting = problem.args.get("setting")
        if isinstance(setting, str):
            words = i18n.message(problem)
            found.setdefault(setting, words[:1].upper() + words[1:])
    return found


def _about(project: Project, layer: str) -> QWidget:
    spec = registry.layer(layer)
    if spec is not None:
        return about_layer(spec)
    if used_block(layer) in project.blocks:
        return About(tr("A block of this project: a graph of its own, used as a layer."))
    own = project.custom.get(layer.removeprefix(CUSTOM)) if layer.startswith(CUSTOM) else None
    if own is not None:
        chosen = own_class.read(own.source).chosen(own.name)
        words = chosen.summary if chosen is not None else ""
        return About(words or tr("A layer of this project, written in Python."))
    return About(
        tr("This layer is not known here. Its settings and edges are kept as they were read.")
    )


def _facts(node: Node, costs: tuple[tuple[str, str], ...]) -> str:
    weights = dict(costs).get("parameters", "")
    learned = tr("{count} parameters", count=weights) if weights != "0" else tr("no parameters")
    parts = [node.name, learned if weights and node.layer not in ENDS else ""]
    flags: Mapping[str, bool] = {
        tr("frozen"): not node.trainable,
        tr("bypassed"): node.bypass,
        tr("shared weights"): node.share is not None,
    }
    parts += [word for word, holds in flags.items() if holds]
    return "  ·  ".join(part for part in parts if part)


def _shape_lines(wanted: Signature, info: NodeInfo) -> str:
    """Return `N × 32 → N × 64`; several ports stand below each other with their names."""
    arriving, leaving = figures.incoming(info), figures.outgoing(info)
    unknown = tr("unknown")
    if len(arriving) <= 1 and len(leaving) <= 1:
        parts = [*(one or tr("nothing") for one in arriving)]
        if wanted.outputs or leaving:
            parts.append(leaving[0] if leaving else unknown)
        return "  →  ".join(parts)
    inputs = [port.name for port in wanted.inputs] + [""] * len(arriving)
    outputs = [port.name for port in wanted.outputs] + [""] * len(leaving)
    lines = [f"{n}  {s or tr('nothing')}" for n, s in zip(inputs, arriving, strict=False)]
    lines += [f"→ {n}  {s}" for n, s in zip(outputs, leaving or (unknown,), strict=False)]
    return "\n".join(lines)
