"""What a screen reader hears of the canvas and of the node that the keyboard is at."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAccessible, QAccessibleEvent

from nnstudio.studio.summaries import spoken
from nnstudio.ui.i18n import tr


def tell(view: Any) -> None:
    """Set the name of the canvas and what is said of the node at hand."""
    graph, session = view.canvas.graph, view.context.session
    if graph is None:
        view.setAccessibleName(tr("Canvas, no network"))
        return
    count = len(graph.nodes)
    view.setAccessibleName(tr("Canvas of {name}, {count} nodes", name=graph.name, count=count))
    words = tr("Press Tab to add a layer, arrows to go from node to node")
    if view.current in graph.nodes:
        words = spoken(session.project, session.analysis, graph, view.current)
        chosen = len(view.context.view.selection)
        words += ", " + tr("{count} selected", count=chosen) if chosen > 1 else ""
    noted = [key for key in view.context.view.selection if key in view.canvas.notes]
    if len(noted) == 1 and not view.current:
        words = tr("Note: {text}", text=view.canvas.notes.note(noted[0]).text)
    if words != view.accessibleDescription():
        view.setAccessibleDescription(words)
        if QAccessible.isActive():
            event = QAccessibleEvent(view, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)
