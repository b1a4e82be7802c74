"""A window of its own for each test on the offscreen platform, with nothing left behind."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.project.settings import Settings
from nnstudio.studio.documents import Documents
from nnstudio.studio.session import Session
from nnstudio.ui import fonts, messages, style
from nnstudio.ui.app import compose
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.messages import Answer
from nnstudio.ui.theme import Theme

Made = Callable[..., MainWindow]


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> None:
    """The shipped fonts, as in the application."""
    fonts.load()


@pytest.fixture(scope="package", autouse=True)
def swept_here() -> Iterator[None]:
    """Garbage is looked for in this thread only, as in the application; see `ui.sweeper`."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_on_screen(qapp: QApplication) -> Iterator[None]:
    """A test that leaves a top-level widget or a running timer behind fails."""
    before = {id(widget) for widget in qapp.topLevelWidgets()}
    yield
    swept(qapp)
    gc.collect(1)
    left = [widget for widget in qapp.topLevelWidgets() if id(widget) not in before]
    assert not left, f"left on screen: {left}"
    ticking = [timer for timer in qapp.findChildren(QTimer) if timer.isActive()]
    assert not ticking, f"left ticking: {ticking}"


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("dark", qapp)


class Asked:
    """What the user was asked and told; `answers` are given in order, else the question cancels."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.questions: list[str] = []
        self.told: list[str] = []

    def ask(self, parent: object, title: str, text: str, answers: tuple[Answer, ...]) -> str:
        self.questions.append(text)
        keys = [answer.key for answer in answers]
        chosen = self.answers.pop(0) if self.answers else keys[-1]
        assert chosen in keys
        return chosen

    def tell(self, parent: object, title: str, text: str, details: str = "") -> None:
        self.told.append(text)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Answers what would be asked in a box."""
    found = Asked()
    monkeypatch.setattr(messages, "ask", found.ask)
    monkeypatch.setattr(messages, "tell", found.tell)
    return found


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot, asked: Asked) -> Iterator[Made]:
    """Makes windows; each is closed without questions at the end."""
    made: list[MainWindow] = []

    def make(file: Path | None = None, *, complete: bool = True) -> MainWindow:
        settings = Settings()
        look = Theme(settings.get("theme"))
        style.apply(qapp, look)
        window, funnel = compose(settings, look)
        window.kept = (look, funnel)
        look.setParent(window)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        if complete:
            window.complete()
        if file is not None:
            window.open(file)
        qtbot.wait(1)
        return window

    def close() -> None:
        QApplication.clipboard().clear()  # off screen, data left there outlives the application
        while made:
            window = made.pop()
            asked.answers = ["discard"] * 9
            window.close()
            window.deleteLater()
            del window
        swept(qapp)

    make.close = close
    yield make
    close()
    qapp.setStyleSheet("")


@pytest.fixture
def window(open_window: Made) -> MainWindow:
    return open_window()


@pytest.fixture
def documents() -> Iterator[Documents]:
    found = Documents(Session())
    yield found
    found.close(discard=True)


def swept(application: QApplication) -> None:
    """Delete what waits to be deleted; `processEvents` alone never does."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()
