"""Asks before Python that came with a file runs here: the code is shown, and what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from nnstudio.compiler.generated import Source
from nnstudio.core.problems import NNStudioError
from nnstudio.graph.model import CustomLayer
from nnstudio.ui.code_view import CodeView
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID, Theme
from nnstudio.ui.value_edit import TickBox
from nnstudio.ui.widgets import label, push_button, tip


class TrustDialog(QDialog):
    """The code of layers that are not trusted here, and the question whether they may run.

    Args:
        parent: The window.
        theme: Colours the code.
        layers: The layers, each shown in full.
    """

    def __init__(self, parent: QWidget | None, theme: Theme, layers: Sequence[CustomLayer]) -> None:
        super().__init__(parent)
        self._layers, self._seen = tuple(layers), {0}
        self.setWindowTitle(tr("Python code from a file"))
        self.resize(760, 620)
        self.tabs, self.code = QTabBar(), CodeView(theme)
        # Nothing may hide far to the right.
        self.code.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for layer in layers:
            self.tabs.addTab(layer.name[:40].replace("&", "&&"))
        self.read = TickBox(theme)
        self.read.setAccessibleName(tr("I have read it and trust it"))
        self.trust = push_button(tr("Trust and go on"), self.accept, "primary")
        self.keep = push_button(tr("Do not run it"), self.reject)
        self.keep.setDefault(True)
        self.trust.setToolTip(tip(tr("Exactly these texts may run on this machine from now on")))
        self.keep.setToolTip(tip(tr("They stay text; shapes follow from what they declare")))
        self._lay_out()
        self.tabs.currentChanged.connect(self._show)
        self.read.toggled.connect(lambda _: self._allow())
        self._show(0)

    def _lay_out(self) -> None:
        words = tr(
            "This project brings layers written in Python. Read it; it runs with your rights: "
            "it could read, change and send your files. A change of one character asks again."
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.read)
        buttons.addWidget(label(tr("I have read it and trust it")))
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.trust)
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        box.setSpacing(GRID)
        box.addWidget(label(words, wrap=True))
        box.addWidget(self.tabs)
        box.addWidget(self.code, 1)
        box.addLayout(buttons)

    def _show(self, place: int) -> None:
        self._seen.add(place)
        self.code.show_source(Source(self._layers[place].source))
        self._allow()

    def _allow(self) -> None:
        """Whoever has not looked at every text has not read them."""
        unread = len(self._layers) - len(self._seen)
        self.read.setEnabled(not unread)
        words = tr("Look at every layer first") if unread else tr("Tick it when you have read it")
        self.read.setToolTip(tip(words))
        self.trust.setEnabled(self.read.isChecked() and not unread)


def ask(parent: QWidget | None, theme: Theme, layers: Sequence[CustomLayer]) -> bool:
    """Show the code of layers and ask whether it may run."""
    dialog = TrustDialog(parent, theme, layers)
    answer = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return answer


def allowed(
    parent: QWidget | None, context: Context, layers: Sequence[CustomLayer] | None = None
) -> bool:
    """Tell whether own layers may run, after asking where they are not trusted yet.

    Args:
        parent: The window that asks.
        context: Whose document it is.
        layers: The layers that are to run; None for all that networks use.
    """
    own, project = context.own, context.session.project
    try:
        own.settle(project)
        if layers is None:
            strange = own.untrusted(project)
        else:
            strange = tuple(one for one in layers if not own.trusts(one))
        if strange:
            if not ask(parent, context.theme, strange):
                return False
            own.trust(strange)
    except NNStudioError as error:
        context.refused(error)
        return False
    return True
