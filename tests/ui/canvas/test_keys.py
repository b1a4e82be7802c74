"""The canvas by keyboard alone."""

from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from nnstudio.core.values import Args
from nnstudio.graph.model import Graph, Port, Project
from nnstudio.studio.actions import ACTIONS
from nnstudio.studio.clipboard import MIME
from nnstudio.ui.canvas.quick_add import QuickAdd
from tests.builder import GraphBuilder, project
from tests.ui.canvas.conftest import placed

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_arrows_walk_and_the_focus_is_shown(hand) -> None:
    h = hand()
    h.key(Key.Key_Down)
    first = h.view.current
    assert first
    h.context.view.select(["n2"])
    h.key(Key.Key_Down)
    assert h.view.current == "n3"
    assert h.context.view.selection == ("n3",)
    assert h.view.canvas.painter.marks.current == "n3"
    h.key(Key.Key_Up, SHIFT)
    assert h.context.view.selection == ("n3", "n2")
    assert "Conv2d" in h.view.accessibleDescription()
    assert "Net" in h.view.accessibleName()


def test_focus_pans_into_view(hand) -> None:
    h = hand()
    h.view.camera.look_at(h.at("n1"), 2.0)
    h.context.view.select(["n5"])
    h.key(Key.Key_Down)
    assert h.view.camera.seen().contains(h.view.canvas.nodes["n6"].rect())


def test_control_arrows_move(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    before = h.at("n2")
    h.key(Key.Key_Right, CONTROL)
    h.key(Key.Key_Down, CONTROL)
    assert h.at("n2").toTuple() == (before.x() + 8, before.y() + 8)


def test_tab_adds_after_the_node_and_connects(hand) -> None:
    h = hand()
    h.context.view.select(["n6"])
    h.context.view.select(["n2"])
    h.key(Key.Key_Tab)
    h.type("batchn2")
    h.enter()
    added = h.context.view.selection[0]
    assert h.nodes[added].layer == "BatchNorm2d"
    assert h.nodes[added].inputs == (Port("n2"),)
    assert h.nodes["n3"].inputs == (Port(added),)
    assert h.view.hasFocus()


def test_space_tap_opens_and_escape_closes_the_search(hand) -> None:
    h = hand()
    QTest.keyClick(h.view, Key.Key_Space)
    assert h.view.findChild(QuickAdd).isVisible()
    h.type("conv")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    assert h.view.hasFocus()
    assert len(h.nodes) == 6


def test_arrows_choose_in_the_search(hand) -> None:
    h = hand()
    h.context.view.select(["n4"])
    h.key(Key.Key_Tab)
    popup = h.view.findChild(QuickAdd)
    h.type("dropout")
    first = popup._shown[0].layer
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Down)
    second = popup._shown[1].layer
    h.enter()
    added = h.context.view.selection[0]
    assert h.nodes[added].layer == second != first


