"""The menu of recent files, filled when it is opened."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.ui.files import Files
from nnstudio.ui.i18n import tr
from nnstudio.ui.widgets import tip


class RecentMenu(QMenu):
    """Opens one of the recent files that still exist."""

    def __init__(self, files: Files, parent: QWidget) -> None:
        super().__init__(tr("Open recent"), parent)
        self._files = files
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for path in self._files.documents.recent.files():
            # An ampersand would be taken for the mark of a mnemonic.
            action = self.addAction(path.name.replace("&", "&&"))
            action.setToolTip(tip(str(path)))
            action.triggered.connect(partial(self._open, str(path)))
        if self.isEmpty():
            self.addAction(tr("No files yet")).setEnabled(False)

    def _open(self, path: str, _checked: bool = False) -> None:
        self._files.open(Path(path))
