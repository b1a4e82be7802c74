"""Pooling: neighbouring values become one, so that space shrinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, flag, size, torch_page
from nnstudio.catalogue.sizes import SizeRule, adapt, at, pool, same_entries, span, too_small
from nnstudio.catalogue.spec import Check, Code, LayerSpec, Rule
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape

_AXES = ("", "L", "H W", "D H W")
_STRIDE = size(
    "stride", None, "How far the window moves; as far as it is wide by itself.", optional=True
)
_INDICES = flag("return_indices", False, "Whether it also tells where they stood, for MaxUnpool.")
_CEIL = flag(
    "ceil_mode", False, "Whether a window may reach over the edge instead of being left out."
)


def _window(padding_of: str) -> tuple[Param, ...]:
    return (
        size("kernel_size", 2, "How wide the window is.", positional=True),
        _STRIDE,
        size("padding", 0, f"Rows of {padding_of} around the input.", minimum=0),
    )


def _max_params(spatial: int) -> tuple[Param, ...]:
    spread = size("dilation", 1, "The distance between the entries of the window.")
    return (*_window("minus infinity"), spread, _INDICES, _CEIL)


def _average_params(spatial: int) -> tuple[Param, ...]:
    counted = flag("count_include_pad", True, "Whether the zeros of the padding count in the mean.")
    params = (*_window("zeros"), _CEIL, counted)
    if spatial == 1:
        return params
    divisor = Param(
        "divisor_override",
        "int",
        None,
        "Sums are divided by this instead of by the size of the window.",
        optional=True,
        minimum=1,
        maximum=WIDEST,
    )
    return (*params, divisor)


def _check(spatial: int, *, whole: bool = False) -> Check:
    """Return the check of a window; `whole` where padding cannot help a small input."""

    def check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
        same_entries(args, spatial, *(name for name in _SIZES if name in args))
        for axis in range(spatial):
            padding, kernel = at(args["padding"], axis), at(args["kernel_size"], axis)
            if type(padding) is int and type(kernel) is int and padding > kernel // 2:
                fix = set_to(padding=kernel // 2)
                raise ShapeError("shape.pool_padding", fix, padding=padding, limit=kernel // 2)
            reach = span(kernel, at(args.get("dilation", 1), axis))
            size = inputs[0][2 + axis]
            if whole and type(size) is int and type(reach) is int and size < reach:
                raise too_small(args, size, axis, 0)

    return check


def _with_indices(size_rule: SizeRule) -> Rule:
    """Return the rule of a layer that also tells where the largest values stood."""

    def rule(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
        shape = inputs[0]
        made = (*shape[:2], *(size_rule(args, one, i) for i, one in enumerate(shape[2:])))
        return (made, made) if args["return_indices"] else (made,)

    return rule


_SIZES = ("kernel_size", "stride", "padding", "dilation")


def _pooling(kind: str, spatial: int) -> LayerSpec:
    axes = _AXES[spatial]
    made = " ".join(f"{{pool({axis}, {i})}}" for i, axis in enumerate(axes.split()))
    name = f"{kind}Pool{spatial}d"
    params, summary, words = _KINDS[kind]
    return LayerSpec(
        name=name,
        family="pooling",
        signature=f"N C {axes} -> N C {made}{_second(kind, made)}",
        params=params(spatial),
        code=Code(module=f"nn.{name}", pair="return_indices" if kind == "Max" else ""),
        summary=summary,
        source="LeCun et al., 1998" if kind == "Avg" else "Yamaguchi et al., 1990",
        url=torch_page(f"nn.{name}"),
        rule=_with_indices(pool) if kind == "Max" else None,
        check=_check(spatial, whole=name == "AvgPool3d"),
        words=(*words, "downsample", "subsample"),
        default_name="pool",
        main="kernel_size",
    )


_KINDS: dict[str, tuple[Callable[[int], tuple[Param, ...]], str, tuple[str, ...]]] = {
    "Max": (_max_params, "Keeps the largest value of each window.", ("maximum",)),
    "Avg": (_average_params, "Takes the mean of each window.", ("average", "mean")),
}


def _second(kind: str, made: str) -> str:
    """Return the port that tells where the largest values stood."""
    return f", indices: N C {made}" if kind == "Max" else ""


def _adaptive(kind: str, spatial: int) -> LayerSpec:
    axes = _AXES[spatial]
    made = " ".join(f"{{adapt({axis}, {i})}}" for i, axis in enumerate(axes.split()))
    name = f"Adaptive{kind}Pool{spatial}d"
    wanted = size(
        "output_size", 1, "The size that leaves, whatever arrives.", positional=True, maximum=4096
    )
    what = "the largest value" if kind == "Max" else "the mean"
    return LayerSpec(
        name=name,
        family="pooling",
        signature=f"N C {axes} -> N C {made}{_second(kind, made)}",
        params=(wanted, _INDICES) if kind == "Max" else (wanted,),
        code=Code(module=f"nn.{name}", pair="return_indices" if kind == "Max" else ""),
        summary=f"Takes {what} of windows chosen so that a fixed size leaves.",
        source="Lin et al., 2013" if kind == "Avg" else "He et al., 2014",
        url=torch_page(f"nn.{name}"),
        rule=_with_indices(adapt) if kind == "Max" else None,
        check=lambda args, inputs: same_entries(args, spatial, "output_size"),
        words=("global", "average" if kind == "Avg" else "maximum", "fixed size"),
        default_name="pool",
        main="output_size",
    )


LAYERS: tuple[LayerSpec, ...] = (
    *(_pooling(kind, spatial) for kind in ("Max", "Avg") for spatial in (1, 2, 3)),
    *(_adaptive(kind, spatial) for kind in ("Avg", "Max") for spatial in (1, 2, 3)),
)
"""The family."""
