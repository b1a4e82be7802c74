"""Words about shapes: what a layer expects, and what it receives instead."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # ---------------------------------------------------------------------- shape
    "shape.signature": ("the signature {signature} cannot be read: {why}", "write *S D -> *S D"),
    "shape.open": ("{layer} receives nothing at {port}", "connect the input"),
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
    "shape.brackets": (
        "{layer} cannot read the index {index}",
        "type numbers and slices with commas, such as :, 1:5 or ..., ::2 or None",
    ),
    "shape.brackets_rank": (
        "the index {index} of {layer} names {count} dims, but the tensor has {rank}",
        "name fewer dims",
    ),
    "shape.gather": (
        "the index of {layer} is {shape}, but the tensor is {wanted}",
        "give it as many dims, and no larger size except along the dim",
    ),
    "shape.unbind": (
        "{layer} cannot take a dim of size {size} apart, since each entry becomes an output",
        "use a dim of at most {most} entries, or Select",
    ),
    "shape.diagonal": (
        "{layer} cannot tell how long the diagonal of {rows} × {columns} is",
        "give both dims a size, or make them equal",
    ),
    "shape.top": ("{layer} keeps {k} of {size} entries", "keep at most {size}"),
    "shape.per_dim": (
        "{name} of {layer} has {entries} numbers but there are {count} dims",
        "type {count} numbers",
    ),
    "shape.einsum": (
        "{layer} cannot read the equation {equation}",
        "write letters for dims, such as bij,bjk->bik",
    ),
    "shape.einsum_inputs": (
        "the equation {equation} of {layer} is for {terms} inputs, but {edges} are connected",
        "connect {terms}, or change the equation",
    ),
    "shape.einsum_rank": (
        "{term} in the equation {equation} of {layer} names other dims than {shape} has",
        "write one letter for each of the {rank} dims, or ... for the rest",
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
        "give pairs for all dims but the first one or two, or take the mode constant",
    ),
    "shape.sides": (
        "padding of {layer} has {entries} numbers but there are {count} sides",
        "type one number, or {count}",
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
    "shape.either": (
        "{layer} takes either {first} or {second}",
        "give one of the two, and leave the other one open",
    ),
    "shape.recompute": (
        "recompute_scale_factor of {layer} means nothing where the size is given",
        "leave it open",
    ),
    "shape.unpool": (
        "output_size of {layer} is {value}, but {usual} or a little more or less was pooled",
        "choose a size less than {stride} away from {usual}, or leave it open",
    ),
    "shape.bag": (
        "{layer} receives {shape}, which has {rank} dims",
        "give it N × L indices, or one long list of them with offsets",
    ),
    "shape.no_bags": (
        "{layer} gets one offset and takes it for the end, so that no bag is left",
        "switch include_last_offset off, or give more offsets",
    ),
    "shape.bag_max": (
        "scale_grad_by_freq of {layer} means nothing in the mode max",
        "switch it off, or take the mode mean or sum",
    ),
    "shape.bag_weights": (
        "{layer} weighs its vectors in the mode sum only, not {mode}",
        "set mode to sum, or disconnect the weights",
    ),
    "shape.class_weights": (
        "{name} of {layer} has {entries} numbers but there are {count} classes",
        "type {count} numbers, or leave it open",
    ),
    "shape.ignored": (
        "{layer} cannot leave out class {index}, since its target holds a share of every class",
        "take ignore_index back to its default",
    ),
    "shape.cutoffs": (
        "{layer} cannot divide {classes} classes at {cutoffs}",
        "type rising numbers below {classes}, fewer groups, or more features",
    ),
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
}
