"""What is wrong, in words, with a way to mend it."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedLayout, QWidget

from nnstudio.core.problems import Problem
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.panel import Panel
from nnstudio.ui.problem_list import ProblemList
from nnstudio.ui.widgets import Empty, scrolled


class ProblemsPanel(Panel):
    """All problems of the project; the tab says how many there are."""

    help_topic = "problems"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = ProblemList(context)
        self.empty = Empty(
            tr("Nothing is wrong."),
            tr("What does not fit together is listed here, with a way to mend it."),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled(self.list))
        self._told: tuple[Problem, ...] | None = None
        self.follow(context.session.changed, lambda _: self._changed())
        self._changed()

    def refresh(self) -> None:
        """Show the problems of now."""
        problems = self.context.session.problems
        self.list.show_problems(problems)
        self._stack.setCurrentIndex(1 if problems else 0)

    def _changed(self) -> None:
        """Count at once, since the tab is seen when the panel is not; list them when it is."""
        problems = self.context.session.problems
        if problems is not self._told:
            self._told = problems
            title = tr("Problems")
            self.setWindowTitle(f"{title} {len(problems)}" if problems else title)
        self.later()
