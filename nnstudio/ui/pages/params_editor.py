"""The parameters of a block: their defaults, and for each one its name, kind, limits and note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.params import Param
from nnstudio.core.values import Value
from nnstudio.graph.edits import Edit, RemoveParameter, RenameParameter, SetBlockParams
from nnstudio.graph.model import Graph
from nnstudio.studio import block_params
from nnstudio.ui.context import Context
from nnstudio.ui.form import Form
from nnstudio.ui.i18n import tr
from nnstudio.ui.widgets import label, push_button

KINDS = ("int", "float", "bool", "choice", "text", "size")
ROWS = (
    Param("name", "text", "", "As it is written in formulas and in the code."),
    Param(
        "kind",
        "choice",
        "int",
        "int: a whole number, which sizes may follow. float: any number. bool: on or off. "
        "choice: one of a few words. size: one number, or one for each dim.",
        choices=KINDS,
    ),
    Param(
        "follows",
        "bool",
        False,
        "On: it takes the size that arrives where an Input's shape names it, unless a use says "
        "otherwise.",
    ),
    Param("minimum", "float", None, "The smallest value that a use may give.", optional=True),
    Param("maximum", "float", None, "The largest value that a use may give.", optional=True),
    Param("choices", "text", "", "The words to choose from, with commas."),
    Param("note", "text", "", "One sentence for whoever uses the block; units in brackets."),
)
"""What can be set at a parameter itself."""


class ParamsEditor(QWidget):
    """The parameters of a block, in their order.

    Attributes:
        form: Their defaults.
        detail: What can be set at one of them.
        editing: The parameter whose details are shown, or "".
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._block = ""
        self.editing = ""
        self.form: Form | None = None
        self.words = label("", "muted", wrap=True)
        self.heading = label("", "muted")
        self.detail = Form(ROWS, context.theme)
        self.detail.committed.connect(self._change)
        self.detail.cleared.connect(
            lambda name: self._change(name, next(row.default for row in ROWS if row.name == name))
        )
        self.add = push_button(tr("Add a parameter"), self._add)
        self.add.setToolTip(
            tr("A name for formulas within the block; each use gives it a value of its own")
        )
        self._slot = QVBoxLayout()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.words)
        box.addLayout(self._slot)
        box.addWidget(self.heading)
        box.addWidget(self.detail)
        box.addWidget(self.add)

    def show_block(self, block: Graph) -> None:
        """Show the parameters of a block."""
        if block.id != self._block:
            self._block, self.editing = block.id, ""
        some = tr("Parameters, and their defaults where a use says nothing.")
        none = tr(
            "No parameters yet. In the block, the … beside a setting makes it one, "
            "so that each use can give it another value."
        )
        self.words.setText(some if block.params else none)
        # A default is set here, so that nothing is auto and the empty field is a value.
        plain = tuple(
            replace(param, auto=False, required=False, default=None, optional=True)
            for param in block.params
        )
        form = self._kept(plain)
        form.show_values(
            {param.name: param.default for param in block.params if param.default is not None}
        )
        self._show_detail(block)

    def edit(self, name: str) -> None:
        """Show what can be set at a parameter, or hide it again."""
        self.editing = "" if name == self.editing else name
        self._show_detail(self._graph())
        if self.editing:
            self.detail.focus("name")

    def menu(self, name: str) -> QMenu:
        """Return the menu of a parameter."""
        block = self._graph()
        place = [param.name for param in block.params].index(name)
        made = QMenu(self)
        made.setToolTipsVisible(True)

        def row(words: str, help_text: str, slot: Callable[[], object], on: bool = True) -> None:
            action = made.addAction(words, slot)
            action.setToolTip(help_text)
            action.setEnabled(on)

        row(tr("Edit…"), tr("Its name, kind, limits and note"), lambda: self.edit(name))
        up, down = block_params.moved(block, name, -1), block_params.moved(block, name, 1)
        order = tr("The order is that of the form and of the class in the code")
        row(tr("Move up"), order, lambda: self._set(up), place > 0)
        row(tr("Move down"), order, lambda: self._set(down), place < len(block.params) - 1)
        row(
            tr("Remove"),
            tr("Its default takes its place in the block"),
            lambda: self._do(RemoveParameter(block.id, name)),
        )
        return made

    def _graph(self) -> Graph:
        return self._context.session.project.blocks[self._block]

    def _kept(self, params: Sequence[Param]) -> Form:
        """Return the form when it is one of these parameters, else another one in its place."""
        if self.form is not None and self.form.params == tuple(params):
            return self.form
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        made = self.form = Form(params, self._context.theme)
        made.offer(tr("Edit, move or remove this parameter"))
        made.committed.connect(self._default)
        made.cleared.connect(lambda name: self._default(name, None))
        made.more_asked.connect(self._ask)
        self._slot.addWidget(made)
        return made

    def _show_detail(self, block: Graph) -> None:
        param = next((one for one in block.params if one.name == self.editing), None)
        if param is None:
            self.editing = ""
        self.heading.setVisible(param is not None)
        self.detail.setVisible(param is not None)
        if param is None:
            return
        self.heading.setText(tr("The parameter {name}", name=param.name))
        values = {
            "name": param.name,
            "kind": param.kind,
            "follows": param.auto,
            "choices": ", ".join(param.choices),
            "note": param.help,
        }
        limits = {"minimum": param.minimum, "maximum": param.maximum}
        self.detail.show_values(values | {k: v for k, v in limits.items() if v is not None})
        hidden = set() if param.kind == "choice" else {"choices"}
        hidden |= set() if param.kind in ("int", "float", "size") else {"minimum", "maximum"}
        hidden |= set() if param.kind == "int" else {"follows"}
        for name, row in self.detail.rows.items():
            row.setVisible(name not in hidden)

    def _ask(self, name: str, button: QToolButton) -> None:
        made = self.menu(name)
        made.aboutToHide.connect(made.deleteLater)
        made.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _add(self) -> None:
        block = self._graph()
        new = block_params.new_param(block)
        if self._set((*block.params, new)):
            self.edit(new.name)

    def _change(self, name: str, value: Any) -> None:
        old, block = self.editing, self._graph()
        if name == "name":
            text = str(value).strip()
            self.editing = text
            if text and not self._do(RenameParameter(block.id, old, text)):
                self.editing = old
            self._show_detail(self._graph())
            return
        known: dict[str, Callable[[Value], dict[str, object]]] = {
            "kind": lambda v: {"kind": v},
            "follows": lambda v: {"auto": v is True},
            "minimum": lambda v: {"minimum": v},
            "maximum": lambda v: {"maximum": v},
            "choices": lambda v: {"choices": _words(str(v))},
            "note": lambda v: {"help": v},
        }
        self._set(block_params.with_param(block, old, **known[name](value)))

    def _default(self, name: str, value: Any) -> None:
        self._set(block_params.with_param(self._graph(), name, default=value))

    def _set(self, params: tuple[Param, ...]) -> bool:
        return self._do(SetBlockParams(self._block, params))

    def _do(self, edit: Edit) -> bool:
        return self._context.do(edit)


def _words(text: str) -> tuple[str, ...]:
    found = (word.strip() for word in text.split(","))
    return tuple(dict.fromkeys(word for word in found if word))
