"""The palette: everything that can be added, found by typing, added by a click or by dragging."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QVBoxLayout, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Args
from nnstudio.graph.topology import CUSTOM
from nnstudio.studio import fitting, layers_list, shorthand
from nnstudio.studio.adding import GIVEN
from nnstudio.studio.fitting import Found
from nnstudio.studio.layers_list import LayersList
from nnstudio.studio.own_layer import custom
from nnstudio.studio.session import Update
from nnstudio.ui import block_menu, i18n
from nnstudio.ui.block_tip import block_tip
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.layer_rows import ROW, LayerDelegate, LayerModel, LayerRow, lovable
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.search_edit import SearchEdit
from nnstudio.ui.widgets import label, tip


class LayerView(QListView):
    """The list; a click on a star makes a favourite, any other click on a layer adds it."""

    def __init__(self, panel: PalettePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._star: QModelIndex | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(tr("Layers"))

    @override
    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag a layer; the canvas draws its ghost, so that nothing hangs at the pointer."""
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData(self.selectedIndexes()))
        bare = QPixmap(1, 1)
        bare.fill(Qt.GlobalColor.transparent)
        drag.setPixmap(bare)
        drag.exec(actions)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        index = self.indexAt(at)
        self._star = index if self._panel.on_star(index, at) else None
        if self._star is None:
            super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._star is not None:
            star, self._star = self._star, None
            if self.indexAt(event.position().toPoint()) == star:
                self._panel.love(star)
            return
        super().mouseReleaseEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        # By the keyboard it is the chosen row that is meant, wherever the pointer is.
        if isinstance(event, QContextMenuEvent):
            by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
            if by_key and self.currentIndex().isValid():
                at = self.visualRect(self.currentIndex()).center()
                self.customContextMenuRequested.emit(at)
                return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._panel.take(self.currentIndex())
        elif event.text().isprintable() and event.text().strip():
            self._panel.search.setFocus()
            self._panel.search.setText(event.text())
        else:
            super().keyPressEvent(event)


