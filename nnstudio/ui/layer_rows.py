"""The rows of the palette: headings and layers as a model, and how they are drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nnstudio.graph.topology import CUSTOM
from nnstudio.studio import fitting
from nnstudio.studio.clipboard import LAYER_MIME
from nnstudio.studio.fitting import Found
from nnstudio.studio.layers_list import SHELVES, Group
from nnstudio.ui import fonts
from nnstudio.ui.i18n import tr
from nnstudio.ui.icons import icon
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import NORMAL, SMALL, Theme
from nnstudio.ui.widgets import tip

ROW = Qt.ItemDataRole.UserRole
HEAD_HIGH, HIGH = 28, 26
STAR = 22
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One row.

    Attributes:
        group: The group it belongs to.
        found: The layer; None for the heading of the group.
        shut: For a heading: its layers are hidden.
    """

    group: Group
    found: Found | None = None
    shut: bool = False


class LayerModel(QAbstractListModel):
    """Headings and layers, one below the other; a heading can hide what is below it.

    Args:
        tip: Writes the tooltip of a layer.
    """

    def __init__(self, parent: Any = None, tip: Callable[[Found], str] | None = None) -> None:
        super().__init__(parent)
        self._tip = tip or _plain_tip
        self._groups: tuple[Group, ...] = ()
        self._shut: set[str] = set()
        self._rows: list[LayerRow] = []

    @property
    def rows(self) -> Sequence[LayerRow]:
        """What is shown."""
        return self._rows

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        """Show other groups; the same ones change nothing."""
        if groups != self._groups:
            self._groups = groups
            self._build()

    def toggle(self, group: Group) -> None:
        """Hide or show what is below a heading."""
        self._shut ^= {group.key}
        self._build()

    def first(self) -> int:
        """Return the first row with a layer, or -1."""
        return next((n for n, row in enumerate(self._rows) if row.found is not None), -1)

    def _build(self) -> None:
        self.beginResetModel()
        self._rows = []
        for group in self._groups:
            shut = group.key in self._shut
            self._rows.append(LayerRow(group, shut=shut))
            if not shut:
                self._rows += [LayerRow(group, found) for found in group.layers]
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (as Qt has it)
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        found = row.found
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr(row.group.title) if found is None else found.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return _heading_tip() if row.found is None else self._tip(row.found)
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        kept = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        found = self._rows[index.row()].found
        if found is None or found.layer == fitting.NEW.layer:
            return kept
        return kept | Qt.ItemFlag.ItemIsDragEnabled

    @override
    def mimeTypes(self) -> list[str]:
        return [LAYER_MIME]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        found = [self._rows[index.row()].found for index in indexes]
        for one in found:
            if one is not None:
                packed = json.dumps({"layer": one.layer}).encode()
                data.setData(LAYER_MIME, QByteArray(packed))
        return data

    @override
    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction


class LayerDelegate(QStyledItemDelegate):
    """Draws the rows of the palette.

    Args:
        theme: Colours them.
        favourites: Whose stars are full.
    """

    def __init__(self, theme: Theme, parent: Any = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.favourites: tuple[str, ...] = ()

    def star(self, box: QRect) -> QRect:
        """Return where the star of a row is."""
        return QRect(box.right() - STAR - 8, box.top(), STAR, box.height())

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: LayerRow = index.data(ROW)
        first = index.row() == 0
        return QSize(80, (HEAD_HIGH - (4 if first else 0)) if row.found is None else HIGH)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: LayerRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.found is None:
            self._heading(painter, option, row)
        else:
            self._layer(painter, option, row.found)
        painter.restore()

    def _heading(self, painter: QPainter, option: QStyleOptionViewItem, row: LayerRow) -> None:
        box, tokens = QRectF(option.rect), self._theme.tokens
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        group = row.group.key.partition(".")[0]
        group = "block" if group in SHELVES else group
        known = group in tokens.families
        painter.setBrush(QColor(tokens.families[group] if known else tokens.muted))  # type: ignore[index]
        middle = box.bottom() - 12
        painter.drawEllipse(QPointF(15, middle), 3, 3)
        painter.setFont(fonts.text(SMALL, strong=True))
        painter.setPen(tokens.color("text" if chosen else "muted"))
        place = QRectF(24, middle - 9, box.width() - 48, 18)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(align), tr(row.group.title))
        if row.shut or chosen or option.state & QStyle.StateFlag.State_MouseOver:
            sign = "chevron_right" if row.shut else "chevron_down"
            spot = QRect(int(box.right()) - 24, int(middle) - 6, 12, 12)
            icon(sign, self._theme, "muted").paint(painter, spot)

    def _layer(self, painter: QPainter, option: QStyleOptionViewItem, found: Found) -> None:
        tokens = self._theme.tokens
        box = QRectF(option.rect).adjusted(8, 1, -8, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        edge = tokens.color("accent" if chosen else "muted" if over else "raised")
        painter.setPen(QPen(edge, 1))
        painter.setBrush(tokens.color("raised"))
        painter.drawRoundedRect(box.adjusted(2.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.families[found.family]))  # type: ignore[index]
        painter.drawRoundedRect(QRectF(box.left(), box.top(), 3, box.height()), 1.5, 1.5)
        loved = found.layer in self.favourites
        starred = loved or (lovable(found) and (over or chosen))
        room = box.adjusted(14, 0, -8 - (STAR if starred else 0), 0)
        painter.setFont(fonts.text(NORMAL - 1))
        painter.setPen(tokens.color("text"))
        words = painter.fontMetrics().elidedText(
            found.title, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
        if starred:
            spot = self.star(option.rect)
            spot = QRect(spot.left() + 4, spot.center().y() - 6, 13, 13)
            token = "warn" if loved else "muted"
            icon("star_full" if loved else "star", self._theme, token).paint(painter, spot)


def lovable(found: Found) -> bool:
    """Tell whether a layer can be a favourite: what belongs to a document cannot."""
    return found.family != "block" and not found.layer.startswith(CUSTOM)


def _heading_tip() -> str:
    return tip(tr("Click to show or hide this family"))


def _plain_tip(found: Found) -> str:
    return tip(tr(found.summary) if found.summary else found.title)
