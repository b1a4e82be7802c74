"""Ctrl+K: everything that can be done, opened, added or gone to, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.problems import NNStudioError
from nnstudio.studio import fitting, templates
from nnstudio.studio.actions import ACTIONS
from nnstudio.studio.search import rank
from nnstudio.studio.summaries import layer_title, title
from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.overriding import override
from nnstudio.ui.style import faded
from nnstudio.ui.theme import GRID, NORMAL, SMALL, Theme

WIDTH, TOP, ROW, MOST = 600, 64, 34, 11
DONE, LOOKED_AT = 0.4, 0.3
"""What an action that can be chosen has before a layer or a node whose name matches as well."""
ELSEWHERE = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason)
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen.

    Attributes:
        title: What it is called.
        kind: What kind of thing it is, said small.
        run: What choosing it does.
        shortcut: As it is written on this system.
        enabled: False for what cannot be done now.
        words: Other words that find it.
        likely: What it goes before others that match as well.
    """

    title: str
    kind: str
    run: Callable[[], object]
    shortcut: str = ""
    enabled: bool = True
    words: tuple[str, ...] = field(default=())
    likely: float = 0.0


class CommandPalette(QFrame):
    """A field with a list below it, over the upper middle of the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.hide()
        self._window = window
        self.setProperty("kind", "popup")
        self.field, self.list = QLineEdit(), QListView()
        self.field.setPlaceholderText(tr("Find an action, a template, a layer, a node"))
        self.field.setAccessibleName(self.field.placeholderText())
        self.field.setProperty("kind", "search")
        self._model = Entries(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(Row(window.theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self.search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self.choose)
        self._all: list[Entry] = []
        self._before: QWidget | None = None

    @property
    def shown(self) -> list[Entry]:
        """What the list shows."""
        return self._model.entries

    def open(self) -> None:
        """Show it with an empty field."""
        self._all = list(entries(self._window))
        self.field.clear()
        self.search("")
        self.setFixedWidth(min(WIDTH, self._window.width() - 8 * GRID))
        self.move((self._window.width() - self.width()) // 2, TOP)
        self._before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self.field.setFocus()

    def leave(self) -> None:
        """Go away, and give the keyboard back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def search(self, text: str) -> None:
        """List what a text may mean, the likeliest first."""
        found = self._all
        if text:
            found = rank(text, found, lambda one: (one.title, *one.words), lambda one: one.likely)
        self._model.show_entries(found)
        # Of several things of one name, the one that can be done; never another thing.
        same = [n for n, one in enumerate(found) if one.enabled and one.title == found[0].title]
        first = same[0] if same else 0
        self.list.setCurrentIndex(self._model.index(first))
        self.list.setFixedHeight(ROW * max(1, min(MOST, len(found))))
        self.adjustSize()

    def choose(self, index: Index | None = None) -> None:
        """Do what the current row stands for."""
        row = (index or self.list.currentIndex()).row()
        if not 0 <= row < len(self.shown) or not self.shown[row].enabled:
            return
        entry = self.shown[row]
        self.leave()
        entry.run()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.reason() in ELSEWHERE:
            self.hide()  # something else was chosen, which has the keyboard now
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        return self._key(Qt.Key(event.key()))

    def _key(self, key: Qt.Key) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: MOST,
            Qt.Key.Key_PageUp: -MOST,
        }
        if key in steps:
            last = len(self.shown) - 1
            row = self.list.currentIndex().row() + steps[key]
            self.list.setCurrentIndex(self._model.index(max(0, min(last, row))))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return False
        return True


class Entries(QAbstractListModel):
    """What is found."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return len(self.entries)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}, {entry.kind} {entry.shortcut}"
        return None


class Row(QStyledItemDelegate):
    """Draws an entry: title, kind, shortcut."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH, ROW)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, entry = self._theme.tokens, index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(rect, 6, 6)
        if chosen:
            painter.setBrush(QColor(tokens.accent))
            painter.drawRoundedRect(QRect(rect.x(), rect.y() + 7, 3, rect.height() - 14), 1.5, 1.5)
        inner = rect.adjusted(12, 0, -12, 0)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(QColor(tokens.muted) if entry.enabled else faded(tokens))
        painter.setFont(fonts.text(SMALL))
        side = f"{entry.kind}   {entry.shortcut}" if entry.shortcut else entry.kind
        wide = painter.fontMetrics().horizontalAdvance(side)
        painter.drawText(inner, right, side)
        painter.setPen(QColor(tokens.text) if entry.enabled else faded(tokens))
        painter.setFont(fonts.text(NORMAL))
        words = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, inner.width() - wide - 16
        )
        painter.drawText(inner, left, words)
        painter.restore()


def entries(window: MainWindow) -> Iterator[Entry]:
    """Yield all that can be chosen now: actions first, then what the document has."""
    yield from _actions(window)
    if window.arrangement:
        yield from _panels(window)
        yield from _nodes(window)
        yield from _layers(window)
    yield from _templates(window)


def _actions(window: MainWindow) -> Iterator[Entry]:
    window.book.refresh()
    for row in ACTIONS.values():
        action = window.book[row.id]
        if row.id == "view.palette" or not action.isVisible():
            continue
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        kind, can = tr(row.menu or "Action"), action.isEnabled()
        # Of two that begin alike, what is done comes before what is only looked at or added.
        likely = DONE if row.menu != "View" else LOOKED_AT
        words = (tr(row.help),)
        yield Entry(tr(row.title), kind, action.trigger, shown, can, words, likely * can)


def _panels(window: MainWindow) -> Iterator[Entry]:
    for key, dock in window.docks.items():
        yield Entry(dock.windowTitle(), tr("Panel"), partial(window.show_panel, key))


def _nodes(window: MainWindow) -> Iterator[Entry]:
    project = window.session.project
    for graph in (*project.graphs.values(), *project.blocks.values()):
        for node in graph.nodes.values():
            words = layer_title(project, node.layer)
            yield Entry(
                title(project, node),
                tr("Node in {graph}", graph=graph.name),
                partial(window.view.reveal, graph.id, node.id),
                words=(words,),
            )


def _layers(window: MainWindow) -> Iterator[Entry]:
    project, context = window.session.project, window.context
    ready = context.library.found(project) if context is not None else ()
    for found in (*fitting.layers(project, window.view.graph), *ready):
        yield Entry(
            found.title,
            tr("Add layer"),
            partial(window.canvas.add_layer, found.layer),
            words=found.words,
        )


def _templates(window: MainWindow) -> Iterator[Entry]:
    for name in templates.names():
        try:
            found = templates.load(name)
        except NNStudioError:
            continue
        yield Entry(
            found.title,
            tr("Template"),
            partial(window.files.template, name),
            words=(name, tr(found.teaches)),
        )
