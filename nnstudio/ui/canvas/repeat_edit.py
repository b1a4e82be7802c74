"""How often a node is repeated, typed on the node itself: `4`, `depth`, `3 map`."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QRectF

from nnstudio.core.problems import ProjectError
from nnstudio.graph.edits import SetRepeat
from nnstudio.graph.model import Repeat
from nnstudio.studio.block_params import COPIES
from nnstudio.studio.formulas import names_in
from nnstudio.studio.typed import read, write
from nnstudio.ui import i18n
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.inline_edit import InlineEdit
from nnstudio.ui.i18n import tr

MODES = ("stack", "loop", "map")


def edit_repeat(view: Any, key: str) -> None:
    """Open a field on a node for the number of copies; an empty one or 1 takes the repeat away."""
    item, graph = view.canvas.nodes.get(key), view.canvas.graph
    if item is None:
        return
    view.set_current(key)
    old = graph.nodes[key].repeat

    def taken(text: str) -> str:
        head, _, tail = text.strip().rpartition(" ")
        mode = tail if tail in MODES else (old.mode if old is not None else "stack")
        count = head if tail in MODES else text
        try:
            value = read(COPIES, count, names_in(graph)) if count.strip() else 1
        except ProjectError as error:
            return i18n.message(error.problems[0])
        made = None if value == 1 else Repeat(value, cast(Any, mode))
        return "" if view.do(SetRepeat(graph.id, key, made)) else tr("this cannot be a number")

    now = ""
    if old is not None:
        now = write(old.count) + ("" if old.mode == "stack" else f" {old.mode}")
    name = tr("Copies: a number or a formula, then stack, loop or map")
    field = InlineEdit(view.viewport(), view.context.theme, now, metrics.font("body"), taken, name)
    field.setPlaceholderText(tr("copies, such as 4"))
    box = item.rect().adjusted(4, metrics.TITLE + 2, -4, -3)
    field.open_at(view.mapFromScene(QRectF(box)).boundingRect())
