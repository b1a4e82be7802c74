"""Edges by the mouse: connect, refuse, insert, cut, drop, repair."""

import json

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QApplication

from nnstudio.core.values import Args
from nnstudio.graph.edits import SetArgs
from nnstudio.graph.model import Port
from nnstudio.studio.clipboard import LAYER_MIME
from nnstudio.ui.canvas.quick_add import QuickAdd
from tests.builder import GraphBuilder, project
from tests.ui.canvas.conftest import placed

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
MIDDLE = Qt.MouseButton.MiddleButton


def test_connect_two_ports(hand) -> None:
    h = hand()
    added = h.view.add_layer("Add")  # after nothing selected: alone
    node = added
    h.drag(h.port("n2"), h.port(node, 0, False))
    assert h.nodes[node].inputs == (Port("n2"),)
    h.drag(h.port(node, 1, False), h.port("n3"))  # from the input to the output
    assert h.nodes[node].inputs == (Port("n2"), Port("n3"))


def test_refused_connection_says_why_with_both_shapes(hand) -> None:
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 1, 8, 8)
    y = b("Conv2d", x, out_channels=4)
    b("BatchNorm1d", None)
    b("Linear", y, out_features=3)
    h = hand(placed(project(b)))
    h.drag(h.port("n2"), h.port("n3", 0, False), drop=False)
    gesture = h.view.gesture
    words = gesture._words()
    assert "N × 4 × 6 × 6" in words
    assert "BatchNorm1d" in words
    assert h.view.canvas.painter.marks.refused == "n3"
    h.view.viewport().grab()
    h.release(h.port("n3", 0, False))
    assert not any(h.nodes["n3"].inputs)
    assert h.view.canvas.painter.marks.refused == ""
    # With Ctrl the edge is drawn, and the node says what is wrong.
    h.drag(h.port("n2"), h.port("n3", 0, False), keys=CONTROL)
    assert h.nodes["n3"].inputs == (Port("n2"),)
    assert h.view.canvas.nodes["n3"].look.faulty
    # A circle is refused even then.
    h.drag(h.port("n4"), h.port("n2", 0, False), keys=CONTROL)
    assert h.nodes["n2"].inputs == (Port("n1"),)


def test_escape_ends_a_half_drawn_edge(hand) -> None:
    h = hand()
    h.drag(h.port("n2"), h.at("n5", 0, 0), drop=False)
    assert h.view.gesture is not None
    h.key(Qt.Key.Key_Escape)
    assert h.view.gesture is None
    assert h.context.session.step == 0
    assert h.view.canvas.painter.marks.ports == {}


def test_picked_up_edge_is_taken_away_or_moved(hand) -> None:
    h = hand()
    h.drag(h.port("n5", 0, False), h.at("n5", 400, 0))
    assert h.nodes["n5"].inputs == ()
    h.context.session.undo()
    add = h.view.add_layer("Add")
    h.context.view.select(())
    h.drag(h.port("n5", 0, False), h.port(add, 1, False))
    assert h.nodes["n5"].inputs == ()
    assert h.nodes[add].inputs == (None, Port("n4"))
    assert h.context.session.step == 2


def test_edge_dropped_on_the_ground_offers_what_fits(hand) -> None:
    h = hand()
    h.drag(h.port("n4"), h.at("n4", 350, 40))
    popup = h.view.findChild(QuickAdd)
    offered = {one.layer for one in popup._found}
    assert "Linear" in offered
    assert "Conv2d" not in offered
    assert "Input" not in offered
    h.type("drop")
    h.enter()
    added = next(key for key in h.nodes if h.nodes[key].layer == "Dropout")
    assert h.nodes[added].inputs == (Port("n4"),)
    assert abs(h.at(added).x() - h.at("n4").x() - 350) <= 4
    h.drag(h.port(added, 0, True), h.port(added, 0, True) + QPointF(0, 90), drop=False)
    h.key(Qt.Key.Key_Escape)


