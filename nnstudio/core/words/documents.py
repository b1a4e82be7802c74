"""Words about documents: what is read, typed, edited, opened and saved."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # ---------------------------------------------------------------------- param
    "param.unknown": ("{layer} has no parameter {name}", "choose one of {choices}"),
    "param.type": ("{name} must be {expected}, not {value}", "type {expected}"),
    "param.range": ("{name} is {value} but must be {limits}", "type a value that is {limits}"),
    "param.choice": ("{name} cannot be {value}", "choose one of {choices}"),
    "param.missing": ("{name} has no value", "type {expected}"),
    # ---------------------------------------------------------------------- expr
    "expr.syntax": ("the formula {text} cannot be read", "write it like 4 * dim"),
    "expr.name": ("the formula {text} uses the unknown name {name}", "use one of {choices}"),
    "expr.forbidden": (
        "the formula {text} uses {what}, which is not allowed",
        "use numbers, parameters and + - * / // % ** with small powers",
    ),
    "expr.value": ("the formula {text} has no value: {why}", "change the formula"),
    # ---------------------------------------------------------------------- text
    "text.id": ("{value} cannot be an id", "use 1 to 40 letters, digits, - and _"),
    "text.layer": ("{value} cannot be the name of a layer", "use letters, digits, - and _"),
    "text.argument": ("{value} cannot be the name of a parameter", "use letters, digits and _"),
    "text.long": ("{name} has more than {limit} characters", "shorten it"),
    "text.lines": ("{name} has more than one line", "write it on one line"),
    "text.unseen": ("{name} holds the character {character}, which cannot be seen", "remove it"),
    # ---------------------------------------------------------------------- value
    "value.number": ("a number is not finite or too large", "type a smaller number"),
    "value.depth": ("a value is nested more than {limit} deep", "make it flatter"),
    "value.entries": ("a list has more than {limit} entries", "shorten it"),
    "value.type": ("a document cannot hold a {value}", "use a number, a text, a list or a formula"),
    # ---------------------------------------------------------------------- file
    "file.size": ("the file has more than {limit} bytes", "check that it is an NNStudio project"),
    "file.encoding": ("the file is not text in UTF-8", "check that it is an NNStudio project"),
    "file.syntax": ("the file is no valid JSON: {why}", "mend it there or take an older copy"),
    "file.duplicate": ("{name} stands twice in one object", "remove one of the two"),
    "file.number": (
        "the number {text} is not finite or has too many digits",
        "write a smaller one",
    ),
    "file.depth": ("the file is nested more than {limit} deep", "make it flatter"),
    "file.text": ("a text holds half a character", "remove it"),
    "file.not_ours": ("the file is no NNStudio project", "open a file that NNStudio has saved"),
    "file.newer": (
        "the file has format {version}, but this NNStudio knows formats up to {known}",
        "install a newer NNStudio",
    ),
    "file.version": ("{version} is no version of the format", "take an older copy of the file"),
    "file.type": ("{what} must be {expected}", "mend it there or take an older copy"),
    "file.missing": ("the member {name} is missing", "add it or take an older copy"),
    "file.member": ("the member {name} is unknown here", "remove it"),
    "file.too_many": ("there are more than {limit} entries", "make it smaller"),
    "file.damaged": ("the content of {name} is not what was written", "take another copy"),
    "file.too_large_to_save": (
        "the project would take {size} bytes, more than the {limit} that can be opened again",
        "shorten notes and sources",
    ),
    # ---------------------------------------------------------------------- settings
    "settings.broken": (
        "the settings could not be read and stand as {path} now",
        "set again what differs from the defaults",
    ),
    "settings.unknown": ("there is no setting {name}", "choose one of {choices}"),
    # ---------------------------------------------------------------------- document
    "document.read_only": (
        "another window has this project open, so that it can only be read here",
        "save it under another name",
    ),
    "document.no_file": ("the project has no file yet", "choose a name for it"),
    "document.elsewhere": ("another window has {path} open", "choose another name"),
    "document.no_journal": (
        "there is no folder in which unsaved work can be kept",
        "save the project to a file first",
    ),
    "document.foreign": ("{name} is no NNStudio project", "drop a file that ends in .nns"),
    "document.many": ("a window shows one project, but {count} files came", "drop one of them"),
    # ---------------------------------------------------------------------- ui
    "ui.no_display": (
        "there is no display to open a window on",
        "use a desktop, or the commands that need none: nnstudio --help",
    ),
    # ---------------------------------------------------------------------- graph
    "graph.no_graph": ("there is no graph {graph}", "choose one that exists"),
    "graph.no_node": ("there is no node {node}", "choose one that exists"),
    "graph.no_input": ("{node} has no edge at this input", "choose an edge that exists"),
    "graph.no_block": ("there is no block {block}", "choose one that exists"),
    "graph.taken": ("the id {id} is taken", "use another id"),
    "graph.output": ("a node has no output {output}", "use an output from 0 to 63"),
    "graph.cycle": (
        "the edges would run in a circle: {path}",
        "remove one of them, or repeat the nodes as a loop",
    ),
    "graph.contains_itself": (
        "a block would contain itself: {path}",
        "take one of the uses out of its own block",
    ),
    "graph.too_many": ("a document holds at most {limit} nodes", "group repeated parts as a block"),
    "graph.share_itself": (
        "{node} would borrow its weights from itself",
        "choose a node that owns its weights",
    ),
    "graph.position": ("a position is not a finite number", "move the node again"),
    "graph.empty_selection": ("no nodes are selected", "select at least one node"),
    "graph.group_ends": (
        "inputs and outputs of a graph cannot go into a block",
        "leave them out of the selection",
    ),
    "graph.group_around": (
        "a path leaves the selection at {node} and comes back",
        "select the nodes on that path too",
    ),
    "graph.group_share": (
        "{node} borrows its weights across the border of the selection",
        "select both nodes or neither",
    ),
    "graph.ungroup_layer": ("{node} is not the use of a block", "choose a node that uses a block"),
    "graph.ungroup_one": (
        "{node} is repeated, shared or bypassed, so that its block cannot be dissolved",
        "make it a plain single use first",
    ),
    "graph.ungroup_value": (
        "{node} gives no value for {name}, which the block uses",
        "give the parameter a value first",
    ),
    "graph.block_used": ("the block {block} is used {count} times", "remove its uses first"),
    "graph.role_taken": ("the role {role} is filled by {graph}", "choose another role"),
    "graph.unknown_layer": (
        "the layer {layer} is not known here",
        "replace it, or get the version or the block that it comes from",
    ),
    "graph.empty": ("{graph} is empty", "add an Input, some layers and an Output"),
    "graph.params": ("{graph} is a network, which has no parameters", "turn it into a block"),
    "graph.no_inputs": ("{graph} has no Input, so no data can reach it", "add an Input"),
    "graph.no_outputs": ("{graph} has no Output, so it returns nothing", "add an Output"),
    "graph.unused": ("nothing uses what {node} makes", "connect it or remove it"),
    "graph.same_name": ("several are called {name}", "give each a name of its own"),
    "graph.none": ("there is no network in this project", "add a network"),
    # ---------------------------------------------------------------------- setting
    "setting.no_data": ("no data is chosen", "choose the data first"),
    "setting.unknown": ("there is no setting {path}", "check the spelling"),
    # ---------------------------------------------------------------------- connect
    "connect.itself": ("{node} cannot feed itself", "choose another node"),
    "connect.circle": (
        "{source} depends on {target}, so that this edge would close a circle",
        "connect the other way round, or repeat the nodes as a loop",
    ),
    "connect.shape": ("{source} gives {given}, but {target} takes {expected}: {why}", "{what}"),
    "connect.rank": ("{source} gives {given}, but {target} takes {expected}", "{what}"),
    "connect.same_side": ("an edge runs from an output to an input", "end it at the other side"),
    # ---------------------------------------------------------------------- paste
    "paste.foreign": (
        "the clipboard holds no nodes of NNStudio: {why}",
        "copy nodes on a canvas first",
    ),
    "paste.empty": ("the clipboard holds no nodes", "copy nodes on a canvas first"),
    # ---------------------------------------------------------------------- edit
    "edit.add_node": ("add {layer}", ""),
    "edit.remove_nodes": ("remove {count} nodes", ""),
    "edit.set_args": ("set {names}", ""),
    "edit.reset_arg": ("reset {name}", ""),
    "edit.rename": ("rename to {name}", ""),
    "edit.set_note": ("change a note", ""),
    "edit.set_trainable": ("freeze or unfreeze", ""),
    "edit.set_bypass": ("bypass or restore", ""),
    "edit.set_repeat": ("change the repeat", ""),
    "edit.set_share": ("change shared weights", ""),
    "edit.move_nodes": ("move {count} nodes", ""),
    "edit.replace_node": ("replace by {layer}", ""),
    "edit.connect": ("connect", ""),
    "edit.disconnect": ("disconnect", ""),
    "edit.insert_on_edge": ("insert {layer}", ""),
    "edit.set_block_params": ("change the parameters of a block", ""),
    "edit.add_graph": ("add the network {name}", ""),
    "edit.remove_graph": ("remove a network", ""),
    "edit.rename_graph": ("rename to {name}", ""),
    "edit.set_graph_note": ("change a note", ""),
    "edit.set_role": ("let a network be the {role}", ""),
    "edit.add_block": ("add the block {name}", ""),
    "edit.remove_block": ("remove a block", ""),
    "edit.set_custom": ("change the layer {name}", ""),
    "edit.remove_custom": ("remove a layer of one's own", ""),
    "edit.group_nodes": ("group into {name}", ""),
    "edit.ungroup_node": ("ungroup", ""),
    "edit.paste_nodes": ("paste {count} nodes", ""),
    "edit.duplicate_nodes": ("duplicate {count} nodes", ""),
    "edit.set_data": ("choose the data", ""),
    "edit.set_loop": ("choose the loop {name}", ""),
    "edit.set_setting": ("set {path}", ""),
    "edit.set_project_name": ("rename to {name}", ""),
    "edit.set_project_note": ("change a note", ""),
    "edit.batch": ("{label}", ""),
}
