"""Arithmetic on tensors: entry by entry, products of matrices, and sums over dims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.broadcast import broadcast, combined
from nnstudio.catalogue.faults import ShapeError, insert
from nnstudio.catalogue.fields import dim, flag, number
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, numel, show

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"


def _pair(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return (combined(inputs[0], inputs[1]),)


def _matmul(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    left, right = inputs
    if equal(left[-1], right[-2]) is False:
        values = {"left": show(left[-1]), "right": show(right[-2])}
        turned = insert("repair.transpose", "Transpose", 1, dim0=-2, dim1=-1)
        fixes = (turned,) if equal(left[-1], right[-1]) is True else ()
        raise ShapeError("shape.matmul", *fixes, **values)
    return ((*broadcast(left[:-2], right[:-2]), left[-2], right[-1]),)


def _matmul_flops(args: Any, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    return numel((2, inputs[0][-1], *outputs[0]))


def _places(args: dict[str, Any], rank: int) -> frozenset[int]:
    """Return the dims that are summed over; None stands for all of them."""
    wanted = args["dim"]
    if wanted is None:
        return frozenset(range(rank))
    listed = wanted if type(wanted) is tuple else (wanted,)
    places = [axis(one, rank) for one in listed]
    if len(set(places)) != len(places):
        raise ShapeError("shape.dim_twice", dims=listed)
    return frozenset(places)


def _reduced(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape: Shape = inputs[0]
    places = _places(args, len(shape))
    if args["keepdim"]:
        return (tuple(1 if i in places else size for i, size in enumerate(shape)),)
    return (tuple(size for i, size in enumerate(shape) if i not in places),)


def _infix(name: str, sign: str, summary: str, words: tuple[str, ...]) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        signature="a: *A, b: *B -> *S",
        params=(),
        code=Code(function=f"{{0}} {sign} {{1}}", arithmetic=True),
        summary=summary,
        url=_PAGE.format(
            {"Add": "add", "Subtract": "sub", "Multiply": "mul", "Divide": "div"}[name]
        ),
        rule=_pair,
        words=words,
    )


def _of_two(name: str, function: str, summary: str) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        signature="a: *A, b: *B -> *S",
        params=(),
        code=Code(function=f"torch.{function}({{0}}, {{1}})"),
        summary=summary,
        url=_PAGE.format(function),
        rule=_pair,
    )


def _of_one(
    name: str,
    code: Code,
    summary: str,
    params: tuple[Param, ...] = (),
    words: tuple[str, ...] = (),
    page: str = "",
) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        signature="*S -> *S",
        params=params,
        code=code,
        summary=summary,
        url=_PAGE.format(page or name.lower()),
        words=words,
        main=params[0].name if params else "",
    )


def _reduction(name: str, function: str, summary: str, words: tuple[str, ...]) -> LayerSpec:
    over = Param(
        "dim",
        "size",
        -1,
        "The dim, or several, that disappear; none for all of them.",
        optional=True,
        minimum=-16,
        maximum=15,
    )
    return LayerSpec(
        name=name,
        family="tensor",
        signature="*S -> *R",
        params=(over, flag("keepdim", False, "Whether a dim of size 1 stays in their place.")),
        code=Code(function=f"{{0}}.{function}(dim={{dim}}{{, keepdim}})"),
        summary=summary,
        url=_PAGE.format(function),
        rule=_reduced,
        words=words,
        main="dim",
    )


def _largest_place(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    if not inputs[0]:
        raise ShapeError("shape.rank", dims="*S", rank=0, shape="()")
    return _reduced(args, inputs)


_ENTRY = "of each entry."

LAYERS: tuple[LayerSpec, ...] = (
    _infix(
        "Add",
        "+",
        "Adds two tensors entry by entry, as a skip connection does.",
        ("plus", "residual", "sum"),
    ),
    _infix("Subtract", "-", "Subtracts the second tensor from the first.", ("minus", "difference")),
    _infix(
        "Multiply",
        "*",
        "Multiplies two tensors entry by entry, as a gate does.",
        ("times", "gate", "hadamard"),
    ),
    _infix(
        "Divide",
        "/",
        "Divides the first tensor by the second, entry by entry.",
        ("ratio", "quotient"),
    ),
    LayerSpec(
        name="MatMul",
        family="tensor",
        signature="a: *A T K, b: *B K2 M -> *S T M",
        params=(),
        code=Code(function="{0} @ {1}", arithmetic=True),
        summary="Multiplies matrices over the last two dims.",
        url=_PAGE.format("matmul"),
        rule=_matmul,
        flops=_matmul_flops,
        words=("dot", "product", "bmm", "attention"),
    ),
    _of_two("Maximum", "maximum", "Keeps the larger of two entries."),
    _of_two("Minimum", "minimum", "Keeps the smaller of two entries."),
    _of_one(
        "Scale",
        Code(function="{factor} * {0}", arithmetic=True),
        "Multiplies everything by one number.",
        (number("factor", 1.0, "The number."),),
        ("multiply", "times", "constant"),
        "mul",
    ),
    _of_one(
        "Shift",
        Code(function="{0} + {value}", arithmetic=True),
        "Adds one number to everything.",
        (number("value", 1.0, "The number."),),
        ("add", "plus", "constant"),
        "add",
    ),
    _of_one(
        "Power",
        Code(function="{0} ** {exponent}", arithmetic=True),
        "Raises each entry to a power.",
        (number("exponent", 2.0, "The power.", minimum=-64.0, maximum=64.0),),
        ("square", "root", "pow"),
        "pow",
    ),
    _of_one(
        "Negate",
        Code(function="-{0}", arithmetic=True),
        "Turns the sign " + _ENTRY,
        (),
        ("minus",),
        "neg",
    ),
    _of_one(
        "Exp",
        Code(function="torch.exp({0})"),
        "Takes e to the power " + _ENTRY,
        (),
        ("exponential",),
    ),
    _of_one(
        "Log",
        Code(function="torch.log({0})"),
        "Takes the natural logarithm " + _ENTRY,
        (),
        ("logarithm",),
    ),
    _of_one(
        "Sqrt", Code(function="torch.sqrt({0})"), "Takes the square root " + _ENTRY, (), ("root",)
    ),
    _of_one(
        "Abs",
        Code(function="torch.abs({0})"),
        "Takes the distance from zero " + _ENTRY,
        (),
        ("absolute",),
    ),
    _of_one(
        "Clamp",
        Code(function="{0}.clamp({min}, {max})"),
        "Cuts values off below and above.",
        (number("min", -1.0, "The smallest value."), number("max", 1.0, "The largest value.")),
        ("clip", "limit"),
    ),
    _reduction(
        "Mean",
        "mean",
        "Takes the mean over dims, as a global average pool does.",
        ("average", "pool"),
    ),
    _reduction("Sum", "sum", "Adds up over dims.", ("total",)),
    _reduction("Amax", "amax", "Keeps the largest value over dims.", ("maximum", "pool")),
    _reduction("Amin", "amin", "Keeps the smallest value over dims.", ("minimum", "pool")),
    _reduction(
        "Norm", "norm", "Takes the length of the vectors along dims.", ("length", "l2", "capsule")
    ),
    LayerSpec(
        name="ArgMax",
        family="tensor",
        signature="*S -> *R",
        params=(
            dim(-1, "The dim along which it looks."),
            flag("keepdim", False, "Whether a dim of size 1 stays."),
        ),
        code=Code(function="{0}.argmax(dim={dim}{, keepdim})"),
        summary="Tells at which index the largest value stands; no gradient passes.",
        url=_PAGE.format("argmax"),
        rule=_largest_place,
        words=("class", "prediction", "index"),
        main="dim",
    ),
)
"""The family."""