def test_input_dropped_on_the_ground_offers_givers(hand) -> None:
    b = GraphBuilder("Net", id="net")
    b("Conv2d", None, out_channels=4)
    h = hand(placed(project(b)))
    h.drag(h.port("n1", 0, False), h.at("n1", 0, -160))
    popup = h.view.findChild(QuickAdd)
    offered = {one.layer for one in popup._found}
    assert "Input" in offered
    assert "Output" not in offered
    h.type("input")
    h.enter()
    assert h.nodes["n1"].inputs[0].node in h.nodes


def test_loose_node_dropped_on_an_edge_goes_between(hand) -> None:
    h = hand()
    h.context.view.select(())
    node = h.view.add_layer("BatchNorm2d")
    middle = (h.port("n2") + h.port("n3", 0, False)) / 2
    below = h.at("n3").y()
    h.drag(h.at(node), middle, drop=False)
    assert h.view.gesture._edge is not None
    h.view.viewport().grab()
    h.release(middle)
    assert h.nodes[node].inputs == (Port("n2"),)
    assert h.nodes["n3"].inputs == (Port(node),)
    assert h.at("n3").y() > below
    assert h.at("n3").y() - h.at(node).y() >= 100
    h.context.session.undo()
    assert h.at("n3").y() == below


def drag_events(h, layer: str, point: QPointF) -> QMimeData:
    data = QMimeData()
    data.setData(LAYER_MIME, json.dumps({"layer": layer}).encode())
    at, copy = QPointF(h.pixel(point)), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    view = h.view.viewport()
    QApplication.sendEvent(view, QDragEnterEvent(at.toPoint(), copy, data, left, none))
    QApplication.sendEvent(view, QDragMoveEvent(at.toPoint(), copy, data, left, none))
    h.view.viewport().grab()
    QApplication.sendEvent(view, QDropEvent(at, copy, data, left, none))
    return data


def test_layer_dropped_from_the_palette(hand) -> None:
    h = hand()
    drag_events(h, "Dropout", h.at("n2", 300))
    added = h.context.view.selection[0]
    assert h.nodes[added].layer == "Dropout"
    assert h.nodes[added].inputs == ()
    middle = (h.port("n3") + h.port("n4", 0, False)) / 2
    drag_events(h, "GELU", middle)
    added = h.context.view.selection[0]
    assert h.nodes["n4"].inputs == (Port(added),)


def test_foreign_drops_are_refused(hand) -> None:
    h = hand()
    for layer in ("No such layer", "", "x" * 5000):
        drag_events(h, layer, h.at("n2", 300))
    for text in (b"[1]", b'{"layer": 3}', b"\xff", b"{" * 300):
        data = QMimeData()
        data.setData(LAYER_MIME, text)
        event = QDragEnterEvent(
            QPoint(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(h.view.viewport(), event)
        assert h.view.dragged is None
    assert len(h.nodes) == 6


def test_cut_takes_edges_away(hand) -> None:
    h = hand()
    middle = (h.port("n2") + h.port("n3", 0, False)) / 2
    h.drag(middle + QPointF(-120, 8), middle + QPointF(120, -8), keys=ALT)
    assert h.nodes["n3"].inputs == ()
    assert h.nodes["n4"].inputs == (Port("n3"),)
    assert h.context.session.step == 1


def test_click_on_an_edge_and_delete(hand) -> None:
    h = hand()
    h.click((h.port("n2") + h.port("n3", 0, False)) / 2)
    assert h.view.edge is not None
    h.run("edit.delete")
    assert h.nodes["n3"].inputs == ()


def test_repair_is_one_click(hand) -> None:
    h = hand()
    h.context.session.do(SetArgs("net", "n5", Args(in_features=512)))
    bubble = h.view.canvas.bubbles.of("n5")
    assert "512" in bubble.text
    assert "256" in bubble.text
    point = bubble.mapToScene(bubble._button(1).center())
    h.move(point)
    assert bubble.lit == 1
    h.click(point)
    assert not h.view.canvas.nodes["n5"].look.faulty
    assert "in_features" not in h.nodes["n5"].args
    h.context.session.undo()
    point = h.view.canvas.bubbles.of("n5").mapToScene(bubble._button(0).center())
    below = h.at("n5").y()
    h.click(point)
    assert len(h.nodes) == 7  # a Linear goes between, and what follows makes room
    assert h.at("n5").y() > below
