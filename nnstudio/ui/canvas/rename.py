"""The name of a node, typed in its title."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF

from nnstudio.graph.edits import Rename
from nnstudio.ui.canvas import metrics
from nnstudio.ui.canvas.inline_edit import InlineEdit
from nnstudio.ui.i18n import tr


def rename(view: Any, key: str) -> None:
    """Open a field in the title of a node; an empty name gives the layer's back."""
    item, graph = view.canvas.nodes.get(key), view.canvas.graph
    if item is None:
        return
    view.set_current(key)

    def taken(text: str) -> str:
        done = text.strip() == graph.nodes[key].name or view.do(Rename(graph.id, key, text.strip()))
        return "" if done else tr("this cannot be a name")

    field = InlineEdit(
        view.viewport(),
        view.context.theme,
        graph.nodes[key].name,
        metrics.font("title"),
        taken,
        tr("Name of the node"),
    )
    field.setPlaceholderText(item.look.title)
    box = item.rect()
    box.setHeight(metrics.TITLE)
    field.open_at(view.mapFromScene(QRectF(box)).boundingRect())
