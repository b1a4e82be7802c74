"""Pooling of other kinds: by a power mean, by random windows, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import NEVER, flag, size, torch_page
from nnstudio.catalogue.sizes import FINEST_SCALE, at, entries, pool, same_entries
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Poly, Shape, equal, floor_divide, show, show_shape

_AXES = ("", "L", "H W", "D H W")


def _power_pooled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    spatial = len(shape) - 2
    same_entries(args, spatial, "kernel_size", "stride")
    for axis, one in enumerate(shape[2:] if spatial == 3 else ()):
        kernel = at(args["kernel_size"], axis)
        if type(one) is type(kernel) is int and one < kernel:
            values = {"kernel": show(kernel), "size": show(one), "padding": 0}
            raise ShapeError("shape.kernel", set_to(kernel_size=one), **values)
    window = {**args, "padding": 0}
    return ((*shape[:2], *(pool(window, one, i) for i, one in enumerate(shape[2:]))),)


def _width(spatial: int, name: str, default: int | None, help: str) -> Param:
    """Return a width of the window; in one dim torch takes a plain number only."""
    return Param(
        name,
        "int" if spatial == 1 else "size",
        default,
        help,
        minimum=1,
        maximum=1024,
        positional=default is not None,
        optional=default is None,
    )


def _power(spatial: int) -> LayerSpec:
    axes, name = _AXES[spatial], f"LPPool{spatial}d"
    made = " ".join(f"{axis}2" for axis in axes.split())
    return LayerSpec(
        name=name,
        family="pooling",
        signature=f"N C {axes} -> N C {made}",
        params=(
            Param(
                "norm_type",
                "float",
                2.0,
                "The power p: 1 sums, a large one comes close to the largest value.",
                minimum=0.0,
                above=True,
                maximum=64.0,
                positional=True,
            ),
            _width(spatial, "kernel_size", 2, "How wide the window is."),
            _width(
                spatial,
                "stride",
                None,
                "How far the window moves; as far as it is wide by itself.",
            ),
            flag("ceil_mode", False, "Whether a window may reach over the edge."),
        ),
        code=Code(module=f"nn.{name}"),
        summary="Takes the p-th root of the sum of p-th powers of each window.",
        url=torch_page(f"nn.{name}"),
        rule=_power_pooled,
        words=("norm", "downsample", "subsample"),
        default_name="pool",
        main="kernel_size",
    )


def _fractional(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    spatial = len(shape) - 2
    if (args["output_size"] is None) == (args["output_ratio"] is None):
        fix = set_to(output_size=None, output_ratio=0.5)
        raise ShapeError("shape.either", fix, first="output_size", second="output_ratio")
    same_entries(args, spatial, "kernel_size", "output_size", "output_ratio")
    made = tuple(_fraction(args, one, i) for i, one in enumerate(shape[2:]))
    for axis, (old, new) in enumerate(zip(shape[2:], made, strict=True)):
        # windows of a volume need one place more, by torch's own check
        reach = new + at(args["kernel_size"], axis) - (1 if spatial == 2 else 0)
        if type(old) is int and type(reach) is int and reach > old:
            values = {"kernel": show(at(args["kernel_size"], axis)), "size": show(old)}
            raise ShapeError("shape.kernel", set_to(kernel_size=1), **values, padding=0)
    leaving = (*shape[:2], *made)
    return (leaving, leaving) if args["return_indices"] else (leaving,)


def _fraction(args: dict[str, Any], old: Dim, axis: int) -> Dim:
    """Return the size of one dim: what was asked for, or a share of what arrives."""
    if args["output_size"] is not None:
        wanted: Dim = at(args["output_size"], axis)
        return wanted
    share = at(args["output_ratio"], axis)
    if type(old) is int and not isinstance(share, Poly):
        return int(old * share)
    exact = Fraction(share) if not isinstance(share, Poly) else None
    if exact is None or exact.denominator > FINEST_SCALE:
        shown = show(share) if isinstance(share, Poly) else share
        raise ShapeError("shape.scale", factor=shown, size=show(old))
    return floor_divide(old * exact.numerator, exact.denominator)


def _random(spatial: int) -> LayerSpec:
    axes, name = _AXES[spatial], f"FractionalMaxPool{spatial}d"
    made = " ".join(f"{axis}2" for axis in axes.split())
    return LayerSpec(
        name=name,
        family="pooling",
        signature=f"N C {axes} -> output: N C {made}, indices: N C {made}",
        params=(
            size("kernel_size", 2, "How wide a window is.", positional=True),
            size(
                "output_size",
                None,
                "The size that leaves, instead of a ratio.",
                maximum=4096,
                optional=True,
            ),
            Param(
                "output_ratio",
                "number_or_size",
                0.5,
                "What share of the size leaves; none when a size is given.",
                optional=True,
                minimum=0.0,
                above=True,
                maximum=0.999,
                torch_default=NEVER,
            ),
            flag("return_indices", False, "Whether it also tells where they stood."),
        ),
        code=Code(module=f"nn.{name}", pair="return_indices"),
        summary="Keeps the largest value of windows that are drawn at random.",
        source="Graham, 2014",
        url=torch_page(f"nn.{name}"),
        rule=_fractional,
        random=True,
        words=("fractional", "maximum", "stochastic", "downsample"),
        default_name="pool",
        main="output_ratio",
    )


def _restored(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, indices = inputs
    spatial = len(shape) - 2
    same_entries(args, spatial, "kernel_size", "stride", "padding")
    if any(equal(a, b) is False for a, b in zip(shape, indices, strict=True)):
        values = {"left": show_shape(shape, " × "), "right": show_shape(indices, " × ")}
        raise ShapeError("shape.disagree", **values)
    made = tuple(_back(args, one, i) for i, one in enumerate(shape[2:]))
    wanted = args["output_size"]
    return ((*shape[:2], *(made if wanted is None else _close(args, wanted, made))),)


def _back(args: dict[str, Any], old: Dim, axis: int) -> Dim:
    stride = args["kernel_size"] if args["stride"] is None else args["stride"]
    reach = at(args["kernel_size"], axis) - 2 * at(args["padding"], axis)
    made: Dim = (old - 1) * at(stride, axis) + reach
    return made


def _close(args: dict[str, Any], wanted: Any, made: Shape) -> Shape:
    """Return the size that is asked for; refuse one that no pooling could have come from."""
    sizes: Shape = entries(wanted, len(made))
    if len(sizes) != len(made):
        same_entries({"output_size": sizes}, len(made), "output_size")
    stride = args["kernel_size"] if args["stride"] is None else args["stride"]
    for axis, (size_, usual) in enumerate(zip(sizes, made, strict=True)):
        away, step = size_ - usual, at(stride, axis)
        if type(away) is int and type(step) is int and abs(away) >= step:
            values = {"value": show(size_), "usual": show(usual), "stride": show(step)}
            raise ShapeError("shape.unpool", set_to(output_size=None), **values)
    return sizes


def _unpool(spatial: int) -> LayerSpec:
    axes, name = _AXES[spatial], f"MaxUnpool{spatial}d"
    made = " ".join(f"{axis}2" for axis in axes.split())
    ends = " ".join(f"{axis}3" for axis in axes.split())
    return LayerSpec(
        name=name,
        family="pooling",
        signature=f"input: N C {axes}, indices: N3 C3 {ends} -> N C {made}",
        params=(
            size("kernel_size", 2, "How wide the window was.", positional=True),
            size(
                "stride", None, "How far it moved; as far as it is wide by itself.", optional=True
            ),
            size("padding", 0, "Rows that had been added around the input.", minimum=0),
            Param(
                "output_size",
                "ints",
                None,
                "The spatial size before pooling, where several fit.",
                optional=True,
                minimum=1,
                maximum=16384,
            ),
        ),
        code=Code(module=f"nn.{name}", call="{self}({input}, {indices}{, output_size})"),
        summary="Puts values back where MaxPool found them, and zeros everywhere else.",
        source="Zeiler & Fergus, 2013",
        url=torch_page(f"nn.{name}"),
        rule=_restored,
        words=("unpooling", "upsample", "decoder", "segnet"),
        default_name="unpool",
        main="kernel_size",
    )


LAYERS: tuple[LayerSpec, ...] = (
    *map(_power, (1, 2, 3)),
    *map(_random, (2, 3)),
    *map(_unpool, (1, 2, 3)),
)
"""The family."""
