"""Notes on the canvas by mouse and keys: written, moved, resized, copied, deleted, arranged."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.compiler.source import source
from nnstudio.graph.model import Note
from nnstudio.studio import settling
from nnstudio.ui.canvas.level import Level
from nnstudio.ui.canvas.note_field import NoteField
from nnstudio.ui.canvas.note_layer import NoteLayer
from nnstudio.ui.canvas.paints import Paints
from nnstudio.ui.theme import DARK, LIGHT, contrast
from tests.ui.canvas.conftest import LEFT, chain, snapshot

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def noted(*notes: Note):
    made = chain()
    return replace(made, notes={"net": {f"a{n}": note for n, note in enumerate(notes)}})


def on(h, key: str) -> QPointF:
    return h.view.canvas.notes.box(key).topLeft() + QPointF(20, 14)


def corner(h, key: str) -> QPointF:
    return h.view.canvas.notes.box(key).bottomRight() - QPointF(2, 2)


LEFT_OF = Note("Left of the nodes", (-400.0, 200.0), 200.0)


def test_a_note_is_added_by_its_action_and_written_at_once(hand) -> None:
    h = hand()
    h.run("graph.note")
    assert isinstance(QApplication.focusWidget(), NoteField)
    h.type("What it is")
    h.enter()
    h.type("and why")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    (note,) = h.project.notes["net"].values()
    assert note.text == "What it is\nand why"
    assert h.view.hasFocus()
    assert h.context.view.selection == tuple(h.project.notes["net"])
    h.context.session.undo()
    h.context.session.undo()
    assert h.project.notes == {}
    assert h.context.view.selection == ()
    assert len(h.view.canvas.notes) == 0


def test_a_new_note_without_a_text_is_taken_back(hand) -> None:
    h = hand()
    h.run("graph.note")
    assert len(h.project.notes["net"]) == 1
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert h.project.notes == {}
    assert h.context.session.step == 0


def test_double_click_writes_and_a_click_elsewhere_takes_the_text(hand) -> None:
    h = hand(noted(LEFT_OF))
    h.double(on(h, "a0"))
    field = QApplication.focusWidget()
    assert isinstance(field, NoteField)
    assert field.toPlainText() == "Left of the nodes"
    h.type("<b>bold</b>")
    h.click(QPointF(400, -200))
    assert h.project.notes["net"]["a0"].text == "<b>bold</b>"


def test_a_text_that_is_too_long_stays_in_the_field(hand) -> None:
    h = hand(noted(LEFT_OF))
    h.double(on(h, "a0"))
    field = QApplication.focusWidget()
    field.setPlainText("x" * 4097)
    QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert [error.problems[0].code for error in h.refusals] == ["text.long"]
    assert field.isVisible()
    field.setPlainText("short")
    QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert h.project.notes["net"]["a0"].text == "short"


def test_a_note_moves_alone_and_with_nodes_as_one_step(hand) -> None:
    h = hand(noted(LEFT_OF))
    h.drag(on(h, "a0"), on(h, "a0") + QPointF(43, 60))
    assert h.project.notes["net"]["a0"].at == (-360.0, 256.0)
    assert h.context.view.selection == ("a0",)
    before = h.project.layout["net"]["n2"]
    h.click(h.at("n2"), CONTROL)
    steps = h.context.session.step
    h.drag(on(h, "a0"), on(h, "a0") + QPointF(16, -32))
    assert h.context.session.step == steps + 1
    assert h.project.notes["net"]["a0"].at == (-344.0, 224.0)
    assert h.project.layout["net"]["n2"] == (before[0] + 16, before[1] - 32)
    h.key(Qt.Key.Key_Left, CONTROL)
    assert h.project.notes["net"]["a0"].at == (-352.0, 224.0)
    assert h.project.layout["net"]["n2"] == (before[0] + 8, before[1] - 32)


def test_escape_puts_a_dragged_note_back(hand) -> None:
    h = hand(noted(LEFT_OF))
    shown = snapshot(h.view.canvas)["notes"]
    h.drag(on(h, "a0"), on(h, "a0") + QPointF(80, 80), drop=False)
    assert snapshot(h.view.canvas)["notes"] != shown
    h.key(Qt.Key.Key_Escape)
    assert snapshot(h.view.canvas)["notes"] == shown
    assert not h.context.session.can_undo


def test_the_corner_makes_it_wider_and_never_cuts_its_text(hand) -> None:
    h = hand(noted(replace(LEFT_OF, text="word " * 30)))
    high = h.view.canvas.notes.box("a0").height()
    h.drag(corner(h, "a0"), corner(h, "a0") + QPointF(100, -60))
    note = h.project.notes["net"]["a0"]
    assert (note.width, note.height) == (304.0, 0.0)
    assert h.view.canvas.notes.box("a0").height() < high, "wider lines are fewer"
    h.drag(corner(h, "a0"), corner(h, "a0") + QPointF(0, 120))
    assert h.project.notes["net"]["a0"].height > high
    h.drag(corner(h, "a0"), corner(h, "a0") + QPointF(-900, 0))
    assert h.project.notes["net"]["a0"].width == 80.0
    text = NoteLayer(h.view.canvas.texts)
    text.show({"a": Note("word " * 30, width=80.0)})
    assert h.view.canvas.notes.box("a0").height() >= text.box("a").height()


def test_band_delete_copy_and_alt_drag(hand) -> None:
    h = hand(noted(LEFT_OF))
    box = h.view.canvas.notes.box("a0")
    h.drag(box.topLeft() - QPointF(30, 30), box.center())
    assert h.context.view.selection == (), "a note is chosen when all of it lies inside"
    h.drag(box.topLeft() - QPointF(30, 30), box.bottomRight() + QPointF(30, 30))
    assert h.context.view.selection == ("a0",)
    h.run("edit.copy")
    h.run("edit.paste")
    assert [note.at for note in h.project.notes["net"].values()] == [
        (-400.0, 200.0),
        (-376.0, 224.0),
    ]
    (copy,) = h.context.view.selection
    h.run("edit.delete")
    assert list(h.project.notes["net"]) == ["a0"]
    h.drag(on(h, "a0"), on(h, "a0") + QPointF(0, 200), ALT)
    assert len(h.project.notes["net"]) == 2
    h.run("edit.select_all")
    assert len(h.context.view.selection) == 8
    h.run("edit.delete")
    assert h.project.notes == {}
    assert not h.nodes
    h.context.session.undo()
    assert len(h.project.notes["net"]) == 2
    assert copy not in h.project.notes["net"]


def test_a_node_lies_above_a_note(hand) -> None:
    h = hand()
    x, y = h.at("n2").toTuple()
    h = hand(noted(Note("Below", (x - 150, y - 100), 300.0, 200.0)))
    assert h.view.hit(h.at("n2")).node == "n2"
    assert h.view.hit(QPointF(x - 140, y - 90)).note == "a0"


def test_arranging_puts_no_node_over_a_note(hand) -> None:
    h = hand()
    middle = h.at("n3")
    over = Note("In the middle\nof it all", (middle.x() - 60, middle.y() - 20), 200.0)
    beside = Note("Beside the second", (h.at("n2").x() + 140, h.at("n2").y() - 20), 160.0)
    h = hand(noted(over, beside))
    h.run("graph.arrange")
    canvas = h.view.canvas
    boxes = [item.rect() for item in canvas.nodes.values()]
    boxes += [canvas.notes.box(key) for key in canvas.notes]
    crossed = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.intersects(b)]
    assert crossed == []
    row = h.at("n2").y()
    assert canvas.notes.box("a1").top() == pytest.approx(row - 20), "it stays beside its node"


def test_arranging_a_selection_leaves_far_notes_alone() -> None:
    made = noted(Note("Far away", (4000.0, 4000.0)))
    box = {"a0": (4000.0, 4000.0, 240.0, 60.0)}
    edit = settling.arranging(made, "net", ["n2", "n3"], "arrange", box)
    assert edit is None or edit.apply(made).notes == made.notes


def test_no_code_contains_a_note() -> None:
    assert source(noted(LEFT_OF)) == source(chain())


def test_only_what_is_seen_is_drawn_and_no_item_is_made(hand) -> None:
    many = [Note(f"Note {n}", (300.0 * (n % 20), 200.0 * (n // 20))) for n in range(400)]
    h = hand(noted(*many))
    assert len(h.view.canvas.items()) == len(h.view.canvas.nodes)
    drawn = []

    class Counting(QPainter):
        def drawStaticText(self, *args):  # noqa: N802 (Qt)
            drawn.append(args)
            super().drawStaticText(*args)

    image = QImage(400, 300, QImage.Format.Format_ARGB32_Premultiplied)
    painter = Counting(image)
    canvas = h.view.canvas
    canvas.notes.draw(painter, canvas.paints, QRectF(0, 0, 500, 300), Level.NEAR)
    assert len(drawn) == 4
    drawn.clear()
    painter.scale(0.1, 0.1)
    canvas.notes.draw(painter, canvas.paints, canvas.bounds(), Level.FAR)
    painter.end()
    assert drawn == [], "text that nobody could read is not drawn"


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_a_note_can_be_read(qapp, tokens) -> None:
    paints = Paints(tokens, dark=tokens is DARK)
    ink, ground = paints.note_ink.color().name(), paints.note.color().name()
    assert contrast(ink, ground) >= 4.5


def test_a_click_into_the_selection_chooses_one(hand) -> None:
    h = hand(noted(LEFT_OF, replace(LEFT_OF, at=(-400.0, 400.0))))
    h.run("edit.select_all")
    h.click(on(h, "a1"), button=LEFT)
    assert h.context.view.selection == ("a1",)
