"""The two palettes: readable, switched live, and every place of the style sheet filled."""

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio.core.paths import resource
from nnstudio.project.settings import Settings
from nnstudio.ui import i18n, style
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import DARK, LIGHT, Theme, Tokens, contrast

READABLE = 4.5
SEEN = 3.0
PALETTES = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])


@PALETTES
@pytest.mark.parametrize("text", ["text", "muted", "accent", "good", "warn", "bad"])
@pytest.mark.parametrize("ground", ["canvas", "panel", "raised"])
def test_text_is_readable_on_every_ground(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= READABLE


@PALETTES
@pytest.mark.parametrize("ground", ["accent", "good", "bad"])
def test_text_on_colour_is_readable(tokens: Tokens, ground: str) -> None:
    assert contrast(tokens.on_accent, getattr(tokens, ground)) >= READABLE


@PALETTES
def test_text_on_families_is_readable(tokens: Tokens) -> None:
    poor = {k: contrast(tokens.on_accent, v) for k, v in tokens.families.items()}
    assert {k: v for k, v in poor.items() if v < READABLE} == {}


@PALETTES
def test_curves_are_told_from_the_ground(tokens: Tokens) -> None:
    assert [c for c in tokens.series if contrast(c, tokens.canvas) < SEEN] == []


@PALETTES
def test_the_style_sheet_has_no_place_left(tokens: Tokens) -> None:
    sheet = style.sheet(tokens)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_no_colour_stands_outside_of_the_tokens() -> None:
    ui = Path(style.__file__).parent
    sources = [p for p in ui.rglob("*.py") if p.name != "theme.py"]
    sources.append(resource("themes", "window.qss"))
    found = [
        f"{path.name}: {line.strip()}"
        for path in sources
        for line in path.read_text("utf-8").splitlines()
        if 'QColor("#' in line or ": #" in line.replace("type: ", "")
    ]
    assert found == []


def test_the_look_changes_live(window: MainWindow, qapp: QApplication) -> None:
    for mode, tokens in (("dark", DARK), ("light", LIGHT)):
        window.book[f"view.{mode}"].trigger()
        assert window.theme.tokens is tokens
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(tokens.panel)
        # At the side, where no card of the start page can stand, however many there are by now.
        shown = window.grab().toImage().pixelColor(8, window.height() - 12)
        assert shown == QColor(tokens.panel)
        assert window.book[f"view.{mode}"].isChecked()
    assert Settings().get("theme") == "light", "it is remembered"


def test_text_sizes_are_three() -> None:
    sheet = style.sheet(DARK)
    sizes = {part.split(";")[0].strip() for part in sheet.split("font-size:")[1:]}
    assert sizes <= {"11px", "13px", "18px"}


def test_preferences_hold_at_once(window: MainWindow) -> None:
    dialog = Preferences(window)
    form = dialog.form
    combo = form.field("theme").combo
    assert [combo.itemText(n) for n in range(3)] == ["like the system", "dark", "light"]
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    assert window.theme.tokens is LIGHT
    form.committed.emit("undo_steps", 333)
    assert window.settings.get("undo_steps") == 333
    form.committed.emit("undo_steps", -1)
    assert window.settings.get("undo_steps") == 333
    assert dialog._told.text()
    form.committed.emit("threads", 4)
    form.cleared.emit("threads")
    assert window.settings.get("threads") is None
    form.committed.emit("animations", False)
    assert window.theme.motion == 0
    assert ("language" in form.rows) == (len(i18n.languages()) > 1)
    dialog.deleteLater()


def test_motion_can_be_turned_off(theme: Theme) -> None:
    assert 0 < theme.motion <= 150
    theme.allow_motion(False)
    assert theme.motion == 0


def test_words_of_another_language_are_used() -> None:
    i18n.use({"Close": "Zu", "{name} has": "{name} hat"})
    assert i18n.tr("Close") == "Zu"
    assert i18n.tr("{name} has", name="<b>x</b>") == "<b>x</b> hat"
    assert i18n.tr("Open…") == "Open…"
    i18n.choose("xx_YY")
    assert i18n.tr("Close") == "Close"
