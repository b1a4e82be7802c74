"""Comparisons, choices between two tensors, and masks; a mask is true where something is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.broadcast import broadcast, combined
from nnstudio.catalogue.fields import WIDEST, choice, number
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"
_COMPARISON = choice(
    "comparison",
    ("gt", "ge", "lt", "le", "eq", "ne"),
    "gt is greater, ge greater or equal, lt less, le less or equal, eq equal, ne not equal.",
)
_WORDS = ("greater", "less", "equal", "mask")


def _pair(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return (combined(inputs[0], inputs[1]),)


def _chosen(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return (broadcast(inputs[0], combined(inputs[1], inputs[2])),)


def _square(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    length = inputs[0][axis(args["dim"], len(inputs[0]))]
    return ((length, length),)


def _rows(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    lengths, like = inputs
    return ((*lengths, like[axis(args["dim"], len(like))]),)


_WHERE = Param("dim", "int", 1, "The dim that holds the time steps.", minimum=-16, maximum=15)

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Compare",
        family="tensor",
        group="comparing",
        signature="a: *A, b: *B -> *S",
        params=(_COMPARISON,),
        code=Code(function="torch.{comparison}({a}, {b})"),
        summary="Compares two tensors entry by entry: true or false.",
        url=_PAGE.format("gt"),
        rule=_pair,
        words=_WORDS,
        main="comparison",
    ),
    LayerSpec(
        name="CompareNumber",
        family="tensor",
        group="comparing",
        signature="*S -> *S",
        params=(_COMPARISON, number("value", 0.0, "The number.")),
        code=Code(function="torch.{comparison}({0}, {value})"),
        summary="Compares each entry with a number: true or false.",
        url=_PAGE.format("gt"),
        words=(*_WORDS, "threshold"),
        main="value",
    ),
    LayerSpec(
        name="Logical",
        family="tensor",
        group="comparing",
        signature="a: *A, b: *B -> *S",
        params=(
            choice(
                "operator",
                ("logical_and", "logical_or", "logical_xor"),
                "Both, either, or exactly one.",
            ),
        ),
        code=Code(function="torch.{operator}({a}, {b})"),
        summary="Combines two masks.",
        url=_PAGE.format("logical_and"),
        rule=_pair,
        words=("and", "or", "xor", "mask"),
        main="operator",
    ),
    LayerSpec(
        name="Not",
        family="tensor",
        group="comparing",
        signature="*S -> *S",
        params=(),
        code=Code(function="torch.logical_not({0})"),
        summary="Turns a mask round: true where it was false.",
        url=_PAGE.format("logical_not"),
        words=("invert", "mask", "logical"),
    ),
    LayerSpec(
        name="Where",
        family="tensor",
        group="comparing",
        signature="condition: *C, a: *A, b: *B -> *S",
        params=(),
        code=Code(function="torch.where({condition}, {a}, {b})"),
        summary="Takes the first tensor where the condition is true, and the second elsewhere.",
        url=_PAGE.format("where"),
        rule=_chosen,
        words=("choose", "if", "mask", "switch"),
    ),
    LayerSpec(
        name="MaskedFill",
        family="tensor",
        group="comparing",
        signature="input: *A, mask: *M -> *S",
        params=(
            number(
                "value",
                -1e9,
                "What stands where the mask is true; -1e9 vanishes in a Softmax.",
                minimum=-1e12,
                maximum=1e12,
            ),
        ),
        code=Code(function="{input}.masked_fill({mask}, {value})"),
        summary="Puts a number where the mask is true, as before the Softmax of attention.",
        url=_PAGE.format("Tensor.masked_fill"),
        rule=_pair,
        words=("mask", "hide", "attention"),
        main="value",
    ),
    LayerSpec(
        name="CausalMask",
        family="attention",
        signature="like: *S -> T T",
        params=(_WHERE,),
        code=Code(
            function=(
                "nn.Transformer.generate_square_subsequent_mask({0}.size({dim}), device={0}.device)"
            )
        ),
        summary="Hides the future: an attention mask by which each step sees only earlier ones.",
        source="Vaswani et al., 2017",
        url="https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html",
        rule=_square,
        words=("mask", "autoregressive", "gpt", "triangle"),
        main="dim",
    ),
    LayerSpec(
        name="PaddingMask",
        family="attention",
        signature="tokens: *S -> *S",
        params=(
            Param(
                "padding_idx",
                "int",
                0,
                "The token that fills up short sequences.",
                minimum=-WIDEST,
                maximum=WIDEST,
            ),
        ),
        code=Code(function="{tokens}.eq({padding_idx})"),
        summary="Marks the tokens that only fill up a sequence, as a key_padding_mask.",
        url=_PAGE.format("eq"),
        words=("mask", "padding", "transformer", "pad token"),
        main="padding_idx",
    ),
    LayerSpec(
        name="LengthMask",
        family="attention",
        signature="lengths: *B, like: *S -> *B T",
        params=(_WHERE,),
        code=Code(
            function=(
                "torch.arange({like}.size({dim}), device={like}.device).ge({lengths}.unsqueeze(-1))"
            )
        ),
        summary="Marks the steps beyond the length of each sequence, as a key_padding_mask.",
        url=_PAGE.format("arange"),
        rule=_rows,
        words=("mask", "padding", "sequence", "lengths"),
        main="dim",
    ),
)
"""The family."""
