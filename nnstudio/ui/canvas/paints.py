"""Pens and brushes of the canvas, made once for each palette."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen

from nnstudio.ui.canvas import metrics
from nnstudio.ui.theme import Theme, Tokens

SOLID, ROUND = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
SQUARE = Qt.PenCapStyle.SquareCap
"""Round caps make every short piece of an edge a path of its own, three times as dear."""

STEPS = 12
"""Colours of the ramp that shows how much flows through an edge."""

_RAMP = {
    True: ("#5B6BD6", "#2F9FB5", "#35B779", "#8FD744", "#E4E34A"),
    False: ("#4B3FA0", "#26708E", "#1F8A5B", "#5C9A12", "#8A8A00"),
}


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour between two; 0 is the first."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


class Paints:
    """What the canvas is painted with.

    Args:
        tokens: The palette.
        dark: True for the dark one.
    """

    def __init__(self, tokens: Tokens, *, dark: bool) -> None:
        color = tokens.color
        self.tokens, self.dark = tokens, dark
        self.canvas, self.raised = color("canvas"), color("raised")
        self.text, self.muted, self.accent = color("text"), color("muted"), color("accent")
        self.bad, self.warn, self.good = color("bad"), color("warn"), color("good")
        self.line, self.panel = color("line"), color("panel")
        self.on_accent = color("on_accent")
        node = self.raised if dark else color("panel")
        self.none = QPen(Qt.PenStyle.NoPen)
        self.hollow = QBrush(Qt.BrushStyle.NoBrush)
        self.body = QBrush(node)
        self.frame = QPen(mixed(self.line, self.muted, 0.35), 1.0)
        self.hover = QPen(mixed(self.muted, self.text, 0.5), 1.5)
        self.selected = QPen(self.accent, 2.0)
        self.focus = QPen(self.accent, 1.5, Qt.PenStyle.DashLine)
        self.error, self.warning = QPen(self.bad, 2.0), QPen(self.warn, 1.5)
        self.absent = QPen(self.bad, 1.5, Qt.PenStyle.DashLine)
        self.left_out = QPen(mixed(self.line, self.muted, 0.7), 1.25, Qt.PenStyle.DashLine)
        self._ground()
        self._edges()
        self._nodes(node)

    @classmethod
    def of(cls, theme: Theme) -> Paints:
        """Return the paints of the palette that holds."""
        return cls(theme.tokens, dark=theme.dark)

    def _ground(self) -> None:
        self.ground = QBrush(self.canvas)
        self.grid = QPen(mixed(self.canvas, self.muted, 0.22), 1.5)
        self.grid.setCosmetic(True)
        self.guide = QPen(mixed(self.canvas, self.accent, 0.8), 0.0)
        self.band = QBrush(QColor(self.accent.red(), self.accent.green(), self.accent.blue(), 36))
        self.bad_ground = QBrush(mixed(self.canvas, self.bad, 0.14))

        self.note = QBrush(mixed(self.canvas, self.muted, 0.09 if self.dark else 0.11))
        self.note_edge = QPen(mixed(self.canvas, self.muted, 0.28), 1.0)
        self.note_bar = QBrush(mixed(self.canvas, self.accent, 0.55))
        self.note_ink = QPen(mixed(self.text, self.muted, 0.3))

    def _edges(self) -> None:
        self.wire = QPen(mixed(self.line, self.muted, 0.75), 2.0, SOLID, SQUARE)
        self.wire_far = QPen(mixed(self.line, self.muted, 0.45), 0.0)
        self.wire_hot = QPen(self.accent, 2.5, SOLID, SQUARE)
        self.chip = QBrush(self.panel)
        self.chip_edge = QPen(mixed(self.line, self.muted, 0.2), 1.0)
        self.ramp = [_ramp(self.dark, step / (STEPS - 1)) for step in range(STEPS)]
        self.flows = [QPen(shade, 2.0, SOLID, SQUARE) for shade in self.ramp]

    def _nodes(self, node: QColor) -> None:
        self.port = QBrush(mixed(self.muted, self.text, 0.45))
        self.port_edge = QPen(self.canvas, 1.5)
        self.port_open = QPen(self.warn, 2.0)
        self.port_ring = QPen(mixed(self.muted, self.text, 0.25), 1.75)
        tokens = self.tokens
        self.families = {group: QBrush(tokens.family(group)) for group in tokens.families}
        self.families[""] = QBrush(mixed(self.canvas, self.bad, 0.35))
        self.groups = list(self.families)
        self.faded = {g: _towards(brush, node, 0.72) for g, brush in self.families.items()}
        self.cards = {g: _towards(brush, self.canvas, 0.55) for g, brush in self.families.items()}


def _towards(brush: QBrush, other: QColor, share: float) -> QBrush:
    return QBrush(mixed(brush.color(), other, share))


def _ramp(dark: bool, share: float) -> QColor:
    stops = _RAMP[dark]
    place = share * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    return mixed(QColor(stops[index]), QColor(stops[index + 1]), place - index)


class Outlines:
    """Rounded rectangles by width: nodes come in a few widths only."""

    def __init__(self) -> None:
        self._made: dict[float, tuple[QPainterPath, QPainterPath, QRectF]] = {}

    def get(self, width: float) -> tuple[QPainterPath, QPainterPath, QRectF]:
        """Return the body, the title and the bounds of a node of this width, around its middle."""
        found = self._made.get(width)
        if found is None:
            found = self._made[width] = _outline(width)
        return found


def _outline(width: float) -> tuple[QPainterPath, QPainterPath, QRectF]:
    rect = QRectF(-width / 2, -metrics.HEIGHT / 2, width, metrics.HEIGHT)
    body = QPainterPath()
    body.addRoundedRect(rect, metrics.RADIUS, metrics.RADIUS)
    # The frame is drawn over the edge of the title, so that no ground shines through the corners.
    upper = QPainterPath()
    upper.addRect(QRectF(rect.left(), rect.top(), width, metrics.TITLE))
    title = body.intersected(upper)
    bleed = metrics.BLEED
    return body, title, rect.adjusted(-bleed, -bleed, bleed, bleed)
