"""What a gesture is: one object from press to release; nothing is in the document before that.

    press → the first class of `gestures.ORDER` whose `start` says yes → move … → release | cancel

A gesture paints itself over the canvas. Esc cancels it and leaves everything as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from nnstudio.graph.diff import Edge

Modifier = Qt.KeyboardModifier
THRESHOLD = 4.0
"""A press that moves less, in pixels, is a click."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies below the pointer, the topmost only.

    Attributes:
        node: A node's id, or "".
        port: A port (node, index, is output).
        edge: An edge.
        repair: The button of a problem (node, place among the repairs).
        note: A note's id, or "".
        corner: The note whose corner it is, by which it is resized, or "".
    """

    node: str = ""
    port: tuple[str, int, bool] | None = None
    edge: Edge | None = None
    repair: tuple[str, int] | None = None
    note: str = ""
    corner: str = ""

    @property
    def item(self) -> str:
        """The node or note that a press would select, or ""."""
        return self.node or self.note

    @property
    def empty(self) -> bool:
        """True on the bare canvas."""
        return not (self.item or self.port or self.edge or self.repair)


@dataclass(frozen=True, slots=True)
class Pointer:
    """The pointer at one moment.

    Attributes:
        pixel: Where in the view.
        point: Where on the canvas.
        modifiers: The keys that are held.
        button: The button that was pressed.
        hit: What lies below.
        space: True while the space bar is held.
    """

    pixel: QPointF
    point: QPointF
    modifiers: Qt.KeyboardModifier
    button: Qt.MouseButton
    hit: Hit
    space: bool = False

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        """Tell whether a key is held."""
        return bool(self.modifiers & modifier)


class Gesture:
    """The base of all gestures: does nothing.

    Attributes:
        view: The canvas.
        press: How it began.
        moved: True once the pointer has left the place of the press.
        cursor: The pointer's shape meanwhile.
    """

    cursor: Qt.CursorShape | None = None

    def __init__(self, view: Any, press: Pointer) -> None:
        self.view, self.press = view, press
        self.moved = False

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """Return a gesture when this press begins one."""
        return None

    def track(self, pointer: Pointer) -> None:
        """Follow the pointer; small tremors are none of the gesture's."""
        way = pointer.pixel - self.press.pixel
        if not self.moved and way.manhattanLength() < THRESHOLD:
            return
        self.moved = True
        self.move(pointer)

    def move(self, pointer: Pointer) -> None:
        """Show what a release here would do."""

    def release(self, pointer: Pointer) -> None:
        """Do it."""

    def cancel(self) -> None:
        """Take back all that was only shown."""

    def key(self, event: QKeyEvent) -> bool:
        """Take a key while it goes on; False leaves it to the view."""
        return False

    def draw(self, painter: QPainter) -> None:
        """Paint over the canvas, in canvas units."""
