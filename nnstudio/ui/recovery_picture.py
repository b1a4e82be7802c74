"""A picture of the canvas beside the journal, so that recovered work is known by its look."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from nnstudio.kit import files
from nnstudio.studio.documents import Documents

REST = 1500
"""Milliseconds without an edit before a picture is drawn."""
WIDTH, HEIGHT = 480, 300


class RecoveryPicture(QObject):
    """Draws a picture when the user's hands rest after edits."""

    def __init__(self, documents: Documents, canvas: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._documents, self._canvas = documents, canvas
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
        if path is None or not self._canvas.isVisible():
            return
        small = self._canvas.grab().scaled(
            WIDTH,
            HEIGHT,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not small.save(buffer, "PNG"):
            return
        try:
            files.write_bytes(path, bytes(data.data()))
        except OSError:
            return  # the journal itself tells when its disk refuses; a picture is a courtesy

    def _touched(self, update: object) -> None:
        self._timer.start()
