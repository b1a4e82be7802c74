"""A layer dragged from the palette: a ghost follows the pointer, a drop adds it.

Dropped on an edge it goes between the two nodes. Only our own type of data is taken, and the name
of the layer is checked like any other text from outside.
"""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QPainter

from nnstudio.graph.diff import Edge
from nnstudio.graph.model import Project
from nnstudio.graph.topology import Consumer
from nnstudio.studio import adding, summaries
from nnstudio.studio.adding import Added
from nnstudio.studio.clipboard import LAYER_MIME
from nnstudio.ui.canvas.ghost import draw_ghost, draw_lit
from nnstudio.ui.canvas.look import group_of

REACH = 24.0
LONGEST = 400


class PaletteDrop:
    """One drag over the canvas, from its entering to its drop or leaving."""

    def __init__(self, view: Any, layer: str) -> None:
        self.view, self.layer = view, layer
        self._at = QPointF()
        self._edge: Edge | None = None

    @classmethod
    def start(cls, view: Any, data: QMimeData) -> PaletteDrop | None:
        """Return the drag of a layer that is known here."""
        layer = dragged_layer(data)
        project, library = view.context.session.project, view.context.library
        known = layer and (group_of(project, layer) or library.piece(layer) is not None)
        return cls(view, layer) if known and view.canvas.graph is not None else None

    def move(self, point: QPointF) -> None:
        """Show where it would be."""
        self._at = QPointF(round(point.x() / 8) * 8.0, round(point.y() / 8) * 8.0)
        self._edge = self.view.canvas.wiring.edges.at(point, REACH)
        self.view.viewport().update()

    def drop(self) -> str:
        """Add the layer and return its id."""
        view, graph_id = self.view, self.view.canvas.graph_id
        at, edge = self._at.toTuple(), None
        if self._edge is not None:
            edge = Consumer(self._edge.node, self._edge.input, self._edge.slot)

        def make(project: Project, layer: str) -> Added:
            if edge is None:
                return adding.alone(project, graph_id, layer, at)
            return adding.between(project, graph_id, layer, edge, at)

        return str(view.place(self.layer, make))

    def draw(self, painter: QPainter) -> None:
        """Draw the ghost and the edge that lights up."""
        canvas, project = self.view.canvas, self.view.context.session.project
        if self._edge is not None:
            draw_lit(painter, canvas.paints, canvas.wiring.painter, self._edge)
        ready = self.view.context.library.title(self.layer)
        title = ready or summaries.layer_title(project, self.layer)
        group = "block" if ready else group_of(project, self.layer)
        draw_ghost(painter, canvas.paints, canvas.texts, self._at, title, group)


def dragged_layer(data: QMimeData) -> str:
    """Return the layer that is dragged, or "" for anything else."""
    if not data.hasFormat(LAYER_MIME):
        return ""
    text = bytes(data.data(LAYER_MIME).data())
    if len(text) > LONGEST:
        return ""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    layer = found.get("layer") if isinstance(found, dict) else None
    return layer if isinstance(layer, str) else ""
