"""What a layer is: a sentence, the paper, a link to torch's page."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.catalogue.spec import LayerSpec
from nnstudio.ui.i18n import tr
from nnstudio.ui.widgets import label, link


class About(QWidget):
    """The last section of a node's page.

    Args:
        summary: One sentence.
        source: The paper; "" for none.
        url: A page about it; "" for none.
    """

    def __init__(self, summary: str, source: str = "", url: str = "") -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(label(summary, wrap=True))
        if source:
            box.addWidget(label(source, "muted", wrap=True))
        self.link: QToolButton | None = None
        if url:
            self.link = link(page_name(url), url)
            self.link.setAccessibleDescription(tr("Opens torch's page in the browser"))
            self.link.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            row = QHBoxLayout()
            row.addWidget(self.link)
            row.addStretch(1)
            box.addLayout(row)


def about_layer(spec: LayerSpec) -> About:
    """Return the section about a layer of the catalogue."""
    return About(tr(spec.summary), spec.source, spec.url)


def page_name(url: str) -> str:
    """Return what a page is called: `torch.nn.BatchNorm2d`."""
    return url.rpartition("/")[2].removesuffix(".html") or url