class PalettePanel(Panel):
    """Layers and blocks by family, with a search on top."""

    help_topic = "palette"

    def __init__(
        self, context: Context, parent: QWidget | None = None, likes: LayersList | None = None
    ) -> None:
        super().__init__(context, parent)
        self.likes = likes or LayersList()
        self.setMinimumWidth(160)
        self.search = SearchEdit(context.theme, tr("Search layers…"), "Tab")
        self.model = LayerModel(self, self._tip)
        self.delegate = LayerDelegate(context.theme, self)
        self.list = LayerView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.delegate)
        self.nothing = label("", "muted", wrap=True)
        self.nothing.hide()
        self.wrong = label("", "bad", wrap=True)
        self.wrong.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(6)
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.addWidget(self.search)
        top.addWidget(self.nothing)
        top.addWidget(self.wrong)
        box.addLayout(top)
        box.addWidget(self.list, 1)
        self._listen()

    def refresh(self) -> None:
        """Show what can be added here."""
        project = self.context.session.project
        text, _ = shorthand.split(self.search.text())
        self.delegate.favourites = self.likes.favourites
        library = self.context.library
        found = (*fitting.layers(project, self.context.view.graph), *library.found(project))
        wrong = library.problems
        self.wrong.setText(i18n.message(wrong[0]) if wrong else "")
        self.wrong.setToolTip(tip("\n".join(map(i18n.hint, wrong))))
        self.wrong.setVisible(bool(wrong))
        self.model.show_groups(self.likes.groups(found, text))
        none = self.model.first() < 0 and bool(text.strip())
        self.nothing.setText(tr("No layer is called “{text}”. Try another word.", text=text))
        self.nothing.setVisible(none)
        if text.strip() and self.model.first() >= 0:
            self.list.setCurrentIndex(self.model.index(self.model.first()))
        self.list.viewport().update()

    def take(self, index: QModelIndex) -> None:
        """Add the layer of a row after the selected node; fold or unfold at a heading.

        The settings that were typed behind its name are its settings. What was typed stays
        selected, so that the next layer can be typed at once.
        """
        row: LayerRow | None = index.data(ROW) if index.isValid() else None
        if row is None:
            return
        if row.found is None:
            self.model.toggle(row.group)
        else:
            _, settings = shorthand.split(self.search.text())
            try:
                args = shorthand.read(row.found.layer, settings, row.found.params)
            except NNStudioError as error:
                self.nothing.setText(i18n.message(error.problems[0]))
                self.nothing.show()
                return
            self.search.selectAll()
            self.add(row.found.layer, args)

    def add(self, layer: str, args: Args = GIVEN) -> None:
        """Add a layer after the selected node, and select it, so that the next one follows it."""
        if layer == fitting.NEW.layer:
            self.context.own.wanted.emit("")
            return
        session, view = self.context.session, self.context.view
        graph = view.graph
        if graph not in session.project.graphs and graph not in session.project.blocks:
            return
        try:
            made = self.context.library.placed(
                session.project,
                layer,
                lambda project, one: layers_list.added(
                    project, session.analysis, graph, one, view.selection, args
                ),
            )
        except NNStudioError as error:
            self.context.refused(error)
            return
        if self.context.do(made.edit):
            self.likes.used(layer)
            view.reveal(graph, made.node)

    def on_star(self, index: QModelIndex, at: QPoint) -> bool:
        """Tell whether a place is the star of a row."""
        row: LayerRow | None = index.data(ROW) if index.isValid() else None
        if row is None or row.found is None or not lovable(row.found):
            return False
        return self.delegate.star(self.list.visualRect(index)).contains(at)

    def love(self, index: QModelIndex) -> None:
        """Make the layer of a row a favourite, or none any more."""
        row: LayerRow = index.data(ROW)
        if row.found is not None:
            self.likes.toggle(row.found.layer)

    def _listen(self) -> None:
        self.search.textChanged.connect(lambda _: self.refresh())
        self.search.moved.connect(self._move)
        self.search.entered.connect(lambda _: self.take(self._current()))
        self.list.clicked.connect(self.take)
        self.list.customContextMenuRequested.connect(self._menu)
        self.follow(self.likes.changed, self.later)
        self.follow(self.context.library.changed, self.later)
        self.follow(self.context.session.changed, self._changed)
        self.context.view.graph_changed.connect(self.later)
        self.context.theme.changed.connect(self.list.viewport().update)

    def _current(self) -> QModelIndex:
        index = self.list.currentIndex()
        return index if index.isValid() else self.model.index(max(self.model.first(), 0))

    def _move(self, event: QKeyEvent) -> None:
        """Walk through the list while the keyboard stays in the search."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8}
        by = step.get(Qt.Key(event.key()), -8)
        at = self.list.currentIndex().row() if self.list.currentIndex().isValid() else -1
        last = self.model.rowCount() - 1
        goal = max(0, min(at + by, last))
        while 0 < goal < last and self.model.rows[goal].found is None:
            goal += 1 if by > 0 else -1
        self.list.setCurrentIndex(self.model.index(goal))

    def _menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        row: LayerRow | None = index.data(ROW) if index.isValid() else None
        if row is None or row.found is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Add"), lambda: self.take(index))
        own = row.found.layer.partition(CUSTOM)[2]
        if own:
            menu.addAction(tr("Edit the Python…"), lambda: self.context.own.wanted.emit(own))
            menu.addAction(tr("Delete"), lambda: self._remove(own))
        if lovable(row.found):
            loved = row.found.layer in self.likes.favourites
            words = tr("Take from the favourites") if loved else tr("Add to the favourites")
            menu.addAction(words, lambda: self.love(index))
        elif row.found.family == "block":
            block_menu.fill(menu, self.context, row.found, self)
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _tip(self, found: Found) -> str:
        context = self.context
        return block_tip(found, context.session.project, context.library, context.theme.tokens)

    def _remove(self, own: str) -> None:
        """Take a layer of the user's own out, unless it is used."""
        try:
            edit = custom.removing(self.context.session.project, own)
        except NNStudioError as error:
            self.context.refused(error)
            return
        self.context.do(edit)

    def _changed(self, update: Update) -> None:
        change = update.change
        listed = change.blocks_added or change.blocks_removed or change.custom
        blocks = any(
            key in update.new.blocks and not one.only_layout for key, one in change.graphs.items()
        )
        if update.reset or listed or blocks:
            self.later()
