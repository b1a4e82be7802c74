"""Our own drawings: each is there, takes the colour of the theme and is drawn at any scale."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from nnstudio.core.paths import package, resource
from nnstudio.studio.actions import ACTIONS
from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme

DRAWINGS = sorted(resource("icons").glob("*.svg"))


def _named() -> Iterator[str]:
    """The names that the code asks for."""
    yield from (row.icon for row in ACTIONS.values() if row.icon)
    for path in package("ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "icon" and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    yield str(name.value)


def test_every_icon_that_is_asked_for_is_there() -> None:
    there = {path.stem for path in DRAWINGS}
    assert set(_named()) - there == set()


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_uses_only_the_colour_of_the_theme(path: Path) -> None:
    text = path.read_text("utf-8")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox") == "0 0 24 24"
    assert not re.findall(r"#[0-9a-fA-F]{3,8}|rgb|url\(|<script|<image|href", text)
    colors = {part.get(name) for part in root.iter() for name in ("fill", "stroke")}
    assert colors <= {None, "none", "currentColor"}


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_shows_something_and_is_not_cut(path: Path, theme: Theme) -> None:
    image = icon(path.stem, theme).pixmap(QSize(48, 48)).toImage()
    drawn = [(x, y) for x in range(48) for y in range(48) if _alpha(image, x, y) > 40]
    assert len(drawn) > 20
    edge = [spot for spot in drawn if 0 in spot or 47 in spot]
    assert not edge, "it touches the border"


def test_an_icon_follows_the_theme(theme: Theme) -> None:
    shown = icon("play", theme)
    theme.choose("dark")
    dark = _strongest(shown)
    theme.choose("light")
    light = _strongest(shown)
    assert dark == QColor("#E6E9EF").rgb()
    assert light == QColor("#1B222C").rgb()


def test_what_cannot_be_used_looks_so(theme: Theme) -> None:
    shown = icon("play", theme)
    assert _strongest(shown, QIcon.Mode.Disabled) != _strongest(shown)


def _alpha(image: QImage, x: int, y: int) -> int:
    return QColor.fromRgba(image.pixel(x, y)).alpha()


def _strongest(shown: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> int:
    image = shown.pixmap(QSize(32, 32), mode).toImage()
    return QColor.fromRgba(image.pixel(14, 16)).rgb()
