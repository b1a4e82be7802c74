"""A plot on a card: with a small menu for how it is read and for taking it away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.problems import NNStudioError
from nnstudio.studio.trace import By
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.icons import icon
from nnstudio.ui.overriding import override
from nnstudio.ui.plots import export
from nnstudio.ui.plots.bars import BarPlot
from nnstudio.ui.plots.curves import CurvePlot
from nnstudio.ui.theme import GRID

BUTTON = 18
SPANS: tuple[tuple[str, float | None], ...] = (
    ("Smoothing: by itself", None),
    ("Smoothing: none", 1.0),
    ("Smoothing: 10 steps", 10.0),
    ("Smoothing: 100 steps", 100.0),
    ("Smoothing: 1 000 steps", 1000.0),
)
_FILES = {"png": "PNG (*.png)", "svg": "SVG (*.svg)", "pdf": "PDF (*.pdf)", "csv": "CSV (*.csv)"}


class PlotCard(QFrame):
    """A frame around a plot.

    Args:
        context: The shared objects of the window.
        plot: What it holds.
    """

    def __init__(
        self, context: Context, plot: CurvePlot | BarPlot, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self.plot = context, plot
        self.setProperty("kind", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(plot)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self._button = QToolButton(self)
        self._button.setIcon(icon("more", context.theme, "muted"))
        self._button.setIconSize(QSize(BUTTON - 4, BUTTON - 4))
        self._button.setProperty("kind", "flat")
        self._button.setStyleSheet("padding: 0px; min-height: 0px;")
        self._button.setFixedSize(BUTTON + 4, BUTTON)
        words = tr("How {plot} is read, and files of it", plot=plot.title)
        self._button.setToolTip(words)
        self._button.setAccessibleName(words)
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setMenu(self.menu)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        plot.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        plot.customContextMenuRequested.connect(lambda at: self.menu.popup(plot.mapToGlobal(at)))

    def picture(self, kind: str) -> bytes:
        """Return a picture of the plot as the content of a file."""
        colors = self._context.theme.tokens
        return export.picture(self.plot, self.plot.size(), kind, colors, self.plot.title)

    def numbers(self) -> str:
        """Return the numbers that are shown as CSV."""
        plot = self.plot
        if isinstance(plot, BarPlot):
            return export.table(plot.table())
        return export.numbers(plot.curves, plot.sheet)

    def save(self, path: Path) -> bool:
        """Write a file in the format of its suffix; a refusal is told and gives False."""
        kind = path.suffix.removeprefix(".").lower()
        content = self.picture(kind) if kind in export.PICTURES else self.numbers().encode()
        try:
            export.save(path, content)
        except NNStudioError as error:
            self._context.refused(error)
            return False
        return True

    def _fill(self) -> None:
        self.menu.clear()
        if isinstance(self.plot, CurvePlot):
            self._fill_reading(self.plot)
        for kind in export.PICTURES:
            words = tr("Save as {kind}…", kind=kind.upper())
            self._add(words, partial(self._ask, kind))
        self._add(tr("Save the numbers as CSV…"), partial(self._ask, "csv"))
        self._add(tr("Copy the picture"), self._copy)

    def _fill_reading(self, plot: CurvePlot) -> None:
        mode = plot.mode
        axes: tuple[tuple[str, By], ...] = (
            (tr("By step"), "step"),
            (tr("By epoch"), "epoch"),
            (tr("By time"), "time"),
        )
        self._choices(
            (words, mode.by == by, partial(plot.set_mode, replace(mode, by=by)))
            for words, by in axes
        )
        self._add(
            tr("Logarithmic y") + "\tL",
            partial(plot.set_mode, replace(mode, log_y=not mode.log_y)),
            mode.log_y,
        )
        self._add(
            tr("Logarithmic x") + "\tShift+L",
            partial(plot.set_mode, replace(mode, log_x=not mode.log_x)),
            mode.log_x,
        )
        self.menu.addSeparator()
        self._choices(
            (tr(words), mode.span == span, partial(plot.set_mode, replace(mode, span=span)))
            for words, span in SPANS
        )
        self._add(tr("Show everything") + "\tHome", plot.show_everything)
        self.menu.addSeparator()

    def _choices(self, rows: Iterable[tuple[str, bool, Callable[[], object]]]) -> None:
        group = QActionGroup(self.menu)
        for words, checked, slot in rows:
            group.addAction(self._add(words, slot, checked))
        self.menu.addSeparator()

    def _add(self, words: str, slot: Callable[[], object], checked: bool | None = None) -> QAction:
        action = self.menu.addAction(words)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _ask(self, kind: str) -> None:
        """Ask for a file, and write it."""
        documents = self._context.documents
        stem = documents.title.rpartition(".")[0] if documents else ""
        name = f"{stem or tr('plot')} {self.plot.title}.{kind}".strip()
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the plot"), name, _FILES[kind])
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix else path.with_suffix(f".{kind}"))

    def _copy(self) -> None:
        pixmap = QPixmap()
        pixmap.loadFromData(self.picture("png"))
        QGuiApplication.clipboard().setPixmap(pixmap)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._button.move(self.width() - self._button.width() - GRID // 2, GRID - 1)
        self._button.raise_()


class CardGrid(QWidget):
    """Cards side by side, in as many columns as the width has room for.

    Attributes:
        LEAST: The smallest width and height of a card.
    """

    LEAST = QSize(228, 170)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[QWidget] = []
        self._room = 0

    def set_cards(self, cards: Iterable[QWidget]) -> None:
        """Show these cards, in this order."""
        wanted = list(cards)
        for card in self._cards:
            if card not in wanted:
                card.hide()
        self._cards = wanted
        for card in wanted:
            card.setParent(self)
            card.show()
        self._arrange()

    def set_room(self, height: int) -> None:
        """Fill a height, where the cards have room enough in it."""
        self._room = height
        self._arrange()

    def _arrange(self) -> None:
        if not self._cards or self.width() < 10:
            return
        gap, count = GRID, len(self._cards)
        columns = max(1, min(count, (self.width() + gap) // (self.LEAST.width() + gap)))
        rows = -(-count // columns)
        high = (self._room - gap * (rows - 1)) // rows
        if high < self.LEAST.height():  # the first row fills the room, the others are scrolled to
            half = (self._room - gap) // 2
            high = max(self.LEAST.height(), half if half > self.LEAST.height() else self._room)
        wide = (self.width() - gap * (columns - 1)) / columns
        for place, card in enumerate(self._cards):
            row, column = divmod(place, columns)
            left, right = round(column * (wide + gap)), round(column * (wide + gap) + wide)
            card.setGeometry(left, row * (high + gap), right - left, high)
        self.setMinimumHeight(rows * (high + gap) - gap)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
