"""The text of a note, written on the note itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QCursor, QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNote, SetNoteText
from nnstudio.graph.model import Note
from nnstudio.studio import placing
from nnstudio.ui.canvas import metrics
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme

LEAST = 64
AWAY = 72.0
"""How far from the corner of what is seen a new note lies that no pointer places, in pixels."""


class NoteField(QPlainTextEdit):
    """Enter breaks the line; Esc, Ctrl+Enter and a click elsewhere take the text.

    Args:
        parent: What it lies in.
        theme: The look.
        text: What stands on the note.
        font: The font of the note.
        taken: Called with the text; returns whether it could be taken.
    """

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        text: str,
        font: QFont,
        taken: Callable[[str], bool],
    ) -> None:
        super().__init__(text, parent)
        self._taken, self._done = taken, False
        self.setFont(font)
        self.setAccessibleName(tr("Text of the note"))
        self.setPlaceholderText(tr("What is worth knowing here"))
        self.setTabChangesFocus(False)
        tokens = theme.tokens
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {tokens.panel}; color: {tokens.text}; padding: 4px;"
            f" border: 1px solid {tokens.accent}; border-radius: 5px; }}"
        )
        self.selectAll()

    def open_at(self, rect: QRect) -> None:
        """Show it over a rectangle of its parent."""
        self.setGeometry(rect)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def finish(self) -> None:
        """Take the text and go; stay when it is refused."""
        if self._done:
            return
        self._done = True
        if not self._taken(self.toPlainText()):
            self._done = False
            return
        focused = self.hasFocus()
        self.hide()
        if focused:
            self.parentWidget().parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape or (enter and control):
            self.finish()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()


def add(view: Any) -> None:
    """Lay an empty note where there is room, and write on it: below the pointer if it is here."""
    canvas, pixel = view.canvas, view.viewport().mapFromGlobal(QCursor.pos())
    if view.viewport().rect().contains(pixel):
        at = view.mapToScene(pixel)
    else:
        at = view.camera.seen().topLeft() + QPointF(AWAY, AWAY) / view.camera.zoom
    key = new_id()
    note = Note(at=placing.snapped(at.toTuple()))
    if view.do(adding := AddNote(canvas.graph_id, key, note)):
        view.context.view.select([key])
        write(view, key, adding)


def write(view: Any, key: str, adding: AddNote | None = None) -> None:
    """Open a field on a note; what was typed is one step.

    Args:
        view: The canvas.
        key: The note.
        adding: The step that has just laid it down: without a text it is taken back.
    """
    layer, graph_id = view.canvas.notes, view.canvas.graph_id
    if key not in layer:
        return
    old = layer.note(key).text

    def taken(text: str) -> bool:
        session = view.context.session
        if adding is not None and not text.strip() and session.steps[session.step].edit is adding:
            session.undo()
            return True
        same = text == old or key not in layer
        return same or bool(view.do(SetNoteText(graph_id, key, text)))

    zoom = max(0.8, view.camera.zoom)
    font = QFont(metrics.font("note"))
    font.setPixelSize(round(font.pixelSize() * zoom))
    field = NoteField(view.viewport(), view.context.theme, old, font, taken)
    view.camera.reveal(layer.box(key))
    box = view.mapFromScene(QRectF(layer.box(key))).boundingRect()
    wide = max(box.width(), round(layer.note(key).width * zoom))
    field.open_at(QRect(box.left(), box.top(), wide, max(LEAST, box.height() + 24)))
