"""How the network is trained: the loop and its settings, as the loop itself declares them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.studio.session import Update
from nnstudio.ui.context import Context
from nnstudio.ui.pages.parts import Page
from nnstudio.ui.pages.project_page import TrainingPart
from nnstudio.ui.panel import Panel
from nnstudio.ui.widgets import scrolled


class TrainPanel(Panel):
    """The settings of the training, whatever is selected on the canvas.

    Attributes:
        part: The form; the page of the project shows the same one.
    """

    help_topic = "train"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setMinimumWidth(220)
        self.part = TrainingPart(context)
        page = Page(context)
        page.box.addWidget(self.part)
        page.box.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(page))
        self.follow(context.session.changed, self._changed)

    def refresh(self) -> None:
        """Show the loop of the project."""
        self.part.show_loop(self.context.session.project)

    def _changed(self, update: Update) -> None:
        # At once: a field shows what the document made of what was typed into it.
        if self.isVisible():
            self.refresh()
        else:
            self.later()
