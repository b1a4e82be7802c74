"""What is seen before there is a document: templates as pictures, recent files, recovered work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.problems import NNStudioError
from nnstudio.project.recovery import Recovered
from nnstudio.studio.documents import Documents
from nnstudio.ui import messages
from nnstudio.ui.cards import SIZE, Card
from nnstudio.ui.files import Files
from nnstudio.ui.gallery import Gallery
from nnstudio.ui.i18n import tr
from nnstudio.ui.icons import icon
from nnstudio.ui.labels import ElidedLabel
from nnstudio.ui.messages import Answer
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, Theme
from nnstudio.ui.widgets import label, tip

WIDEST = 1240
SIDE = 280
MOST_RECOVERED = 3
"""As many as stand in a row; the next ones follow when these are seen to."""


class StartPage(QScrollArea):
    """Where every session begins that is not started with a file.

    Args:
        files: Opens what is chosen.
        theme: The look.
        go_back: Called to go back to the document that is open.
    """

    def __init__(
        self,
        files: Files,
        theme: Theme,
        go_back: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._go_back = go_back
        self._files, self._theme = files, theme
        self._documents: Documents = files.documents
        self.gallery = Gallery(theme, files.template)
        self.recovered: list[Card] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self._page())
        self._documents.recent.changed.connect(self.refresh)
        self._documents.recovered_changed.connect(self.refresh)

    def start(self) -> None:
        """Fill in the cards, recent files and recovered work; called after the first paint."""
        self.gallery.start()
        self.refresh()

    def offer_back(self, title: str) -> None:
        """Offer the way back to the document that is open; "" when there is none."""
        room = SIDE - 15 * GRID
        name = self._back.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, room)
        # An ampersand would be taken for the mark of a mnemonic.
        self._back.setText(tr("Back to {name}", name=name).replace("&", "&&"))
        self._back.setToolTip(tip(title))
        self._back.setVisible(bool(title))

    @property
    def cards(self) -> dict[str, Card]:
        """The card of each template by its name."""
        return self.gallery.cards

    @property
    def filled(self) -> bool:
        """True when every template has its card."""
        return self.gallery.filled

    @property
    def ready(self) -> bool:
        """True when all that is in sight is there; the cards below it may follow."""
        page = self.widget()
        made = page.sizeHint().height() if page is not None else 0
        return self.filled or (bool(self.cards) and made > self.viewport().height() + SIZE.height())

    def refresh(self) -> None:
        """List recent files and recovered work anew."""
        if not self.isVisible():
            return
        self._list_recent()
        self._list_recovered()

    def _page(self) -> QWidget:
        page, outer = QWidget(), QHBoxLayout()
        page.setLayout(outer)
        outer.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        self._body = QWidget()
        self._body.setMaximumWidth(WIDEST)
        self._body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        outer.addWidget(self._body, 1, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addLayout(self._main(), 1)
        row.addWidget(self._side(), 0, Qt.AlignmentFlag.AlignTop)
        return page

    def _main(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(GRID)
        column.addWidget(label(tr("Start with a network"), "title"))
        self._recovered_box, self._recovered_row = self._section(tr("RECOVERED WORK"))
        column.addWidget(self._recovered_box)
        column.addWidget(self.gallery)
        column.addStretch(1)
        return column

    def _section(self, title: str) -> tuple[QWidget, QBoxLayout]:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(label(title, "section"))
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        column.addLayout(row)
        box.hide()
        return box, row

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.setSpacing(GRID)
        self._back = self._wide_button("chevron_left", "", self._go_back)
        column.addWidget(self._back)
        for name, words, slot in (
            ("open", tr("Open…"), lambda: self._files.open()),
            ("new", tr("Empty canvas"), lambda: self._files.new()),
        ):
            column.addWidget(self._wide_button(name, words, slot))
        column.addSpacing(2 * GRID)
        self._recent_title = label(tr("RECENT FILES"), "section")
        column.addWidget(self._recent_title)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        column.addLayout(self._recent)
        column.addStretch(1)
        return side

    def _wide_button(self, name: str, words: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setIcon(icon(name, self._theme))
        button.setIconSize(QSize(18, 18))
        button.setMinimumHeight(4 * GRID)
        button.setProperty("kind", "wide")
        button.clicked.connect(lambda _=False: slot())
        return button

    def _list_recent(self) -> None:
        _clear(self._recent)
        found = self._documents.recent.files()
        self._recent_title.setVisible(bool(found))
        for path in found:
            self._recent.addWidget(self._recent_row(path))

    def _recent_row(self, path: Path) -> QWidget:
        button = QPushButton()
        button.setProperty("kind", "row")
        button.setAccessibleName(path.name)
        button.setToolTip(tip(str(path)))
        button.clicked.connect(lambda _=False: self._files.open(path))
        column = QVBoxLayout(button)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(0)
        for text, kind in ((path.name, ""), (_short(path.parent), "small")):
            line = ElidedLabel(kind, SIDE - 3 * GRID)
            line.setText(text)
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(line)
        return button

    def _list_recovered(self) -> None:
        _clear(self._recovered_row)
        found = self._documents.recovered()
        self.recovered = []
        for one in found[:MOST_RECOVERED]:
            holder, card = self._recovered_card(one)
            self._recovered_row.addWidget(holder)
            self.recovered.append(card)
        self._recovered_row.addStretch(1)
        self._recovered_box.setVisible(bool(found))

    def _recovered_card(self, found: Recovered) -> tuple[QWidget, Card]:
        holder = QWidget()
        holder.setMaximumWidth(SIZE.width())
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        name = found.path.name if found.path else found.name or tr("Untitled")
        words = tr("Last edited {when}.", when=_when(found.time))
        small = tr("Part of it is damaged; the last sound state is offered.")
        card = Card(self._theme, name, words, small if found.damaged else tr("Not saved yet."))
        if found.picture is not None:
            card.show_picture(QPixmap(str(found.picture)))
        card.clicked.connect(lambda: self._files.recover(found))
        discard = QPushButton(tr("Discard"))
        discard.setProperty("kind", "link")
        discard.clicked.connect(lambda _=False: self._discard(found, name))
        column.addWidget(card)
        column.addWidget(discard, 0, Qt.AlignmentFlag.AlignLeft)
        return holder, card

    def _discard(self, found: Recovered, name: str) -> None:
        answer = messages.ask(
            self,
            tr("Discard recovered work"),
            tr("Delete the unsaved work on {name}? It cannot be brought back.", name=name),
            (Answer("discard", tr("Delete it"), "destroy"), Answer("keep", tr("Keep"), "cancel")),
        )
        if answer == "discard":
            try:
                self._documents.discard(found)
            except NNStudioError as error:
                self._files.refuse(error)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = min(self.viewport().width() - 8 * GRID, WIDEST) - SIDE - 4 * GRID
        self.gallery.fit(room)


def _clear(layout: QBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _short(folder: Path) -> str:
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except ValueError:
        return str(folder)


def _when(seconds: float) -> str:
    moment = datetime.fromtimestamp(max(0.0, seconds)) if seconds > 0 else None
    if moment is None:
        return tr("at an unknown time")
    today = datetime.now().date()
    clock = f"{moment:%H:%M}"
    if moment.date() == today:
        return tr("today at {clock}", clock=clock)
    return tr("on {day} at {clock}", day=f"{moment:%Y-%m-%d}", clock=clock)
