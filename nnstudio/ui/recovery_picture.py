"""A picture of the network beside the journal, so that recovered work is known by its look."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPixmap

from nnstudio.kit import files
from nnstudio.studio.documents import Documents
from nnstudio.ui import graph_picture
from nnstudio.ui.theme import Theme

REST = 1500
"""Milliseconds without an edit before a picture is drawn."""
WIDTH, HEIGHT = 240, 80
SCALE = 2.0
"""It is drawn so much larger than a card shows it, for screens of 200 %."""


class RecoveryPicture(QObject):
    """Draws a picture when the user's hands rest after edits: the one that templates have, too."""

    def __init__(self, documents: Documents, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._documents, self._theme = documents, theme
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self.store)
        self._disconnect = documents.session.changed.connect(self._touched)

    def close(self) -> None:
        """Draw no more."""
        self._timer.stop()
        self._disconnect()

    def store(self) -> None:
        """Draw it now."""
        path = self._documents.picture
        if path is None:
            return
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not self._drawn().save(buffer, "PNG"):
            return
        try:
            files.write_bytes(path, bytes(data.data()))
        except OSError:
            return  # the journal itself tells when its disk refuses; a picture is a courtesy

    def _drawn(self) -> QPixmap:
        """Return the picture on no ground, so that it lies well on that of either theme."""
        drawn = QPixmap(round(WIDTH * SCALE), round(HEIGHT * SCALE))
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.scale(SCALE, SCALE)
        picture = graph_picture.picture(self._documents.session.project)
        graph_picture.paint(painter, picture, QRectF(0, 0, WIDTH, HEIGHT), self._theme.tokens)
        painter.end()
        return drawn

    def _touched(self, update: object) -> None:
        self._timer.start()
