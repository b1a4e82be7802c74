"""The keys that only walk: arrows, Tab, Enter, Esc. All others are actions of the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from nnstudio.catalogue import registry
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args
from nnstudio.graph.edits import ResetArg, SetArgs
from nnstudio.graph.topology import set_at
from nnstudio.studio.formulas import names_in
from nnstudio.studio.placing import Place
from nnstudio.studio.typed import read, write
from nnstudio.ui import i18n
from nnstudio.ui.canvas import metrics, note_field
from nnstudio.ui.canvas.gestures import enter
from nnstudio.ui.canvas.gestures.move import moving
from nnstudio.ui.canvas.inline_edit import InlineEdit
from nnstudio.ui.canvas.nearest import ARROWS, nearest
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def before_shortcuts(view: Any, event: QKeyEvent) -> bool:
    """Take keys that a gesture needs before they are shortcuts, and Tab before the focus moves."""
    if event.type() == QEvent.Type.ShortcutOverride and view.gesture is not None:
        event.accept()
        return True
    tab = event.key() == Key.Key_Tab and not event.modifiers()
    if event.type() == QEvent.Type.KeyPress and tab:
        view.keyPressEvent(event)
        return True
    return False


def press(view: Any, event: QKeyEvent) -> bool:
    """Do what a key means on the canvas; False when it means nothing here."""
    key = Key(event.key())
    if view.gesture is not None:
        if key == Key.Key_Escape:
            view.end_gesture(cancel=True)
            return True
        return view.gesture.key(event)
    if key in ARROWS:
        return _arrow(view, key, event.modifiers())
    if key == Key.Key_Tab:
        view.search()
    elif key in (Key.Key_Return, Key.Key_Enter) and view.current:
        enter.open_node(view, view.current)
    elif key in (Key.Key_Return, Key.Key_Enter) and _note(view):
        note_field.write(view, _note(view))
    elif key == Key.Key_Escape:
        leave(view)
    else:
        return False
    return True


def leave(view: Any) -> None:
    """Let go of what is selected, else go one level up."""
    state = view.context.view
    if view.edge is not None or state.selection:
        view.choose_edge(None)
        state.select(())
        view.set_current("")
    elif len(state.path) > 1:
        state.leave()


def edit_main(view: Any, key: str) -> None:
    """Open a field on a node for the layer's main setting."""
    item, graph = view.canvas.nodes.get(key), view.canvas.graph
    spec = registry.layer(graph.nodes[key].layer) if item is not None else None
    if spec is None or not spec.main:
        view.say(tr("This node has no main setting; the inspector shows all"))
        return
    view.set_current(key)
    param, session = spec.param(spec.main), view.context.session
    info = session.analysis.node(f"{graph.id}/{key}")
    holder = set_at(graph, graph.nodes[key])  # of weights that are used twice, the owner
    now = holder.args.get(spec.main)
    if now is None and info is not None:
        now = info.args.get(spec.main)
    if now is None and not param.auto:
        now = param.default

    names = names_in(graph, holder)

    def taken(text: str) -> str:
        try:
            value = read(param, text, names) if text or not param.auto else None
        except ProjectError as error:
            return i18n.message(error.problems[0])
        edit = (
            ResetArg(graph.id, holder.id, param.name)
            if value is None
            else SetArgs(graph.id, holder.id, Args({param.name: value}))
        )
        return "" if view.do(edit) else tr("this cannot be set")

    name = f"{spec.name}: {param.name}"
    field = InlineEdit(
        view.viewport(), view.context.theme, write(now), metrics.font("body"), taken, name
    )
    box = item.rect().adjusted(4, metrics.TITLE + 2, -4, -3)
    field.open_at(view.mapFromScene(QRectF(box)).boundingRect())


def _arrow(view: Any, key: Key, modifiers: Qt.KeyboardModifier) -> bool:
    if modifiers & CONTROL:
        return _shift(view, *ARROWS[key])
    canvas, state = view.canvas, view.context.view
    here = view.current
    target = nearest(canvas.table, here, *ARROWS[key]) if here else _first(view)
    if target:
        state.select((*state.selection, target) if modifiers & SHIFT else [target])
        view.set_current(target)
    return True


def _first(view: Any) -> str:
    """Return the node nearest to the middle of what is seen."""
    middle = view.camera.seen().center()
    found, best = "", float("inf")
    for key, item in view.canvas.nodes.items():
        way: QPointF = item.pos() - middle
        if way.manhattanLength() < best:
            found, best = key, way.manhattanLength()
    return found


def _shift(view: Any, dx: int, dy: int) -> bool:
    """Move the selected nodes and notes by one step of the grid."""
    nodes, notes, selection = view.canvas.nodes, view.canvas.notes, view.context.view.selection
    known = {key: nodes[key].pos().toTuple() for key in selection if key in nodes}
    noted = {key: notes.note(key).at for key in selection if key in notes}
    if not known and not noted:
        return False
    by = dx * GRID, dy * GRID
    view.do(moving(view.canvas.graph_id, _shifted(known, by), _shifted(noted, by)))
    if known:
        view.reveal([*known][-1])
    return True


def _note(view: Any) -> str:
    """Return the one note that is selected, or ""."""
    chosen = view.context.view.selection
    return chosen[0] if len(chosen) == 1 and chosen[0] in view.canvas.notes else ""


def _shifted(places: Mapping[str, Place], by: Place) -> dict[str, Place]:
    return {key: (x + by[0], y + by[1]) for key, (x, y) in places.items()}
