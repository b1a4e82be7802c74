"""The edges of a scene: where they start and end, which way they go, what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF

from nnstudio.graph.diff import Edge
from nnstudio.graph.model import Port
from nnstudio.ui.canvas.edge_layer import EdgeLayer
from nnstudio.ui.canvas.edge_painter import EdgePainter
from nnstudio.ui.canvas.look import Look
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.node_table import NodeTable
from nnstudio.ui.canvas.router import Band, Router
from nnstudio.ui.canvas.shapes_on_edges import Chips
from nnstudio.ui.canvas.texts import Texts


class Wiring:
    """Keeps edges, lanes and chips in step with the nodes.

    Args:
        nodes: The items by node id; the scene's own mapping.
        table: Where the nodes are.
        texts: Laid out texts.
    """

    def __init__(self, nodes: Mapping[str, NodeItem], table: NodeTable, texts: Texts) -> None:
        self._nodes, self._table = nodes, table
        self.edges, self._router = EdgeLayer(), Router()
        self.painter = EdgePainter(self.edges)
        self.chips = Chips(self.edges, texts)
        self._moved: set[Port] = set()

    def clear(self) -> None:
        """Forget all edges."""
        self.edges.clear()
        self.chips.clear()
        self._router = Router()

    def add(self, added: Iterable[Edge]) -> None:
        """Add edges between nodes that are there; `route` draws them."""
        for edge in added:
            self.edges.add(edge)
            self._seat(edge)
            self._router.forget(edge)

    def drop(self, removed: Iterable[Edge]) -> None:
        """Take edges out."""
        for edge in removed:
            self.edges.drop(edge)
            self._router.forget(edge)

    def at_node(self, key: str) -> set[Edge]:
        """Return the edges at a node."""
        return self.edges.incident.get(key, set())

    def reseat(self, key: str) -> None:
        """Find the ends of a node's edges again, since its ports are elsewhere."""
        for edge in self.at_node(key):
            self._seat(edge)
            self._router.forget(edge)

    def move(self, positions: Mapping[str, tuple[float, float]]) -> QRectF:
        """Put nodes elsewhere with their edges; return what has to be drawn anew."""
        touched = {edge for key in positions for edge in self.at_node(key)}
        dirty = self.edges.box(touched)
        for key, (x, y) in positions.items():
            self._nodes[key].setPos(x, y)
            self._table.move(key, x, y)
        rows = [self._seat(edge) for edge in touched]
        for edge in touched:
            self._router.forget(edge)
            self._moved.add(edge.source)
        if rows:
            self.edges.bend(rows)
        return dirty | self.edges.box(touched)

    def route(self, bands: Sequence[Band] | None) -> set[Port]:
        """Find lanes and curves again; return the ports whose edges go another way.

        Args:
            bands: Where nodes have changed; None for everywhere.
        """
        if not len(self.edges):
            return set()
        keys = self.edges.keys
        lanes = self._router.lanes(keys, self.edges.ends, self._table, bands)
        rows = set(self.edges.take_lanes(lanes).tolist())
        rows = set(range(len(keys))) if bands is None else rows | set(self._off().tolist())
        if rows:
            self.edges.bend(sorted(rows))
        ports, self._moved = {keys[row].source for row in rows} | self._moved, set()
        return ports

    def label(self, ports: Iterable[Port]) -> None:
        """Put the shapes of some ports on their edges."""
        self.chips.settle(ports, self._look)

    def _off(self) -> Any:
        """Return the rows whose curve does not run from end to end any more."""
        points, ends = self.edges.points, self.edges.ends
        off = (points[:, 0] != ends[:, :2]).any(1) | (points[:, -1] != ends[:, 2:]).any(1)
        return off.nonzero()[0]

    def _look(self, key: str) -> Look | None:
        item = self._nodes.get(key)
        return None if item is None else item.look

    def _seat(self, edge: Edge) -> int:
        """Set the ends of an edge to where its ports are."""
        start = self._nodes[edge.source.node].port(edge.source.output, output=True)
        end = self._nodes[edge.node].port(edge.input, output=False)
        if edge.slot is not None:
            # The edges of one port that takes several arrive side by side.
            end += QPointF((edge.slot % 5 - 2) * 4.5, 0.0)
        return self.edges.place(edge, start, end)
