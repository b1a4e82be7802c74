"""Rows of a name and a figure that change many times a second.

They are painted by one widget: a label that changes its text asks the whole window to lay itself
out anew, which ten labels ten times a second would turn into most of its work.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import fonts
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import SMALL, Theme

ROW = 19
"""The height of a row; one with a field is higher by `FIELD`."""

FIELD = 7
GAP = 10


class FigureRows(QWidget):
    """Names at the left, figures at the right of them; some rows hold a field in their place.

    Args:
        theme: The look.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._fields: dict[str, QWidget] = {}
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_rows(self, names: Mapping[str, str], fields: Mapping[str, QWidget]) -> None:
        """Show other rows.

        Args:
            names: What stands at the left, by key.
            fields: Widgets that take the place of a figure, by key; they belong to this one.
        """
        for old in self._fields.values():
            if old not in fields.values():
                old.hide()
                old.deleteLater()
        self._names, self._fields, self._values = dict(names), dict(fields), {}
        for field in fields.values():
            field.setParent(self)
            field.show()
        self._fit()

    def value(self, key: str) -> str:
        """Return what stands in a row."""
        return self._values.get(key, "")

    def write(self, values: Mapping[str, str]) -> None:
        """Show other figures; rows that are not named keep theirs."""
        merged = {**self._values, **values}
        if merged != self._values:
            empty = [key for key, name in self._names.items() if not name]
            fits = all(bool(merged.get(key)) == bool(self._values.get(key)) for key in empty)
            self._values = merged
            if not fits:
                self._fit()
            shown = (f"{self._names.get(key) or key} {text}" for key, text in merged.items())
            self.setAccessibleDescription(", ".join(shown))
            self.update()

    def _fit(self) -> None:
        self.setFixedHeight(sum(self._height(key) for key in self._names))
        self._place()
        self.update()

    def _height(self, key: str) -> int:
        """Return the height of a row; a remark on the row above has none while it says nothing."""
        if not self._names[key] and not self._values.get(key):
            return 0
        return ROW + (FIELD if key in self._fields else 0)

    def _left(self) -> float:
        metrics = QFontMetricsF(fonts.text(SMALL))
        wide = max((metrics.horizontalAdvance(name) for name in self._names.values()), default=0)
        return wide + GAP

    def _place(self) -> None:
        top, left = 0, round(self._left())
        for key in self._names:
            high = self._height(key)
            if key in self._fields:
                self._fields[key].setGeometry(left, top + 1, self.width() - left, high - 2)
            top += high

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, self.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._theme.tokens
        painter = QPainter(self)
        names, figures = fonts.text(SMALL), fonts.mono(SMALL)
        metrics = QFontMetricsF(figures)
        base = QFontMetricsF(names).ascent() / 2 - 1
        left, top = self._left(), 0.0
        for key, name in self._names.items():
            high = self._height(key)
            y = top + high / 2 + base
            painter.setFont(names)
            painter.setPen(QColor(colors.muted))
            painter.drawText(QPointF(0, y), name)
            if key not in self._fields:
                painter.setFont(figures)
                painter.setPen(QColor(colors.text))
                room = self.width() - left
                text = self._values.get(key, "–")
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
                box = QRectF(left, top, room, high)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
            top += high
        painter.end()
