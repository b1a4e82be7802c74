"""The log: what happened, with time and level; filtered, copied, cleared."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from nnstudio.studio.log import Line, Log
from nnstudio.ui import fonts
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.search_edit import SearchEdit
from nnstudio.ui.theme import SMALL, Theme
from nnstudio.ui.widgets import Combo, Empty, icon_button, tip

LINE = Qt.ItemDataRole.UserRole
TOKENS = {"info": "text", "good": "good", "warning": "warn", "error": "bad"}
SHOWN = {
    "all": frozenset(TOKENS),
    "warning": frozenset({"warning", "error"}),
    "error": frozenset({"error"}),
}
Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractListModel):
    """The lines of a log; new ones are added at the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[Line] = []

    def follow(self, log: Log) -> None:
        """Take in the lines of now."""
        lines = log.lines
        known = len(self._lines)
        if known and lines[:1] == tuple(self._lines[:1]) and len(lines) >= known:
            if len(lines) > known:
                self.beginInsertRows(QModelIndex(), known, len(lines) - 1)
                self._lines += lines[known:]
                self.endInsertRows()
            return
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as Qt has it)
        return 0 if parent.isValid() else len(self._lines)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self._lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(str(line).split("\n"))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.tokens.color(TOKENS[line.level])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.text)
        return None


class LevelFilter(QSortFilterProxyModel):
    """Lines of some levels that hold what was typed."""

    levels = SHOWN["all"]
    text = ""

    def look_for(self, text: str, levels: frozenset[str]) -> None:
        """Show other lines."""
        self.beginFilterChange()
        self.text, self.levels = text.casefold(), levels
        self.endFilterChange()

    @override
    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        line: Line = self.sourceModel().index(row, 0, parent).data(LINE)
        return line.level in self.levels and self.text in str(line).casefold()


class LineView(QListView):
    """The list of lines; Ctrl+C copies the selected ones."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
            QGuiApplication.clipboard().setText("\n".join(str(row.data(LINE)) for row in rows))
        else:
            super().keyPressEvent(event)


class LogPanel(Panel):
    """The lines of this window."""

    help_topic = "log"
    DELAY = 100

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = LogModel(context.theme, self)
        self.filter = LevelFilter(self)
        self.filter.setSourceModel(self.model)
        self.list = LineView()
        self.list.setModel(self.filter)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFont(fonts.mono(SMALL + 1))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("Log"))
        self.search = SearchEdit(context.theme, tr("Search the log…"))
        self.search.setMaximumWidth(260)
        self.level = Combo()
        self.level.setAccessibleName(tr("Which lines"))
        words = {"all": tr("Everything"), "warning": tr("Warnings"), "error": tr("Errors")}
        for key, text in words.items():
            self.level.addItem(text, key)
        self.copy = icon_button("copy", context.theme, tr("Copy the lines that are shown"))
        self.wipe = icon_button("delete", context.theme, tr("Clear the log"))
        self._lay_out()
        self.search.textChanged.connect(lambda _: self._look())
        self.level.currentIndexChanged.connect(lambda _: self._look())
        self.copy.clicked.connect(self._copy)
        self.wipe.clicked.connect(context.log.clear)
        self.follow(context.log.added, lambda _: self.later())
        self.follow(context.log.cleared, self.later)
        context.theme.changed.connect(self.list.viewport().update)

    def refresh(self) -> None:
        """Show the lines of now; the newest stays in sight unless one has scrolled up."""
        bar = self.list.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self.model.follow(self.context.log)
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        if at_end:
            self.list.scrollToBottom()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 8, 0)
        top.addWidget(self.search)
        top.addWidget(self.level)
        top.addStretch(1)
        top.addWidget(self.copy)
        top.addWidget(self.wipe)
        full = QWidget()
        box = QVBoxLayout(full)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(top)
        box.addWidget(self.list, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            Empty(tr("Nothing has happened yet."), tr("Runs and files write their lines here."))
        )
        self._stack.addWidget(full)

    def _look(self) -> None:
        self.filter.look_for(self.search.text(), SHOWN[self.level.currentData()])

    def _copy(self) -> None:
        rows = (self.filter.index(row, 0) for row in range(self.filter.rowCount()))
        QGuiApplication.clipboard().setText("\n".join(str(row.data(LINE)) for row in rows))
