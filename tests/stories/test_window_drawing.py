"""Networks drawn, mended, grouped and trained, by mouse and keyboard on the real window."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLineEdit

from nnstudio.core.values import Args
from nnstudio.graph.model import Port
from tests.stories.person import Person, dressed, nothing_on_screen, person, swept_here

__all__ = ["dressed", "nothing_on_screen", "person", "swept_here"]

pytestmark = pytest.mark.gui

LENET = (
    "input", "conv2d 6 5 padding=2", "relu", "maxpool2d", "conv2d 16 5", "relu", "maxpool2d",
    "flatten", "linear 120", "relu", "linear 84", "relu", "linear 10", "output",
)  # fmt: skip


def test_lenet_from_an_empty_canvas_in_thirty_actions(person: Person) -> None:
    p = person
    p.press_button("Empty canvas")
    p.open_tab("Data")
    data = p.window.docks.panel("data")
    p.choose_row(data.readers, "Handwritten digits of 28")
    p.click(p.window.docks.panel("palette").search)
    for line in LENET:
        p.enter(line)
    assert p.window.session.project.data.reader.name == "mnist"
    assert not p.errors
    assert p.window.session.analysis.weights == 61_706
    p.key("F5")
    p.until(lambda: p.live.step > 0)
    assert p.actions <= 30
    p.sees_the_curve_move()


def test_an_error_is_mended_where_it_arises(person: Person) -> None:
    p = person
    p.press_button("Empty canvas")
    p.click(p.canvas.viewport())
    for line in ("input", "flatten", "linear 10 in_features=512", "output"):
        p.add(line)
    assert p.errors == ["Linear expects 512 features but receives 784"]
    linear = p.node("Linear").id
    looks = {key: item.look for key, item in p.canvas.canvas.nodes.items()}
    assert looks[linear].faulty
    assert looks[p.node("Flatten").id].shapes  # everything upstream is live
    p.key("F5")
    assert p.window.running.runs.live is None  # and the status bar says why
    assert "512 features" in p.window.status.currentMessage()
    assert p.window.view.selection == (linear,)
    repairs = [repair.label for repair in looks[linear].problem.repairs]
    p.click_repair("Linear", next(n for n, text in enumerate(repairs) if "follow" in text))
    assert not p.errors
    assert "in_features" not in p.node("Linear").args
    p.click(p.window.top_bar.train)
    p.until(lambda: p.live.step > 2)


def test_a_block_made_entered_changed_and_undone(person: Person) -> None:
    p = person
    p.click(p.window.start_page.cards["lenet5-mnist"])
    p.until(lambda: p.canvas.canvas.nodes)
    start = p.window.session.project
    p.key("F")
    p.click_node("conv1")
    relu = next(key for key, n in p.graph.nodes.items() if Port(p.node("conv1").id) in n.inputs)
    p.click_node(relu, Qt.KeyboardModifier.ShiftModifier)
    p.click_node("MaxPool2d", Qt.KeyboardModifier.ShiftModifier)
    assert len(p.window.view.selection) == 3
    p.key("Ctrl+G")
    (block,) = p.window.session.project.blocks
    p.double_click_node(f"block:{block}")
    assert p.window.view.graph == block
    p.click_node("conv1")
    added = p.add("batchnorm2d")
    assert p.node(added).inputs == (Port(p.node("conv1").id),)
    p.key("Esc")  # let go of the node
    p.key("Esc")  # and go up
    assert p.window.view.graph != block
    assert not p.errors
    changed = p.window.session.project

    p.key("Ctrl+Z")
    assert all(
        n.layer != "BatchNorm2d" for n in p.window.session.project.blocks[block].nodes.values()
    )
    p.key("Ctrl+Z")
    assert p.window.session.project is start
    p.choose_menu("View", "Panels", "History")
    steps = p.window.docks.panel("history").list
    p.until(lambda: steps.model().rowCount() == 3)
    p.choose_row(steps, "Insert BatchNorm2d")
    assert p.window.session.project is changed
    p.choose_row(steps, "At the beginning")
    assert p.window.session.project is start


def test_a_residual_network_by_keyboard_alone(person: Person) -> None:
    p = person
    p.key("Ctrl+N")
    p.until(p.canvas.hasFocus)
    p.add("input")
    p.add("conv2d 8 padding=1")
    first = p.add("relu")
    p.add("conv2d 8 padding=1")
    added = p.add("add")
    for line in ("relu", "adaptiveavgpool2d", "flatten", "linear 3", "output"):
        p.add(line)
    p.key("Up")  # from the Output to the Linear: three classes are too few
    p.key("Return")
    field = p._focus
    assert isinstance(field, QLineEdit)
    assert field.text() == "3"
    p.enter("10")
    assert p.node("Linear").args == Args(out_features=10)
    while p.canvas.current != first:
        p.key("Up")
    p.key("C")
    p.key("Down")  # past the second Conv2d
    p.key("Return")
    assert p.node(added).inputs == (Port(p.graph.nodes[added].inputs[0].node), Port(first))
    assert not p.errors
    assert p.clicks == 0
    p.key("F5")
    p.until(lambda: p.live.step > 2)


def test_wired_by_mouse(person: Person) -> None:
    """A node is dropped on an edge, and a shortcut drawn from port to port."""
    p = person
    p.click(p.window.start_page.cards["mlp-digits"])
    p.until(lambda: p.canvas.canvas.nodes)
    assert p.canvas.canvas.nodes
    nodes = p.canvas.canvas.nodes
    linear, relu = p.node("Linear").id, p.node("ReLU").id
    assert Port(linear) in p.graph.nodes[relu].inputs
    p.click_node("ReLU")
    p.key("Del")
    assert relu not in p.graph.nodes
    following = next(k for k, n in p.graph.nodes.items() if Port(linear) in n.inputs)
    p.drag_over(nodes[linear].port(0, output=True), nodes[linear].pos() + QPointF(260, 90))
    p.enter("relu")
    fresh = p.window.view.selection[0]
    assert p.graph.nodes[fresh].inputs == (Port(linear),)
    p.drag_over(nodes[fresh].port(0, output=True), nodes[following].port(0, output=False))
    assert p.graph.nodes[following].inputs == (Port(fresh),)
    assert not p.errors
