"""What is wrong with a node, beside it: the message in words, and a click that mends it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.core.problems import Problem
from nnstudio.ui import i18n
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.overriding import override

WIDE, PAD, BUTTON = 264.0, 10.0, 22.0
AWAY = 16.0
"""How far it stands from its node."""
MOST_REPAIRS = 2


class Bubble(QGraphicsItem):
    """Stands at the middle of its node; draws to the right or left of it.

    Attributes:
        key: The node's id.
        problem: What is shown.
        lit: The repair below the pointer, or -1.
    """

    def __init__(self, key: str, problem: Problem, paints: Paints) -> None:
        super().__init__()
        self.key, self.problem, self.lit = key, problem, -1
        self._paints = paints
        self._side, self._offset = 1, 0.0
        self.setZValue(10)
        self._take(problem)

    @property
    def text(self) -> str:
        """What it says."""
        return i18n.message(self.problem)

    def show_problem(self, problem: Problem, paints: Paints) -> None:
        """Say this from now on."""
        self.prepareGeometryChange()
        self.problem, self._paints, self.lit = problem, paints, -1
        self._take(problem)

    def stand(self, at: QPointF, offset: float, side: int) -> None:
        """Stand beside a node of which the half width is `offset`; side 1 is the right."""
        self.prepareGeometryChange()
        self._side, self._offset = side, offset
        self.setPos(at)

    def box(self) -> QRectF:
        """Return the bubble in its own units, around the node's middle."""
        x = self._offset + AWAY
        left = x if self._side > 0 else -x - self._size.width()
        top = -min(metrics.HEIGHT, self._size.height()) / 2
        return QRectF(QPointF(left, top), self._size)

    def size(self) -> QSizeF:
        """Return how large it is."""
        return self._size

    def repair_below(self, point: QPointF) -> int:
        """Return the place of the repair below a point of the canvas, or -1."""
        here = self.mapFromScene(point)
        for index in range(len(self._labels)):
            if self._button(index).contains(here):
                return index
        return -1

    def light(self, repair: int) -> None:
        """Show a repair as pointed at."""
        if repair != self.lit:
            self.lit = repair
            self.update()

    def _take(self, problem: Problem) -> None:
        self._words = QStaticText(_sentence(i18n.message(problem)))
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextWidth(WIDE - 2 * PAD)
        self._words.prepare(font=metrics.font("bubble"))
        repairs = problem.repairs[:MOST_REPAIRS]
        letters = metrics.letters("button")
        room = WIDE - 2 * PAD - 16.0
        cut = Qt.TextElideMode.ElideRight
        self._labels = [
            letters.elidedText(_sentence(i18n.label(repair)), cut, room) for repair in repairs
        ]
        high = self._words.size().height() + 2 * PAD - 4.0
        if self._labels:
            high += len(self._labels) * (BUTTON + 4.0) + 4.0
        self._size = QSizeF(WIDE, high)
        self.setToolTip(_plain(i18n.hint(problem)))

    def _button(self, index: int) -> QRectF:
        box = self.box()
        top = box.top() + PAD + self._words.size().height() + 2.0 + index * (BUTTON + 4.0)
        wide = metrics.text_width("button", self._labels[index]) + 16.0
        return QRectF(box.left() + PAD, top, wide, BUTTON)

    @override
    def boundingRect(self) -> QRectF:
        return self.box().adjusted(-AWAY, -2, AWAY, 2)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        paints, box = self._paints, self.box()
        wrong = self.problem.severity == "error"
        tint = paints.bad if wrong else paints.warn
        path = QPainterPath()
        path.addRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
        near = box.left() if self._side > 0 else box.right()
        tip = QPainterPath(QPointF(near - self._side * (AWAY - 6.0), 0.0))
        tip.lineTo(near + self._side, -7.0)
        tip.lineTo(near + self._side, 7.0)
        tip.closeSubpath()
        painter.setPen(QPen(tint, 1.25))
        painter.setBrush(paints.bad_ground if wrong else paints.chip)
        painter.drawPath(path.united(tip))
        painter.setPen(paints.text)
        painter.setFont(metrics.font("bubble"))
        painter.drawStaticText(box.topLeft() + QPointF(PAD, PAD - 3.0), self._words)
        for index, label in enumerate(self._labels):
            self._draw_button(painter, index, label)

    def _draw_button(self, painter: QPainter, index: int, label: str) -> None:
        paints, rect = self._paints, self._button(index)
        lit = index == self.lit
        painter.setPen(QPen(paints.accent, 1.25))
        painter.setBrush(paints.accent if lit else paints.chip)
        painter.drawRoundedRect(rect, 4.0, 4.0)
        painter.setPen(paints.on_accent if lit else paints.accent)
        painter.setFont(metrics.font("button"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, label)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Return a tooltip that shows what looks like markup as it is written."""
    if "<" not in text:
        return text
    return f"<span>{text.replace('&', '&amp;').replace('<', '&lt;')}</span>"
