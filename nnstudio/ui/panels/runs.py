"""The runs of the document: compared, laid over one another, continued, put aside, brought back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.problems import NNStudioError
from nnstudio.engine.folder import PROJECT
from nnstudio.exchange.python_folder import export
from nnstudio.project.store import load
from nnstudio.studio.run_files import RunEntry
from nnstudio.studio.runs import RunBook
from nnstudio.ui import messages, run_words
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.messages import Answer
from nnstudio.ui.panel import Panel
from nnstudio.ui.run_table import RunTable
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import Empty, label, push_button

ROW = 26
WIDTHS = (150, 90, 220, 240, 80, 90, 90)


class RunsPanel(Panel):
    """A table of runs with what can be done with them."""

    help_topic = "runs"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setWindowTitle(tr("Runs"))
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._empty_trash_button = push_button(tr("Restore…"), self._show_trash)
        self._empty = Empty(
            tr("No runs yet"),
            tr("Each training is kept here with its curves, its code and its checkpoints."),
            self._empty_trash_button,
        )
        self._pages.addWidget(self._empty)
        self.table: RunTable | None = None
        if context.runs is not None:
            self._build(context.runs)

    def refresh(self) -> None:
        """Show the list anew."""
        runs = self.context.runs
        if runs is None or self.table is None:
            return
        selected = runs.list.selected
        self.table.reload()
        row = self.table.row(selected)
        if row >= 0 and self.view.currentIndex().row() != row:
            flags = QItemSelectionModel.SelectionFlag
            index = self.table.index(row, 0)
            self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        count = len(runs.list.entries)
        self.setWindowTitle(tr("Runs {n}", n=count) if count else tr("Runs"))
        self._pages.setCurrentIndex(1 if count else 0)
        total = sum(entry.size for entry in runs.list.entries)
        self._total.setText(tr("{size} on the disk", size=run_words.size(total)) if count else "")
        gone = len(runs.list.trash)
        for button in (self._restore, self._empty_trash_button):
            button.setVisible(bool(gone))
            button.setText(tr("Deleted {n}…", n=gone))
        self._allow()

    @property
    def entry(self) -> RunEntry | None:
        """The run that is selected."""
        return None if self.table is None else self.table.entry(self.view.currentIndex().row())

    def go_on(self) -> None:
        """Continue the selected run."""
        runs, entry = self.context.runs, self.entry
        if runs is not None and entry is not None and not runs.busy:
            self._try(partial(runs.start, "continue", entry))

    def open_folder(self) -> None:
        """Show the folder of the selected run in the system's file manager."""
        if self.entry is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.entry.folder)))

    def export(self) -> None:
        """Ask for a folder, and write the code of the selected run and its weights there."""
        if self.entry is None:
            return
        words = tr("Write the code and the weights of this run into a new folder")
        chosen, _ = QFileDialog.getSaveFileName(self, words, self.entry.project or "network")
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, target: Path) -> None:
        """Write the code of the selected run, with its best and last checkpoint, to a folder."""
        entry = self.entry
        if entry is not None:
            project = entry.folder / PROJECT
            self._try(lambda: export(load(project), target, self.folder, run=entry.folder))

    def delete(self) -> None:
        """Put the selected run aside; it can be brought back."""
        runs, entry = self.context.runs, self.entry
        if runs is not None and entry is not None and entry.state != "running":
            self._try(partial(runs.list.delete, entry))

    def empty_trash(self) -> None:
        """Delete for good what was put aside, when the user says so."""
        runs = self.context.runs
        if runs is None or not runs.list.trash:
            return
        size = run_words.size(sum(entry.size for entry in runs.list.trash))
        answers = (
            Answer("delete", tr("Delete for good"), "destroy"),
            Answer("keep", tr("Keep them"), "cancel"),
        )
        text = tr("{n} deleted runs take {size}. They cannot be brought back afterwards.",
                  n=len(runs.list.trash), size=size)  # fmt: skip
        if messages.ask(self, tr("Deleted runs"), text, answers) == "delete":
            self._try(runs.list.empty_trash)

    def _build(self, runs: RunBook) -> None:
        self.table = RunTable(runs, self.context.theme)
        self.table.setParent(self)
        self.view = self._made_view(self.table)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addLayout(self._bar())
        column.addWidget(self.view, 1)
        self._pages.addWidget(page)
        for keys, slot in (("Del", self.delete), ("Return", self.go_on)):
            shortcut = QShortcut(QKeySequence(keys), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)
        self.follow(runs.changed, self.later)
        self.refresh()

    def _made_view(self, table: RunTable) -> QTableView:
        view = QTableView()
        view.setModel(table)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setSortingEnabled(True)
        view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW)
        view.setAccessibleName(tr("Runs"))
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, width in enumerate(WIDTHS):
            view.setColumnWidth(place, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        view.selectionModel().currentRowChanged.connect(lambda now, before: self._choose())
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(
            lambda at: self._menu().popup(view.viewport().mapToGlobal(at))
        )
        return view

    def _bar(self) -> QHBoxLayout:
        self._continue = push_button(tr("Continue"), self.go_on)
        self._continue.setToolTip(tr("Train on with the weights of the selected run"))
        self._open = push_button(tr("Open folder"), self.open_folder)
        self._export = push_button(tr("Export…"), self.export)
        self._export.setToolTip(tr("Code that runs alone, with the weights of this run"))
        self._delete = push_button(tr("Delete"), self.delete)
        self._delete.setToolTip(tr("Put the run aside; it can be brought back"))
        self._restore = push_button(tr("Restore…"), self._show_trash)
        self._total = label("", "small")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button in (self._continue, self._open, self._export, self._delete):
            row.addWidget(button)
        row.addWidget(label(tr("A check mark lays the curves over those of the live run"), "small"))
        row.addStretch(1)
        row.addWidget(self._total)
        row.addWidget(self._restore)
        return row

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self._continue, self._open, self._export, self._delete):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(lambda _=False, b=button: b.click())
        return menu

    def _show_trash(self) -> None:
        runs = self.context.runs
        if runs is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in runs.list.trash:
            words = tr("Restore {run}", run=run_words.moment(entry.created) or entry.id)
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, e=entry: self._bring_back(e))
        menu.addSeparator()
        menu.addAction(tr("Delete for good…")).triggered.connect(lambda _=False: self.empty_trash())
        source = self._restore if self._restore.isVisible() else self._empty_trash_button
        menu.popup(source.mapToGlobal(source.rect().bottomLeft()))

    def _bring_back(self, entry: RunEntry) -> None:
        if self.context.runs is not None:
            self._try(partial(self.context.runs.list.restore, entry))

    def _choose(self) -> None:
        if self.context.runs is not None and self.entry is not None:
            self.context.runs.list.select(self.entry.id)
        self._allow()

    def _allow(self) -> None:
        """Say which buttons can be pressed now."""
        runs, entry = self.context.runs, self.entry
        idle = entry is not None and entry.state != "running"
        busy = runs is not None and runs.busy
        states: tuple[tuple[QPushButton, bool], ...] = (
            (self._continue, idle and entry is not None and entry.resumable and not busy),
            (self._open, entry is not None),
            (self._export, entry is not None and entry.created is not None),
            (self._delete, idle),
        )
        for button, on in states:
            button.setEnabled(on)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except NNStudioError as error:
            self.context.refused(error)
