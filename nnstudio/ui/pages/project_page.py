"""The page of the project, shown while nothing is selected: facts, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from nnstudio.catalogue import registry
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem
from nnstudio.core.values import Choice
from nnstudio.graph.edits import (
    RenameGraph,
    SetGraphNote,
    SetLoop,
    SetProjectName,
    SetProjectNote,
    SetRole,
)
from nnstudio.graph.model import Graph, Project
from nnstudio.graph.topology import used_block, users
from nnstudio.studio import form_edits
from nnstudio.studio.figures import graph_figures
from nnstudio.studio.formulas import numbers_in
from nnstudio.ui import i18n
from nnstudio.ui.block_menu import own_copy
from nnstudio.ui.context import Context
from nnstudio.ui.forecast_view import ForecastView
from nnstudio.ui.form import Form
from nnstudio.ui.form_choices import OfField
from nnstudio.ui.form_fields import LineField, Shown
from nnstudio.ui.i18n import tr
from nnstudio.ui.note_edit import NoteEdit
from nnstudio.ui.pages.params_editor import ParamsEditor
from nnstudio.ui.pages.parts import Facts, Head, Page, used_words
from nnstudio.ui.pages.ports_editor import PortsEditor
from nnstudio.ui.widgets import label, push_button

NAME = Param("name", "text", "", "The title of the project; exported folders carry it too.")


class ProjectPage(Page):
    """The project and the graph on screen."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.head = Head()
        self.about = Form((NAME,), context.theme)
        self.about.committed.connect(lambda _, text: context.do(SetProjectName(text)))
        self.about.cleared.connect(lambda _: context.do(SetProjectName("Untitled")))
        self.note = NoteEdit(tr("note"), tr("What the project is about."))
        self.note.committed.connect(lambda text: context.do(SetProjectNote(text)))
        self.graph = GraphPart(context)
        self.training = TrainingPart(context)
        self.box.addWidget(self.head)
        self.box.addWidget(self.about)
        self.box.addWidget(self.note)
        self.graph_section = self.add(tr("Network"), self.graph)
        self.training_section = self.add(tr("Training"), self.training)
        self.box.addStretch(1)

    def show_project(self, graph: Graph | None) -> None:
        """Show the project, and the graph on screen."""
        project = self.context.session.project
        block = graph is not None and graph.id in project.blocks
        if block and graph is not None:
            self.head.say(graph.name, tr("Nothing is selected: this is the block on screen."))
        else:
            self.head.say(project.name, tr("Nothing is selected: this is the project."))
        for part in (self.about, self.note, self.training_section):
            part.setVisible(not block)
        self.about.show_values({"name": project.name})
        self.note.show_text(project.note)
        self.graph_section.setVisible(graph is not None)
        if graph is not None:
            is_block = graph.id in project.blocks
            words = tr("Block") if is_block else tr("Network")
            self.graph_section.title.setText(words.upper())
            self.graph.show_graph(project, graph)
        self.training.show_loop(project)


