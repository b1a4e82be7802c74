"""Colours, distances and text sizes: every number of the look stands here and nowhere else.

Two palettes, dark and light, both designed; `Theme` says which one holds and tells when it changes.
Every text colour keeps a contrast of 4.5:1 on every ground that it stands on (a test counts it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle

from nnstudio.catalogue.spec import Family

Mode = Literal["system", "dark", "light"]
Group = Family | Literal["block"]

GRID = 8
"""The distance that all other distances are multiples of, in device-independent pixels."""

SMALL, NORMAL, LARGE = 11, 13, 18
"""The three text sizes, in device-independent pixels."""

FAST = 120
"""How long an animation lasts, in milliseconds; 0 is used where the system asks for less motion."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one palette, as `#rrggbb`.

    Attributes:
        canvas: The ground of the canvas and of the plots.
        panel: The ground of panels.
        raised: Fields, cards, nodes.
        line: Borders and grid lines.
        text: What is read.
        muted: What is read second.
        accent: Selection, focus, links.
        good: Healthy, saved, better.
        warn: Worth a look.
        bad: Wrong.
        on_accent: Text on accent, good and family colours.
        families: The colour of each family of layers.
        series: Curves, in the order in which they are handed out.
    """

    canvas: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    good: str
    warn: str
    bad: str
    on_accent: str
    families: Mapping[Group, str]
    series: tuple[str, ...]

    def color(self, name: str) -> QColor:
        """Return the colour of a token by its name."""
        return QColor(getattr(self, name))

    def family(self, group: Group) -> QColor:
        """Return the colour of a family of layers."""
        return QColor(self.families[group])

    def named(self) -> dict[str, str]:
        """Return every plain token by name, for style sheets and icons."""
        found = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in found if isinstance(value, str)}


DARK = Tokens(
    canvas="#12151A",
    panel="#191D24",
    raised="#222731",
    line="#2C323D",
    text="#E6E9EF",
    muted="#8C95A4",
    accent="#5B9DFF",
    good="#3FB68B",
    warn="#F2B24B",
    bad="#F0616D",
    on_accent="#0B0E12",
    families={
        "io": "#8793A6",
        "convolution": "#4C8DFF",
        "linear": "#2FB8AC",
        "normalization": "#9B7BFF",
        "activation": "#FF9F43",
        "pooling": "#38BDF8",
        "recurrent": "#F472B6",
        "attention": "#EAB308",
        "tensor": "#84CC16",
        "regularization": "#FB7185",
        "loss": "#EF4444",
        "block": "#7C83FF",
    },
    series=("#5B9DFF", "#F2B24B", "#3FB68B", "#F472B6", "#9B7BFF", "#38BDF8", "#FB7185", "#84CC16"),
)

LIGHT = Tokens(
    canvas="#F4F6F9",
    panel="#FFFFFF",
    raised="#EEF1F5",
    line="#D8DEE7",
    text="#1B222C",
    muted="#5A6573",
    accent="#1A66DB",
    good="#127350",
    warn="#8A590E",
    bad="#C42E44",
    on_accent="#FFFFFF",
    families={
        "io": "#66748A",
        "convolution": "#2F6FE0",
        "linear": "#0F7A71",
        "normalization": "#7A55E6",
        "activation": "#A85808",
        "pooling": "#0B739F",
        "recurrent": "#C0337F",
        "attention": "#856400",
        "tensor": "#467109",
        "regularization": "#BF3F52",
        "loss": "#C62828",
        "block": "#565DE8",
    },
    series=("#1A66DB", "#96610F", "#127350", "#C0337F", "#7A55E6", "#0B739F", "#C42E44", "#467109"),
)


class Theme(QObject):
    """Which palette holds; the one object that every painted thing asks for a colour.

    Signals:
        changed: The palette is another one; whoever caches a pen or a picture makes it anew.
    """

    changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._moves = True
        self.tokens = self._resolved()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def mode(self) -> Mode:
        """What was chosen: `system`, `dark` or `light`."""
        return self._mode

    @property
    def dark(self) -> bool:
        """True while the dark palette holds."""
        return self.tokens is DARK

    @property
    def motion(self) -> int:
        """How long an animation lasts in milliseconds: 0 where motion is not wanted."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return FAST if self._moves and QApplication.style().styleHint(hint) > 0 else 0

    def allow_motion(self, allowed: bool) -> None:
        """Let things move briefly, or not at all."""
        self._moves = allowed

    def choose(self, mode: Mode) -> None:
        """Take another palette, or follow the system."""
        self._mode = mode
        self._follow()

    def _follow(self) -> None:
        tokens = self._resolved()
        if tokens is not self.tokens:
            self.tokens = tokens
            self.changed.emit()

    def _resolved(self) -> Tokens:
        if self._mode == "system":
            light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
            return LIGHT if light else DARK
        return LIGHT if self._mode == "light" else DARK


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    shade = QColor(color)
    red, green, blue = linear(shade.redF()), linear(shade.greenF()), linear(shade.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
