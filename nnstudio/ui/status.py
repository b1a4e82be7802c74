"""The line at the bottom: what the network costs, its problems, what the disk refuses."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStatusBar, QToolButton

from nnstudio.studio.session import Session, Update
from nnstudio.ui.i18n import tr
from nnstudio.ui.menus import Slot
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import label

LONG = 12_000
"""How long a message that matters stays, in milliseconds."""


class Status(QStatusBar):
    """Follows the document.

    Args:
        session: The document.
        show_problems: Called when the count of problems is clicked.
    """

    def __init__(self, session: Session, show_problems: Slot) -> None:
        super().__init__()
        self._session = session
        self.setSizeGripEnabled(False)
        self._problems = QToolButton()
        self._problems.setProperty("kind", "status")
        self._problems.clicked.connect(lambda: show_problems())
        self._costs = label("", "small")
        self._differs = label(tr("differs from the running model"), "warn_small")
        self._differs.setToolTip(
            tr("What is trained is the network as it was when the run was started")
        )
        self._differs.hide()
        self.addPermanentWidget(self._differs)
        self.addPermanentWidget(self._problems)
        self.addPermanentWidget(self._costs)
        self.setContentsMargins(GRID, 0, 2 * GRID, 0)
        self._disconnect = session.changed.connect(self._follow)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()  # nothing is analysed for a line that nobody sees

    def _follow(self, update: Update) -> None:
        if update.reset:
            self.clearMessage()  # it was said of another document
        if not self.isHidden():
            self.refresh()

    def refresh(self) -> None:
        """Count again."""
        # They bring every layer along, which the start page does without.
        figures = import_module("nnstudio.studio.figures")
        summaries = import_module("nnstudio.studio.summaries")
        analysis = self._session.analysis
        parts = []
        if analysis.weights:
            parts.append(tr("{count} parameters", count=summaries.count_words(analysis.weights)))
        if analysis.flops:
            work = summaries.count_words(summaries.one_sample(analysis.flops))
            parts.append(tr("{count} FLOPs a sample", count=work))
        kept = figures.kept_bytes(analysis)
        if kept:
            parts.append(tr("{size} kept a sample", size=figures.bytes_words(kept)))
        self._costs.setText(" · ".join(parts))
        self._count_problems()

    def tell(self, text: str) -> None:
        """Say something for a while."""
        self.showMessage(text, LONG)

    def show_differs(self, differs: bool) -> None:
        """Say that what is on the canvas is not what is being trained."""
        self._differs.setVisible(differs)

    def close_down(self) -> None:
        """Follow the document no longer."""
        self._disconnect()

    def _count_problems(self) -> None:
        problems = self._session.problems
        errors = sum(problem.severity == "error" for problem in problems)
        kind = "status_bad" if errors else "status_warn" if problems else "status_good"
        words = tr("no problems")
        if problems:
            one, many = tr("1 problem"), tr("{count} problems", count=len(problems))
            words = one if len(problems) == 1 else many
        self._problems.setText(words)
        if self._problems.property("kind") != kind:
            self._problems.setProperty("kind", kind)
            self._problems.style().polish(self._problems)
