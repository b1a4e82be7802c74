"""What was done: a list of documents, each sharing with its neighbours all that was not touched.

Undo gives back the very same object, so that nothing that was derived from it is computed again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnstudio.graph.model import Project

if TYPE_CHECKING:  # every kind of edit comes with it, and a window stands before the first one
    from nnstudio.graph.edits import Edit

LIMIT = 200
MEMORY = 64 * 2**20
_NODE_BYTES = 1024
"""What one node takes, generously: itself, its arguments, its inputs."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history.

    Attributes:
        project: The document after the step.
        edit: What led to it; None for the first document.
        bytes: About what this document takes beyond what it shares with the one before.
    """

    project: Project
    edit: Edit | None = None
    bytes: int = 0

    @property
    def label(self) -> str:
        """What the step is called."""
        return self.edit.label if self.edit else ""


class History:
    """The documents of a session in order, and the place of the current one.

    Args:
        project: The first document.
        limit: How many steps can be undone at most.
        memory: How many bytes the steps may take together, estimated; the oldest go first.
    """

    def __init__(self, project: Project, limit: int = LIMIT, memory: int = MEMORY) -> None:
        self._steps = [Step(project)]
        self._index = 0
        self._limit, self._memory = limit, memory
        self._saved: Project | None = project

    @property
    def project(self) -> Project:
        """The current document."""
        return self._steps[self._index].project

    @property
    def steps(self) -> tuple[Step, ...]:
        """All entries, the undone ones included; the first has no label."""
        return tuple(self._steps)

    @property
    def index(self) -> int:
        """The place of the current document among the steps."""
        return self._index

    @property
    def can_undo(self) -> bool:
        """True when there is something to undo."""
        return self._index > 0

    @property
    def can_redo(self) -> bool:
        """True when there is something to redo."""
        return self._index + 1 < len(self._steps)

    @property
    def is_saved(self) -> bool:
        """True when the current document is the very one that was saved last."""
        return self.project is self._saved

    @property
    def bytes(self) -> int:
        """About what all steps take beyond the first document."""
        return sum(step.bytes for step in self._steps)

    def do(self, edit: Edit) -> Project:
        """Apply an edit as one step; what was undone before is given up.

        An edit that changes nothing makes no step.

        Raises:
            ProjectError: The edit cannot be done; the history stays as it is.
        """
        old = self.project
        new = edit.apply(old)
        if new is not old and (new != old or repr(new) != repr(old)):
            del self._steps[self._index + 1 :]
            self._steps.append(Step(new, edit, _growth(old, new)))
            self._index += 1
            self._forget()
        return self.project

    def amend(self, edit: Edit) -> Project:
        """Apply an edit to the last step itself, so that both are undone as one.

        A text that is typed is one step, not one a letter. What was saved stays a step of its own.

        Raises:
            ProjectError: The edit cannot be done; the history stays as it is.
        """
        if not self._index or self.is_saved:
            return self.do(edit)
        new = edit.apply(self.project)
        before = self._steps[self._index - 1].project
        del self._steps[self._index + 1 :]
        self._steps[self._index] = Step(new, edit, _growth(before, new))
        return new

    def undo(self) -> Project:
        """Go one step back; at the first document nothing happens."""
        return self.jump(max(0, self._index - 1))

    def redo(self) -> Project:
        """Go one step forth; at the last document nothing happens."""
        return self.jump(min(len(self._steps) - 1, self._index + 1))

    def jump(self, index: int) -> Project:
        """Go to any step.

        Raises:
            IndexError: There is no such step.
        """
        if not 0 <= index < len(self._steps):
            raise IndexError(index)
        self._index = index
        return self.project

    def mark_saved(self, project: Project | None = None) -> None:
        """Remember which document was saved: the current one unless another is named."""
        self._saved = project or self.project

    def _forget(self) -> None:
        extra = max(0, len(self._steps) - 1 - self._limit)
        total = sum(step.bytes for step in self._steps[extra:])
        while extra + 1 < self._index and total > self._memory:
            total -= self._steps[extra].bytes
            extra += 1
        if extra:
            first = self._steps[extra].project
            self._steps = [Step(first), *self._steps[extra + 1 :]]
            self._index -= extra


def _growth(old: Project, new: Project) -> int:
    """Count the mappings that are not shared, and the nodes by which they grew."""
    total = _one(old.graphs, new.graphs) + _one(old.blocks, new.blocks)
    for before, after in ((old.graphs, new.graphs), (old.blocks, new.blocks)):
        for key, graph in after.items():
            total += _one(before[key].nodes if key in before else {}, graph.nodes)
    for key, places in new.layout.items():
        total += _one(old.layout.get(key, {}), places) // 2
    for key, notes in new.notes.items():
        if (before_notes := old.notes.get(key)) is not notes:
            known = before_notes or {}
            total += sum(sys.getsizeof(n.text) for k, n in notes.items() if known.get(k) is not n)
    for key, layer in new.custom.items():
        if old.custom.get(key) is not layer:
            total += sys.getsizeof(layer.source)
    return total + _NODE_BYTES


def _one(old: Mapping[str, object], new: Mapping[str, object]) -> int:
    if old is new:
        return 0
    return sys.getsizeof(new) + max(0, len(new) - len(old)) * _NODE_BYTES
