"""The palette: found by typing, added by click, Enter or drag, remembered on this machine."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.core.values import Args
from nnstudio.graph.model import Port, Project
from nnstudio.studio import fitting
from nnstudio.studio.clipboard import LAYER_MIME
from nnstudio.studio.layers_list import FAMILIES, HEADINGS, LayersList
from nnstudio.ui.layer_rows import ROW
from nnstudio.ui.panels.palette import PalettePanel
from nnstudio.ui.theme import Theme
from tests.builder import GraphBuilder, project
from tests.ui.staged import Stage, stage


@pytest.fixture
def here(theme: Theme) -> Stage:
    return stage("lenet5-mnist", theme)


@pytest.fixture
def panel(qtbot: QtBot, here: Stage, tmp_path: Path) -> PalettePanel:
    made = PalettePanel(here, likes=LayersList(tmp_path / "layers.json"))
    qtbot.addWidget(made)
    made.resize(200, 700)
    made.show()
    return made


def row_of(panel: PalettePanel, layer: str) -> int:
    rows = panel.model.rows
    return next(n for n, row in enumerate(rows) if row.found and row.found.layer == layer)


def click(qtbot: QtBot, view: QListView, row: int, dx: int | None = None) -> None:
    index = view.model().index(row, 0)
    view.scrollTo(index)
    box = view.visualRect(index)
    at = box.center() if dx is None else QPoint(box.right() - dx, box.center().y())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_all_layers_by_family(panel: PalettePanel) -> None:
    listed = [row.found.layer for row in panel.model.rows if row.found]
    assert sorted(name for name in listed if ":" not in name) == sorted(registry.LAYERS)
    assert fitting.NEW.layer in listed  # one more of the user's own
    ready = {one.layer for one in panel.context.library.found()}
    assert ready <= set(listed)
    assert {spec.family for spec in registry.LAYERS.values()} <= set(FAMILIES)
    assert {spec.group for spec in registry.LAYERS.values()} <= set(HEADINGS)


def test_a_large_family_has_headings_of_its_own(panel: PalettePanel) -> None:
    """No heading is above a list that nobody would read through."""
    groups = {row.group.key: row.group for row in panel.model.rows}
    assert {"tensor.arithmetic", "tensor.padding", "tensor"} <= groups.keys()
    assert [one.layer for one in groups["tensor.joining"].layers] == [
        "Concatenate", "Stack", "Chunk", "Split", "Meshgrid",
    ]  # fmt: skip
    longest = max(len(group.layers) for key, group in groups.items() if key in FAMILIES)
    assert max(len(group.layers) for key, group in groups.items() if "." in key) <= longest


def test_click_adds_after_the_selected_node(qtbot: QtBot, panel: PalettePanel, here: Stage) -> None:
    here.select("conv1")
    old = here.node("conv1").id
    relu = next(n for n in here.session.project.graph(here.view.graph).nodes.values()
                if Port(old) in n.inputs)  # fmt: skip
    click(qtbot, panel.list, row_of(panel, "BatchNorm2d"))
    made = here.node("BatchNorm2d")
    assert made.inputs == (Port(old),)
    now = here.session.project.graph(here.view.graph).nodes[relu.id]
    assert now.inputs == (Port(made.id),)  # it went into the edge
    assert here.view.selection == (made.id,)
    assert here.session.step == 1


def test_enter_adds_what_was_typed(qtbot: QtBot, panel: PalettePanel, here: Stage) -> None:
    here.select("conv1")
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "bn2")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert here.node("BatchNorm2d").inputs == (Port(here.node("conv1").id),)
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""


def test_a_network_is_typed_line_by_line(qtbot: QtBot, theme: Theme) -> None:
    here = stage(project(GraphBuilder("Net")), theme)
    made = PalettePanel(here)
    qtbot.addWidget(made)
    made.show()
    made.search.setFocus()
    for text in ("input", "conv2d 6 5 padding=2", "relu", "linear 10 bias=false"):
        qtbot.keyClicks(made.search, text)  # replaces what was typed before
        qtbot.keyClick(made.search, Qt.Key.Key_Return)
    nodes = list(here.session.project.graph("net").nodes.values())
    assert [node.layer for node in nodes] == ["Input", "Conv2d", "ReLU", "Linear"]
    assert nodes[1].args == Args(out_channels=6, kernel_size=5, padding=2)
    assert nodes[3].args == Args(out_features=10, bias=False)
    qtbot.keyClicks(made.search, "linear many=3")
    qtbot.keyClick(made.search, Qt.Key.Key_Return)
    assert "many" in made.nothing.text()
    assert len(here.session.project.graph("net").nodes) == 4


def test_arrows_walk_the_list_from_the_search(
    qtbot: QtBot, panel: PalettePanel, here: Stage
) -> None:
    here.select("conv1")
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "dropout")
    first = panel.list.currentIndex().row()
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.list.currentIndex().row() == first + 1
    chosen = panel.list.currentIndex().data(ROW).found.layer
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert here.node(chosen)


def test_a_row_of_layers_is_drawn_by_clicks_alone(qtbot: QtBot, theme: Theme) -> None:
    net = GraphBuilder("Net")
    net.input("N", 8)
    here = stage(project(net), theme)
    made = PalettePanel(here)
    qtbot.addWidget(made)
    made.show()
    here.select("Input")
    for layer in ("Linear", "ReLU", "Linear", "Output"):
        made.add(layer)
    nodes = list(here.session.project.graph(here.view.graph).nodes.values())
    assert [node.layer for node in nodes] == ["Input", "Linear", "ReLU", "Linear", "Output"]
    for before, node in pairwise(nodes):
        assert node.inputs == (Port(before.id),)
    made.add("Input")  # nothing follows an output, and an input follows nothing
    assert here.session.project.graph(here.view.graph).nodes[here.view.selection[0]].inputs == ()


def test_first_layer_of_an_empty_graph(qtbot: QtBot, theme: Theme) -> None:
    here = stage(project(GraphBuilder("Net")), theme)
    made = PalettePanel(here)
    qtbot.addWidget(made)
    made.add("Input")
    assert [n.layer for n in here.session.project.graph("net").nodes.values()] == ["Input"]
    nothing = PalettePanel(stage(Project(), theme))
    qtbot.addWidget(nothing)
    nothing.add("Input")  # there is no graph to add to


def test_favourites_and_recent_are_remembered(
    qtbot: QtBot, panel: PalettePanel, here: Stage, tmp_path: Path
) -> None:
    here.select("conv1")
    click(qtbot, panel.list, row_of(panel, "Conv2d"), dx=14)  # the star: nothing is added
    assert here.session.step == 0
    assert panel.likes.favourites == ("Conv2d",)
    panel.add("GELU")
    again = LayersList(tmp_path / "layers.json")
    assert (again.favourites, again.recent) == (("Conv2d",), ("GELU",))
    qtbot.waitUntil(lambda: panel.model.rows[0].group.key == "favourites")
    click(qtbot, panel.list, 1, dx=14)
    assert panel.likes.favourites == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"favourites": 3}', '{"recent": [1, "No"]}'])
def test_broken_memory_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "layers.json"
    path.write_text(text)
    found = LayersList(path)
    assert (found.favourites, found.recent) == ((), ())


def test_drag_carries_the_layer(panel: PalettePanel) -> None:
    index = panel.model.index(row_of(panel, "Conv2d"))
    assert index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    data = panel.model.mimeData([index])
    assert json.loads(data.data(LAYER_MIME).data()) == {"layer": "Conv2d"}
    heading = panel.model.index(0)
    assert not heading.flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_heading_folds(qtbot: QtBot, panel: PalettePanel) -> None:
    count = panel.model.rowCount()
    click(qtbot, panel.list, 0)
    assert panel.model.rowCount() < count
    click(qtbot, panel.list, 0)
    assert panel.model.rowCount() == count


def test_typing_in_the_list_searches(qtbot: QtBot, panel: PalettePanel) -> None:
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_G)
    assert panel.search.text() == "g"


def test_nothing_found_says_so(qtbot: QtBot, panel: PalettePanel) -> None:
    qtbot.keyClicks(panel.search, "zzzz")
    assert panel.nothing.isVisible()
    assert "zzzz" in panel.nothing.text()


def test_blocks_of_the_project_and_hostile_names(qtbot: QtBot, theme: Theme) -> None:
    block = GraphBuilder("<b>Bold</b>", id="bold", note="<script>")
    block.output(block("ReLU", block.input("N", 4)))
    net = GraphBuilder("Net")
    net.output(net(block, net.input("N", 4)))
    here = stage(project(net), theme)
    made = PalettePanel(here)
    qtbot.addWidget(made)
    made.show()
    row = row_of(made, "block:bold")
    index = made.model.index(row)
    assert index.data() == "<b>Bold</b>"
    assert "<script>" not in index.data(Qt.ItemDataRole.ToolTipRole)
    here.view.enter(net.nodes["n2"].id, "bold")  # a block cannot contain itself
    qtbot.waitUntil(lambda: all(r.found is None or r.found.layer != "block:bold"
                                for r in made.model.rows))  # fmt: skip


def test_tooltips_are_the_summaries(panel: PalettePanel) -> None:
    index = panel.model.index(row_of(panel, "Linear"))
    assert registry.LAYERS["Linear"].summary in index.data(Qt.ItemDataRole.ToolTipRole)
