"""Where values enter and leave a network, and values that a network holds by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError
from nnstudio.catalogue.fields import WIDEST, choice, number
from nnstudio.catalogue.sizes import at_least_one
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.core.values import Value
from nnstudio.graph.dims import Shape, symbol

_SHAPE_HELP = "The sizes; 1 in the first place is shared by the whole batch."


def _shape(default: Value, help: str) -> Param:  # the field of Param has this name
    return Param("shape", "shape", default, help, minimum=1, maximum=WIDEST)


def _as_written(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    """Return the shape that the user wrote; names stand for sizes."""
    return (tuple(symbol(dim) if type(dim) is str else dim for dim in args["shape"]),)


def _known(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    """Refuse names of sizes where memory has to be taken before any data is seen."""
    if args.get("value") is None:
        at_least_one("shape", args["shape"])
    for dim in args["shape"]:
        if type(dim) is str:
            raise ShapeError("shape.name", name=dim)


_INIT = choice("init", ("zeros", "ones", "randn", "rand"), "What it is filled with at the start.")

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Input",
        family="io",
        signature="-> *S",
        params=(
            _shape(("N", 1), "The sizes that arrive; a name such as N stands for any size."),
            choice(
                "dtype", ("float", "int"), "float for measurements, int for indices such as tokens."
            ),
        ),
        code=Code(),
        summary="Where data enters the network; its name becomes the argument's name.",
        rule=_as_written,
        words=("start", "argument", "data"),
        main="shape",
    ),
    LayerSpec(
        name="Output",
        family="io",
        signature="*S ->",
        params=(),
        code=Code(),
        summary="What the network returns.",
        words=("end", "result", "return", "prediction"),
    ),
    LayerSpec(
        name="Parameter",
        family="io",
        signature="-> *S",
        params=(
            _shape((1,), _SHAPE_HELP),
            _INIT,
            number(
                "std", 1.0, "The initial values are multiplied by this.", minimum=0.0, maximum=1e3
            ),
        ),
        code=Code(create="nn.Parameter({std} * torch.{init}({*shape}))"),
        summary="A tensor that is learned, such as a class token or a position embedding.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html",
        rule=_as_written,
        check=_known,
        tensors=lambda args: {"": tuple(args["shape"])},
        keeps_state=True,
        words=("weight", "learned", "token", "position"),
        default_name="weight",
        main="shape",
    ),
    LayerSpec(
        name="Buffer",
        family="io",
        signature="-> *S",
        params=(_shape((1,), _SHAPE_HELP), _INIT),
        code=Code(create="nn.Buffer(torch.{init}({*shape}))"),
        summary="A tensor that is saved with the weights but not learned.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html",
        rule=_as_written,
        check=_known,
        keeps_state=True,
        words=("state", "fixed", "stored"),
        default_name="buffer",
        main="shape",
    ),
    LayerSpec(
        name="Constant",
        family="io",
        signature="-> *S",
        params=(
            _shape((), "The sizes; none for a single number."),
            number("value", 1.0, "The number that it holds.", minimum=-1e12, maximum=1e12),
        ),
        code=Code(create="nn.Buffer(torch.full({shape}, {value}), persistent=False)"),
        summary="A tensor filled with one number; it is neither learned nor saved.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.full.html",
        rule=_as_written,
        check=_known,
        words=("number", "scalar", "fixed", "fill"),
        default_name="constant",
        main="value",
    ),
    LayerSpec(
        name="Random",
        family="io",
        signature="like: *S -> *S",
        params=(
            choice(
                "distribution",
                ("randn_like", "rand_like"),
                "randn_like is normal with mean 0 and spread 1, rand_like uniform between 0 and 1.",
            ),
        ),
        code=Code(function="torch.{distribution}({0})"),
        summary="New random numbers at every pass, of the same shape as the input.",
        source="Kingma & Welling, 2013",
        url="https://docs.pytorch.org/docs/stable/generated/torch.randn_like.html",
        random=True,
        words=("noise", "normal", "uniform", "gaussian", "sample", "epsilon"),
        main="distribution",
    ),
)
"""The family."""
