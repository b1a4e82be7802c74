"""The panels around the canvas: one row of data each, made when they are first looked at.

A panel is any widget that is made as `Factory(context, parent)`. Its `windowTitle`, where it sets
one, is what its tab says (`Problems 2`). A panel may have `help_topic`, a key of `ui.help_pages`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget

from nnstudio.ui.dock_title import DockTitle
from nnstudio.ui.i18n import tr
from nnstudio.ui.later import later
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:  # it is made after the first paint, and imported only then
    from nnstudio.studio.session import Update
    from nnstudio.ui.context import Context

Area = Literal["left", "right", "bottom"]
AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A panel.

    Attributes:
        id: Its name in arrangements and remembered layouts.
        title: The words on its tab.
        area: Where it is at first.
        factory: `module:Class`, imported when the panel is first seen.
        arrangements: Those that show it at first.
        loops: The loops that have something for it; () when all have.
        counts: True when its tab counts problems, which is read while another one is in front.
    """

    id: str
    title: str
    area: Area
    factory: str
    arrangements: tuple[str, ...]
    loops: tuple[str, ...] = ()
    counts: bool = False

    @property
    def present(self) -> bool:
        """True when its module is there."""
        return find_spec(self.factory.partition(":")[0]) is not None


_ROOM = "nnstudio.ui.panels."
PANELS: tuple[PanelRow, ...] = (
    PanelRow("palette", "Layers", "left", _ROOM + "palette:PalettePanel", ("design",)),
    PanelRow("train", "Training", "right", _ROOM + "train:TrainPanel", ("train",)),
    PanelRow("inspector", "Inspector", "right", _ROOM + "inspector:InspectorPanel",
             ("design", "train")),
    PanelRow("history", "History", "right", _ROOM + "history:HistoryPanel", ()),
    PanelRow("monitor", "Monitor", "bottom", _ROOM + "monitor:MonitorPanel",
             ("design", "train")),
    PanelRow("code", "Code", "bottom", _ROOM + "code:CodePanel", ("design", "export")),
    PanelRow("problems", "Problems", "bottom", _ROOM + "problems:ProblemsPanel",
             ("design", "data", "train", "export"), counts=True),
    PanelRow("data", "Data", "bottom", _ROOM + "data:DataPanel", ("design", "data")),
    PanelRow("runs", "Runs", "bottom", _ROOM + "runs:RunsPanel", ("design", "train")),
    PanelRow("images", "Pictures", "bottom", _ROOM + "images:ImagesPanel", ("train",),
             ("gan",)),
    PanelRow("environment", "Environment", "bottom", _ROOM + "environment:EnvironmentPanel",
             ("train",), ("dqn",)),
    PanelRow("export", "Export", "right", _ROOM + "export:ExportPanel", ("export",)),
    PanelRow("log", "Log", "bottom", _ROOM + "log:LogPanel", ("design", "train")),
)  # fmt: skip
"""All panels, in the order of their tabs. A row whose module is missing is left out."""


def present() -> tuple[PanelRow, ...]:
    """Return the panels that are there."""
    return tuple(row for row in PANELS if row.present)


