"""What the network learns from: chosen, set, looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.catalogue import registry
from nnstudio.core.problems import NNStudioError
from nnstudio.core.values import Choice
from nnstudio.graph.edits import SetData
from nnstudio.graph.model import Data
from nnstudio.studio import form_edits
from nnstudio.studio.samples import described
from nnstudio.studio.session import Update
from nnstudio.ui.context import Context
from nnstudio.ui.data_facts import DataFacts
from nnstudio.ui.form import Form
from nnstudio.ui.i18n import tr
from nnstudio.ui.overriding import override
from nnstudio.ui.panel import Panel
from nnstudio.ui.sample_watch import SampleWatch
from nnstudio.ui.widgets import label, scrolled, tip

NAME = Qt.ItemDataRole.UserRole
BY_SUFFIX = {".csv": "table", ".tsv": "table", ".txt": "text"}
"""Which reader takes a file that is dropped here."""
NONE = ""


class DataPanel(Panel):
    """Readers on the left, their settings below, and what they say of the data on the right.

    What is chosen enters the document when it has been read, with its shapes and classes, as one
    step; until then it is a draft of this panel.
    """

    help_topic = "data"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._draft: Choice | None = None
        self.setAcceptDrops(True)
        self.readers = QListWidget()
        self.readers.setFrameShape(QFrame.Shape.NoFrame)
        self.readers.setAccessibleName(tr("Data"))
        self.readers.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.readers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.readers.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.about = label("", "muted", wrap=True)
        self.form: Form | None = None
        self.facts = DataFacts(context.theme)
        self._left = QVBoxLayout()
        self._lay_out()
        self._fill()
        self._watch = SampleWatch(context.samples, self)
        self._watch.found.connect(self._look)
        self.readers.itemClicked.connect(self._pick)
        self.readers.itemActivated.connect(self._pick)
        self.follow(context.session.changed, self._changed)
        self.follow(context.session.saved_changed, self.later)

    @property
    def reader(self) -> Choice | None:
        """What is shown: the draft, else what the document holds."""
        return self._draft or self.context.session.project.data.reader

    def refresh(self) -> None:
        """Show what is chosen now."""
        reader = self.reader
        for row in range(self.readers.count()):
            item = self.readers.item(row)
            if item.data(NAME) == (reader.name if reader is not None else NONE):
                self.readers.setCurrentItem(item)
        self._show_settings(reader)
        self._look()

    def choose(self, reader: Choice | None) -> None:
        """Choose data; it enters the document once it has been read."""
        if reader is None:
            self._draft = None
            self.context.do(SetData(Data()))
        else:
            self._draft = reader
            self.context.samples.forget(reader, self.folder)
        self.refresh()

    def _lay_out(self) -> None:
        left = QWidget()
        settings = QWidget()
        self._left = QVBoxLayout(settings)
        self._left.setContentsMargins(12, 4, 12, 12)
        self._left.addWidget(self.about)
        self._left.addStretch(1)
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.readers, 3)
        box.addWidget(scrolled(settings), 4)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.facts)
        split.setStretchFactor(1, 1)
        split.setSizes([300, 700])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _fill(self) -> None:
        rows = [(NONE, tr("No data"), tr("The network is only drawn, not trained."))]
        rows += [(name, one.title, one.summary) for name, one in registry.READERS.items()]
        for name, title, summary in rows:
            item = QListWidgetItem(title)
            item.setData(NAME, name)
            item.setToolTip(tip(summary))
            self.readers.addItem(item)

    def _pick(self, item: QListWidgetItem) -> None:
        name = item.data(NAME)
        held = self.reader
        if name == (held.name if held is not None else NONE):
            return
        self.choose(Choice(name) if name else None)

    def _show_settings(self, reader: Choice | None) -> None:
        known = registry.READERS.get(reader.name) if reader is not None else None
        params = () if known is None else known.params
        self.about.setText("" if known is None else known.summary)
        if self.form is None or self.form.params != params:
            if self.form is not None:
                self.form.hide()
                self.form.deleteLater()
            self.form = Form(params, self.context.theme)
            self.form.committed.connect(self._set)
            self.form.cleared.connect(self._clear)
            self._left.insertWidget(1, self.form)
        self.form.show_values(reader.args if reader is not None else {})

    def _set(self, path: str, value: Any) -> None:
        if self.reader is not None:
            if path == "path" and value:
                value = self._beside(Path(value))
            self._try(form_edits.reader_with(self.reader, path, value))

    def _clear(self, path: str) -> None:
        if self.reader is not None:
            self._try(form_edits.reader_without(self.reader, path))

    def _try(self, reader: Choice) -> None:
        """Choose after the field has done its part: it is shown anew meanwhile."""
        if reader != self.reader:
            self.choose(reader)

    def _beside(self, path: Path) -> str:
        """Name a file from the project's folder where it lies within: both can be moved then."""
        folder = self.folder
        if folder is not None and path.is_absolute() and path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
        return str(path)

    def _look(self) -> None:
        """Show what is known of the data, and take a draft that was read into the document."""
        reader = self.reader
        if reader is None:
            self.facts.show_nothing(
                tr("No data is chosen. Choose some on the left, or drop a table or a text here.")
            )
            return
        missing = self._missing(reader)
        if missing:
            self.facts.show_nothing(missing)
            return
        found = self._watch.ask(reader, self.folder)
        if found is None:
            self.facts.show_reading(tr("Reading…"))
        elif isinstance(found, NNStudioError):
            self.facts.show_error(found)
        else:
            self.facts.show_facts(found)
            if self._draft is not None:
                self._draft = None
                self.context.do(SetData(described(reader, found)))

    def _missing(self, reader: Choice) -> str:
        known = registry.READERS.get(reader.name)
        needs = known is not None and any(
            param.required and not reader.args.get(param.name) for param in known.params
        )
        return tr("Choose a file on the left, or drop it here.") if needs else ""

    def _changed(self, update: Update) -> None:
        if update.reset or "data" in update.change.fields:
            self._draft = None
            self.later()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            reader = Choice(BY_SUFFIX[path.suffix.lower()])
            args = reader.args.replace(path=self._beside(path))
            self.choose(replace(reader, args=args))


def _dropped(event: QDropEvent) -> Path | None:
    """Return the file that a reader here would take, or None."""
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.suffix.lower() in BY_SUFFIX:
            return path
    return None
