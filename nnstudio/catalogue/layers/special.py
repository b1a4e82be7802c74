"""Tensor operations with a purpose: gradients stopped, indices, types, and filled tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.fields import WIDEST, choice, count, number, torch_page
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape


def _length(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    return ((shape[axis(args["dim"], len(shape))],),)


_WHERE = Param("dim", "int", 1, "The dim that holds the time steps.", minimum=-16, maximum=15)

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Detach",
        family="tensor",
        signature="*S -> *S",
        params=(),
        code=Code(function="{0}.detach()"),
        summary="Passes values on but no gradient back.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html",
        words=("stop gradient", "freeze", "cut"),
    ),
    LayerSpec(
        name="OneHot",
        family="tensor",
        signature="*S -> *S num_classes",
        params=(count("num_classes", 10, "How many classes there are.", maximum=WIDEST),),
        code=Code(function="F.one_hot({0}, {num_classes}).float()"),
        summary="Turns each index into a vector with a single 1.",
        url=torch_page("nn.functional.one_hot"),
        words=("class", "indicator"),
        main="num_classes",
    ),
    LayerSpec(
        name="Positions",
        family="tensor",
        signature="like: *S -> T",
        params=(_WHERE,),
        code=Code(function="torch.arange({0}.size({dim}), device={0}.device)"),
        summary="Counts 0, 1, 2 … along a dim, for an Embedding of positions.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.arange.html",
        rule=_length,
        words=("arange", "position", "time", "index"),
        main="dim",
    ),
    LayerSpec(
        name="FullLike",
        family="tensor",
        signature="like: *S -> *S",
        params=(number("value", 0.0, "The number that it holds."),),
        code=Code(function="torch.full_like({0}, {value})"),
        summary="A tensor of the shape of another one, filled with one number.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.full_like.html",
        words=("zeros", "ones", "constant", "fill"),
        main="value",
    ),
    LayerSpec(
        name="Cast",
        family="tensor",
        signature="*S -> *S",
        params=(
            choice(
                "to",
                ("float", "long", "bool"),
                "float for arithmetic, long for indices, bool for masks.",
            ),
        ),
        code=Code(function="{0}.{to}()"),
        summary="Changes the type of the numbers: measurements, indices or masks.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html",
        words=("dtype", "convert", "type", "integer"),
        main="to",
    ),
)
"""The family."""
