"""The inspector: the settings and facts of what is selected, or of the project."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLayout, QScrollArea, QStackedLayout, QWidget

from nnstudio.graph.model import Graph, Node
from nnstudio.studio.session import Update
from nnstudio.ui.context import Context
from nnstudio.ui.later import later
from nnstudio.ui.pages.node_page import NodePage
from nnstudio.ui.pages.parts import Page
from nnstudio.ui.pages.project_page import ProjectPage
from nnstudio.ui.pages.several_page import SeveralPage
from nnstudio.ui.panel import Panel
from nnstudio.ui.widgets import scrolled

PageKind = TypeVar("PageKind", bound=Page)
KEPT = 24
"""So many pages wait to be shown again: making one takes longer than a frame."""


class InspectorPanel(Panel):
    """Shows one page at a time; a page stays as long as it can show what is selected.

    Attributes:
        page: What is shown.
    """

    help_topic = "inspector"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setMinimumWidth(220)
        self.page: Page | None = None
        self._pages: dict[str, tuple[Page, QScrollArea]] = {}
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self.follow(context.session.changed, self._changed)
        self.follow(context.session.saved_changed, self.later)
        context.view.selection_changed.connect(self.later)
        context.view.graph_changed.connect(self.later)

    def refresh(self) -> None:
        """Show what is selected now."""
        graph, nodes = self._selected()
        if graph is None or not nodes:
            page = self._kept("project", ProjectPage) or self._put("project", ProjectPage)
            page.show_project(graph)
            self._show(page, "project")
        elif len(nodes) > 1:
            several = self._kept("several", SeveralPage) or self._put("several", SeveralPage)
            several.show_nodes(graph, nodes)
            self._show(several, "several")
        else:
            self._show_node(graph, nodes[0])

    def focus_setting(self, path: str) -> None:
        """Give the keyboard to a setting: `kernel_size` of the node, `optimizer` of the loop."""
        self._refresh()
        page = self.page
        form = page.training.form if isinstance(page, ProjectPage) else getattr(page, "form", None)
        if form is not None:
            form.focus(path)

    def _show_node(self, graph: Graph, node: Node) -> None:
        page = self._kept(node.layer, NodePage)
        if page is None or not page.serves(self.context.session.project, node):
            self._drop(node.layer)
            page = self._put(node.layer, lambda context: NodePage(context, graph, node))
        page.show_node(graph, node)
        self._show(page, node.layer)

    def _selected(self) -> tuple[Graph | None, list[Node]]:
        project, view = self.context.session.project, self.context.view
        graph = project.graphs.get(view.graph) or project.blocks.get(view.graph)
        if graph is None:
            return None, []
        return graph, [graph.nodes[key] for key in view.selection if key in graph.nodes]

    def _kept(self, key: str, kind: type[PageKind]) -> PageKind | None:
        page = self._pages[key][0] if key in self._pages else None
        return page if isinstance(page, kind) else None

    def _put(self, key: str, make: Callable[[Context], PageKind]) -> PageKind:
        """Make a page; where too many are kept, the one goes that was not seen for longest."""
        page = make(self.context)
        area = scrolled(page)
        self._stack.addWidget(area)
        self._pages[key] = (page, area)
        if len(self._pages) > KEPT:
            self._drop(next(name for name, (one, _) in self._pages.items() if one is not self.page))
        return page

    def _drop(self, key: str) -> None:
        if key in self._pages:
            _, area = self._pages.pop(key)
            self._stack.removeWidget(area)
            area.hide()
            area.deleteLater()

    def _show(self, page: Page, key: str) -> None:
        if page is not self.page:
            self.page = page
            self._pages[key] = self._pages.pop(key)  # the newest stands last
            area = self._pages[key][1]
            self._stack.setCurrentWidget(area)
            _settle(page, area)
            later(page, partial(_settle, page, area))

    def _changed(self, update: Update) -> None:
        # At once: a field shows what the document made of what was typed into it.
        if self.isVisible():
            self.refresh()
        else:
            self.later()


def _settle(page: Page, area: QScrollArea) -> None:
    """Lay a page out anew: while it is out of sight, what is hidden on it tells no layout."""
    for part in reversed(page.findChildren(QWidget)):
        part.updateGeometry()
    for layout in reversed(page.findChildren(QLayout)):
        layout.invalidate()
        layout.activate()
    QCoreApplication.postEvent(area, QEvent(QEvent.Type.LayoutRequest))
