"""Functions of one tensor, entry by entry."""

from __future__ import annotations

from nnstudio.catalogue.fields import number
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param

_PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.{}.html"


def _of_one(
    name: str,
    summary: str,
    words: tuple[str, ...] = (),
    function: str = "",
    params: tuple[Param, ...] = (),
) -> LayerSpec:
    """Return a function; `function` is its template where it is not `torch.name`."""
    page = name.lower()
    return LayerSpec(
        name=name,
        family="tensor",
        group="function",
        signature="*S -> *S",
        params=params,
        code=Code(function=function or f"torch.{page}({{0}})", arithmetic=function[:1] == "-"),
        summary=summary,
        url=_PAGE.format({"negate": "neg"}.get(page, page)),
        words=words,
        main=params[0].name if params else "",
    )


LAYERS: tuple[LayerSpec, ...] = (
    _of_one("Negate", "Turns the sign of each entry.", ("minus", "neg"), "-{0}"),
    _of_one("Abs", "Takes the distance from zero of each entry.", ("absolute",)),
    _of_one("Sign", "Keeps nothing but the sign of each entry: -1, 0 or 1.", ("binarize",)),
    _of_one("Square", "Multiplies each entry by itself.", ("power", "two")),
    _of_one("Sqrt", "Takes the square root of each entry.", ("root",)),
    _of_one("Rsqrt", "Takes one over the square root of each entry.", ("inverse root",)),
    _of_one("Reciprocal", "Takes one over each entry.", ("inverse", "divide")),
    _of_one("Exp", "Takes e to the power of each entry.", ("exponential",)),
    _of_one("Expm1", "Takes e to the power of each entry, less 1, exactly.", ("exponential",)),
    _of_one("Log", "Takes the natural logarithm of each entry.", ("logarithm",)),
    _of_one("Log1p", "Takes the logarithm of 1 plus each entry, exactly.", ("logarithm",)),
    _of_one("Sin", "Takes the sine of each entry.", ("wave", "siren", "fourier")),
    _of_one("Cos", "Takes the cosine of each entry.", ("wave", "fourier")),
    _of_one("Atan", "Takes the angle whose tangent each entry is.", ("arctan", "angle")),
    _of_one("Erf", "Takes the error function of each entry.", ("gauss", "normal")),
    _of_one("Round", "Rounds each entry; no gradient passes.", ("quantize", "integer")),
    _of_one("Floor", "Rounds each entry down; no gradient passes.", ("quantize", "integer")),
    _of_one("Ceil", "Rounds each entry up; no gradient passes.", ("quantize", "integer")),
    _of_one(
        "Clamp",
        "Cuts values off below and above.",
        ("clip", "limit"),
        "{0}.clamp({min}, {max})",
        (number("min", -1.0, "The smallest value."), number("max", 1.0, "The largest value.")),
    ),
)
"""The family."""
