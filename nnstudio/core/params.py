"""One vocabulary for everything that a user sets, and the one checker for it.

Layers, losses, optimizers, schedules, loops, data sources, exporters and the application's settings
all describe themselves by `Param`; the same description builds the form, checks the value, writes
the code and the help.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nnstudio.core.problems import Problem
from nnstudio.core.values import Choice, Expression, Value

Kind = Literal[
    "int",  # a whole number
    "float",  # a number; ints are taken
    "bool",
    "text",  # a str
    "choice",  # one of `choices`
    "size",  # an int, or a tuple with one int per spatial dim
    "shape",  # a tuple of ints and names of symbolic dims
    "ints",  # a tuple of ints
    "floats",  # a tuple of numbers
    "number_or_size",  # an int, a float, or a tuple of them (Upsample's scale_factor)
    "file",  # a path on this machine, as text
    "of",  # a `Choice` from the table of the catalogue that `of` names
    "list_of",  # a tuple of such choices
]

LARGEST = 2**40
"""No size or count may be larger: a typing error must not become a computation without end."""


@dataclass(frozen=True, slots=True)
class Param:
    """One setting.

    Attributes:
        name: Spelled as in torch where torch has it.
        kind: See `Kind`.
        default: NNStudio's value when the user says nothing; unused when `required`.
        help: One sentence for the form; units in brackets.
        required: True when there is no default.
        auto: True when the value follows from the input's shape unless the user pins it.
        optional: True when None is a value of its own.
        choices: For `choice`.
        of: For `of` and `list_of`: a table of the catalogue.
        minimum: The smallest value (inclusive unless `above`), also for each entry of a tuple.
        maximum: The largest value, inclusive.
        above: True when the minimum itself is excluded.
        words: Words that are taken besides the kind's values (`padding="same"`).
        torch_default: What torch takes when the argument is left out, when it differs from
            `default`.
        positional: True when generated code passes it by position (it is required by torch).
        live: True when a running training takes a new value at its next step.
        tensor: True when torch wants the numbers of a list as a tensor.
    """

    name: str
    kind: Kind
    default: Value = None
    help: str = ""
    required: bool = False
    auto: bool = False
    optional: bool = False
    choices: tuple[str, ...] = ()
    of: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False
    words: tuple[str, ...] = ()
    torch_default: Value = None
    positional: bool = False
    live: bool = False
    tensor: bool = False

    @property
    def expected(self) -> str:
        """What a value must be, in words: `a whole number of at least 1`."""
        return _WORDS[self.kind] + (f", {self.limits}" if self.limits else "")

    @property
    def limits(self) -> str:
        """The limits in words, or ""."""
        parts = []
        if self.minimum is not None:
            parts.append(f"{'more than' if self.above else 'at least'} {self.minimum:.12g}")
        if self.maximum is not None:
            parts.append(f"at most {self.maximum:.12g}")
        return " and ".join(parts)


_WORDS: Mapping[Kind, str] = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "text": "text",
    "choice": "one of the choices",
    "size": "a whole number or one per dimension",
    "shape": "a list of sizes and names of dimensions",
    "ints": "a list of whole numbers",
    "floats": "a list of numbers",
    "number_or_size": "a number or one per dimension",
    "file": "the name of a file",
    "of": "a choice",
    "list_of": "a list of choices",
}


def _is_int(value: object) -> bool:
    return type(value) is int and abs(value) <= LARGEST


def _is_number(value: object) -> bool:
    return _is_int(value) or (type(value) is float and math.isfinite(value))


def _is_text(value: object) -> bool:
    return type(value) is str and len(value) <= 4096


def _each(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: type(value) is tuple and len(value) <= 64 and all(map(test, value))


def _or_each(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: test(value) or (value != () and _each(test)(value))


def _is_symbol(value: object) -> bool:
    return type(value) is str and value.isascii() and value.isidentifier() and len(value) <= 40


_TESTS: Mapping[Kind, Callable[[object], bool]] = {
    "int": _is_int,
    "float": _is_number,
    "bool": lambda value: type(value) is bool,
    "text": _is_text,
    "choice": _is_text,
    "size": _or_each(_is_int),
    "shape": _each(lambda v: _is_int(v) or _is_symbol(v) or isinstance(v, Expression)),
    "ints": _each(lambda v: _is_int(v) or isinstance(v, Expression)),
    "floats": _each(lambda v: _is_number(v) or isinstance(v, Expression)),
    "number_or_size": _or_each(_is_number),
    "file": _is_text,
    "of": lambda value: isinstance(value, Choice),
    "list_of": _each(lambda value: isinstance(value, Choice)),
}


def check(param: Param, value: Value, where: str = "") -> Problem | None:
    """Return the problem of a value, or None when it is one that the parameter takes.

    An `Expression` is passed: whether it can be evaluated is the business of whoever knows its
    names.
    """
    if value is None and (param.optional or param.auto):
        return None
    if isinstance(value, Expression) or (isinstance(value, str) and value in param.words):
        return None
    entries = value if isinstance(value, tuple) else (value,)
    if param.kind == "size" and any(isinstance(entry, Expression) for entry in entries):
        entries = tuple(entry for entry in entries if not isinstance(entry, Expression))
        value = entries or 1
    if not _TESTS[param.kind](value):
        args = {"name": param.name, "expected": param.expected, "value": show(value)}
        return Problem("param.type", where, args)
    if param.kind == "choice" and value not in param.choices:
        args = {"name": param.name, "value": show(value), "choices": ", ".join(param.choices)}
        return Problem("param.choice", where, args)
    if not all(_within(param, entry) for entry in entries):
        args = {"name": param.name, "value": show(value), "limits": param.limits}
        return Problem("param.range", where, args)
    return None


def _within(param: Param, value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return True
    low, high = param.minimum, param.maximum
    too_low = low is not None and (value <= low if param.above else value < low)
    return not too_low and (high is None or value <= high)


def check_all(
    params: Sequence[Param], args: Mapping[str, Value], where: str = "", layer: str = ""
) -> list[Problem]:
    """Return the problems of all given values.

    Unknown names first, then each value by its parameter.
    """
    known = {param.name: param for param in params}
    found = [
        Problem(
            "param.unknown",
            where,
            {"layer": layer, "name": name, "choices": ", ".join(known) or "none"},
        )
        for name in args
        if name not in known
    ]
    checked = (check(known[name], value, where) for name, value in args.items() if name in known)
    return found + [problem for problem in checked if problem is not None]


def show(value: object) -> str:
    """Write a value the way a user types it."""
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + ")"
    if isinstance(value, Choice):
        return value.name
    return str(value) if isinstance(value, Expression) else repr(value)
