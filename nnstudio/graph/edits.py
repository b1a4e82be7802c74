"""All edits: each is a value whose `apply(project)` gives a new project, or says why it cannot.

    project = AddNode("model", Node(new_id(), "ReLU")).apply(project)

A gesture makes an edit, `History.do` applies it, `diff` says what changed, and every view follows.
What a node is given is checked here only for its form; whether it fits is the analysis' business,
so that a network may be wrong while it is being drawn.
"""

from nnstudio.graph.editing.bringing import BringBlock, OwnCopy
from nnstudio.graph.editing.copies import DuplicateNodes, PasteNodes, fragment
from nnstudio.graph.editing.edges import Connect, Disconnect, InsertOnEdge
from nnstudio.graph.editing.edit import Batch, Edit, Moves, fresh_ids
from nnstudio.graph.editing.graphs import (
    AddBlock,
    AddGraph,
    MoveGraph,
    RemoveBlock,
    RemoveCustom,
    RemoveGraph,
    RenameGraph,
    SetBlockParams,
    SetCustom,
    SetGraphNote,
    SetRole,
)
from nnstudio.graph.editing.groups import GroupNodes
from nnstudio.graph.editing.nodes import (
    AddNode,
    MoveNodes,
    RemoveNodes,
    Rename,
    ReplaceNode,
    ResetArg,
    SetArgs,
    SetBypass,
    SetNote,
    SetRepeat,
    SetShare,
    SetTrainable,
)
from nnstudio.graph.editing.notes import (
    AddNote,
    MoveNotes,
    RemoveNotes,
    ResizeNote,
    SetNoteText,
)
from nnstudio.graph.editing.parameters import RemoveParameter, RenameParameter
from nnstudio.graph.editing.ports import MovePort
from nnstudio.graph.editing.settings import (
    SetData,
    SetLoop,
    SetProjectName,
    SetProjectNote,
    SetSetting,
)
from nnstudio.graph.editing.ungroup import UngroupNode
from nnstudio.graph.topology import Consumer

__all__ = [
    "AddBlock",
    "AddGraph",
    "AddNode",
    "AddNote",
    "Batch",
    "BringBlock",
    "Connect",
    "Consumer",
    "Disconnect",
    "DuplicateNodes",
    "Edit",
    "GroupNodes",
    "InsertOnEdge",
    "MoveGraph",
    "MoveNodes",
    "MoveNotes",
    "MovePort",
    "Moves",
    "OwnCopy",
    "PasteNodes",
    "RemoveBlock",
    "RemoveCustom",
    "RemoveGraph",
    "RemoveNodes",
    "RemoveNotes",
    "RemoveParameter",
    "Rename",
    "RenameGraph",
    "RenameParameter",
    "ReplaceNode",
    "ResetArg",
    "ResizeNote",
    "SetArgs",
    "SetBlockParams",
    "SetBypass",
    "SetCustom",
    "SetData",
    "SetGraphNote",
    "SetLoop",
    "SetNote",
    "SetNoteText",
    "SetProjectName",
    "SetProjectNote",
    "SetRepeat",
    "SetRole",
    "SetSetting",
    "SetShare",
    "SetTrainable",
    "UngroupNode",
    "fragment",
    "fresh_ids",
]
