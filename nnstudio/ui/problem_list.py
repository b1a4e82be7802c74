"""Problems as a list of cards, the errors first; a click goes to where the problem is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.core.problems import Problem
from nnstudio.studio import places
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.problem_card import ProblemCard
from nnstudio.ui.widgets import label

MOST = 60
"""More cards would take longer to make than anybody takes to read them."""


class ProblemList(QWidget):
    """Cards one below the other; those of problems that stay are kept.

    Args:
        context: Where a click leads and repairs are applied.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.cards: list[ProblemCard] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(12, 8, 12, 8)
        self._box.setSpacing(6)
        self._more = label("", "muted")
        self._box.addWidget(self._more)
        self._box.addStretch(1)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show problems, the errors first."""
        ordered = sorted(problems, key=lambda problem: problem.severity != "error")
        kept = {id(card): card for card in self.cards}
        cards: list[ProblemCard] = []
        for problem in ordered[:MOST]:
            card = next((one for one in kept.values() if one.problem == problem), None)
            if card is None:
                card = ProblemCard(self._context, problem)
                card.chosen.connect(lambda one=problem: show_place(self._context, one))
            else:
                del kept[id(card)]
                card.show_place(self._context.session.project)
            cards.append(card)
        for card in kept.values():
            self._box.removeWidget(card)
            card.hide()
            card.deleteLater()
        for index, card in enumerate(cards):
            if self._box.indexOf(card) != index:
                self._box.insertWidget(index, card)
        self.cards = cards
        more = len(ordered) - len(cards)
        self._more.setText(tr("and {count} more; mend some of these first", count=more))
        self._more.setVisible(more > 0)


def show_place(context: Context, problem: Problem) -> None:
    """Go to where a problem is."""
    place = places.find(context.session.project, problem.where)
    if place.node:
        context.view.reveal(place.graph, place.node)
    elif place.graph:
        context.view.open(place.graph)
        context.view.select([])
    else:
        context.view.select([])
        if place.room == "data" and context.actions is not None:
            context.actions["view.data"].trigger()
