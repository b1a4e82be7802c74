"""Which problems are said beside their nodes, and on which side there is room."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from nnstudio.compiler.results import GraphInfo
from nnstudio.ui.canvas.bubble import AWAY, Bubble
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.node_table import NodeTable
from nnstudio.ui.canvas.paints import Paints

MOST = 8
"""So many errors speak at once; the others are red, and speak when they are selected."""


def spoken(
    info: GraphInfo | None, nodes: Mapping[str, NodeItem], chosen: Collection[str]
) -> dict[str, NodeItem]:
    """Return the nodes whose problem is said: the first errors, and what is selected."""
    if info is None or not info.problems:
        return {}
    places = {problem.where.rpartition("/")[2] for problem in info.problems} & nodes.keys()
    order = [key for key in info.graph.nodes if key in places]
    faulty = [key for key in order if nodes[key].look.faulty]
    wanted = faulty[:MOST] + [key for key in order if key in chosen]
    return {key: nodes[key] for key in wanted if nodes[key].look.problem is not None}


class Bubbles:
    """The bubbles of one scene, by node id."""

    def __init__(self, scene: QGraphicsScene, table: NodeTable) -> None:
        self._scene, self._table = scene, table
        self._shown: dict[str, Bubble] = {}
        self._visible = True

    def clear(self) -> None:
        """Take all of them away."""
        for bubble in self._shown.values():
            self._scene.removeItem(bubble)
        self._shown = {}

    def refresh(
        self, wanted: Mapping[str, NodeItem], paints: Paints, *, anew: bool = False
    ) -> None:
        """Say what is wrong with these nodes and with no others; with `anew` in other colours."""
        for key in self._shown.keys() - wanted.keys():
            self._scene.removeItem(self._shown.pop(key))
        for key, item in wanted.items():
            problem = item.look.problem
            if problem is None:
                continue
            bubble = self._shown.get(key)
            if bubble is None:
                bubble = self._shown[key] = Bubble(key, problem, paints)
                bubble.setVisible(self._visible)
                self._scene.addItem(bubble)
            elif anew or bubble.problem is not problem:
                bubble.show_problem(problem, paints)
            self._stand(bubble, item)

    def move(self, key: str, x: float, y: float) -> None:
        """Let a bubble go with its node."""
        bubble = self._shown.get(key)
        if bubble is not None:
            bubble.setPos(x, y)

    def show(self, visible: bool) -> None:
        """Hide them while nobody could read them."""
        if visible != self._visible:
            self._visible = visible
            for bubble in self._shown.values():
                bubble.setVisible(visible)

    def at(self, point: QPointF) -> Bubble | None:
        """Return the bubble below a point."""
        for bubble in self._shown.values():
            if bubble.isVisible() and bubble.box().contains(bubble.mapFromScene(point)):
                return bubble
        return None

    def touch(self, rect: QRectF) -> bool:
        """Tell whether one that is seen reaches into a part of the canvas."""
        return self._visible and any(
            bubble.sceneBoundingRect().intersects(rect) for bubble in self._shown.values()
        )

    def of(self, key: str) -> Bubble | None:
        """Return the bubble of a node."""
        return self._shown.get(key)

    def snapshot(self) -> dict[str, str]:
        """Return what is said, by node id."""
        return {key: bubble.text for key, bubble in self._shown.items()}

    def _stand(self, bubble: Bubble, item: NodeItem) -> None:
        half = item.look.width / 2
        for side in (1, -1):
            bubble.stand(item.pos(), half, side)
            around = bubble.sceneBoundingRect().adjusted(AWAY, 0, -AWAY, 0)
            rows = self._table.within(around)
            if all(self._table.ids[row] == item.key for row in rows):
                return
        bubble.stand(item.pos(), half, 1)
