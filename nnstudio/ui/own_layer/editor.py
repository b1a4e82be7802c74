"""The editor of an own layer: its Python on the left, what follows from it on the right.

What is typed is an edit of the document as soon as the hand rests, so that the canvas follows, undo
takes it back and a crash loses nothing. The text is read, never run, unless the user has it tried.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.core.problems import NNStudioError, Problem
from nnstudio.graph.edits import Edit, SetCustom
from nnstudio.graph.model import CustomLayer
from nnstudio.studio.own_layer import custom
from nnstudio.studio.session import Update
from nnstudio.ui import i18n
from nnstudio.ui.banner import Banner
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.own_layer.edit import CodeEdit
from nnstudio.ui.own_layer.side import Side
from nnstudio.ui.own_layer.trust import allowed
from nnstudio.ui.widgets import label, restyle, scrolled

WIDE, HIGH, SIDE = 1080, 700, 320


class CustomEditor(QDialog):
    """One own layer.

    Signals:
        left: It was closed.

    Args:
        context: The shared objects of the window.
        layer: The id of the layer.
        parent: The window.
    """

    help_topic = "own"
    left = Signal()

    def __init__(self, context: Context, layer: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.context, self.layer_id, self.where = context, layer, ""
        self._last: Edit | None = None
        self._refused: Problem | None = None
        own = context.own
        self._mine = own.trusts(self.layer)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(WIDE, HIGH)
        self.banner, self.code = Banner(), CodeEdit(context.theme)
        self.side, self.words = Side(context), label("", "muted", wrap=True)
        self._lay_out()
        self._ends = [
            context.session.changed.connect(self._changed),
            own.changed.connect(self.refresh),
        ]
        self.code.typed.connect(self.commit)
        self.side.named.connect(self._rename)
        self.side.picked.connect(lambda name: self._rewrite(name=name))
        self.side.signed.connect(lambda text: self._rewrite(signature=text))
        self.side.checked.connect(self.check)
        self.side.removed.connect(self._remove)
        self.code.show_text(self.layer.source)
        self.refresh()
        self._take_keys()
        self.code.setFocus()

    @property
    def layer(self) -> CustomLayer:
        """The layer as it is in the document."""
        return self.context.session.project.custom[self.layer_id]

    def open_at(self, line: int = 0, where: str = "") -> None:
        """Come to the front.

        Args:
            line: The line to go to; 0 for none.
            where: The node that it is tried at, as `graph/node`; "" for its declaration alone.
        """
        self.where = where or self.where
        self.show()
        self.raise_()
        self.activateWindow()
        if line:
            self.code.go(line)

    def commit(self) -> None:
        """Let what was typed be in the document."""
        try:
            self._apply(custom.rewritten(self.layer, source=self.code.text))
        except NNStudioError as error:
            self._refused = error.problems[0]
            self.refresh()

    def check(self) -> None:
        """Have the shapes tried, after all that was typed has come."""
        self.code.settle()
        if self._refused is None:
            self.context.own.check_wanted.emit(self.layer_id, self._place())

    def refresh(self) -> None:
        """Show what holds now."""
        session, own, layer = self.context.session, self.context.own, self.layer
        look, place = custom.look(layer), self._place()
        trusted = own.trusts(layer)
        self._mine = self._mine or trusted
        self.setWindowTitle(tr("{name} – a layer in Python", name=layer.name))
        self.side.show_layer(session.project, layer, look)
        self.side.show_finding(
            own.finding(session.analysis, layer.id, place),
            busy=(layer.id, place) in own.trying,
        )
        self._show_faults(look.problems)
        self._warn(trusted)

    def _warn(self, trusted: bool) -> None:
        words = tr(
            "This Python came with a file and is only text so far. "
            "Read it; it runs with your rights."
        )
        if (words if not trusted else "") != self.banner.text:
            said = ("", []) if trusted else (words, [(tr("Trust it…"), self._trust)])
            self.banner.say(*said)

    def _lay_out(self) -> None:
        side = scrolled(self.side)
        side.setFixedWidth(SIDE)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.code, 1)
        row.addWidget(side)
        self.words.setContentsMargins(12, 4, 12, 6)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addLayout(row, 1)
        box.addWidget(self.words)

    def _take_keys(self) -> None:
        """Let some keys of the window hold here too."""
        actions = self.context.actions
        if actions is not None:
            for name in ("file.save", "help.page", "run.train"):
                key = QShortcut(actions[name].shortcut(), self)
                key.activated.connect(partial(self._do, name))

    def _do(self, name: str) -> None:
        self.code.settle()
        if self.context.actions is not None:
            self.context.actions[name].trigger()

    def _place(self) -> str:
        """Return the node at which it is tried: the one it was opened from, else the first."""
        places = [
            "/".join(one) for one in custom.users(self.context.session.project, self.layer_id)
        ]
        return self.where if self.where in places else (places[0] if places else "")

    def _apply(self, layer: CustomLayer) -> None:
        """Write the layer anew; what is typed in one go is one step."""
        session, own, old = self.context.session, self.context.own, self.layer
        self._refused = None
        if layer == old:
            self.refresh()
            return
        edit = SetCustom(layer)
        goes_on = self._last is not None and session.steps[session.step].edit is self._last
        if self._mine:
            own.typed(layer, old if goes_on else None)
        self._last = edit
        session.amend(edit) if goes_on else session.do(edit)

    def _rewrite(self, *, name: str = "", signature: str | None = None) -> None:
        self.code.settle()
        try:
            self._apply(custom.rewritten(self.layer, name=name, signature=signature))
        except NNStudioError as error:
            self.context.refused(error)
        self.side.signature.show_text(self.layer.signature)

    def _rename(self, name: str) -> None:
        self.code.settle()
        try:
            self._apply(custom.renamed(self.layer, name.strip()))
        except NNStudioError as error:
            self.context.refused(error)
        self.code.show_text(self.layer.source)
        self.side.name.show_text(self.layer.name)

    def _remove(self) -> None:
        try:
            edit = custom.removing(self.context.session.project, self.layer_id)
        except NNStudioError as error:
            self.context.refused(error)
            return
        self.context.do(edit)

    def _trust(self) -> None:
        self.code.settle()
        allowed(self, self.context, [self.layer])

    def _show_faults(self, problems: tuple[Problem, ...]) -> None:
        """Mark the lines that are wrong, and say the first one below."""
        found = self.context.own.finding(
            self.context.session.analysis, self.layer_id, self._place()
        )
        faults = {int(one.where): i18n.message(one) for one in problems if one.where.isdigit()}
        first = next((one for one in problems if one.where.isdigit()), self._refused)
        if found is not None and found.line:
            faults.setdefault(found.line, i18n.message(found.problems[0]))
        self.code.show_faults(faults)
        words = tr("It is read as you type, and runs only when you have it tried or trained.")
        if first is not None:
            placed = first.where.isdigit() and "line" not in first.args
            line = tr("Line {line}: ", line=first.where) if placed else ""
            words = f"{line}{sentence(first)} {sentence(first, hint=True)}"
        restyle(self.words, "kind", "muted" if first is None else "bad")
        self.words.setText(words)

    def _changed(self, update: Update) -> None:
        if update.reset or self.layer_id not in update.new.custom:
            self.close()
            return
        if self.layer_id in update.change.custom and self._last is not self._step():
            self._refused = None
            self.code.show_text(self.layer.source)
        self.refresh()

    def _step(self) -> Edit | None:
        return self.context.session.steps[self.context.session.step].edit

    def _leave(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            end()
        if ends:
            self.left.emit()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate and self._ends:
            self.code.settle()
        return super().event(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.layer_id in self.context.session.project.custom and self._ends:
            self.code.settle()
        self._leave()
        super().closeEvent(event)

    @override
    def reject(self) -> None:
        self.close()  # Esc; what was typed stays


def sentence(problem: Problem, *, hint: bool = False) -> str:
    """Return what is wrong, or what to do about it, as a sentence."""
    words = i18n.hint(problem) if hint else i18n.message(problem)
    return words[:1].upper() + words[1:] + "." if words else ""
