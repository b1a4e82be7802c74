"""From a repair to the one edit that does it, with places for what it inserts."""

from __future__ import annotations

from nnstudio.core.problems import Repair
from nnstudio.graph.edits import Batch, Edit
from nnstudio.graph.model import Project
from nnstudio.studio import adding
from nnstudio.ui import i18n


def editor_of(project: Project, repair: Repair) -> Edit:
    """Return the edit of a repair; its steps are applied one after the other."""
    edits = tuple(
        adding.with_room(project, edit) for edit in repair.edits if isinstance(edit, Edit)
    )
    return Batch(edits, i18n.label(repair))
