"""F1: the page of what is in focus, and every other page beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from nnstudio.studio.search import rank
from nnstudio.ui import fonts, help_pages
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID, NORMAL

TOPIC = Qt.ItemDataRole.UserRole


class HelpWindow(QDialog):
    """A list of topics and a page; it stays open beside the work."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.topic = ""
        self.setWindowTitle(tr("Help"))
        self.resize(860, 620)
        self.field, self.list, self.text = QLineEdit(), QListWidget(), QTextBrowser()
        self.field.setPlaceholderText(tr("Find a topic"))
        self.field.setProperty("kind", "search")
        self.field.textChanged.connect(self._fill)
        self.list.setFixedWidth(232)
        self.list.currentItemChanged.connect(self._chosen)
        self.text.setOpenExternalLinks(True)  # in the user's browser, when the user clicks
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        row, left = QHBoxLayout(self), QVBoxLayout()
        row.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(2 * GRID)
        left.addWidget(self.field)
        left.addWidget(self.list, 1)
        row.addLayout(left)
        row.addWidget(self.text, 1)
        self._topics = help_pages.topics()
        self._fill("")
        context.theme.changed.connect(self._dress)
        self._dress()

    def show_topic(self, topic: str) -> None:
        """Show a page."""
        self.topic = topic
        self.text.setHtml(help_pages.page(topic, self._context.session.project))
        for place in range(self.list.count()):
            item = self.list.item(place)
            if item.data(TOPIC) == topic and item is not self.list.currentItem():
                self.list.setCurrentItem(item)

    def _fill(self, text: str) -> None:
        found = rank(text, self._topics, lambda one: (one[1], one[2])) if text else self._topics
        self.list.blockSignals(True)
        self.list.clear()
        for topic, title, group in found:
            item = QListWidgetItem(title)
            item.setData(TOPIC, topic)
            item.setToolTip(group)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if text and found:
            self.show_topic(found[0][0])

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(TOPIC) != self.topic:
            self.show_topic(item.data(TOPIC))

    def _dress(self) -> None:
        tokens = self._context.theme.tokens
        self.text.document().setDefaultStyleSheet(
            f"a {{ color: {tokens.accent}; }} h3 {{ color: {tokens.muted}; }}"
            "b, h2, h3 { font-weight: 600; }"  # the boldest that is shipped: 700 would be smeared
            f"code {{ font-family: '{fonts.MONO}'; font-size: {NORMAL - 1}px; }}"
        )
        if self.topic:
            self.show_topic(self.topic)


def topic_of(context: Context, canvas: QWidget | None, *, start: bool) -> str:
    """Return the topic of what has the keyboard, else of what is selected or pointed at."""
    if start:
        return "start"
    widget = QApplication.focusWidget()
    while widget is not None and widget is not canvas:
        named = getattr(widget, "help_topic", "")
        if named:
            return str(named)
        if isinstance(widget, QDockWidget) and widget.objectName() != "inspector":
            return f"panel:{widget.objectName()}"
        widget = widget.parentWidget()
    return _node_topic(context) or "canvas"


def _node_topic(context: Context) -> str:
    view, project = context.view, context.session.project
    chosen = view.selection[-1:]
    graph_id, node_id = (view.graph, chosen[0]) if chosen else view.hovered.rpartition("/")[::2]
    graph = project.graphs.get(graph_id) or project.blocks.get(graph_id)
    node = graph.nodes.get(node_id) if graph else None
    return f"layer:{node.layer}" if node else ""
