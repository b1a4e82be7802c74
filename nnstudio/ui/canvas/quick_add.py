"""Search-to-add: type a few letters, and settings behind them; choose by arrows, Enter adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args
from nnstudio.studio import shorthand
from nnstudio.studio.fitting import Found, ranked
from nnstudio.ui import fonts, i18n
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.theme import GRID, SMALL, Theme
from nnstudio.ui.widgets import tip

WIDE, ROWS, ROW = 320, 9, 26


class QuickAdd(QFrame):
    """A small window within the canvas; it goes away when it loses the keyboard.

    Args:
        parent: The canvas.
        theme: For the colours of the families.
        found: What is offered.
        chosen: Called with what was chosen, and the settings that were typed behind its name.
    """

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        found: Sequence[Found],
        chosen: Callable[[Found, Args], None],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("quickAdd")
        self._theme, self._found, self._chosen = theme, tuple(found), chosen
        self._shown: tuple[Found, ...] = ()
        self._settings: tuple[str, ...] = ()
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("conv, attention, linear 120…"))
        self.field.setAccessibleName(tr("Search for a layer to add"))
        self.field.setFont(fonts.text())
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Layers that fit"))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFont(fonts.text())
        self.list.setIconSize(QSize(10, 10))
        self.list.setFixedHeight(ROWS * ROW)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = QLabel(self)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.about.setFont(fonts.text(SMALL))
        self._lay_out()
        self.field.textChanged.connect(self._search)
        self.list.itemClicked.connect(lambda _item: self._accept())
        self.list.currentRowChanged.connect(self._tell)
        self.field.installEventFilter(self)
        self._search("")

    def open_at(self, at: QPoint) -> None:
        """Show it at a place of the canvas, within its bounds."""
        self.adjustSize()
        area = self.parentWidget().rect()
        x = max(4, min(at.x(), area.width() - self.width() - 4))
        y = max(4, min(at.y(), area.height() - self.height() - 4))
        self.move(x, y)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Go away and give the keyboard back to the canvas."""
        self.hide()
        self.parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(GRID, GRID, GRID, GRID)
        rows.setSpacing(GRID // 2)
        for part in (self.field, self.list, self.about):
            rows.addWidget(part)
        self.setFixedWidth(WIDE)
        self.about.setFixedHeight(34)
        self._dress()
        self._theme.changed.connect(self._dress)

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"#quickAdd {{ background: {tokens.panel}; border: 1px solid {tokens.line};"
            f" border-radius: 8px; }}"
            f"#quickAdd QLineEdit {{ background: {tokens.raised}; color: {tokens.text};"
            f" border: 1px solid {tokens.line}; border-radius: 4px; padding: 5px 8px; }}"
            f"#quickAdd QLineEdit:focus {{ border-color: {tokens.accent}; }}"
            f"#quickAdd QListWidget {{ background: transparent; border: 0; color: {tokens.text};"
            f" outline: 0; }}"
            f"#quickAdd QListWidget::item {{ height: {ROW}px; border: 0; border-radius: 4px;"
            f" margin: 0; padding: 0 0 0 6px; }}"
            f"#quickAdd QListWidget::item:selected {{ background: {tokens.accent};"
            f" color: {tokens.on_accent}; }}"
            f"#quickAdd QLabel {{ color: {tokens.muted}; padding: 0 6px; }}"
        )

    def _search(self, text: str) -> None:
        name, self._settings = shorthand.split(text)
        self._shown = ranked(name, self._found)
        self.list.clear()
        for one in self._shown:
            item = QListWidgetItem(self._dot(one.family), one.title)
            item.setToolTip(tip(one.family))
            self.list.addItem(item)
        self.list.setFixedHeight(max(1, min(ROWS, len(self._shown))) * ROW)
        self.adjustSize()
        if self._shown:
            self.list.setCurrentRow(0)
        else:
            self.about.setText(
                tr("No layer is called that. Try what it does: image, attention, pool.")
            )

    def _tell(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            found = self._shown[row]
            try:
                given = shorthand.written(self._read(found))
            except ProjectError as error:
                given = i18n.message(error.problems[0])
            self.about.setText(given or f"{found.summary} {found.source}".strip())

    def _read(self, found: Found) -> Args:
        return shorthand.read(found.layer, self._settings, found.params)

    def _dot(self, family: str) -> QIcon:
        color = QColor(self._theme.tokens.families.get(family, self._theme.tokens.muted))  # type: ignore[call-overload]
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(10, 10) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(1, 1, 8, 8)
        painter.end()
        found = QIcon(picture)
        found.addPixmap(picture, QIcon.Mode.Selected)  # and not tinted
        return found

    def _accept(self) -> None:
        row = self.list.currentRow()
        found = self._shown[row] if 0 <= row < len(self._shown) else None
        try:
            args = Args() if found is None else self._read(found)
        except ProjectError:
            return  # said below the list
        self.dismiss()
        if found is not None:
            self._chosen(found, args)

    def _step(self, by: int) -> None:
        count = self.list.count()
        if count:
            self.list.setCurrentRow((self.list.currentRow() + by) % count)

    def _key(self, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: ROWS,
            Qt.Key.Key_PageUp: -ROWS,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._accept()
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return False
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            # Typed letters are no shortcuts of the canvas.
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
            self.deleteLater()
        return super().eventFilter(watched, event)
