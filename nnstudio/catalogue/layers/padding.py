"""Padding: entries added at the ends of dims, or cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import choice, number, torch_page
from nnstudio.catalogue.spec import Code, LayerSpec, Rule
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, show

_AXES = ("", "L", "H W", "D H W")
_PAIRS = (
    "",
    "left, right",
    "left, right, top, bottom",
    "left, right, top, bottom, front, back",
)


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
    return (_grown(mode, shape, pads),)


def _grown(mode: str, shape: Shape, pads: Sequence[Any]) -> Shape:
    """Return the shape with pairs of paddings added, those of the last dim first."""
    made: list[Dim] = list(shape)
    for i in range(len(pads) // 2):
        before, after, old = pads[2 * i], pads[2 * i + 1], made[-1 - i]
        _enough(mode, before, old)
        _enough(mode, after, old)
        cut = sum(-rows for rows in (before, after) if type(rows) is int and rows < 0)
        if type(old) is int and cut > old:
            raise ShapeError("shape.crop", cut=cut, size=old)
        made[-1 - i] = old + before + after
    return tuple(made)


def _enough(mode: str, rows: Any, old: Any) -> None:
    """Refuse padding that takes more rows from the input than it has."""
    most = {"reflect": old - 1, "circular": old}.get(mode)
    if type(most) is type(rows) is int and rows > most:
        raise ShapeError("shape.mirror", mode=mode, padding=rows, size=show(old))


def _all_around(mode: str, spatial: int) -> Rule:
    """Return the rule of a module: one number for every side, or one for each."""

    def rule(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
        pads = args["padding"]
        if type(pads) is not tuple:
            pads = (pads,) * (2 * spatial)
        if len(pads) != 2 * spatial:
            fix = set_to(padding=pads[0])
            values = {"name": "padding", "entries": len(pads), "count": 2 * spatial}
            raise ShapeError("shape.sides", fix, **values)
        return (_grown(mode, inputs[0], pads),)

    return rule


_KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "Zero": ("constant", "Adds rows of zeros around the input.", ("border",)),
    "Constant": ("constant", "Adds rows of one number around the input.", ("border", "fill")),
    "Reflection": (
        "reflect",
        "Continues the input by its mirror image, without the edge itself.",
        ("mirror", "border"),
    ),
    "Replication": ("replicate", "Continues the input by its outermost row.", ("edge", "border")),
    "Circular": ("circular", "Continues the input by its other end, as on a ring.", ("wrap",)),
}


def _module(kind: str, spatial: int) -> LayerSpec:
    mode, summary, words = _KINDS[kind]
    name, axes = f"{kind}Pad{spatial}d", _AXES[spatial]
    least = -4096 if mode == "constant" else 0
    help = f"Rows for every side, or ({_PAIRS[spatial]})."
    help += " Negative numbers cut off." if least else ""
    pads = Param(
        "padding", "size", 1, help, minimum=least, maximum=4096, torch_default=(), positional=True
    )
    value = Param(
        "value", "float", 0.0, "The number that is added.", minimum=-1e6, maximum=1e6,
        positional=True,
    )  # fmt: skip
    made = " ".join(f"{axis}2" for axis in axes.split())
    return LayerSpec(
        name=name,
        family="tensor",
        group="padding",
        signature=f"N C {axes} -> N C {made}",
        params=(pads, value) if kind == "Constant" else (pads,),
        code=Code(module=f"nn.{name}"),
        summary=summary,
        url=torch_page(f"nn.{name}"),
        rule=_all_around(mode, spatial),
        words=(*words, "pad", "padding"),
        default_name="pad",
        main="padding",
    )


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Pad",
        family="tensor",
        group="padding",
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
        words=("padding", "border", "crop", "zero"),
        main="padding",
    ),
    *(_module(kind, spatial) for kind in _KINDS for spatial in (1, 2, 3)),
)
"""The family."""
