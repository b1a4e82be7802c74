"""Ctrl+K: everything is found by a few letters and done by Enter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.studio.actions import ACTIONS
from nnstudio.ui.command_palette import CommandPalette
from nnstudio.ui.main_window import MainWindow


@pytest.fixture
def palette(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    window.files.template("lenet5-mnist")
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    return window.findChild(CommandPalette)


def typed(palette: CommandPalette, text: str, *keys: Qt.Key) -> None:
    QTest.keyClicks(palette.field, text)
    for key in keys:
        QTest.keyClick(palette.field, key)


def test_it_opens_by_its_shortcut_with_everything(palette: CommandPalette) -> None:
    assert palette.isVisible()
    shown = {entry.title for entry in palette.shown}
    rows = {row.title for row in ACTIONS.values() if row.id != "view.palette"}
    assert rows <= shown
    assert {"LeNet-5", "Conv2d", "conv1"} <= shown


def test_shortcuts_are_shown_and_what_cannot_be_done_is_grey(palette: CommandPalette) -> None:
    entries = {entry.title: entry for entry in palette.shown}
    assert entries["Save"].shortcut == "Ctrl+S"
    assert not entries["Undo"].enabled
    typed(palette, "undo", Qt.Key.Key_Return)
    assert palette.isVisible(), "a grey row does nothing"


def test_a_template_is_opened(palette: CommandPalette, window: MainWindow) -> None:
    typed(palette, "residual network", Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.session.project.name == "Residual network"


def test_a_layer_is_added(palette: CommandPalette, window: MainWindow) -> None:
    before = len(window.session.project.graph(window.view.graph).nodes)
    typed(palette, "Dropout1d", Qt.Key.Key_Return)
    nodes = window.session.project.graph(window.view.graph).nodes
    assert len(nodes) == before + 1
    assert "Dropout1d" in {node.layer for node in nodes.values()}


def test_what_is_done_comes_before_a_layer_that_begins_alike(palette: CommandPalette) -> None:
    typed(palette, "tr")
    first = palette.shown[palette.list.currentIndex().row()]
    assert (first.title, first.kind) == ("Train", "Run")
    titles = [entry.title for entry in palette.shown]
    assert titles.index("Tril") < titles.index("TransformerEncoder")


def test_a_node_is_gone_to(palette: CommandPalette, window: MainWindow) -> None:
    typed(palette, "conv2")
    place = next(i for i, e in enumerate(palette.shown) if e.kind.startswith("Node"))
    typed(palette, "", *[Qt.Key.Key_Down] * place, Qt.Key.Key_Return)
    (chosen,) = window.view.selection
    assert window.session.project.graph(window.view.graph).nodes[chosen].name == "conv2"


def test_arrows_stay_in_the_list_and_escape_closes(palette: CommandPalette) -> None:
    typed(palette, "", Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == 0
    typed(palette, "zoom", *[Qt.Key.Key_Down] * 99)
    assert palette.list.currentIndex().row() == len(palette.shown) - 1
    typed(palette, "", Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_nothing_found_does_nothing(palette: CommandPalette) -> None:
    typed(palette, "qqqqqqqq", Qt.Key.Key_Return)
    assert palette.shown == []
    assert palette.isVisible()


def test_a_click_chooses(palette: CommandPalette, window: MainWindow) -> None:
    typed(palette, "look: light")
    place = palette.list.visualRect(palette.list.currentIndex()).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not window.theme.dark


def test_it_is_painted_in_both_themes(palette: CommandPalette, window: MainWindow) -> None:
    for mode in ("dark", "light"):
        window.theme.choose(mode)
        image = palette.grab().toImage()
        colors = {image.pixelColor(x, 60).name() for x in range(image.width())}
        assert len(colors) > 3


def test_names_are_never_markup(palette: CommandPalette, window: MainWindow) -> None:
    assert all(isinstance(entry.title, str) for entry in palette.shown)
    palette.grab()


def test_on_the_start_page_there_is_no_layer(window: MainWindow) -> None:
    window.book["view.palette"].trigger()
    palette = window.findChild(CommandPalette)
    kinds = {entry.kind for entry in palette.shown}
    assert "Add layer" not in kinds
    assert "Template" in kinds
    palette.hide()
