"""What was done, step by step; a click goes back, or forth again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from nnstudio.core.problems import Problem
from nnstudio.graph.history import Step
from nnstudio.studio.session import Session
from nnstudio.ui import fonts, i18n
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.style import faded
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import label, tip

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """The steps of a session, the first one on top."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._steps: tuple[Step, ...] = ()

    def follow(self) -> None:
        """Take in the steps of now; when one was only added, only that one."""
        steps = self._session.steps
        old = self._steps
        if len(steps) == len(old) + 1 and all(map(_same, steps, old)):
            self.beginInsertRows(QModelIndex(), len(old), len(old))
            self._steps = steps
            self.endInsertRows()
        elif len(steps) != len(old) or not all(map(_same, steps, old)):
            self.beginResetModel()
            self._steps = steps
            self.endResetModel()
        if steps:
            self.dataChanged.emit(self.index(0), self.index(len(steps) - 1))

    def words(self, row: int) -> str:
        """Return what a step is called."""
        edit = self._steps[row].edit
        if edit is None:
            return tr("At the beginning")
        text = i18n.message(Problem(edit.code, args=edit.words()))
        return text[:1].upper() + text[1:]

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as Qt has it)
        return 0 if parent.isValid() else len(self._steps)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, here = index.row(), self._session.step
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{'▸' if row == here else ' '} {self.words(row)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = tr("now") if row == here else tr("undone") if row > here else ""
            return f"{self.words(row)} {state}".strip()
        if role == Qt.ItemDataRole.ForegroundRole:
            return faded(self._theme.tokens) if row > here else self._theme.tokens.color("text")
        if role == Qt.ItemDataRole.FontRole:
            return self._font(strong=row == here)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.words(row))
        return None

    def _font(self, strong: bool) -> QFont:
        return fonts.text(strong=strong)


class StepView(QListView):
    """The list of steps; Enter goes where a click goes."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class HistoryPanel(Panel):
    """The steps of the session; selection and zoom are never among them."""

    help_topic = "history"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = HistoryModel(context.session, context.theme, self)
        self.list = StepView()
        self.list.setModel(self.model)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("What was done"))
        self.list.clicked.connect(self._jump)
        self.hint = label(tr("What you do is listed here; a click goes back to it."), "muted",
                          wrap=True)  # fmt: skip
        self.hint.setContentsMargins(12, 8, 12, 8)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 0)
        box.addWidget(self.hint)
        box.addWidget(self.list, 1)
        self.follow(context.session.changed, lambda _: self.later())
        context.theme.changed.connect(self.list.viewport().update)

    def refresh(self) -> None:
        """Show the steps of now, the current one in sight."""
        self.model.follow()
        self.hint.setVisible(self.model.rowCount() < 2)
        here = self.model.index(self.context.session.step)
        self.list.setCurrentIndex(here)
        self.list.scrollTo(here)

    def _jump(self, index: QModelIndex) -> None:
        if index.isValid():
            self.context.session.jump(index.row())


def _same(one: Step, other: Step) -> bool:
    return one.project is other.project and one.edit is other.edit
