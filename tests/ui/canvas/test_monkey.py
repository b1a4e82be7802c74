"""A monkey at the canvas: whatever is pressed in whatever order, nothing breaks.

Keys come faster than the window can follow, clicks land anywhere, and actions are triggered that
were enabled a moment ago. What it draws is undone at the end, to the last node.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.compiler.analysis import analyse
from nnstudio.graph.edits import SetBypass
from nnstudio.graph.history import LIMIT
from nnstudio.studio.actions import ACTIONS
from nnstudio.ui.main_window import MainWindow

pytestmark = pytest.mark.gui
Key, Mod, Button = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton
MODAL = (
    "file.", "help.", "run.", "edit.preferences", "graph.new_layer", "graph.edit_code",
    "graph.keep_block", "view.palette", "view.full", "view.theme", "view.start",
)  # fmt: skip
"""What asks, or leaves the canvas."""

KEYS = [
    (Key.Key_Return, Mod.NoModifier), (Key.Key_Escape, Mod.NoModifier),
    (Key.Key_Tab, Mod.NoModifier), (Key.Key_Backtab, Mod.ShiftModifier),
    (Key.Key_Delete, Mod.NoModifier), (Key.Key_Delete, Mod.ShiftModifier),
    (Key.Key_Up, Mod.NoModifier), (Key.Key_Down, Mod.NoModifier),
    (Key.Key_Left, Mod.NoModifier), (Key.Key_Right, Mod.NoModifier),
    (Key.Key_Down, Mod.ShiftModifier), (Key.Key_Right, Mod.AltModifier),
    (Key.Key_Space, Mod.NoModifier), (Key.Key_F2, Mod.NoModifier),
    (Key.Key_A, Mod.ControlModifier), (Key.Key_C, Mod.ControlModifier),
    (Key.Key_V, Mod.ControlModifier), (Key.Key_X, Mod.ControlModifier),
    (Key.Key_D, Mod.ControlModifier), (Key.Key_G, Mod.ControlModifier),
    (Key.Key_G, Mod.ControlModifier | Mod.ShiftModifier),
    (Key.Key_Z, Mod.ControlModifier), (Key.Key_Y, Mod.ControlModifier),
    (Key.Key_Return, Mod.ControlModifier), (Key.Key_Return, Mod.AltModifier),
    *((key, Mod.NoModifier) for key in (Key.Key_N, Key.Key_C, Key.Key_R, Key.Key_M, Key.Key_O,
                                        Key.Key_F, Key.Key_1, Key.Key_4, Key.Key_L, Key.Key_I)),
]  # fmt: skip


class Monkey:
    """Works at a window, reproducibly."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window, self.rng = window, random.Random(seed)
        self.actions = [key for key in ACTIONS if not key.startswith(MODAL)]

    @property
    def viewport(self) -> QWidget:
        viewport: QWidget = self.window.canvas.viewport()
        return viewport

    def work(self, deeds: int) -> None:
        ways: list[Callable[[], None]] = [
            self.press, self.press, self.press, self.click, self.drag, self.act, self.choose,
        ]  # fmt: skip
        for _ in range(deeds):
            self.rng.choice(ways)()
            if self.rng.random() < 0.4:
                QApplication.processEvents()
        QTest.keyClick(self.window.canvas, Key.Key_Escape)
        self.window.canvas.setFocus()
        QApplication.processEvents()

    def press(self) -> None:
        key, mod = self.rng.choice(KEYS)
        focus = QApplication.focusWidget()
        ours = focus is not None and self.window.canvas.isAncestorOf(focus)
        QTest.keyClick(focus if ours else self.window.canvas, key, mod)

    def click(self) -> None:
        twice = self.rng.random() < 0.3
        way: Any = QTest.mouseDClick if twice else QTest.mouseClick
        mod = self.rng.choice([Mod.NoModifier, Mod.ShiftModifier, Mod.ControlModifier])
        way(self.viewport, Button.LeftButton, mod, self.place())

    def drag(self) -> None:
        QTest.mousePress(self.viewport, Button.LeftButton, Mod.NoModifier, self.place())
        for _ in range(self.rng.randint(1, 4)):
            QTest.mouseMove(self.viewport, self.place())
            if self.rng.random() < 0.1:
                self.press()  # while the button is held
        QTest.mouseRelease(self.viewport, Button.LeftButton, Mod.NoModifier, self.place())

    def act(self) -> None:
        action = self.window.book[self.rng.choice(self.actions)]
        action.setEnabled(True)  # as it was before the last key
        action.trigger()

    def choose(self) -> None:
        graph = self.window.session.project.graph(self.window.view.graph)
        some = self.rng.sample(list(graph.nodes), min(len(graph.nodes), self.rng.randint(0, 4)))
        self.window.view.select(some)

    def place(self) -> QPoint:
        """Somewhere, most often where there is something."""
        nodes = list(self.window.canvas.canvas.nodes.values())
        if nodes and self.rng.random() < 0.7:
            at = self.window.canvas.mapFromScene(self.rng.choice(nodes).pos())
            return at + QPoint(self.rng.randint(-70, 70), self.rng.randint(-30, 30))
        size = self.viewport.size()
        return QPoint(self.rng.randrange(size.width()), self.rng.randrange(size.height()))


def wild(window: MainWindow, template: str, seed: int, deeds: int) -> None:
    window.files.template(template)
    window.show_arrangement("design")
    window.activateWindow()
    QApplication.processEvents()
    session = window.session
    before = session.project
    monkey = Monkey(window, seed)
    monkey.work(deeds)
    found = analyse(session.project)
    known = session.analysis
    assert [str(p) for p in known.problems] == [str(p) for p in found.problems]
    assert {key: info.nodes for key, info in known.graphs.items()} == {
        key: info.nodes for key, info in found.graphs.items()
    }
    whole = len(session.steps) <= LIMIT  # else the first steps are forgotten
    while session.can_undo:
        session.undo()
    assert session.project == before or not whole


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_pressed(window: MainWindow, seed: int) -> None:
    wild(window, ("resnet-mnist", "mlp-digits")[seed % 2], seed, 120)


def test_what_could_be_done_a_moment_ago_is_not_done(window: MainWindow) -> None:
    """Escape and Return in one breath opened a note that nobody had selected."""
    window.files.template("mlp-digits")
    window.view.select([])
    QApplication.processEvents()
    impossible = [key for key in Monkey(window, 0).actions if not window.book.can(key)]
    assert {"graph.edit", "edit.delete", "graph.group", "edit.undo"} <= set(impossible)
    before = window.session.project
    for key in impossible:
        window.book[key].setEnabled(True)
        window.book[key].trigger()
    assert window.session.project is before


def test_a_bypassed_layer_with_weights_is_looked_at(window: MainWindow) -> None:
    """Its arguments are not worked out, and the inspector asked for those of a lender."""
    window.files.template("resnet-mnist")
    graph = window.session.project.graph(window.view.graph)
    norm = next(key for key, node in graph.nodes.items() if node.layer == "BatchNorm2d")
    window.view.select([norm])
    QApplication.processEvents()
    window.session.do(SetBypass(graph.id, norm, True))
    QApplication.processEvents()
    window.session.undo()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(100, 140))
def test_whatever_is_pressed_for_long(window: MainWindow, seed: int) -> None:
    wild(window, ("resnet-mnist", "char-gpt", "dcgan-mnist", "empty")[seed % 4], seed, 1500)
