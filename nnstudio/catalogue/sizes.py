"""How one dim becomes another: the functions that signatures name in braces, `{conv(H, 0)}`.

Each takes the resolved arguments, a size (an int or symbolic) and the index of the spatial dim.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.graph.dims import Dim, Poly, floor_divide, show

SizeRule: TypeAlias = "Callable[[Mapping[str, Any], Dim, int], Dim]"

FINEST_SCALE = 64
"""A scale of n / 64 of an unknown size is exact; finer ones would depend on how torch rounds."""


def at(value: Any, axis: int) -> Any:
    """Return the entry of a `size` argument for one spatial dim."""
    if type(value) is tuple:
        return value[axis]
    return value


def entries(value: Any, count: int) -> tuple[Any, ...]:
    """Return a `size` argument as a tuple with one entry per spatial dim."""
    return value if type(value) is tuple else (value,) * count


def same_entries(args: Mapping[str, Any], count: int, *names: str) -> None:
    """Refuse a `size` argument that has another number of entries than there are spatial dims."""
    for name in names:
        value = args[name]
        if type(value) is tuple and len(value) != count:
            raise ShapeError(
                "shape.entries",
                set_to(**{name: value[0]}),
                name=name,
                entries=len(value),
                count=count,
            )


def divides(name: str, divisor: Dim, of: str, dividend: Dim) -> None:
    """Refuse a number that has to be a multiple of another and is not."""
    if type(divisor) is int and type(dividend) is int and dividend % divisor:
        by = f"{name} = {divisor}" if name.isidentifier() else name
        fix = (set_to(**{name: math.gcd(divisor, dividend)}),) if name.isidentifier() else ()
        raise ShapeError("shape.divisible", *fix, name=of, value=dividend, by=by)


def at_least_one(name: str, sizes: tuple[Dim, ...]) -> None:
    """Refuse an empty list of sizes."""
    if not sizes:
        raise ShapeError("shape.no_sizes", name=name)


def known(name: str, value: Any) -> int:
    """Return an argument on which more than sizes depend; refuse a formula in its place."""
    if isinstance(value, int):
        return value
    raise ShapeError("shape.needs_number", name=name, value=show(value))


def axis(dim: Any, rank: int, name: str = "dim") -> int:
    """Return the index of a dim counted from the front; refuse one that is not there."""
    place = known(name, dim)
    if not -rank <= place < rank:
        raise ShapeError("shape.dim", set_to(**{name: rank - 1}), name=name, value=place, rank=rank)
    return place % rank


def span(kernel: Dim, dilation: Dim) -> Dim:
    """Return how many entries a dilated kernel reaches over."""
    return dilation * (kernel - 1) + 1


def conv(args: Mapping[str, Any], size: Dim, axis: int) -> Dim:
    """Return the size after a convolution."""
    padding = args["padding"]
    stride = at(args["stride"], axis)
    if padding == "same":
        return size
    padding = 0 if padding == "valid" else at(padding, axis)
    room = size + 2 * padding - span(at(args["kernel_size"], axis), at(args["dilation"], axis))
    if type(room) is int and room < 0:
        raise too_small(args, size, axis, padding)
    return floor_divide(room, stride) + 1


def conv_transpose(args: Mapping[str, Any], size: Dim, axis: int) -> Dim:
    """Return the size after a transposed convolution."""
    grown = (size - 1) * at(args["stride"], axis) - 2 * at(args["padding"], axis)
    reach = span(at(args["kernel_size"], axis), at(args["dilation"], axis))
    made: Dim = grown + reach + at(args["output_padding"], axis)
    return made


def pool(args: Mapping[str, Any], size: Dim, axis: int) -> Dim:
    """Return the size after pooling; with `ceil_mode` the last window may reach over the edge."""
    kernel = at(args["kernel_size"], axis)
    stride = args["stride"]
    stride = kernel if stride is None else at(stride, axis)
    padding = at(args["padding"], axis)
    reach = span(kernel, at(args.get("dilation", 1), axis))
    room = size + 2 * padding - reach
    if args["ceil_mode"]:
        # A window that would start in the padding on the right is left out: the smaller of two.
        extra = stride - 1
        beyond = padding - reach + stride
        room = room + extra - beyond if type(beyond) is int and beyond > 0 else room + extra
    if type(room) is int and room < 0:
        raise too_small(args, size, axis, padding)
    return floor_divide(room, stride) + 1


def adapt(args: Mapping[str, Any], size: Dim, axis: int) -> Dim:
    """Return the size after adaptive pooling."""
    wanted: Dim | None = at(args["output_size"], axis)
    return size if wanted is None else wanted


def scale(args: Mapping[str, Any], size: Dim, axis: int) -> Dim:
    """Return the size after resizing by `scale_factor`, rounded down as torch does."""
    factor = at(args["scale_factor"], axis)
    if isinstance(factor, Poly):
        return size * factor
    if type(size) is int:
        return int(size * factor)
    exact = Fraction(factor)
    if exact.denominator > FINEST_SCALE:
        raise ShapeError("shape.scale", factor=factor, size=show(size))
    return floor_divide(size * exact.numerator, exact.denominator)


def too_small(args: Mapping[str, Any], size: Dim, axis: int, padding: int) -> ShapeError:
    """Return the error of a kernel that is larger than what it slides over."""
    kernel = at(args["kernel_size"], axis)
    reach = span(kernel, at(args.get("dilation", 1), axis))
    values = {"kernel": show(reach), "size": show(size), "padding": padding}
    fixes = []
    if type(size) is int and type(reach) is int:
        if "groups" in args:  # pooling takes no more padding than half of its kernel
            fixes.append(set_to(padding=(reach - size + 1) // 2))
        if reach == kernel and size + 2 * padding >= 1:
            fixes.append(set_to(kernel_size=size + 2 * padding))
    return ShapeError("shape.kernel", *fixes, **values)


SIZES: Mapping[str, SizeRule] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "pool": pool,
    "adapt": adapt,
    "scale": scale,
}
"""The functions that a signature may name."""
