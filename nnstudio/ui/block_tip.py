"""What the tooltip of a block shows: its sentence, its paper, and its graph drawn small."""

from __future__ import annotations

import base64
import html

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from nnstudio.graph.model import Project
from nnstudio.graph.topology import used_block
from nnstudio.studio.fitting import Found
from nnstudio.studio.library import Library
from nnstudio.ui.graph_picture import paint, picture
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import Tokens
from nnstudio.ui.widgets import tip

SIZE = QSize(260, 96)
SHARP = 2
"""So many points stand for one, for screens with a fine grid."""


def block_tip(found: Found, project: Project, library: Library, tokens: Tokens) -> str:
    """Return the tooltip of a block of the document or the library; of any other layer its words.

    Args:
        found: What can be added.
        project: The document.
        library: What lies ready.
        tokens: The colours.
    """
    words = tr(found.summary) if found.summary else found.title
    piece = library.piece(found.layer)
    holder, block = (
        (project, used_block(found.layer)) if piece is None else (piece.project, piece.block)
    )
    if block not in holder.blocks:
        return tip(words)
    lines = [html.escape(words)]
    if found.source:
        lines.append(f"<span>{html.escape(found.source)}</span>")
    data = base64.b64encode(_png(holder, block, tokens)).decode()
    lines.append(f'<img src="data:image/png;base64,{data}" width="{SIZE.width()}">')
    return f"<qt>{'<br>'.join(lines)}</qt>"


def _png(project: Project, block: str, tokens: Tokens) -> bytes:
    image = QImage(SIZE * SHARP, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(tokens.color("canvas"))
    painter = QPainter(image)
    painter.scale(SHARP, SHARP)
    paint(
        painter,
        picture(project, block),
        QRectF(8, 8, SIZE.width() - 16, SIZE.height() - 16),
        tokens,
    )
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs say bytes
    return bytes(buffer.data().data())
