"""A problem in words, with what to do about it at a click."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from nnstudio.core.problems import Problem, Repair
from nnstudio.graph.edits import Batch, Edit
from nnstudio.graph.model import Project
from nnstudio.studio import adding, places
from nnstudio.ui import i18n
from nnstudio.ui.context import Context
from nnstudio.ui.flow import Flow
from nnstudio.ui.i18n import tr
from nnstudio.ui.labels import IconLabel
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import label, tip


class ProblemCard(QFrame):
    """One problem: its sign and word, its sentence, where it is, what to do, and repairs.

    Args:
        context: Where the repairs are applied.
        problem: The problem.
        placed: Whether it says where it is; at the node itself that is known.

    Signals:
        chosen: It was clicked, or Enter was pressed on it.
    """

    chosen = Signal()

    def __init__(self, context: Context, problem: Problem, *, placed: bool = True) -> None:
        super().__init__()
        self.problem, self._context = problem, context
        self._theme: Theme = context.theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if placed else Qt.FocusPolicy.NoFocus)
        if placed:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.place = label("", "small")
        self.place.setParent(self)
        self.place.setVisible(placed)
        words = _sentence(i18n.message(problem))
        what = _sentence(i18n.hint(problem))
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._sign(), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(words, wrap=True), 0, 1)
        if placed:
            grid.addWidget(self.place, 1, 1)
            self.show_place(context.session.project)
        if what:
            grid.addWidget(label(what, "muted", wrap=True), 2, 1)
        if problem.repairs:
            grid.addLayout(self._repairs(), 3, 1)
        kind = tr("Error") if problem.severity == "error" else tr("Warning")
        self.setAccessibleName(f"{kind}: {words}")
        self.setAccessibleDescription(f"{self.place.text()}. {what}")
        context.theme.changed.connect(self.update)

    def show_place(self, project: Project) -> None:
        """Say where it is by the names of now."""
        words = places.find(project, self.problem.where).words
        self.place.setText(words or tr("the project"))

    def _sign(self) -> IconLabel:
        token = "bad" if self.problem.severity == "error" else "warn"
        name = "error" if self.problem.severity == "error" else "warning"
        return IconLabel(name, self._theme, token)

    def _repairs(self) -> Flow:
        row = Flow()
        row.setContentsMargins(0, 4, 0, 0)
        for repair in self.problem.repairs:
            words = _sentence(i18n.label(repair))
            button = RepairButton(words)
            button.clicked.connect(lambda _=False, one=repair: self._mend(one))
            row.addWidget(button)
        return row

    def _mend(self, repair: Repair) -> None:
        self._context.do(mending(self._context.session.project, repair))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wrong = self.problem.severity == "error"
        edge = tokens.color("accent" if self.hasFocus() else "bad" if wrong else "warn")
        ground = tokens.color("bad" if wrong else "warn")
        ground.setAlphaF(0.09)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.chosen.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class RepairButton(QPushButton):
    """A button whose words are cut where the room ends; the whole of them is its tooltip."""

    def __init__(self, words: str) -> None:
        super().__init__(words.replace("&", "&&"))
        self.setAutoDefault(False)
        self.setToolTip(tip(words))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.width() - 24
        option.text = self.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()


def mending(project: Project, repair: Repair) -> Edit:
    """Return a repair as one step, with room on the canvas for what it adds."""
    edits = [adding.with_room(project, one) for one in repair.edits if isinstance(one, Edit)]
    return Batch(tuple(edits), repair.label)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
