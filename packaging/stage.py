"""The real window off screen, for pictures: it waits, it goes through both themes, it saves."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from nnstudio.project.settings import Settings
from nnstudio.ui import app, style
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import CanvasView

SIZE = (1600, 1000)
PATIENCE = 300.0
NO_BUTTON, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


class Stage:
    """One window, and what takes its pictures.

    Attributes:
        window: It.
        folder: Where the pictures go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.application = app.make_application()
        settings, self.theme = Settings(), Theme("dark")
        style.apply(self.application, self.theme)
        self.window, self.funnel = app.compose(settings, self.theme)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()
        self.rest(0.1)
        self.window.complete()
        self.until(lambda: self.window.start_page.filled)

    @property
    def canvas(self) -> "CanvasView":
        """The canvas."""
        view: CanvasView = self.window.canvas
        return view

    def rest(self, seconds: float) -> None:
        """Let the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()  # QTest.qWait sleeps without letting the interpreter go, and a run stands still

    def until(self, condition: Callable[[], object]) -> bool:
        """Let the window live until something is so; return whether it came about."""
        end = time.monotonic() + PATIENCE
        while not condition() and time.monotonic() < end:
            self.rest(0.05)
        return bool(condition())

    def shot(self, name: str, widget: QWidget | None = None) -> None:
        """Save a picture in both themes."""
        for mode in ("dark", "light"):
            self.theme.choose("dark" if mode == "dark" else "light")
            self.rest(0.3)
            (widget or self.window).grab().save(str(self.folder / f"{name}-{mode}.png"))
        self.theme.choose("dark")

    def dialog(self, name: str, dialog: QDialog) -> None:
        """Show a dialog without waiting for its end, and save its picture."""
        dialog.setModal(False)
        dialog.show()
        self.rest(0.5)
        self.shot(name, dialog)
        dialog.close()

    def look(self, node: str) -> None:
        """Bring a node into the middle, at 100 %."""
        self.canvas.camera.look_at(self.canvas.canvas.nodes[node].pos(), 1.0)
        self.canvas.look_again()

    def template(self, name: str) -> None:
        """Open a template."""
        self.stop()
        self.window.files.may_leave = lambda: True  # type: ignore[method-assign]
        self.window.files.template(name)
        self.window.show_arrangement("design")
        self.window.reset_panels()
        self.rest(0.8)

    def train(self, ready: Callable[[], object]) -> None:
        """Start a run, and wait until it has something to show."""
        self.window.running.runs.start("afresh")
        self.until(ready)

    def stop(self) -> None:
        """End the run that goes on."""
        runs = self.window.running.runs
        if runs.busy:
            runs.stop()
        self.until(lambda: not runs.active)

    def type(self, words: str, *keys: Qt.Key) -> None:
        """Type into whatever has the keyboard, and press keys there."""
        self.window.activateWindow()
        self.until(lambda: QApplication.focusWidget() is not None)
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, words)
        for key in keys:
            QTest.keyClick(focus, key)
        self.rest(0.3)

    def node(self, layer: str) -> str:
        """Return the first node of a layer."""
        graph = self.window.documents.session.project.graph(self.window.view.graph)
        return next(key for key, node in graph.nodes.items() if node.layer.startswith(layer))

    def select(self, *layers: str) -> None:
        """Select the first node of each of these layers."""
        view = self.window.view
        chosen = [self.node(layer) for layer in layers]
        view.reveal(view.graph, chosen[0])
        view.select(chosen)
        self.rest(0.3)

    def mouse(self, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton = NO_BUTTON) -> None:
        """Send a mouse event to a place of the canvas, in its own units."""
        pixel = QPointF(self.canvas.mapFromScene(at))
        everywhere = QPointF(self.canvas.viewport().mapToGlobal(pixel.toPoint()))
        moving = kind == QEvent.Type.MouseMove
        button = NO_BUTTON if moving else Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, pixel, everywhere, button, held, NO_KEYS)
        QApplication.sendEvent(self.canvas.viewport(), event)

    def leave(self) -> None:
        """End at once: runs in threads go on, and nobody waits for them."""
        self.window.hide()
        os._exit(0)
