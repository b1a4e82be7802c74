"""The list of runs as a table: what each is called, how it ended, what sets it apart, how good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from nnstudio.studio import run_files
from nnstudio.studio.run_files import RunEntry
from nnstudio.studio.runs import RunBook
from nnstudio.ui import i18n, run_words
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        title: Its head.
        text: What stands in it.
        key: What it is sorted by.
        right: Whether it stands at the right.
    """

    title: str
    text: Callable[[RunEntry], str]
    key: Callable[[RunEntry], Any]
    right: bool = False


class RunTable(QAbstractTableModel):
    """The runs of a book; a check mark lays the curves of a run over the others.

    Args:
        runs: The book of runs.
        theme: Colours the states.
    """

    def __init__(self, runs: RunBook, theme: Theme) -> None:
        super().__init__()
        self._runs, self._theme = runs, theme
        self._entries: tuple[RunEntry, ...] = ()
        self._apart: dict[str, dict[str, str]] = {}
        self._order: tuple[int, bool] = (0, True)
        self.columns = (
            Column(tr("Run"), lambda e: run_words.moment(e.created) or e.id, lambda e: e.id),
            Column(tr("State"), run_words.state, lambda e: e.state),
            Column(tr("Settings that differ"), self._settings, self._settings),
            Column(tr("Best"), best, best_value),
            Column(tr("Epochs"), lambda e: str(e.epoch or "–"), lambda e: e.epoch, True),
            Column(tr("Duration"), lambda e: run_words.clock(e.seconds), _seconds, True),
            Column(tr("Size"), lambda e: run_words.size(e.size), lambda e: e.size, True),
        )
        self.reload()

    def reload(self) -> None:
        """Take the list anew."""
        entries = self._sorted(self._runs.list.entries)
        if entries == self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(entries) - 1, 0))
            return
        self.beginResetModel()
        self._entries = entries
        self._apart = run_files.differing(entries)
        self.endResetModel()

    def entry(self, row: int) -> RunEntry | None:
        """Return the run of a row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row(self, run_id: str) -> int:
        """Return the row of a run; -1 when it is not there."""
        return next((n for n, entry in enumerate(self._entries) if entry.id == run_id), -1)

    def _settings(self, entry: RunEntry) -> str:
        found = self._apart.get(entry.id, {})
        return " · ".join(f"{name.rpartition('.')[2]} {word}" for name, word in found.items())

    def _sorted(self, entries: Sequence[RunEntry]) -> tuple[RunEntry, ...]:
        column, down = self._order
        key = self.columns[column].key if hasattr(self, "columns") else _seconds
        return tuple(sorted(entries, key=key, reverse=down))

    # Qt

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Role.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return column.title if role == Role.DisplayRole else None

    @override
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        entry = self.entry(index.row())
        if entry is None:
            return None
        column = self.columns[index.column()]
        if role == Role.DisplayRole:
            return column.text(entry)
        if role == Role.CheckStateRole and index.column() == 0:
            on = entry.id in self._runs.list.plotted
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Role.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Role.ForegroundRole and index.column() == 1:
            return QColor(getattr(self._theme.tokens, run_words.STATE_COLORS[entry.state]))
        if role == Role.ToolTipRole:
            return tip(explained(entry))
        return None

    @override
    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        entry = self.entry(index.row())
        if entry is None or role != Role.CheckStateRole:
            return False
        self._runs.list.plot(entry.id, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else found

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = (column, order == Qt.SortOrder.DescendingOrder)
        self.reload()


def best(entry: RunEntry) -> str:
    """Return the figures of the best epoch, the ones that matter first."""
    found = entry.best or entry.metrics
    names = [name for name in found if name.startswith(("val/", "eval/"))] or list(found)[:1]
    words = [f"{_short(name)} {run_words.metric(name, found[name])}" for name in names[:2]]
    return " · ".join(words) or "–"


def best_value(entry: RunEntry) -> float:
    """Return the first of them as a number, to sort by."""
    found = entry.best or entry.metrics
    values = [v for name, v in found.items() if name.startswith(("val/", "eval/"))]
    return values[0] if values else float("inf")


def explained(entry: RunEntry) -> str:
    """Return all that is known of a run, as plain text."""
    lines = [entry.id, f"{tr('state')}: {run_words.state(entry)}"]
    if entry.problem is not None:
        lines += [i18n.message(entry.problem), i18n.hint(entry.problem)]
    if entry.parameters is not None:
        lines.append(tr("{n} parameters", n=run_words.count(entry.parameters)))
    lines += [f"{name} {word}" for name, word in list(entry.settings.items())[:12]]
    return "\n".join(line for line in lines if line)


def _short(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")


def _seconds(entry: RunEntry) -> float:
    return entry.seconds
