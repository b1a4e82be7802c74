"""Connect by keyboard: arrows choose what is fed, Tab the input, Enter connects, Esc gives up."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from nnstudio.core.problems import Problem
from nnstudio.graph.edits import Connect
from nnstudio.graph.model import Port
from nnstudio.studio import fitting
from nnstudio.ui import i18n
from nnstudio.ui.canvas.gesture import Gesture, Hit, Pointer
from nnstudio.ui.canvas.nearest import ARROWS, nearest
from nnstudio.ui.canvas.wire_in_hand import draw_wire
from nnstudio.ui.i18n import tr

LAST = 255


class ConnectByKeys(Gesture):
    """Begins at a node; the target starts below it."""

    def __init__(self, view: Any, source: str) -> None:
        at = view.canvas.nodes[source].pos()
        hit = Hit(node=source)
        none = Qt.KeyboardModifier.NoModifier
        super().__init__(view, Pointer(at, at, none, Qt.MouseButton.NoButton, hit))
        self._source, self._output = source, 0
        self._target, self._input = source, 0
        self._refusal: Problem | None = None
        self._aim(nearest(view.canvas.table, source, 0, 1) or source)

    def key(self, event: QKeyEvent) -> bool:
        """Take arrows, Tab, Enter and digits for the output."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._aim(nearest(self.view.canvas.table, self._target, *ARROWS[key]) or self._target)
        elif key == Qt.Key.Key_Tab:
            self._next_input()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._connect()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            outputs = len(self.view.canvas.nodes[self._source].look.outputs)
            self._output = min(outputs, key - Qt.Key.Key_0) - 1
            self._judge()
        else:
            return False
        return True

    def cancel(self) -> None:
        """Put all lights out."""
        marks = self.view.canvas.painter.marks
        marks.ports, marks.refused = {}, ""
        self.view.canvas.update()

    def draw(self, painter: QPainter) -> None:
        """Draw the edge that Enter would make."""
        canvas = self.view.canvas
        start = canvas.nodes[self._source].port(self._output, output=True)
        itself = self._target == self._source
        end = canvas.nodes[self._target].port(self._input, output=False)
        draw_wire(
            painter,
            canvas.paints,
            (start, start + QPointF(0, 48) if itself else end),
            self._words(itself),
            wrong=self._refusal is not None and not itself,
            sure=self._refusal is None,
            inside=QRectF(self.view.viewport().rect()),
        )

    def _aim(self, target: str) -> None:
        session, graph = self.view.context.session, self.view.canvas.graph
        self._target = target
        self._input = fitting.open_input(session.project, graph.nodes[target]) or 0
        self._judge()

    def _next_input(self) -> None:
        count = max(1, len(self.view.canvas.nodes[self._target].look.inputs))
        self._input = (self._input + 1) % count
        self._judge()

    def _judge(self) -> None:
        session, canvas = self.view.context.session, self.view.canvas
        source = Port(self._source, self._output)
        self._refusal = fitting.why_not(
            session.project, session.analysis, canvas.graph_id, source, self._target, self._input
        )
        marks, itself = canvas.painter.marks, self._target == self._source
        fits = self._refusal is None
        marks.ports = {} if itself else {(self._target, self._input, False): fits}
        marks.refused = "" if fits or itself else self._target
        self.view.camera.reveal(canvas.nodes[self._target].rect())
        self.view.say(self._words(itself))
        canvas.update()

    def _connect(self) -> None:
        if self._refusal is not None:
            return
        view, canvas = self.view, self.view.canvas
        wanted = fitting.signature(
            view.context.session.project, canvas.graph.nodes[self._target].layer
        ).inputs
        slot = LAST if self._input < len(wanted) and wanted[self._input].variadic else None
        edit = Connect(
            canvas.graph_id, Port(self._source, self._output), self._target, self._input, slot
        )
        view.end_gesture()
        if view.do(edit):
            view.context.view.select([self._target])
            view.set_current(self._target)

    def _words(self, itself: bool) -> str:
        if itself:
            return tr("Arrows choose what is fed, Enter connects, Esc gives up")
        if self._refusal is not None:
            words = i18n.message(self._refusal)
            return words[:1].upper() + words[1:]
        look = self.view.canvas.nodes[self._target].look
        if len(look.inputs) < 2:
            return tr("{node} (Enter: connect)", node=look.title)
        name = look.inputs[self._input].name
        return tr("{node}: input {name} (Tab: next, Enter: connect)", node=look.title, name=name)
