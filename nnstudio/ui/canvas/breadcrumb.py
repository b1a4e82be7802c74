"""Where one is: the project, the network, the blocks that were entered; each part leads back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from nnstudio.graph.topology import users
from nnstudio.studio.session import Update
from nnstudio.studio.summaries import title
from nnstudio.ui import fonts
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import NORMAL, SMALL
from nnstudio.ui.widgets import tip

LONGEST = 32
PAD = 6
"""Room between the names and the edge of their ground."""


class Breadcrumb(QWidget):
    """A row of names; a block with several uses says so, since an edit changes all of them."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(PAD, 2, PAD, 2)
        self._row.setSpacing(6)
        self.setAccessibleName(tr("Where you are"))
        self.setObjectName("breadcrumb")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown: tuple[str, ...] = ()
        context.view.graph_changed.connect(self.refresh)
        context.theme.changed.connect(partial(self.refresh, anew=True))
        self._disconnect = context.session.changed.connect(self._follow)
        self.refresh()

    @property
    def names(self) -> tuple[str, ...]:
        """What stands in the row."""
        return self._shown

    def close_canvas(self) -> None:
        """Follow the document no longer."""
        self._disconnect()

    def refresh(self, *, anew: bool = False) -> None:
        """Write the names."""
        names = self._names()
        shared = self._shared()
        words = tuple(name for name, _ in names)
        shown = (*words, shared) if shared else words
        if shown == self._shown and not anew:
            return
        self._shown = shown
        while self._row.count():
            part = self._row.takeAt(0).widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        for place, (name, depth) in enumerate(names):
            if place:
                self._row.addWidget(self._word("›", muted=True))
            last = place == len(names) - 1
            self._row.addWidget(
                self._word(name, muted=place > 0) if last else self._way(name, depth)
            )
        if shared:
            self._row.addWidget(self._word("·  " + shared, muted=True, small=True))
        # Whatever of the graph lies below it must not be read into it.
        ground = self._context.theme.tokens.color("canvas")
        ground.setAlphaF(0.85)
        rgba = ", ".join(str(part) for part in ground.getRgb())
        self.setStyleSheet(f"#breadcrumb {{ background: rgba({rgba}); border-radius: 6px; }}")
        self.adjustSize()

    def _follow(self, update: Update) -> None:
        self.refresh()

    def _names(self) -> tuple[tuple[str, int], ...]:
        """Return the names with the depths that they lead to."""
        project, path = self._context.session.project, self._context.view.path
        names = [(_short(project.name), 0)]
        for place, (graph_id, use) in enumerate(path):
            graph = project.graphs.get(graph_id) or project.blocks.get(graph_id)
            if graph is None:
                continue
            outer = path[place - 1][0] if place else ""
            inside = project.graphs.get(outer) or project.blocks.get(outer)
            node = inside.nodes.get(use) if inside is not None else None
            name = title(project, node) if node is not None else graph.name
            # A network that is called like its project is said once.
            if place or name != project.name:
                names.append((_short(name), place))
        return tuple(names)

    def _shared(self) -> str:
        project, graph_id = self._context.session.project, self._context.view.graph
        count = len(users(project, graph_id)) if graph_id in project.blocks else 0
        return tr("one definition, {count} uses", count=count) if count > 1 else ""

    def _word(self, text: str, *, muted: bool, small: bool = False) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(fonts.text(SMALL if small else NORMAL))
        tokens = self._context.theme.tokens
        label.setStyleSheet(f"color: {tokens.muted if muted else tokens.text};")
        label.show()
        return label

    def _way(self, text: str, depth: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(text.replace("&", "&&"))
        button.setFont(fonts.text(NORMAL, strong=True))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setAutoRaise(True)
        button.setStyleSheet(
            f"QToolButton {{ color: {self._context.theme.tokens.accent};"
            " background: transparent; border: 0; padding: 0; }"
            "QToolButton:hover, QToolButton:focus { text-decoration: underline; }"
        )
        button.setToolTip(tip(tr("Go to {name}", name=text)))
        button.clicked.connect(partial(self._go, depth))
        button.show()
        return button

    def _go(self, depth: int, _checked: bool = False) -> None:
        self._context.view.leave(depth)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
