"""What the window's rows of actions do on the canvas, by their ids.

actions = CanvasActions(view)
for action_id in actions.ids:
    book.bind(action_id, actions.slot(action_id), actions.test(action_id), canvas=view)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Args
from nnstudio.graph.edits import (
    Batch,
    DuplicateNodes,
    Edit,
    GroupNodes,
    RemoveNodes,
    RemoveNotes,
    SetBypass,
    SetTrainable,
    UngroupNode,
)
from nnstudio.graph.model import Graph, Node, Port, Share
from nnstudio.graph.topology import downstream, upstream, used_block
from nnstudio.studio import clipboard, fitting, settling
from nnstudio.studio.grouping import grouping
from nnstudio.studio.networks import new_name
from nnstudio.ui.block_menu import own_copy, save
from nnstudio.ui.canvas import keys, note_field
from nnstudio.ui.canvas.camera import STEP
from nnstudio.ui.canvas.gestures.cut import cutting
from nnstudio.ui.canvas.gestures.enter import open_node
from nnstudio.ui.canvas.gestures.keyboard_connect import ConnectByKeys
from nnstudio.ui.canvas.glide import Glide
from nnstudio.ui.canvas.rename import rename
from nnstudio.ui.canvas.repeat_edit import edit_repeat
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.i18n import tr

Slot = Callable[[], object]
Test = Callable[[], bool]


class CanvasActions:
    """The actions of one canvas.

    Attributes:
        ids: The rows that it serves.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._glide = Glide(view)
        self._slots: Mapping[str, tuple[Slot, Test]] = {**self._editing(), **self._graph()}
        self._slots = {**self._slots, **self._looking()}
        self.ids = tuple(self._slots)

    def slot(self, action_id: str) -> Slot:
        """Return what an action does."""
        return self._slots[action_id][0]

    def test(self, action_id: str) -> Test:
        """Return whether an action can be done now."""
        return self._slots[action_id][1]

    def run(self, action_id: str) -> None:
        """Do an action if it can be done now."""
        slot, test = self._slots[action_id]
        if test():
            slot()

    def delete(self, *, heal: bool = True) -> None:
        """Take the selected nodes and notes out, or the edge that was clicked."""
        view, chosen, notes = self._view, self._chosen(), self._notes()
        edits: list[Edit] = [RemoveNodes(self._graph_id, tuple(chosen), heal)] if chosen else []
        edits += [RemoveNotes(self._graph_id, tuple(notes))] if notes else []
        if edits:
            view.do(edits[0] if len(edits) == 1 else Batch(tuple(edits)))
        elif view.edge is not None:
            view.do(cutting(self._graph_id, [view.edge]))

    def copy(self) -> bool:
        """Put the selected nodes and notes on the clipboard."""
        session = self._view.context.session
        try:
            chosen, notes = self._chosen(), self._notes()
            text = clipboard.copied(session.project, self._graph_id, chosen, notes)
        except NNStudioError as error:
            self._view.context.refused(error)
            return False
        data = QMimeData()
        data.setData(clipboard.MIME, QByteArray(text.encode()))
        QGuiApplication.clipboard().setMimeData(data)
        return True

    def cut(self) -> None:
        """Copy what is selected and take it out."""
        if self.copy():
            self.delete(heal=False)

    def paste(self) -> None:
        """Put what lies on the clipboard in the middle of what is seen, or beside the originals."""
        view, data = self._view, QGuiApplication.clipboard().mimeData()
        if data is None or not data.hasFormat(clipboard.MIME):
            return
        try:
            found = clipboard.read(bytes(data.data(clipboard.MIME).data()))
        except NNStudioError as error:
            view.context.refused(error)
            return
        edit = clipboard.pasting(self._graph_id, found)
        middle, seen = clipboard.middle_of(found), view.camera.seen()
        if middle is None or not seen.contains(*middle):
            edit = clipboard.pasting(self._graph_id, found, seen.center().toTuple())
        view.add_copies(edit)

    def arrange(self) -> None:
        """Lay out the selection, or everything, as one step; then show it."""
        view, notes = self._view, self._view.canvas.notes
        label = tr("arrange the selection") if len(self._chosen()) > 1 else tr("arrange the graph")
        edit = settling.arranging(
            view.context.session.project,
            self._graph_id,
            self._chosen(),
            label,
            {key: notes.box(key).getRect() for key in notes},
        )
        if edit is not None:
            self._glide.do(edit)
        view.fit_selection() if len(self._chosen()) > 1 else view.fit_all()

    def group(self) -> None:
        """Make a block of the selected nodes."""
        view, graph = self._view, self._view.canvas.graph
        if graph is None:
            return
        before = set(graph.nodes)
        chosen, notes = tuple(self._chosen()), tuple(self._notes())
        session = view.context.session
        name = new_name(session.project, tr("Block"))
        plain = GroupNodes(graph.id, chosen, name, self._entering(graph), notes=notes)
        if view.do(grouping(session.project, session.analysis, plain)):
            fresh = [key for key in view.canvas.nodes if key not in before]
            view.context.view.select(fresh)
            view.set_current(fresh[0] if fresh else "")

    def ungroup(self) -> None:
        """Put the nodes of the selected blocks in their place."""
        session, before = self._view.context.session, set(self._view.canvas.nodes)
        edits: list[Edit] = []
        for key in filter(self._is_block, self._chosen()):
            info = session.analysis.node(f"{self._graph_id}/{key}")
            known = {k: v for k, v in info.args.items() if v is not None} if info else {}
            plain = {k: v for k, v in known.items() if isinstance(v, int | float | str | tuple)}
            edits.append(UngroupNode(self._graph_id, key, Args(plain)))
        if edits and self._view.do(_one(edits, tr("ungroup"))):
            fresh = [key for key in self._view.canvas.nodes if key not in before]
            self._view.context.view.select(fresh)

    def own_copy(self) -> None:
        """Give the use of a block at hand a definition of its own."""
        own_copy(self._view.context, self._graph_id, self._view.current)

    def keep_block(self) -> None:
        """Save the block that the node at hand uses to the user's library."""
        graph = self._view.canvas.graph
        if graph is not None and save(
            self._view.context, used_block(graph.nodes[self._view.current].layer)
        ):
            self._view.say(tr("Saved to your blocks; the palette lists it in every project"))

    def select_owner(self) -> None:
        """Go to the node whose weights the node at hand uses."""
        share = self._share()
        if share is not None:
            self._view.context.view.reveal(self._graph_id, share.node)

    def bypass(self) -> None:
        """Leave the selected nodes out, or take them in when all are out."""
        on = not all(node.bypass for node in self._nodes())
        edits = [SetBypass(self._graph_id, node.id, on) for node in self._nodes()]
        self._view.do(_one(edits, tr("bypass") if on else tr("take in again")))

    def freeze(self) -> None:
        """Keep the weights of the selected nodes, or let them learn when all are kept."""
        on = any(node.trainable for node in self._nodes())
        edits = [SetTrainable(self._graph_id, node.id, not on) for node in self._nodes()]
        self._view.do(_one(edits, tr("freeze") if on else tr("let it learn")))

    def select_reach(self, *, up: bool) -> None:
        """Add what feeds the selection, or what it feeds."""
        graph, state = self._view.canvas.graph, self._view.context.view
        if graph is not None:
            more = (upstream if up else downstream)(graph, self._chosen())
            state.select((*state.selection, *(key for key in graph.nodes if key in more)))

    def connect(self) -> None:
        """Connect from the node at hand by keyboard."""
        if self._view.current:
            self._view.begin(ConnectByKeys(self._view, self._view.current))

    def edit(self) -> None:
        """Open the node at hand, or write on the selected note."""
        if self._view.current:
            open_node(self._view, self._view.current)
        else:
            note_field.write(self._view, self._notes()[0])

    def mend(self) -> None:
        """Do the first repair of the node at hand."""
        if self._view.current:
            self._view.mend(self._view.current, 0)

    def _editing(self) -> dict[str, tuple[Slot, Test]]:
        view, some = self._view, lambda: bool(self._chosen() or self._notes())
        alone = lambda: some() or view.edge is not None  # noqa: E731 (a row of the table)
        duplicate = lambda: view.add_copies(  # noqa: E731 (the same)
            DuplicateNodes(self._graph_id, tuple(self._chosen()), notes=tuple(self._notes()))
        )
        return {
            "edit.cut": (self.cut, some),
            "edit.copy": (self.copy, some),
            "edit.paste": (self.paste, self._can_paste),
            "edit.duplicate": (duplicate, some),
            "edit.delete": (self.delete, alone),
            "edit.delete_open": (partial(self.delete, heal=False), alone),
            "edit.select_all": (self._select_all, self._any),
            "edit.select_upstream": (partial(self.select_reach, up=True), self._some),
            "edit.select_downstream": (partial(self.select_reach, up=False), self._some),
        }

    def _graph(self) -> dict[str, tuple[Slot, Test]]:
        view, some = self._view, self._some
        here, block = lambda: bool(view.current), lambda: self._is_block(view.current)
        inside = lambda: len(view.context.view.path) > 1 or some() or view.gesture is not None  # noqa: E731 (a row of the table)
        blocks = lambda: any(map(self._is_block, self._chosen()))  # noqa: E731 (the same)
        return {
            "graph.add": (view.search, lambda: view.canvas.graph is not None),
            "graph.note": (lambda: note_field.add(view), lambda: view.canvas.graph is not None),
            "graph.connect": (self.connect, here),
            "graph.edit": (self.edit, lambda: here() or len(self._notes()) == 1),
            "graph.rename": (lambda: rename(view, view.current), here),
            "graph.group": (self.group, some),
            "graph.ungroup": (self.ungroup, blocks),
            "graph.own_copy": (self.own_copy, block),
            "graph.keep_block": (self.keep_block, block),
            "graph.repeat": (lambda: edit_repeat(view, view.current), self._can_repeat),
            "graph.owner": (self.select_owner, lambda: self._share() is not None),
            "graph.enter": (lambda: open_node(view, view.current), block),
            "graph.leave": (self._leave, inside),
            "graph.bypass": (self.bypass, some),
            "graph.freeze": (self.freeze, some),
            "graph.arrange": (self.arrange, self._any),
            "graph.mend": (self.mend, self._can_mend),
        }

    def _looking(self) -> dict[str, tuple[Slot, Test]]:
        view = self._view
        return {
            "view.fit": (view.fit_all, self._any),
            "view.fit_selection": (view.fit_selection, self._any),
            "view.zoom_in": (lambda: view.zoom(STEP), self._any),
            "view.zoom_out": (lambda: view.zoom(1 / STEP), self._any),
            "view.actual": (lambda: view.zoom(1 / view.camera.zoom), self._any),
        }

    @property
    def _graph_id(self) -> str:
        return self._view.canvas.graph_id

    def _any(self) -> bool:
        return bool(self._view.canvas.nodes or self._view.canvas.notes)

    def _chosen(self) -> list[str]:
        return [key for key in self._view.context.view.selection if key in self._view.canvas.nodes]

    def _notes(self) -> list[str]:
        return [key for key in self._view.context.view.selection if key in self._view.canvas.notes]

    def _some(self) -> bool:
        return bool(self._chosen())

    def _nodes(self) -> list[Node]:
        graph = self._view.canvas.graph
        return [graph.nodes[key] for key in self._chosen()] if graph is not None else []

    def _select_all(self) -> None:
        canvas = self._view.canvas
        self._view.context.view.select((*canvas.nodes, *canvas.notes))

    def _leave(self) -> None:
        if self._view.gesture is not None:
            self._view.end_gesture(cancel=True)
        else:
            keys.leave(self._view)

    def _is_block(self, key: str) -> bool:
        graph = self._view.canvas.graph
        if graph is None or key not in graph.nodes:
            return False
        return used_block(graph.nodes[key].layer) in self._view.context.session.project.blocks

    def _share(self) -> Share | None:
        graph = self._view.canvas.graph
        node = graph.nodes.get(self._view.current) if graph is not None else None
        return node.share if node is not None else None

    def _can_repeat(self) -> bool:
        graph = self._view.canvas.graph
        node = graph.nodes.get(self._view.current) if graph is not None else None
        return node is not None and node.layer not in ("Input", "Output")

    def _can_mend(self) -> bool:
        item = self._view.canvas.nodes.get(self._view.current)
        return item is not None and item.look.problem is not None

    @staticmethod
    def _can_paste() -> bool:
        data = QGuiApplication.clipboard().mimeData()
        return data is not None and data.hasFormat(clipboard.MIME)

    def _entering(self, graph: Graph) -> dict[Port, tuple[int | str, ...]]:
        """Return the shapes that reach the selection, for the inputs of a new block."""
        chosen, analysis = set(self._chosen()), self._view.context.session.analysis
        found = {}
        for key in chosen:
            for port in graph.nodes[key].ports():
                shape = fitting.shape_of(analysis, graph.id, port)
                if port.node not in chosen and shape is not None:
                    found[port] = tuple(
                        dim if isinstance(dim, int) else _symbol(dim, place)
                        for place, dim in enumerate(shape)
                    )
        return found


def _symbol(dim: object, place: int) -> str:
    """Return the name of a size; a formula becomes a name of its own."""
    text = str(dim)
    return text if text.isidentifier() else f"D{place}"


def _one(edits: list[Edit] | list[SetBypass] | list[SetTrainable], label: str) -> Edit:
    return Batch(tuple(edits), label)
