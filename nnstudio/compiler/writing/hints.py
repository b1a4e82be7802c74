"""How the type of a parameter is written in the head of a constructor."""

from __future__ import annotations

from collections.abc import Mapping

HINTS: Mapping[str, str] = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "text": "str",
    "choice": "str",
    "size": "int | tuple[int, ...]",
    "ints": "tuple[int, ...]",
    "shape": "tuple[int, ...]",
    "floats": "tuple[float, ...]",
    "number_or_size": "float | tuple[float, ...]",
}
"""By the kind of the parameter."""

PARAMETER_HINTS = frozenset(HINTS.values())
"""All of them."""
