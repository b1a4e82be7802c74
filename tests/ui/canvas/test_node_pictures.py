"""Nodes kept as pictures: what is painted anew, what is only copied, and that both look alike."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QImage

from nnstudio.core.values import Args
from nnstudio.graph.edits import MoveNodes, SetArgs
from nnstudio.ui.canvas import node_pictures
from nnstudio.ui.canvas.ground import _dots
from nnstudio.ui.canvas.node_painter import Figure, NodePainter
from nnstudio.ui.canvas.node_pictures import NodePictures
from tests.ui.canvas.test_counts import long_chain


@pytest.fixture
def painted(monkeypatch) -> list[str]:
    """The nodes that were painted and not copied."""
    seen = []
    real, kept = NodePainter.draw, NodePictures._painted

    def draw(self, painter, key, look, figure):
        seen.append(key)
        real(self, painter, key, look, figure)

    def keep(self, key, look, figure, ratio):
        seen.append(key)
        return kept(self, key, look, figure, ratio)

    monkeypatch.setattr(NodePainter, "draw", draw)
    monkeypatch.setattr(NodePictures, "_painted", keep)
    return seen


def levels(image: QImage) -> np.ndarray:
    """Red, green and blue of every pixel."""
    found = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(found.constBits(), np.uint8).reshape(found.height(), -1)
    return rows[:, : 3 * found.width()].astype(int)


def rest(h) -> None:
    """Two frames of one zoom: the second keeps its pictures."""
    h.view.viewport().repaint()
    h.view.viewport().repaint()


def test_a_pan_copies_what_was_painted(hand, painted) -> None:
    h = hand(long_chain(60))
    rest(h)
    known = set(painted)
    painted.clear()
    for _ in range(5):
        h.view.camera.pan(3, -2)
        h.view.look_again()
        h.view.viewport().repaint()
    assert known
    assert not known & set(painted)


def test_a_zoom_paints_and_keeps_nothing(hand, painted) -> None:
    h = hand()
    rest(h)
    for _ in range(3):
        painted.clear()
        h.view.zoom(1.05)
        h.view.viewport().repaint()
        assert set(painted) == set(h.nodes)
        assert not h.view.canvas.pictures._kept


def test_what_changes_is_painted_anew_and_nothing_else(hand, painted) -> None:
    h = hand()
    h.view.fit_all()
    rest(h)
    canvas = h.view.canvas

    def anew(change) -> set[str]:
        painted.clear()
        change()
        h.view.viewport().repaint()
        return set(painted)

    assert anew(lambda: h.context.view.select(["n2"])) == {"n2"}
    assert anew(lambda: h.context.view.select([])) == {"n2"}
    args = Args(out_channels=4, padding=1, bias=False)
    assert anew(lambda: h.context.session.do(SetArgs("net", "n2", args))) <= {"n2"}
    assert anew(lambda: canvas.nodes["n3"].show_figure(Figure("|g| 1", 0.5))) == {"n3"}
    assert anew(lambda: canvas.nodes["n3"].show_figure(None)) == {"n3"}
    assert anew(lambda: h.context.session.do(MoveNodes("net", {"n3": (400.0, 300.0)}))) == set()
    assert anew(lambda: h.context.theme.choose("light")) == set(h.nodes)
    assert anew(h.view.viewport().repaint) == set()


def test_a_copy_is_what_would_be_painted(hand) -> None:
    """The first frame of a zoom paints, the third copies; only the rounding of mixed colours
    differs."""
    h = hand()
    h.view.camera.look_at(QPointF(h.at("n3")), 1.0)
    h.view.look_again()
    pictures = h.view.canvas.pictures
    pictures.begin(0.0)
    direct = h.view.viewport().grab().toImage()
    assert not pictures._kept
    h.view.viewport().grab()
    copied = h.view.viewport().grab().toImage()
    assert pictures._kept
    assert np.abs(levels(copied) - levels(direct)).max() <= 3
    h.context.view.select(["n3"])
    assert np.abs(levels(h.view.viewport().grab().toImage()) - levels(direct)).max() > 30


def test_nodes_that_look_alike_share_what_is_below_their_words(hand, monkeypatch) -> None:
    grounds = []
    real = NodePainter.draw_ground

    def draw(self, painter, key, look):
        grounds.append(key)
        real(self, painter, key, look)

    h = hand(long_chain(12))
    h.view.camera.look_at(h.at("n6"), 1.0)
    h.view.look_again()
    h.view.viewport().repaint()
    monkeypatch.setattr(NodePainter, "draw_ground", draw)
    h.view.viewport().repaint()
    kept = h.view.canvas.pictures._kept
    looks = {h.view.canvas.nodes[key].look for key in kept}
    kinds = {(look.width, look.group, look.inputs, look.outputs) for look in looks}
    assert len(kept) > len(kinds)
    assert len(grounds) == len(kinds)
    chosen = grounds[0]
    h.context.view.select([chosen])
    h.view.viewport().repaint()
    assert grounds[-1] == chosen, "a selected node has a frame of its own"


def test_pictures_take_no_more_than_a_few_screens(hand, monkeypatch) -> None:
    most = 60_000
    monkeypatch.setattr(node_pictures, "MOST", most)
    h = hand(long_chain(60))
    rest(h)
    pictures = h.view.canvas.pictures
    for _ in range(30):
        h.view.camera.pan(0, -120)
        h.view.look_again()
        h.view.viewport().repaint()
        pixels = sum(node_pictures._size(picture) for _, picture, _ in pictures._kept.values())
        assert pixels == pictures._pixels
        assert 0 < pixels <= most


def test_the_dots_of_the_ground_stand_on_a_grid(qapp) -> None:
    step, area = 21.3, QRect(0, 0, 640, 410)
    dots = _dots(step, area)
    across, down = int(640 / step) + 3, int(410 / step) + 3
    wanted = [QPointF(x * step, y * step) for y in range(down) for x in range(across)]
    assert [dots.at(place) for place in range(dots.size())] == wanted
