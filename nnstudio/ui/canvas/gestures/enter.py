"""Double-click: into a block, a layer's main setting, a note's text, or search on bare canvas."""

from __future__ import annotations

from typing import Any

from nnstudio.graph.topology import used_block
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
    """Enter the block that a node uses; edit the main setting of any other."""
    block = used_block(view.canvas.graph.nodes[key].layer)
    if block and block in view.context.session.project.blocks:
        view.context.view.enter(key, block)
    else:
        view.edit_main(key)