class Docks(QObject):
    """The dock widgets of a window.

    Args:
        window: It.
        theme: Colours the icons.
        rows: The panels.
    """

    def __init__(
        self, window: QMainWindow, theme: Theme, rows: tuple[PanelRow, ...] | None = None
    ) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._context: Context | None = None
        self.rows = {row.id: row for row in (present() if rows is None else rows)}
        self._tidying = False
        self._docks: dict[str, QDockWidget] = {}
        self._arrangement = ""
        self._suiting = ""
        self._disconnect: Callable[[], None] | None = None

    def __getitem__(self, panel: str) -> QDockWidget:
        return self._docks[panel]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._docks.values())

    def items(self) -> Iterator[tuple[str, QDockWidget]]:
        """Yield the panels by name."""
        yield from self._docks.items()

    def place(self) -> None:
        """Put every panel where it is at first, those of one side behind each other as tabs."""
        first: dict[str, QDockWidget] = {}
        for key, dock in self._docks.items():
            area = self.rows[key].area
            dock.setFloating(False)
            self._window.addDockWidget(AREAS[area], dock)
            if area in first:
                self._window.tabifyDockWidget(first[area], dock)
            first.setdefault(area, dock)
            dock.hide()
        self.tidy()

    def arrange(self, name: str) -> None:
        """Show the panels of an arrangement and no others."""
        if not self._docks:  # they are made after the first paint
            return
        raised: set[str] = set()
        shown = {key for key, row in self.rows.items() if name in row.arrangements}
        shown = {key for key in shown if self._suits(self.rows[key])}
        for key, dock in self._docks.items():
            dock.setVisible(key in shown)
        order = sorted(self.rows, key=lambda key: key != name)
        for key in order:
            row = self.rows[key]
            if key in shown and row.area not in raised:
                raised.add(row.area)
                self._docks[key].raise_()
        self.tidy()

    def hide(self) -> None:
        """Hide them all, for the start page."""
        self._arrangement = ""
        for dock in self:
            dock.hide()

    def settle(self, arrangement: str) -> None:
        """Take on an arrangement as it was left, without what its loop has nothing for."""
        self._arrangement = arrangement
        for key, dock in self._docks.items():
            if not self._suits(self.rows[key]):
                dock.hide()
        self._suiting = self._loop()
        self._count()
        self.tidy()

    def panel(self, panel: str) -> QWidget | None:
        """Return a panel's widget, making it when it was never seen; None without such a panel."""
        if panel not in self._docks:
            return None
        self._fill(panel)
        return self._docks[panel].widget()

    def show(self, panel: str) -> None:
        """Bring a panel to the front."""
        dock = self._docks.get(panel)
        if dock is not None:
            dock.show()
            dock.raise_()
            self.tidy()

    def make(self, context: Context) -> None:
        """Make the docks, which the first paint does not wait for.

        Args:
            context: What each panel is handed when it is seen for the first time.
        """
        self._docks = {key: self._made(row) for key, row in self.rows.items()}
        self._context = context
        self._disconnect = context.session.changed.connect(self._follow)
        self.place()

    def close(self) -> None:
        """Follow the document no longer."""
        if self._disconnect is not None:
            self._disconnect()

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu in which each panel can be shown and hidden."""
        menu = QMenu(tr("Panels"), parent)
        for dock in self:
            menu.addAction(dock.toggleViewAction())
        return menu

    def tidy(self) -> None:
        """Let tabs stand for titles, once Qt has settled where the panels are."""
        if not self._tidying:
            self._tidying = True
            later(self, self._tidy)

    def _loop(self) -> str:
        return self._context.session.project.loop.name if self._context is not None else ""

    def _suits(self, row: PanelRow) -> bool:
        """Whether the loop of the document has something for a panel."""
        return not row.loops or self._loop() in row.loops

    def _follow(self, update: Update) -> None:
        """Show and hide what only some loops have something for, when the loop is another one."""
        if not self._arrangement:
            return
        self._count()
        if self._loop() == self._suiting:
            return
        self._suiting = self._loop()
        for key, row in self.rows.items():
            if row.loops:
                here = self._arrangement in row.arrangements
                self._docks[key].setVisible(here and self._suits(row))
        self.tidy()

    def _count(self) -> None:
        """Make a panel whose tab counts problems as soon as there are some, seen or not."""
        if self._context is not None and self._context.session.problems:
            for key in [key for key in self._docks if self.rows[key].counts]:
                self._fill(key)

    def _tidy(self) -> None:
        self._tidying = False
        for dock in self:
            alone = dock.isFloating() or not any(
                other.isVisible() for other in self._window.tabifiedDockWidgets(dock)
            )
            title = dock.titleBarWidget()
            if isinstance(title, DockTitle):
                title.set_compact(not alone)
        for bar in self._window.findChildren(
            QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly
        ):
            self._dress(bar)

    def _dress(self, bar: QTabBar) -> None:
        bar.setDrawBase(False)
        bar.setExpanding(False)
        bar.setUsesScrollButtons(True)
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        if bar.contextMenuPolicy() != Qt.ContextMenuPolicy.CustomContextMenu:
            bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            bar.customContextMenuRequested.connect(lambda at, b=bar: self._tab_menu(b, at))

    def _tab_menu(self, bar: QTabBar, at: QPoint) -> None:
        text = bar.tabText(bar.tabAt(at))
        dock = next((one for one in self if one.windowTitle() == text), None)
        if dock is not None:
            title = dock.titleBarWidget()
            assert isinstance(title, DockTitle)
            title.menu().popup(bar.mapToGlobal(at))

    def _made(self, row: PanelRow) -> QDockWidget:
        dock = QDockWidget(tr(row.title), self._window)
        dock.setObjectName(row.id)
        dock.setTitleBarWidget(DockTitle(dock, self._theme))
        dock.visibilityChanged.connect(lambda seen, key=row.id: self._seen(key, seen))
        # What is asked for is to be seen, and not behind another tab.
        dock.toggleViewAction().triggered.connect(
            lambda shown, key=row.id: self.show(key) if shown else None
        )
        dock.topLevelChanged.connect(lambda _: self.tidy())
        dock.dockLocationChanged.connect(lambda _: self.tidy())
        return dock

    def _seen(self, panel: str, seen: bool) -> None:
        self.tidy()
        if seen:
            self._fill(panel)

    def _fill(self, panel: str) -> None:
        dock = self._docks[panel]
        if dock.widget() is not None or self._context is None:
            return
        module, _, name = self.rows[panel].factory.partition(":")
        made: QWidget = getattr(import_module(module), name)(self._context, dock)
        made.windowTitleChanged.connect(dock.setWindowTitle)
        if made.windowTitle():
            dock.setWindowTitle(made.windowTitle())
        dock.setWidget(made)


def prepare(window: QMainWindow) -> None:
    """Let panels be torn off and nested, tabs stand on top, and the left side reach down."""
    options = QMainWindow.DockOption
    window.setDockOptions(
        options.AllowNestedDocks
        | options.AllowTabbedDocks
        | options.GroupedDragging
        | options.AnimatedDocks
    )
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setDocumentMode(True)
    window.setCorner(Qt.Corner.BottomLeftCorner, AREAS["left"])
    window.setCorner(Qt.Corner.BottomRightCorner, AREAS["bottom"])
