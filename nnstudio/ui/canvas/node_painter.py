"""How a node is drawn near: cards, body, title, texts, badges, ports, states."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPainter, QPen

from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.badges import badge
from nnstudio.ui.canvas.level import Level
from nnstudio.ui.canvas.look import BADGES, Look, PortLook
from nnstudio.ui.canvas.paints import ROUND, SOLID, Outlines, Paints
from nnstudio.ui.canvas.texts import Texts


@dataclass(slots=True)
class Figure:
    """What the overlay says of a node: words for its body, a bar, the bar's place on the ramp."""

    words: str
    share: float = 0.0
    shade: int = -1


@dataclass(slots=True)
class Marks:
    """What the pointer and the keyboard are at; by node id.

    Attributes:
        hovered: The node below the pointer.
        current: The node that the keyboard is at, "" while the canvas has no focus.
        selected: Ids of the selected nodes.
        refused: A node that cannot be connected with what is being drawn.
        ports: Ports that are lit: (node, index, is output) → fits or not.
    """

    hovered: str = ""
    current: str = ""
    selected: frozenset[str] = frozenset()
    refused: str = ""
    ports: dict[tuple[str, int, bool], bool] = field(default_factory=dict)


class NodePainter:
    """Draws nodes around the origin; shared by all nodes of a canvas."""

    def __init__(self, paints: Paints, texts: Texts) -> None:
        self.paints, self.texts = paints, texts
        self.outlines = Outlines()
        self.marks = Marks()
        self.level = Level.NEAR

    def bounds(self, look: Look) -> QRectF:
        """Return what a node may cover, around its middle."""
        return self.outlines.get(look.width)[2]

    def shown(self, key: str, look: Look) -> tuple[QPen, bool]:
        """Return what the marks make of a node: its frame, and whether it has the focus."""
        return self._frame(key, look), key == self.marks.current

    def draw(self, painter: QPainter, key: str, look: Look, figure: Figure | None) -> None:
        """Draw one node."""
        self.draw_ground(painter, key, look)
        self.draw_words(painter, look, figure)

    def draw_ground(self, painter: QPainter, key: str, look: Look) -> None:
        """Draw what nodes of the same layer, size and state have in common."""
        paints, flags = self.paints, look.flags
        body, title, _ = self.outlines.get(look.width)
        if "repeated" in flags:
            self._cards(painter, look)
        bypassed, near = "bypassed" in flags, self.level is Level.NEAR
        # Near, the frame lies over the edge of the title; further away the title is all there is.
        shade = (paints.faded if bypassed else paints.families)[look.group]
        painter.setPen(paints.none if near else self._frame(key, look))
        painter.setBrush(paints.body if near else shade)
        painter.drawPath(body)
        if near:
            painter.setBrush(shade)
            painter.drawPath(title)
            painter.setBrush(paints.hollow)
            painter.setPen(self._frame(key, look))
            painter.drawPath(body)
        if key == self.marks.current:
            self._focus(painter, look)
        self._ports(painter, key, look)

    def draw_words(self, painter: QPainter, look: Look, figure: Figure | None) -> None:
        """Draw what a node says: its title, its badges, its body."""
        bypassed = "bypassed" in look.flags
        self._title(painter, look, bypassed)
        if self.level is Level.NEAR:
            self._body(painter, look, figure, bypassed)

    def _cards(self, painter: QPainter, look: Look) -> None:
        body, _, _ = self.outlines.get(look.width)
        painter.setPen(self.paints.frame)
        painter.setBrush(self.paints.cards[look.group])
        for step in (2, 1):
            shift = step * metrics.STACK
            painter.translate(shift, -shift)
            painter.drawPath(body)
            painter.translate(-shift, shift)

    def _frame(self, key: str, look: Look) -> QPen:
        paints, marks = self.paints, self.marks
        if key == marks.refused:
            return paints.error
        if key in marks.selected:
            return paints.selected
        if look.problem is not None:
            if "missing" in look.flags:
                return paints.absent
            return paints.error if look.faulty else paints.warning
        if key == marks.hovered:
            return paints.hover
        return paints.left_out if "bypassed" in look.flags else paints.frame

    def _title(self, painter: QPainter, look: Look, bypassed: bool) -> None:
        paints = self.paints
        left, top = -look.width / 2, -metrics.HEIGHT / 2
        names = [name for name in BADGES if name in look.flags]
        if "block" in look.flags:
            names.append("block")
        space = look.width - 2 * metrics.PADDING - len(names) * metrics.BADGE
        ink = paints.text if bypassed or not look.group else paints.on_accent
        words = f"{look.title} {look.count}" if look.count else look.title
        near = self.level is Level.NEAR
        # Further away the title has the whole node, and letters that can still be read.
        role, room = ("title", metrics.TITLE) if near else ("middle", metrics.HEIGHT)
        wide = space if near else look.width - 2 * metrics.PADDING
        painter.setPen(ink)
        painter.setFont(metrics.font(role))
        text = self.texts.get(role, words, wide + 1)
        at = top + (room - metrics.letters(role).height()) / 2
        painter.drawStaticText(QPointF(left + metrics.PADDING, at), text)
        if names and near:
            self._badges(painter, names, look, QPen(ink, 1.2))

    def _badges(self, painter: QPainter, names: list[str], look: Look, pen: QPen) -> None:
        painter.setPen(pen)
        painter.setBrush(self.paints.hollow)
        x = look.width / 2 - metrics.PADDING - 4.0
        for name in names:
            at = QPointF(x, -metrics.HEIGHT / 2 + metrics.TITLE / 2)
            painter.translate(at)
            painter.drawPath(badge(name))
            painter.translate(-at)
            x -= metrics.BADGE

    def _body(self, painter: QPainter, look: Look, figure: Figure | None, bypassed: bool) -> None:
        paints = self.paints
        words = figure.words if figure is not None else look.body
        painter.setPen(paints.text if figure is not None else paints.muted)
        painter.setFont(metrics.font("body"))
        text = self.texts.get("body", words, look.width - 2 * metrics.PADDING + 1)
        left = -look.width / 2 + metrics.PADDING
        room = metrics.HEIGHT - metrics.TITLE - 6.0
        top = -metrics.HEIGHT / 2 + metrics.TITLE
        height = metrics.letters("body").height()
        painter.drawStaticText(QPointF(left, top + (room - height) / 2 + 1), text)
        if bypassed:
            painter.setPen(paints.left_out)
            middle = top + room / 2 + 1.5
            wide = min(metrics.text_width("body", words), look.width - 2 * metrics.PADDING)
            painter.drawLine(QPointF(left, middle), QPointF(left + wide, middle))
        if figure is not None and figure.share > 0:
            self._bar(painter, look, figure)

    def _bar(self, painter: QPainter, look: Look, figure: Figure) -> None:
        wide = look.width - 2 * metrics.PADDING
        at = QRectF(-look.width / 2 + metrics.PADDING, metrics.HEIGHT / 2 - 7.0, wide, 3.0)
        painter.fillRect(at, self.paints.line)
        at.setWidth(max(2.0, wide * min(1.0, figure.share)))
        shade = self.paints.families[look.group].color()
        painter.fillRect(at, self.paints.ramp[figure.shade] if figure.shade >= 0 else shade)

    def _focus(self, painter: QPainter, look: Look) -> None:
        ring = 4.0
        body = self.outlines.get(look.width)[0].boundingRect()
        painter.setPen(self.paints.focus)
        painter.setBrush(self.paints.hollow)
        around = body.adjusted(-ring, -ring, ring, ring)
        if "repeated" in look.flags:
            around.adjust(0, -2 * metrics.STACK, 2 * metrics.STACK, 0)
        painter.drawRoundedRect(around, metrics.RADIUS + ring, metrics.RADIUS + ring)

    def _ports(self, painter: QPainter, key: str, look: Look) -> None:
        lit = self.marks.ports
        for output, ports in ((False, look.inputs), (True, look.outputs)):
            for index, port in enumerate(ports):
                at = metrics.port_at(index, len(ports), look.width, output=output)
                fits = lit.get((key, index, output)) if lit else None
                self._port(painter, at, port, fits)

    def _port(self, painter: QPainter, at: QPointF, port: PortLook, fits: bool | None) -> None:
        paints, reach = self.paints, metrics.PORT
        if fits is not None:
            self._lit(painter, at, fits)
            return
        if port.kind == "optional":
            painter.setPen(paints.port_ring)
            painter.setBrush(paints.ground)
            reach -= 0.75
        elif port.open:
            painter.setPen(paints.port_open)
            painter.setBrush(paints.ground)
        else:
            painter.setPen(paints.port_edge if self.level is Level.NEAR else paints.none)
            painter.setBrush(paints.port)
        if port.kind == "several":
            painter.drawRoundedRect(QRectF(at.x() - 12, at.y() - 4.5, 24, 9), 4.5, 4.5)
        elif port.kind == "extra":
            painter.drawRect(QRectF(at.x() - 4.25, at.y() - 4.25, 8.5, 8.5))
        else:
            painter.drawEllipse(at, reach, reach)

    def _lit(self, painter: QPainter, at: QPointF, fits: bool) -> None:
        """A disc for a port that fits, a cross for one that does not."""
        paints = self.paints
        color = paints.good if fits else paints.bad
        painter.setPen(QPen(paints.canvas, 1.5))
        painter.setBrush(QBrush(color))
        painter.drawEllipse(at, 7.5, 7.5)
        if not fits:
            painter.setPen(QPen(paints.canvas, 2.0, SOLID, ROUND))
            for turn in (1, -1):
                painter.drawLine(at + QPointF(-3, -3 * turn), at + QPointF(3, 3 * turn))
