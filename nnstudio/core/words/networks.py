"""Words about networks: shapes, blocks, sharing, data that fits, and how to mend them."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # ---------------------------------------------------------------------- repair
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
    "repair.own_weights": ("give it weights of its own", ""),
    "repair.output": ("add an Output behind it", ""),
    # ---------------------------------------------------------------------- block
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
    "block.repeat_list": (
        "it cannot be repeated, since it makes a list of tensors",
        "repeat a block that takes the list apart",
    ),
    "block.map_shape": (
        "the copies cannot stand side by side, since one makes {shape} and the first {first}",
        "let all copies make the same shape",
    ),
    # ---------------------------------------------------------------------- share
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
        "{node} borrows the weights of {owner}, whose {name} is {expected}; here it is {actual}",
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
    # ---------------------------------------------------------------------- loop
    "loop.none": (
        "no training loop is chosen, so the networks can be drawn and exported but not trained",
        "choose {choices} under Training, where one of them suits the networks",
    ),
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
    "loop.no_role": ("{graph} has no role, so nothing trains it", "give it a role: {choices}"),
    "loop.role_twice": (
        "{graph} has the role {role} like another network",
        "choose one of {choices}",
    ),
    # ---------------------------------------------------------------------- data
    "data.unknown_reader": ("there is no reader of data called {name}", "choose one of {choices}"),
    "data.inputs": ("{graph} has {inputs} inputs but a sample has {parts}", "add or remove inputs"),
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
    "data.weights": (
        "{name} of {loss} has {entries} numbers but there are {classes} classes",
        "type {classes} numbers, or leave it open",
    ),
    "data.loss": ("{loss} cannot judge a {task}", "choose one of {choices}"),
    "data.unreadable": ("{what}", "{hint}"),
    "data.unread": ("the data could not be read: {why}", "try again, or look at the file"),
    "data.none": (
        "this project has no data to train on yet",
        "choose data for it; its network can be exported without",
    ),
    # ---------------------------------------------------------------------- code
    "code.custom_name": (
        "{name} cannot be the name of a Python class",
        "use letters, digits and single underscores",
    ),
    "code.custom_source": ("{layer} is no Python: {why}", "mend its text"),
    "code.map_outputs": (
        "copies side by side cannot return a memory as well",
        "put the layer into a block that returns only what is needed",
    ),
    "code.forbidden": (
        "the code would hold {what} in line {line}, which NNStudio never writes",
        "report this as a fault of NNStudio, or distrust the file",
    ),
}
