"""What can be done with a block of the palette besides adding it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.graph.edits import OwnCopy, RemoveBlock
from nnstudio.graph.topology import used_block, users
from nnstudio.studio.fitting import Found
from nnstudio.studio.networks import new_name
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.name_dialog import ask_name


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the menu.

    Attributes:
        words: What stands on it.
        help: What it does, for the tooltip.
        slot: Does it.
    """

    words: str
    help: str
    slot: Callable[[], object]


def fill(menu: QMenu, context: Context, found: Found, parent: QWidget) -> None:
    """Add the rows for a block of the document, of the user's own or of the catalogue."""
    menu.setToolTipsVisible(True)
    for entry in entries(context, found, parent):
        menu.addAction(entry.words, entry.slot).setToolTip(entry.help)


def entries(context: Context, found: Found, parent: QWidget) -> list[Entry]:
    """Return what can be done with a block."""
    if found.shelf == "mine":
        return _own(context, found, parent)
    if found.shelf == "ready":
        piece = context.library.piece(found.layer)
        url = QUrl(piece.url if piece is not None else "")
        read = partial(QDesktopServices.openUrl, url)
        return [Entry(tr("Read the paper"), url.toString(), read)]
    return _of_project(context, used_block(found.layer))


def save(context: Context, block: str) -> bool:
    """Keep a block of the document in the user's library; a refusal is told and gives False."""
    return _tried(context, lambda: context.library.save(context.session.project, block))


def own_copy(context: Context, graph: str, node: str) -> bool:
    """Give the use of a block a definition of its own, named after the old one."""
    project = context.session.project
    block = project.blocks.get(used_block(project.graph(graph).nodes[node].layer))
    if block is None:
        return False
    return context.do(OwnCopy(graph, node, new_name(project, block.name)))


def _own(context: Context, found: Found, parent: QWidget) -> list[Entry]:
    library = context.library

    def renamed(name: str) -> None:
        _tried(context, lambda: library.rename(found.layer, name))

    def rename() -> None:
        ask_name(
            parent, tr("Rename the block"), tr("Its name in your library:"), found.title, renamed
        )

    def delete() -> None:
        _tried(context, lambda: library.delete(found.layer))

    return [
        Entry(tr("Rename…"), tr("Give it another name in your library"), rename),
        Entry(
            tr("Delete from my blocks"),
            tr("Projects that use it keep their copy"),
            delete,
        ),
    ]


def _of_project(context: Context, block: str) -> list[Entry]:
    project = context.session.project
    if block not in project.blocks:
        return []
    made = [
        Entry(
            tr("Open the definition"),
            tr("A change in it changes every use"),
            partial(context.view.open, block),
        ),
        Entry(
            tr("Save to my blocks"),
            tr("Keep it for other projects; one of the same name is replaced"),
            partial(save, context, block),
        ),
    ]
    if not users(project, block):
        remove = partial(context.do, RemoveBlock(block))
        made.append(Entry(tr("Remove from the project"), tr("It is used nowhere"), remove))
    return made


def _tried(context: Context, order: Callable[[], object]) -> bool:
    try:
        order()
    except NNStudioError as error:
        context.refused(error)
        return False
    return True
