"""Resizing: more or fewer places in space, pictures out of channels, patches, and sampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import NEVER, choice, count, flag, size, torch_page
from nnstudio.catalogue.sizes import conv, divides, entries, same_entries, scale
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, floor_divide, numel, show, show_shape

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


def _either(args: dict[str, Any]) -> None:
    """Refuse a size and a factor together, and neither of the two."""
    if (args["size"] is None) == (args["scale_factor"] is None):
        fixes = (set_to(size=None, scale_factor=2),)
        raise ShapeError("shape.either", *fixes, first="size", second="scale_factor")


def _upsampled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    _mode(args, inputs)
    _either(args)
    if args["size"] is None:
        return _scaled(args, inputs)
    if args["recompute_scale_factor"]:
        raise ShapeError("shape.recompute", set_to(recompute_scale_factor=None))
    return _resized(args, inputs)


def _flat_upsampled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    """Return the shape of the two older layers, which know pictures only."""
    _either(args)
    shape = inputs[0]
    same_entries(args, 2, "size" if args["scale_factor"] is None else "scale_factor")
    if args["size"] is None:
        return ((*shape[:2], *(scale(args, one, i) for i, one in enumerate(shape[2:]))),)
    return ((*shape[:2], *entries(args["size"], 2)),)


def _channels_shuffled(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    divides("groups", args["groups"], "the number of channels", inputs[0][1])


def _places(args: dict[str, Any], sizes: Sequence[Dim]) -> Dim:
    """Return at how many places a window stands."""
    return numel(conv(args, one, i) for i, one in enumerate(sizes))


def _unfolded(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    n, c, *sizes = inputs[0]
    same_entries(args, 2, *_WINDOW)
    return ((n, c * numel(entries(args["kernel_size"], 2)), _places(args, sizes)),)


def _folded(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    n, rows, columns = inputs[0]
    same_entries(args, 2, "output_size", *_WINDOW)
    window = numel(entries(args["kernel_size"], 2))
    divides("the size of the window", window, "the number of rows", rows)
    sizes = entries(args["output_size"], 2)
    places = _places(args, sizes)
    if equal(places, columns) is False:
        values = {"name": "columns", "expected": show(places), "actual": show(columns)}
        raise ShapeError("shape.size", **values)
    return ((n, floor_divide(rows, window), *sizes),)


_WINDOW = ("kernel_size", "dilation", "padding", "stride")


def _sampled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    picture, grid = inputs
    rank = len(picture)
    if rank not in (4, 5) or (rank == 5 and args["mode"] == "bicubic"):
        shown = show_shape(picture, " × ")
        raise ShapeError("shape.resize", set_to(mode="bilinear"), mode=args["mode"], shape=shown)
    wanted = (picture[0], *grid[1:-1], rank - 2)
    if len(grid) != rank or any(equal(a, b) is False for a, b in zip(grid, wanted, strict=True)):
        values = {"wanted": show_shape(wanted, " × "), "shape": show_shape(grid, " × ")}
        raise ShapeError("shape.state", name="grid", **values)
    return ((*picture[:2], *grid[1:-1]),)


def _grid(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    theta, like = inputs
    rank = len(like)
    if rank not in (4, 5):
        shown = show_shape(like, " × ") or "()"
        raise ShapeError("shape.rank", dims="N × C × H × W", rank=rank, shape=shown)
    wanted = (like[0], rank - 2, rank - 1)
    if any(equal(a, b) is False for a, b in zip(theta, wanted, strict=True)):
        values = {"wanted": show_shape(wanted, " × "), "shape": show_shape(theta, " × ")}
        raise ShapeError("shape.state", name="theta", **values)
    return ((like[0], *like[2:], rank - 2),)


def _older(name: str, summary: str, mode: str) -> LayerSpec:
    """Return one of the two layers that torch keeps for old networks."""
    return LayerSpec(
        name=name,
        family="tensor",
        group="resizing",
        signature="N C H W -> N C H2 W2",
        params=(_SIZE, _FACTOR),
        code=Code(module=f"nn.{name}"),
        summary=summary,
        url=torch_page(f"nn.{name}"),
        rule=_flat_upsampled,
        words=("resize", "enlarge", mode),
        default_name="upsample",
        main="scale_factor",
    )


def _window(dilation: str) -> tuple[Param, ...]:
    return (
        size("kernel_size", 3, "How wide the window is.", positional=True),
        size("dilation", 1, dilation),
        size("padding", 0, "Rows of zeros around the picture.", minimum=0),
        size("stride", 1, "How far the window moves."),
    )


_FACTOR = Param(
    "scale_factor",
    "number_or_size",
    2,
    "How many times larger, for all spatial dims or for each; none when a size is given.",
    optional=True,
    minimum=0.0,
    above=True,
    maximum=64.0,
    torch_default=NEVER,
)
_SIZE = size(
    "size",
    None,
    "The spatial size that leaves, instead of a factor.",
    maximum=16384,
    optional=True,
)
_CORNERS = flag("align_corners", False, "Whether -1 and 1 mean the centres of the corner entries.")


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Upsample",
        family="tensor",
        group="resizing",
        signature="*S -> *R",
        params=(
            _SIZE,
            _FACTOR,
            choice(
                "mode",
                ("nearest", "linear", "bilinear", "bicubic", "trilinear"),
                "How values in between are made.",
            ),
            _ALIGN,
            Param(
                "recompute_scale_factor",
                "bool",
                None,
                "Whether the factor is taken anew from the rounded size.",
                optional=True,
            ),
        ),
        code=Code(module="nn.Upsample"),
        summary="Enlarges a signal, picture or volume by a factor, without learning.",
        url=torch_page("nn.Upsample"),
        rule=_upsampled,
        words=("resize", "enlarge", "interpolate", "decoder"),
        default_name="upsample",
        main="scale_factor",
    ),
    LayerSpec(
        name="Interpolate",
        family="tensor",
        group="resizing",
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
    _older("UpsamplingNearest2d", "Enlarges a picture by repeating its pixels.", "nearest"),
    _older("UpsamplingBilinear2d", "Enlarges a picture smoothly, corners aligned.", "bilinear"),
    LayerSpec(
        name="PixelShuffle",
        family="tensor",
        group="resizing",
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
        group="resizing",
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
        name="ChannelShuffle",
        family="tensor",
        group="resizing",
        signature="N C L *S -> N C L *S",
        params=(
            count("groups", 2, "From how many groups the channels are mixed.", positional=True),
        ),
        code=Code(module="nn.ChannelShuffle"),
        summary="Mixes the channels of groups, so that grouped convolutions see each other.",
        source="Zhang et al., 2017",
        url=torch_page("nn.ChannelShuffle"),
        check=_channels_shuffled,
        words=("shufflenet", "groups", "mix"),
        default_name="shuffle",
        main="groups",
    ),
    LayerSpec(
        name="Unfold",
        family="tensor",
        group="resizing",
        signature="N C H W -> N R L",
        params=_window("The distance between the entries of the window."),
        code=Code(module="nn.Unfold"),
        summary="Cuts a picture into windows and makes each a column (im2col).",
        url=torch_page("nn.Unfold"),
        rule=_unfolded,
        words=("im2col", "patch", "window"),
        default_name="unfold",
        main="kernel_size",
    ),
    LayerSpec(
        name="Fold",
        family="tensor",
        group="resizing",
        signature="N R L -> N C H W",
        params=(
            size(
                "output_size",
                32,
                "Height and width of the picture.",
                maximum=16384,
                positional=True,
            ),
            *_window("The distance between the entries of the window."),
        ),
        code=Code(module="nn.Fold"),
        summary="Puts columns back as windows of a picture; overlaps are added up (col2im).",
        url=torch_page("nn.Fold"),
        rule=_folded,
        words=("col2im", "patch", "window"),
        default_name="fold",
        main="output_size",
    ),
    LayerSpec(
        name="AffineGrid",
        family="tensor",
        group="resizing",
        signature="theta: N A B, like: *S -> *G",
        params=(_CORNERS,),
        code=Code(function="F.affine_grid({theta}, {like}.shape, align_corners={align_corners})"),
        summary="Places at which GridSample looks for a turned, moved or scaled picture.",
        source="Jaderberg et al., 2015",
        url=torch_page("nn.functional.affine_grid"),
        rule=_grid,
        words=("spatial transformer", "rotate", "warp"),
        main="align_corners",
    ),
    LayerSpec(
        name="GridSample",
        family="tensor",
        group="resizing",
        signature="input: *S, grid: *G -> *R",
        params=(
            choice("mode", ("bilinear", "nearest", "bicubic"), "How values in between are made."),
            choice("padding_mode", ("zeros", "border", "reflection"), "What lies outside."),
            _CORNERS,
        ),
        code=Code(
            function=(
                "F.grid_sample({input}, {grid}{, mode}{, padding_mode},"
                " align_corners={align_corners})"
            )
        ),
        summary="Reads a picture at given places, as a spatial transformer does.",
        source="Jaderberg et al., 2015",
        url=torch_page("nn.functional.grid_sample"),
        rule=_sampled,
        words=("spatial transformer", "warp", "optical flow"),
        main="mode",
    ),
)
"""The family."""
