"""About NNStudio: versions of what it stands on, the devices or why not, and licences."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnstudio import __version__
from nnstudio.ui.devices import Devices
from nnstudio.ui.i18n import tr
from nnstudio.ui.theme import GRID
from nnstudio.ui.widgets import label, selectable

PACKAGES = ("torch", "numpy", "PySide6-Essentials", "pyqtgraph", "networkx", "Pillow")
LICENCES = (
    ("NNStudio", "MIT"),
    ("PySide6, Qt", "LGPL 3"),
    ("PyTorch", "BSD 3-Clause"),
    ("numpy, networkx, Pygments", "BSD"),
    ("pyqtgraph, gymnasium", "MIT"),
    ("Pillow", "MIT-CMU"),
    ("safetensors", "Apache 2.0"),
    ("Inter © The Inter Project Authors", "SIL Open Font License 1.1"),
    ("JetBrains Mono © The JetBrains Mono Project Authors", "SIL Open Font License 1.1"),
)


class About(QDialog):
    """Versions, devices, licences; the versions can be copied."""

    def __init__(self, devices: Devices, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About NNStudio"))
        self.setMinimumWidth(640)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(label(f"NNStudio {__version__}", "title"))
        words = tr("Draw a neural network, train it, take home the PyTorch code.")
        column.addWidget(label(words, "muted"))
        for title, rows in (
            (tr("VERSIONS"), versions()),
            (tr("DEVICES"), devices.described()),
            (tr("LICENCES"), list(LICENCES)),
        ):
            column.addSpacing(GRID)
            column.addWidget(label(title, "section"))
            column.addLayout(_form(rows))
        column.addSpacing(GRID)
        row = QHBoxLayout()
        row.addStretch(1)
        self._copy = QPushButton(tr("Copy the versions"))
        self._copy.clicked.connect(lambda: self._copied(devices))
        self._copy.setAutoDefault(False)
        close = QPushButton(tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row.addWidget(self._copy)
        row.addWidget(close)
        column.addLayout(row)

    def _copied(self, devices: Devices) -> None:
        lines = [f"{name}: {value}" for name, value in (*versions(), *devices.described())]
        QGuiApplication.clipboard().setText("\n".join((f"NNStudio {__version__}", *lines)))
        self._copy.setText(tr("Copied"))


def versions() -> list[tuple[str, str]]:
    """Return what it stands on; nothing is imported for it."""
    found = [("Python", platform.python_version()), ("Qt", qVersion())]
    for name in PACKAGES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, tr("is not installed")))
    return [*found, (tr("System"), platform.platform())]


def _form(rows: list[tuple[str, str]]) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(2 * GRID)
    form.setVerticalSpacing(GRID // 4)
    for name, value in rows:
        form.addRow(label(name, "muted"), selectable(label(value, wrap=True)))
    return form