class GraphPart(Page):
    """The network or block on screen: its name, note and costs; a block's parameters."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.box.setContentsMargins(0, 0, 0, 0)
        self._id = ""
        self.form: Form | None = None
        self.note = NoteEdit(tr("note"), tr("Becomes the docstring of the class."))
        self.note.committed.connect(lambda text: context.do(SetGraphNote(self._id, text)))
        self.facts = Facts()
        self.params = ParamsEditor(context)
        self.ports = PortsEditor(context)
        self.uses = label("", wrap=True)
        self.own = push_button(tr("Make it its own copy"), self._copy)
        self.own.setToolTip(
            tr("The use through which you came gets a definition of its own; the others stay")
        )
        row = QHBoxLayout()
        row.addWidget(self.own)
        row.addStretch(1)
        self._slot = QVBoxLayout()
        self.box.addWidget(self.uses)
        self.box.addLayout(row)
        self.box.addLayout(self._slot)
        self.box.addWidget(self.note)
        self._params_section = self.add(tr("Parameters"), self.params)
        self.add(tr("Inputs and outputs"), self.ports)
        self.add(tr("Cost"), self.facts)

    def show_graph(self, project: Project, graph: Graph) -> None:
        """Show a graph."""
        if graph.id != self._id:
            self.note.commit()
            self._id = graph.id
        rows = _graph_params(project, graph)
        self.form = self._kept(self.form, rows)
        self.form.show_values({"name": graph.name, "role": graph.role})
        self.note.show_text(graph.note)
        is_block, count = graph.id in project.blocks, 0
        self.uses.setVisible(is_block)
        self._params_section.setVisible(is_block)
        if is_block:
            self.params.show_block(graph)
            count = len(users(project, graph.id))
            self.uses.setText(used_words(count))
        self.own.setVisible(is_block and count > 1 and len(self.context.view.path) > 1)
        self.ports.show_graph(graph)
        analysis = self.context.session.analysis
        numbers = numbers_in(project, analysis, self.context.view.path)
        self.facts.show_rows(graph_figures(analysis, graph.id, numbers))

    def _kept(self, form: Form | None, params: tuple[Param, ...]) -> Form:
        """Return the form when it is one of these parameters, else another one in its place."""
        if form is not None and form.params == params:
            return form
        if form is not None:
            form.hide()
            form.deleteLater()
        made = Form(params, self.context.theme)
        made.committed.connect(self._set)
        made.cleared.connect(lambda name: self._set(name, None))
        self._slot.addWidget(made)
        return made

    def _set(self, name: str, value: Any) -> None:
        text = str(value or "")
        self.context.do(RenameGraph(self._id, text) if name == "name" else SetRole(self._id, text))

    def _copy(self) -> None:
        """Give the use that was entered a definition of its own, and stay inside it."""
        view = self.context.view
        (outer, _), (_, use) = view.path[-2:]
        if own_copy(self.context, outer, use):
            node = self.context.session.project.graph(outer).nodes[use]
            view.leave()
            view.enter(use, used_block(node.layer))


class TrainingPart(Page):
    """The training loop and its settings, as the loop itself declares them."""

    LOOP = Param("loop", "of", None, "How the network is trained.", of="loops", required=True)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.loop = OfField(self.LOOP, context.theme, _no_form)
        self.loop.committed.connect(self._choose)
        self.words = label("", "muted", wrap=True)
        self.forecast = ForecastView(context)
        self.form: Form | None = None
        self.box.addWidget(self.loop)
        self.box.addWidget(self.words)
        self.box.addWidget(self.forecast)

    def show_loop(self, project: Project) -> None:
        """Show the loop of the project."""
        chosen = registry.LOOPS.get(project.loop.name)
        params = () if chosen is None else chosen.params
        self.loop.show_value(Shown(project.loop))
        self.words.setText("" if chosen is None else chosen.summary)
        if self.form is None or self.form.params != params:
            if self.form is not None:
                self.form.hide()
                self.form.deleteLater()
            self.form = Form(params, self.context.theme)
            self.form.committed.connect(self._set)
            self.form.cleared.connect(self._clear)
            batch = self.form.rows.get("batch_size")
            if batch is not None and isinstance(batch.field, LineField):
                batch.field.edit.textEdited.connect(self.forecast.type_batch)
            self.box.addWidget(self.form)
        self.form.show_values(project.loop.args)
        self.form.show_problems(_wrong(self.context.session.analysis.problems))

    def _choose(self, _: str, choice: Choice) -> None:
        """Take another loop; settings that both have stay."""
        known = {param.name for param in registry.LOOPS[choice.name].params}
        old = self.context.session.project.loop.args
        kept = old.without(*(name for name in old if name not in known))
        self.context.do(SetLoop(replace(choice, args=kept)))

    def _set(self, path: str, value: Any) -> None:
        self.context.do(form_edits.set_loop(self.context.session.project, path, value))

    def _clear(self, path: str) -> None:
        self.context.do(form_edits.reset_loop(self.context.session.project, path))


def _no_form(params: Any, theme: Any) -> Form:
    """The loop's settings stand below over the whole width instead."""
    return Form((), theme)


def _graph_params(project: Project, graph: Graph) -> tuple[Param, ...]:
    rows = [Param("name", "text", "", "The name of the class in the code.")]
    loop = registry.LOOPS.get(project.loop.name)
    if graph.id in project.graphs and loop is not None:
        words = f"What the loop takes it for: {', '.join(loop.roles)}."
        rows.append(Param("role", "choice", "", words, choices=("", *loop.roles)))
    return tuple(rows)


def _wrong(problems: tuple[Problem, ...]) -> Mapping[str, str]:
    """Return a sentence for each setting of the loop that has an error."""
    found: dict[str, str] = {}
    for problem in problems:
        if problem.where.startswith("loop.") and problem.severity == "error":
            name = problem.where.removeprefix("loop.").partition(".")[0]
            words = i18n.message(problem)
            found.setdefault(name, words[:1].upper() + words[1:])
    return found
