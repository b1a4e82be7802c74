"""What the person looks at: selection, the graph on screen, the overlay.

It is never part of the document. Everything is held by id, so that it survives undo and a reload.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from PySide6.QtCore import QObject, Signal

Overlay = Literal["shapes", "parameters", "flops", "memory", "gradients"]


class ViewState(QObject):
    """The state of the view, by id.

    Signals:
        selection_changed: Other nodes are selected.
        graph_changed: Another graph, or a block entered by another way, is on screen.
        overlay_changed: Another figure is drawn on the nodes and edges.
        revealed: A node (graph id, node id) is to be brought into sight and shown to be meant.
        hovered_changed: The pointer, or a line of code, points at another node ("" for none).
    """

    selection_changed = Signal()
    graph_changed = Signal()
    overlay_changed = Signal()
    revealed = Signal(str, str)
    hovered_changed = Signal(str)

    def __init__(self, graph: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: tuple[tuple[str, str], ...] = ((graph, ""),)
        self._selection: tuple[str, ...] = ()
        self._hovered = ""
        self._overlay: Overlay = "shapes"

    @property
    def graph(self) -> str:
        """The id of the graph or block on screen."""
        return self._path[-1][0]

    @property
    def path(self) -> tuple[tuple[str, str], ...]:
        """How one came here: (graph id, the use that was entered, "" at the top)."""
        return self._path

    @property
    def selection(self) -> tuple[str, ...]:
        """Ids of the selected nodes, in the order in which they were selected."""
        return self._selection

    @property
    def hovered(self) -> str:
        """The node that is pointed at, as `graph/node`, or ""."""
        return self._hovered

    @property
    def overlay(self) -> Overlay:
        """The figure that nodes and edges carry."""
        return self._overlay

    def select(self, nodes: Iterable[str]) -> None:
        """Select these nodes and no others."""
        chosen = tuple(dict.fromkeys(nodes))
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit()

    def toggle(self, node: str) -> None:
        """Add a node to the selection, or take it out."""
        rest = tuple(one for one in self._selection if one != node)
        self.select(rest if node in self._selection else (*self._selection, node))

    def open(self, graph: str) -> None:
        """Show a graph as the top of a new path."""
        self._go(((graph, ""),))

    def enter(self, use: str, block: str) -> None:
        """Go into the block that a node uses."""
        self._go((*self._path, (block, use)))

    def leave(self, depth: int | None = None) -> None:
        """Go one level up, or up to a depth of the path (0 is the top)."""
        keep = len(self._path) - 1 if depth is None else depth + 1
        left = self._path[keep:][:1]
        if keep >= 1 and left:
            self._go(self._path[:keep])
            self.select([left[0][1]] if left[0][1] else [])

    def show_overlay(self, overlay: Overlay) -> None:
        """Draw another figure on nodes and edges."""
        if overlay != self._overlay:
            self._overlay = overlay
            self.overlay_changed.emit()

    def hover(self, where: str) -> None:
        """Point at a node (`graph/node`), or at nothing."""
        if where != self._hovered:
            self._hovered = where
            self.hovered_changed.emit(where)

    def reveal(self, graph: str, node: str) -> None:
        """Show a node wherever it is: open its graph, select it, bring it into sight."""
        if graph != self.graph:
            self.open(graph)
        self.select([node])
        self.revealed.emit(graph, node)

    def _go(self, path: tuple[tuple[str, str], ...]) -> None:
        if path != self._path:
            self._path = path
            self._selection = ()
            self.graph_changed.emit()
            self.selection_changed.emit()
