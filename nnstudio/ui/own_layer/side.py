"""What stands beside the Python of an own layer: name, ports, parameters, what trials gave."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.catalogue.signature import InputPort, OutputPort, Signature
from nnstudio.core.params import Param, show
from nnstudio.core.problems import Problem
from nnstudio.graph.model import CustomLayer, Project
from nnstudio.studio.own_layer import custom
from nnstudio.studio.own_layer.cases import TIMES
from nnstudio.studio.own_layer.custom import Look
from nnstudio.studio.own_layer.trust import Finding
from nnstudio.ui import i18n
from nnstudio.ui.code_view import letters
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.pages.own_words import tried_words
from nnstudio.ui.pages.parts import Problems, Section
from nnstudio.ui.value_edit import ValueEdit
from nnstudio.ui.widgets import Combo, cleared, label, push_button, restyle, tip

HELP = (
    "Inputs, an arrow, outputs. A word is a size, *S any number of dims; a word of an input that "
    "is a parameter follows from the edge. Several ports have names: a: *S D, mask?: *S -> *S D. "
    "Formulas stand in braces: {2 * D}."
)


class Side(QWidget):
    """The column beside the code.

    Signals:
        named: Another name was typed.
        picked: Another class of the text is the layer.
        signed: Another signature was typed.
        checked: The shapes are to be tried.
        added: The layer is to be put on the canvas.
        removed: The layer is to be deleted.
    """

    named = Signal(str)
    picked = Signal(str)
    signed = Signal(str)
    checked = Signal()
    added = Signal()
    removed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._drawn: tuple[object, ...] = ()
        self.name, self.classes = ValueEdit(context.theme), Combo()
        self.name.setAccessibleName(tr("Name of the layer"))
        self.name.setToolTip(tip(tr("The name of the class; typing another one renames it")))
        self.classes.setAccessibleName(tr("Class of the text that is the layer"))
        self.classes.setToolTip(tip(tr("Which class of the text is the layer")))
        self.about = label("", "muted", wrap=True)
        self.signature = ValueEdit(context.theme)
        self.signature.setAccessibleName(tr("Ports and shapes"))
        self.signature.setFont(letters())
        self.signature.setToolTip(tip(tr(HELP)))
        self.ports, self.help = label("", "mono", wrap=True), label(tr(HELP), "small", wrap=True)
        self.proposal = push_button("", self._propose)
        self.params = QWidget()
        self._rows = QVBoxLayout(self.params)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self.check = push_button(tr("Check shapes"), self.checked.emit)
        self.check.setToolTip(
            tip(tr("Build the layer and call it with small tensors, in a process of its own"))
        )
        self.result, self.problems = label("", "muted", wrap=True), Problems(context)
        self.use = label("", "muted", wrap=True)
        self.add = push_button(tr("Add to the canvas"), self.added.emit)
        self.remove = push_button(tr("Delete"), self.removed.emit)
        self.add.setToolTip(tip(tr("Put it on the canvas, behind the selected node")))
        self.remove.setToolTip(tip(tr("Take it out of the project, unless a node uses it")))
        self._lay_out()
        self.name.committed.connect(self.named)
        self.classes.textActivated.connect(self.picked)
        self.signature.committed.connect(self.signed)
        self.signature.textEdited.connect(self._look_at)

    def show_layer(self, project: Project, layer: CustomLayer, look: Look) -> None:
        """Show a layer; what is being typed is left alone."""
        if (layer, look) != self._drawn:
            self._drawn = (layer, look)
            if not self.name.hasFocus():
                self.name.show_text(layer.name)
            if not self.signature.hasFocus() or not self.signature.isModified():
                self.signature.show_text(layer.signature)
            self.classes.setVisible(len(look.classes) > 1)
            self.classes.clear()
            self.classes.addItems(look.classes)
            self.classes.setCurrentText(layer.name)
            self.about.setText(look.chosen.summary if look.chosen is not None else "")
            self.about.setVisible(bool(self.about.text()))
            self._show_ports(look)
            self._show_params(layer.params)
        count = len(custom.users(project, layer.id))
        words = tr("Not used yet.") if not count else tr("Used once.")
        self.use.setText(words if count < 2 else tr("Used {count} times.", count=count))

    def show_finding(self, finding: Finding | None, *, busy: bool) -> None:
        """Show what trying the layer gave."""
        self.check.setEnabled(not busy)
        self.problems.show_problems(finding.problems if finding is not None else ())
        self.problems.setVisible(finding is not None and bool(finding.problems))
        words = tr("Trying it in a process of its own…") if busy else ""
        if not busy and finding is not None and not finding.problems:
            words = tried_words(finding)
        restyle(self.result, "kind", "muted" if busy or not words else "good")
        self.result.setText(words)
        self.result.setVisible(bool(words))

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 16)
        box.setSpacing(6)
        box.addWidget(self.name)
        box.addWidget(self.classes)
        box.addWidget(self.about)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        trial = QWidget()
        line = QHBoxLayout(trial)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.check)
        line.addStretch(1)
        sections = (
            Section(tr("Ports and shapes"), self.signature, self.ports, self.proposal, self.help),
            Section(tr("Parameters"), self.params),
            Section(tr("Measured"), trial, self.result, self.problems),
            Section(tr("Use"), self.use),
        )
        for section in sections:
            box.addWidget(section)
        box.addLayout(buttons)
        box.addStretch(1)

    def _show_ports(self, look: Look) -> None:
        """Say which ports a signature has, or why it is none."""
        wrong = [one for one in look.problems if not one.where]
        self._say_ports(look.ports, wrong)
        self.proposal.setText(tr("Declare {signature}", signature=look.proposal))
        self.proposal.setToolTip(tip(tr("What follows from the arguments of forward")))
        self.proposal.setVisible(bool(look.proposal))

    def _say_ports(self, found: Signature | None, wrong: Sequence[Problem]) -> None:
        self.signature.show_wrong(found is None)
        lines = [_port_line(port) for port in found.inputs] if found is not None else []
        lines += [f"→ {_port_line(port)}" for port in found.outputs] if found is not None else []
        lines += [i18n.message(problem) for problem in wrong]
        restyle(self.ports, "kind", "bad" if wrong else "mono")
        self.ports.setText("\n".join(lines))

    def _look_at(self, text: str) -> None:
        """Say at every letter whether what is typed is a signature."""
        layer = self._drawn[0]
        if isinstance(layer, CustomLayer):
            self._show_ports(custom.look(custom.rewritten(layer, signature=text)))

    def _propose(self) -> None:
        look = self._drawn[1]
        if isinstance(look, Look):
            self.signature.setModified(False)
            self.signed.emit(look.proposal)

    def _show_params(self, params: Sequence[Param]) -> None:
        cleared(self._rows)
        if not params:
            self._rows.addWidget(label(tr("The constructor takes none."), "muted", wrap=True))
        for param in params:
            row = QHBoxLayout()
            name, kind = label(param.name, "mono"), label(_kind_words(param), "muted", wrap=True)
            kind.setAlignment(Qt.AlignmentFlag.AlignRight)
            name.setToolTip(tip(param.help))
            row.addWidget(name)
            row.addWidget(kind, 1)
            self._rows.addLayout(row)


def _kind_words(param: Param) -> str:
    kind = " | ".join(param.choices) if param.choices else param.kind
    limits = f", {param.limits}" if param.limits else ""
    if param.auto:
        return kind + limits + tr(", follows from the input")
    if param.required:
        return kind + limits + tr(", must be set")
    return f"{kind}{limits} = {show(param.default)}"


def _port_line(port: InputPort | OutputPort) -> str:
    marks = []
    if isinstance(port, InputPort) and port.optional:
        marks.append(tr("may stay open"))
    if port.variadic:
        marks.append(tr("several edges"))
    more = f" ({', '.join(marks)})" if marks else ""
    return f"{port.name}: {TIMES.join(str(dim).strip('{}') for dim in port.dims) or '()'}{more}"
