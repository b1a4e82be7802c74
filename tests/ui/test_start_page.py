"""The start page: one click from a picture to a network that can be trained."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNode
from nnstudio.graph.model import Node, Project
from nnstudio.project import recovery, store
from nnstudio.studio import templates
from nnstudio.studio.documents import Documents
from nnstudio.studio.session import Session
from nnstudio.ui import fonts, gallery, graph_picture
from nnstudio.ui.cards import SIZE, fitted
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.theme import DARK, SMALL, Theme
from tests.ui.conftest import Asked, Made


def filled(window: MainWindow, qtbot: QtBot) -> MainWindow:
    qtbot.waitUntil(lambda: window.start_page.filled, timeout=5000)
    return window


def unsaved(name: str = "mlp-digits") -> Project:
    """Work that a session leaves unsaved."""
    documents = Documents(Session())
    documents.template(name)
    graph = next(iter(documents.session.project.graphs))
    documents.session.do(AddNode(graph, Node(new_id(), "ReLU"), (0.0, 0.0)))
    project = documents.session.project
    documents.close()
    return project


def buttons(window: MainWindow) -> list[QPushButton]:
    return [b for b in window.start_page.findChildren(QPushButton) if b.isVisible()]


def button(window: MainWindow, words: str) -> QPushButton:
    return next(b for b in buttons(window) if words in (b.text(), b.accessibleName()))


def rows(window: MainWindow) -> list[str]:
    """The recent files that are listed."""
    QApplication.processEvents()
    return [b.accessibleName() for b in buttons(window) if b.property("kind") == "row"]


def test_every_template_is_a_picture(window: MainWindow, qtbot: QtBot) -> None:
    filled(window, qtbot)
    page = window.start_page
    assert tuple(page.cards) == templates.names()
    for name, card in page.cards.items():
        found = templates.load(name)
        assert card.text() == found.title
        assert found.teaches in card.accessibleDescription()
        assert found.reaches in card.accessibleDescription()
    assert not window.top_bar.segments["design"].isVisible()


def test_full_size_networks_stand_by_themselves(window: MainWindow, qtbot: QtBot) -> None:
    """The section follows from the file: whether data and a loop are chosen."""
    filled(window, qtbot)
    shelves = window.start_page.gallery.shelves
    found = [templates.load(name) for name in templates.names()]
    for name, section in shelves.items():
        cards = [card.text() for card in section.cards]
        assert cards == [one.title for one in found if one.shelf == name]
        assert section.isVisible() == bool(cards)
    assert {"Digits MLP", "DCGAN"} <= {card.text() for card in shelves["quick"].cards}
    assert {"GPT-2", "ResNet-50"} <= {card.text() for card in shelves["full"].cards}
    QTest.mouseClick(window.start_page.cards["gpt2"], Qt.MouseButton.LeftButton)
    assert window.session.project.name == "GPT-2"


def test_one_click_opens_a_template_without_a_file(window: MainWindow, qtbot: QtBot) -> None:
    filled(window, qtbot)
    QTest.mouseClick(window.start_page.cards["lenet5-mnist"], Qt.MouseButton.LeftButton)
    assert window.session.project.name == "LeNet-5"
    assert window.session.path is None
    assert window.canvas.isVisible()
    assert len(window.canvas.canvas.nodes) > 5
    assert not window.start_page.isVisible()


def test_by_keyboard_alone(window: MainWindow, qtbot: QtBot) -> None:
    filled(window, qtbot)
    card = window.start_page.cards["mlp-digits"]
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Space)
    assert window.session.project.name == templates.load("mlp-digits").title


def test_three_clicks_to_training(window: MainWindow, qtbot: QtBot) -> None:
    """A card and the button: two clicks."""
    filled(window, qtbot)
    started: list[str] = []
    window.running.runs.start = started.append
    QTest.mouseClick(window.start_page.cards["mlp-digits"], Qt.MouseButton.LeftButton)
    assert window.top_bar.train.isEnabled()
    QTest.mouseClick(window.top_bar.train, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert started == ["afresh"]


def test_an_empty_canvas_and_back(window: MainWindow, qtbot: QtBot) -> None:
    filled(window, qtbot)
    QTest.mouseClick(button(window, "Empty canvas"), Qt.MouseButton.LeftButton)
    assert window.arrangement == "design"
    assert window.session.is_saved
    window.book["file.start"].trigger()
    assert window.start_page.isVisible()
    back = next(b for b in buttons(window) if b.text().startswith("Back to"))
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert window.arrangement == "design"


def test_recent_files_are_listed_as_plain_text(
    open_window: Made, qtbot: QtBot, tmp_path: Path
) -> None:
    names = ["<b>fat<b>.nns", "网络.nns", "x" * 120 + ".nns"]
    window = open_window()
    for name in names:
        store.save(Project(name=name[:50]), tmp_path / name)
        window.documents.recent.add(tmp_path / name)
    filled(window, qtbot)
    assert rows(window) == names[::-1]
    (tmp_path / names[1]).unlink()
    window.start_page.refresh()
    assert rows(window) == [names[2], names[0]]
    QTest.mouseClick(button(window, names[0]), Qt.MouseButton.LeftButton)
    assert window.session.path == tmp_path / names[0]


def test_recovered_work_is_offered_with_its_time(
    open_window: Made, qtbot: QtBot, asked: Asked
) -> None:
    project = unsaved()
    window = filled(open_window(), qtbot)
    (card,) = window.start_page.recovered
    assert "today" in card.accessibleDescription()
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert window.session.project == project
    assert not window.session.is_saved


def test_recovered_work_is_discarded_only_after_a_question(
    open_window: Made, qtbot: QtBot, asked: Asked
) -> None:
    unsaved()
    window = filled(open_window(), qtbot)
    asked.answers = ["keep", "discard"]
    QTest.mouseClick(button(window, "Discard"), Qt.MouseButton.LeftButton)
    assert len(recovery.found()) == 1
    QTest.mouseClick(button(window, "Discard"), Qt.MouseButton.LeftButton)
    assert recovery.found() == []
    assert window.start_page.recovered == []
    assert len(asked.questions) == 2


def test_the_picture_of_the_canvas_is_offered(open_window: Made, qtbot: QtBot) -> None:
    first = open_window()
    first.files.template("lenet5-mnist")
    first.session.do(AddNode(first.view.graph, Node(new_id(), "ReLU"), (0.0, 0.0)))
    first.documents.flush()
    first.picture.store()
    first._closed = True  # as a crash would
    first.documents.close()
    (offered,) = recovery.found()
    assert offered.picture is not None
    assert QImage(str(offered.picture)).width() > 100


@pytest.mark.parametrize("width", [960, 1280, 1600, 2400])
def test_cards_stand_in_columns_without_overlap(
    window: MainWindow, qtbot: QtBot, width: int
) -> None:
    filled(window, qtbot)
    window.resize(width, 800)
    qtbot.wait(20)
    cards: list[QWidget] = list(window.start_page.cards.values())
    page = window.start_page
    boxes = [QRect(card.mapTo(page.widget(), QPoint()), card.size()) for card in cards]
    for place, box in enumerate(boxes):
        assert all(not box.intersects(other) for other in boxes[place + 1 :])
        assert box.width() >= 200
    assert page.horizontalScrollBar().maximum() == 0


def test_a_graph_is_painted_with_its_families() -> None:
    drawn = graph_picture.picture(templates.load("resnet-mnist").project)
    size = QSize(300, 120)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    graph_picture.paint(painter, drawn, QRectF(0, 0, 300, 120), DARK)
    painter.end()
    found = {image.pixelColor(x, y).name() for x in range(300) for y in range(120)}
    for family in ("io", "convolution", "block"):
        assert DARK.families[family].lower() in found


def test_an_empty_project_has_an_empty_picture(theme: Theme) -> None:
    drawn = graph_picture.picture(Project())
    assert drawn.nodes == ()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    graph_picture.paint(painter, drawn, QRectF(0, 0, 20, 20), theme.tokens)
    painter.end()


def test_a_card_that_is_clicked_before_the_window_is_complete(
    open_window: Made, qtbot: QtBot
) -> None:
    window = filled(open_window(complete=False), qtbot)
    QTest.mouseClick(window.start_page.cards["mlp-digits"], Qt.MouseButton.LeftButton)
    assert window.arrangement == "design"
    window.complete()
    QApplication.processEvents()
    assert window.canvas.isVisible()
    assert window.top_bar.train.isEnabled()
    if "palette" in window.docks.rows:
        assert window.docks["palette"].isVisible()


def test_shortcuts_of_a_u_net_go_around_what_stands_between() -> None:
    drawn = graph_picture.picture(templates.load("unet").project)
    lanes = {point.x() for point, _ in drawn.nodes}
    assert len(lanes) == 1
    upright = [line for line in drawn.edges if line.x1() == line.x2()]
    around = [line for line in upright if line.x1() not in lanes]
    assert len(around) == 4
    assert all(line.length() < 150 for line in upright if line.x1() in lanes)
    assert len({line.x1() for line in around}) == 4
    assert all(drawn.box.contains(line.p1()) for line in around)


def test_words_that_find_no_room_end_in_dots(qapp: QApplication) -> None:
    font = fonts.text(SMALL)
    high = QFontMetrics(font).height()
    room = QSize(SIZE.width() - 24, 2 * high + 3)
    cut = fitted(font, room, "small " * 90)
    assert len(cut) == 2
    assert cut[-1].endswith("…")
    assert max(map(QFontMetrics(font).horizontalAdvance, cut)) <= room.width()
    assert fitted(font, room, "few words") == ["few words"]


def test_cards_in_sight_come_first(open_window: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is ready with the first rows of many cards; the last ones follow."""
    monkeypatch.setattr(gallery, "SLICE", -1.0)  # no card makes itself
    page = open_window(complete=False).start_page
    page.gallery.start()
    made = 0
    while not page.ready:
        page.gallery._add(page.gallery._todo.pop(0))
        made += 1
        QApplication.processEvents()
    assert 0 < made < len(page.gallery._todo)
    assert page.widget().sizeHint().height() > page.viewport().height()
    assert not page.filled
