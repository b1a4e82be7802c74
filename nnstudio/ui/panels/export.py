"""The code to take home: looked at, written to a folder, and proven equal."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QSplitter,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.compiler.generated import Source
from nnstudio.core.params import Param
from nnstudio.core.problems import NNStudioError
from nnstudio.exchange.python_folder import export
from nnstudio.exchange.verify import Proof
from nnstudio.graph.model import Project
from nnstudio.studio import exporting
from nnstudio.studio.exporting import Contents
from nnstudio.studio.figures import bytes_words
from nnstudio.ui import i18n
from nnstudio.ui.code_view import CodeView
from nnstudio.ui.context import Context
from nnstudio.ui.form_fields import sentence
from nnstudio.ui.i18n import tr
from nnstudio.ui.own_layer.trust import allowed
from nnstudio.ui.panel import Panel
from nnstudio.ui.problem_list import ProblemList
from nnstudio.ui.task_watch import TaskWatch
from nnstudio.ui.value_edit import ValueEdit
from nnstudio.ui.widgets import icon_button, label, push_button, restyle, scrolled, tip

NAME = Qt.ItemDataRole.UserRole
RECURSIVE = Qt.MatchFlag.MatchRecursive
TARGET = Param("folder", "file", "", "Where the code is written.")


class ExportPanel(Panel):
    """A folder of plain PyTorch that trains without NNStudio."""

    help_topic = "export"
    DELAY = 300

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._contents = Contents()
        self._exported: tuple[Project, Path] | None = None
        self._own_target = ""
        self.setMinimumWidth(260)
        self._reading, self._work = TaskWatch(self), TaskWatch(self)
        self.target = ValueEdit(context.theme)
        self.target.setAccessibleName(tr("Folder to export to"))
        self.browse = icon_button("folder", context.theme, tr("Choose a folder"))
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(tr("Files of the export"))
        self.tree.setToolTip(tr("What is written; a click shows the file below"))
        self.text = CodeView(context.theme)
        self.problems = ProblemList(context)
        self.export = push_button(tr("Export"), self._export, "primary")
        self.prove = push_button(tr("Prove"), self._prove)
        self.open = push_button(tr("Open folder"), self._open)
        self.busy = QProgressBar()
        self.result = label("", "muted", wrap=True)
        self._stack = QStackedLayout()
        self._lay_out()
        self._listen()

    @property
    def folder_to_write(self) -> Path:
        """Where the export goes: what was typed, else a folder beside the project."""
        project = self.context.session.project
        typed = self._own_target.strip()
        return Path(typed).expanduser() if typed else exporting.suggested(project, self.folder)

    def refresh(self) -> None:
        """Show what an export would hold now."""
        project, folder = self.context.session.project, self.folder
        self.target.show_text(self._own_target, str(self.folder_to_write))
        self._reading.start(
            lambda: exporting.contents(project, folder), "export preview", self._show, self._wrong
        )

    def _lay_out(self) -> None:
        words = tr("A folder of plain PyTorch: it trains without NNStudio, and you can read it.")
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.hide()
        self.open.hide()
        self.export.setToolTip(tip(tr("Write the files to the folder")))
        self.prove.setToolTip(
            tip(tr("Train one step here and in a process without NNStudio, and compare every bit"))
        )
        line = QHBoxLayout()
        line.addWidget(self.target, 1)
        line.addWidget(self.browse)
        buttons = QHBoxLayout()
        for button in (self.export, self.prove, self.open):
            buttons.addWidget(button)
        buttons.addStretch(1)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 12, 8)
        top.setSpacing(8)
        top.addWidget(label(words, "muted", wrap=True))
        top.addLayout(line)
        top.addLayout(buttons)
        top.addWidget(self.busy)
        top.addWidget(self.result)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addLayout(self._stack, 1)
        files = QSplitter(Qt.Orientation.Vertical)
        files.setChildrenCollapsible(False)
        files.addWidget(self.tree)
        files.addWidget(self.text)
        files.setSizes([180, 360])
        self._stack.addWidget(files)
        self._stack.addWidget(scrolled(self.problems))

    def _listen(self) -> None:
        self.target.committed.connect(self._retarget)
        self.browse.clicked.connect(self._browse)
        self.tree.currentItemChanged.connect(lambda *_: self._show_file())
        self.follow(self.context.session.changed, lambda _: self._changed())
        self.follow(self.context.session.saved_changed, self.later)

    def _changed(self) -> None:
        if not self._work.busy:
            self._say("", "muted")
            self.open.hide()
        self.later()

    # ---- what it would hold

    def _show(self, found: Contents) -> None:
        self._contents = found
        self._stack.setCurrentIndex(0)
        self._enable(True)
        names = [*found.texts, *found.sizes]
        shown = [item.data(0, NAME) for item in self._leaves()]
        if sorted(names) != sorted(shown):
            self._fill(names)
        self._show_file()
        if found.left_out:
            self._say(
                tr("{names} is too large to come along: the script asks for it by --data.",
                   names=", ".join(found.left_out)),
                "warn",
            )  # fmt: skip

    def _wrong(self, error: NNStudioError) -> None:
        self._enable(False)
        self.problems.show_problems(error.problems)
        self._stack.setCurrentIndex(1)

    def _enable(self, enabled: bool) -> None:
        free = enabled and not self._work.busy
        self.export.setEnabled(free)
        self.prove.setEnabled(free)

    def _leaves(self) -> list[QTreeWidgetItem]:
        return [
            item
            for item in self.tree.findItems("", Qt.MatchFlag.MatchContains | RECURSIVE)
            if item.data(0, NAME)
        ]

    def _fill(self, names: list[str]) -> None:
        """Show the files as a tree, folders closed."""
        self.tree.clear()
        folders: dict[str, QTreeWidgetItem] = {}
        for name in names:
            above = self.tree.invisibleRootItem()
            *parts, last = name.split("/")
            for depth, part in enumerate(parts):
                path = "/".join(parts[: depth + 1])
                if path not in folders:
                    folders[path] = QTreeWidgetItem(above, [f"{part}/"])
                above = folders[path]
            size = self._contents.sizes.get(name)
            words = last if size is None else f"{last}  ·  {bytes_words(size)}"
            item = QTreeWidgetItem(above, [words])
            item.setData(0, NAME, name)
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)

    def _show_file(self) -> None:
        item = self.tree.currentItem()
        name = item.data(0, NAME) if item is not None else None
        if not name:
            return
        text = self._contents.texts.get(name)
        self.text.show_source(Source(tr("This file holds data.") if text is None else text))

    # ---- doing it

    def _retarget(self, text: str) -> None:
        self._own_target = text
        self.target.show_text(text, str(self.folder_to_write))

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Choose a folder"), str(self.folder_to_write.parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = exporting.suggested(self.context.session.project, None).name
        dialog.fileSelected.connect(lambda path: self._retarget(str(Path(path) / name)))
        dialog.open()

    def _export(self) -> None:
        if not allowed(self, self.context):
            return
        project, folder, target = self.context.session.project, self.folder, self.folder_to_write
        self._start(tr("Writing…"))
        self._work.start(
            lambda: export(project, target, folder),
            "export",
            lambda path: self._written(project, path),
            self._failed,
        )

    def _prove(self) -> None:
        if not allowed(self, self.context):
            return
        project, folder = self.context.session.project, self.folder
        known = self._exported
        target = known[1] if known is not None and known[0] is project else None
        self._start(tr("Training one step here and outside; this takes some seconds…"))
        self._work.start(
            lambda: exporting.prove(project, folder, target), "proof", self._proven, self._failed
        )

    def _start(self, words: str) -> None:
        self.busy.show()
        self.export.setEnabled(False)
        self.prove.setEnabled(False)
        self._say(words, "muted")

    def _written(self, project: Project, path: Path) -> None:
        self._exported = (project, path)
        self._end(tr("Written to {path}", path=path), "good")
        self.open.show()

    def _proven(self, proof: Proof) -> None:
        words = proof.words[:1].upper() + proof.words[1:]
        seconds = tr("It took {seconds:.1f} s.", seconds=proof.seconds)
        sign = "✓" if proof.equal else "✗"
        self._end(f"{sign} {words}. {seconds}", "good" if proof.equal else "bad")

    def _failed(self, error: NNStudioError) -> None:
        hint = i18n.hint(error.problems[0])
        parts = [sentence(error), hint[:1].upper() + hint[1:]]
        self._end(". ".join(part for part in parts if part), "bad")

    def _end(self, words: str, kind: str) -> None:
        self.busy.hide()
        self._enable(True)
        self._say(words, kind)
        self.context.log.write(words, {"good": "good", "bad": "error"}[kind], "export")  # type: ignore[arg-type]

    def _say(self, words: str, kind: str) -> None:
        restyle(self.result, "kind", kind)
        self.result.setText(words)
        self.result.setVisible(bool(words))

    def _open(self) -> None:
        if self._exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._exported[1])))
