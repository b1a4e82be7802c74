"""One open document: what is done to it, and the one signal from which every view redraws.

    gesture → edit → Session.do → History → diff → analysis → `changed` → canvas, inspector, code,
    problems

Undo, paste, load, auto-layout and a setting all end in the same `changed`, so that no view needs
code of its own for any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.core.problems import Problem
from nnstudio.core.signal import Signal
from nnstudio.graph.diff import Change, diff
from nnstudio.graph.history import History, Step
from nnstudio.graph.model import Project

if TYPE_CHECKING:
    from nnstudio.compiler.results import Analysis
    from nnstudio.graph.edits import Edit


@dataclass(frozen=True)
class Update:
    """What a view needs to follow a change of the document.

    Attributes:
        old: The document before.
        new: The document now.
        change: What differs.
        analysis: Shapes, problems and costs of the document now.
        before: The analysis of the document before; a node whose info is the same object is
            unchanged.
        reset: True when another document took the place of the old one (new, open, revert): views
            start afresh and forget selection and zoom.
    """

    old: Project
    new: Project
    change: Change
    analysis: Analysis
    before: Analysis
    reset: bool = False

    @cached_property
    def restated(self) -> frozenset[tuple[str, str]]:
        """Nodes (graph id, node id) whose shapes, problems or costs are not what they were."""
        found = set()
        for graph_id, info in self.analysis.graphs.items():
            old = self.before.graphs.get(graph_id)
            if info is old:
                continue
            before = old.nodes if old else {}
            found |= {
                (graph_id, key) for key, node in info.nodes.items() if before.get(key) is not node
            }
        return frozenset(found)


class Session:
    """The document that a window shows.

    Attributes:
        changed: Emits an `Update` after every do, undo, redo, jump and load.
        saved_changed: Emits when the document becomes saved or unsaved, or gets another path.
        path: The file; None while it has none.
        read_only: True when another window holds the file; edits work, saving asks for another
            name.
    """

    def __init__(self, project: Project | None = None, path: Path | None = None) -> None:
        self.changed: Signal[[Update]] = Signal()
        self.saved_changed: Signal[[]] = Signal()
        self.path = path
        self.read_only = False
        self._history = History(project or Project())
        self._plain: Analysis | None = None  # None until somebody asks
        self._shown: Analysis | None = None
        self._remark: Callable[[Analysis], Analysis] = _nothing

    @property
    def project(self) -> Project:
        """The document now."""
        return self._history.project

    @property
    def analysis(self) -> Analysis:
        """Shapes, problems and costs of the document now, with what is remarked on it."""
        return self._analysed(self.project) if self._shown is None else self._shown

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of the document now."""
        return self.analysis.problems

    @property
    def is_saved(self) -> bool:
        """True when the document is the one that was saved or opened last."""
        return self._history.is_saved

    @property
    def steps(self) -> tuple[Step, ...]:
        """The history, undone steps included."""
        return self._history.steps

    @property
    def step(self) -> int:
        """The place of the document among the steps."""
        return self._history.index

    @property
    def can_undo(self) -> bool:
        """True when there is something to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """True when there is something to redo."""
        return self._history.can_redo

    def do(self, edit: Edit) -> None:
        """Apply an edit as one step.

        Raises:
            ProjectError: It cannot be done; nothing has changed.
        """
        old = self.project
        self._history.do(edit)
        self._tell(old)

    def amend(self, edit: Edit) -> None:
        """Apply an edit to the last step itself, so that both are undone as one; raises as `do`."""
        old = self.project
        self._history.amend(edit)
        self._tell(old)

    def remark(self, remark: Callable[[Analysis], Analysis]) -> None:
        """Let something be added to every analysis that does not follow from the document alone."""
        self._remark = remark
        self.restate()

    def restate(self) -> None:
        """Ask for the remarks again; the document is the same."""
        before = self.analysis
        assert self._plain is not None
        self._shown = now = self._remark(self._plain)
        if now is not before:
            project = self.project
            self.changed.emit(Update(project, project, diff(project, project), now, before))

    def undo(self) -> None:
        """Go one step back."""
        old = self.project
        self._history.undo()
        self._tell(old)

    def redo(self) -> None:
        """Go one step forth."""
        old = self.project
        self._history.redo()
        self._tell(old)

    def jump(self, step: int) -> None:
        """Go to any step of the history."""
        old = self.project
        self._history.jump(step)
        self._tell(old)

    def show(self, project: Project, path: Path | None = None, *, saved: bool = True) -> None:
        """Put another document in the place of this one, with a history of its own."""
        old = self.project
        self._history = History(project)
        if not saved:
            self._history.mark_saved(Project())
        self.path, self.read_only = path, False
        self._tell(old, reset=True)
        self.saved_changed.emit()

    def mark_saved(self, path: Path, project: Project | None = None) -> None:
        """Remember that a document (the current one unless named) lies in a file now."""
        self.path = path
        self._history.mark_saved(project)
        self.saved_changed.emit()

    def _tell(self, old: Project, *, reset: bool = False) -> None:
        new = self.project
        if new is old and not reset:
            return
        before = self._analysed(old) if self._shown is None else self._shown
        change, now = diff(old, new), self._analysed(new)
        self.changed.emit(Update(old, new, change, now, before, reset))
        self.saved_changed.emit()

    def _analysed(self, project: Project) -> Analysis:
        # Imported when there is something to analyse: the start page stands without it.
        compiler = import_module("nnstudio.compiler.analysis")
        self._plain = plain = compiler.analyse(project, self._plain)
        self._shown = shown = self._remark(plain)
        return shown


def _nothing(analysis: Analysis) -> Analysis:
    """Remark nothing."""
    return analysis
