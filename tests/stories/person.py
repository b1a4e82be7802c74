"""A person at the real window: mouse and keyboard, eyes, patience, and a count of what was done.

Every deed is a real event at the widget that would get it. An action is what a person would call
one: a click, a drag, a shortcut, or an entry (words typed, and the Enter that ends them). Only the
eyes look into objects.
"""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.graph.model import Graph, Node
from nnstudio.project.settings import Settings
from nnstudio.studio.live import Live
from nnstudio.ui import messages, style
from nnstudio.ui.app import compose
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.plots.curves import CurvePlot
from nnstudio.ui.theme import Theme
from tests.ui.conftest import dressed, nothing_on_screen, swept, swept_here

__all__ = ["Person", "dressed", "nothing_on_screen", "person", "swept_here"]

PATIENCE = 60_000
LEFT = Qt.MouseButton.LeftButton
NO_BUTTON, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
Keys = Qt.KeyboardModifier


class Person:
    """Works at one window.

    Attributes:
        window: It.
        clicks: How often the mouse was pressed.
        actions: What was done, in the person's count.
    """

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        self.clicks = self.actions = 0

    # ---- patience

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to come about, however busy the machine is."""
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    # ---- mouse

    def click(self, widget: QWidget, at: QPoint | None = None, keys: Keys = NO_KEYS) -> None:
        """Click a widget that can be seen, in its middle or at a place."""
        self.until(lambda: widget.visibleRegion().contains(at or widget.rect().center()))
        self._be_there()
        place = widget.rect().center() if at is None else at
        self.clicks += 1
        self.actions += 1
        QTest.mouseClick(widget, LEFT, keys, place)

    def press_button(self, words: str, within: QWidget | None = None) -> None:
        """Click the button with these words on it."""
        self.until(lambda: self._button(words, within))
        button = self._button(words, within)
        assert button is not None
        self.until(button.isEnabled)
        self.click(button)

    def press_row(self, name: str) -> None:
        """Click the button that a screen reader calls by this name."""
        buttons = self.window.findChildren(QAbstractButton)
        self.click(next(one for one in buttons if one.accessibleName() == name))

    def open_tab(self, words: str) -> None:
        """Click the tab of a panel."""
        self.until(lambda: self._tab(words))
        found = self._tab(words)
        assert found is not None
        self.click(found[0], found[0].tabRect(found[1]).center())

    def choose_row(self, view: QAbstractItemView, words: str) -> None:
        """Click the row of a list that begins with these words."""
        model = view.model()

        def row() -> int | None:
            texts = (str(model.index(n, 0).data()).strip(" ▸") for n in range(model.rowCount()))
            return next((n for n, text in enumerate(texts) if text.startswith(words)), None)

        self.until(lambda: row() is not None)
        index = model.index(row(), 0)
        view.scrollTo(index)
        self.click(view.viewport(), view.visualRect(index).center())

    def choose_menu(self, *path: str) -> None:
        """Open a menu of the menu bar and choose an entry by its words, menu by menu."""
        bar, menu = self.window.top_bar.menus, None
        for words in path:
            owner = menu or bar
            action = next(a for a in owner.actions() if a.text().replace("&", "") == words)
            self.click(owner, owner.actionGeometry(action).center())
            menu = action.menu()
            if isinstance(menu, QMenu):
                self.until(menu.isVisible)

    def click_node(self, name: str, keys: Keys = NO_KEYS) -> None:
        """Click a node of the canvas on its body."""
        self._on_canvas(self.place(name) + QPointF(0, 10), keys)

    def double_click_node(self, name: str) -> None:
        """Double-click a node of the canvas."""
        at = self.place(name) + QPointF(0, 10)
        self._on_canvas(at)
        self._mouse(QEvent.Type.MouseButtonDblClick, at)
        self._mouse(QEvent.Type.MouseButtonRelease, at)

    def click_repair(self, name: str, repair: int) -> None:
        """Click a repair in the bubble that stands beside a node."""
        bubble = self.canvas.canvas.bubbles.of(self.node(name).id)
        assert bubble is not None
        self._on_canvas(bubble.mapToScene(bubble._button(repair).center()))

    def drag_over(self, start: QPointF, end: QPointF) -> None:
        """Drag on the canvas with the left button."""
        self.clicks += 1
        self.actions += 1
        self._mouse(QEvent.Type.MouseButtonPress, start)
        for share in (0.1, 0.5, 1.0):
            self._mouse(QEvent.Type.MouseMove, start + (end - start) * share)
        self._mouse(QEvent.Type.MouseButtonRelease, end)

    # ---- keyboard

    def key(self, keys: str) -> None:
        """Press a key or a shortcut, written as `Ctrl+K`, wherever the keyboard is."""
        self._be_there()
        self.actions += 1
        combination = QKeySequence(keys)[0]
        QTest.keyClick(self._focus, combination.key(), combination.keyboardModifiers())

    def enter(self, words: str) -> None:
        """Type words and Enter, in the place of what stands there."""
        self._be_there()
        self.actions += 1
        target = self._focus
        if isinstance(target, QLineEdit) and target.selectedText() != target.text():
            QTest.keyClick(target, Qt.Key.Key_A, Keys.ControlModifier)
        QTest.keyClicks(target, words)
        QTest.keyClick(target, Qt.Key.Key_Return)

    def add(self, words: str) -> str:
        """Search-to-add: Tab, words, Enter. Returns the id of the new node."""
        before = set(self.graph.nodes)
        self.key("Tab")
        self.enter(words)
        fresh = set(self.graph.nodes) - before
        assert len(fresh) == 1, words
        return fresh.pop()

    # ---- questions

    def answers(self, button: str, asked: Callable[[], object]) -> str:
        """Do something that opens a box, click one of its buttons, and return what it asked."""
        texts: list[str] = []
        timer = QTimer()

        def look() -> None:
            box = QApplication.activeModalWidget()
            if isinstance(box, QMessageBox) and box.isVisible():
                timer.stop()
                texts.append(box.text())
                wanted = self._button(button, box)
                assert wanted is not None, [b.text() for b in box.buttons()]
                self.click(wanted)

        timer.timeout.connect(look)
        timer.start(20)
        try:
            asked()
            self.until(lambda: texts)
        finally:
            timer.stop()
        return texts[0]

    # ---- eyes

    @property
    def canvas(self) -> CanvasView:
        found: CanvasView = self.window.canvas
        return found

    @property
    def graph(self) -> Graph:
        """The graph on screen."""
        return self.window.session.project.graph(self.window.view.graph)

    def node(self, name: str) -> Node:
        """The first node on screen of this name or layer."""
        nodes = self.graph.nodes.values()
        return next(node for node in nodes if name in (node.id, node.name, node.layer))

    def place(self, name: str) -> QPointF:
        """The middle of a node on the canvas."""
        return self.canvas.canvas.nodes[self.node(name).id].pos()

    @property
    def errors(self) -> list[str]:
        """What is wrong, in words."""
        return [p.message for p in self.window.session.problems if p.severity == "error"]

    @property
    def live(self) -> Live:
        """The run that goes on, or went on last."""
        runs = self.window.running.runs
        self.until(lambda: runs.live is not None)
        found: Live = runs.live
        return found

    def losses(self) -> list[int]:
        """The steps whose loss is known."""
        series = self.live.trace.series.get("train/loss")
        return [] if series is None else [int(step) for step in series.steps]

    @property
    def plot(self) -> CurvePlot:
        """The plot of the loss."""
        monitor = self.window.docks.panel("monitor")
        self.until(lambda: "loss" in monitor.plots)
        found: CurvePlot = monitor.plots["loss"]
        return found

    def sees_the_curve_move(self) -> None:
        """Watch the plot until its picture is another one with more points."""
        self.until(lambda: self.plot.isVisible() and len(self.losses()) > 2)
        count, picture = len(self.losses()), self.plot.grab().toImage()
        self.until(lambda: len(self.losses()) > count and self.plot.grab().toImage() != picture)

    # ---- within

    def _be_there(self) -> None:
        """Do what a window manager does when a box or a panel of its own has gone."""
        above = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if above is None and self.window.isVisible() and not self.window.isActiveWindow():
            self.window.activateWindow()
            self.until(self.window.isActiveWindow)

    @property
    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _button(self, words: str, within: QWidget | None) -> QAbstractButton | None:
        for button in (within or self.window).findChildren(QAbstractButton):
            if button.text().replace("&", "") == words and button.isVisible():
                return button
        return None

    def _tab(self, words: str) -> tuple[QTabBar, int] | None:
        for bar in self.window.findChildren(QTabBar):
            for place in range(bar.count() if bar.isVisible() and bar.x() >= 0 else 0):
                if bar.tabText(place).rstrip("0123456789 ") == words:
                    return bar, place
        return None

    def _on_canvas(self, at: QPointF, keys: Keys = NO_KEYS) -> None:
        view = self.canvas
        self.until(lambda: view.viewport().rect().contains(view.mapFromScene(at)))
        self.clicks += 1
        self.actions += 1
        self._mouse(QEvent.Type.MouseMove, at, keys)
        self._mouse(QEvent.Type.MouseButtonPress, at, keys)
        self._mouse(QEvent.Type.MouseButtonRelease, at, keys)

    def _mouse(self, kind: QEvent.Type, at: QPointF, keys: Keys = NO_KEYS) -> None:
        viewport = self.canvas.viewport()
        pixel = self.canvas.viewportTransform().map(at)
        everywhere = QPointF(viewport.mapToGlobal(pixel.toPoint()))
        moving = kind == QEvent.Type.MouseMove
        held = NO_BUTTON if kind == QEvent.Type.MouseButtonRelease else LEFT
        if moving and self.canvas.gesture is None:
            held = NO_BUTTON
        button = NO_BUTTON if moving else LEFT
        QApplication.sendEvent(viewport, QMouseEvent(kind, pixel, everywhere, button, held, keys))


@pytest.fixture
def person(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, nothing_on_screen: None
) -> Iterator[Person]:
    """A person before a fresh window, which is closed without questions at the end."""
    settings = Settings()
    theme = Theme("dark")
    style.apply(qapp, theme)
    window, funnel = compose(settings, theme)
    window.kept = funnel
    theme.setParent(window)
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    window.complete()
    qtbot.waitUntil(lambda: window.start_page.filled, timeout=PATIENCE)
    yield Person(window, qtbot)
    keys = ("stop", "discard")
    monkeypatch.setattr(
        messages, "ask", lambda *asked: next(a.key for a in asked[3] if a.key in keys)
    )
    window.close()
    window.deleteLater()
    swept(qapp)
    qapp.setStyleSheet("")
