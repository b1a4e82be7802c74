"""Transformers as torch has them ready-made: whole, as stacks, and as single layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.broadcast import expect
from nnstudio.catalogue.faults import ShapeError
from nnstudio.catalogue.fields import (
    WIDEST,
    auto,
    bias,
    choice,
    count,
    flag,
    number,
    probability,
    torch_page,
)
from nnstudio.catalogue.sizes import divides
from nnstudio.catalogue.spec import Code, LayerSpec, Resolved
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, numel, show

_D_MODEL = auto("d_model", "Features of each step.")


def _heads(default: int = 4) -> Param:
    return count(
        "nhead", default, "How many heads look at the same time.", maximum=1024, positional=True
    )


def _rest(norm_first: bool = False) -> tuple[Param, ...]:
    """Return the parameters that all of them share."""
    return (
        Param(
            "dim_feedforward",
            "int",
            512,
            "Features between the two linear layers; usually four times d_model.",
            minimum=1,
            maximum=WIDEST,
            torch_default=2048,
        ),
        probability("dropout", 0.1, "Probability of setting an entry to zero while training."),
        choice("activation", ("relu", "gelu"), "The activation between the two linear layers."),
        number(
            "layer_norm_eps",
            1e-5,
            "Added to the denominator of each LayerNorm.",
            minimum=0.0,
            maximum=1.0,
            above=True,
        ),
        flag("batch_first", True, "Whether the batch is the first dim and time the second.", False),
        flag("norm_first", norm_first, "Whether it normalizes before each part (pre-norm)."),
        bias(),
    )


def _layers(name: str = "num_layers", default: int = 2, torch_default: Any = None) -> Param:
    words = "How many layers lie one above the other."
    return Param(
        name, "int", default, words, minimum=1, maximum=256, torch_default=torch_default,
        positional=name == "num_layers",
    )  # fmt: skip


# ------------------------------------------------------------------------------------ what arrives


def _sizes(args: Resolved, shape: Shape) -> tuple[Dim, Dim]:
    """Return batch and number of steps."""
    return (shape[0], shape[1]) if args["batch_first"] else (shape[1], shape[0])


def _mask(args: Resolved, name: str, given: Shape | None, size: tuple[Dim, Dim, Dim]) -> None:
    """Refuse an attention mask that covers neither all heads nor each of them."""
    batch, steps, seen = size
    each = given is not None and len(given) == 3
    expect(name, (batch * args["nhead"], steps, seen) if each else (steps, seen), given)


def _self_attended(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    divides("nhead", args["nhead"], "d_model", args["d_model"])
    src, mask, padding = inputs
    batch, steps = _sizes(args, src)
    _mask(args, "src_mask", mask, (batch, steps, steps))
    expect("src_key_padding_mask", (batch, steps), padding)
    return (src,)


def _cross_attended(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    divides("nhead", args["nhead"], "d_model", args["d_model"])
    target, memory, mask, memory_mask, padding, memory_padding = inputs
    batch, steps = _sizes(args, target)
    others, seen = _sizes(args, memory)
    if equal(batch, others) is False:
        raise ShapeError("shape.sizes", name="N", expected=show(batch), actual=show(others))
    _mask(args, "tgt_mask", mask, (batch, steps, steps))
    _mask(args, "memory_mask", memory_mask, (batch, steps, seen))
    expect("tgt_key_padding_mask", (batch, steps), padding)
    expect("memory_key_padding_mask", (batch, seen), memory_padding)
    return (target,)


def _translated(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    source, target, mask, target_mask, memory_mask, padding, *others = inputs
    _self_attended(args, (source, mask, padding))
    return _cross_attended(args, (target, source, target_mask, memory_mask, *others))


# ------------------------------------------------------------------------------------------ costs


def _attention_tensors(args: Resolved, name: str) -> dict[str, Shape]:
    wide = args["d_model"]
    made: dict[str, Shape] = {
        f"{name}.in_proj_weight": (3 * wide, wide),
        f"{name}.out_proj.weight": (wide, wide),
    }
    if args["bias"]:
        made |= {f"{name}.in_proj_bias": (3 * wide,), f"{name}.out_proj.bias": (wide,)}
    return made


def _layer_tensors(args: Resolved, decoder: bool) -> dict[str, Shape]:
    wide, inner = args["d_model"], args["dim_feedforward"]
    made = _attention_tensors(args, "self_attn")
    if decoder:
        made |= _attention_tensors(args, "multihead_attn")
    made |= {"linear1.weight": (inner, wide), "linear2.weight": (wide, inner)}
    if args["bias"]:
        made |= {"linear1.bias": (inner,), "linear2.bias": (wide,)}
    for index in range(1, 3 + decoder):
        made |= _norm_tensors(args, f"norm{index}")
    return made


def _norm_tensors(args: Resolved, name: str) -> dict[str, Shape]:
    ends = ("weight", "bias") if args["bias"] else ("weight",)
    return {f"{name}.{end}": (args["d_model"],) for end in ends}


def _stacked_tensors(args: Resolved, decoder: bool, layers: Any) -> dict[str, Shape]:
    """Return the tensors of a stack; of a number that is not known yet, all layers as one."""
    one = _layer_tensors(args, decoder)
    if type(layers) is not int:
        return {f"layers.{name}": (layers, *shape) for name, shape in one.items()}
    return {f"layers.{i}.{name}": shape for i in range(layers) for name, shape in one.items()}


def _whole_tensors(args: Resolved) -> Mapping[str, Shape]:
    made: dict[str, Shape] = {}
    for part in ("encoder", "decoder"):
        layers = args[f"num_{part}_layers"]
        found = _stacked_tensors(args, part == "decoder", layers) | _norm_tensors(args, "norm")
        made |= {f"{part}.{name}": shape for name, shape in found.items()}
    return made


def _layer_flops(args: Resolved, batch: Dim, steps: Dim, seen: Dim | None = None) -> Dim:
    """Count the matrix products of one layer; `seen` are the steps of a decoder's memory."""
    wide, inner = args["d_model"], args["dim_feedforward"]
    made = numel((8, batch, steps, wide, wide)) + numel((4, batch, steps, steps, wide))
    made = made + numel((4, batch, steps, wide, inner))
    if seen is None:
        return made
    projected = numel((4, batch, steps, wide, wide)) + numel((4, batch, seen, wide, wide))
    return made + projected + numel((4, batch, steps, seen, wide))


