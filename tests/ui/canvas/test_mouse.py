"""Every gesture of the mouse, by real events."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from nnstudio.core.values import Args
from nnstudio.graph.edits import SetArgs
from nnstudio.graph.model import Graph, Project
from nnstudio.ui.canvas.quick_add import QuickAdd
from tests.builder import GraphBuilder, project
from tests.ui.canvas.conftest import placed
from tests.ui.canvas.test_counts import long_chain

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
MIDDLE = Qt.MouseButton.MiddleButton


def wheel(
    hand,
    point: QPointF,
    angle: int,
    pixels=None,
    phase=Qt.ScrollPhase.NoScrollPhase,
    keys=Qt.KeyboardModifier.NoModifier,
) -> None:
    at = QPointF(hand.pixel(point))
    view = hand.view.viewport()
    event = QWheelEvent(
        at, QPointF(view.mapToGlobal(at.toPoint())), pixels or QPoint(), QPoint(0, angle),
        Qt.MouseButton.NoButton, keys, phase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_click_selects_and_empty_click_deselects(hand) -> None:
    h = hand()
    h.click(h.at("n2"))
    assert h.context.view.selection == ("n2",)
    h.click(h.at("n3"), keys=CONTROL)
    assert h.context.view.selection == ("n2", "n3")
    h.click(h.at("n2"), keys=CONTROL)
    assert h.context.view.selection == ("n3",)
    h.click(h.at("n4"), keys=SHIFT)
    assert h.context.view.selection == ("n3", "n4")
    h.click(h.at("n4", 300))
    assert h.context.view.selection == ()
    assert h.context.session.step == 0


def test_rubber_band(hand) -> None:
    h = hand()
    h.drag(h.at("n2", -200, -60), h.at("n3", 200, 40))
    assert set(h.context.view.selection) == {"n2", "n3"}
    h.drag(h.at("n5", -200, -60), h.at("n5", 200, 40), keys=CONTROL)
    assert set(h.context.view.selection) == {"n2", "n3", "n5"}
    h.drag(h.at("n1", -200, -60), h.at("n5", 200, 40), drop=False)
    assert len(h.view.canvas.painter.marks.selected) == 5
    h.key(Qt.Key.Key_Escape)
    assert h.view.canvas.painter.marks.selected == {"n2", "n3", "n5"}


def test_move_snaps_and_is_one_step(hand) -> None:
    h = hand()
    before = h.at("n3")
    h.drag(h.at("n3"), h.at("n3", 203, 5))
    moved = h.project.layout["net"]["n3"]
    assert moved == (before.x() + 200, before.y() + 8) or moved == (before.x() + 200, before.y())
    assert moved[0] % 8 == 0
    assert h.context.session.step == 1
    h.context.session.undo()
    assert h.at("n3") == before


def test_move_aligns_with_a_neighbour(hand) -> None:
    h = hand()
    h.drag(h.at("n3"), h.at("n3", 240, 0))
    h.drag(h.at("n3"), QPointF(4, h.at("n3").y()), drop=False)
    assert h.view.gesture is not None
    assert h.view.gesture._snap.guides
    h.release(QPointF(4, h.at("n3").y()))
    assert h.project.layout["net"]["n3"][0] == 0.0


def test_move_takes_the_selection_along_and_escape_puts_it_back(hand) -> None:
    h = hand()
    h.context.view.select(["n2", "n3"])
    old2, old3 = h.at("n2"), h.at("n3")
    h.drag(h.at("n2"), h.at("n2", 320, 80), drop=False)
    assert h.at("n3") - old3 == QPointF(320, 80)
    assert h.context.session.step == 0
    h.key(Qt.Key.Key_Escape)
    assert (h.at("n2"), h.at("n3")) == (old2, old3)
    h.drag(h.at("n2"), h.at("n2", 320, 80))
    assert h.at("n3") - old3 == QPointF(320, 80)
    assert h.context.session.step == 1


def test_alt_drag_duplicates(hand) -> None:
    h = hand()
    h.context.view.select(["n2", "n3"])
    h.drag(h.at("n2"), h.at("n2", 320, 0), keys=ALT)
    assert len(h.nodes) == 8
    copies = h.context.view.selection
    assert len(copies) == 2
    assert h.at(copies[0]) == h.at("n2", 320)
    assert [port.node for port in h.nodes[copies[1]].ports()] == [copies[0]]


def drag_by_pixels(h, start: QPoint, way: QPoint, button) -> None:
    """A drag along which the canvas itself moves."""
    for kind, pixel in (
        (QEvent.Type.MouseButtonPress, start),
        (QEvent.Type.MouseMove, start + way / 2),
        (QEvent.Type.MouseMove, start + way),
        (QEvent.Type.MouseButtonRelease, start + way),
    ):
        h.send(kind, h.view.camera.scene_point(QPointF(pixel)), button)


def test_pan_by_middle_button_and_space(hand) -> None:
    h = hand()
    before = h.view.camera.seen().center()
    drag_by_pixels(h, QPoint(300, 300), QPoint(100, 50), MIDDLE)
    after = h.view.camera.seen().center()
    assert (before - after - QPointF(100, 50)).manhattanLength() < 3
    QTest.keyPress(h.view, Qt.Key.Key_Space)
    drag_by_pixels(h, h.pixel(h.at("n3")), QPoint(-100, 0), Qt.MouseButton.LeftButton)
    QTest.keyRelease(h.view, Qt.Key.Key_Space)
    assert abs(h.view.camera.seen().center().x() - after.x() - 100) < 3
    assert h.context.session.step == 0
    assert not h.view.findChildren(QuickAdd)


def test_wheel_zooms_to_the_pointer(hand) -> None:
    h = hand()
    point = h.at("n4", 200)
    pixel = h.pixel(point)
    wheel(h, point, 120)
    assert h.view.camera.zoom > 1.1
    assert (h.pixel(point) - pixel).manhattanLength() <= 2
    for _ in range(60):
        wheel(h, point, -120)
    assert 0.019 < h.view.camera.zoom < 0.03


def test_two_fingers_pan_and_pinch(hand) -> None:
    h = hand()
    before, zoom = h.view.camera.seen().center(), h.view.camera.zoom
    wheel(h, h.at("n3"), 0, QPoint(30, -40), Qt.ScrollPhase.ScrollUpdate)
    assert h.view.camera.zoom == zoom
    assert (h.view.camera.seen().center() - before - QPointF(-30, 40)).manhattanLength() < 3
    wheel(h, h.at("n3"), 0, QPoint(0, 40), Qt.ScrollPhase.ScrollUpdate, CONTROL)
    assert h.view.camera.zoom > zoom
    at = QPointF(300, 300)
    zoom = h.view.camera.zoom
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
        at, at, at, 0.25, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(h.view.viewport(), event)
    assert abs(h.view.camera.zoom / zoom - 1.25) < 0.01


def test_double_click_on_the_ground_searches(hand) -> None:
    h = hand()
    h.double(h.at("n2", 300))
    h.type("relu")
    h.enter()
    added = h.context.view.selection[0]
    assert h.nodes[added].layer == "ReLU"
    assert abs(h.at(added).x() - h.at("n2").x() - 300) <= 4


def nested() -> Project:
    inner = GraphBuilder("Unit", id="unit", width=4)
    x = inner.input("N", "width", "H", "W")
    inner.output(inner("ReLU", x))
    b = GraphBuilder("Net", id="net")
    y = b.input("N", 4, 8, 8)
    y = b(inner, y, id="u1")
    y = b(inner, y, id="u2")
    b.output(y)
    return placed(project(b))


def test_double_click_enters_a_block_and_escape_leaves(hand) -> None:
    h = hand(nested())
    h.double(h.at("u2"))
    assert h.context.view.graph == "unit"
    assert len(h.view.canvas.nodes) == 3
    assert h.panel.breadcrumb.names == ("Net", "Unit", "one definition, 2 uses")
    h.key(Qt.Key.Key_Escape)
    assert h.context.view.graph == "net"
    assert h.context.view.selection == ("u2",)
    h.double(h.at("u1"))
    way = h.panel.breadcrumb.findChildren(QToolButton)[-1]
    way.click()
    assert h.context.view.graph == "net"


def test_hover_lights_and_reaches_the_view_state(hand) -> None:
    h = hand()
    h.move(h.at("n3"))
    assert h.context.view.hovered == "net/n3"
    h.move(h.at("n3", 300))
    assert h.context.view.hovered == ""


def test_minimap_moves_the_view(hand) -> None:
    h = hand()
    h.view.camera.look_at(h.at("n1"), 1.5)
    h.view.look_again()
    h.panel.minimap.grab()
    target = h.panel.minimap.map_rect(h.view.canvas.nodes["n6"].rect()).center().toPoint()
    QTest.mouseClick(h.panel.minimap, Qt.MouseButton.LeftButton, pos=target)
    assert (h.view.camera.seen().center() - h.at("n6")).manhattanLength() < 60


def test_minimap_hides_no_problem_and_no_node_that_is_all_there_is(hand) -> None:
    h = hand()
    view, minimap = h.view, h.panel.minimap
    view.camera.look_at(h.at("n3"), 1.5)
    view.look_again()
    assert not minimap.isHidden()
    covered = view.camera.scene_point(QPointF(minimap.geometry().center()))
    view.camera.look_at(view.camera.seen().center() + h.at("n6") - covered, 1.5)
    view.look_again()
    assert not minimap.isHidden(), "more lies outside, where the map leads"
    h.context.session.do(SetArgs("net", "n5", Args(in_features=3, out_features=10)))
    corner = view.camera.scene_point(QPointF(minimap.geometry().center()))
    bubble = view.canvas.bubbles.of("n5").sceneBoundingRect().center()
    view.camera.look_at(view.camera.seen().center() + bubble - corner, 1.5)
    view.look_again()
    assert minimap.isHidden()
    view.camera.look_at(h.at("n1"), 1.5)
    view.look_again()
    assert not minimap.isHidden()


def test_the_frame_of_the_minimap_can_be_found_in_a_large_graph(hand) -> None:
    h = hand(long_chain(400))
    h.panel.minimap.grab()
    h.view.camera.look_at(h.at("n200"), 1.0)
    h.view.look_again()
    assert min(h.panel.minimap.frame().size().toTuple()) >= 5.0


def test_all_of_a_large_graph_is_fitted_and_a_wheel_turns_on_from_there(hand) -> None:
    h = hand(long_chain(600))
    h.view.fit_all()
    assert h.view.camera.seen().contains(h.view.canvas.bounds())
    before = h.view.camera.zoom
    h.view.zoom(1.2)
    assert h.view.camera.zoom == pytest.approx(1.2 * before)
    h.view.zoom(1 / 1.2)
    assert h.view.camera.zoom == pytest.approx(before)
    for _ in range(60):
        h.view.zoom(1.2)
    for _ in range(90):
        h.view.zoom(1 / 1.2)
    assert h.view.camera.zoom == pytest.approx(0.02), "a hand does not lose the graph"


@pytest.mark.parametrize("width", [1200, 460])
def test_nothing_lies_over_the_first_node(hand, width: int) -> None:
    h = hand(long_chain(40))
    h.panel.resize(width, 700)
    h.view.fit_first()
    for fit in (h.view.fit_first, h.view.fit_all):
        fit()
        top = h.view.viewportTransform().map(h.view.canvas.nodes["n1"].rect().topLeft()).y()
        assert top > h.panel.overlays.geometry().bottom()


def test_a_window_that_gets_narrow_does_not_hide_the_first_node(hand) -> None:
    h = hand(long_chain(40))
    h.panel.resize(1200, 700)
    h.view.fit_first()
    h.panel.resize(460, 700)
    top = h.view.viewportTransform().map(h.view.canvas.nodes["n1"].rect().topLeft()).y()
    assert top > h.panel.overlays.geometry().bottom()


def test_overlay_switch(hand) -> None:
    h = hand()
    h.panel.overlays.buttons["parameters"].click()
    assert h.context.view.overlay == "parameters"
    assert "parameters" in h.view.canvas.nodes["n2"].figure.words
    h.panel.overlays.buttons["shapes"].click()
    assert h.view.canvas.nodes["n2"].figure is None


def test_empty_canvas_says_what_to_do_and_takes_an_input(hand) -> None:
    h = hand(Project(graphs={"net": Graph("net", "Net", role="model")}))
    h.view.viewport().grab()
    h.double(QPointF(0, 0))
    h.type("inp")
    h.enter()
    assert [node.layer for node in h.nodes.values()] == ["Input"]


def test_unplaced_nodes_are_written_down_by_the_first_move(hand) -> None:
    b = GraphBuilder("Net", id="net")
    b.output(b("ReLU", b.input("N", 4)))
    h = hand(project(b))
    others = h.at("n1"), h.at("n3")
    h.drag(h.at("n2"), h.at("n2", 240, 0))
    assert (h.at("n1"), h.at("n3")) == others
    assert h.project.layout["net"].keys() == {"n1", "n2", "n3"}


def test_what_is_in_the_middle_stays_there_when_the_canvas_is_resized(hand) -> None:
    h = hand()
    before = h.view.camera.seen()
    h.panel.resize(600, 700)
    h.view.viewport().grab()
    after = h.view.camera.seen()
    assert after.width() < before.width()
    assert abs(after.center().x() - before.center().x()) <= 2
    assert abs(after.top() - before.top()) <= 2
    h.panel.resize(1000, 900)
    h.view.viewport().grab()
    assert abs(h.view.camera.seen().center().x() - before.center().x()) <= 2
