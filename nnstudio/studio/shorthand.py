"""A layer with its settings in one line, as search-to-add reads it: `conv2d 6 5 padding=2`.

Numbers behind the name are the layer's settings in torch's order, those left out that follow from
the input by themselves: `linear 120` is `Linear(out_features=120)`.
"""

from __future__ import annotations

import re

from nnstudio.catalogue import registry
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Args, Value
from nnstudio.studio import typed

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"
_VALUE = re.compile(rf"(\w+=\S*|{_NUMBER}([,×]{_NUMBER})*)\Z", re.ASCII | re.IGNORECASE)

_BOOLS = {"true": True, "on": True, "false": False, "off": False}


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """Return what names the layer, and the settings behind it."""
    words = text.split()
    count = len(words)
    while count > 1 and _VALUE.match(words[count - 1]):
        count -= 1
    return " ".join(words[:count]) if count < len(words) else text, tuple(words[count:])


def read(layer: str, settings: tuple[str, ...], params: tuple[Param, ...] = ()) -> Args:
    """Return the settings of a layer.

    Args:
        layer: Its name.
        settings: Values in the order of its parameters, and `name=value`.
        params: The parameters of a block or an own layer; the catalogue knows those of its own.

    Raises:
        ProjectError: A setting is none of the layer's, or its value is none of the setting's.
    """
    spec = registry.layer(layer)
    params = params if spec is None else spec.params
    known = {param.name: param for param in params}
    places = [param for param in params if not param.auto]
    given: dict[str, Value] = {}
    for place, text in enumerate(settings):
        name, equals, value = text.rpartition("=")
        param = known.get(name) if equals else (places[place] if place < len(places) else None)
        if param is None:
            raise ProjectError(_unknown(layer, name or text, params))
        yes_or_no = _BOOLS.get(value.casefold()) if param.kind == "bool" else None
        given[param.name] = typed.read(param, value) if yes_or_no is None else yes_or_no
    return Args(given)


def written(args: Args) -> str:
    """Return settings as they stand in the code: `out_channels=6, kernel_size=5`."""
    return ", ".join(f"{name}={typed.write(value)}" for name, value in args.items())


def _unknown(layer: str, name: str, params: tuple[Param, ...]) -> Problem:
    choices = ", ".join(param.name for param in params if not param.auto) or "none"
    return Problem("shorthand.unknown", args={"layer": layer, "name": name, "choices": choices})
