"""English of every problem and repair: code -> (what happened and why, what to do).

Places in braces are filled from the problem's arguments. Codes are grouped by the room that raises
them: `file`, `graph`, `param`, `expr`, `shape`, `block`, `data`, `run`, `export`, `repair`,
    `usage`, `world`.
"""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------ documents and parameters
    "param.unknown": ("{layer} has no parameter {name}", "choose one of {choices}"),
    "param.type": ("{name} must be {expected}, not {value}", "type {expected}"),
    "param.range": ("{name} is {value} but must be {limits}", "type a value that is {limits}"),
    "param.choice": ("{name} cannot be {value}", "choose one of {choices}"),
    "param.missing": ("{name} has no value", "type {expected}"),
    "expr.syntax": ("the formula {text} cannot be read", "write it like 4 * dim"),
    "expr.name": ("the formula {text} uses the unknown name {name}", "use one of {choices}"),
    "expr.forbidden": (
        "the formula {text} uses {what}, which is not allowed",
        "use numbers, parameters and + - * / // % ** with small powers",
    ),
    "expr.value": ("the formula {text} has no value: {why}", "change the formula"),
    "text.id": ("{value} cannot be an id", "use 1 to 40 letters, digits, - and _"),
    "text.layer": ("{value} cannot be the name of a layer", "use letters, digits, - and _"),
    "text.argument": ("{value} cannot be the name of a parameter", "use letters, digits and _"),
    "text.long": ("{name} has more than {limit} characters", "shorten it"),
    "text.lines": ("{name} has more than one line", "write it on one line"),
    "text.unseen": ("{name} holds the character {character}, which cannot be seen", "remove it"),
    "value.number": ("a number is not finite or too large", "type a smaller number"),
    "value.depth": ("a value is nested more than {limit} deep", "make it flatter"),
    "value.entries": ("a list has more than {limit} entries", "shorten it"),
    "value.type": ("a document cannot hold a {value}", "use a number, a text, a list or a formula"),
    # ------------------------------------------------------------------ files that are read
    "file.size": ("the file has more than {limit} bytes", "check that it is an NNStudio project"),
    "file.encoding": ("the file is not text in UTF-8", "check that it is an NNStudio project"),
    "file.syntax": ("the file is no valid JSON: {why}", "mend it there or take an older copy"),
    "file.duplicate": ("{name} stands twice in one object", "remove one of the two"),
    "file.number": ("the number {text} is not finite or has too many digits", "write a smaller one"),
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
    "settings.broken": (
        "the settings could not be read and stand as {path} now",
        "set again what differs from the defaults",
    ),
    "settings.unknown": ("there is no setting {name}", "choose one of {choices}"),
    "world.exists": ("{path} is already there", "choose another name, or move it away first"),
    "world.file": ("{path} cannot be used: {why}", "check that it exists and may be used"),
    "world.read": ("{path} cannot be read: {why}", "check that it exists and may be read"),
    "world.write": ("{path} cannot be written: {why}", "free some space or choose another folder"),
    # ------------------------------------------------------------------ what an edit cannot do
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
    "setting.no_data": ("no data is chosen", "choose the data first"),
    "setting.unknown": ("there is no setting {path}", "check the spelling"),
    # ------------------------------------------------------------------ shapes (catalogue)
    "shape.signature": ("the signature {signature} cannot be read: {why}", "write it as *S D -> *S D"),
    "shape.open": ("{layer} receives nothing at its input {port}", "connect the input"),
    "shape.extra_input": ("{layer} has {ports} inputs but {count} are connected", "remove an edge"),
    "shape.rank": (
        "{layer} expects a tensor of {dims} but receives {shape}, which has {rank} dims",
        "bring the tensor to the dims {dims}",
    ),
    "shape.features": (
        "{layer} expects {expected} features but receives {actual}",
        "let {name} follow from the input, or bring the last dim to {expected}",
    ),
    "shape.channels": (
        "{layer} expects {expected} channels but receives {actual}",
        "let {name} follow from the input, or bring the channels to {expected}",
    ),
    "shape.size": ("{layer} expects {name} = {expected} but receives {actual}", "make them equal"),
    "shape.fixed": ("{layer} expects a dim of size {expected} but receives {actual}", "change it"),
    "shape.sizes": (
        "the inputs of {layer} disagree: {name} is {expected} in one and {actual} in another",
        "make the two equal",
    ),
    "shape.disagree": ("the inputs of {layer} disagree: {left} and {right}", "make the two equal"),
    "shape.unbound": ("the signature of {layer} uses {name}, which has no value", "give it one"),
    "shape.empty": (
        "{layer} would make the shape {shape}, which holds nothing",
        "use a smaller kernel or stride, or more padding",
    ),
    "shape.kernel": (
        "the kernel of {layer} reaches over {kernel} but the input has {size} + 2 × {padding}",
        "use a smaller kernel, more padding, or pool less before",
    ),
    "shape.scale": (
        "{layer} cannot tell the size of {size} times {factor}, since torch's rounding decides",
        "give the size itself, or a factor such as 0.5, 1.25 or 2",
    ),
    # ------------------------------------------------------------------ runs
    "non_finite": ("{message}", "{hint}"),
    "exception": ("{type}: {text}", "look at the shapes and settings of this node ({inputs})"),
    "run.none": ("{path} is no run folder", "name a .nns file or the folder of a run"),
    "run.words": ("{message}", "{hint}"),
    "run.memory": (
        "the step needs more memory than there is: {why}",
        "take a smaller batch size or a smaller network",
    ),
    "run.disk": ("the disk refused: {why}", "make room or bring the folder back, then go on"),
    "run.checkpoint": ("the checkpoint cannot be used: {why}", "go on from another checkpoint"),
    "run.device": ("the device cannot be used: {why}", "{hint}"),
    "run.data": ("the data cannot be read: {why}", "{hint}"),
    "run.usage": ("the run was started with settings that it does not take", "look at its log"),
    "run.loaded": ("the run in {path} is loaded twice", "end the other one first"),
    "run.busy": ("the run in {path} is already going on", "end it first, or watch that one"),
    "run.unreadable": ("{path} cannot be read: {why}", "choose another run"),
    "run.changed": (
        "{path} is not the file that was written for this run",
        "start the run again from the project",
    ),
    "run.untrusted": (
        "the layer {name} is Python code that is not trusted on this machine",
        "read it, then trust it",
    ),
    "run.code": ("the code of the run could not be written: {why}", "look at the problems"),
    "run.torch": ("PyTorch could not be loaded: {why}", "install it again"),
    "run.crashed": (
        "the process of the run died: {how}; what it learned since its last checkpoint is lost",
        "go on from the last checkpoint",
    ),
    "run.gone": (
        "the run ended without a word, together with the window that it ran in",
        "go on from the last checkpoint",
    ),
    "run.home": ("a run cannot be started {home}", "choose thread or process"),
    "usage.template": ("there is no template {name}", "choose one of {choices}"),
    "usage.setting": ("{word} sets nothing", "write it like optimizer.lr=0.01"),
    "export.exists": ("{path} is already there and holds other files", "choose another folder"),
    "export.problems": ("the project has problems, so no code can be written", "mend them first"),
    "export.data": ("the data file {path} is missing", "choose the data again"),
    "export.differs": (
        "the export does not do what the application does: {what}",
        "write the export again",
    ),
    "export.failed": ("the export could not be run: {why}", "look at what it printed"),
    "shape.divisible": (
        "{layer} cannot divide {name} = {value} by {by}",
        "change one of the two numbers",
    ),
    "shape.dim": (
        "{layer} works on {name} = {value}, but the tensor has {rank} dims",
        "choose one from 0 to {rank} - 1, or a negative one counted from the end",
    ),
    "shape.needs_number": (
        "{name} of {layer} is the formula {value}, but it decides more than a size",
        "type a plain number",
    ),
    "shape.dim_twice": ("{layer} names a dim twice in {dims}", "name every dim once"),
    "shape.entries": (
        "{name} of {layer} has {entries} numbers but there are {count} spatial dims",
        "type one number, or {count}",
    ),
    "shape.order": (
        "{low} of {layer} is {lowest} but {high} is {highest}",
        "make {low} smaller than {high}",
    ),
    "shape.name": (
        "{layer} cannot be made before the size {name} is known",
        "type a number in the place of {name}",
    ),
    "shape.broadcast": (
        "{layer} cannot combine {left} and {right}: {a} and {b} differ",
        "bring the two to the same shape, or one of the two sizes to 1",
    ),
    "shape.matmul": (
        "{layer} multiplies rows of {left} with columns of {right}",
        "make the last dim of the first input equal to the last but one of the second",
    ),
    "shape.join": (
        "{layer} cannot join {left} and {right}: they differ in a dim other than {dim}",
        "crop, pad or resize one of them",
    ),
    "shape.reshape": (
        "{layer} cannot arrange {total} entries as {wanted}",
        "choose sizes whose product is {total}, or -1 for one of them",
    ),
    "shape.reshape_open": (
        "{name} of {layer} must hold sizes of at least 1, and -1 once at most; it is {wanted}",
        "type the sizes and -1 for the rest",
    ),
    "shape.no_sizes": ("{name} of {layer} is empty", "type at least one number"),
    "shape.permute": (
        "{layer} must name each of the {rank} dims once, not {dims}",
        "list the dims 0 to {rank} - 1 in their new order",
    ),
    "shape.squeeze": (
        "{layer} takes away a dim of size 1, but dim {dim} has size {size}",
        "choose a dim of size 1, or a Select or Mean instead",
    ),
    "shape.expand": (
        "{layer} cannot stretch {shape} to {wanted}",
        "only dims of size 1 stretch; give every dim a size or -1, new dims a size in front",
    ),
    "shape.chunks": (
        "{layer} cannot make {chunks} parts of a dim of size {size}",
        "ask for fewer parts",
    ),
    "shape.split": (
        "the parts of {layer} have {total} entries together but the dim has {size}",
        "make the sizes add up to {size}",
    ),
    "shape.index": (
        "{layer} takes the entry {index} of a dim of size {size}",
        "choose an index below {size}; -1 is the last",
    ),
    "shape.narrow": (
        "{layer} takes {length} entries from {start} on, but the dim has {size}",
        "start earlier or take fewer",
    ),
    "shape.last_dims": (
        "{layer} normalizes over {expected} but receives {actual}",
        "let normalized_shape follow from the input",
    ),
    "shape.one_place": (
        "{layer} receives {shape}, a single place for each channel, of which nothing is left",
        "normalize before the picture has shrunk to one place, or take another normalization",
    ),
    "shape.slopes": (
        "{layer} has {slopes} slopes but receives {channels} channels",
        "use one slope, or as many as there are channels",
    ),
    "shape.same": (
        "padding = same of {layer} goes with a stride of 1 only",
        "set the stride to 1, or give the padding as a number",
    ),
    "shape.mirror": (
        "{layer} fills {padding} rows from an input of size {size}, which padding = {mode} cannot",
        "use less padding, or zeros",
    ),
    "shape.output_padding": (
        "output_padding of {layer} is {value} but must be smaller than {limit}",
        "use a smaller output_padding or a larger stride",
    ),
    "shape.pool_padding": (
        "padding of {layer} is {padding} but its window allows {limit}",
        "use a padding of at most half of the window",
    ),
    "shape.padding_idx": (
        "padding_idx of {layer} is {index} but there are {rows} vectors",
        "choose an index below {rows}",
    ),
    "shape.pad": (
        "padding of {layer} must be pairs of numbers for at most {rank} dims, not {padding}",
        "type before and after for the last dim, then for the one before it",
    ),
    "shape.pad_mode": (
        "{layer} pads {dims} of {rank} dims, but the mode {mode} leaves the first one or two alone",
        "give pairs for all dims but the first one or two, at most three, or take the mode constant",
    ),
    "shape.crop": ("{layer} cuts {cut} entries off a dim of size {size}", "cut off less"),
    "shape.pad_value": (
        "value of {layer} is {value}, but the mode {mode} takes what it adds from the input",
        "set value to 0, or take the mode constant",
    ),
    "shape.resize": (
        "{layer} cannot resize {shape} in the mode {mode}",
        "linear takes 3 dims, bilinear and bicubic 4, trilinear 5; nearest takes them all",
    ),
    "shape.align": ("align_corners of {layer} means nothing in the mode {mode}", "leave it open"),
    "shape.both": ("{layer} needs {first} and {second} together", "connect both, or none"),
    "shape.state": ("{layer} expects {wanted} at {name} but receives {shape}", "match the shape"),
    "shape.projection": (
        "proj_size of {layer} is {value} but must be smaller than hidden_size = {hidden}",
        "use a smaller proj_size, or 0 for none",
    ),
    "shape.one_layer_dropout": (
        "dropout of {layer} acts between its layers, but it has one",
        "set dropout to 0 and add a Dropout behind it, or use two layers",
    ),
    "shape.too_long_sequence": (
        "{layer} knows {length} places but receives {steps} steps",
        "raise length to {steps}",
    ),
    "shape.causal_mask": (
        "{layer} takes either is_causal or a mask",
        "switch is_causal off, or disconnect the mask",
    ),
    # ------------------------------------------------------------------ repairs
    "repair.set": ("set {args}", ""),
    "repair.unpin": ("let it follow from the input ({args})", ""),
    "repair.replace": ("take {layer} instead", ""),
    "repair.flatten": ("insert Flatten", ""),
    "repair.unflatten": ("insert Unflatten ({args})", ""),
    "repair.unsqueeze": ("insert Unsqueeze ({args})", ""),
    "repair.project": ("insert Linear ({args})", ""),
    "repair.channels": ("insert {layer} ({args})", ""),
    "repair.pad": ("insert Pad ({args})", ""),
    "repair.transpose": ("insert Transpose ({args})", ""),
    # ------------------------------------------------------------------ analysis (compiler)
    "shape.late": (
        "{name} would be {size}, but {names} is known only when the network runs",
        "give the input a fixed size there, or pool to a fixed size first",
    ),
    "shape.too_long": (
        "the size that it makes is a formula too long to work with",
        "use simpler formulas",
    ),
    "shape.one_edge": ("{layer} takes one edge at this input, not {count}", "join them first"),
    "shape.no_output": (
        "{source} has no output number {output}; it has {count}",
        "connect one of those",
    ),
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
    "block.inside": (
        "with these sizes {node} inside {block} fails: {message}",
        "change what reaches the block, or open it",
    ),
    "block.deep": ("blocks are nested more than {limit} deep", "dissolve some of them"),
    "block.count": (
        "the number of copies is {count} but must be a whole number from 1 to {most}",
        "type such a number",
    ),
    "block.copies": (
        "{name} differs from copy to copy, but how many copies there are depends on {count}",
        "type the number of copies, or leave i out",
    ),
    "block.copy": ("copy {copy} does not fit: {message}", "change the formula or the number"),
    "block.repeat_input": (
        "a repeated node hands its first input on, but none is connected to a plain first input",
        "connect its first input, or repeat a block",
    ),
    "block.repeat_shape": (
        "it cannot be repeated, since it turns the shape {before} into {after}",
        "make both shapes equal",
    ),
    "block.map_shape": (
        "the copies cannot stand side by side, since one makes {shape} and the first {first}",
        "let all copies make the same shape",
    ),
    "share.missing": ("{node} borrows weights from a node that has none to lend", "choose another"),
    "share.layer": (
        "{node} borrows the weights of {owner}, which is another layer ({layer})",
        "choose a node of the same layer",
    ),
    "share.nothing": (
        "{node} borrows the weights of {owner}, which has none",
        "choose a node that has weights",
    ),
    "share.bypassed": (
        "{node} borrows the weights of {owner}, which is left out",
        "take {owner} in again, or choose another node",
    ),
    "share.differs": (
        "{node} borrows the weights of {owner}, which has {name} {expected}; here it would be {actual}",
        "let the same shape reach both, or give it weights of its own",
    ),
    "share.repeated": (
        "{node} cannot borrow one parameter where copies are repeated",
        "borrow the whole layer, or take the repeat away",
    ),
    "share.shape": (
        "{parameter} of {owner} has the shape {theirs}, but {name} of {node} needs {mine}",
        "make the sizes equal, or give it weights of its own",
    ),
    "share.unknown": ("{owner} has no weights called {name}", "choose one of {choices}"),
    "loop.unknown": ("there is no training loop called {name}", "choose one of {choices}"),
    "loop.unknown_choice": ("there is no {what} called {name}", "choose one of {choices}"),
    "loop.role_open": (
        "{loop} trains a network in the role {role}, but none has it",
        "add a network and give it this role",
    ),
    "loop.role_unknown": (
        "{graph} has the role {role}, which the loop does not use",
        "choose one of {choices}",
    ),
    "loop.no_role": (
        "{graph} has no role, so nothing trains it",
        "give it a role: {choices}",
    ),
    "loop.role_twice": ("{graph} has the role {role} like another network", "choose one of {choices}"),
    "data.unknown_reader": ("there is no reader of data called {name}", "choose one of {choices}"),
    "data.inputs": (
        "{graph} has {inputs} inputs but a sample has {parts}",
        "add or remove inputs",
    ),
    "data.input_shape": (
        "the input is {shape} but a sample is {sample}",
        "give the input the shape of a sample",
    ),
    "data.outputs": ("the loop trains on one output, but there are {count}", "keep one output"),
    "data.output_rank": (
        "the output is {shape} but classes need N × classes",
        "end with Flatten and Linear",
    ),
    "data.classes": (
        "there are {classes} classes but the output has {features} features",
        "let the last layer have {classes} features",
    ),
    "data.target": (
        "the output of a sample is {shape} but its target is {target}",
        "let the last layer make the shape of the target",
    ),
    "data.loss": ("{loss} cannot judge a {task}", "choose one of {choices}"),
    "data.none": ("there is no data to train on", "choose data"),
    "code.custom_name": (
        "{name} cannot be the name of a Python class",
        "use letters, digits and single underscores",
    ),
    "code.map_outputs": (
        "copies side by side cannot return a memory as well",
        "put the layer into a block that returns only what is needed",
    ),
    "code.forbidden": (
        "the code would hold {what} in line {line}, which NNStudio never writes",
        "report this as a fault of NNStudio, or distrust the file",
    ),
    "run.too_large": (
        "there would be {weights} weights, and no machine holds more than {most}",
        "use smaller sizes",
    ),
    "run.large": (
        "{weights} weights need several times their four bytes each to be trained",
        "use smaller sizes, or a machine with enough memory",
    ),
    "run.trust": (
        "{layer} is Python code that runs when the network runs",
        "read it, and trust it only if you know where it comes from",
    ),
    "repair.own_weights": ("give it weights of its own", ""),
    "repair.output": ("add an Output behind it", ""),
    # ------------------------------------------------------------------ canvas and clipboard
    "connect.itself": ("{node} cannot feed itself", "choose another node"),
    "connect.circle": (
        "{source} depends on {target}, so that this edge would close a circle",
        "connect the other way round, or repeat the nodes as a loop",
    ),
    "connect.shape": ("{source} gives {given}, but {target} takes {expected}: {why}", "{what}"),
    "connect.rank": ("{source} gives {given}, but {target} takes {expected}", "{what}"),
    "connect.same_side": ("an edge runs from an output to an input", "end it at the other side"),
    "paste.foreign": (
        "the clipboard holds no nodes of NNStudio: {why}",
        "copy nodes on a canvas first",
    ),
    "paste.empty": ("the clipboard holds no nodes", "copy nodes on a canvas first"),
    # ------------------------------------------------------------------ names of edits (history)
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
"""Other rooms add their codes here, so that one file holds all the words."""
