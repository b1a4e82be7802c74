"""Small widgets that panels are built of: plain labels, headings, links, empty states."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui.icons import icon
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, Theme


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label that shows text as it is, never as markup.

    Args:
        text: The text.
        kind: As in the style sheet: `title`, `section`, `muted`, `small`, `mono`, `good`, `bad`.
        wrap: Whether it may take several lines.
    """
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    if kind:
        made.setProperty("kind", kind)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made


def selectable(made: QLabel) -> QLabel:
    """Let the text of a label be selected and copied by mouse."""
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setCursor(Qt.CursorShape.IBeamCursor)
    return made


def section(text: str) -> QLabel:
    """Return the heading of a section."""
    made = label(text.upper(), "section")
    made.setAccessibleName(text)
    return made


def tip(text: str) -> str:
    """Return text for a tooltip: wrapped, and shown as it is even where it looks like markup."""
    shown = html.escape(text).replace("\n", "<br>")
    return f"<qt>{shown}</qt>" if text else ""


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def link(text: str, url: str) -> QToolButton:
    """Return a link that the browser opens when it is clicked, and nothing before."""
    made = flat_button(text, "", tip(url))
    made.setProperty("kind", "words")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(url)))
    return made


def flat_button(text: str, name: str = "", help_text: str = "") -> QToolButton:
    """Return a button without a border.

    Args:
        text: The words on it; may be a single sign when `name` says what it means.
        name: What a screen reader says; the text when it is "".
        help_text: The tooltip.
    """
    made = QToolButton()
    made.setText(text)
    made.setProperty("kind", "flat")
    made.setAccessibleName(name or text)
    made.setToolTip(help_text or tip(name or text))
    return made


def icon_button(name: str, theme: Theme, words: str, token: str = "muted") -> QToolButton:
    """Return a button that is only a drawing; `words` are its tooltip and its spoken name."""
    made = flat_button("", words)
    made.setIcon(icon(name, theme, token))
    made.setIconSize(QSize(14, 14))
    return made


def push_button(text: str, slot: Callable[[], object], kind: str = "") -> QPushButton:
    """Return a plain button."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _checked=False: slot())
    return made


def column(*parts: QWidget | QLayout, spacing: int = GRID, margin: int = 0) -> QVBoxLayout:
    """Return a layout with parts one below the other."""
    made = QVBoxLayout()
    made.setContentsMargins(margin, margin, margin, margin)
    made.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QLayout):
            made.addLayout(part)
        else:
            made.addWidget(part)
    return made


def scrolled(inside: QWidget) -> QScrollArea:
    """Return an area that scrolls a widget up and down, never sideways."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area


def cleared(layout: QLayout) -> None:
    """Take all widgets out of a layout and let them go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            cleared(inner)


class Combo(QComboBox):
    """A choice that the wheel passes over, so that scrolling a form changes nothing in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.5))
        x, y = self.width() - 14.0, self.height() / 2 - 1.5
        painter.drawPolyline([QPointF(x - 4, y), QPointF(x, y + 4), QPointF(x + 4, y)])
        painter.end()


class Empty(QWidget):
    """What a panel shows while it has nothing to show: what is so, and what to do.

    Args:
        title: What is so.
        hint: What to do.
        buttons: Ways to do it at once.
    """

    def __init__(self, title: str, hint: str, *buttons: QWidget) -> None:
        super().__init__()
        self.title, self.hint = label(title, wrap=True), label(hint, "muted", wrap=True)
        for text in (self.title, self.hint):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box = column(margin=2 * GRID)
        box.addStretch(2)
        box.addWidget(self.title)
        box.addWidget(self.hint)
        for button in buttons:
            box.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.setLayout(box)

    def say(self, title: str, hint: str) -> None:
        """Show other words."""
        self.title.setText(title)
        self.hint.setText(hint)
