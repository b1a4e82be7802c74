"""Shapes on the edges: a chip `N × 64 × 14 × 14` where the shape changes or there is room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from nnstudio.graph.diff import Edge
from nnstudio.graph.model import Port
from nnstudio.studio.summaries import shape_words
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.edge_layer import HALF, EdgeLayer
from nnstudio.ui.canvas.look import Look
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.texts import Texts

LONGEST = 240.0
TIGHT, ROOMY = 30.0, 80.0
"""How far two nodes must be apart for a shape that changes, and for one that does not."""

SIDEWAYS = 64.0
"""An edge that goes further to the side has its chip at one of its ends."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A shape on an edge: its words, cut to what there is room for, and whether it is new here."""

    text: str
    width: float
    changes: bool


class Chips:
    """The shapes of one canvas, each on one of the edges that leave its port.

    Args:
        edges: The edges.
        texts: Laid out texts.
    """

    def __init__(self, edges: EdgeLayer, texts: Texts) -> None:
        self._edges, self._texts = edges, texts
        self.on: dict[Edge, Chip] = {}
        self._place: dict[Port, Edge] = {}

    def clear(self) -> None:
        """Forget everything."""
        self.on, self._place = {}, {}

    def settle(self, ports: Iterable[Port], look: Callable[[str], Look | None]) -> None:
        """Put the shape of some ports on the best of their edges, or take it away."""
        for port in ports:
            old = self._place.pop(port, None)
            if old is not None:
                self.on.pop(old, None)
            found = look(port.node)
            if found is None or port.output >= len(found.shapes):
                continue
            at_node = self._edges.incident.get(port.node, ())
            mine = [edge for edge in at_node if edge.source == port]
            if mine:
                edge = min(mine, key=self._rank)
                self._place[port] = edge
                self.on[edge] = _chip(shape_words(found.shapes[port.output]), found, port)

    def box(self, edge: Edge) -> QRectF:
        """Return where the chip of an edge is."""
        points = self._edges.points[self._edges.row[edge]]
        at = self._along(edge)
        middle = (points[at - 1] + points[at]) / 2
        wide = self.on[edge].width
        return QRectF(middle[0] - wide / 2, middle[1] - metrics.CHIP / 2, wide, metrics.CHIP)

    def _along(self, edge: Edge) -> int:
        """Return at which point of an edge its chip is.

        Where edges fan out or meet, chips in the middle would cover each other: there they keep to
        the end that the edge has for itself.
        """
        x1, _, x2, _ = self._edges.ends[self._edges.row[edge]]
        lane = float(self._edges.lanes[self._edges.row[edge]])
        leave = sum(one.source.node == edge.source.node for one in self._at(edge.source.node))
        meet = sum(one.node == edge.node for one in self._at(edge.node))
        if lane == lane or abs(x1 - x2) < SIDEWAYS or (leave > 1) == (meet > 1):
            return HALF
        return HALF // 2 if meet > 1 else HALF + HALF // 2

    def _at(self, node: str) -> Collection[Edge]:
        return self._edges.incident.get(node, ())

    def draw(
        self,
        painter: QPainter,
        paints: Paints,
        edges: Iterable[Edge],
        some: bool,
        hot: Collection[Edge],
    ) -> None:
        """Draw the chips of some edges.

        Args:
            painter: In canvas units.
            paints: The palette.
            edges: Those that may be seen.
            some: False to show only the shapes of the hot edges.
            hot: Edges that are pointed at, whose shape is always shown.
        """
        painter.setFont(metrics.font("chip"))
        high = metrics.letters("chip").height()
        for edge in edges:
            chip = self.on.get(edge)
            if chip is None or not (edge in hot or (some and self._fits(edge, chip))):
                continue
            box = self.box(edge)
            painter.setPen(paints.chip_edge)
            painter.setBrush(paints.chip)
            painter.drawRoundedRect(box, metrics.CHIP / 2, metrics.CHIP / 2)
            painter.setPen(paints.text if chip.changes else paints.muted)
            at = QPointF(box.left() + 8.0, box.top() + (metrics.CHIP - high) / 2)
            painter.drawStaticText(at, self._texts.get("chip", chip.text))

    def _fits(self, edge: Edge, chip: Chip) -> bool:
        _, y1, _, y2 = self._edges.ends[self._edges.row[edge]]
        return bool(y2 - y1 >= (TIGHT if chip.changes else ROOMY))

    def _rank(self, edge: Edge) -> tuple[bool, float, str]:
        row = self._edges.row[edge]
        lane = float(self._edges.lanes[row])
        x1, _, x2, _ = self._edges.ends[row]
        return lane == lane, abs(x1 - x2), str(edge)


def _chip(words: str, look: Look, port: Port) -> Chip:
    letters = metrics.letters("chip")
    cut = letters.elidedText(words, Qt.TextElideMode.ElideRight, LONGEST)
    wide = metrics.text_width("chip", cut) + 16.0
    return Chip(cut, wide, look.changes or port.output > 0)
