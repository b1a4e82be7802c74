"""Two shapes combined entry by entry by torch's rule: dims of size 1 stretch."""

from __future__ import annotations

from itertools import zip_longest

from nnstudio.catalogue.faults import Fix, ShapeError, insert
from nnstudio.graph.dims import Dim, Shape, equal, show, show_shape


def broadcast(left: Shape, right: Shape) -> Shape:
    """Return the shape that two shapes stretch to.

    Raises:
        ShapeError: Two sizes always differ. (That a symbolic one could happen to be 1 is nothing
            that anybody draws on purpose.)
    """
    made: list[Dim] = []
    for a, b in zip_longest(reversed(left), reversed(right), fillvalue=1):
        if a == b or (type(b) is int and b == 1):
            made.append(a)
        elif type(a) is int and a == 1:
            made.append(b)
        elif equal(a, b) is False:
            raise _differing(left, right, a, b)
        else:  # a plain size wins over one that is not known yet: that one is equal to it, or 1
            made.append(b if type(b) is int else a)
    return tuple(reversed(made))


def combined(left: Shape, right: Shape) -> Shape:
    """Return what two inputs stretch to; the error offers to bring one to the other."""
    try:
        return broadcast(left, right)
    except ShapeError as error:
        error.fixes = tuple(_matching(left, right, 1) or _matching(right, left, 0))
        raise


def expect(name: str, wanted: Shape, given: Shape | None) -> None:
    """Refuse what arrives at an input when it has not the shape that it must have; open is fine.

    Raises:
        ShapeError: It has another one.
    """
    if given is not None and (
        len(wanted) != len(given)
        or any(equal(a, b) is False for a, b in zip(wanted, given, strict=True))
    ):
        values = {"wanted": _shown(wanted), "shape": _shown(given)}
        raise ShapeError("shape.state", name=name, **values)


def _shown(shape: Shape) -> str:
    return show_shape(shape, " × ") or "()"


def _differing(left: Shape, right: Shape, a: Dim, b: Dim) -> ShapeError:
    values = {
        "a": show(a),
        "b": show(b),
        "left": show_shape(left, " × "),
        "right": show_shape(right, " × "),
    }
    return ShapeError("shape.broadcast", **values)


def _matching(wanted: Shape, given: Shape, port: int) -> list[Fix]:
    """Return the layer before input `port` that makes `given` equal to `wanted`."""
    if len(wanted) != len(given) or len(given) not in (2, 3, 4, 5):
        return []
    channels = wanted[1] if len(given) > 3 else wanted[-1]
    if type(channels) is not int:
        return []
    if len(given) <= 3:
        fits = wanted[:-1] == given[:-1]
        return [insert("repair.project", "Linear", port, out_features=channels)] if fits else []
    stride = _stride(wanted[2:], given[2:])
    if stride is None:
        return []
    layer, more = f"Conv{len(given) - 2}d", {} if stride == 1 else {"stride": stride}
    return [insert("repair.channels", layer, port, out_channels=channels, kernel_size=1, **more)]


def _stride(wanted: Shape, given: Shape) -> int | None:
    """Return the stride by which a kernel of 1 comes from the given sizes to the wanted ones."""
    strides = (
        s
        for s in (1, 2, 4, 8)
        if all((g - 1) // s + 1 == w for g, w in zip(given, wanted, strict=True))
    )
    return next(strides, None)
