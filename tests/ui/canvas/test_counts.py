"""Counts and laws of the engine: what is drawn, what is kept, what is imported when."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from nnstudio.ui.canvas.level import Level, level_at
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.theme import DARK, LIGHT, contrast
from tests.builder import GraphBuilder, project
from tests.ui.canvas.conftest import placed


def long_chain(count: int):
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 3, 16, 16)
    for index in range(count):
        skip = x
        x = b("Conv2d", x, out_channels=3, padding=1)
        x = b("Add", x, skip) if index % 3 == 2 else b("ReLU", x)
    return placed(project(b))


def visits(h, monkeypatch) -> list[str]:
    seen = []
    real = NodeItem.paint

    def paint(self, painter, option, widget=None):
        seen.append(self.key)
        real(self, painter, option, widget)

    monkeypatch.setattr(NodeItem, "paint", paint)
    return seen


def test_near_visits_only_what_is_seen_and_far_visits_none(hand, monkeypatch) -> None:
    h = hand(long_chain(150))
    seen = visits(h, monkeypatch)
    h.view.viewport().repaint()
    assert 0 < len(seen) <= 12
    seen.clear()
    h.view.zoom(0.25)
    h.view.viewport().repaint()
    assert h.view.canvas.painter.level is Level.FAR
    assert seen == []


def test_far_draws_in_few_calls(hand) -> None:
    h = hand(long_chain(300))
    h.view.zoom(0.1)
    calls = []

    class Counting(QPainter):
        def drawRects(self, *args):  # noqa: N802 (Qt)
            calls.append("rects")
            super().drawRects(*args)

        def drawLines(self, *args):  # noqa: N802 (Qt)
            calls.append("lines")
            super().drawLines(*args)

    image = QImage(800, 600, QImage.Format.Format_ARGB32_Premultiplied)
    painter = Counting(image)
    canvas = h.view.canvas
    everything = canvas.table.bounds()
    canvas.wiring.painter.draw(painter, canvas.paints, everything, Level.FAR)
    canvas.far.draw(painter, canvas.paints, everything, 0.1, lambda key: "")
    painter.end()
    assert calls.count("lines") == 1
    assert calls.count("rects") <= 6


def test_level_changes_later_on_the_way_back() -> None:
    assert level_at(0.46, Level.FAR) is Level.FAR
    assert level_at(0.46, Level.MIDDLE) is Level.MIDDLE
    assert level_at(0.70, Level.MIDDLE) is Level.MIDDLE
    assert level_at(0.70, Level.NEAR) is Level.NEAR
    assert level_at(0.1, Level.NEAR) is Level.FAR
    assert level_at(2.0, Level.FAR) is Level.NEAR


def test_no_growth_over_many_paints(hand) -> None:
    """20 000 paints of a node leave the counts of None, True and False where they were."""
    h = hand()
    item, painter = h.view.canvas.nodes["n2"], h.view.canvas.painter
    image = QImage(200, 80, QImage.Format.Format_ARGB32_Premultiplied)
    qt = QPainter(image)
    qt.translate(100, 40)

    def paint(times: int) -> None:
        for _ in range(times):
            painter.draw(qt, item.key, item.look, None)

    paint(200)
    gc.collect()
    values = (None, True, False)
    before, objects = [sys.getrefcount(value) for value in values], len(gc.get_objects())
    paint(20_000)
    gc.collect()
    after = [sys.getrefcount(value) for value in values]
    qt.end()
    assert all(abs(a - b) < 200 for a, b in zip(after, before, strict=True)), (before, after)
    assert abs(len(gc.get_objects()) - objects) < 200


def test_no_growth_over_many_frames(hand) -> None:
    h = hand(long_chain(60))
    image = QImage(QSize(600, 500), QImage.Format.Format_ARGB32_Premultiplied)

    def frames(times: int) -> None:
        for index in range(times):
            h.view.camera.pan(0, 3 if index % 40 < 20 else -3)
            painter = QPainter(image)
            h.view.render(painter)
            painter.end()

    frames(40)
    gc.collect()
    objects = len(gc.get_objects())
    frames(160)
    gc.collect()
    assert len(gc.get_objects()) - objects < 100


def test_sharp_at_double_scale(hand) -> None:
    """At 200 % the same picture has four times the pixels, and more detail than a blown up one."""
    h = hand()
    rect = h.view.canvas.nodes["n2"].rect().adjusted(-8, -8, 8, 8)

    def picture(scale: int) -> QImage:
        size = (rect.size() * scale).toSize()
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        h.view.canvas.render(painter, QRectF(0, 0, rect.width(), rect.height()), rect)
        painter.end()
        return image

    single, double = picture(1), picture(2)
    assert double.size() == single.size() * 2
    blown = single.scaled(double.size())
    different = sum(
        double.pixel(x, y) != blown.pixel(x, y)
        for x in range(0, double.width(), 3)
        for y in range(0, double.height(), 3)
    )
    assert different > 300


def test_numpy_waits_for_the_first_node() -> None:
    code = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
app = QApplication([])
from nnstudio.graph.model import Graph, Project
from nnstudio.studio.session import Session
from nnstudio.ui.canvas.panel import CanvasPanel
from nnstudio.ui.context import Context
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState
state, theme = ViewState(), Theme("dark")
session = Session(Project(graphs={"net": Graph("net", "Net")}))
panel = CanvasPanel(Context(session, state, theme, print))
panel.show()
app.processEvents()
panel.grab()
heavy = {"numpy", "networkx", "torch", "pyqtgraph"} & set(sys.modules)
assert not heavy, heavy
panel.close_canvas()
"""
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_on_nodes_keeps_its_contrast(qapp, tokens) -> None:
    paints = Paints(tokens, dark=tokens is DARK)
    ground = paints.body.color().name()
    assert contrast(paints.muted.name(), ground) >= 4.5
    assert contrast(paints.text.name(), ground) >= 4.5
    assert contrast(paints.text.name(), paints.bad_ground.color().name()) >= 4.5
    for group, brush in paints.families.items():
        ink = paints.on_accent if group else paints.text
        assert contrast(ink.name(), brush.color().name()) >= 4.5, group
        assert contrast(paints.text.name(), paints.faded[group].color().name()) >= 4.5, group
