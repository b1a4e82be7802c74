"""Nodes as pictures while the zoom rests, so that moving what is seen only copies them.

The first frame of a zoom paints the nodes themselves, since the next frame may have another; the
second keeps what it paints. Pictures together are never more than a few screens, so that a long way
over a large graph takes no more memory than a short one.
"""

from __future__ import annotations

import math
from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from nnstudio.ui.canvas.look import Look
from nnstudio.ui.canvas.node_painter import Figure, NodePainter

MOST = 4_000_000
"""Pixels that are kept: 16 MB."""

GROUNDS = 64
"""Grounds that are kept: layers times states times widths, of what is in sight."""


class NodePictures:
    """Paints nodes, and keeps what it has painted.

    Args:
        nodes: Paints a node around the origin.
    """

    def __init__(self, nodes: NodePainter) -> None:
        self.nodes = nodes
        self._kept: OrderedDict[str, tuple[tuple[object, ...], QPixmap, QPointF]] = OrderedDict()
        self._grounds: dict[tuple[object, ...], QPixmap] = {}
        self._grounds_of: tuple[object, ...] = ()
        self._pixels = 0
        self._zoom = 0.0
        self._resting = False

    def begin(self, zoom: float) -> None:
        """A frame begins."""
        self._resting = zoom == self._zoom
        if not self._resting:
            self._zoom = zoom
            self.forget()

    def forget(self) -> None:
        """Let go of all pictures."""
        self._kept.clear()
        self._grounds.clear()
        self._pixels = 0

    def draw(
        self, painter: QPainter, key: str, look: Look, figure: Figure | None, ratio: float
    ) -> None:
        """Draw one node around the origin of a painter.

        Args:
            painter: It may be left with another transformation.
            key: The id of the node.
            look: What is to be seen.
            figure: What an overlay says of it.
            ratio: Pixels of the screen in one of the view; 0 where it is no screen.
        """
        nodes, place = self.nodes, painter.worldTransform()
        if not ratio or not self._resting or nodes.marks.ports or place.m11() != self._zoom:
            nodes.draw(painter, key, look, figure)
            return
        state = (look, figure, nodes.paints, nodes.level, ratio, *nodes.shown(key, look))
        known = self._kept.get(key)
        if known is None or known[0] != state:
            known = self._keep(key, (state, *self._painted(key, look, figure, ratio)))
        _, picture, corner = known
        at = QPointF(place.dx(), place.dy()) + corner
        painter.resetTransform()
        # On whole pixels a copy is exact, and fast.
        painter.drawPixmap(
            QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio), picture
        )

    def _painted(
        self, key: str, look: Look, figure: Figure | None, ratio: float
    ) -> tuple[QPixmap, QPointF]:
        """Return a picture of a node and where its corner lies, seen from the node's middle."""
        scale = self._zoom * ratio
        bounds = self.nodes.bounds(look)
        around = QRectF(bounds.topLeft() * scale, bounds.size() * scale)
        left, top = math.floor(around.left()), math.floor(around.top())
        wide, high = math.ceil(around.right()) - left, math.ceil(around.bottom()) - top
        corner = QPointF(left / ratio, top / ratio)
        picture = QPixmap(self._ground(key, look, (wide, high), corner, ratio))
        painter = self._painter(picture, corner)
        self.nodes.draw_words(painter, look, figure)
        painter.end()
        return picture, corner

    def _ground(
        self, key: str, look: Look, size: tuple[int, int], corner: QPointF, ratio: float
    ) -> QPixmap:
        """Return what is below the words of a node; nodes that look alike share one."""
        nodes = self.nodes
        common = (nodes.paints, nodes.level, ratio)
        if common != self._grounds_of or len(self._grounds) >= GROUNDS:
            self._grounds_of = common
            self._grounds.clear()
        frame, focused = nodes.shown(key, look)
        state = (look.width, look.group, look.flags, look.inputs, look.outputs, id(frame), focused)
        ground = self._grounds.get(state)
        if ground is None:
            ground = self._grounds[state] = QPixmap(*size)
            ground.setDevicePixelRatio(ratio)
            ground.fill(Qt.GlobalColor.transparent)
            painter = self._painter(ground, corner)
            nodes.draw_ground(painter, key, look)
            painter.end()
        return ground

    def _painter(self, picture: QPixmap, corner: QPointF) -> QPainter:
        painter = QPainter(picture)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        place = QTransform.fromTranslate(-corner.x(), -corner.y())
        painter.setWorldTransform(place.scale(self._zoom, self._zoom))
        return painter

    def _keep(
        self, key: str, made: tuple[tuple[object, ...], QPixmap, QPointF]
    ) -> tuple[tuple[object, ...], QPixmap, QPointF]:
        old = self._kept.pop(key, None)
        self._kept[key] = made
        self._pixels += _size(made[1]) - (_size(old[1]) if old is not None else 0)
        while self._pixels > MOST and len(self._kept) > 1:
            _, (_, picture, _) = self._kept.popitem(last=False)
            self._pixels -= _size(picture)
        return made


def _size(picture: QPixmap) -> int:
    return picture.width() * picture.height()
