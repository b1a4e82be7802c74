"""Pictures that a network draws: the newest while it learns, and all that it drew before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from nnstudio.studio import run_files
from nnstudio.studio.runs import RunBook
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import Empty, label


class Picture(QWidget):
    """A picture as large as there is room, in whole pixels where it is enlarged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)
        self.setAccessibleName(tr("What the network draws"))

    @property
    def empty(self) -> bool:
        """Whether there is no picture."""
        return self._pixmap.isNull()

    def show_file(self, path: Path | None) -> None:
        """Show a file; None, or one that cannot be read, shows nothing."""
        self._pixmap = QPixmap() if path is None else QPixmap(str(path))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(260, 240)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixmap.isNull():
            return
        painter = QPainter(self)
        size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        smooth = size.width() < self._pixmap.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        whole = QRectF(self._pixmap.rect())
        painter.drawPixmap(QRectF(left, top, size.width(), size.height()), self._pixmap, whole)
        painter.end()


class ImagesPanel(Panel):
    """The pictures of the live run, else those of the selected one, with a slider through time."""

    help_topic = "images"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setWindowTitle(tr("Pictures"))
        self._files: list[Path] = []
        self._folder: Path | None = None
        self._newest: Path | None = None
        self.picture = Picture()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Which of the pictures"))
        self.slider.setToolTip(tr("All that was drawn so far, the newest at the right"))
        self.slider.valueChanged.connect(self._turn)
        self._step = label("", "mono")
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._empty = Empty(tr("No pictures yet"), "")
        self._pages.addWidget(self._empty)
        page = QWidget()
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self._step)
        column = QVBoxLayout(page)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self.picture, 1)
        column.addLayout(row)
        self._pages.addWidget(page)
        if context.runs is not None:
            self.follow(context.runs.changed, self.later)
            if context.pump is not None:
                context.pump.add(self, self.follow_live)

    def refresh(self) -> None:
        """Show the pictures of the run that is shown."""
        runs = self.context.runs
        folder = None if runs is None else _folder(runs)
        if folder != self._folder:
            self._folder, self._newest = folder, None
        going = runs is not None and runs.busy
        hint = tr("A network that draws shows what it can at the end of each epoch.")
        start = tr("Train a network that draws, such as the DCGAN of the start page.")
        self._empty.say(tr("No pictures yet"), hint if going else start)
        self._read()

    def follow_live(self) -> bool:
        """Show what the live run has drawn since; return False when nothing."""
        runs = self.context.runs
        live = runs.live if runs is not None else None
        if live is None or live.samples is None or live.samples == self._newest:
            return False
        self._newest, self._folder = live.samples, live.folder
        self._read()
        return True

    def _read(self) -> None:
        at_end = self.slider.value() >= len(self._files) - 1
        self._files = [] if self._folder is None else run_files.samples(self._folder)
        self._pages.setCurrentIndex(1 if self._files else 0)
        last = max(0, len(self._files) - 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        if at_end:
            self.slider.setValue(last)
        self.slider.blockSignals(False)
        self._turn(self.slider.value())

    def _turn(self, place: int) -> None:
        path = self._files[place] if place < len(self._files) else None
        self.picture.show_file(path)
        step = int(path.stem.rpartition("-")[2]) if path is not None else 0
        self._step.setText(tr("step {step}", step=f"{step:,}".replace(",", " ")))


def _folder(runs: RunBook) -> Path | None:
    """The run whose pictures are shown: the live one, else the selected or the newest."""
    if runs.live is not None and runs.live.folder is not None:
        return runs.live.folder
    entry = runs.list.entry(runs.list.selected) or next(iter(runs.list.entries), None)
    return None if entry is None else entry.folder
