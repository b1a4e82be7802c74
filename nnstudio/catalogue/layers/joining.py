"""Several tensors into one, and one into several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import Fix, ShapeError, insert, set_to
from nnstudio.catalogue.fields import WIDEST, count, dim
from nnstudio.catalogue.sizes import axis, known
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, floor_divide, show, show_shape

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"


def _put(shape: Shape, place: int, *sizes: Dim) -> Shape:
    """Return the shape with other sizes, or none, in the place of one dim."""
    return (*shape[:place], *sizes, *shape[place + 1 :])


def _joined(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shapes: tuple[Shape, ...] = inputs[0]
    first = shapes[0]
    place = axis(args["dim"], len(first)) if first else 0
    if not first:
        raise ShapeError("shape.rank", dims="*S", rank=0, shape="()")
    merged = list(first)
    for edge, shape in enumerate(shapes[1:], 1):
        if len(shape) != len(first):
            raise _unlike(first, shape, args["dim"], [])
        for i, (a, b) in enumerate(zip(first, shape, strict=True)):
            if i != place and equal(a, b) is False:
                raise _unlike(first, shape, args["dim"], _padding(first, shape, place, edge))
            merged[i] = merged[i] + b if i == place else (b if type(b) is int else merged[i])
    return (tuple(merged),)


def _unlike(first: Shape, other: Shape, dim_: int, fixes: list[Fix]) -> ShapeError:
    values = {"left": show_shape(first, " × "), "right": show_shape(other, " × "), "dim": dim_}
    return ShapeError("shape.join", *fixes, **values)


def _padding(wanted: Shape, given: Shape, place: int, edge: int) -> list[Fix]:
    """Return the Pad that brings the spatial sizes of one edge to those of the first."""
    if place != 1 or len(wanted) < 3:
        return []
    pads: list[int] = []
    for a, b in zip(reversed(wanted[2:]), reversed(given[2:]), strict=True):
        missing = a - b
        if type(missing) is not int:
            return []
        pads += [missing // 2, missing - missing // 2]
    return [insert("repair.pad", "Pad", 0, edge, padding=tuple(pads))]


def _stacked(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shapes: tuple[Shape, ...] = inputs[0]
    first = shapes[0]
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(
            equal(a, b) is False for a, b in zip(first, shape, strict=True)
        ):
            raise ShapeError(
                "shape.disagree", left=show_shape(first, " × "), right=show_shape(shape, " × ")
            )
    place = axis(args["dim"], len(first) + 1)
    return ((*first[:place], len(shapes), *first[place:]),)


def _chunks(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape: Shape = inputs[0]
    parts = known("chunks", args["chunks"])
    place = axis(args["dim"], len(shape))
    size = shape[place]
    width: Dim = floor_divide(size + parts - 1, parts)
    if equal(width * parts, size) is True:
        return tuple(_put(shape, place, width) for _ in range(parts))
    last = size - width * (parts - 1)
    if type(last) is int and last <= 0:
        raise ShapeError("shape.chunks", set_to(chunks=1), chunks=parts, size=show(size))
    return (*(_put(shape, place, width),) * (parts - 1), _put(shape, place, last))


def _pieces(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, sizes = inputs[0], args["sizes"]
    place = axis(args["dim"], len(shape))
    if equal(sum(sizes), shape[place]) is False:
        raise ShapeError("shape.split", total=show(sum(sizes)), size=show(shape[place]))
    return tuple(_put(shape, place, size) for size in sizes)


def _grid(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shapes: tuple[Shape, ...] = inputs[0]
    for shape in shapes:
        if len(shape) != 1:
            shown = show_shape(shape, " × ") or "()"
            raise ShapeError("shape.rank", dims="L", rank=len(shape), shape=shown)
    made = tuple(shape[0] for shape in shapes)
    return (made,) * len(made)


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Concatenate",
        family="tensor",
        group="joining",
        signature="inputs...: *S -> *S",
        params=(dim(1, "The dim along which they are put one behind the other."),),
        code=Code(function="torch.cat([{inputs}], dim={dim})"),
        summary="Puts tensors one behind the other along a dim, as the arms of an Inception block.",
        url=_PAGE.format("cat"),
        rule=_joined,
        words=("cat", "join", "merge", "concat", "skip"),
        main="dim",
    ),
    LayerSpec(
        name="Stack",
        family="tensor",
        group="joining",
        signature="inputs...: *S -> *R",
        params=(dim(1, "Where the new dim is added."),),
        code=Code(function="torch.stack([{inputs}], dim={dim})"),
        summary="Puts tensors of equal shape side by side along a new dim.",
        url=_PAGE.format("stack"),
        rule=_stacked,
        words=("join", "merge"),
        main="dim",
    ),
    LayerSpec(
        name="Chunk",
        family="tensor",
        group="joining",
        signature="*S -> parts...: *P",
        params=(
            count("chunks", 2, "How many parts.", maximum=64),
            dim(-1, "The dim that is divided."),
        ),
        code=Code(function="{0}.chunk({chunks}, dim={dim})"),
        summary="Divides a tensor into equal parts along a dim, as queries, keys and values.",
        url=_PAGE.format("chunk"),
        rule=_chunks,
        words=("split", "divide", "qkv"),
        main="chunks",
    ),
    LayerSpec(
        name="Split",
        family="tensor",
        group="joining",
        signature="*S -> parts...: *P",
        params=(
            Param("sizes", "ints", (1, 1), "The size of each part.", minimum=1, maximum=WIDEST),
            dim(-1, "The dim that is divided."),
        ),
        code=Code(function="{0}.split({sizes}, dim={dim})"),
        summary="Divides a tensor into parts of given sizes along a dim.",
        url=_PAGE.format("split"),
        rule=_pieces,
        words=("chunk", "divide"),
        main="sizes",
    ),
    LayerSpec(
        name="Meshgrid",
        family="tensor",
        group="joining",
        signature="inputs...: *S -> grids...: *G",
        params=(),
        code=Code(function='torch.meshgrid({inputs}, indexing="ij")'),
        summary="Coordinates of every point of a grid from the coordinates along each side.",
        url=_PAGE.format("meshgrid"),
        rule=_grid,
        words=("coordinates", "grid", "coordconv"),
    ),
)
"""The family."""
