"""The same numbers in another arrangement: flattened, turned, with more or fewer dims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, count, dim, torch_page
from nnstudio.catalogue.sizes import at_least_one, axis
from nnstudio.catalogue.spec import Code, LayerSpec, Rule
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, floor_divide, numel, show, show_shape

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"


def _flattened(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape: Shape = inputs[0]
    rank = max(len(shape), 1)  # a scalar becomes a vector with one entry
    start = axis(args["start_dim"], rank, "start_dim")
    end = axis(args["end_dim"], rank, "end_dim")
    if start > end:
        raise ShapeError("shape.order", low="start_dim", high="end_dim", lowest=start, highest=end)
    return ((*shape[:start], numel(shape[start : end + 1]), *shape[end + 1 :]),)


def filled(wanted: Sequence[Dim], total: Dim, name: str) -> Shape:
    """Return the wanted sizes with -1 replaced, so that they hold `total` entries.

    Raises:
        ShapeError: They cannot.
    """
    shown = {"total": show(total), "wanted": show_shape(wanted, " × ") or "()"}
    open_places = [i for i, size in enumerate(wanted) if type(size) is int and size == -1]
    if len(open_places) > 1 or any(type(size) is int and size == 0 for size in wanted):
        raise ShapeError("shape.reshape_open", name=name, **shown)
    rest = numel(size for i, size in enumerate(wanted) if i not in open_places)
    if not open_places:
        if equal(rest, total) is False:
            raise ShapeError("shape.reshape", count=show(rest), **shown)
        return tuple(wanted)
    if type(rest) is int and type(total) is int and total % rest:
        raise ShapeError("shape.reshape", count=show(rest), **shown)
    made = list(wanted)
    made[open_places[0]] = floor_divide(total, rest)
    return tuple(made)


def _reshaped(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    at_least_one("shape", args["shape"])
    return (filled(args["shape"], numel(inputs[0]), "shape"),)


def _unflattened(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape: Shape = inputs[0]
    place, parts = axis(args["dim"], len(shape)), args["unflattened_size"]
    at_least_one("unflattened_size", parts)
    return (
        (*shape[:place], *filled(parts, shape[place], "unflattened_size"), *shape[place + 1 :]),
    )


def _permuted(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, order = inputs[0], args["dims"]
    at_least_one("dims", order)
    rank = len(shape)
    if sorted(axis(one, rank, "dims") for one in order) != list(range(rank)):
        raise ShapeError("shape.permute", set_to(dims=tuple(range(rank))), dims=order, rank=rank)
    return (tuple(shape[one] for one in order),)


def _transposed(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    made = list(inputs[0])
    first, second = axis(args["dim0"], len(made), "dim0"), axis(args["dim1"], len(made), "dim1")
    made[first], made[second] = made[second], made[first]
    return (tuple(made),)


def _squeezed(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    place = axis(args["dim"], len(shape))
    if shape[place] != 1:
        ones = [set_to(dim=i) for i, size in enumerate(shape) if size == 1]
        raise ShapeError("shape.squeeze", *ones, dim=args["dim"], size=show(shape[place]))
    return ((*shape[:place], *shape[place + 1 :]),)


def _unsqueezed(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    place = axis(args["dim"], len(shape) + 1)
    return ((*shape[:place], 1, *shape[place:]),)


def _expanded(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, wanted = inputs[0], args["sizes"]
    at_least_one("sizes", wanted)
    added = len(wanted) - len(shape)
    if added < 0:
        raise ShapeError(
            "shape.expand", wanted=show_shape(wanted, " × "), shape=show_shape(shape, " × ")
        )
    made: list[Dim] = []
    for size, now in zip(wanted, (*(0,) * added, *shape), strict=True):
        keeps = type(size) is int and size == -1
        new = type(now) is int and now == 0
        if (keeps and new) or (not keeps and not new and now != 1 and equal(size, now) is False):
            raise ShapeError(
                "shape.expand", wanted=show_shape(wanted, " × "), shape=show_shape(shape, " × ")
            )
        made.append(now if keeps else size)
    return (tuple(made),)


def _for_batch(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, like = inputs
    at_least_one("sizes", args["sizes"])
    if not like:
        raise ShapeError("shape.rank", dims="N *S", rank=0, shape="()")
    return _expanded({"sizes": (like[0], *args["sizes"])}, (shape,))


def _rolled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, shifts, dims = inputs[0], args["shifts"], args["dims"]
    counts = [len(one) if type(one) is tuple else 1 for one in (shifts, dims)]
    if counts[0] != counts[1]:
        values = {"name": "shifts", "entries": counts[0], "count": counts[1]}
        raise ShapeError("shape.per_dim", **values)
    _each_dim(dims, len(shape))
    return (shape,)


def _each_dim(dims: Any, rank: int) -> list[int]:
    """Return the dims counted from the front; refuse one that is not there."""
    return [axis(one, rank, "dims") for one in (dims if type(dims) is tuple else (dims,))]


def _flipped(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    at_least_one("dims", args["dims"])
    found = _each_dim(args["dims"], len(inputs[0]))
    if len(set(found)) < len(found):
        raise ShapeError("shape.dim_twice", dims=args["dims"])
    return (inputs[0],)


def _repeated(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, times = inputs[0], args["repeats"]
    at_least_one("repeats", times)
    if len(times) < len(shape):
        values = {"name": "repeats", "entries": len(times), "count": len(shape)}
        raise ShapeError("shape.per_dim", **values)
    longer = (*(1,) * (len(times) - len(shape)), *shape)
    return (tuple(size * factor for size, factor in zip(longer, times, strict=True)),)


def _stretched(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    place = axis(args["dim"], len(shape))
    return ((*shape[:place], shape[place] * args["repeats"], *shape[place + 1 :]),)


def _sizes(name: str, default: tuple[int, ...], help: str, minimum: int = -1) -> Param:
    return Param(name, "ints", default, help, minimum=minimum, maximum=WIDEST, positional=True)


def _per_dim(name: str, default: int, help: str, limit: int) -> Param:
    return Param(name, "size", default, help, minimum=-limit, maximum=limit - 1, positional=True)


def _shaping(
    name: str,
    function: str,
    summary: str,
    params: tuple[Param, ...],
    rule: Rule,
    words: tuple[str, ...] = (),
    page: str = "",
) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        group="shaping",
        signature="*S -> *R",
        params=params,
        code=Code(function=function),
        summary=summary,
        url=_PAGE.format(page or name.lower()),
        rule=rule,
        words=words,
        main=params[0].name if params else "",
    )


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Flatten",
        family="tensor",
        group="shaping",
        signature="*S -> *R",
        params=(
            dim(1, "The first dim that is joined.", "start_dim"),
            dim(-1, "The last one.", "end_dim"),
        ),
        code=Code(module="nn.Flatten", function="{0}.flatten({start_dim}{, end_dim})"),
        summary="Joins dims into one, as before the first Linear after convolutions.",
        url=torch_page("nn.Flatten"),
        rule=_flattened,
        words=("reshape", "join", "vector"),
        default_name="flatten",
        main="start_dim",
    ),
    LayerSpec(
        name="Unflatten",
        family="tensor",
        group="shaping",
        signature="*S -> *R",
        params=(
            Param(
                "dim", "int", 1, "The dim that is split.", minimum=-16, maximum=15, positional=True
            ),
            _sizes("unflattened_size", (1, -1), "The sizes in its place; -1 stands for the rest."),
        ),
        code=Code(module="nn.Unflatten", function="{0}.unflatten({dim}, {unflattened_size})"),
        summary="Splits one dim into several, as when a vector becomes a picture or heads.",
        url=torch_page("nn.Unflatten"),
        rule=_unflattened,
        words=("reshape", "split", "heads"),
        default_name="unflatten",
        main="unflattened_size",
    ),
    _shaping(
        "Reshape",
        "{0}.reshape({*shape})",
        "Arranges the same entries in other sizes; -1 stands for the rest.",
        (_sizes("shape", (-1, 1), "The sizes, the batch included; -1 stands for the rest."),),
        _reshaped,
        ("view",),
    ),
    _shaping(
        "Permute",
        "{0}.permute({*dims})",
        "Puts the dims in another order.",
        (_sizes("dims", (0, 2, 1), "The old index of each new dim.", -16),),
        _permuted,
        ("order", "transpose", "channels last"),
    ),
    _shaping(
        "Transpose",
        "{0}.transpose({dim0}, {dim1})",
        "Swaps two dims.",
        (dim(1, "The first of the two.", "dim0"), dim(2, "The second of the two.", "dim1")),
        _transposed,
        ("swap",),
    ),
    _shaping(
        "Squeeze",
        "{0}.squeeze({dim})",
        "Takes a dim of size 1 away.",
        (dim(-1, "The dim that disappears."),),
        _squeezed,
        ("remove",),
    ),
    _shaping(
        "Unsqueeze",
        "{0}.unsqueeze({dim})",
        "Adds a dim of size 1.",
        (dim(1, "Where it is added."),),
        _unsqueezed,
        ("add", "insert"),
    ),
    _shaping(
        "Expand",
        "{0}.expand({*sizes})",
        "Repeats dims of size 1 without copying; -1 keeps a dim.",
        (_sizes("sizes", (-1, -1), "The new sizes; -1 keeps the size."),),
        _expanded,
        ("repeat", "broadcast"),
        "Tensor.expand",
    ),
    LayerSpec(
        name="ExpandBatch",
        family="tensor",
        group="shaping",
        signature="input: *S, like: *R -> *T",
        params=(_sizes("sizes", (-1, -1), "The sizes behind the batch; -1 keeps the size."),),
        code=Code(function="{input}.expand({like}.size(0), {*sizes})"),
        summary="Repeats a learned tensor for every sample of a batch, such as a class token.",
        url=_PAGE.format("Tensor.expand"),
        rule=_for_batch,
        words=("repeat", "broadcast", "class token", "batch"),
    ),
    _shaping(
        "Repeat",
        "{0}.repeat({*repeats})",
        "Copies the whole tensor side by side, so many times along each dim.",
        (_sizes("repeats", (1, 2), "How many times along each dim, new dims in front.", 1),),
        _repeated,
        ("tile", "copy"),
        "Tensor.repeat",
    ),
    _shaping(
        "RepeatInterleave",
        "{0}.repeat_interleave({repeats}, dim={dim})",
        "Copies each entry of a dim so many times, one behind the other.",
        (
            count("repeats", 2, "How many times.", maximum=4096),
            dim(1, "The dim that gets longer."),
        ),
        _stretched,
        ("tile", "copy", "grouped-query attention"),
        "repeat_interleave",
    ),
    _shaping(
        "Roll",
        "{0}.roll({shifts}, {dims})",
        "Moves entries along dims; what leaves at one end comes in at the other.",
        (
            _per_dim("shifts", 1, "How far, for one dim or for each.", WIDEST),
            _per_dim("dims", 1, "The dim, or several.", 16),
        ),
        _rolled,
        ("shift", "cyclic", "swin"),
    ),
    _shaping(
        "Flip",
        "{0}.flip({*dims})",
        "Turns the order of the entries of dims round.",
        (_sizes("dims", (-1,), "The dims that are turned round.", -16),),
        _flipped,
        ("reverse", "mirror"),
    ),
)
"""The family."""
