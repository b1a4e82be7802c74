"""Everything that can be done in the window, as rows of data.

Menus, toolbars, context menus, shortcuts, the command palette and the help page are all filled from
these rows; the window binds each id to a function. A row without a menu is found in the palette.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Menu = Literal["File", "Edit", "Graph", "View", "Run", "Help", ""]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done.

    Attributes:
        id: `room.verb`, unique.
        title: The words in menus and in the palette.
        help: One sentence for the tooltip.
        shortcut: As Qt writes it portably (`Ctrl+Z`; Ctrl is Cmd on a Mac), or "".
        menu: The menu it stands in, or "".
        group: Rows of one menu with another number are separated by a line.
        icon: The name of a drawing in `resources/icons`, or "".
        checkable: True for what is on or off.
        on_canvas: True when the shortcut holds only while the canvas has the keyboard.
    """

    id: str
    title: str
    help: str = ""
    shortcut: str = ""
    menu: Menu = ""
    group: int = 0
    icon: str = ""
    checkable: bool = False
    on_canvas: bool = False


_FILE = (
    Action("file.new", "New project", "Start with an empty canvas", "Ctrl+N", "File", 0, "new"),
    Action("file.start", "Start page", "Templates, recent files, recovered work", "Ctrl+Shift+N",
           "File", 0, "home"),
    Action("file.open", "Open…", "Open a project from a file", "Ctrl+O", "File", 0, "open"),
    Action("file.save", "Save", "Write the project to its file", "Ctrl+S", "File", 1, "save"),
    Action("file.save_as", "Save as…", "Write the project to another file", "Ctrl+Shift+S",
           "File", 1),
    Action("file.export", "Export code…", "Take home PyTorch that trains without NNStudio",
           "Ctrl+E", "File", 2, "export"),
    Action("file.quit", "Quit", "Close the window", "Ctrl+Q", "File", 3),
)  # fmt: skip

_EDIT = (
    Action("edit.undo", "Undo", "Take the last step back", "Ctrl+Z", "Edit", 0, "undo"),
    Action("edit.redo", "Redo", "Do the step again", "Ctrl+Shift+Z", "Edit", 0, "redo"),
    Action("edit.cut", "Cut", "", "Ctrl+X", "Edit", 1, on_canvas=True),
    Action("edit.copy", "Copy", "", "Ctrl+C", "Edit", 1, "copy", on_canvas=True),
    Action("edit.paste", "Paste", "", "Ctrl+V", "Edit", 1, on_canvas=True),
    Action("edit.duplicate", "Duplicate", "Copy the selection beside itself, edges within it "
           "included", "Ctrl+D", "Edit", 1, on_canvas=True),
    Action("edit.delete", "Delete and join", "Take the nodes out and join what they stood between",
           "Del", "Edit", 2, "delete", on_canvas=True),
    Action("edit.delete_open", "Delete", "Take the nodes out and leave the gap", "Shift+Del",
           "Edit", 2, on_canvas=True),
    Action("edit.select_all", "Select all", "", "Ctrl+A", "Edit", 3, on_canvas=True),
    Action("edit.select_upstream", "Select upstream", "Everything that feeds the selection",
           "Ctrl+Alt+Up", "Edit", 3, on_canvas=True),
    Action("edit.select_downstream", "Select downstream", "Everything that the selection feeds",
           "Ctrl+Alt+Down", "Edit", 3, on_canvas=True),
    Action("edit.preferences", "Preferences…", "Colours, device, where a run lives", "Ctrl+,",
           "Edit", 4, "settings"),
)  # fmt: skip

