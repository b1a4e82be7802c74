"""A graph drawn small: its nodes as bars in the colours of their families, its edges as lines.

Used where a project is shown before it is opened. It is drawn at whatever scale the screen has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.catalogue import registry
from nnstudio.graph.model import Graph, Project
from nnstudio.graph.topology import used_block
from nnstudio.studio.placing import ROW, places
from nnstudio.ui.theme import Group, Tokens

NODE = (140.0, 44.0)
"""The size of a node in the units of the canvas, as far as a picture is concerned."""
LONG = 1.6
"""An edge over more ranks than this would be hidden behind the nodes between."""
LARGEST = 0.4
"""A small graph is not blown up beyond this scale."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, in the units of the canvas.

    Attributes:
        nodes: The middle of each node and its family.
        edges: Straight from one node to another; around what stands between them.
        box: What holds all of it.
    """

    nodes: tuple[tuple[QPointF, Group], ...]
    edges: tuple[QLineF, ...]
    box: QRectF


def picture(project: Project, block: str = "") -> Picture:
    """Return the picture of a project's first network, or of one of its blocks."""
    graph = project.blocks.get(block) or next(iter(project.graphs.values()), None)
    if graph is None or not graph.nodes:
        return Picture((), (), QRectF())
    at = {key: QPointF(*place) for key, place in places(project, graph.id).items()}
    nodes = tuple((at[key], family(node.layer)) for key, node in graph.nodes.items())
    half_width, half_height = NODE[0] / 2, NODE[1] / 2
    boxes = [QRectF(p.x() - half_width, p.y() - half_height, *NODE) for p, _ in nodes]
    box = boxes[0]
    for one in boxes[1:]:
        box = box.united(one)
    edges = tuple(_edges(graph, at))
    for line in edges:
        box = box.united(QRectF(line.p1(), line.p2()).normalized())
    return Picture(nodes, edges, box)


def family(layer: str) -> Group:
    """Return the family that a node is coloured by."""
    if used_block(layer):
        return "block"
    spec = registry.layer(layer)
    return "tensor" if spec is None else spec.family


def paint(painter: QPainter, drawn: Picture, room: QRectF, tokens: Tokens) -> None:
    """Draw a picture into a rectangle, whole and in its middle.

    A network is taller than wide; it is laid on its side, from left to right, where that fills
    the room better.
    """
    if drawn.box.isEmpty():
        return
    box = drawn.box
    lying = (box.height() > box.width()) == (room.width() > room.height())
    wide, high = (box.height(), box.width()) if lying else (box.width(), box.height())
    scale = min(room.width() / wide, room.height() / high, LARGEST)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(room.center())

    def spot(point: QPointF) -> QPointF:
        away = (point - box.center()) * scale
        return QPointF(away.y(), away.x()) if lying else away

    pen = QPen(QColor(tokens.muted), 1.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLines([QLineF(spot(line.p1()), spot(line.p2())) for line in drawn.edges])
    painter.setPen(Qt.PenStyle.NoPen)
    size = (NODE[1], NODE[0]) if lying else NODE
    width, height = max(3.0, size[0] * scale), max(3.0, size[1] * scale)
    for place, group in drawn.nodes:
        middle = spot(place)
        painter.setBrush(tokens.family(group))
        bar = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
        painter.drawRoundedRect(bar, 2.0, 2.0)
    painter.restore()


def _edges(graph: Graph, at: dict[str, QPointF]) -> Iterator[QLineF]:
    for key, node in graph.nodes.items():
        for port in node.ports():
            if port.node in at:
                yield from _way(at[port.node], at[key])


def _way(start: QPointF, end: QPointF) -> Iterator[QLineF]:
    """Yield the lines of an edge; a long one in one lane goes around, the longest outermost."""
    ranks = (end.y() - start.y()) / ROW
    if abs(end.x() - start.x()) > 1 or ranks < LONG:
        yield QLineF(start, end)
        return
    away = start.x() + NODE[0] / 2 + (1 + ranks) * NODE[1] / 4
    turns = (start, QPointF(away, start.y()), QPointF(away, end.y()), end)
    yield from (QLineF(one, other) for one, other in pairwise(turns))
