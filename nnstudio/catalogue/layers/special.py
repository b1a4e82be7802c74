"""Tensor operations with a purpose: resizing, padding, gradients stopped, indices and masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import NEVER, WIDEST, choice, count, number, size, torch_page
from nnstudio.catalogue.sizes import axis, divides, same_entries, scale
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape, floor_divide, show, show_shape

_RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
_SMOOTH = tuple(_RANKS)
_ALIGN = Param(
    "align_corners",
    "bool",
    None,
    "Whether the centres of the corner entries stay in place; only for the smooth modes.",
    optional=True,
)


def _mode(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    """Refuse a mode that does not go with the number of dims or with align_corners."""
    mode, shape = args["mode"], inputs[0]
    rank = len(shape)
    if not 3 <= rank <= 5 or _RANKS.get(mode, rank) != rank:
        fix = set_to(mode="nearest")
        raise ShapeError("shape.resize", fix, mode=mode, shape=show_shape(shape, " × "), rank=rank)
    if args["align_corners"] is not None and mode not in _SMOOTH:
        raise ShapeError("shape.align", set_to(align_corners=None), mode=mode)


def _scaled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    _mode(args, inputs)
    shape = inputs[0]
    same_entries(args, len(shape) - 2, "scale_factor")
    return ((*shape[:2], *(scale(args, one, i) for i, one in enumerate(shape[2:]))),)


def _resized(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    _mode(args, inputs)
    shape = inputs[0]
    spatial = len(shape) - 2
    same_entries(args, spatial, "size")
    wanted = args["size"]
    return ((*shape[:2], *(wanted if type(wanted) is tuple else (wanted,) * spatial)),)


def _padded(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, pads, mode = inputs[0], args["padding"], args["mode"]
    dims = len(pads) // 2
    if len(pads) % 2 or dims > len(shape):
        raise ShapeError("shape.pad", padding=pads, rank=len(shape))
    if mode != "constant" and (not 1 <= dims <= 3 or len(shape) - dims not in (1, 2)):
        fix = set_to(mode="constant")
        raise ShapeError("shape.pad_mode", fix, mode=mode, dims=dims, rank=len(shape))
    if mode != "constant" and args["value"]:
        raise ShapeError("shape.pad_value", set_to(value=0.0), mode=mode, value=args["value"])
    made = list(shape)
    for i in range(dims):
        before, after, old = pads[2 * i], pads[2 * i + 1], made[-1 - i]
        _enough(mode, before, old)
        _enough(mode, after, old)
        cut = sum(-rows for rows in (before, after) if type(rows) is int and rows < 0)
        if type(old) is int and cut > old:
            raise ShapeError("shape.crop", cut=cut, size=old)
        made[-1 - i] = old + before + after
    return (tuple(made),)


def _enough(mode: str, rows: Any, old: Any) -> None:
    """Refuse padding that takes more rows from the input than it has."""
    most = {"reflect": old - 1, "circular": old}.get(mode)
    if type(most) is type(rows) is int and rows > most:
        raise ShapeError("shape.mirror", mode=mode, padding=rows, size=show(old))


def _shuffle(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    n, c, h, w = inputs[0]
    r = args["upscale_factor"]
    divides("the square of upscale_factor", r * r, "the number of channels", c)
    return ((n, floor_divide(c, r * r), h * r, w * r),)


def _unshuffle(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    n, c, h, w = inputs[0]
    r = args["downscale_factor"]
    divides("downscale_factor", r, "the height", h)
    divides("downscale_factor", r, "the width", w)
    return ((n, c * r * r, floor_divide(h, r), floor_divide(w, r)),)


def _length(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = inputs[0]
    return ((shape[axis(args["dim"], len(shape))],),)


def _square(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    (length,) = _length(args, inputs)
    return (length * 2,)


_WHERE = Param("dim", "int", 1, "The dim that holds the time steps.", minimum=-16, maximum=15)

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Upsample",
        family="tensor",
        signature="*S -> *R",
        params=(
            Param(
                "scale_factor",
                "number_or_size",
                2,
                "How many times larger, for all spatial dims or for each.",
                minimum=0.0,
                above=True,
                maximum=64.0,
                torch_default=NEVER,
            ),
            choice(
                "mode",
                ("nearest", "linear", "bilinear", "bicubic", "trilinear"),
                "How values in between are made.",
            ),
            _ALIGN,
        ),
        code=Code(module="nn.Upsample"),
        summary="Enlarges a signal, picture or volume by a factor, without learning.",
        url=torch_page("nn.Upsample"),
        rule=_scaled,
        words=("resize", "enlarge", "interpolate", "decoder"),
        default_name="upsample",
        main="scale_factor",
    ),
    LayerSpec(
        name="Interpolate",
        family="tensor",
        signature="*S -> *R",
        params=(
            size("size", 32, "The spatial size that leaves.", maximum=16384),
            choice(
                "mode",
                ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"),
                "How values in between are made.",
            ),
            _ALIGN,
        ),
        code=Code(function="F.interpolate({0}, size={size}{, mode}{, align_corners})"),
        summary="Resizes a signal, picture or volume to a given size.",
        url=torch_page("nn.functional.interpolate"),
        rule=_resized,
        words=("resize", "scale", "upsample", "downsample"),
        main="size",
    ),
    LayerSpec(
        name="Pad",
        family="tensor",
        signature="*S -> *R",
        params=(
            Param(
                "padding",
                "ints",
                (1, 1),
                "Before and after, the last dim first; negative numbers cut off.",
                minimum=-4096,
                maximum=4096,
            ),
            choice("mode", ("constant", "reflect", "replicate", "circular"), "What is added."),
            number("value", 0.0, "The number that is added in the mode constant."),
        ),
        code=Code(function="F.pad({0}, {padding}{, mode}{, value})"),
        summary="Adds entries at the ends of the last dims, or cuts some off.",
        url=torch_page("nn.functional.pad"),
        rule=_padded,
        words=("border", "crop", "zero"),
        main="padding",
    ),
    LayerSpec(
        name="PixelShuffle",
        family="tensor",
        signature="N C H W -> N C2 H2 W2",
        params=(
            count(
                "upscale_factor",
                2,
                "How many times larger height and width get.",
                maximum=64,
                positional=True,
            ),
        ),
        code=Code(module="nn.PixelShuffle"),
        summary="Turns channels into a picture that is several times larger.",
        source="Shi et al., 2016",
        url=torch_page("nn.PixelShuffle"),
        rule=_shuffle,
        words=("super-resolution", "upsample"),
        default_name="shuffle",
        main="upscale_factor",
    ),
    LayerSpec(
        name="PixelUnshuffle",
        family="tensor",
        signature="N C H W -> N C2 H2 W2",
        params=(
            count(
                "downscale_factor",
                2,
                "How many times smaller height and width get.",
                maximum=64,
                positional=True,
            ),
        ),
        code=Code(module="nn.PixelUnshuffle"),
        summary="Turns squares of a picture into channels; nothing is lost.",
        source="Shi et al., 2016",
        url=torch_page("nn.PixelUnshuffle"),
        rule=_unshuffle,
        words=("downsample", "space to depth"),
        default_name="unshuffle",
        main="downscale_factor",
    ),
    LayerSpec(
        name="Detach",
        family="tensor",
        signature="*S -> *S",
        params=(),
        code=Code(function="{0}.detach()"),
        summary="Passes values on but no gradient back.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html",
        words=("stop gradient", "freeze", "cut"),
    ),
    LayerSpec(
        name="OneHot",
        family="tensor",
        signature="*S -> *S num_classes",
        params=(count("num_classes", 10, "How many classes there are.", maximum=WIDEST),),
        code=Code(function="F.one_hot({0}, {num_classes}).float()"),
        summary="Turns each index into a vector with a single 1.",
        url=torch_page("nn.functional.one_hot"),
        words=("class", "indicator"),
        main="num_classes",
    ),
    LayerSpec(
        name="Positions",
        family="tensor",
        signature="like: *S -> T",
        params=(_WHERE,),
        code=Code(function="torch.arange({0}.size({dim}), device={0}.device)"),
        summary="Counts 0, 1, 2 … along a dim, for an Embedding of positions.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.arange.html",
        rule=_length,
        words=("arange", "position", "time", "index"),
        main="dim",
    ),
    LayerSpec(
        name="CausalMask",
        family="attention",
        signature="like: *S -> T T",
        params=(_WHERE,),
        code=Code(
            function=(
                "nn.Transformer.generate_square_subsequent_mask({0}.size({dim}), device={0}.device)"
            )
        ),
        summary="Hides the future: an attention mask by which each step sees only earlier ones.",
        source="Vaswani et al., 2017",
        url="https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html",
        rule=_square,
        words=("mask", "autoregressive", "gpt", "triangle"),
        main="dim",
    ),
)
"""The family."""
