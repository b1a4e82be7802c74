"""Normalizations: values brought to mean 0 and spread 1, then scaled by what is learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, replace, unpin
from nnstudio.catalogue.fields import WIDEST, auto, bias, count, eps, flag, number, torch_page
from nnstudio.catalogue.sizes import divides, entries
from nnstudio.catalogue.spec import Code, LayerSpec, Resolved, Tensors
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape, equal, numel, show_shape

_AXES = ("", "L", "H W", "D H W")
_MOMENTUM = Param(
    "momentum",
    "float",
    0.1,
    "How fast the running mean and variance follow; none for a plain average.",
    optional=True,
    minimum=0.0,
    maximum=1.0,
)
_NORMALIZED = Param(
    "normalized_shape",
    "size",
    None,
    "The sizes of the last dims that are normalized together; the last one alone by itself.",
    auto=True,
    minimum=1,
    maximum=WIDEST,
    positional=True,
)


def _per_channel(name: str) -> tuple[Param, ...]:
    affine = name == "batch"
    return (
        auto("num_features", "Channels that arrive."),
        eps(),
        _MOMENTUM,
        flag("affine", affine, "Whether a scale and a shift are learned for each channel."),
        flag(
            "track_running_stats",
            affine,
            "Whether evaluation uses the mean and variance seen in training.",
        ),
    )


def _channel_tensors(name: str) -> Tensors:
    def tensors(args: Resolved) -> Mapping[str, Shape]:
        return {"weight": (args[name],), "bias": (args[name],)} if args["affine"] else {}

    return tensors


def _last_dims(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    """Fill `normalized_shape` with the last dim, or compare what is pinned."""
    shape, wanted = inputs[0], args["normalized_shape"]
    if wanted is None:
        if not shape:
            raise ShapeError("shape.rank", dims="*S features", rank=0, shape="()")
        args["normalized_shape"] = shape[-1]
        return
    wanted = entries(wanted, 1)
    last = shape[len(shape) - len(wanted) :] if len(wanted) <= len(shape) else ()
    if len(last) != len(wanted) or any(
        equal(a, b) is False for a, b in zip(last, wanted, strict=True)
    ):
        values = {"expected": show_shape(wanted, " × "), "actual": show_shape(shape, " × ")}
        raise ShapeError("shape.last_dims", unpin("normalized_shape"), **values)


def _layer_norm_tensors(args: Resolved) -> Mapping[str, Shape]:
    shape = entries(args["normalized_shape"], 1)
    if not args["elementwise_affine"]:
        return {}
    return {"weight": shape, "bias": shape} if args.get("bias") else {"weight": shape}


def _group_check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    divides("num_groups", args["num_groups"], "num_channels", args["num_channels"])


def _no_image(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    rank = len(inputs[0])
    if rank > 3:
        fix = (replace(f"BatchNorm{rank - 2}d"),) if rank <= 5 else ()
        shape = show_shape(inputs[0], " × ")
        raise ShapeError("shape.rank", *fix, dims="N × C or N × C × L", rank=rank, shape=shape)


def _several_places(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    if numel(inputs[0][2:]) == 1:
        raise ShapeError(
            "shape.one_place", replace("GroupNorm"), shape=show_shape(inputs[0], " × ")
        )


def _batch_norm(spatial: int) -> LayerSpec:
    dims = f"N num_features {_AXES[spatial] if spatial > 1 else '*L'}"
    return LayerSpec(
        name=f"BatchNorm{spatial}d",
        family="normalization",
        signature=f"{dims} -> {dims}",
        params=_per_channel("batch"),
        code=Code(module=f"nn.BatchNorm{spatial}d"),
        summary="Normalizes each channel over the batch, which lets deep networks learn faster.",
        source="Ioffe & Szegedy, 2015",
        url=torch_page(f"nn.BatchNorm{spatial}d"),
        check=_no_image if spatial == 1 else None,
        tensors=_channel_tensors("num_features"),
        keeps_state=True,
        words=("bn", "batch normalization"),
        default_name="norm",
    )


def _instance_norm(spatial: int) -> LayerSpec:
    dims = f"N num_features {_AXES[spatial]}"
    return LayerSpec(
        name=f"InstanceNorm{spatial}d",
        family="normalization",
        signature=f"{dims} -> {dims}",
        params=_per_channel("instance"),
        code=Code(module=f"nn.InstanceNorm{spatial}d"),
        summary="Normalizes each channel of each sample by itself, as in style transfer.",
        source="Ulyanov et al., 2016",
        url=torch_page(f"nn.InstanceNorm{spatial}d"),
        check=_several_places,
        tensors=_channel_tensors("num_features"),
        keeps_state=True,
        words=("style", "contrast"),
        default_name="norm",
    )


LAYERS: tuple[LayerSpec, ...] = (
    *map(_batch_norm, (1, 2, 3)),
    LayerSpec(
        name="LayerNorm",
        family="normalization",
        signature="*S -> *S",
        params=(
            _NORMALIZED,
            eps(),
            flag("elementwise_affine", True, "Whether a scale is learned for each entry."),
            bias(),
        ),
        code=Code(module="nn.LayerNorm"),
        summary="Normalizes the last dim of each sample by itself; the usual one in transformers.",
        source="Ba et al., 2016",
        url=torch_page("nn.LayerNorm"),
        check=_last_dims,
        tensors=_layer_norm_tensors,
        keeps_state=True,
        words=("ln", "transformer"),
        default_name="norm",
    ),
    LayerSpec(
        name="RMSNorm",
        family="normalization",
        signature="*S -> *S",
        params=(
            _NORMALIZED,
            Param(
                "eps",
                "float",
                None,
                "Added to the denominator; none takes the smallest step of the number format.",
                optional=True,
                minimum=0.0,
                maximum=1.0,
            ),
            flag("elementwise_affine", True, "Whether a scale is learned for each entry."),
        ),
        code=Code(module="nn.RMSNorm"),
        summary="Divides the last dim by its root mean square; cheaper than LayerNorm.",
        source="Zhang & Sennrich, 2019",
        url=torch_page("nn.RMSNorm"),
        check=_last_dims,
        tensors=_layer_norm_tensors,
        keeps_state=True,
        words=("root mean square", "transformer"),
        default_name="norm",
    ),
    LayerSpec(
        name="GroupNorm",
        family="normalization",
        signature="N num_channels *S -> N num_channels *S",
        params=(
            count("num_groups", 8, "Channels are normalized in this many groups.", positional=True),
            auto("num_channels", "Channels that arrive."),
            eps(),
            flag("affine", True, "Whether a scale and a shift are learned for each channel."),
        ),
        code=Code(module="nn.GroupNorm"),
        summary="Normalizes groups of channels of each sample; does not depend on the batch.",
        source="Wu & He, 2018",
        url=torch_page("nn.GroupNorm"),
        check=_group_check,
        tensors=_channel_tensors("num_channels"),
        keeps_state=True,
        words=("gn", "small batch"),
        default_name="norm",
        main="num_groups",
    ),
    *map(_instance_norm, (1, 2, 3)),
    LayerSpec(
        name="LocalResponseNorm",
        family="normalization",
        signature="N C L *S -> N C L *S",
        params=(
            count(
                "size", 5, "How many neighbouring channels count.", positional=True, maximum=4096
            ),
            number("alpha", 1e-4, "Weight of the neighbours."),
            number("beta", 0.75, "The power of the denominator."),
            number("k", 1.0, "Added to the denominator."),
        ),
        code=Code(module="nn.LocalResponseNorm"),
        summary="Divides each value by the strength of neighbouring channels, as AlexNet did.",
        source="Krizhevsky et al., 2012",
        url=torch_page("nn.LocalResponseNorm"),
        words=("lrn", "alexnet"),
        default_name="norm",
        main="size",
    ),
    LayerSpec(
        name="CrossMapLRN2d",
        family="normalization",
        signature="N C H W -> N C H W",
        params=(
            count(
                "size", 5, "How many neighbouring channels count.", positional=True, maximum=4096
            ),
            number("alpha", 1e-4, "Weight of the neighbours."),
            number("beta", 0.75, "The power of the denominator."),
            number("k", 1.0, "Added to the denominator."),
        ),
        code=Code(module="nn.CrossMapLRN2d"),
        summary="The older form of LocalResponseNorm for pictures, kept for old networks.",
        source="Krizhevsky et al., 2012",
        url=torch_page("nn.LocalResponseNorm"),
        words=("lrn", "alexnet", "googlenet"),
        default_name="norm",
        main="size",
    ),
)
"""The family."""
