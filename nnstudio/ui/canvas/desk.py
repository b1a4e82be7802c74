"""What gestures, actions and panels ask of the canvas: every way into the document passes here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtWidgets import QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Args
from nnstudio.graph.diff import Edge
from nnstudio.graph.edits import DuplicateNodes, Edit, PasteNodes
from nnstudio.graph.model import Port, Project
from nnstudio.graph.topology import Consumer
from nnstudio.studio import adding, fitting, placing, settling
from nnstudio.studio.adding import GIVEN, Added
from nnstudio.studio.fitting import Found
from nnstudio.ui.canvas import keys, metrics, speech
from nnstudio.ui.canvas.editing import editor_of
from nnstudio.ui.canvas.gesture import Gesture
from nnstudio.ui.canvas.quick_add import QuickAdd
from nnstudio.ui.canvas.surface import Surface
from nnstudio.ui.context import Context


class Desk(Surface):
    """A surface that can be worked at.

    Attributes:
        current: The node that the keyboard is at, or "".

    Signals:
        said: Words for the status bar, "" to take them away.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.current = ""

    def do(self, edit: Edit) -> bool:
        """Apply an edit; positions that the document leaves open are written down with it."""
        project = self.context.session.project
        return self.context.do(settling.settled(project, self.canvas.graph_id, edit))

    def add(self, added: Added) -> str:
        """Add a node, select it and return its id; "" when it was refused."""
        if not self.do(added.edit):
            return ""
        self.context.view.select([added.node])
        self.set_current(added.node)
        return added.node

    def add_layer(self, layer: str, args: Args = GIVEN) -> str:
        """Add a layer after the selected node, or in the middle of what is seen."""
        session, graph_id = self.context.session, self.canvas.graph_id
        after = self.context.view.selection[-1:] or (self.current,)
        item = self.canvas.nodes.get(after[0])
        if item is not None and item.look.outputs:
            port, analysis = Port(after[0]), session.analysis

            def follow(project: Project, one: str) -> Added:
                return adding.after(project, analysis, graph_id, one, port, args=args)

            return self.place(layer, follow)
        at = self.camera.seen().center().toTuple()
        free = placing.beside(placing.places(session.project, graph_id), at)
        return self.place(
            layer, lambda project, one: adding.alone(project, graph_id, one, free, args)
        )

    def place(self, layer: str, make: Callable[[Project, str], Added]) -> str:
        """Add a layer, one of the library included, and return the node's id; "" when refused."""
        try:
            added = self.context.library.placed(self.context.session.project, layer, make)
        except NNStudioError as error:
            self.context.refused(error)
            return ""
        return self.add(added)

    def add_copies(self, edit: DuplicateNodes | PasteNodes) -> bool:
        """Add copies and select them."""
        before = {*self.canvas.nodes, *self.canvas.notes}
        if not self.do(edit):
            return False
        fresh = [key for key in self.canvas.nodes if key not in before]
        notes = [key for key in self.canvas.notes if key not in before]
        self.context.view.select((*fresh, *notes))
        self.set_current(fresh[0] if fresh else "")
        return True

    def mend(self, key: str, place: int) -> None:
        """Do a repair of a node's problem as one step."""
        look = self.canvas.nodes[key].look
        if look.problem is None or place >= len(look.problem.repairs):
            return
        edit = editor_of(self.context.session.project, look.problem.repairs[place])
        self.do(edit)

    def search(
        self,
        at: QPointF | None = None,
        found: Sequence[Found] | None = None,
        source: Port | None = None,
        target: Consumer | None = None,
    ) -> None:
        """Open search-to-add: at a point, or after the selected node.

        Args:
            at: Where the new node goes; None for after the selected node.
            found: What is offered; everything when None.
            source: The output that will feed it.
            target: The input that it will feed.
        """
        if self.canvas.graph is None:
            return
        offered = self._offered(at) if found is None else found

        def chosen(one: Found, args: Args) -> None:
            self._add_found(one.layer, args, at, source, target)

        popup = QuickAdd(self, self.context.theme, offered, chosen)
        shown = self._below_selected() if at is None else self.mapFromScene(at)
        popup.open_at(shown)

    def edit_main(self, key: str = "") -> None:
        """Edit the main setting of a node on the node."""
        keys.edit_main(self, key or self.current)

    def set_current(self, key: str) -> None:
        """Put the keyboard at a node and bring it into sight."""
        self.current = key if key in self.canvas.nodes else ""
        self.canvas.painter.marks.current = self.current if self.hasFocus() else ""
        self.viewport().update()
        if self.current:
            self.reveal(self.current)
        speech.tell(self)

    def choose_edge(self, edge: Edge | None) -> None:
        """Light an edge up, as the one that Delete takes away."""
        if edge != self.edge:
            self.edge = edge
            self.viewport().update()

    def say(self, text: str) -> None:
        """Say something in the status bar and to a screen reader."""
        self.setAccessibleDescription(text)
        self.said.emit(text)

    def begin(self, gesture: Gesture) -> None:
        """Start a gesture that no press began."""
        self.end_gesture(cancel=True)
        self.gesture = gesture
        self.viewport().update()

    def end_gesture(self, *, cancel: bool = False) -> None:
        """End the gesture that goes on."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel() if cancel else None
            self.viewport().unsetCursor()
            self.viewport().update()
            self.say("")

    def close_canvas(self) -> None:
        """Follow the document no longer."""
        self.end_gesture(cancel=True)
        self.canvas.close()

    def _add_found(
        self,
        layer: str,
        args: Args,
        at: QPointF | None,
        source: Port | None,
        target: Consumer | None,
    ) -> None:
        analysis, graph_id = self.context.session.analysis, self.canvas.graph_id
        if layer == fitting.NEW.layer:
            self.context.own.wanted.emit("")
            return
        if at is None:
            self.add_layer(layer, args)
            return
        x, y = at.toTuple()
        half = metrics.HEIGHT / 2

        def make(project: Project, one: str) -> Added:
            if source is not None:
                return adding.after(project, analysis, graph_id, one, source, (x, y + half), args)
            if target is not None:
                return adding.before(project, graph_id, one, target, (x, y - half), args)
            return adding.alone(project, graph_id, one, (x, y), args)

        self.place(layer, make)

    def _offered(self, at: QPointF | None) -> Sequence[Found]:
        """Return all layers; those that fit the selected node come first where names are alike."""
        session, graph_id = self.context.session, self.canvas.graph_id
        library = self.context.library
        known = fitting.layers(session.project, graph_id)
        every = (*known, *library.found(session.project), fitting.NEW)
        item = self.canvas.nodes.get(self.current) if at is None else None
        if item is None or not item.look.shapes:
            return every
        port = Port(self.current)
        first = fitting.takers(session.project, session.analysis, graph_id, port)
        shape = fitting.shape_of(session.analysis, graph_id, port)
        first = (*first, *library.takers(shape, session.project))
        known = {one.layer for one in first}
        return (*first, *(one for one in every if one.layer not in known))

    def _below_selected(self) -> QPoint:
        item = self.canvas.nodes.get(self.current)
        if item is None:
            return self.viewport().rect().center() - QPoint(160, 140)
        return self.mapFromScene(item.rect().bottomLeft() + QPointF(0, 12))