def _encoder_flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    total: Dim = _layer_flops(args, *_sizes(args, inputs[0])) * args.get("num_layers", 1)
    return total


def _decoder_flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    batch, steps = _sizes(args, inputs[0])
    _, seen = _sizes(args, inputs[1])
    total: Dim = _layer_flops(args, batch, steps, seen) * args.get("num_layers", 1)
    return total


def _whole_flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    batch, seen = _sizes(args, inputs[0])
    _, steps = _sizes(args, inputs[1])
    encoder = _layer_flops(args, batch, seen) * args["num_encoder_layers"]
    total: Dim = encoder + _layer_flops(args, batch, steps, seen) * args["num_decoder_layers"]
    return total


# ----------------------------------------------------------------------------------------- layers

_INNER = (
    "({d_model}, {nhead}{, dim_feedforward}{, dropout}{, activation}{, layer_norm_eps}"
    "{, batch_first}{, norm_first}{, bias})"
)
_PADDED = "{?src_key_padding_mask}"
_MEMORY = "{?tgt_mask}{?memory_mask}{?tgt_key_padding_mask}{?memory_key_padding_mask}"
_ENCODER_PORTS = "src: N T d_model, src_mask?: *A, src_key_padding_mask?: N2 T2 -> N T d_model"
_DECODER_PORTS = (
    "tgt: N T d_model, memory: N2 S d_model, tgt_mask?: *A, memory_mask?: *B,"
    " tgt_key_padding_mask?: N3 T3, memory_key_padding_mask?: N4 S4 -> N T d_model"
)
_PARTS: dict[str, Any] = {
    "family": "attention",
    "source": "Vaswani et al., 2017",
    "keeps_state": True,
}

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="TransformerEncoderLayer",
        signature=_ENCODER_PORTS,
        params=(_D_MODEL, _heads(), *_rest()),
        code=Code(
            module="nn.TransformerEncoderLayer",
            call="{self}({src}{?src_mask}{?src_key_padding_mask})",
        ),
        summary="Self-attention and a small network for each step, with skips: one encoder layer.",
        url=torch_page("nn.TransformerEncoderLayer"),
        rule=_self_attended,
        tensors=lambda args: _layer_tensors(args, False),
        flops=_encoder_flops,
        words=("transformer", "bert", "vit", "block"),
        default_name="encoder_layer",
        main="nhead",
        **_PARTS,
    ),
    LayerSpec(
        name="TransformerEncoder",
        signature=_ENCODER_PORTS.replace("src_mask?", "mask?"),
        params=(_D_MODEL, _heads(), _layers(), *_rest()),
        code=Code(
            module="nn.TransformerEncoder",
            build=(
                f"nn.TransformerEncoder(nn.TransformerEncoderLayer{_INNER}, {{num_layers}},"
                " enable_nested_tensor=False)"
            ),
            call="{self}({src}{?mask}{?src_key_padding_mask})",
        ),
        summary="A stack of transformer encoder layers, as in BERT and ViT.",
        url=torch_page("nn.TransformerEncoder"),
        rule=_self_attended,
        tensors=lambda args: _stacked_tensors(args, False, args["num_layers"]),
        flops=_encoder_flops,
        words=("transformer", "bert", "vit", "stack"),
        default_name="encoder",
        main="num_layers",
        **_PARTS,
    ),
    LayerSpec(
        name="TransformerDecoderLayer",
        signature=_DECODER_PORTS,
        params=(_D_MODEL, _heads(), *_rest()),
        code=Code(
            module="nn.TransformerDecoderLayer", call=f"{{self}}({{tgt}}, {{memory}}{_MEMORY})"
        ),
        summary="Attention to itself, then to an encoder's memory, then a small network.",
        url=torch_page("nn.TransformerDecoderLayer"),
        rule=_cross_attended,
        tensors=lambda args: _layer_tensors(args, True),
        flops=_decoder_flops,
        words=("transformer", "translation", "cross-attention"),
        default_name="decoder_layer",
        main="nhead",
        **_PARTS,
    ),
    LayerSpec(
        name="TransformerDecoder",
        signature=_DECODER_PORTS,
        params=(_D_MODEL, _heads(), _layers(), *_rest()),
        code=Code(
            module="nn.TransformerDecoder",
            build=(f"nn.TransformerDecoder(nn.TransformerDecoderLayer{_INNER}, {{num_layers}})"),
            call=f"{{self}}({{tgt}}, {{memory}}{_MEMORY})",
        ),
        summary="A stack of transformer decoder layers, which look at an encoder's memory.",
        url=torch_page("nn.TransformerDecoder"),
        rule=_cross_attended,
        tensors=lambda args: _stacked_tensors(args, True, args["num_layers"]),
        flops=_decoder_flops,
        words=("transformer", "translation", "cross-attention", "stack"),
        default_name="decoder",
        main="num_layers",
        **_PARTS,
    ),
    LayerSpec(
        name="Transformer",
        signature=(
            "src: N S d_model, tgt: N2 T d_model, src_mask?: *A, tgt_mask?: *B, memory_mask?: *C,"
            " src_key_padding_mask?: N3 S3, tgt_key_padding_mask?: N4 T4,"
            " memory_key_padding_mask?: N5 S5 -> N2 T d_model"
        ),
        params=(
            _D_MODEL,
            _heads(8),
            _layers("num_encoder_layers", 2, 6),
            _layers("num_decoder_layers", 2, 6),
            *_rest(),
        ),
        code=Code(
            module="nn.Transformer",
            call="{self}({src}, {tgt}{?src_mask}" + _PADDED + _MEMORY + ")",
        ),
        summary="Encoder and decoder of the transformer: turns one sequence into another.",
        url=torch_page("nn.Transformer"),
        rule=_translated,
        tensors=_whole_tensors,
        flops=_whole_flops,
        words=("translation", "sequence to sequence", "encoder", "decoder"),
        default_name="transformer",
        main="nhead",
        **_PARTS,
    ),
)
"""The family."""
