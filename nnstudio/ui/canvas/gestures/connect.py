"""Drag from a port to connect: what fits lights up, what does not says why, with both shapes.

Dropped on the bare canvas it offers the layers that fit. A drag from an input that is connected
picks its edge up. Ctrl connects although the shapes differ; the node then says so itself.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from nnstudio.core.problems import Problem
from nnstudio.graph.edits import Batch, Connect, Disconnect, Edit
from nnstudio.graph.model import Port
from nnstudio.graph.topology import Consumer
from nnstudio.studio import fitting
from nnstudio.studio.summaries import shape_words
from nnstudio.ui import i18n
from nnstudio.ui.canvas.gesture import Gesture, Modifier, Pointer
from nnstudio.ui.canvas.wire_in_hand import draw_wire
from nnstudio.ui.i18n import tr

LAST = 255
NEVER = ("connect.circle", "connect.itself", "connect.same_side", "graph.no_input")
"""Refusals that no key overrules."""


class ConnectByDrag(Gesture):
    """The edge in hand has a free end: the input, or the output when an input was pressed."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: Any, press: Pointer) -> None:
        super().__init__(view, press)
        assert press.hit.port is not None
        node, index, output = press.hit.port
        self._source: Port | None = Port(node, index) if output else None
        self._target: tuple[str, int] | None = None if output else (node, index)
        self._taken: Consumer | None = None
        self._free, self._end = output, press.point
        self._over: tuple[str, int] | None = None
        self._refusal: Problem | None = None
        if not output:
            self._pick_up(node, index)

    @classmethod
    def start(cls, view: Any, press: Pointer) -> Gesture | None:
        """The left button on a port."""
        left = press.button == Qt.MouseButton.LeftButton
        return cls(view, press) if left and press.hit.port is not None else None

    def move(self, pointer: Pointer) -> None:
        """Find what lies below and whether it fits."""
        self._end = pointer.point
        over = self._below(pointer)
        if over != self._over:
            self._over = over
            self._refusal = self._why_not(pointer)
            self._light()
        self.view.viewport().update()

    def release(self, pointer: Pointer) -> None:
        """Connect, refuse, take away, or offer layers."""
        view, over = self.view, self._over
        self.cancel()
        if not self.moved:
            view.context.view.select([self.press.hit.port[0]])  # type: ignore[index]
            return
        forced = pointer.holds(Modifier.ControlModifier)
        refused = self._refusal is not None and (not forced or self._refusal.code in NEVER)
        if over is not None and not refused:
            edit = self._connecting(over)
            if edit is not None:
                view.do(edit)
        elif over is None and self._taken is not None:
            view.do(self._taking())
        elif over is None and pointer.hit.empty:
            self._offer(pointer)

    def cancel(self) -> None:
        """Put all lights out."""
        marks = self.view.canvas.painter.marks
        marks.ports, marks.refused = {}, ""
        self.view.canvas.update()

    def draw(self, painter: QPainter) -> None:
        """Draw the edge in hand and say what it is or why it cannot be."""
        if not self.moved:
            return
        wrong = self._refusal is not None
        draw_wire(
            painter,
            self.view.canvas.paints,
            self._ends(),
            self._words(),
            wrong=wrong,
            sure=self._over is not None and not wrong,
            inside=QRectF(self.view.viewport().rect()),
        )

    def _pick_up(self, node: str, index: int) -> None:
        """Take the edge that is there by its lower end."""
        graph = self.view.canvas.graph
        entry = graph.nodes[node].inputs[index] if index < len(graph.nodes[node].inputs) else None
        if isinstance(entry, Port):
            self._source, self._target = entry, None
            self._taken, self._free = Consumer(node, index), True

    def _below(self, pointer: Pointer) -> tuple[str, int] | None:
        """Return the port below, or the one that a node offers when it is dropped on its body."""
        port = pointer.hit.port
        if port is not None and port[2] != self._free:
            return port[:2]
        if not pointer.hit.node and port is None:
            return None
        key = pointer.hit.node or port[0]  # type: ignore[index]  # one of the two is there
        session = self.view.context.session
        if not self._free:
            return (key, 0) if self.view.canvas.nodes[key].look.outputs else None
        index = fitting.open_input(session.project, self.view.canvas.graph.nodes[key])
        return None if index is None else (key, index)

    def _why_not(self, pointer: Pointer) -> Problem | None:
        if self._over is None:
            return None
        session, graph_id = self.view.context.session, self.view.canvas.graph_id
        source, target = self._pair(self._over)
        if (source.node, target) == (None, None):
            return None
        return fitting.why_not(session.project, session.analysis, graph_id, source, *target)

    def _pair(self, over: tuple[str, int]) -> tuple[Port, tuple[str, int]]:
        if self._source is not None:
            return self._source, over
        assert self._target is not None
        return Port(*over), self._target

    def _light(self) -> None:
        marks = self.view.canvas.painter.marks
        marks.ports, marks.refused = {}, ""
        if self._over is not None:
            marks.ports[(*self._over, not self._free)] = self._refusal is None
            marks.refused = self._over[0] if self._refusal is not None else ""
        self.view.canvas.update()

    def _connecting(self, over: tuple[str, int]) -> Edit | None:
        graph, project = self.view.canvas.graph, self.view.context.session.project
        source, (node, index) = self._pair(over)
        if self._taken is not None and (node, index) == (self._taken.node, self._taken.input):
            return None
        wanted = fitting.signature(project, graph.nodes[node].layer).inputs
        slot = LAST if index < len(wanted) and wanted[index].variadic else None
        edit = Connect(graph.id, source, node, index, slot)
        if self._taken is None:
            return edit
        return Batch((self._taking(), edit), tr("connect elsewhere"))

    def _taking(self) -> Edit:
        assert self._taken is not None
        return Disconnect(self.view.canvas.graph_id, self._taken.node, self._taken.input)

    def _offer(self, pointer: Pointer) -> None:
        """Show the layers that fit the loose end."""
        view, graph_id = self.view, self.view.canvas.graph_id
        session, library = view.context.session, view.context.library
        if self._source is not None:
            found = fitting.takers(session.project, session.analysis, graph_id, self._source)
            shape = fitting.shape_of(session.analysis, graph_id, self._source)
            found = (*found, *library.takers(shape, session.project))
            view.search(pointer.point, found, source=self._source)
        elif self._target is not None:
            found = fitting.givers(session.project, graph_id, *self._target)
            found = (*found, *library.found(session.project))
            view.search(pointer.point, found, target=Consumer(*self._target))

    def _ends(self) -> tuple[QPointF, QPointF]:
        nodes = self.view.canvas.nodes
        end = self._end
        if self._over is not None and self._refusal is None:
            end = nodes[self._over[0]].port(self._over[1], output=not self._free)
        if self._source is not None:
            start = nodes[self._source.node].port(self._source.output, output=True)
            return start, end
        assert self._target is not None
        return end, nodes[self._target[0]].port(self._target[1], output=False)

    def _words(self) -> str:
        if self._refusal is not None:
            why, how = i18n.message(self._refusal), i18n.hint(self._refusal)
            more = tr("Ctrl: connect anyway")
            parts = [why[:1].upper() + why[1:], how[:1].upper() + how[1:]]
            parts += [more] if self._refusal.code not in NEVER else []
            return "\n".join(part for part in parts if part)
        session = self.view.context.session
        if self._source is None:
            return ""
        graph_id = self.view.canvas.graph_id
        return shape_words(fitting.shape_of(session.analysis, graph_id, self._source))
