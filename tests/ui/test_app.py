"""The composition root: what is imported when, what becomes of an unexpected exception, help."""

import gc
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt, qCritical, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.graph.model import Project
from nnstudio.studio.actions import ACTIONS
from nnstudio.ui import about, docks, help_pages
from nnstudio.ui import sweeper as sweeping
from nnstudio.ui.about import About
from nnstudio.ui.crash import Funnel
from nnstudio.ui.devices import Devices
from nnstudio.ui.help_window import HelpWindow
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.selftest import SelfTest
from nnstudio.ui.sweeper import Sweeper
from tests.builder import GraphBuilder
from tests.ui.conftest import Made

START = """
import sys
from PySide6.QtCore import QTimer
from nnstudio.ui import app
from nnstudio.ui.main_window import MainWindow
seen = []
complete = MainWindow.complete
def spy(window):
    seen.append({"torch", "numpy", "pyqtgraph", "networkx", "PIL"} & set(sys.modules))
    complete(window)
    QTimer.singleShot(0, window.close)
MainWindow.complete = spy
code = app.main()
print(code, seen)
"""


def run(text: str, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {"QT_QPA_PLATFORM": "offscreen", "NNSTUDIO_HOME": str(home), "PATH": ""}
    return subprocess.run(
        [sys.executable, "-c", text, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_nothing_slow_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    done = run(START, home=tmp_path)
    assert done.stdout.strip() == "0 [set()]", done.stderr
    assert done.returncode == 0


def test_the_window_opens_a_file_that_was_named(open_window: Made, tmp_path: Path) -> None:
    first = open_window()
    first.files.template("mlp-digits")
    first.documents.save(tmp_path / "a.nns")
    first.close()
    second = open_window(tmp_path / "a.nns")
    assert second.session.path == tmp_path / "a.nns"
    assert second.arrangement == "design"
    assert not second.session.read_only


def test_a_closed_window_is_forgotten(open_window: Made, qapp: QApplication) -> None:
    def opened() -> weakref.ref[object]:
        window = open_window()
        window.files.template("lenet5-mnist")
        for name in window.arrangements:
            window.book[f"view.{name}"].trigger()
            qapp.processEvents()
        return weakref.ref(window.session)

    session = opened()
    open_window.close()
    gc.collect()
    assert session() is None


class Cycle:
    """Garbage that only a search finds; it remembers in which thread it was found."""

    threads: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Cycle.threads.append(threading.get_ident())


def test_garbage_is_found_in_the_thread_of_the_window_only(
    qapp: QApplication, qtbot: QtBot
) -> None:
    """A QObject that dies in another thread leaves its timers behind, and Qt crashes."""
    Cycle.threads.clear()
    sweeper = Sweeper()
    count = 5000

    def work() -> None:
        for _ in range(count):
            Cycle()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    try:
        qtbot.waitUntil(lambda: len(Cycle.threads) == count)
    finally:
        sweeper.close()
        gc.disable()
    assert set(Cycle.threads) == {threading.get_ident()}


def test_what_took_long_to_look_through_is_not_looked_through_twice(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every sweep of old garbage would hold the window up for what torch's import made."""
    sweeper = Sweeper()
    made = [[number] for number in range(5000)]
    try:
        before = gc.get_freeze_count()
        monkeypatch.setattr(sweeping, "LONG", 60.0)
        sweeper.sweep()
        assert gc.get_freeze_count() == before
        made += [[number] for number in range(5000)]
        monkeypatch.setattr(sweeping, "LONG", 0.0)
        sweeper.sweep()
        assert gc.get_freeze_count() >= before + 10_000
    finally:
        sweeper.close()
        gc.disable()
    assert len(made) == 10_000


class TestCrash:
    @pytest.fixture
    def funnel(self, window: MainWindow) -> Funnel:
        return window.kept[1]

    def test_an_exception_becomes_a_report(self, funnel: Funnel, qtbot: QtBot) -> None:
        try:
            raise ValueError("planted <b>")
        except ValueError:
            funnel._exception(*sys.exc_info())
        assert "planted <b>" in funnel.dialog.text.toPlainText()
        assert "Python" in funnel.dialog.text.toPlainText()
        QTest.mouseClick(funnel.dialog.copy, Qt.MouseButton.LeftButton)
        assert "planted" in QGuiApplication.clipboard().text()
        funnel.dialog.accept()

    def test_an_exception_of_a_thread_comes_to_the_window(
        self, funnel: Funnel, qtbot: QtBot
    ) -> None:
        funnel.install()
        try:
            thread = threading.Thread(target=lambda: 1 / 0, name="planted")
            thread.start()
            thread.join()
            qtbot.waitUntil(lambda: bool(funnel.reports))
        finally:
            funnel.remove()
        assert "In the thread planted" in funnel.reports[0]
        assert "ZeroDivisionError" in funnel.reports[0]
        funnel.dialog.accept()

    def test_a_second_one_is_added_to_the_first(self, funnel: Funnel) -> None:
        funnel.happened.emit("first")
        funnel.happened.emit("second")
        assert "first" in funnel.dialog.text.toPlainText()
        assert "second" in funnel.dialog.text.toPlainText()
        funnel.dialog.accept()

    def test_what_was_taken_over_is_given_back(self, funnel: Funnel) -> None:
        before = sys.excepthook, threading.excepthook
        funnel.install()
        assert sys.excepthook != before[0]
        funnel.remove()
        assert (sys.excepthook, threading.excepthook) == before

    @pytest.mark.qt_log_ignore("planted")
    def test_critical_words_of_qt_are_reported_and_warnings_logged(
        self, funnel: Funnel, caplog: pytest.LogCaptureFixture
    ) -> None:
        funnel.install()
        try:
            qWarning("planted warning")
            assert funnel.reports == []
            qCritical("planted fault")
        finally:
            funnel.remove()
        assert "planted warning" in caplog.text
        assert funnel.reports == ["Qt: planted fault"]
        funnel.dialog.accept()

    def test_the_journal_is_written_first(
        self, funnel: Funnel, window: MainWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order: list[str] = []
        monkeypatch.setattr(window.documents, "flush", lambda: order.append("safe"))
        funnel.happened.emit("planted")
        assert order == ["safe"]
        funnel.dialog.accept()


class TestHelp:
    @pytest.mark.parametrize("name", list(registry.LAYERS))
    def test_every_layer_has_its_page(self, name: str) -> None:
        spec = registry.LAYERS[name]
        page = help_pages.page(f"layer:{name}", Project())
        assert spec.name in page
        for param in spec.params:
            assert param.name in page

    def test_every_topic_has_words(self) -> None:
        for topic, title, group in help_pages.topics():
            assert title
            assert group
            assert "<p>" in help_pages.page(topic, Project()) or topic == "shortcuts", topic

    def test_every_panel_has_help(self) -> None:
        assert {row.id for row in docks.PANELS} <= set(help_pages.PANELS)

    def test_shortcuts_are_all_there(self) -> None:
        page = help_pages.page("shortcuts", Project())
        for row in ACTIONS.values():
            if row.shortcut:
                assert row.title.replace("&", "&amp;") in page

    def test_names_of_a_document_are_never_markup(self) -> None:
        b = GraphBuilder("<img src=x>", id="blk")
        b.output(b("ReLU", b.input("N", 4)))
        made = Project(blocks={"blk": b.block})
        page = help_pages.page("layer:block:blk", made)
        assert "<img" not in page
        assert "&lt;img" in page
        assert "<script" not in help_pages.page("layer:<script>", made)

    def test_f1_shows_the_page_of_the_selected_node(self, window: MainWindow) -> None:
        window.files.template("lenet5-mnist")
        nodes = window.session.project.graph(window.view.graph).nodes
        chosen = next(key for key, node in nodes.items() if node.layer == "Conv2d")
        window.activateWindow()
        window.canvas.setFocus()
        window.view.select([chosen])
        QTest.keyClick(window.canvas, Qt.Key.Key_F1)
        shown = window.findChild(HelpWindow)
        assert shown.topic == "layer:Conv2d"
        assert "in_channels" in shown.text.toPlainText()
        QTest.keyClicks(shown.field, "shortcuts")
        assert shown.topic == "shortcuts"
        shown.close()

    def test_f1_on_the_start_page(self, window: MainWindow) -> None:
        window.book["help.page"].trigger()
        shown = window.findChild(HelpWindow)
        assert shown.topic == "start"
        window.theme.choose("light")
        shown.close()


class TestAbout:
    def test_versions_devices_and_licences(self, window: MainWindow) -> None:
        dialog = About(window.devices, window)
        said = " ".join(label.text() for label in dialog.findChildren(QLabel))
        for words in ("Python", "torch", "Inter", "JetBrains Mono", "SIL Open Font", "MIT"):
            assert words in said
        dialog._copy.click()
        assert "torch" in QGuiApplication.clipboard().text()
        dialog.deleteLater()

    def test_what_is_missing_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(about, "PACKAGES", ("no-such-package",))
        assert ("no-such-package", "is not installed") in about.versions()

    def test_devices_are_looked_up_in_a_thread(
        self, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("nnstudio.ui.devices._KIT", "no.such.kit")
        devices = Devices()
        with qtbot.waitSignal(devices.changed):
            devices.look_up()
        devices.wait()
        assert "no" in devices.described()[0][1]
        assert devices.title("auto") == "CPU"


class TestSelfTest:
    def shown(self, window: MainWindow, qtbot: QtBot, text: str) -> str:
        dialog = SelfTest(window, ("-c", text))
        dialog.open()
        qtbot.waitUntil(lambda: not dialog.bar.isVisible(), timeout=20_000)
        said = " ".join(label.text() for label in dialog.findChildren(QLabel))
        dialog.close()
        dialog.deleteLater()
        return said

    def test_parts_are_shown(self, window: MainWindow, qtbot: QtBot) -> None:
        part = '{"name": "export", "ok": false, "what": "<b>why", "seconds": 1.25}'
        said = self.shown(window, qtbot, f'print(\'{{"ok": false, "parts": [{part}]}}\')')
        assert "export" in said
        assert "<b>why" in said
        assert "fails" in said
        assert "Some parts do not work" in said

    def test_nonsense_is_told(self, window: MainWindow, qtbot: QtBot) -> None:
        said = self.shown(window, qtbot, "raise SystemExit('planted')")
        assert "planted" in said

    def test_closing_ends_the_process(self, window: MainWindow, qtbot: QtBot) -> None:
        dialog = SelfTest(window, ("-c", "import time; time.sleep(60)"))
        dialog.open()
        dialog._process.waitForStarted()
        dialog.close()
        assert dialog._process.state() == dialog._process.ProcessState.NotRunning
        dialog.deleteLater()
