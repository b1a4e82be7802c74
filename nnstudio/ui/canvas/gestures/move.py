"""Drag nodes and notes: they snap to the grid and to neighbours; Alt drags copies of them.

A loose node that is dropped on an edge goes between the two nodes that the edge joins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from nnstudio.graph.diff import Edge
from nnstudio.graph.edits import Batch, DuplicateNodes, Edit, MoveNodes, MoveNotes
from nnstudio.graph.topology import Consumer
from nnstudio.studio import adding, placing
from nnstudio.studio.placing import Place
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.gesture import Gesture, Modifier, Pointer
from nnstudio.ui.canvas.ghost import draw_ghost, draw_lit
from nnstudio.ui.canvas.snapping import Snap, snap

REACH = 18.0
"""How near to an edge the middle of a loose node must be dropped."""


class Move(Gesture):
    """The document learns of it at the release."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: Any, press: Pointer) -> None:
        super().__init__(view, press)
        state, self._lead = view.context.view, press.hit.item
        view.choose_edge(None)
        if self._lead not in state.selection:
            state.select([self._lead])
        view.set_current(self._lead)
        nodes, notes = view.canvas.nodes, view.canvas.notes
        self._start = {k: nodes[k].pos().toTuple() for k in state.selection if k in nodes}
        self._notes = {k: notes.note(k) for k in state.selection if k in notes}
        lead = self._start[self._lead] if press.hit.node else self._notes[self._lead].at
        self._from = QPointF(*lead)
        self._copies = press.holds(Modifier.AltModifier)
        self._way = QPointF()
        self._snap = Snap(QPointF())
        self._edge: Edge | None = None

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The left button on a node or a note."""
        left = press.button == Qt.MouseButton.LeftButton
        return cls(view, press) if left and press.hit.item else None

    def move(self, pointer: Pointer) -> None:
        """Show the nodes, or their ghosts, where they would be."""
        wanted = self._from + pointer.point - self.press.point
        free = pointer.holds(Modifier.ControlModifier)
        self._snap = Snap(wanted) if free else self._snapped(wanted)
        self._way = self._snap.at - self._from
        if self._copies:
            self.view.viewport().update()
            return
        self.view.canvas.preview(self._places())
        moved = {key: replace(self._notes[key], at=at) for key, at in self._note_places().items()}
        self.view.canvas.update(self.view.canvas.notes.preview(moved))
        self._edge = self._edge_below()
        self.view.viewport().update()

    def release(self, pointer: Pointer) -> None:
        """Move, copy or insert."""
        if not self.moved or self._way.isNull():
            if not self.moved and len(self._start) + len(self._notes) > 1:
                self.view.context.view.select([self._lead])
            self.cancel()
            return
        view, graph_id = self.view, self.view.canvas.graph_id
        if self._copies:
            way = self._way.toTuple()
            notes = tuple(self._notes)
            view.add_copies(DuplicateNodes(graph_id, tuple(self._start), way, notes=notes))
        elif self._edge is not None:
            edge = self._edge
            at = Consumer(edge.node, edge.input, edge.slot)
            project = view.context.session.project
            place = self._snap.at.toTuple()
            if not view.do(adding.onto(project, graph_id, self._lead, at, place)):
                self.cancel()
        elif not view.do(moving(graph_id, self._places(), self._note_places())):
            self.cancel()

    def cancel(self) -> None:
        """Put everything back."""
        self.view.canvas.settle()

    def draw(self, painter: QPainter) -> None:
        """Draw the guides, the edge that lights up, the ghosts of copies."""
        canvas = self.view.canvas
        if not self.moved:
            return
        painter.setPen(canvas.paints.guide)
        for line in self._snap.guides:
            painter.drawLine(line)
        if self._edge is not None:
            draw_lit(painter, canvas.paints, canvas.wiring.painter, self._edge)
        if self._copies:
            for key, (x, y) in self._start.items():
                look = canvas.nodes[key].look
                at = QPointF(x, y) + self._way
                draw_ghost(painter, canvas.paints, canvas.texts, at, look.title, look.group)

    def _note_places(self) -> dict[str, Place]:
        way = self._way
        return {k: (n.at[0] + way.x(), n.at[1] + way.y()) for k, n in self._notes.items()}

    def _places(self) -> dict[str, Place]:
        dx, dy = self._way.x(), self._way.y()
        return {key: (x + dx, y + dy) for key, (x, y) in self._start.items()}

    def _snapped(self, wanted: QPointF) -> Snap:
        if self._lead in self._notes:  # it has a corner where nodes have a middle
            return Snap(QPointF(*placing.snapped(wanted.toTuple())))
        canvas, camera = self.view.canvas, self.view.camera
        moving = self._start.keys() if not self._copies else ()
        return snap(canvas.table, wanted, moving, camera.seen(), 6.0 / camera.zoom)

    def _edge_below(self) -> Edge | None:
        """Return the edge below a single loose node."""
        canvas = self.view.canvas
        if len(self._start) != 1 or self._notes or canvas.wiring.at_node(self._lead):
            return None
        look = canvas.nodes[self._lead].look
        if not look.inputs or not look.outputs:
            return None
        half = metrics.HEIGHT / 2
        box = QRectF(self._snap.at.x() - REACH, self._snap.at.y() - half, 2 * REACH, 2 * half)
        return canvas.wiring.edges.at(box.center(), REACH)


def moving(graph_id: str, nodes: Mapping[str, Place], notes: Mapping[str, Place]) -> Edit:
    """Return the edit that puts nodes and notes elsewhere, as one step."""
    edits: list[Edit] = [MoveNodes(graph_id, nodes)] if nodes else []
    edits += [MoveNotes(graph_id, notes)] if notes else []
    return edits[0] if len(edits) == 1 else Batch(tuple(edits))
