"""What people drop, paste and open by mistake, through the real window: told, and nothing lost.

Names that look like markup, are very long or run from right to left are shown as they are written.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNode, SetProjectName
from nnstudio.graph.model import Node
from nnstudio.project import store
from nnstudio.studio import clipboard
from nnstudio.ui import messages
from nnstudio.ui.canvas import metrics
from nnstudio.ui.main_window import MainWindow
from tests.ui.conftest import (
    Asked,
    asked,
    dressed,
    nothing_on_screen,
    open_window,
    swept_here,
    window,
)

__all__ = ["asked", "dressed", "nothing_on_screen", "open_window", "swept_here", "window"]

pytestmark = pytest.mark.gui

HTML = '<b>bold</b> <img src="file:///etc/passwd"> &amp; <script>x</script>'
CHINESE, ARABIC, HEBREW = "图像分类网络", "شبكة عصبية", "רשת <i>עצבית</i>"
LONG = "W" * 60 + " name" * 28
NAMES = (HTML, CHINESE, ARABIC, HEBREW, LONG)


def document(**nodes: dict[str, Any]) -> dict[str, Any]:
    """A project as the text of a file: a small network, and further nodes."""
    inner = {
        "bx": {"layer": "Input", "args": {"shape": ["N", "D"]}},
        "by": {"layer": "Output", "in": ["bx"]},
    }
    chain = {
        "x": {"layer": "Input", "name": HTML, "note": HTML, "args": {"shape": ["N", 4]}},
        "a": {"layer": "ReLU", "name": CHINESE, "in": ["x"]},
        "b": {"layer": "ReLU", "name": ARABIC, "in": ["a"]},
        "c": {"layer": "ReLU", "name": HEBREW, "in": ["b"]},
        "d": {"layer": "block:blk", "name": LONG, "in": ["c"]},
        "e": {"layer": "Linear", "args": {"out_features": 2}, "in": ["d"]},
        "y": {"layer": "Output", "name": "scores", "in": ["e"]},
    }
    return {
        "nnstudio": 1,
        "name": HTML,
        "note": HTML,
        "graphs": {"g": {"name": HTML, "role": "model", "note": HTML, "nodes": chain | nodes}},
        "blocks": {"blk": {"name": f"{CHINESE} {HTML}", "note": HTML, "nodes": inner}},
        "layout": {
            "g": {key: [0, 100 * row] for row, key in enumerate(chain)}
            | {key: [400, 100 * row] for row, key in enumerate(nodes)}
        },
    }


def opened(window: MainWindow, path: Path, found: dict[str, Any]) -> None:
    path.write_text(json.dumps(found), encoding="utf-8")
    assert window.open(path)


def edit(window: MainWindow) -> None:
    window.session.do(AddNode(window.view.graph, Node(new_id(), "ReLU"), (0.0, 0.0)))


def drop(window: MainWindow, qtbot: QtBot, data: QMimeData) -> bool:
    """Drop something on the window, as far as the window lets it in."""
    action, button, key = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier(0),
    )
    enter = QDragEnterEvent(QPoint(40, 200), action, data, button, key)
    enter.ignore()
    window.dragEnterEvent(enter)
    if enter.isAccepted():
        window.dropEvent(QDropEvent(QPointF(40, 200), action, data, button, key))
    qtbot.wait(10)
    return enter.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


# ------------------------------------------------------------------------------- dropped


def test_what_is_no_project_is_told_and_the_document_stays(
    window: MainWindow, qtbot: QtBot, asked: Asked, tmp_path: Path
) -> None:
    window.files.template("mlp-digits")
    before = window.session.project
    folder, empty, huge = tmp_path / "folder.nns", tmp_path / "empty.nns", tmp_path / "huge.nns"
    folder.mkdir()
    empty.write_bytes(b"")
    with huge.open("wb") as file:
        file.truncate(6_000_000)
    noise, pipe = tmp_path / "noise.nns", tmp_path / "pipe.nns"
    noise.write_bytes(os.urandom(4096))
    os.mkfifo(pipe)
    picture = tmp_path / f"{HTML.replace('/', '')}.png"
    picture.write_bytes(b"\x89PNG")
    for path in (folder, empty, huge, noise, pipe, picture, tmp_path / "gone.nns"):
        told = len(asked.told)
        assert drop(window, qtbot, files(path))
        assert len(asked.told) == told + 1, path
        assert "\n" in asked.told[-1]  # what is wrong, and what to do
        assert window.session.project is before
    assert picture.name in asked.told[5]


def test_text_and_addresses_are_not_let_in(window: MainWindow, qtbot: QtBot, asked: Asked) -> None:
    window.files.template("mlp-digits")
    words, web = QMimeData(), QMimeData()
    words.setText("rm -rf /")
    web.setUrls([QUrl("https://example.org/a.nns")])
    assert not drop(window, qtbot, words)
    drop(window, qtbot, web)
    assert asked.told == []
    assert window.session.is_saved


# ------------------------------------------------------------------------------- pasted


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/plain", b"import os"),
        ("text/html", b"<b>bold</b>"),
        ("image/png", b"\x89PNG"),
        (clipboard.MIME, b""),
        (clipboard.MIME, b"{"),
        (clipboard.MIME, b"\xff\xfe"),
        (clipboard.MIME, b"[" * 100_000),
        (clipboard.MIME, b'{"nnstudio": 1}'),
        (clipboard.MIME, b'{"nnstudio": 1, "graphs": {"g": {"name": "", "nodes": {"n": 3}}}}'),
        (clipboard.MIME, b" " * 6_000_000),
    ],
)
def test_foreign_text_is_not_pasted(
    window: MainWindow, asked: Asked, kind: str, content: bytes
) -> None:
    window.files.template("mlp-digits")
    before = window.session.project
    data = QMimeData()
    data.setData(kind, content)
    QGuiApplication.clipboard().setMimeData(data)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    window.canvas_panel.commands.paste()
    assert window.session.project is before
    assert bool(asked.told) is (kind == clipboard.MIME)
    assert all("clipboard" in words for words in asked.told)


# ------------------------------------------------------------------------------- missing layers


def test_a_missing_layer_is_kept_drawn_and_saved_as_it_came(
    window: MainWindow, tmp_path: Path
) -> None:
    """The rest is live, and the file is the very same after it was saved."""
    path = tmp_path / "future.nns"
    strange = {
        "layer": "FlashLayer",
        "args": {"knob": 3, "deep": [1, 2]},
        "in": ["a"],
        "new": {"x": 1},
    }
    lost = {"layer": "block:gone", "name": "lost", "in": ["f"]}
    own = {"layer": "custom:gone", "in": ["a"], "args": {"k": 1}}
    opened(window, path, document(f=strange, g=lost, h=own))
    window.documents.save()
    first = path.read_bytes()
    looks = {key: item.look for key, item in window.canvas.canvas.nodes.items()}
    assert {key for key, look in looks.items() if "missing" in look.flags} == {"f", "g", "h"}
    assert [looks[key].body for key in ("f", "h")] == ["not known here"] * 2
    assert looks["e"].shapes  # what does not need it is live
    assert looks["f"].faulty
    window.view.select(["f"])
    edit(window)
    window.session.undo()
    window.documents.save(tmp_path / "again.nns")
    assert (tmp_path / "again.nns").read_bytes() == first
    kept = json.loads(first)["graphs"]["g"]["nodes"]
    assert kept["f"] == strange
    assert kept["g"] == lost
    assert kept["h"] == own
    assert store.load(path) == window.session.project


# ------------------------------------------------------------------------------- names


@pytest.fixture
def named(window: MainWindow, tmp_path: Path) -> MainWindow:
    """A window with a project full of such names, in a file with one of its own."""
    path = tmp_path / f"{CHINESE} {ARABIC} <b>&amp;<img src=x> {'w' * 80}.nns"
    opened(window, path, document(f={"layer": "ReLU", "in": ["x"], "name": HTML}))
    return window


def every(window: MainWindow) -> list[QWidget]:
    return [window, *window.findChildren(QWidget)]


def test_names_are_never_markup(named: MainWindow, qtbot: QtBot) -> None:
    """Wherever a name stands, its own brackets are what is shown."""
    window = named
    seen: list[str] = []
    for select in ([], ["x"], ["d"], ["f", "x"]):
        window.view.select(select)
        for panel in ("problems", "code", "history", "log", "inspector"):
            window.show_panel(panel)
            qtbot.wait(5)
            seen += _checked(window)
    window.view.enter("d", "blk")
    qtbot.wait(5)
    seen += _checked(window)
    window.show_start()
    qtbot.wait(5)
    seen += _checked(window)
    assert any(HTML in words for words in seen)
    assert any(f"{CHINESE} {HTML}" in words for words in seen)


def _checked(window: MainWindow) -> list[str]:
    seen = []
    for widget in every(window):
        shown = getattr(widget, "text", None)
        words = shown() if callable(shown) else ""
        if isinstance(widget, QLabel) and "<" in words:
            assert widget.textFormat() == Qt.TextFormat.PlainText, words
        for help_text in (widget.toolTip(), widget.whatsThis()):
            assert "<b>bold" not in help_text, (type(widget).__name__, help_text)
            assert "<img" not in help_text, (type(widget).__name__, help_text)
        seen.append(str(words))
    return seen


def test_long_names_are_cut_and_do_not_stretch_the_window(named: MainWindow) -> None:
    window = named
    for key, item in window.canvas.canvas.nodes.items():
        assert item.look.width <= metrics.WIDEST, key
    assert window.minimumSizeHint().width() <= 1280
    bar = window.top_bar
    assert bar.minimumSizeHint().width() <= 1280
    window.view.select(["d"])
    assert window.width() == 1280


def test_the_start_page_shows_such_files(named: MainWindow, qtbot: QtBot) -> None:
    window = named
    window.show_start()
    qtbot.wait(20)
    page = window.start_page
    assert "…" in page._back.text()
    assert page._back.fontMetrics().horizontalAdvance(page._back.text()) <= page._back.width()
    page.offer_back("a & b")
    assert page._back.text() == "Back to a && b"  # and no letter with a line below
    window.recent.aboutToShow.emit()
    (action,) = window.recent.actions()
    assert action.text() == window.documents.title.replace("&", "&&")
    QTest.mouseClick(page._back, Qt.MouseButton.LeftButton)
    assert window.arrangement == "design"


def test_such_names_give_code_and_survive_a_save(named: MainWindow, tmp_path: Path) -> None:
    window = named
    assert window.session.analysis.ok
    window.session.do(SetProjectName(LONG))
    assert window.files.save()
    again = store.load(window.session.path)
    assert again == window.session.project
    texts = window.docks.panel("code")._texts.write(window.session.analysis)
    assert texts["model.py"].source is not None
    compile(texts["model.py"].source.text, "model.py", "exec")


def test_questions_show_names_as_text(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[QMessageBox] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box))
    parent = QWidget()
    qtbot.addWidget(parent)
    messages.tell(parent, "Title", HTML)
    assert shown[0].textFormat() == Qt.TextFormat.PlainText
