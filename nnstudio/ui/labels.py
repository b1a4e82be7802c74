"""Labels that cope with too little room, with foreign names and with another theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QWidget

from nnstudio.ui.icons import icon
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme
from nnstudio.ui.widgets import label


def plain(text: str = "", kind: str = "", parent: QWidget | None = None) -> QLabel:
    """Return a label that never takes a name for markup; `widgets.label` with an owner."""
    made = label(text, kind)
    made.setParent(parent)
    return made


class IconLabel(QWidget):
    """A drawing that stands for itself: it follows the theme, and is sharp at every scale.

    Args:
        name: The name of the drawing in `resources/icons`.
        theme: The look.
        token: Its colour.
        side: Its width and height.
    """

    def __init__(self, name: str, theme: Theme, token: str, side: int = 16) -> None:
        super().__init__()
        self._icon = icon(name, theme, token)
        self.setFixedSize(side, side)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


class ElidedLabel(QLabel):
    """One line that is cut in the middle where the room ends; the whole of it is its tooltip."""

    def __init__(self, kind: str = "", longest: int = 240, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._longest = longest
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @override
    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 4
        return QSize(min(wide, self._longest), super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        few = self.fontMetrics().horizontalAdvance("…mmm")
        return QSize(min(few, self.sizeHint().width()), super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        elided = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        role = QPalette.ColorRole.WindowText
        style: QStyle = self.style()
        style.drawItemText(painter, self.rect(), flags, self.palette(), True, elided, role)
        painter.end()
