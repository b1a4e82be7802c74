"""Icons: our own SVG drawings, coloured by the theme at any scale.

A drawing in `resources/icons` uses only `currentColor`; the colour is put in when it is drawn, so
that one file serves both themes, and it is rendered at the size asked for, so that 200 % stays
sharp.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from nnstudio.core.paths import resource
from nnstudio.ui.theme import Theme


def icon(name: str, theme: Theme, token: str = "text") -> QIcon:
    """Return the icon `resources/icons/<name>.svg` in a colour of the theme.

    It follows the theme.
    """
    return QIcon(_Engine(name, theme, token))


class _Engine(QIconEngine):
    """Draws one icon in whatever colour the theme has at that moment."""

    def __init__(self, name: str, theme: Theme, token: str) -> None:
        super().__init__()
        self._name, self._theme, self._token = name, theme, token

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._theme, self._token)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        _renderer(self._name, self._color(mode)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        key = f"{self._name} {self._color(mode)} {size.width()} {size.height()}"
        known = QPixmap()
        # Qt asks at every paint of a button, and a button over a plot is painted with it.
        if QPixmapCache.find(key, known):
            return known
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        drawn = QPixmap.fromImage(image)
        QPixmapCache.insert(key, drawn)
        return drawn

    def _color(self, mode: QIcon.Mode) -> str:
        token = "line" if mode == QIcon.Mode.Disabled else self._token
        color: str = getattr(self._theme.tokens, token)
        return color


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = resource("icons", f"{name}.svg").read_text("utf-8").replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    # A wider icon size leaves room around the drawing and does not stretch it.
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return renderer
