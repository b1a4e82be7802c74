"""Everything that can be pressed or typed into says what it is: by its words, or on hover."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.studio.actions import ACTIONS
from nnstudio.ui.about import About
from nnstudio.ui.form import Row
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.own_layer.trust import TrustDialog
from nnstudio.ui.preferences import Preferences

pytestmark = pytest.mark.gui
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)


def controls(root: QWidget) -> list[QWidget]:
    """What the hand or the keyboard can reach, without what Qt builds inside its own widgets."""
    return [
        widget
        for kind in CONTROLS
        for widget in root.findChildren(kind)
        if widget.isVisible() and not _of_qt(widget) and not _only_text(widget)
    ]


def _of_qt(widget: QWidget) -> bool:
    within = widget.parentWidget()
    inner = isinstance(within, QComboBox | QTabBar) or widget.objectName().startswith("qt_")
    return inner or isinstance(widget, QScrollBar)


def _only_text(widget: QWidget) -> bool:
    return isinstance(widget, QPlainTextEdit | QTextEdit) and widget.isReadOnly()


def explained(widget: QWidget) -> bool:
    """Whether one learns what it is without trying it: its own words, a label, or a tooltip."""
    above: QWidget | None = widget
    while above is not None and not above.isWindow():
        if isinstance(above, Row):
            return bool(above.help())
        if above.toolTip():
            return True
        above = above.parentWidget()
    if isinstance(widget, QAbstractItemView):  # each row says what it is
        rows = widget.model().rowCount()
        tips = (widget.model().index(n, 0).data(Qt.ItemDataRole.ToolTipRole) for n in range(rows))
        return any(tips)
    if isinstance(widget, QTabBar):
        return all(widget.tabText(place) for place in range(widget.count()))
    words = getattr(widget, "text", None) or getattr(widget, "placeholderText", None)
    if not isinstance(widget, QLineEdit) and callable(words) and len(str(words())) > 1:
        return True
    hint = widget.placeholderText() if isinstance(widget, QLineEdit | QPlainTextEdit) else ""
    return bool(hint) or any(label.buddy() is widget for label in _labels(widget))


def _labels(widget: QWidget) -> list[QLabel]:
    within = widget.parentWidget()
    return within.findChildren(QLabel) if within else []


def unexplained(root: QWidget) -> set[str]:
    return {_called(widget) for widget in controls(root) if not explained(widget)}


def _called(widget: QWidget) -> str:
    words = getattr(widget, "text", lambda: "")
    name = widget.accessibleName() or widget.objectName() or words()
    return f"{type(widget).__name__} {name!r} in {type(widget.parent()).__name__}"


def test_every_control_of_the_window(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.start_page.filled, timeout=60_000)
    found = unexplained(window)
    window.files.template("resnet-mnist")
    graph = next(iter(window.session.project.graphs.values()))
    some = list(graph.nodes)
    for panel in window.docks.rows:
        window.show_panel(panel)
        qtbot.wait(1)
        found |= unexplained(window)
    window.show_panel("inspector")
    for chosen in (some[:1], some[1:2], some[4:5], some[1:4]):  # an end, a layer, a block, several
        window.view.select(chosen)
        qtbot.wait(1)
        found |= unexplained(window)
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize("kind", [Preferences, About])
def test_every_control_of_a_dialog(kind: type[QDialog], window: MainWindow) -> None:
    made = kind(window) if kind is Preferences else About(window.devices, window)
    made.show()
    assert controls(made)
    assert unexplained(made) == set()
    made.close()
    made.deleteLater()


def test_every_control_of_the_editor_of_a_layer(window: MainWindow, qtbot: QtBot) -> None:
    window.files.template("mlp-digits")
    window.book["graph.new_layer"].trigger()
    (editor,) = window.desk.editors.values()
    question = TrustDialog(window, window.theme, [editor.layer])
    question.show()
    for made in (editor, question):
        assert controls(made)
        assert unexplained(made) == set()
    question.close()
    question.deleteLater()


def test_every_action_says_what_it_does(window: MainWindow) -> None:
    for key in ACTIONS:
        assert len(window.book[key].toolTip()) > 3
    for menu in window.book.menus.values():
        assert isinstance(menu, QMenu)
        assert menu.toolTipsVisible()


def test_where_the_keyboard_is_can_be_seen(window: MainWindow, qtbot: QtBot) -> None:
    """Tab goes through the window; each stop looks different from how it looked before."""
    window.files.template("mlp-digits")
    window.show_arrangement("train")
    qtbot.wait(50)
    blind = []
    reached = [w for w in controls(window) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for widget in reached:
        if not widget.isEnabled() or widget.visibleRegion().isEmpty():
            continue
        window.canvas.setFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.hasFocus() and widget.grab().toImage() == before:
            blind.append(_called(widget))
    assert not blind, "\n".join(blind)
