"""What every panel is handed: the document, the runs, the view, the look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nnstudio.core.problems import NNStudioError
from nnstudio.graph.edits import Edit
from nnstudio.project.settings import Settings
from nnstudio.studio.documents import Documents
from nnstudio.studio.library import Library
from nnstudio.studio.log import Log
from nnstudio.studio.own_layer.trust import OwnLayers
from nnstudio.studio.samples import Samples
from nnstudio.studio.session import Session
from nnstudio.ui.menus import ActionBook
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState

if TYPE_CHECKING:  # it is made after the first paint, and imported only then
    from nnstudio.studio.forecasts import Forecasts
    from nnstudio.studio.runs import RunBook
    from nnstudio.ui.pump import Pump


@dataclass(frozen=True)
class Context:
    """The shared objects of one window.

    Attributes:
        session: The open document.
        view: What is looked at.
        theme: The look.
        refused: Called with an error that an edit or an order was refused with; tells the user.
        settings: What the user set on this machine; None where there is no window around.
        documents: The file of the document; None where there is no window around.
        actions: Everything that can be done, as QActions; None where there is no window around.
        runs: The runs of the document; None where nothing can be trained.
        pump: The timer that draws what runs tell; None where nothing can be trained.
        forecasts: What runs of the document will need; None where nothing can be trained.
        log: What happened, line by line.
        samples: What readers say of their data, read beside the window.
        library: Blocks that lie ready for any project.
        own: The user's own layers: trust, the editor, what trying them gave.
    """

    session: Session
    view: ViewState
    theme: Theme
    refused: Callable[[NNStudioError], None]
    settings: Settings | None = None
    documents: Documents | None = None
    actions: ActionBook | None = None
    runs: RunBook | None = None
    pump: Pump | None = None
    forecasts: Forecasts | None = None
    log: Log = field(default_factory=Log)
    samples: Samples = field(default_factory=Samples)
    library: Library = field(default_factory=Library)
    own: OwnLayers = field(default_factory=OwnLayers)

    def do(self, edit: Edit) -> bool:
        """Apply an edit; a refusal is told to the user and gives False."""
        try:
            self.session.do(edit)
        except NNStudioError as error:
            self.refused(error)
            return False
        return True
