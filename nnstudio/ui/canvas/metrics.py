"""Sizes on the canvas, in canvas units: one unit is one device-independent pixel at 100 %."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF

from nnstudio.ui import fonts
from nnstudio.ui.theme import GRID, LARGE, NORMAL, SMALL

HEIGHT = 7.0 * GRID
TITLE = 3.0 * GRID
NARROWEST, WIDEST = 19.0 * GRID, 30.0 * GRID
RADIUS = 6.0
PORT = 5.0
PORT_OUT = 1.5
"""How far outside the middle of a port stands, so that it touches no title."""
PORT_REACH = 12.0
"""How near the pointer must come to a port to mean it."""
PORT_GAP = 32.0
PADDING = 10.0
STACK = 4.0
"""How far the cards of a repeated node lie apart."""
BLEED = 14.0
"""How far a node paints beyond its rectangle: ports, rings, cards."""
CHIP = 18.0
BADGE = 16.0


@lru_cache(maxsize=8)
def font(role: str) -> QFont:
    """Return the font of a title, a body line, a chip, a bubble or a note.

    Letters are smoothed in grey: so they look alike on the canvas and in pictures of nodes, which
    have no ground of their own that coloured edges could be mixed with.
    """
    found = {
        "title": fonts.text(NORMAL, strong=True),
        "body": fonts.mono(SMALL),
        "chip": fonts.mono(SMALL),
        "bubble": fonts.text(SMALL + 1),
        "note": fonts.text(NORMAL),
        "button": fonts.text(SMALL + 1, strong=True),
        "middle": fonts.text(LARGE, strong=True),
        "far": fonts.text(SMALL, strong=True),
    }[role]
    grey = QFont(found)
    grey.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    return grey


@lru_cache(maxsize=8)
def letters(role: str) -> QFontMetricsF:
    """Return the metrics of a font."""
    return QFontMetricsF(font(role))


@lru_cache(maxsize=4096)
def text_width(role: str, text: str) -> float:
    """Return how wide a text is."""
    return letters(role).horizontalAdvance(text)


def node_width(title: str, body: str, badges: int, ports: int) -> float:
    """Return the width of a node: wide enough for its texts and ports, a multiple of the grid."""
    titled = text_width("title", title) + 2 * PADDING + badges * BADGE
    wide = max(titled, text_width("body", body) + 2 * PADDING, (ports + 0.5) * 24.0)
    steps = -(-wide // (2 * GRID))
    return min(WIDEST, max(NARROWEST, steps * 2 * GRID))


def port_x(index: int, count: int, width: float) -> float:
    """Return where a port stands, from the middle of the node."""
    if count < 2:
        return 0.0
    gap = min(PORT_GAP, (width - 24.0) / (count - 1))
    return (index - (count - 1) / 2) * gap


def port_at(index: int, count: int, width: float, *, output: bool) -> QPointF:
    """Return the place of a port, from the middle of the node."""
    y = HEIGHT / 2 + PORT_OUT
    return QPointF(port_x(index, count, width), y if output else -y)
