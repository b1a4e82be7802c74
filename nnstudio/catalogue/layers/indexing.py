"""Indexing: parts of a tensor by place, and triangles and diagonals of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue import brackets
from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, count, dim
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, show, show_shape

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"


def _put(shape: Shape, place: int, *sizes: Dim) -> Shape:
    """Return the shape with other sizes, or none, in the place of one dim."""
    return (*shape[:place], *sizes, *shape[place + 1 :])


def _selected(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, index = inputs[0], args["index"]
    place = axis(args["dim"], len(shape))
    size = shape[place]
    if type(size) is int and type(index) is int and not -size <= index < size:
        raise ShapeError("shape.index", set_to(index=-1), index=index, size=size)
    return (_put(shape, place),)


def _narrowed(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, start, length = inputs[0], args["start"], args["length"]
    place = axis(args["dim"], len(shape))
    size = shape[place]
    if type(size) is int and type(start) is int and type(length) is int:
        begin = start + size if start < 0 else start
        if not 0 <= begin <= size or begin + length > size:
            raise ShapeError("shape.narrow", start=start, length=length, size=size)
    return (_put(shape, place, length),)


def _sliced(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    return (brackets.taken(args["index"], inputs[0]),)


def _gathered(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, index = inputs
    place = axis(args["dim"], len(shape))
    beyond = len(shape) != len(index) or any(
        type(wanted) is type(size) is int and wanted > size and i != place
        for i, (wanted, size) in enumerate(zip(index, shape, strict=True))
    )
    if beyond:
        values = {"wanted": show_shape(shape, " × "), "shape": show_shape(index, " × ") or "()"}
        raise ShapeError("shape.gather", **values)
    return (index,)


def _picked(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, index = inputs
    return (_put(shape, axis(args["dim"], len(shape)), index[0]),)


def _unbound(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    place = axis(args["dim"], len(shape))
    size = shape[place]
    if type(size) is not int or size > _MOST:
        raise ShapeError("shape.unbind", size=show(size), most=_MOST)
    return (_put(shape, place),) * size


def _diagonal(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    *rest, rows, columns = inputs[0]
    offset = args["offset"]
    if type(rows) is type(columns) is type(offset) is int:
        length = min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)
        return ((*rest, length),)
    if rows == columns:
        return ((*rest, rows - offset if type(offset) is int and offset >= 0 else rows + offset),)
    raise ShapeError("shape.diagonal", rows=show(rows), columns=show(columns))


def _spread(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, offset = inputs[0], args["offset"]
    side = shape[-1] + (abs(offset) if type(offset) is int else offset)
    return ((*shape[:-1], side, side),)


_MOST = 64
"""So many parts can be taken one by one."""
_INDEX = Param("index", "int", -1, "Which entry; -1 is the last.", minimum=-WIDEST, maximum=WIDEST)


def _offset(name: str, help: str) -> Param:
    return Param(name, "int", 0, help, minimum=-WIDEST, maximum=WIDEST)


def _triangle(name: str, what: str) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="tensor",
        group="indexing",
        signature="*S R C -> *S R C",
        params=(_offset("diagonal", "Which diagonal is the border; 0 is the main one."),),
        code=Code(function=f"{{0}}.{name.lower()}({{diagonal}})"),
        summary=f"Sets everything {what} a diagonal of the last two dims to zero.",
        url=_PAGE.format(name.lower()),
        words=("triangle", "mask", "causal"),
        main="diagonal",
    )


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Select",
        family="tensor",
        group="indexing",
        signature="*S -> *R",
        params=(dim(1, "The dim that disappears."), _INDEX),
        code=Code(function="{0}.select({dim}, {index})"),
        summary="Takes one entry of a dim, such as the last time step.",
        url=_PAGE.format("select"),
        rule=_selected,
        words=("index", "last", "pick", "time step", "class token"),
        main="index",
    ),
    LayerSpec(
        name="Narrow",
        family="tensor",
        group="indexing",
        signature="*S -> *R",
        params=(
            dim(1, "The dim of which a part is taken."),
            Param("start", "int", 0, "Where it starts.", minimum=-WIDEST, maximum=WIDEST),
            count("length", 1, "How much is taken."),
        ),
        code=Code(function="{0}.narrow({dim}, {start}, {length})"),
        summary="Takes a stretch of a dim.",
        url=_PAGE.format("narrow"),
        rule=_narrowed,
        words=("slice", "crop", "cut", "range"),
        main="length",
    ),
    LayerSpec(
        name="Slice",
        family="tensor",
        group="indexing",
        signature="*S -> *R",
        params=(
            Param(
                "index",
                "text",
                ":, ::2",
                "As between Python's brackets: 3, 1:5, ::2, -1, None, ... with commas.",
            ),
        ),
        code=Code(function="{0}[{:index}]"),
        summary="Takes a part as Python's brackets do, such as [:, 1:5] or [..., ::2].",
        url="https://docs.pytorch.org/docs/stable/tensor_view.html",
        rule=_sliced,
        words=("index", "crop", "stride", "brackets", "every second"),
        main="index",
    ),
    LayerSpec(
        name="Gather",
        family="tensor",
        group="indexing",
        signature="input: *S, index: *I -> *I",
        params=(dim(-1, "The dim along which the index looks."),),
        code=Code(function="{input}.gather({dim}, {index})"),
        summary="Takes for each entry of the index the value that stands there along a dim.",
        url=_PAGE.format("gather"),
        rule=_gathered,
        words=("index", "pick", "lookup", "q values"),
        main="dim",
    ),
    LayerSpec(
        name="IndexSelect",
        family="tensor",
        group="indexing",
        signature="input: *S, index: K -> *R",
        params=(dim(0, "The dim of which entries are taken."),),
        code=Code(function="{input}.index_select({dim}, {index})"),
        summary="Takes the entries of a dim that a list of indices names, in its order.",
        url=_PAGE.format("index_select"),
        rule=_picked,
        words=("take", "rows", "lookup"),
        main="dim",
    ),
    LayerSpec(
        name="Unbind",
        family="tensor",
        group="indexing",
        signature="*S -> parts...: *P",
        params=(dim(0, "The dim that is taken apart and disappears."),),
        code=Code(function="{0}.unbind({dim})"),
        summary="Takes a dim apart: one output for each of its entries.",
        url=_PAGE.format("unbind"),
        rule=_unbound,
        words=("split", "unstack", "qkv"),
        main="dim",
    ),
    LayerSpec(
        name="Diagonal",
        family="tensor",
        group="indexing",
        signature="*S R C -> *S D",
        params=(_offset("offset", "Which diagonal; 0 is the main one."),),
        code=Code(function="{0}.diagonal({offset}, -2, -1)"),
        summary="Takes the diagonal of the last two dims.",
        url=_PAGE.format("diagonal"),
        rule=_diagonal,
        words=("diag", "trace", "matrix"),
        main="offset",
    ),
    LayerSpec(
        name="DiagonalEmbed",
        family="tensor",
        group="indexing",
        signature="*S D -> *S R R",
        params=(_offset("offset", "Which diagonal; 0 is the main one."),),
        code=Code(function="torch.diag_embed({0}, {offset})"),
        summary="Makes of each vector a matrix with the vector on its diagonal.",
        url=_PAGE.format("diag_embed"),
        rule=_spread,
        words=("diag", "matrix"),
        main="offset",
    ),
    _triangle("Tril", "above"),
    _triangle("Triu", "below"),
)
"""The family."""
