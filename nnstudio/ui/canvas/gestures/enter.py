"""Double-click: into a block, a layer's main setting, a note's text, or search on bare canvas."""

from __future__ import annotations

from typing import Any

from nnstudio.graph.topology import CUSTOM, used_block
from nnstudio.ui.canvas import note_field
from nnstudio.ui.canvas.gesture import Pointer


def double_click(view: Any, pointer: Pointer) -> None:
    """Do what a double-click means at a place."""
    if pointer.hit.node:
        open_node(view, pointer.hit.node)
    elif pointer.hit.note:
        note_field.write(view, pointer.hit.note)
    elif pointer.hit.empty:
        view.search(pointer.point)


def open_node(view: Any, key: str) -> None:
    """Enter a used block, open the text of an own layer, edit the main setting of any other."""
    layer, project = view.canvas.graph.nodes[key].layer, view.context.session.project
    if used_block(layer) in project.blocks:
        view.context.view.enter(key, used_block(layer))
    elif layer.startswith(CUSTOM) and layer.removeprefix(CUSTOM) in project.custom:
        view.context.own.wanted.emit(layer.removeprefix(CUSTOM))
    else:
        view.edit_main(key)
