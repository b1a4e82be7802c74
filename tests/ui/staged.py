"""A panel on a stage of its own: a document, a view and a theme without the window around."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.paths import resource
from nnstudio.core.problems import NNStudioError
from nnstudio.graph.model import Node, Project
from nnstudio.project.store import load
from nnstudio.studio.samples import Samples
from nnstudio.studio.session import Session
from nnstudio.ui.context import Context
from nnstudio.ui.form import Form
from nnstudio.ui.form_fields import LineField
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState


class Stage(Context):
    """The context of one panel; what was refused is collected."""

    refusals: list[NNStudioError]

    def node(self, name: str, graph: str = "") -> Node:
        """The first node of this name or layer."""
        nodes = self.session.project.graph(graph or self.view.graph).nodes.values()
        return next(node for node in nodes if name in (node.name, node.layer))

    def select(self, *names: str) -> None:
        self.view.select([self.node(name).id for name in names])


def stage(
    project: Project | str, theme: Theme, path: Path | None = None, samples: Samples | None = None
) -> Stage:
    """A stage for a project, or for a template by its name."""
    if isinstance(project, str):
        project = load(resource("templates", f"{project}.nns"))
    session = Session(project, path)
    view = ViewState(next(iter(session.project.graphs), ""))
    refusals: list[NNStudioError] = []
    made = Stage(session, view, theme, refusals.append, samples=samples or Samples())
    object.__setattr__(made, "refusals", refusals)
    return made


def texts(widget: QWidget) -> list[str]:
    """Every text that can be read on a widget, in order."""
    found = []
    for child in widget.findChildren(QWidget):
        if child.isVisibleTo(widget):
            read = getattr(child, "text", None) or getattr(child, "currentText", None)
            words = read() if callable(read) else ""
            if words:
                found.append(str(words))
    return found


def line(form: Form, name: str) -> QLineEdit:
    field = form.field(name)
    assert isinstance(field, LineField)
    return field.edit


def retype(qtbot: QtBot, edit: QLineEdit, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, key)
