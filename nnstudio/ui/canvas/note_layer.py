"""The notes of one graph: laid out once, painted below edges and nodes, in no item of the scene.

A note is as high as its text needs, or higher when it was drawn so. Its text comes from a file and
is shown as it is written, never as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QStaticText, QTextOption, QTransform

from nnstudio.graph.model import EMPTY, Note
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.level import Level
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.texts import Texts
from nnstudio.ui.i18n import tr

PADDING = 12.0
BAR = 3.0
RADIUS = 5.0
CORNER = 12.0
"""How far from its lower right corner a note can be taken to resize it."""
READABLE = 56.0
"""A note that is narrower than this on the screen is only a box."""


@dataclass(frozen=True, slots=True)
class _Laid:
    note: Note
    text: QStaticText
    box: QRectF


class NoteLayer:
    """Where the notes of a graph lie, and what they look like.

    Attributes:
        selected: Ids of the selected notes.
    """

    def __init__(self, texts: Texts) -> None:
        self.selected: frozenset[str] = frozenset()
        self._texts = texts
        self._notes: Mapping[str, Note] = EMPTY
        self._laid: dict[str, _Laid] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._laid

    def __iter__(self) -> Iterator[str]:
        return iter(self._laid)

    def __len__(self) -> int:
        return len(self._laid)

    def show(self, notes: Mapping[str, Note]) -> QRectF:
        """Show these notes; return what has to be painted anew."""
        before, self._notes = self._laid, notes
        self._laid = {key: self._lay(note, before.get(key)) for key, note in notes.items()}
        self.selected &= self._laid.keys()
        dirty = QRectF()
        for key in {**before, **self._laid}:
            old, new = before.get(key), self._laid.get(key)
            if old is not new or list(before) != list(self._laid):
                dirty |= (old.box if old else QRectF()) | (new.box if new else QRectF())
        return _grown(dirty)

    def select(self, keys: frozenset[str]) -> QRectF:
        """Show those of these ids that are notes as selected; return as `show`."""
        before, self.selected = self.selected, keys & self._laid.keys()
        dirty = QRectF()
        for key in before ^ self.selected:
            dirty |= self._laid[key].box
        return _grown(dirty)

    def preview(self, changed: Mapping[str, Note]) -> QRectF:
        """Show notes elsewhere, or in another size, while a gesture goes on; return as `show`."""
        dirty = QRectF()
        for key, note in changed.items():
            old = self._laid[key]
            self._laid[key] = self._lay(note, old)
            dirty |= old.box | self._laid[key].box
        return _grown(dirty)

    def settle(self) -> QRectF:
        """Show all of them as the document has them; return as `show`."""
        return self.show(self._notes)

    def note(self, key: str) -> Note:
        """Return a note as it is shown."""
        return self._laid[key].note

    def box(self, key: str) -> QRectF:
        """Return where a note lies."""
        return self._laid[key].box

    def bounds(self) -> QRectF:
        """Return the rectangle around all notes; an empty one when there are none."""
        found = QRectF()
        for laid in self._laid.values():
            found |= laid.box
        return found

    def at(self, point: QPointF) -> str:
        """Return the topmost note below a point, or ""."""
        found = [key for key, laid in self._laid.items() if laid.box.contains(point)]
        return found[-1] if found else ""

    def corner_at(self, point: QPointF, reach: float) -> str:
        """Return the note whose lower right corner is within reach of a point, or ""."""
        for key, laid in self._laid.items():
            away = laid.box.bottomRight() - point
            if max(abs(away.x()), abs(away.y())) <= reach:
                return key
        return ""

    def within(self, rect: QRectF) -> list[str]:
        """Return the notes that a rectangle touches."""
        return [key for key, laid in self._laid.items() if laid.box.intersects(rect)]

    def draw(self, painter: QPainter, paints: Paints, rect: QRectF, level: Level) -> None:
        """Paint the notes that a rectangle touches, in canvas units."""
        for key, laid in self._laid.items():
            if not laid.box.intersects(_grown(rect)):
                continue
            chosen = key in self.selected
            _draw_box(painter, paints, laid.box, chosen=chosen)
            if level is Level.FAR:
                self._draw_far(painter, paints, laid)
                continue
            painter.setPen(paints.note_ink)
            painter.setFont(metrics.font("note"))
            painter.drawStaticText(laid.box.topLeft() + QPointF(PADDING + BAR, PADDING), laid.text)
            if chosen:
                _draw_corner(painter, paints, laid.box.bottomRight())

    def _lay(self, note: Note, old: _Laid | None) -> _Laid:
        if old is not None and old.note == note:
            return old
        same = old is not None and (old.note.text, old.note.width) == (note.text, note.width)
        text = old.text if same and old is not None else _laid_out(note)
        high = max(note.height, text.size().height() + 2 * PADDING)
        return _Laid(note, text, QRectF(*note.at, note.width, high))

    def _draw_far(self, painter: QPainter, paints: Paints, laid: _Laid) -> None:
        """Paint the first line in the size of the screen, so that it can be read."""
        transform = painter.worldTransform()
        box = transform.mapRect(laid.box)
        space = box.width() - 12.0
        high = metrics.letters("far").height()
        if space < READABLE or box.height() < high:
            return
        first = laid.note.text.strip().split("\n", 1)[0]
        painter.resetTransform()
        painter.setPen(paints.note_ink)
        painter.setFont(metrics.font("far"))
        text = self._texts.get("far", first, space // 4 * 4)
        painter.drawStaticText(box.topLeft() + QPointF(8.0, min(6.0, box.height() - high)), text)
        painter.setWorldTransform(transform)


def _laid_out(note: Note) -> QStaticText:
    made = QStaticText(note.text or tr("Double-click to write"))
    made.setTextFormat(Qt.TextFormat.PlainText)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    made.setTextOption(option)
    made.setTextWidth(note.width - 2 * PADDING - BAR)
    made.prepare(QTransform(), metrics.font("note"))
    return made


def _draw_box(painter: QPainter, paints: Paints, box: QRectF, *, chosen: bool) -> None:
    painter.setPen(paints.selected if chosen else paints.note_edge)
    painter.setBrush(paints.note)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.setPen(paints.none)
    painter.setBrush(paints.note_bar)
    painter.drawRect(QRectF(box.left() + 1, box.top() + RADIUS, BAR, box.height() - 2 * RADIUS))


def _draw_corner(painter: QPainter, paints: Paints, at: QPointF) -> None:
    painter.setPen(paints.selected)
    for step in (4.0, 8.0):
        painter.drawLine(at - QPointF(step + 2, 3), at - QPointF(3, step + 2))


def _grown(rect: QRectF) -> QRectF:
    """Return a rectangle with the frame around it; never an empty one, which means everything."""
    return rect.adjusted(-4, -4, 4, 4)
