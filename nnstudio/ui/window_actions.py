"""What every action of the window does; `book.unbound` is empty afterwards."""

from __future__ import annotations

from functools import partial
from typing import Any

from nnstudio.graph.topology import CUSTOM
from nnstudio.studio.actions import ACTIONS
from nnstudio.ui.about import About
from nnstudio.ui.command_palette import CommandPalette
from nnstudio.ui.help_window import HelpWindow, topic_of
from nnstudio.ui.layout_store import NAMES
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.menus import Test
from nnstudio.ui.preferences import Preferences, look
from nnstudio.ui.selftest import SelfTest
from nnstudio.ui.theme import Mode
from nnstudio.ui.view_state import Overlay

ON_NODE = (
    "graph.rename", "graph.enter", "graph.edit_code", "graph.group", "graph.ungroup",
    "graph.own_copy", "graph.keep_block", "graph.repeat", "graph.owner", "graph.bypass",
    "graph.freeze", "edit.cut", "edit.copy", "edit.duplicate", "edit.delete",
    "edit.delete_open", "edit.select_upstream", "edit.select_downstream", "help.page",
)  # fmt: skip
"""The context menu of a node."""

ON_NOTE = ("graph.edit", "edit.cut", "edit.copy", "edit.duplicate", "edit.delete")
"""The context menu of a note."""

ON_GROUND = (
    "graph.add", "graph.new_layer", "graph.note", "edit.paste", "edit.select_all",
    "graph.arrange", "view.fit",
)  # fmt: skip
"""The context menu of the canvas where nothing is."""

MODES: tuple[Mode, ...] = ("system", "dark", "light")
OVERLAYS: tuple[Overlay, ...] = ("shapes", "parameters", "flops", "memory", "gradients")


def bind(window: MainWindow) -> None:
    """Bind every action."""
    _bind_files(window)
    _bind_canvas(window)
    _bind_view(window)
    _bind_help(window)
    window.view.selection_changed.connect(window.book.refresh)
    window.view.graph_changed.connect(window.book.refresh)
    window.book.refresh()


def _bind_files(window: MainWindow) -> None:
    book, files, session = window.book, window.files, window.session
    shown = partial(_shown, window)
    book.bind("file.new", files.new)
    book.bind("file.start", window.toggle_start)
    book.bind("file.open", files.open)
    book.bind("file.save", files.save, shown)
    book.bind("file.save_as", files.save_as, shown)
    book.bind("file.export", partial(window.show_arrangement, "export"), partial(_has, window))
    book.bind("file.quit", window.close)
    book.bind("edit.undo", session.undo, lambda: shown() and session.can_undo)
    book.bind("edit.redo", session.redo, lambda: shown() and session.can_redo)
    book.bind("edit.preferences", lambda: Preferences(window).exec())


def _bind_canvas(window: MainWindow) -> None:
    """Bind what the canvas does; it holds only while there is a document on screen."""
    commands = window.canvas_panel.commands
    panel, view, session = window.canvas_panel, window.view, window.session

    def next_network() -> None:
        keys = list(session.project.graphs)
        here = keys.index(view.path[0][0]) if view.path[0][0] in keys else -1
        view.open(keys[(here + 1) % len(keys)])

    shown = partial(_shown, window)
    window.book.bind("graph.network", panel.networks.add_network, shown)
    window.book.bind(
        "graph.networks", next_network, lambda: shown() and len(session.project.graphs) > 1
    )
    for action in commands.ids:
        if action in ACTIONS:
            slot, test = commands.slot(action), commands.test(action)
            window.book.bind(action, slot, partial(_can, window, test), canvas=window.canvas)

    own = window.context.own
    has_code = partial(_own_layer, window)
    window.book.bind("graph.new_layer", partial(own.wanted.emit, ""), partial(_shown, window))
    window.book.bind(
        "graph.edit_code", lambda: own.wanted.emit(has_code()), lambda: bool(has_code())
    )
    window.canvas.menu_wanted.connect(partial(_menu, window))


def _own_layer(window: MainWindow) -> str:
    """Return the id of the own layer of the selected node, "" when it is none."""
    view, project = window.view, window.session.project
    graph = project.graphs.get(view.graph) or project.blocks.get(view.graph)
    node = graph.nodes.get(view.selection[-1]) if graph and view.selection else None
    layer = node.layer.removeprefix(CUSTOM) if node else ""
    return layer if _shown(window) and layer in project.custom else ""


def _menu(window: MainWindow, at: Any, node: str) -> None:
    """Show the context menu of a node, of a note, or of the ground."""
    note = ON_NOTE if node else ON_GROUND
    ids = ON_NODE if node in window.canvas.canvas.nodes else note
    window.book.context_menu(ids, window.canvas).popup(at)


def _bind_view(window: MainWindow) -> None:
    book, view, theme = window.book, window.view, window.theme
    book.bind("view.palette", CommandPalette(window).open)
    for overlay in OVERLAYS:
        book.bind(
            f"view.{overlay}",
            partial(view.show_overlay, overlay),
            partial(_shown, window),
            partial(lambda name: view.overlay == name, overlay),
        )
    for name in NAMES:
        book.bind(
            f"view.{name}",
            partial(window.show_arrangement, name),
            partial(_has, window, name),
            partial(lambda key: window.arrangement == key, name),
        )
        book[f"view.{name}"].setVisible(name in window.arrangements)
    book["file.export"].setVisible("export" in window.arrangements)
    book.bind("view.reset", window.reset_panels, partial(_shown, window))
    for mode in MODES:
        book.bind(
            f"view.{mode}",
            partial(look, window, mode),
            checked=partial(lambda key: theme.mode == key, mode),
        )


def _bind_help(window: MainWindow) -> None:
    book = window.book
    help_window: list[HelpWindow] = []

    def show(topic: str) -> None:
        if not help_window:
            help_window.append(HelpWindow(window.context, window))
        help_window[0].show_topic(topic)
        help_window[0].show()
        help_window[0].raise_()

    def page() -> None:
        show(topic_of(window.context, window.canvas, start=not window.arrangement))

    book.bind("help.page", page)
    book.bind("help.shortcuts", partial(show, "shortcuts"))
    book.bind("help.selftest", lambda: SelfTest(window).open())
    book.bind("help.about", lambda: About(window.devices, window).open())


def _shown(window: MainWindow) -> bool:
    """Tell whether there is a document on screen."""
    return bool(window.arrangement)


def _has(window: MainWindow, name: str = "export") -> bool:
    return _shown(window) and name in window.arrangements


def _can(window: MainWindow, test: Test) -> bool:
    return _shown(window) and test()
