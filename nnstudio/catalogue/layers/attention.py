"""Attention: each step looks at all others and takes what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.broadcast import expect
from nnstudio.catalogue.faults import ShapeError, set_to, unpin
from nnstudio.catalogue.fields import WIDEST, auto, bias, count, flag, probability, torch_page
from nnstudio.catalogue.sizes import divides
from nnstudio.catalogue.spec import Code, LayerSpec, Resolved
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, numel, show, show_shape

_SAME = "Features of the {}; the same as embed_dim by itself."


def _steps_first(args: Resolved, shape: Shape) -> tuple[Dim, Dim]:
    """Return batch and number of steps."""
    return (shape[0], shape[1]) if args["batch_first"] else (shape[1], shape[0])


def _attend(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    query, key = inputs[:2]
    batch, steps = _steps_first(args, query)
    _, seen = _steps_first(args, key)
    if args["need_weights"]:
        weights: Shape = (batch, steps, seen)
        if not args["average_attn_weights"]:
            weights = (batch, args["num_heads"], steps, seen)
        return (query, _longer(args, weights))
    return (query,)


def _longer(args: Resolved, weights: Shape) -> Shape:
    """Return the shape of the weights with what add_bias_kv and add_zero_attn append."""
    return (*weights[:-1], weights[-1] + args["add_bias_kv"] + args["add_zero_attn"])


def _check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    query, key, value, padding, mask = inputs
    divides("num_heads", args["num_heads"], "embed_dim", args["embed_dim"])
    _widths(args, key, value)
    batch, steps = _steps_first(args, query)
    others, seen = _steps_first(args, key)
    _same("key", key, "value", value, slice(0, 2))
    if equal(batch, others) is False:
        raise ShapeError("shape.sizes", name="N", expected=show(batch), actual=show(others))
    if padding is not None:
        expect("key_padding_mask", padding, (batch, seen))
    if mask is not None:
        expect(
            "attn_mask",
            mask,
            (steps, seen) if len(mask) == 2 else (batch * args["num_heads"], steps, seen),
        )


def _widths(args: Resolved, key: Shape, value: Shape) -> None:
    """Compare the features of key and value with what the layer is built for."""
    for name, shape in (("kdim", key), ("vdim", value)):
        wanted = args["embed_dim"] if args[name] is None else args[name]
        if equal(wanted, shape[-1]) is False:
            pinned = unpin(name) if args[name] is not None else None
            size = shape[-1]
            fixes = (set_to(**{name: size}),) if type(size) is int else (pinned,) if pinned else ()
            raise ShapeError(
                "shape.size", *fixes, name=name, expected=show(wanted), actual=show(size)
            )


def _same(first: str, left: Shape, second: str, right: Shape, part: slice) -> None:
    if any(equal(a, b) is False for a, b in zip(left[part], right[part], strict=True)):
        values = {"left": show_shape(left, " × "), "right": show_shape(right, " × ")}
        raise ShapeError("shape.disagree", **values)


def _tensors(args: Resolved) -> Mapping[str, Shape]:
    wide = args["embed_dim"]
    key, value = (wide if args[name] is None else args[name] for name in ("kdim", "vdim"))
    made: dict[str, Shape] = {"in_proj_weight": (3 * wide, wide)}
    if key != wide or value != wide:
        made = {
            "q_proj_weight": (wide, wide),
            "k_proj_weight": (wide, key),
            "v_proj_weight": (wide, value),
        }
    if args["bias"]:
        made |= {"in_proj_bias": (3 * wide,), "out_proj.bias": (wide,)}
    if args["add_bias_kv"]:
        made |= {"bias_k": (1, 1, wide), "bias_v": (1, 1, wide)}
    return {**made, "out_proj.weight": (wide, wide)}


def _flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    query, key, value = inputs[:3]
    wide = args["embed_dim"]
    batch, steps = _steps_first(args, query)
    _, seen = _steps_first(args, key)
    projected = numel(query) + numel(key) + numel(value) + numel(query)
    seen = seen + args["add_bias_kv"] + args["add_zero_attn"]
    return numel((2, wide, projected)) + numel((4, batch, steps, seen, wide))


def _scaled_dot(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    query, key, value, mask = inputs
    if mask is not None:
        if args["is_causal"]:
            raise ShapeError("shape.causal_mask", set_to(is_causal=False))
        _covers(mask, (*query[:-1], key[-2]))
    return ((*query[:-1], value[-1]),)


def _covers(mask: Shape, scores: Shape) -> None:
    """Refuse a mask that does not stretch to the scores."""
    fits = 2 <= len(mask) <= len(scores) and all(
        a == 1 or equal(a, b) is not False
        for a, b in zip(reversed(mask), reversed(scores), strict=False)
    )
    if not fits:
        values = {"wanted": show_shape(scores, " × "), "shape": show_shape(mask, " × ")}
        raise ShapeError("shape.state", name="attn_mask", **values)


def _scaled_dot_flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    query, key, value = inputs[:3]
    return numel((2, *query, key[-2])) + numel((2, *query[:-1], key[-2], value[-1]))


def _width(name: str, what: str) -> Param:
    return Param(name, "int", None, _SAME.format(what), optional=True, minimum=1, maximum=WIDEST)


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="MultiheadAttention",
        family="attention",
        signature=(
            "query: N T embed_dim, key: N2 S K, value: N3 S3 V, key_padding_mask?: N4 S4,"
            " attn_mask?: *M -> output: N T embed_dim, weights: N T S"
        ),
        params=(
            auto("embed_dim", "Features of the query and of what leaves."),
            count("num_heads", 4, "How many look at the same time.", maximum=1024, positional=True),
            probability("dropout", 0.0, "Probability that a step is not looked at while training."),
            bias(),
            flag("add_bias_kv", False, "Whether a learned step is appended to keys and values."),
            flag("add_zero_attn", False, "Whether a step of zeros is appended to keys and values."),
            _width("kdim", "keys"),
            _width("vdim", "values"),
            flag(
                "batch_first",
                True,
                "Whether the batch is the first dim and time the second.",
                False,
            ),
            flag("need_weights", False, "Whether the attention map leaves too.", True),
            flag("average_attn_weights", True, "Whether the map is the mean over the heads."),
        ),
        code=Code(
            module="nn.MultiheadAttention",
            call=(
                "{self}({query}, {key}, {value}{?key_padding_mask}{?attn_mask}{, need_weights}"
                "{, average_attn_weights})"
            ),
        ),
        summary="Lets every step of the query gather what it needs from all, by several heads.",
        source="Vaswani et al., 2017",
        url=torch_page("nn.MultiheadAttention"),
        rule=_attend,
        check=_check,
        tensors=_tensors,
        flops=_flops,
        keeps_state=True,
        words=("self-attention", "transformer", "heads", "mha"),
        default_name="attention",
        main="num_heads",
    ),
    LayerSpec(
        name="ScaledDotProductAttention",
        family="attention",
        signature="query: *B T E, key: *B S E, value: *B S V, attn_mask?: *M -> output: *B T V",
        params=(flag("is_causal", False, "Whether each step sees only earlier ones."),),
        code=Code(
            function=(
                "F.scaled_dot_product_attention({query}, {key}, {value}{?attn_mask}{, is_causal})"
            )
        ),
        summary="The core of attention without weights: softmax(Q Kᵀ / √d) V.",
        source="Vaswani et al., 2017",
        url=torch_page("nn.functional.scaled_dot_product_attention"),
        rule=_scaled_dot,
        flops=_scaled_dot_flops,
        words=("sdpa", "flash", "causal"),
        main="is_causal",
    ),
)
"""The family."""
