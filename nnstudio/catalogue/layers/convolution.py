"""Convolutions: a small window of weights that slides over space or time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import auto, bias, choice, count, size, torch_page
from nnstudio.catalogue.sizes import at, divides, entries, same_entries
from nnstudio.catalogue.spec import Check, Code, Cost, LayerSpec, Resolved, Tensors
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, floor_divide, numel, show

_AXES = ("", "L", "H W", "D H W")
_WHAT = ("", "time or any other line", "height and width", "depth, height and width")
_WORDS = ("", ("signal", "temporal"), ("image", "convolution"), ("volume", "video"))


def _params(spatial: int) -> tuple[Param, ...]:
    return (
        auto("in_channels", "Channels that arrive."),
        count(
            "out_channels",
            64,
            "Channels that leave: how many filters are learned.",
            positional=True,
        ),
        size("kernel_size", 3, "How far a filter reaches.", positional=True),
        size("stride", 1, "How far the filter moves from one place to the next."),
        size(
            "padding",
            0,
            "Rows of zeros around the input; same keeps the size.",
            minimum=0,
            words=("same", "valid"),
        ),
        size("dilation", 1, "The distance between the entries that a filter looks at."),
        count("groups", 1, "Channels are split into this many groups that do not see each other."),
        bias(),
        choice(
            "padding_mode",
            ("zeros", "reflect", "replicate", "circular"),
            "What stands in the padding.",
        ),
    )


def _transposed_params(spatial: int) -> tuple[Param, ...]:
    channels, kernel = (
        _params(spatial)[:2],
        size("kernel_size", 2, "How far a filter reaches.", positional=True),
    )
    return (
        *channels,
        kernel,
        Param(
            "stride",
            "size",
            2,
            "How many times larger it gets.",
            minimum=1,
            maximum=1024,
            torch_default=1,
        ),
        size("padding", 0, "Rows that are cut off on every side.", minimum=0),
        size("output_padding", 0, "Rows that are added on one side.", minimum=0),
        count("groups", 1, "Channels are split into this many groups that do not see each other."),
        bias(),
        size("dilation", 1, "The distance between the entries of a filter."),
    )


def _groups(args: Resolved) -> None:
    for name in ("in_channels", "out_channels"):
        divides("groups", args["groups"], name, args[name])


def _check(spatial: int) -> Check:
    def check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
        same_entries(args, spatial, "kernel_size", "stride", "padding", "dilation")
        _groups(args)
        if args["padding"] == "same" and any(
            stride != 1 for stride in entries(args["stride"], spatial)
        ):
            raise ShapeError("shape.same", set_to(stride=1), set_to(padding=1))
        if args["padding_mode"] in ("reflect", "circular"):
            _check_mirror(args, inputs[0][2:], spatial)

    return check


def _check_mirror(args: Resolved, sizes: Shape, spatial: int) -> None:
    """Refuse padding that would take more rows from the input than it has."""
    mode, padding = args["padding_mode"], args["padding"]
    if padding == "valid":
        return
    for axis, (length, reach) in enumerate(
        zip(sizes, entries(args["kernel_size"], spatial), strict=True)
    ):
        # padding="same" puts the larger half behind
        both = at(args["dilation"], axis) * (reach - 1)
        rows = floor_divide(both + 1, 2) if padding == "same" else at(padding, axis)
        most = length - 1 if mode == "reflect" else length
        if type(rows) is int and type(most) is int and rows > most:
            raise ShapeError("shape.mirror", mode=mode, padding=rows, size=show(length))


def _check_transposed(spatial: int) -> Check:
    def check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
        same_entries(
            args, spatial, "kernel_size", "stride", "padding", "dilation", "output_padding"
        )
        _groups(args)
        for axis in range(spatial):
            added, limits = (
                at(args["output_padding"], axis),
                (at(args["stride"], axis), at(args["dilation"], axis)),
            )
            if all(type(limit) is type(added) is int and added >= limit for limit in limits):
                raise ShapeError(
                    "shape.output_padding", set_to(output_padding=0), value=added, limit=max(limits)
                )

    return check


def _tensors(spatial: int, *, transposed: bool = False) -> Tensors:
    def tensors(args: Resolved) -> Mapping[str, Shape]:
        into, out, groups = args["in_channels"], args["out_channels"], args["groups"]
        ends = (
            (into, floor_divide(out, groups)) if transposed else (out, floor_divide(into, groups))
        )
        weight = (*ends, *entries(args["kernel_size"], spatial))
        return {"weight": weight, "bias": (out,)} if args["bias"] else {"weight": weight}

    return tensors


def _flops(spatial: int, *, transposed: bool = False) -> Cost:
    def flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
        places = inputs[0] if transposed else outputs[0]
        pair = floor_divide(args["in_channels"] * args["out_channels"], args["groups"])
        kernel = numel(entries(args["kernel_size"], spatial))
        return 2 * places[0] * numel(places[2:]) * pair * kernel

    return flops


def _convolution(spatial: int) -> LayerSpec:
    axes = _AXES[spatial]
    made = " ".join(f"{{conv({axis}, {i})}}" for i, axis in enumerate(axes.split()))
    return LayerSpec(
        name=f"Conv{spatial}d",
        family="convolution",
        signature=f"N in_channels {axes} -> N out_channels {made}",
        params=_params(spatial),
        code=Code(module=f"nn.Conv{spatial}d"),
        summary=f"Slides learned filters over {_WHAT[spatial]}.",
        source="LeCun et al., 1989",
        url=torch_page(f"nn.Conv{spatial}d"),
        check=_check(spatial),
        tensors=_tensors(spatial),
        flops=_flops(spatial),
        keeps_state=True,
        words=(*_WORDS[spatial], "filter", "kernel"),
        default_name="conv",
        main="out_channels",
    )


def _transposed(spatial: int) -> LayerSpec:
    axes = _AXES[spatial]
    made = " ".join(f"{{conv_transpose({axis}, {i})}}" for i, axis in enumerate(axes.split()))
    return LayerSpec(
        name=f"ConvTranspose{spatial}d",
        family="convolution",
        signature=f"N in_channels {axes} -> N out_channels {made}",
        params=_transposed_params(spatial),
        code=Code(module=f"nn.ConvTranspose{spatial}d"),
        summary=f"Enlarges {_WHAT[spatial]} by learned filters, a convolution turned round.",
        source="Zeiler et al., 2010",
        url=torch_page(f"nn.ConvTranspose{spatial}d"),
        check=_check_transposed(spatial),
        tensors=_tensors(spatial, transposed=True),
        flops=_flops(spatial, transposed=True),
        keeps_state=True,
        words=(*_WORDS[spatial], "deconvolution", "upsample", "decoder"),
        default_name="deconv",
        main="out_channels",
    )


LAYERS: tuple[LayerSpec, ...] = (
    *map(_convolution, (1, 2, 3)),
    *map(_transposed, (1, 2, 3)),
)
"""The family."""
