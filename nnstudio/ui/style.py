"""The look of plain widgets: Qt's Fusion style, a palette from the tokens, and one style sheet."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio.core.paths import resource
from nnstudio.ui import fonts
from nnstudio.ui.theme import LARGE, NORMAL, SMALL, Theme, Tokens

Role = QPalette.ColorRole


def apply(application: QApplication, theme: Theme) -> None:
    """Dress the whole application in the theme, now and whenever it changes."""
    application.setStyle("Fusion")
    application.setFont(fonts.text())

    def dress() -> None:
        application.setPalette(palette(theme.tokens))
        application.setStyleSheet(sheet(theme.tokens))

    theme.changed.connect(dress)
    dress()


def palette(tokens: Tokens) -> QPalette:
    """Return Qt's palette of a theme."""
    made = QPalette()
    roles = {
        Role.Window: tokens.panel,
        Role.WindowText: tokens.text,
        Role.Base: tokens.raised,
        Role.AlternateBase: tokens.panel,
        Role.Text: tokens.text,
        Role.PlaceholderText: tokens.muted,
        Role.Button: tokens.raised,
        Role.ButtonText: tokens.text,
        Role.BrightText: tokens.bad,
        Role.ToolTipBase: tokens.raised,
        Role.ToolTipText: tokens.text,
        Role.Highlight: tokens.accent,
        Role.HighlightedText: tokens.on_accent,
        Role.Link: tokens.accent,
        Role.LinkVisited: tokens.accent,
        Role.Mid: tokens.line,
        Role.Midlight: tokens.line,
        Role.Dark: tokens.line,
        Role.Shadow: tokens.canvas,
        Role.Light: tokens.raised,
        Role.Accent: tokens.accent,
    }
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faded(tokens))
    return made


def faded(tokens: Tokens) -> QColor:
    """Return the colour of what cannot be used now: muted, half way to the ground."""
    muted, ground = QColor(tokens.muted), QColor(tokens.panel)
    return QColor(
        (muted.red() + ground.red()) // 2,
        (muted.green() + ground.green()) // 2,
        (muted.blue() + ground.blue()) // 2,
    )


def sheet(tokens: Tokens) -> str:
    """Return the style sheet of a theme: `resources/themes/window.qss` with its places filled."""
    places = {
        **tokens.named(),
        "faded": faded(tokens).name(),
        "small": f"{SMALL}px",
        "normal": f"{NORMAL}px",
        "large": f"{LARGE}px",
        "mono": f'"{fonts.MONO}"',
    }
    return Template(resource("themes", "window.qss").read_text("utf-8")).substitute(places)
