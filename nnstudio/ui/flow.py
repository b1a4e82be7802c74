"""A row that goes on below where the room ends."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from nnstudio.ui.overriding import override


class Flow(QLayout):
    """Widgets side by side, as many in a line as fit.

    Args:
        parent: Whose widgets they are.
        spacing: Between them, both ways.
    """

    def __init__(self, parent: QWidget | None = None, spacing: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._arranged(QRect(0, 0, width, 0), move=False)

    @override
    def sizeHint(self) -> QSize:
        wide = sum(item.sizeHint().width() + self.spacing() for item in self._items)
        high = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(wide, high)

    @override
    def minimumSize(self) -> QSize:
        high = max((item.minimumSize().height() for item in self._items), default=0)
        return QSize(40, high)

    @override
    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arranged(rect, move=True)

    def _arranged(self, area: QRect, *, move: bool) -> int:
        """Put the widgets in lines, and return how high the lines are together."""
        x, y, line = area.x(), area.y(), 0
        for item in self._items:
            wanted = item.sizeHint()
            size = QSize(min(wanted.width(), max(area.width(), 1)), wanted.height())
            if x > area.x() and x + size.width() > area.x() + area.width():
                x, y, line = area.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        return y + line - area.y()
