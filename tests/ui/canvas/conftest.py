"""A canvas of a small network on the offscreen platform, and hands for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.core.problems import NNStudioError
from nnstudio.graph.model import Project
from nnstudio.studio import placing
from nnstudio.studio.session import Session
from nnstudio.ui import fonts
from nnstudio.ui.canvas.panel import CanvasPanel
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.context import Context
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState
from tests.builder import GraphBuilder, project

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def chain() -> Project:
    """Input → Conv2d → ReLU → Flatten → Linear → Output, placed; n1 … n6."""
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 1, 8, 8)
    x = b("Conv2d", x, out_channels=4, padding=1)
    x = b("ReLU", x)
    x = b("Flatten", x)
    x = b("Linear", x, out_features=10)
    b.output(x)
    return placed(project(b))


def placed(made: Project) -> Project:
    """The same with a position for every node."""
    graphs = (*made.graphs, *made.blocks)
    return replace(made, layout={key: placing.places(made, key) for key in graphs})


def snapshot(scene: CanvasScene) -> dict[str, Any]:
    """All that a scene shows, as plain values."""
    scene.catch_up()
    drawn = scene.wiring.edges
    return {
        "nodes": {k: (i.pos().toTuple(), i.look, i.figure) for k, i in scene.nodes.items()},
        "edges": {edge: drawn.curve(edge) for edge in drawn.keys},
        "chips": dict(scene.wiring.chips.on),
        "bubbles": scene.bubbles.snapshot(),
        "selected": scene.painter.marks.selected,
        "shades": dict(scene.wiring.painter.shades),
        "notes": [(key, scene.notes.note(key), scene.notes.box(key)) for key in scene.notes],
        "notes selected": scene.notes.selected,
    }


class Hand:
    """Works at a canvas by real events, in canvas units.

    Attributes:
        panel: The canvas with its bars.
        refusals: What the user was told.
    """

    def __init__(self, panel: CanvasPanel, context: Context, refusals: list[NNStudioError]) -> None:
        self.panel, self.context, self.refusals = panel, context, refusals

    @property
    def view(self) -> CanvasView:
        return self.panel.view

    @property
    def project(self) -> Project:
        return self.context.session.project

    @property
    def nodes(self):
        return self.project.graphs["net"].nodes

    def pixel(self, point: QPointF) -> QPoint:
        return self.view.viewportTransform().map(point).toPoint()

    def at(self, key: str, dx: float = 0.0, dy: float = 0.0) -> QPointF:
        return self.view.canvas.nodes[key].pos() + QPointF(dx, dy)

    def port(self, key: str, index: int = 0, output: bool = True) -> QPointF:
        return self.view.canvas.nodes[key].port(index, output=output)

    def send(self, kind: QEvent.Type, point: QPointF, button=LEFT, held=None, keys=NONE) -> None:
        at = QPointF(self.pixel(point))
        held = button if held is None else held
        glob = QPointF(self.view.viewport().mapToGlobal(at.toPoint()))
        QApplication.sendEvent(
            self.view.viewport(), QMouseEvent(kind, at, glob, button, held, keys)
        )

    def move(self, point: QPointF, keys=NONE) -> None:
        self.send(
            QEvent.Type.MouseMove, point, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, keys
        )

    def press(self, point: QPointF, button=LEFT, keys=NONE) -> None:
        self.send(QEvent.Type.MouseButtonPress, point, button, keys=keys)

    def release(self, point: QPointF, button=LEFT, keys=NONE) -> None:
        self.send(QEvent.Type.MouseButtonRelease, point, button, Qt.MouseButton.NoButton, keys)

    def click(self, point: QPointF, keys=NONE, button=LEFT) -> None:
        self.press(point, button, keys)
        self.release(point, button, keys)

    def double(self, point: QPointF) -> None:
        self.click(point)
        self.send(QEvent.Type.MouseButtonDblClick, point)

    def drag(self, start: QPointF, end: QPointF, keys=NONE, button=LEFT, drop=True) -> None:
        self.press(start, button, keys)
        for step in (0.2, 0.6, 1.0):
            point = start + (end - start) * step
            self.send(QEvent.Type.MouseMove, point, Qt.MouseButton.NoButton, button, keys)
        if drop:
            self.release(end, button, keys)

    def key(self, key: Qt.Key, keys=NONE) -> None:
        QTest.keyClick(self.view, key, keys)

    def type(self, text: str) -> None:
        """Type into the popup that has the keyboard."""
        QTest.keyClicks(QApplication.focusWidget(), text)

    def enter(self) -> None:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)

    def run(self, action: str) -> None:
        self.panel.commands.run(action)


@pytest.fixture(scope="session", autouse=True)
def shipped_fonts(qapp: QApplication) -> None:
    fonts.load()


@pytest.fixture
def hand(qtbot: QtBot) -> Iterator[Callable[..., Hand]]:
    """Makes a canvas for a document; it goes at the end of the test."""
    made: list[CanvasPanel] = []

    def make(document: Project | None = None, graph: str = "net", size=(1000, 900)) -> Hand:
        refusals: list[NNStudioError] = []
        state = ViewState(graph)
        context = Context(Session(document or chain()), state, Theme("dark"), refusals.append)
        panel = CanvasPanel(context)
        panel.kept = (state, context.theme)  # Qt keeps no Python object alive by itself
        panel.resize(*size)
        panel.show()
        panel.activateWindow()
        panel.view.setFocus()
        QCoreApplication.processEvents()
        panel.view.camera.look_at(
            panel.view.canvas.table.bounds().center() if panel.view.canvas.nodes else QPointF(), 1.0
        )
        panel.view.look_again()
        made.append(panel)
        return Hand(panel, context, refusals)

    yield make
    QGuiApplication.clipboard().clear()  # off screen, data left there outlives the application
    for panel in made:
        panel.close_canvas()
        panel.close()
        panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
