"""The line on top of the window: menus, the file, the arrangements, the device, training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from nnstudio.studio.actions import ACTIONS
from nnstudio.ui.i18n import tr
from nnstudio.ui.icons import icon
from nnstudio.ui.labels import ElidedLabel
from nnstudio.ui.menus import ActionBook
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, Theme
from nnstudio.ui.widgets import label, tip

HEIGHT = 44
WIDE, NARROW = 1400, 1160
"""Below the first width buttons are narrower; below the second the words of the run are gone."""
State = Literal["idle", "waiting", "running", "paused", "stopping"]


@dataclass(frozen=True, slots=True)
class RunLook:
    """What the top bar shows of the run.

    Attributes:
        state: What the button does next.
        words: Where it is: `epoch 7 / 20 · 00:18 left`.
        differs: True when the document is another one than what is being trained.
        obstacle: What keeps the network from being trained, in a sentence; "" for nothing.
    """

    state: State = "idle"
    words: str = ""
    differs: bool = False
    obstacle: str = ""


class TopBar(QFrame):
    """Menus and file at the left, arrangements in the middle, the run at the right.

    Args:
        book: The actions that its buttons stand for.
        theme: Colours the icons.
        arrangements: The arrangements that have something to show.
    """

    def __init__(self, book: ActionBook, theme: Theme, arrangements: Sequence[str]) -> None:
        super().__init__()
        self._book, self._theme = book, theme
        self.setProperty("kind", "bar")
        self.setFixedHeight(HEIGHT)
        self.menus = book.menu_bar()
        self.menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.menus.setMinimumWidth(self.menus.sizeHint().width())
        self.segments = {name: self._segment(name) for name in arrangements}
        self.device = self._device()
        self.train, self.stop = self._train_button(), self._stop_button()
        self._file = ElidedLabel("muted")
        self._dot = label("●", "warn")
        self._dot.setToolTip(tr("There are changes that are not saved yet"))
        self._dot.setAccessibleName(self._dot.toolTip())
        self._words = label("", "muted")
        self._lay_out()
        self._starts = self._book.menu(
            "", [ACTIONS[key] for key in ("run.train", "run.continue", "run.try")], self
        )
        self.show_file("", saved=True)
        self.show_run(None)

    def show_file(self, name: str, *, saved: bool) -> None:
        """Say which file is open, and mark it while it has unsaved changes."""
        self._file.setText(name)
        self._file.setToolTip(tip(name))
        self._file.updateGeometry()
        self._dot.setVisible(not saved)

    def show_arrangement(self, name: str) -> None:
        """Mark the arrangement that is on screen; "" marks none."""
        for key, button in self.segments.items():
            button.setVisible(bool(name) and len(self.segments) > 1)
            self._book[f"view.{key}"].setChecked(key == name)

    def show_run(self, look: RunLook | None) -> None:
        """Show where the run is; None where nothing can be trained."""
        for part in (self.device, self.train, self.stop, self._words):
            part.setVisible(look is not None)
        if look is None:
            return
        active = look.state in ("running", "paused", "stopping", "waiting")
        words, name = {
            "idle": (tr("Train"), "play"),
            "paused": (tr("Go on"), "play"),
        }.get(look.state, (tr("Pause"), "pause"))
        self.train.setText(words)
        self.train.setIcon(icon(name, self._theme, "on_accent"))
        self.train.setEnabled(look.state != "stopping")
        starts = look.state == "idle"
        action = ACTIONS["run.train" if starts else "run.pause"]
        self.train.setToolTip(tip(look.obstacle if starts and look.obstacle else tr(action.help)))
        self.stop.setVisible(active)
        self.device.setEnabled(not active)
        self._words.setText(look.words)
        self._words.setToolTip(tip(look.words))
        self._offer_starts(not active)
        self._make_room()

    def show_device(self, words: str, menu: QMenu | None = None) -> None:
        """Say on which device it will run, and offer the others."""
        self.device.setText(words)
        if menu is not None:
            self.device.setMenu(menu)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        grid.setHorizontalSpacing(GRID)
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (left, middle, right):
            row.setSpacing(GRID)
        middle.setSpacing(GRID // 2)
        logo = QLabel()
        logo.setFixedSize(24, 24)
        self._logo = logo
        self._theme.changed.connect(self._draw_logo)
        self._draw_logo()
        parts: tuple[QWidget, ...] = (logo, self.menus, self._file, self._dot)
        for part in parts:
            left.addWidget(part)
        left.addStretch(1)
        for button in self.segments.values():
            middle.addWidget(button)
        right.addStretch(1)
        parts = (self.device, self.train, self.stop, self._words)
        for part in parts:
            right.addWidget(part)
        for column, row in enumerate((left, middle, right)):
            row.setSizeConstraint(QLayout.SizeConstraint.SetDefaultConstraint)
            grid.addLayout(row, 0, column)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)

    def _draw_logo(self) -> None:
        drawn = icon("logo", self._theme, "accent")
        self._logo.setPixmap(drawn.pixmap(QSize(24, 24), self.devicePixelRatioF()))

    def _segment(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self._book[f"view.{name}"])
        button.setProperty("kind", "tab")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _device(self) -> QToolButton:
        button = QToolButton(self)
        button.setText(tr("Device"))
        button.setProperty("kind", "choice")
        button.setIcon(icon("device", self._theme, "muted"))
        button.setIconSize(QSize(22, 16))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(tr("Where the next run is computed"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _train_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "primary")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(20, 14))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumWidth(112)
        button.clicked.connect(self._press_train)
        return button

    def _offer_starts(self, offered: bool) -> None:
        """Give the button its menu of ways to start; while a run goes on there is none."""
        modes = QToolButton.ToolButtonPopupMode
        self.train.setPopupMode(modes.MenuButtonPopup if offered else modes.DelayedPopup)
        self.train.setMenu(self._starts if offered else None)  # type: ignore[arg-type]

    def _make_room(self) -> None:
        """Leave out what can be missed where the window is narrow."""
        wide, roomy = self.width() >= WIDE, self.width() >= NARROW
        styles = Qt.ToolButtonStyle
        beside, alone = styles.ToolButtonTextBesideIcon, styles.ToolButtonIconOnly
        self.stop.setToolButtonStyle(beside if wide else alone)
        self.device.setToolButtonStyle(beside if roomy else alone)
        running = not self.train.isHidden() and bool(self._words.text())
        self._words.setVisible(running and roomy)
        # The title of the window says it as well.
        self._file.setVisible(roomy or self.stop.isHidden())
        kind = "tab" if wide else "tab_narrow"
        for button in self.segments.values():
            if button.property("kind") != kind:
                button.setProperty("kind", kind)
                button.style().polish(button)
                button.updateGeometry()

    def _press_train(self) -> None:
        pausing = self.train.text() != tr("Train")
        self._book["run.pause" if pausing else "run.train"].trigger()

    def _stop_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self._book["run.stop"])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(20, 14))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()
