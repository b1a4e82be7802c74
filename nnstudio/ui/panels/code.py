"""The code of the project as it is drawn, line by line tied to its nodes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from nnstudio.compiler.generated import Source
from nnstudio.studio.code_texts import MODEL, TRAIN, CodeText, CodeTexts
from nnstudio.ui.code_view import CodeView
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.problem_list import ProblemList
from nnstudio.ui.search_edit import SearchEdit
from nnstudio.ui.widgets import Empty, icon_button, label, scrolled


class CodePanel(Panel):
    """`model.py` and `train.py`, written anew while one draws."""

    help_topic = "code"
    DELAY = 120

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._texts = CodeTexts()
        self._files: dict[str, CodeText] = {}
        self._pointed = False
        theme = context.theme
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(tr("Files"))
        for name in (MODEL, TRAIN):
            self.tabs.addTab(name)
        self.search = SearchEdit(theme, tr("Find…"), "Ctrl+F")
        self.search.setAccessibleName(tr("Find in the code"))
        self.search.setFixedWidth(200)
        self.found = label("", "small")
        self.copy = icon_button("copy", theme, tr("Copy the whole file"))
        self.view = CodeView(theme)
        self.problems = ProblemList(context)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._waiting())
        self._stack.addWidget(
            Empty(
                tr("There is no code yet."),
                tr("Add layers to the canvas: their PyTorch code is written here."),
            )
        )
        self._lay_out()
        self._listen()

    def refresh(self) -> None:
        """Write the code of now, and show it or what it waits for."""
        self._files = self._texts.write(self.context.session.analysis)
        names = [self.tabs.tabText(index) for index in range(self.tabs.count())]
        if names != list(self._files):
            self._name_tabs()
        self._show()

    def _waiting(self) -> QWidget:
        waiting = QWidget()
        box = QVBoxLayout(waiting)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(0)
        words = label(tr("The code is written as soon as this is mended."), "muted", wrap=True)
        words.setContentsMargins(12, 0, 12, 0)
        box.addWidget(words)
        box.addWidget(scrolled(self.problems), 1)
        return waiting

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.found)
        top.addSpacing(4)
        top.addWidget(self.search)
        top.addWidget(self.copy)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(self._stack, 1)

    def _listen(self) -> None:
        context = self.context
        self.tabs.currentChanged.connect(lambda _: self._show())
        self.copy.clicked.connect(self._copy)
        self.search.textChanged.connect(lambda _: self._find())
        self.search.entered.connect(self._find)
        self.search.left.connect(self.view.setFocus)
        self.view.hovered.connect(self._hover)
        self.view.chosen.connect(self._choose)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._start_search)
        self.follow(context.session.changed, lambda _: self.later())
        context.view.selection_changed.connect(self._mark)
        context.view.graph_changed.connect(self._mark)
        context.view.hovered_changed.connect(lambda _: self._mark(follow=False))

    def _name_tabs(self) -> None:
        """Give each file a tab; the one in front stays there."""
        self.tabs.blockSignals(True)
        for index, name in enumerate(self._files):
            if index < self.tabs.count():
                self.tabs.setTabText(index, name)
            else:
                self.tabs.addTab(name)
        while self.tabs.count() > len(self._files):
            self.tabs.removeTab(self.tabs.count() - 1)
        self.tabs.blockSignals(False)

    def _show(self) -> None:
        found = self._files.get(self.tabs.tabText(self.tabs.currentIndex()))
        if found is None:
            return
        if not any(graph.nodes for graph in self.context.session.project.graphs.values()):
            self._stack.setCurrentIndex(2)
        elif found.source is None:
            self.problems.show_problems(found.problems)
            self._stack.setCurrentIndex(1)
        else:
            self.view.show_source(found.source)
            self._stack.setCurrentIndex(0)
            self._mark()
        self.copy.setEnabled(found.source is not None)
        self.search.setEnabled(found.source is not None)

    def _mark(self, *, follow: bool = True) -> None:
        if not self.isVisible():
            return
        view = self.context.view
        selected = [f"{view.graph}/{node}" for node in view.selection]
        hovered = "" if self._pointed else view.hovered
        self.view.mark(selected, view.hovered)
        if follow and selected and not self._pointed:
            self.view.reveal(selected[-1])
        elif hovered and not follow:
            self.view.mark(selected, hovered)

    def _hover(self, where: str) -> None:
        self._pointed = bool(where)
        self.context.view.hover(where)

    def _choose(self, where: str) -> None:
        graph, _, node = where.partition("/")
        project = self.context.session.project
        known = project.graphs.get(graph) or project.blocks.get(graph)
        if known is not None and node in known.nodes:
            self.context.view.reveal(graph, node)

    def _start_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _find(self, back: bool = False) -> None:
        text = self.search.text()
        there = self.view.find_text(text, back=back)
        count = self.view.source.text.casefold().count(text.casefold()) if text else 0
        words = tr("{count} found", count=count) if there else tr("not found")
        self.found.setText(words if text else "")

    def _copy(self) -> None:
        source: Source = self.view.source
        QGuiApplication.clipboard().setText(source.text)

    @override
    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._hover("")
