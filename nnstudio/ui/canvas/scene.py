"""The graph on screen: follows the document by updates alone, the view's state by its signals.

    Session.changed ──Update──▶ scene ──▶ looks, edges, lanes, chips, bubbles
    ViewState signals ────────▶ scene ──▶ selection, overlay, another graph

Nothing is rebuilt for a small edit. The law, held by a test: a scene that was fed only updates
shows the same as one that is made afresh.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsScene

from nnstudio.graph.diff import GraphChange, edges
from nnstudio.graph.model import Graph, Port
from nnstudio.studio import placing
from nnstudio.studio.session import Update
from nnstudio.ui.canvas import follow, metrics
from nnstudio.ui.canvas.bubbles import Bubbles, spoken
from nnstudio.ui.canvas.far_painter import FarPainter
from nnstudio.ui.canvas.figures import Values, figures
from nnstudio.ui.canvas.look import Look, look
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.node_painter import NodePainter
from nnstudio.ui.canvas.node_pictures import NodePictures
from nnstudio.ui.canvas.node_table import BYPASSED, FAULTY, SELECTED, NodeTable
from nnstudio.ui.canvas.note_layer import NoteLayer
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.canvas.router import Band
from nnstudio.ui.canvas.texts import Texts
from nnstudio.ui.canvas.wiring import Wiring
from nnstudio.ui.context import Context

MARGIN = 2000.0
MANY, SLICE = 64, 0.004
"""So many changed nodes are looked at again at once; more in slices of so many seconds."""


class CanvasScene(QGraphicsScene):
    """One graph of the document.

    Attributes:
        graph_id: Its id.
        nodes: Items by node id.
        wiring: Edges, lanes and chips.
        notes: What is written beside the nodes.
        sight: What the view sees; when an edit changes hundreds of nodes, those out of sight are
            looked at again a little later.

    Signals:
        rebuilt: Another graph is shown; of another document when True.
        followed: An update was applied; carries whether a position or the structure has changed.
    """

    rebuilt = Signal(bool)
    followed = Signal(bool)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.graph_id = ""
        self.nodes: dict[str, NodeItem] = {}
        self.table, self.texts = NodeTable(), Texts()
        self.painter = NodePainter(Paints.of(context.theme), self.texts)
        self.pictures = NodePictures(self.painter)
        self.wiring = Wiring(self.nodes, self.table, self.texts)
        self.far, self.notes = FarPainter(self.table, self.texts), NoteLayer(self.texts)
        self.bubbles = Bubbles(self, self.table)
        self._owners: frozenset[str] = frozenset()
        self._values: Values = {}
        self._previewed: dict[str, tuple[float, float]] = {}
        self._rect = QRectF()
        self.sight = QRectF()
        self._stale: set[str] = set()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._catch_up_a_little)
        view = context.view
        self._disconnect = context.session.changed.connect(self._follow)
        view.graph_changed.connect(self.rebuild)
        view.selection_changed.connect(self._select)
        view.overlay_changed.connect(self._show_figures)
        context.theme.changed.connect(self._recolor)
        self.rebuild()

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown; None in a document without any."""
        project = self.context.session.project
        return project.graphs.get(self.graph_id) or project.blocks.get(self.graph_id)

    @property
    def paints(self) -> Paints:
        """The pens and brushes of the palette that holds."""
        return self.painter.paints

    def close(self) -> None:
        """Follow the document no longer."""
        self._later.stop()
        self._disconnect()

    def rebuild(self, *, anew: bool = False) -> None:
        """Show the graph of the view's state from scratch."""
        self._choose_graph()
        self._forget()
        self._show_notes()
        graph = self.graph
        if graph is not None:
            self._owners = follow.owners(graph)
            at = placing.places(self.context.session.project, graph.id)
            for key in graph.nodes:
                self._add(key, at[key])
            for node in graph.nodes.values():
                self.wiring.add(edges(node))
            self.wiring.label(self.wiring.route(None))
        self._fit_rect()
        self._select()
        self._show_figures()
        self.rebuilt.emit(anew)

    def set_figures(self, values: Mapping[str, float]) -> None:
        """Take the gradient norms: by node id, or by `graph/node`."""
        self._values = values
        if self.context.view.overlay == "gradients":
            self._show_figures(anew=False)

    def preview(self, positions: Mapping[str, tuple[float, float]]) -> None:
        """Show nodes elsewhere while a gesture goes on; the document knows nothing of it."""
        for key in positions:
            if key not in self._previewed:
                self._previewed[key] = self.nodes[key].pos().toTuple()
        self._move(positions)

    def settle(self) -> None:
        """Show all nodes and notes where the document has them."""
        self.update(self.notes.settle())
        shown = self._previewed.keys() & self.nodes.keys()
        if shown and self.graph is not None:
            at = placing.places(self.context.session.project, self.graph_id)
            bands = self._shown_bands()
            self._previewed = {}
            self._move({key: at[key] for key in shown})
            bands += [self._band(key) for key in shown]
            self.wiring.label(self.wiring.route(bands))

    def show_selected(self, keys: Iterable[str]) -> None:
        """Show these nodes as selected while a gesture goes on."""
        self._mark_selected(frozenset(keys))

    def show_selection(self) -> None:
        """Show as selected what is."""
        self._mark_selected(frozenset(self.context.view.selection))

    def _follow(self, update: Update) -> None:
        old, new = update.old, update.new
        here = self.graph_id in new.graphs or self.graph_id in new.blocks
        known = self.graph_id in old.graphs or self.graph_id in old.blocks
        if update.reset or not (here and known):
            if update.reset:
                self.context.view.select(())
            self.rebuild(anew=update.reset)
            return
        graph, change = new.graph(self.graph_id), follow.graph_change(update, self.graph_id)
        owners, before = follow.owners(graph), self._owners
        self._owners = owners
        touched = follow.touched(update, graph) | ((owners ^ before) & graph.nodes.keys())
        self._stale -= set(change.removed)
        touched = self._urgent(touched, change)
        bands = self._apply(update, touched)
        rewired = (*change.edges_added, *change.edges_removed)
        ports = {edge.source for edge in rewired}
        self._show_notes() if change.notes else None
        if bands or rewired:
            ports |= self.wiring.route(bands)
            self._fit_rect()
        ports |= {edge.source for key in touched for edge in self.wiring.at_node(key)}
        self.wiring.label(ports)
        gone = (*change.removed, *(key for key in change.notes if key not in self.notes))
        if touched or bands or rewired or gone:
            self._after(gone)
        if bands or rewired:
            self.update()
        else:
            self._redraw(ports)
        self.followed.emit(bool(bands or rewired))

    def _apply(self, update: Update, touched: set[str]) -> list[Band]:
        """Change items and edges; return where something stands or stood that is elsewhere now."""
        change = follow.graph_change(update, self.graph_id)
        places = self._places(change)
        self.wiring.drop(change.edges_removed)
        bands = [self._band(key) for key in change.removed]
        for key in change.removed:
            self._remove(key)
        for key in change.added:
            self._add(key, places[key])
        resized = [key for key in touched.difference(change.added) if self._restate(key)]
        bands += [self._band(key) for key in (*change.added, *resized)]
        moved = {key: at for key, at in places.items() if self.table.at(key) != at}
        bands += self._shown_bands() + [self._band(key) for key in moved]
        self._previewed = {}
        self._move(moved)
        self.wiring.add(change.edges_added)
        return bands + [self._band(key) for key in moved]

    def _places(self, change: GraphChange) -> Mapping[str, tuple[float, float]]:
        """Return where nodes stand now; nothing when no position can be another one."""
        rewired = change.edges_added or change.edges_removed or change.reordered
        if not (change.moved or change.added or change.removed or rewired):
            return {}
        return placing.places(self.context.session.project, self.graph_id)

    def _add(self, key: str, at: tuple[float, float]) -> None:
        item = NodeItem(key, self._made_look(key), self.pictures)
        item.setPos(*at)
        self.nodes[key] = item
        self.addItem(item)
        self._tabulate(item)

    def _remove(self, key: str) -> None:
        self.removeItem(self.nodes.pop(key))
        self.table.drop(key)

    def _restate(self, key: str) -> bool:
        """Look at a node again; True when it has another size or other ports."""
        item, new = self.nodes[key], self._made_look(key)
        old = item.look
        if new == old:
            return False
        item.take(new)
        self._tabulate(item)
        if (old.width, old.inputs, old.outputs) == (new.width, new.inputs, new.outputs):
            return False
        self.wiring.reseat(key)
        return True

    def _move(self, positions: Mapping[str, tuple[float, float]]) -> None:
        if positions:
            dirty = self.wiring.move(positions)
            for key, (x, y) in positions.items():
                self.bubbles.move(key, x, y)
            self.update(dirty)

    def _tabulate(self, item: NodeItem) -> None:
        shown, at = item.look, item.pos()
        states = FAULTY if shown.faulty else 0
        states |= BYPASSED if "bypassed" in shown.flags else 0
        states |= SELECTED if item.key in self.painter.marks.selected else 0
        group = self.paints.groups.index(shown.group)
        self.table.put(item.key, at.x(), at.y(), shown.width, group, states)

    def _made_look(self, key: str) -> Look:
        session = self.context.session
        node = session.project.graph(self.graph_id).nodes[key]
        info = session.analysis.node(f"{self.graph_id}/{key}")
        return look(session.project, node, info, self._owners)

    def _band(self, key: str) -> Band:
        x, y = self.nodes[key].pos().toTuple()
        return y - metrics.HEIGHT / 2, y + metrics.HEIGHT / 2, x

    def _after(self, removed: Iterable[str]) -> None:
        gone, view = set(removed), self.context.view
        if gone.intersection(view.selection):
            view.select(key for key in view.selection if key not in gone)
        self._speak()
        if view.overlay != "shapes":
            self._show_figures()

    def _redraw(self, ports: Iterable[Port]) -> None:
        """Draw the edges anew that carry other shapes."""
        at_ports = {edge for port in ports for edge in self.wiring.at_node(port.node)}
        if at_ports:
            self.update(self.wiring.edges.box(at_ports).adjusted(-120, -10, 120, 10))

    def _urgent(self, touched: set[str], change: GraphChange) -> set[str]:
        """Put off what is out of sight and has nothing to complain about; return the rest."""
        if len(touched) <= MANY or self.sight.isEmpty() or self.context.view.overlay != "shapes":
            return touched
        info = self.context.session.analysis.graphs[self.graph_id]
        table = self.table
        seen = {table.ids[row] for row in table.within(self.sight)}
        now = touched & (seen | set(change.added) | set(change.changed))
        now |= {
            key
            for key in touched
            if key in self.nodes and (info.nodes[key].problems or self.nodes[key].look.problem)
        }
        self._stale = (self._stale | touched) - now
        self._later.start(0)
        return now

    def catch_up(self, limit: float | None = None, rect: QRectF | None = None) -> None:
        """Look again at nodes that were put off.

        Args:
            limit: Seconds after which the rest is left for later; None for all of them.
            rect: Only those that this part of the canvas touches.
        """
        due = list(self._stale)
        if rect is not None and due:
            table = self.table
            due = [key for row in table.within(rect) if (key := table.ids[row]) in self._stale]
        start, bands, ports = time.perf_counter(), [], set()
        for place, key in enumerate(due):
            if limit is not None and place % 16 == 15 and time.perf_counter() - start > limit:
                break
            self._stale.discard(key)
            if self._restate(key):
                bands.append(self._band(key))
            ports |= {edge.source for edge in self.wiring.at_node(key)}
        if bands:
            ports |= self.wiring.route(bands)
            self.update()
        self.wiring.label(ports)

    def _catch_up_a_little(self) -> None:
        self.catch_up(SLICE)
        if self._stale:
            self._later.start(0)

    def _forget(self) -> None:
        self.bubbles.clear()
        self.clear()
        self.nodes.clear()
        self.table.clear()
        self.wiring.clear()
        self._previewed, self._stale = {}, set()
        self.painter.marks.ports = {}
        self._rect = QRectF()

    def _choose_graph(self) -> None:
        project, view = self.context.session.project, self.context.view
        if view.graph not in project.graphs and view.graph not in project.blocks:
            view.graph_changed.disconnect(self.rebuild)
            view.open(next(iter(project.graphs), ""))
            view.graph_changed.connect(self.rebuild)
        self.graph_id = view.graph

    def _select(self) -> None:
        self.show_selection()
        self._speak()

    def _mark_selected(self, keys: frozenset[str]) -> None:
        marks = self.painter.marks
        old, marks.selected = marks.selected, keys & self.nodes.keys()
        self.update(self.notes.select(keys))
        for key in old ^ marks.selected:
            self.table.mark(key, SELECTED, key in marks.selected)
            if key in self.nodes:
                self.nodes[key].update()

    def _show_notes(self) -> None:
        self.update(self.notes.show(self.context.session.project.notes.get(self.graph_id, {})))
        self._fit_rect()

    def bounds(self) -> QRectF:
        """Return the rectangle around all nodes and notes; an empty one when there are none."""
        return self.table.bounds() | self.notes.bounds()

    def _shown_bands(self) -> list[Band]:
        """Return the heights that a gesture has moved nodes from and to."""
        half = metrics.HEIGHT / 2
        left = [(y - half, y + half, x) for x, y in self._previewed.values()]
        return left + [self._band(key) for key in self._previewed if key in self.nodes]

    def _speak(self, *, anew: bool = False) -> None:
        info = self.context.session.analysis.graphs.get(self.graph_id)
        wanted = spoken(info, self.nodes, self.painter.marks.selected)
        self.bubbles.refresh(wanted, self.paints, anew=anew)

    def _show_figures(self, *, anew: bool = True) -> None:
        """Give every node what the overlay says of it; draw the rest if asked, or other edges."""
        overlay, head = self.context.view.overlay, f"{self.graph_id}/"
        values = {key.removeprefix(head): value for key, value in self._values.items()}
        if overlay != "shapes":
            self.catch_up()
        made = figures(overlay, {key: item.look for key, item in self.nodes.items()}, values)
        for key, item in self.nodes.items():
            item.show_figure(made.get(key))
        shades = {key: figure.shade for key, figure in made.items() if figure.shade >= 0}
        if anew or shades != self.wiring.painter.shades:
            self.wiring.painter.shades = shades
            self.update()

    def _recolor(self) -> None:
        self.painter.paints = Paints.of(self.context.theme)
        self._speak(anew=True)
        self.update()

    def _fit_rect(self) -> None:
        """Keep the index of the items around them; it grows by steps, since it is made anew."""
        bounds = self.bounds()
        if self._rect.isEmpty() or not self._rect.contains(bounds):
            self._rect = bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            self.setSceneRect(self._rect)