_GRAPH = (
    Action("graph.add", "Add a layer…", "Search for a layer and add it", "Tab", "Graph", 0, "add",
           on_canvas=True),
    Action("graph.note", "Add a note", "A text beside the nodes; no code contains it", "N", "Graph",
           0, on_canvas=True),
    Action("graph.connect", "Connect from here", "Choose by arrows what the focused node feeds",
           "C", "Graph", 0, on_canvas=True),
    Action("graph.edit", "Edit on the canvas", "Type a node's main setting, or a note", "Return",
           "Graph", 0, on_canvas=True),
    Action("graph.rename", "Rename", "Give the node a name of your own; the code uses it", "F2",
           "Graph", 0, on_canvas=True),
    Action("graph.group", "Group into a block", "Make a block of the selection", "Ctrl+G",
           "Graph", 1, "group", on_canvas=True),
    Action("graph.ungroup", "Ungroup", "Put the block's nodes in its place", "Ctrl+Shift+G",
           "Graph", 1, on_canvas=True),
    Action("graph.own_copy", "Make it its own copy", "Give this use a definition of its own; the "
           "other uses stay as they are", "", "Graph", 1, on_canvas=True),
    Action("graph.keep_block", "Save to my blocks", "Keep the block for other projects", "",
           "Graph", 1, "save", on_canvas=True),
    Action("graph.enter", "Enter the block", "Show what is inside", "Ctrl+Return", "Graph", 1,
           on_canvas=True),
    Action("graph.new_layer", "New layer in Python…", "Write a layer of your own", "", "Graph", 1,
           "code"),
    Action("graph.edit_code", "Edit the Python…", "Open the text of a layer of your own", "",
           "Graph", 1),
    Action("graph.leave", "Leave the block", "Go one level up", "Esc", "Graph", 1, on_canvas=True),
    Action("graph.repeat", "Repeat…", "Let the node stand for several copies: 4, depth, 3 map", "R",
           "Graph", 2, on_canvas=True),
    Action("graph.owner", "Select the owner of the weights", "Go to the node whose weights are "
           "used here", "O", "Graph", 2, "link", on_canvas=True),
    Action("graph.bypass", "Bypass", "Pass the input on and leave the layer out", "M", "Graph", 2,
           on_canvas=True),
    Action("graph.freeze", "Freeze", "Keep the weights as they are while training", "Shift+F",
           "Graph", 2, on_canvas=True),
    Action("graph.mend", "Repair", "Do the first repair of what is wrong with the focused node",
           "Alt+Return", "Graph", 2, on_canvas=True),
    Action("graph.arrange", "Arrange", "Lay out the selection, or everything", "Ctrl+Shift+L",
           "Graph", 3, "arrange"),
    Action("graph.network", "Add a network", "One more network in this project, such as a "
           "discriminator", "", "Graph", 4, "add"),
    Action("graph.networks", "Next network", "Show the next network of this project",
           "Ctrl+PgDown", "Graph", 4),
)  # fmt: skip

_VIEW = (
    Action("view.palette", "Command palette…", "Find anything that can be done", "Ctrl+K", "View",
           0, "search"),
    Action("view.fit", "Fit all", "Show the whole graph", "Home", "View", 1, "fit",
           on_canvas=True),
    Action("view.fit_selection", "Fit the selection", "", "F", "View", 1, on_canvas=True),
    Action("view.zoom_in", "Zoom in", "", "Ctrl+=", "View", 1),
    Action("view.zoom_out", "Zoom out", "", "Ctrl+-", "View", 1),
    Action("view.actual", "Zoom to 100 %", "", "Ctrl+0", "View", 1),
    Action("view.shapes", "Shapes on the edges", "", "Alt+1", "View", 2, checkable=True),
    Action("view.parameters", "Parameters on the nodes", "", "Alt+2", "View", 2, checkable=True),
    Action("view.flops", "FLOPs on the nodes", "", "Alt+3", "View", 2, checkable=True),
    Action("view.memory", "Memory on the nodes", "", "Alt+4", "View", 2, checkable=True),
    Action("view.gradients", "Gradients on the nodes", "", "Alt+5", "View", 2, checkable=True),
    Action("view.design", "Design", "Palette, canvas, inspector", "Ctrl+1", "View", 3,
           checkable=True),
    Action("view.data", "Data", "What the network learns from", "Ctrl+2", "View", 3,
           checkable=True),
    Action("view.train", "Train", "Curves, settings, runs", "Ctrl+3", "View", 3,
           checkable=True),
    Action("view.export", "Export", "The code to take home, and the proof", "Ctrl+4", "View", 3,
           checkable=True),
    Action("view.reset", "Reset the panels", "Put every panel back to where it was at first", "",
           "View", 4),
    Action("view.system", "Look: as the system", "", "", "View", 5, checkable=True),
    Action("view.dark", "Look: dark", "", "", "View", 5, checkable=True),
    Action("view.light", "Look: light", "", "", "View", 5, checkable=True),
)  # fmt: skip

_RUN = (
    Action("run.train", "Train", "Start afresh from the seed", "F5", "Run", 0, "play"),
    Action("run.continue", "Continue the selected run", "Go on with the weights of a run",
           "Ctrl+F5", "Run", 0),
    Action("run.try", "Try one batch", "One step of training, to see whether all fits",
           "Shift+F5", "Run", 0),
    Action("run.pause", "Pause or go on", "Stop after the step under way, with a checkpoint",
           "F6", "Run", 1, "pause"),
    Action("run.stop", "Stop", "End after the step under way, with a checkpoint", "F7", "Run", 1,
           "stop"),
)  # fmt: skip

_HELP = (
    Action("help.page", "Help", "What is under the pointer or in focus", "F1", "Help", 0, "help"),
    Action("help.shortcuts", "Keyboard shortcuts", "", "Ctrl+/", "Help", 0),
    Action("help.selftest", "Self-test", "Try every part on this machine", "", "Help", 1),
    Action("help.about", "About NNStudio", "Versions and licences", "", "Help", 1),
)  # fmt: skip

ACTIONS: dict[str, Action] = {
    action.id: action for action in (*_FILE, *_EDIT, *_GRAPH, *_VIEW, *_RUN, *_HELP)
}
"""All rows by id, in the order of the menus."""
