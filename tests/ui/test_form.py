"""Every kind of parameter as a field: shown, typed, refused, given back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.core.params import Param
from nnstudio.core.values import Args, Choice, Expression
from nnstudio.ui.form import Form
from nnstudio.ui.form_choices import ListField, OfField
from nnstudio.ui.form_fields import ChoiceField, FileField, TickField
from nnstudio.ui.theme import Theme
from nnstudio.ui.value_edit import PAUSE
from tests.ui.staged import line, retype

PARAMS = (
    Param("in_features", "int", auto=True, help="Features that arrive.", minimum=1),
    Param("out_features", "int", 64, minimum=1, maximum=4096),
    Param("lr", "float", 0.001, minimum=0.0, above=True),
    Param("bias", "bool", True),
    Param("title", "text", ""),
    Param("mode", "choice", "zeros", choices=("zeros", "reflect")),
    Param("kernel_size", "size", 3, minimum=1, words=("same",)),
    Param("shape", "shape", ("N", 1)),
    Param("dims", "ints", (0, 1)),
    Param("path", "file", None, optional=True),
    Param("clip", "float", None, optional=True, minimum=0.0),
    Param("optimizer", "of", None, of="optimizers", required=True),
    Param("metrics", "list_of", (), of="metrics"),
)


class Document:
    """Holds what a form asks for, and shows it, as a session does."""

    def __init__(self, form: Form) -> None:
        self.form, self.args, self.asked = form, dict[str, Any](), list[tuple[str, Any]]()
        self.names: tuple[str, ...] = ()
        form.committed.connect(self.set)
        form.cleared.connect(lambda path: self.set(path, ...))
        self.show()

    def set(self, path: str, value: Any) -> None:
        self.asked.append((path, value))
        if "." not in path:
            self.args = {k: v for k, v in self.args.items() if k != path}
            self.args |= {} if value is ... else {path: value}
        self.show()

    def show(self) -> None:
        actual = {"in_features": 512, "out_features": 128}
        self.form.show_values(self.args, actual, names=self.names, numbers={"dim": 128})


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> Form:
    made = Form(PARAMS, theme)
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    return made


@pytest.fixture
def document(form: Form) -> Document:
    return Document(form)


def test_a_long_name_stands_whole_above_a_wide_field(qtbot: QtBot) -> None:
    names = ("optimizer", "discriminator_optimizer")
    params = tuple(Param(name, "of", None, of="optimizers", required=True) for name in names)
    form = Form(params, Theme("dark"))
    qtbot.addWidget(form)
    form.resize(238, 400)
    form.show()
    short, long = form.rows.values()
    assert short.name.y() + short.name.height() > short.field.y(), "side by side"
    assert long.name.y() + long.name.height() <= long.field.y()
    assert long.name.width() >= long.name.sizeHint().width()


def test_field_of_each_kind(form: Form) -> None:
    kinds = {param.kind: form.field(param.name) for param in PARAMS}
    assert isinstance(kinds["bool"], TickField)
    assert isinstance(kinds["choice"], ChoiceField)
    assert isinstance(kinds["file"], FileField)
    assert isinstance(kinds["of"], OfField)
    assert isinstance(kinds["list_of"], ListField)


def test_every_field_has_help_and_a_name(form: Form) -> None:
    for name, row in form.rows.items():
        target = row.field.focusProxy()
        assert target.accessibleName() == name
        assert "Takes" in target.accessibleDescription()
    assert "Features that arrive." in form.rows["in_features"].help()
    assert "at least 1 and at most 4096" in form.rows["out_features"].help()
    assert "Default: 64." in form.rows["out_features"].help()


def test_help_is_shown_on_hover(form: Form, document: Document) -> None:
    edit = line(form, "out_features")
    at = QPoint(5, 5)
    event = QHelpEvent(QEvent.Type.ToolTip, at, edit.mapToGlobal(at))
    QApplication.sendEvent(edit, event)
    assert "out_features" in QToolTip.text()
    QToolTip.hideText()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("out_features", "128", 128),
        ("lr", "3e-4", 0.0003),
        ("title", "Hello", "Hello"),
        ("kernel_size", "3, 5", (3, 5)),
        ("kernel_size", "same", "same"),
        ("shape", "N, 3, 32", ("N", 3, 32)),
        ("dims", "1, 0, 2", (1, 0, 2)),
        ("path", "a/b.csv", "a/b.csv"),
        ("clip", "1", 1.0),
    ],
)
def test_typed_value_is_one_edit(
    qtbot: QtBot, form: Form, document: Document, name: str, text: str, value: Any
) -> None:
    retype(qtbot, line(form, name), text)
    assert document.asked == [(name, value)]
    line(form, "out_features").setFocus()  # leaving the field asks for nothing more
    line(form, "lr").setFocus()
    assert len(document.asked) == 1


def test_leaving_a_field_commits(qtbot: QtBot, form: Form, document: Document) -> None:
    qtbot.waitUntil(lambda: form.isActiveWindow() or form.activateWindow() or form.isActiveWindow())
    retype(qtbot, line(form, "out_features"), "32", Qt.Key.Key_Tab)
    assert document.asked == [("out_features", 32)]


def test_wrong_text_stays_and_goes_nowhere(qtbot: QtBot, form: Form, document: Document) -> None:
    edit, row = line(form, "out_features"), form.rows["out_features"]
    retype(qtbot, edit, "many")
    assert document.asked == []
    assert edit.text() == "many"
    assert edit.property("wrong") == "true"
    assert row.why.isVisible()
    assert "whole number" in row.why.text()
    document.set("lr", 0.5)  # another change leaves it standing
    assert edit.text() == "many"
    edit.selectAll()
    qtbot.keyClicks(edit, "96")  # right again: the red goes while one types
    assert not row.why.isVisible()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert document.asked[-1] == ("out_features", 96)


def test_out_of_range_says_the_limits(qtbot: QtBot, form: Form, document: Document) -> None:
    retype(qtbot, line(form, "out_features"), "0")
    assert "at least 1 and at most 4096" in form.rows["out_features"].why.text()
    assert document.asked == []


def test_escape_takes_back(qtbot: QtBot, form: Form, document: Document) -> None:
    edit = line(form, "out_features")
    retype(qtbot, edit, "777", Qt.Key.Key_Escape)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "64"
    assert document.asked == []


def test_default_is_left_out_of_the_document(qtbot: QtBot, form: Form, document: Document) -> None:
    retype(qtbot, line(form, "out_features"), "128")
    retype(qtbot, line(form, "out_features"), "64")
    assert document.asked[-1] == ("out_features", ...)
    assert document.args == {}


def test_auto_is_shown_and_pinned(qtbot: QtBot, form: Form, document: Document) -> None:
    edit = line(form, "in_features")
    assert edit.text() == ""
    assert edit.placeholderText() == "512"
    assert edit.tag == "auto"
    assert not edit.resettable
    retype(qtbot, edit, "256")
    assert document.asked == [("in_features", 256)]
    assert (edit.text(), edit.tag, edit.resettable) == ("256", "", True)
    retype(qtbot, edit, "")
    assert document.asked[-1] == ("in_features", ...)
    assert (edit.text(), edit.tag, edit.resettable) == ("", "auto", False)


def test_auto_pinned_to_what_it_is_stays_pinned(
    qtbot: QtBot, form: Form, document: Document
) -> None:
    retype(qtbot, line(form, "in_features"), "512")
    assert document.args == {"in_features": 512}


def test_no_way_back_to_what_it_is_anyway(form: Form, document: Document) -> None:
    document.args = {"out_features": 64}
    document.show()
    assert not line(form, "out_features").resettable


def test_reset_button(qtbot: QtBot, form: Form, document: Document) -> None:
    retype(qtbot, line(form, "out_features"), "128")
    edit = line(form, "out_features")
    assert edit.resettable
    qtbot.mouseClick(edit._reset, Qt.MouseButton.LeftButton)
    assert document.asked[-1] == ("out_features", ...)
    assert edit.text() == "64"


def test_formula_shows_its_value(qtbot: QtBot, form: Form, document: Document) -> None:
    document.names = ("dim", "heads")
    document.show()
    edit = line(form, "out_features")
    retype(qtbot, edit, "4 * dim")
    assert document.asked == [("out_features", Expression("4 * dim"))]
    assert edit.text() == "4 * dim"
    assert edit.tag == "= 512"
    retype(qtbot, edit, "4 * wide")
    assert "unknown name wide" in form.rows["out_features"].why.text()
    assert len(document.asked) == 1


def test_formula_outside_a_block_is_no_value(qtbot: QtBot, form: Form, document: Document) -> None:
    retype(qtbot, line(form, "out_features"), "4 * dim")
    assert document.asked == []
    retype(qtbot, line(form, "out_features"), "4 * 32")
    assert document.asked == [("out_features", 128)]
    assert line(form, "out_features").text() == "128"


def test_choice_follows_a_parameter_of_the_block(form: Form, document: Document) -> None:
    document.names = ("padding_mode",)
    document.show()
    field = form.field("mode")
    assert isinstance(field, ChoiceField)
    field.combo.activated.emit(2)
    assert document.asked == [("mode", Expression("padding_mode"))]


def test_arrow_keys_step(qtbot: QtBot, form: Form, document: Document) -> None:
    edit = line(form, "out_features")
    edit.setFocus()
    for _ in range(3):
        qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert document.asked == []  # still stepping: one edit for all of them
    qtbot.wait(PAUSE + 100)
    assert document.asked == [("out_features", 67)]
    lr = line(form, "lr")
    lr.setFocus()
    qtbot.keyClick(lr, Qt.Key.Key_Down)
    assert lr.text() == "0.0009"
    qtbot.keyClick(lr, Qt.Key.Key_Return)
    assert document.asked[-1] == ("lr", 0.0009)


def test_tick(qtbot: QtBot, form: Form, document: Document) -> None:
    field = form.field("bias")
    assert isinstance(field, TickField)
    assert field.tick.isChecked()
    qtbot.mouseClick(field.tick, Qt.MouseButton.LeftButton)
    assert document.asked == [("bias", False)]
    field.tick.setFocus()
    qtbot.keyClick(field.tick, Qt.Key.Key_Space)
    assert document.asked[-1] == ("bias", ...)  # the default again


def test_choice_by_keyboard(qtbot: QtBot, form: Form, document: Document) -> None:
    field = form.field("mode")
    assert isinstance(field, ChoiceField)
    field.combo.setFocus()
    qtbot.keyClick(field.combo, Qt.Key.Key_Down)
    assert document.asked == [("mode", "reflect")]


def test_wheel_scrolls_the_form_and_changes_nothing(form: Form, document: Document) -> None:
    combo = form.field("mode").combo  # type: ignore[attr-defined]
    combo.setFocus()
    middle = combo.rect().center()
    event = QWheelEvent(
        middle.toPointF(), combo.mapToGlobal(middle).toPointF(), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(combo, event)
    assert document.asked == []


def test_of_has_its_own_form(qtbot: QtBot, form: Form, document: Document) -> None:
    field = form.field("optimizer")
    assert isinstance(field, OfField)
    assert field.combo.currentIndex() == -1
    names = list(registry.OPTIMIZERS)
    field.combo.activated.emit(names.index("AdamW"))
    assert document.asked == [("optimizer", Choice("AdamW"))]
    inner = field.inner.form
    assert inner is not None
    assert inner.rows["lr"].isVisibleTo(form)
    assert not inner.rows["eps"].isVisibleTo(form)
    qtbot.mouseClick(field.inner.more, Qt.MouseButton.LeftButton)
    assert inner.rows["eps"].isVisibleTo(form)
    retype(qtbot, line(inner, "lr"), "0.02")
    assert document.asked[-1] == ("optimizer.lr", 0.02)


def test_form_of_a_choice_stays_while_its_settings_change(form: Form, document: Document) -> None:
    document.set("optimizer", Choice("AdamW"))
    inner = form.field("optimizer").inner.form  # type: ignore[attr-defined]
    document.set("optimizer", Choice("AdamW", Args(lr=0.5)))
    assert form.field("optimizer").inner.form is inner  # type: ignore[attr-defined]
    assert line(inner, "lr").text() == "0.5"


def test_list_is_added_to_moved_and_shortened(qtbot: QtBot, form: Form, document: Document) -> None:
    field = form.field("metrics")
    assert isinstance(field, ListField)
    names = list(registry.METRICS)[:2]
    for action in field.add.menu().actions()[:2]:
        action.trigger()
    assert document.args["metrics"] == tuple(map(Choice, names))
    assert not field.rows[0].up.isEnabled()
    qtbot.mouseClick(field.rows[0].down, Qt.MouseButton.LeftButton)
    assert document.args["metrics"] == tuple(map(Choice, reversed(names)))
    qtbot.mouseClick(field.rows[0].remove, Qt.MouseButton.LeftButton)
    assert document.args["metrics"] == (Choice(names[0]),)
    qtbot.mouseClick(field.rows[0].remove, Qt.MouseButton.LeftButton)
    assert document.args.get("metrics", ()) == ()


def test_several_values(form: Form) -> None:
    form.show_values({"out_features": 3}, mixed={"out_features", "bias", "mode"})
    assert line(form, "out_features").text() == ""
    assert line(form, "out_features").placeholderText() == "several values"
    tick = form.field("bias").tick  # type: ignore[attr-defined]
    assert tick.checkState() == Qt.CheckState.PartiallyChecked


def test_refused_edit_shows_the_old_value_again(qtbot: QtBot, form: Form) -> None:
    form.show_values({"out_features": 8})
    retype(qtbot, line(form, "out_features"), "9")  # nobody listens: the document stays
    assert line(form, "out_features").text() == "8"


def test_undo_is_the_documents_while_nothing_is_typed(form: Form, document: Document) -> None:
    edit = line(form, "out_features")
    edit.setFocus()

    def wanted() -> bool:
        event = QKeyEvent(
            QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
        )
        event.ignore()
        QApplication.sendEvent(edit, event)
        return event.isAccepted()

    assert not wanted()
    edit.insert("1")
    edit.setModified(True)
    assert wanted()


def test_unknown_choice_is_kept(form: Form, document: Document) -> None:
    document.set("optimizer", Choice("Lion"))
    combo = form.field("optimizer").combo  # type: ignore[attr-defined]
    assert "Lion" in combo.currentText()
    assert form.field("optimizer").inner.form is None  # type: ignore[attr-defined]


def test_text_that_looks_like_markup_is_text(form: Form, document: Document) -> None:
    document.set("title", "<b>bold</b>")
    assert line(form, "title").text() == "<b>bold</b>"


@pytest.mark.parametrize("loop", list(registry.LOOPS))
def test_every_loop_has_a_form(qtbot: QtBot, theme: Theme, loop: str) -> None:
    params = registry.LOOPS[loop].params
    made = Form(params, theme)
    qtbot.addWidget(made)
    made.show_values({})
    assert list(made.rows) == [param.name for param in params]
