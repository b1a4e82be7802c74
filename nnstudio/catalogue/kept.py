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


_MORE: dict[str, Cost] = {
    **{f"{kind}Pool{n}d": _with_indices for kind in ("Max", "AdaptiveMax") for n in (1, 2, 3)},
    **{f"FractionalMaxPool{n}d": _with_indices for n in (2, 3)},
    "LSTM": _gates(16),
    "GRU": _gates(8),
    "RNN": _gates(2),
    "MultiheadAttention": _attended,
}
