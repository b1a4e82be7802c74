"""Opens the editors of own layers, adds new ones, and has them tried beside the window."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from nnstudio.compiler.results import Analysis
from nnstudio.core.problems import NNStudioError
from nnstudio.engine.layer_probe import LayerProbe
from nnstudio.graph.edits import SetCustom
from nnstudio.graph.model import CustomLayer
from nnstudio.graph.topology import CUSTOM
from nnstudio.studio import layers_list
from nnstudio.studio.own_layer import cases, custom
from nnstudio.studio.own_layer.cases import Trial
from nnstudio.studio.own_layer.trust import Finding
from nnstudio.studio.session import Update
from nnstudio.ui.context import Context
from nnstudio.ui.later import later
from nnstudio.ui.own_layer.editor import CustomEditor
from nnstudio.ui.own_layer.trust import allowed

LOOK = 50
"""How often one looks whether a trial is over, in milliseconds."""


class CustomDesk(QObject):
    """The own layers in one window.

    Attributes:
        editors: The open ones by the id of their layer.
    """

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self.editors: dict[str, CustomEditor] = {}
        self._context, self._window = context, window
        self._probes: dict[tuple[str, str], tuple[LayerProbe, Trial]] = {}
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self._collect)
        own, session = context.own, context.session
        self._ends = [
            own.wanted.connect(self.open),
            own.check_wanted.connect(self.check),
            own.changed.connect(session.restate),
            session.changed.connect(self._changed),
            session.saved_changed.connect(self._saved),
        ]
        session.remark(own.remark)

    def close(self) -> None:
        """End what goes on and let go."""
        for editor in list(self.editors.values()):
            editor.close()
        self._timer.stop()
        for probe, _ in self._probes.values():
            probe.cancel()
        self._probes = {}
        for end in self._ends:
            end()

    def open(self, layer: str) -> None:
        """Open the editor of a layer, or of a new one for ""."""
        session, view = self._context.session, self._context.view
        if not layer:
            layer = self._add()
        if layer not in session.project.custom:
            return
        editor = self.editors.get(layer)
        if editor is None:
            editor = CustomEditor(self._context, layer, self._window)
            editor.left.connect(partial(self._left, layer))
            editor.side.added.connect(partial(self._place, layer))
            self.editors[layer] = editor
        chosen = [f"{view.graph}/{key}" for key in view.selection]
        places = ["/".join(one) for one in custom.users(session.project, layer)]
        where = next((one for one in chosen if one in places), "")
        found = self._context.own.finding(session.analysis, layer, where)
        editor.open_at(found.line if found is not None else 0, where)

    def check(self, layer_id: str, where: str) -> None:
        """Try a layer at a node, or by its declaration alone for ""."""
        session, own = self._context.session, self._context.own
        layer = session.project.custom[layer_id]
        if (layer_id, where) in self._probes:
            return
        window = self.editors.get(layer_id) or self._window
        if not allowed(window, self._context, [layer]):
            return
        try:
            trial = _trial(session.analysis, layer, where)
            probe = LayerProbe(layer, trial.cases)
        except NNStudioError as error:
            info = session.analysis.node(where)
            args, fed = (info.args, info.inputs) if info is not None else (None, ())
            own.keep(Finding(layer, where, args, fed, error.problems))
            return
        self._probes[layer_id, where] = probe, trial
        own.trying.add((layer_id, where))
        own.changed.emit()
        self._timer.start()

    def _left(self, layer: str) -> None:
        """An editor was closed: what was typed stays trusted after a crash, too."""
        self.editors.pop(layer, None)
        self._settle()

    def _add(self) -> str:
        """Add a new layer to the document; return its id."""
        made = custom.fresh(self._context.session.project)
        self._context.own.typed(made)
        return made.id if self._context.do(SetCustom(made)) else ""

    def _place(self, layer: str) -> None:
        """Put a layer on the canvas behind what is selected."""
        session, view = self._context.session, self._context.view
        try:
            made = layers_list.added(
                session.project, session.analysis, view.graph, CUSTOM + layer, view.selection
            )
        except NNStudioError as error:
            self._context.refused(error)
            return
        if self._context.do(made.edit):
            view.reveal(view.graph, made.node)

    def _collect(self) -> None:
        """Take what the trials have found."""
        own = self._context.own
        for key, (probe, trial) in list(self._probes.items()):
            if not probe.done:
                continue
            del self._probes[key]
            own.trying.discard(key)
            try:
                found = cases.finding(trial, probe.outcomes())
            except NNStudioError as error:
                found = Finding(trial.layer, trial.where, trial.args, trial.inputs, error.problems)
            own.keep(found)
        if not self._probes:
            self._timer.stop()

    def _changed(self, update: Update) -> None:
        """A trial of a text that is no more is nobody's concern."""
        for (layer, _), (probe, trial) in self._probes.items():
            if update.new.custom.get(layer) != trial.layer:
                probe.cancel()

    def _saved(self) -> None:
        """Typed texts stay trusted after the window is closed."""
        session = self._context.session
        if session.path is not None and session.is_saved:
            later(self, self._settle)

    def _settle(self) -> None:
        try:
            self._context.own.settle(self._context.session.project)
        except NNStudioError as error:
            self._context.refused(error)


def _trial(analysis: Analysis, layer: CustomLayer, where: str) -> Trial:
    """Return how a layer is tried: at a node as far as what reaches it is known."""
    if not where:
        return cases.declared(layer)
    found = cases.at_node(analysis, where)
    info = analysis.node(where)
    if found is not None or info is None:
        return found or cases.declared(layer)
    return replace(cases.declared(layer), where=where, args=info.args, inputs=info.inputs)
