"""Arithmetic on two tensors or with a number, and products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue import einsum
from nnstudio.catalogue.broadcast import broadcast, combined
from nnstudio.catalogue.faults import ShapeError, insert
from nnstudio.catalogue.fields import dim, number
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


def _infix(name: str, sign: str, summary: str, words: tuple[str, ...]) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        group="arithmetic",
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


def _of_two(name: str, function: str, summary: str, words: tuple[str, ...] = ()) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        group="arithmetic",
        signature="a: *A, b: *B -> *S",
        params=(),
        code=Code(function=f"torch.{function}({{0}}, {{1}})"),
        summary=summary,
        url=_PAGE.format(function),
        rule=_pair,
        words=words,
    )


def _with_number(
    name: str, code: str, summary: str, param: Param, words: tuple[str, ...], page: str
) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        group="arithmetic",
        signature="*S -> *S",
        params=(param,),
        code=Code(function=code, arithmetic=True),
        summary=summary,
        url=_PAGE.format(page),
        words=words,
        main=param.name,
    )


def _einsum(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return (einsum.result(args["equation"], inputs[0]),)


def _einsum_flops(args: Any, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    return einsum.flops(args["equation"], inputs[0])


def _dotted(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = combined(*inputs)
    place = axis(args["dim"], len(shape))
    left, right = (side[axis(args["dim"], len(side))] for side in inputs)
    if equal(left, right) is False:
        raise ShapeError("shape.sizes", name="D", expected=show(left), actual=show(right))
    return ((*shape[:place], *shape[place + 1 :]),)


def _all_products(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    left, right = inputs
    return ((*broadcast(left[:-1], right[:-1]), left[-1], right[-1]),)


def _crossed(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    left, right = inputs
    if len(left) != len(right):
        raise ShapeError("shape.disagree", left=_shown(left), right=_shown(right))
    shape = combined(left, right)
    for side in inputs:
        size = side[axis(args["dim"], len(side))]
        if equal(size, 3) is False:
            raise ShapeError("shape.fixed", expected=3, actual=show(size))
    return (shape,)


def _shown(shape: Shape) -> str:
    return " × ".join(map(show, shape)) or "()"


def _blended(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return (combined(combined(inputs[0], inputs[1]), inputs[2]),)


LAYERS: tuple[LayerSpec, ...] = (
    _infix(
        "Add",
        "+",
        "Adds two tensors entry by entry, as a skip connection does.",
        ("plus", "residual", "sum", "skip", "shortcut"),
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
        group="arithmetic",
        signature="a: *A T K, b: *B K2 M -> *S T M",
        params=(),
        code=Code(function="{0} @ {1}", arithmetic=True),
        summary="Multiplies matrices over the last two dims.",
        url=_PAGE.format("matmul"),
        rule=_matmul,
        flops=_matmul_flops,
        words=("dot", "product", "bmm", "attention"),
    ),
    _of_two("Maximum", "maximum", "Keeps the larger of two entries.", ("max", "larger")),
    _of_two("Minimum", "minimum", "Keeps the smaller of two entries.", ("min", "smaller")),
    _with_number(
        "Scale",
        "{factor} * {0}",
        "Multiplies everything by one number.",
        number("factor", 1.0, "The number."),
        ("multiply", "times", "constant"),
        "mul",
    ),
    _with_number(
        "Shift",
        "{0} + {value}",
        "Adds one number to everything.",
        number("value", 1.0, "The number."),
        ("add", "plus", "constant"),
        "add",
    ),
    _with_number(
        "Power",
        "{0} ** {exponent}",
        "Raises each entry to a power.",
        number("exponent", 2.0, "The power.", minimum=-64.0, maximum=64.0),
        ("square", "root", "pow"),
        "pow",
    ),
    LayerSpec(
        name="Lerp",
        family="tensor",
        group="arithmetic",
        signature="a: *A, b: *B, weight: *W -> *S",
        params=(),
        code=Code(function="torch.lerp({a}, {b}, {weight})"),
        summary="Blends two tensors by a weight: a where it is 0, b where it is 1.",
        url=_PAGE.format("lerp"),
        rule=_blended,
        words=("mix", "interpolate", "blend", "gate", "highway"),
    ),
    LayerSpec(
        name="Einsum",
        family="tensor",
        group="arithmetic",
        signature="inputs...: *S -> *R",
        params=(
            Param(
                "equation",
                "text",
                "...ij,...jk->...ik",
                "A letter for each dim; those that are missing behind the arrow are summed over.",
            ),
        ),
        code=Code(function="torch.einsum({equation}, {inputs})"),
        summary="Any sum of products over named dims, such as nhqd,nhkd->nhqk for attention.",
        url=_PAGE.format("einsum"),
        rule=_einsum,
        flops=_einsum_flops,
        words=("product", "contraction", "attention", "batch"),
        main="equation",
    ),
    LayerSpec(
        name="Dot",
        family="tensor",
        group="arithmetic",
        signature="a: *A, b: *B -> *S",
        params=(dim(-1, "The dim that holds the vectors."),),
        code=Code(function="torch.linalg.vecdot({0}, {1}{, dim})"),
        summary="Multiplies vectors entry by entry and adds up: their inner product.",
        url=_PAGE.format("linalg.vecdot"),
        rule=_dotted,
        words=("inner product", "similarity", "scalar product"),
        main="dim",
    ),
    LayerSpec(
        name="Outer",
        family="tensor",
        group="arithmetic",
        signature="a: *A I, b: *B J -> *S I J",
        params=(),
        code=Code(function="{0}.unsqueeze(-1) * {1}.unsqueeze(-2)", arithmetic=True),
        summary="Multiplies each entry of one vector with each of another: a matrix.",
        url=_PAGE.format("outer"),
        rule=_all_products,
        words=("outer product", "matrix"),
    ),
    LayerSpec(
        name="Cross",
        family="tensor",
        group="arithmetic",
        signature="a: *A, b: *B -> *S",
        params=(dim(-1, "The dim that holds the three components."),),
        code=Code(function="torch.linalg.cross({0}, {1}{, dim})"),
        summary="The vector that stands at right angles to two others.",
        url=_PAGE.format("linalg.cross"),
        rule=_crossed,
        words=("vector product",),
        main="dim",
    ),
)
"""The family."""
