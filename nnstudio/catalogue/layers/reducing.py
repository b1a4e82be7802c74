"""Reducing: sums, means, extremes and orders along dims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import count, dim, flag, number, torch_page
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec, Rule
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape, show

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"


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


def _largest_place(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    if not inputs[0]:
        raise ShapeError("shape.rank", dims="*S", rank=0, shape="()")
    return _reduced(args, inputs)


def _unchanged(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    axis(args["dim"], len(inputs[0]))
    return (inputs[0],)


def _sorted(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return _unchanged(args, inputs) * 2


def _top(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, k = inputs[0], args["k"]
    place = axis(args["dim"], len(shape))
    size = shape[place]
    if type(size) is int and type(k) is int and k > size:
        raise ShapeError("shape.top", set_to(k=size), k=k, size=show(size))
    made = (*shape[:place], k, *shape[place + 1 :])
    return (made, made)


_KEEP = flag("keepdim", False, "Whether a dim of size 1 stays in their place.")
_OVER = Param(
    "dim",
    "size",
    -1,
    "The dim, or several, that disappear; none for all of them.",
    optional=True,
    minimum=-16,
    maximum=15,
)


def _reduction(
    name: str,
    function: str,
    summary: str,
    words: tuple[str, ...],
    params: tuple[Param, ...] = (_OVER,),
    rule: Rule = _reduced,
    more: str = "",
) -> LayerSpec:
    """Return a layer that takes dims away; `more` is what stands before `keepdim`."""
    return LayerSpec(
        name=name,
        family="tensor",
        group="reducing",
        signature="*S -> *R",
        params=(*params, _KEEP),
        code=Code(function=f"{{0}}.{function}(dim={{dim}}{more}{{, keepdim}})"),
        summary=summary,
        url=_PAGE.format(function),
        rule=rule,
        words=words,
        main="dim",
    )


def _along(name: str, function: str, summary: str, words: tuple[str, ...]) -> LayerSpec:
    """Return a layer that runs along a dim and keeps it."""
    return LayerSpec(
        name=name,
        family="tensor",
        group="reducing",
        signature="*S -> *R",
        params=(dim(-1, "The dim along which it runs."),),
        code=Code(function=f"{{0}}.{function}(dim={{dim}})"),
        summary=summary,
        url=_PAGE.format(function),
        rule=_unchanged,
        words=words,
        main="dim",
    )


_ONE = (dim(-1, "The dim along which it looks."),)
_SOME = Param("dim", "size", -1, "The dim, or several, that disappear.", minimum=-16, maximum=15)
_CORRECTION = Param(
    "correction",
    "int",
    1,
    "Taken from the number of entries that is divided by: 1 for samples, 0 for all there is.",
    minimum=0,
    maximum=16,
)

LAYERS: tuple[LayerSpec, ...] = (
    _reduction(
        "Mean",
        "mean",
        "Takes the mean over dims, as a global average pool does.",
        ("average", "pool"),
    ),
    _reduction("Sum", "sum", "Adds up over dims.", ("total",)),
    _reduction("Prod", "prod", "Multiplies up along a dim.", ("product",), _ONE, _largest_place),
    _reduction("Amax", "amax", "Keeps the largest value over dims.", ("maximum", "pool")),
    _reduction("Amin", "amin", "Keeps the smallest value over dims.", ("minimum", "pool")),
    _reduction(
        "Var",
        "var",
        "Takes the variance over dims.",
        ("variance", "spread"),
        (_OVER, _CORRECTION),
        more="{, correction}",
    ),
    _reduction(
        "Std",
        "std",
        "Takes the standard deviation over dims.",
        ("deviation", "spread"),
        (_OVER, _CORRECTION),
        more="{, correction}",
    ),
    _reduction(
        "Norm", "norm", "Takes the length of the vectors along dims.", ("length", "l2", "capsule")
    ),
    _reduction(
        "LogSumExp",
        "logsumexp",
        "The logarithm of the sum of exponentials, without loss of precision: a smooth maximum.",
        ("softmax", "log", "energy"),
        (_SOME,),
    ),
    _reduction(
        "ArgMax",
        "argmax",
        "Tells at which index the largest value stands; no gradient passes.",
        ("class", "prediction", "index"),
        _ONE,
        _largest_place,
    ),
    _reduction(
        "ArgMin",
        "argmin",
        "Tells at which index the smallest value stands; no gradient passes.",
        ("nearest", "index", "codebook", "vq"),
        _ONE,
        _largest_place,
    ),
    _along("CumSum", "cumsum", "Adds up along a dim and keeps every step.", ("running", "total")),
    _along("CumProd", "cumprod", "Multiplies up along a dim, every step kept.", ("running",)),
    LayerSpec(
        name="TopK",
        family="tensor",
        group="reducing",
        signature="*S -> values: *R, indices: *I",
        params=(
            count("k", 1, "How many are kept."),
            dim(-1, "The dim along which it looks."),
            flag("largest", True, "Whether the largest are kept, not the smallest."),
            flag("sorted", True, "Whether they leave in order."),
        ),
        code=Code(function="{0}.topk({k}, dim={dim}{, largest}{, sorted})"),
        summary="Keeps the k largest values of a dim and tells where they stood.",
        url=_PAGE.format("topk"),
        rule=_top,
        words=("best", "largest", "mixture of experts", "beam"),
        main="k",
    ),
    LayerSpec(
        name="Sort",
        family="tensor",
        group="reducing",
        signature="*S -> values: *R, indices: *I",
        params=(
            dim(-1, "The dim that is put in order."),
            flag("descending", False, "Whether the largest comes first."),
        ),
        code=Code(function="{0}.sort(dim={dim}{, descending})"),
        summary="Puts the values of a dim in order and tells where they stood.",
        url=_PAGE.format("sort"),
        rule=_sorted,
        words=("order", "rank"),
        main="dim",
    ),
    LayerSpec(
        name="Normalize",
        family="tensor",
        group="reducing",
        signature="*S -> *R",
        params=(
            number("p", 2.0, "The power of the norm.", minimum=0.0, above=True, maximum=64.0),
            Param(
                "dim",
                "int",
                -1,
                "The dim that holds the vectors; -1 is the last.",
                minimum=-16,
                maximum=15,
                torch_default=1,
            ),
            number(
                "eps",
                1e-12,
                "The smallest length that is divided by.",
                minimum=0.0,
                maximum=1.0,
                above=True,
            ),
        ),
        code=Code(function="F.normalize({0}{, p}{, dim}{, eps})"),
        summary="Divides vectors by their length, so that all have length 1.",
        url=torch_page("nn.functional.normalize"),
        rule=_unchanged,
        words=("unit", "length", "cosine", "contrastive", "l2"),
        main="dim",
    ),
)
"""The family."""
