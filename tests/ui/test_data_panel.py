"""Data: chosen, read beside the window, looked at, and only then in the document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.compiler.source import code
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Args, Choice
from nnstudio.engine.preview import Facts, Preview, Sample
from nnstudio.graph.model import Data, Project
from nnstudio.studio.samples import Samples
from nnstudio.ui.panels.data import NAME, DataPanel
from nnstudio.ui.theme import Theme
from tests.ui.staged import Stage, line, retype, stage, texts

DIGITS = Facts(
    "classification", ((1, 8, 8),), (), ("zero", "one"), 90, 10, counts=(40, 50),
    samples=(Sample("picture", "one", 2, 2, bytes(4)),),
)  # fmt: skip


class Fake:
    """A look at data that ends when it is let go."""

    made: list[Fake] = []  # noqa: RUF012 (emptied for each test)

    def __init__(self, reader: Choice, folder: Path | None) -> None:
        self.reader, self.done, self.cancelled = reader, False, False
        self.made.append(self)

    def facts(self) -> Facts:
        if self.reader.name == "mnist":
            raise ProjectError(Problem("data.unreadable", "data", {"what": "no", "hint": "yes"}))
        return DIGITS

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def here(theme: Theme) -> Stage:
    Fake.made.clear()
    return stage(Project(), theme, samples=Samples(Fake))  # type: ignore[arg-type]


@pytest.fixture
def panel(qtbot: QtBot, here: Stage) -> DataPanel:
    return shown(qtbot, here)


def shown(qtbot: QtBot, here: Stage) -> DataPanel:
    made = DataPanel(here)
    qtbot.addWidget(made)
    made.resize(1000, 500)
    made.show()
    return made


def pick(qtbot: QtBot, panel: DataPanel, name: str) -> None:
    rows = range(panel.readers.count())
    item = next(panel.readers.item(n) for n in rows if panel.readers.item(n).data(NAME) == name)
    panel.readers.scrollToItem(item)
    box = panel.readers.visualItemRect(item)
    qtbot.mouseClick(panel.readers.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


def test_empty_state(panel: DataPanel) -> None:
    assert "Choose some on the left" in panel.facts.words.text()


def test_chosen_data_enters_the_document_once_read(
    qtbot: QtBot, panel: DataPanel, here: Stage
) -> None:
    pick(qtbot, panel, "digits")
    assert here.session.step == 0
    assert panel.facts.busy.isVisible()
    Fake.made[0].done = True
    qtbot.waitUntil(lambda: here.session.step == 1)
    wanted = Data(Choice("digits"), "classification", ((1, 8, 8),), (), ("zero", "one"))
    assert here.session.project.data == wanted
    wanted_words = {"classification", "1 × 8 × 8", "90", "10"}
    qtbot.waitUntil(lambda: wanted_words <= set(texts(panel.facts)))
    assert panel.facts.grid.samples[0].label == "one"
    assert panel.facts.bars.isVisible()
    here.session.undo()
    assert here.session.project.data == Data()
    qtbot.waitUntil(lambda: "No data is chosen" in panel.facts.words.text())


def test_unreadable_data_changes_nothing(qtbot: QtBot, panel: DataPanel, here: Stage) -> None:
    pick(qtbot, panel, "mnist")
    Fake.made[0].done = True
    qtbot.waitUntil(lambda: panel.facts.words.property("kind") == "bad")
    assert panel.facts.words.text() == "No\nYes"
    assert here.session.step == 0


def test_settings_are_read_anew(qtbot: QtBot, panel: DataPanel, here: Stage) -> None:
    pick(qtbot, panel, "digits")
    Fake.made[0].done = True
    qtbot.waitUntil(lambda: here.session.step == 1)
    assert panel.form is not None
    retype(qtbot, line(panel.form, "val_fraction"), "0.5")
    assert Fake.made[1].reader == Choice("digits", Args(val_fraction=0.5))
    Fake.made[1].done = True
    qtbot.waitUntil(lambda: here.session.step == 2)
    reader = here.session.project.data.reader
    assert reader == Choice("digits", Args(val_fraction=0.5))
    retype(qtbot, line(panel.form, "val_fraction"), "2")
    assert "at most 0.9" in panel.form.rows["val_fraction"].why.text()
    assert len(Fake.made) == 2


def test_no_data(qtbot: QtBot, panel: DataPanel, here: Stage) -> None:
    pick(qtbot, panel, "digits")
    Fake.made[0].done = True
    qtbot.waitUntil(lambda: here.session.step == 1)
    pick(qtbot, panel, "")
    assert here.session.project.data == Data()


def test_own_file_is_asked_for_and_dropped(
    qtbot: QtBot, panel: DataPanel, here: Stage, tmp_path: Path
) -> None:
    pick(qtbot, panel, "table")
    assert "Choose a file" in panel.facts.words.text()
    assert Fake.made == []
    path = tmp_path / "own.csv"
    path.write_text("a,b\n1,2\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    for kind in (QDragEnterEvent, QDropEvent):
        event = kind(
            QPoint(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(panel, event)
        assert event.isAccepted()
    assert Fake.made[0].reader == Choice("table", Args(path=str(path)))


def test_closing_ends_what_is_under_way(qtbot: QtBot, here: Stage) -> None:
    panel = DataPanel(here)
    panel.show()
    panel.choose(Choice("digits"))
    panel.deleteLater()
    qtbot.waitUntil(lambda: Fake.made[0].cancelled)


def test_real_data_of_each_kind(tmp_path: Path, qtbot: QtBot) -> None:
    """The process that reads, for a table of one's own and a text that is no text."""
    table = tmp_path / "own.csv"
    rows = "\n".join(f"{n},{n * n},{'ab'[n % 2]}" for n in range(20))
    table.write_text(f"x,y,kind\n{rows}\n")
    good = Preview(Choice("table", Args(path="own.csv")), tmp_path)
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"\xff\xfe\x00" * 9)
    bad = Preview(Choice("text", Args(path=str(broken))))
    digits = Preview(Choice("digits"))
    facts = good.facts()
    assert (facts.task, facts.inputs, facts.classes) == ("classification", ((2,),), ("a", "b"))
    assert facts.features == ("x", "y")
    assert len(facts.samples) == facts.train == 16
    with pytest.raises(ProjectError, match="UTF-8"):
        bad.facts()
    assert {one.kind for one in digits.facts().samples} == {"picture"}
    assert len({one.label for one in digits.facts().samples}) > 5


def test_cancelled_look_says_so() -> None:
    look = Preview(Choice("digits"))
    look.cancel()
    with pytest.raises(Exception, match="cancelled"):
        look.facts()


def test_script_finds_a_file_of_ones_own(theme: Theme) -> None:
    document = stage("mlp-digits", theme).session.project
    reader = Choice("digits", Args(path="my digits.npz"))
    own = replace(document, data=replace(document.data, reader=reader))
    made = stage(own, theme).session.analysis
    assert made.ok, made.problems
    assert 'digits.read(args.data or FILES / "my digits.npz"' in code(made).train.text