def test_search_offers_what_fits_first(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    h.key(Key.Key_Tab)
    h.type("conv")
    assert h.view.findChild(QuickAdd)._shown[0].layer == "Conv2d"
    h.type("1d")
    assert h.view.findChild(QuickAdd)._shown[0].layer == "Conv1d"


def test_letters_in_the_search_are_no_shortcuts(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    h.key(Key.Key_Tab)
    field = QApplication.focusWidget()
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_M, Qt.KeyboardModifier.NoModifier, "m")
    QApplication.sendEvent(field, event)
    assert event.isAccepted()


def test_enter_edits_the_main_setting_on_the_node(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    h.key(Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "4"
    field.selectAll()
    QTest.keyClicks(field, "none such")
    QTest.keyClick(field, Key.Key_Return)
    assert h.nodes["n2"].args["out_channels"] == 4  # said why, and stays open
    assert field.accessibleDescription()
    field.selectAll()
    QTest.keyClicks(field, "16")
    QTest.keyClick(field, Key.Key_Return)
    assert h.nodes["n2"].args["out_channels"] == 16
    assert h.view.hasFocus()
    assert h.view.canvas.nodes["n5"].look.body == "1024→10"


def test_rename_on_the_node(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    h.run("graph.rename")
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "stem")
    QTest.keyClick(field, Key.Key_Return)
    assert h.nodes["n2"].name == "stem"
    assert h.view.canvas.nodes["n2"].look.title == "stem"


def test_connect_by_keyboard(hand) -> None:
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 4)
    y = b("ReLU", x)
    b("Add", y)
    h = hand(placed(project(b)))
    h.context.view.select(["n1"])
    h.run("graph.connect")
    h.key(Key.Key_Down)
    h.key(Key.Key_Down)
    gesture = h.view.gesture
    assert (gesture._target, gesture._input) == ("n3", 1)
    h.view.viewport().grab()
    h.key(Key.Key_Return)
    assert h.nodes["n3"].inputs == (Port("n2"), Port("n1"))
    assert h.view.gesture is None
    h.run("graph.connect")
    h.key(Key.Key_Up)
    assert "depends" in h.view.accessibleDescription()
    h.key(Key.Key_Return)
    assert h.view.gesture is not None
    h.key(Key.Key_Escape)
    assert h.view.gesture is None


def test_residual_network_by_keyboard_alone(hand) -> None:
    h = hand(Project(graphs={"net": Graph("net", "Net", role="model")}))
    for text in ("input", "linear", "relu", "add", "output"):
        h.key(Key.Key_Tab)
        h.type(text)
        h.enter()
    layers = {node.layer: key for key, node in h.nodes.items()}
    h.context.view.select([layers["Linear"]])
    h.view.set_current(layers["Linear"])
    h.run("graph.connect")
    h.key(Key.Key_Down)
    h.key(Key.Key_Return)
    assert h.nodes[layers["Add"]].inputs == (Port(layers["ReLU"]), Port(layers["Linear"]))
    assert h.nodes[layers["Output"]].inputs == (Port(layers["Add"]),)
    assert not [p for p in h.context.session.problems if p.where.startswith("net/n")]


def test_delete_heals_and_shift_delete_does_not(hand) -> None:
    h = hand()
    h.context.view.select(["n3"])
    h.run("edit.delete")
    assert h.nodes["n4"].inputs == (Port("n2"),)
    h.context.session.undo()
    h.context.view.select(["n3"])
    h.run("edit.delete_open")
    assert h.nodes["n4"].inputs == ()
    assert h.context.view.selection == ()


def test_copy_paste_cut_and_duplicate(hand) -> None:
    h = hand()
    h.context.view.select(["n2", "n3"])
    h.run("edit.copy")
    assert QGuiApplication.clipboard().mimeData().hasFormat(MIME)
    h.run("edit.paste")
    assert len(h.nodes) == 8
    assert len(h.context.view.selection) == 2
    h.run("edit.duplicate")
    assert len(h.nodes) == 10
    h.run("edit.cut")
    assert len(h.nodes) == 8
    other = hand(Project(graphs={"net": Graph("net", "Net")}))
    other.run("edit.paste")  # another window
    assert len(other.nodes) == 2


def test_foreign_clipboard_is_refused_in_words(hand) -> None:
    h = hand()
    data = QMimeData()
    data.setData(MIME, b'{"nnstudio": 1, "graphs": 7}')
    QGuiApplication.clipboard().setMimeData(data)
    h.run("edit.paste")
    assert len(h.nodes) == 6
    assert h.refusals[0].problems[0].code == "paste.foreign"


def test_bypass_freeze_group_ungroup(hand) -> None:
    h = hand()
    h.context.view.select(["n2", "n3"])
    h.run("graph.bypass")
    assert h.nodes["n2"].bypass
    assert "bypassed" in h.view.canvas.nodes["n3"].look.flags
    h.run("graph.bypass")
    h.run("graph.freeze")
    assert not h.nodes["n2"].trainable
    h.run("graph.freeze")
    h.run("graph.group")
    assert len(h.project.blocks) == 1
    use = h.context.view.selection[0]
    assert h.view.canvas.nodes[use].look.group == "block"
    assert not h.view.canvas.nodes["n5"].look.faulty
    h.key(Key.Key_Return)
    assert h.context.view.graph in h.project.blocks
    h.key(Key.Key_Escape)
    h.run("graph.ungroup")
    assert {"n2", "n3"} <= h.nodes.keys()


def test_group_refused_in_words(hand) -> None:
    h = hand()
    h.context.view.select(["n1", "n2"])
    h.run("graph.group")
    assert h.refusals[0].problems[0].code == "graph.group_ends"


def test_arrange_is_one_step_and_glides(hand, qtbot) -> None:
    h = hand()
    for key in ("n2", "n4"):
        h.drag(h.at(key), h.at(key, 320, 16))
    steps = h.context.session.step
    h.run("graph.arrange")
    assert h.context.session.step == steps + 1
    assert {at[0] for at in h.project.layout["net"].values()} == {h.project.layout["net"]["n1"][0]}
    shown = h.panel.commands._glide
    qtbot.waitUntil(lambda: shown._animation is None, timeout=2000)
    assert h.at("n2").toTuple() == h.project.layout["net"]["n2"]
    h.context.session.undo()
    assert h.at("n2").x() != h.at("n1").x()


def test_fit_select_and_zoom(hand) -> None:
    h = hand()
    h.run("edit.select_all")
    assert len(h.context.view.selection) == 6
    h.run("view.fit")
    assert h.view.camera.seen().contains(h.view.canvas.table.bounds())
    h.context.view.select(["n2"])
    h.run("view.fit_selection")
    assert (h.view.camera.seen().center() - h.at("n2")).manhattanLength() < 4
    h.run("edit.select_downstream")
    assert set(h.context.view.selection) == {"n2", "n3", "n4", "n5", "n6"}
    h.run("view.zoom_in")
    zoom = h.view.camera.zoom
    h.run("view.zoom_out")
    assert h.view.camera.zoom < zoom
    h.run("view.actual")
    assert abs(h.view.camera.zoom - 1) < 1e-6


def test_every_canvas_action_is_served(hand) -> None:
    h = hand()
    rows = {key for key, row in ACTIONS.items() if row.on_canvas or row.menu == "Graph"}
    # The window binds these itself; that no row is unbound is tested there.
    rows -= {"graph.edit_code", "graph.new_layer", "graph.network", "graph.networks"}
    assert rows - set(h.panel.commands.ids) == set()
    for key in h.panel.commands.ids:
        assert h.panel.commands.test(key)() in (True, False)


def test_escape_lets_go_then_leaves(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    h.key(Key.Key_Escape)
    assert h.context.view.selection == ()
    h.key(Key.Key_Escape)
    assert h.context.view.graph == "net"


def test_settings_are_typed_behind_the_name(hand) -> None:
    h = hand()
    h.context.view.select(["n2"])
    h.key(Key.Key_Tab)
    popup = h.view.findChild(QuickAdd)
    h.type("conv2d 6 none=3")
    h.enter()
    assert popup.isVisible()  # it says why, and what was typed stays
    assert "none" in popup.about.text()
    popup.field.clear()
    h.type("conv2d 6 5 padding=2")
    assert popup.about.text() == "out_channels=6, kernel_size=5, padding=2"
    h.enter()
    added = h.nodes[h.context.view.selection[0]]
    assert added.args == Args(out_channels=6, kernel_size=5, padding=2)
