"""What layers keep for the backward pass, where it is not just what they make.

Autograd keeps a tensor when the layer that made it, or one that takes it, needs it again. Each new
tensor is therefore counted once, at the layer that makes it; a view of another tensor is none. The
rows here are the exceptions; a test measures them against what torch really keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.spec import Cost, Resolved
from nnstudio.graph.dims import Dim, Shape, numel, total

VIEWS = frozenset(
    {"Identity", "Flatten", "Unflatten", "Reshape", "Permute", "Transpose", "Squeeze", "Unsqueeze"}
    | {
        "Expand",
        "Chunk",
        "Split",
        "Select",
        "Narrow",
        "Slice",
        "Detach",
        "Unbind",
        "Diagonal",
        "ExpandBatch",
    }
    | {"Parameter", "Buffer", "Constant"}
)
"""They show entries of a tensor that is there already."""

IN_ITS_PLACE = frozenset({"ReLU", "Tanh", "Sigmoid", "Softmax", "LogSoftmax", "Exp", "Sqrt"})
"""Their gradient follows from their result, so that it stays in the place of what they were fed."""


def kept(
    name: str, args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape], *, random: bool
) -> Dim:
    """Return how many elements of a layer stay in memory until the backward pass.

    Args:
        name: The layer.
        args: Its arguments.
        inputs: The shapes that arrive, one entry a port.
        outputs: The shapes that leave.
        random: Whether it draws a mask, as large as its output.
    """
    if name in VIEWS or name in IN_ITS_PLACE:
        return 0
    rule = _MORE.get(name)
    if rule is not None:
        return rule(args, inputs, outputs)
    made = numel(outputs[0]) if len(outputs) == 1 else total(map(numel, outputs))
    return 2 * made if random else made


def _with_indices(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    """The largest values, and where each was: eight bytes."""
    made: Dim = 3 * numel(outputs[0])
    return made


def _gates(count: int) -> Cost:
    def rule(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
        """The gates and states of every step, layer and direction; the input once more."""
        made: Dim = count * numel(outputs[0]) * args["num_layers"] + numel(inputs[0])
        return made

    return rule


def _attended(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    """Queries, keys, values, what the heads gather; the map of each head when it is wanted."""
    query, key = inputs[0], inputs[1]
    made: Dim = 5 * numel(outputs[0]) + numel(key)
    if args["need_weights"]:
        first = 0 if args["batch_first"] else 1
        maps = numel((args["num_heads"], query[first], query[1 - first], key[1 - first]))
        made = made + 2 * maps
    return made


def _encoded(args: Resolved, source: Shape) -> Dim:
    """One encoder layer: what its parts hand on, and as many masks and maps where it drops out."""
    steps, wide, maps = _inside(args, source, source)
    before = 1 if args["norm_first"] else 0  # the sum after the last part is not normalized
    if args["dropout"] != 0:
        made: Dim = (13 - before) * steps + 3 * wide + 3 * maps
    else:
        made = (9 - before) * steps + _activated(args) * wide
    return made


def _decoded(args: Resolved, target: Shape, memory: Shape) -> Dim:
    """One decoder layer; the keys and values of the memory are as long as that."""
    steps, wide, maps = _inside(args, target, target)
    seen, _, others = _inside(args, memory, target)
    before = 1 if args["norm_first"] else 0
    if args["dropout"] != 0:
        made: Dim = (19 - before) * steps + 3 * seen + 3 * wide + 3 * (maps + others)
    else:
        made = (14 - before) * steps + 2 * seen + _activated(args) * wide
    return made


def _inside(args: Resolved, seen: Shape, asking: Shape) -> tuple[Dim, Dim, Dim]:
    """The entries of what is seen, of the wide part of the layer, and of the maps of all heads."""
    first = 0 if args["batch_first"] else 1
    batch, steps = seen[first], seen[1 - first]
    wide = numel((batch, steps, args["dim_feedforward"]))
    return numel(seen), wide, numel((batch, args["nhead"], asking[1 - first], steps))


def _activated(args: Resolved) -> int:
    """ReLU keeps its result alone, GELU what it was fed as well."""
    return 2 if args["activation"] == "gelu" else 1


def _encoders(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    made: Dim = _encoded(args, inputs[0]) * args.get("num_layers", 1)
    return made


def _decoders(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    made: Dim = _decoded(args, inputs[0], inputs[1]) * args.get("num_layers", 1)
    return made


def _translated(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    """The layers of both halves, each with a normalization at its end."""
    source, target = inputs[0], inputs[1]
    encoders = _encoded(args, source) * args["num_encoder_layers"]
    decoders = _decoded(args, target, source) * args["num_decoder_layers"]
    made: Dim = encoders + decoders + numel(source) + numel(target)
    return made


_MORE: dict[str, Cost] = {
    **{f"{kind}Pool{n}d": _with_indices for kind in ("Max", "AdaptiveMax") for n in (1, 2, 3)},
    **{f"FractionalMaxPool{n}d": _with_indices for n in (2, 3)},
    "LSTM": _gates(16),
    "GRU": _gates(8),
    "RNN": _gates(2),
    "MultiheadAttention": _attended,
    "TransformerEncoderLayer": _encoders,
    "TransformerEncoder": _encoders,
    "TransformerDecoderLayer": _decoders,
    "TransformerDecoder": _decoders,
    "Transformer": _translated,
}
