"""What the inspector says of a node whose layer is the user's own, and the ways to its text."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.pages.own_words import tried_words
from nnstudio.ui.widgets import label, push_button, restyle


class OwnUse(QWidget):
    """One use of an own layer.

    Args:
        context: The shared objects of the window.
        layer: The id of the layer.
    """

    def __init__(self, context: Context, layer: str) -> None:
        super().__init__()
        self._context, self._layer, self._where = context, layer, ""
        self.words = label("", "muted", wrap=True)
        self.edit = push_button(tr("Edit the Python…"), lambda: context.own.wanted.emit(layer))
        self.check = push_button(
            tr("Check shapes"), lambda: context.own.check_wanted.emit(layer, self._where)
        )
        row = QHBoxLayout()
        row.addWidget(self.edit)
        row.addWidget(self.check)
        row.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(row)
        box.addWidget(self.words)
        end = context.own.changed.connect(self._show)
        self.destroyed.connect(lambda: end())

    def show_node(self, where: str) -> None:
        """Show what is known of the layer at a node, as `graph/node`."""
        self._where = where
        self._show()

    def _show(self) -> None:
        own, analysis = self._context.own, self._context.session.analysis
        layer = analysis.project.custom.get(self._layer)
        if layer is None:
            return
        busy = (self._layer, self._where) in own.trying
        found = own.finding(analysis, self._layer, self._where)
        words, kind = tr("Not tried with these settings yet."), "muted"
        if busy:
            words = tr("Trying it in a process of its own…")
        elif found is not None:
            words, kind = ("", "muted") if found.problems else (tried_words(found), "good")
        elif not own.trusts(layer):
            words = tr("It came with a file and is only text so far.")
        restyle(self.words, "kind", kind)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.check.setEnabled(not busy)
