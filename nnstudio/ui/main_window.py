"""The window: top bar, start page or canvas, panels around it, status bar.

    MainWindow(documents, theme, settings)   stands at once: bar, start page, empty docks
    window.complete()                        after the first paint: canvas, actions, panels

It owns no document: it shows what `studio.documents` and the session have, and binds every action.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.project.settings import Settings
from nnstudio.studio.documents import Documents
from nnstudio.studio.session import Update
from nnstudio.ui import docks, i18n
from nnstudio.ui.banner import Banner
from nnstudio.ui.devices import Devices
from nnstudio.ui.docks import Docks
from nnstudio.ui.files import Files
from nnstudio.ui.i18n import tr
from nnstudio.ui.later import later
from nnstudio.ui.layout_store import NAMES, LayoutStore, reachable
from nnstudio.ui.menus import ActionBook
from nnstudio.ui.overriding import override
from nnstudio.ui.recent_menu import RecentMenu
from nnstudio.ui.start_page import StartPage
from nnstudio.ui.status import Status
from nnstudio.ui.theme import Theme
from nnstudio.ui.top_bar import TopBar
from nnstudio.ui.view_state import ViewState

if TYPE_CHECKING:  # what it brings along is imported after the first paint
    from nnstudio.ui.context import Context
    from nnstudio.ui.recovery_picture import RecoveryPicture

SIZE = QSize(1440, 900)
SIDES = {"left": 216, "right": 304}
CODE = {"right": 520}  # where code is read at the side
BELOW = {"data": 0.5, "train": 0.5}
"""The part of the height that the panels at the bottom take at first, where it is no third."""
LEADS = {"design": "", "data": "data", "train": "monitor", "export": "export"}
"""The panel without which an arrangement has nothing to show; "" for the canvas."""
CANVAS = "nnstudio.ui.canvas.panel:CanvasPanel"


class MainWindow(QMainWindow):
    """One window with one project.

    Attributes:
        book: Every action.
        context: What panels are handed.
        files: Opens and saves.
        docks: The panels.
        canvas: The canvas; None until the window is complete.
        canvas_panel: The canvas with what lies over it.
        desk: Opens the editors of own layers.
        arrangement: The arrangement on screen; "" while the start page is shown.

    Args:
        documents: The document and its file.
        theme: The look.
        settings: What the user set.
        store: Where the layout is remembered.
    """

    def __init__(
        self,
        documents: Documents,
        theme: Theme,
        settings: Settings,
        store: LayoutStore | None = None,
    ) -> None:
        super().__init__()
        self.documents, self.session, self.theme = documents, documents.session, theme
        self.settings, self.store = settings, store or LayoutStore()
        self.arrangement = ""
        self.canvas: Any = None
        self.canvas_panel: Any = None
        self.context: Context
        self.picture: RecoveryPicture | None = None
        self.running: Any = None
        self.desk: Any = None
        self.book = ActionBook(self, theme)
        self.view = ViewState(next(iter(self.session.project.graphs), ""), self)
        self.files = Files(documents, self)
        self.devices = Devices(self)
        self._closed = self._opened_once = False
        self._build()
        self._follow()
        self._allow_motion()
        self._bring_back()
        self.show_start()

    # ---- what others ask for

    @property
    def arrangements(self) -> tuple[str, ...]:
        """The arrangements that have something to show."""
        rows = {row.id for row in docks.present()}
        return tuple(name for name in NAMES if not LEADS[name] or LEADS[name] in rows)

    def complete(self) -> None:
        """Make what the first paint did not wait for; may be called twice."""
        if self.canvas is not None:
            return
        running = import_module("nnstudio.ui.run_controls")
        runs = running.make_book(self.documents, self.settings)
        pump = import_module("nnstudio.ui.pump").Pump(runs, self)
        self.context = import_module("nnstudio.ui.context").Context(
            session=self.session,
            view=self.view,
            theme=self.theme,
            refused=self.files.refuse,
            settings=self.settings,
            documents=self.documents,
            actions=self.book,
            runs=runs,
            pump=pump,
            forecasts=running.make_forecasts(self.documents, self.settings, runs),
        )
        self.desk = import_module("nnstudio.ui.own_layer.desk").CustomDesk(self.context, self)
        self._make_canvas()
        self.docks.make(self.context)
        actions = import_module("nnstudio.ui.window_actions")
        actions.bind(self)
        self.running = running.RunControls(self, runs)
        self._add_menus()
        if self.arrangement:  # a card was clicked already
            name, self.arrangement = self.arrangement, ""
            self.show_arrangement(name)
        recovery = import_module("nnstudio.ui.recovery_picture")
        self.picture = recovery.RecoveryPicture(self.documents, self.theme, self)

    def show_start(self) -> None:
        """Show the start page, and nothing around it."""
        self._remember_state()
        self.arrangement = ""
        self.docks.hide()
        self.stack.setCurrentWidget(self.start_page)
        self.start_page.offer_back(self.documents.title if self._opened_once else "")
        self.top_bar.show_arrangement("")
        self.status.hide()
        self._show_file()
        self._refresh()
        if self.isVisible():
            self.start_page.start()

    def show_arrangement(self, name: str) -> None:
        """Show the canvas with the panels of an arrangement, as they were left."""
        if name not in self.arrangements:
            return
        self._remember_state()
        self.arrangement = name
        self.stack.setCurrentWidget(self._room)
        self.status.show()
        state = self.store.state(name)
        if state is None or not self.restoreState(state):
            self.reset_panels()
        self.docks.settle(name)
        self._return_floating()
        self.top_bar.show_arrangement(name)
        self._show_file()
        self._refresh()
        if self.canvas is not None and not self.canvas.hasFocus():
            self.canvas.setFocus()

    def reset_panels(self) -> None:
        """Put the panels of this arrangement where they are at first."""
        self.docks.place()
        self.docks.arrange(self.arrangement)
        sizes = {**SIDES, **(CODE if self.arrangement == "export" else {})}
        sizes["bottom"] = int(self.height() * BELOW.get(self.arrangement, 0.36))
        for area, size in sizes.items():
            mine = [d for k, d in self.docks.items() if self.docks.rows[k].area == area]
            way = Qt.Orientation.Vertical if area == "bottom" else Qt.Orientation.Horizontal
            shown = [dock for dock in mine if not dock.isHidden()]
            if shown:
                self.resizeDocks(shown[:1], [size], way)

    def toggle_start(self) -> None:
        """Go to the start page, or back to the document; the document stays as it is."""
        if self.arrangement:
            self.show_start()
        elif self._opened_once:
            self.show_arrangement("design")

    def show_panel(self, panel: str) -> None:
        """Bring a panel to the front."""
        self.docks.show(panel)

    def open(self, path: Path) -> bool:
        """Open a file."""
        return self.files.open(path)

    def tell_trouble(self, error: Exception) -> None:
        """Say what the disk of the journal refused; editing goes on."""
        why = i18n.message(error.problems[0]) if isinstance(error, NNStudioError) else str(error)
        words = tr("Unsaved work cannot be kept safe just now: {why}. Save soon.", why=why)
        self.status.tell(words)
        if self.canvas is not None:
            self.context.log.write(words, "warning", "journal")

    # ---- building

    def _build(self) -> None:
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self.top_bar = TopBar(self.book, self.theme, self.arrangements)
        self.setMenuWidget(self.top_bar)
        docks.prepare(self)
        self.banner, self.stack = Banner(), QStackedWidget()
        self.start_page = StartPage(self.files, self.theme, self.toggle_start)
        self._room = QWidget()
        self._room_column = QVBoxLayout(self._room)
        self._room_column.setContentsMargins(0, 0, 0, 0)
        self.stack.addWidget(self.start_page)
        self.stack.addWidget(self._room)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(centre)
        self.status = Status(self.session, lambda: self.show_panel("problems"))
        self.setStatusBar(self.status)
        self.docks = Docks(self, self.theme)

    def _follow(self) -> None:
        self._disconnect = [
            self.session.changed.connect(self._changed),
            self.session.saved_changed.connect(self._show_file),
            self.settings.changed.connect(self._set),
        ]
        self.files.opened.connect(self._opened)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._return)

    def _make_canvas(self) -> None:
        module, _, name = CANVAS.partition(":")
        self.canvas_panel = getattr(import_module(module), name)(self.context, self._room)
        self.canvas = self.canvas_panel.view
        self._room_column.addWidget(self.canvas_panel)
        self.canvas.said.connect(self.status.showMessage)

    def _add_menus(self) -> None:
        """Add the menus whose rows come and go: recent files and panels."""
        menus = self.book.menus
        self.recent = RecentMenu(self.files, menus["File"])
        menus["File"].insertMenu(self.book["file.save"], self.recent)
        menus["File"].insertSeparator(self.book["file.save"])
        if self.docks.rows:
            menus["View"].insertMenu(self.book["view.reset"], self.docks.menu(menus["View"]))

    # ---- following the document

    def _changed(self, update: Update) -> None:
        if update.reset:
            self.view.open(next(iter(update.new.graphs), ""))
        self.book.refresh()

    def _refresh(self) -> None:
        """Ask again what can be done, and where the run is."""
        self.book.refresh()
        if self.running is not None:
            self.running.refresh()

    def _set(self, name: str) -> None:
        """Let a setting hold that the user has changed."""
        if name == "animations":
            self._allow_motion()
        elif name == "recent_files":
            self.documents.recent.limit = int(str(self.settings.get(name)))

    def _allow_motion(self) -> None:
        allowed = bool(self.settings.get("animations"))
        self.theme.allow_motion(allowed)
        self.setAnimated(allowed)

    def _opened(self) -> None:
        self._opened_once = True
        if self.arrangement:
            self._show_file()
        else:
            self.show_arrangement("design")
        if self.canvas is not None:  # the panels have taken their room only by then
            later(self.canvas, self.canvas.fit_first)

    def _show_file(self) -> None:
        session = self.session
        here = bool(self.arrangement)
        title = self.documents.title if here else ""
        self.top_bar.show_file(title, saved=session.is_saved or not here)
        self.setWindowTitle(f"{title}[*] – NNStudio" if title else "NNStudio[*]")
        self.setWindowModified(here and not session.is_saved)
        if session.read_only and here:
            self.banner.say(
                tr("Another window has this file open. Changes can be saved under another name."),
                [(tr("Save as…"), self.files.save_as)],
            )
        else:
            self.banner.say("")

    # ---- layout

    def _bring_back(self) -> None:
        self.resize(SIZE)
        box = self.store.geometry()
        if box is not None:
            self.setGeometry(reachable(box, _screens()))
        elif _screens():
            self.resize(SIZE.boundedTo(_screens()[0].size()))
        if self.store.maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _return(self) -> None:
        """Come back onto a screen that is still there."""
        later(self, self._return_now)

    def _return_now(self) -> None:
        box = reachable(self.geometry(), _screens())
        if box != self.geometry():
            self.setGeometry(box)
        self._return_floating()

    def _return_floating(self) -> None:
        for dock in self.docks:
            if dock.isFloating():
                dock.setGeometry(reachable(dock.geometry(), _screens()))

    def _remember_state(self) -> None:
        if self.arrangement and self.canvas is not None:
            self.store.remember_state(self.arrangement, self.saveState())

    # ---- Qt

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.arrangement:
            later(self.start_page, self.start_page.start)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        woke = event.type() == QEvent.Type.ActivationChange and self.isActiveWindow()
        if woke and not self._closed and self.arrangement:
            later(self, self.files.look_outside)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if dropped:
            event.acceptProposedAction()
            # The other window waits for the drop to end; questions come after it.
            later(self, lambda: self.files.drop(dropped))

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closed:
            return
        if not self.files.may_leave():
            event.ignore()
            return
        self._closed = True
        self._remember_state()
        maximized = self.isMaximized()
        box = self.normalGeometry() if maximized else self.geometry()
        self.store.remember(box, maximized, self.arrangement or "design")
        for disconnect in self._disconnect:
            disconnect()
        for part in (self.running, self.desk, self.docks):
            if part is not None:
                part.close()
        self.status.close_down()
        if self.canvas is not None:
            self.canvas_panel.close_canvas()
        self.documents.close(discard=True)
        self.picture.close() if self.picture is not None else None
        event.accept()


def _screens() -> list[Any]:
    return [screen.availableGeometry() for screen in QGuiApplication.screens()]
