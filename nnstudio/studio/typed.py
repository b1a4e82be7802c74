"""What is typed into a field, and what it means: text → value and back.

A form shows `write(value)`, and reads what was typed with `read`. Text that is no value of the
parameter is a formula where there are names for one to use (`4 * dim` in a block); elsewhere it may
only be arithmetic (`3 * 28 * 28`), which is worked out at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from nnstudio.core import expressions
from nnstudio.core.params import Param, check
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Choice, Expression, Value
from nnstudio.graph.dims import Poly, show

NOTHING = "none"
"""How None is typed where it is a value of its own."""

FEW = 4
"""So many values of copies are written out; of more the first two and the last."""

_BETWEEN = re.compile(r"[,;×]")
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z", re.ASCII)
_INT = re.compile(r"[+-]?\d[\d_ ]*\Z", re.ASCII)
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)


def write(value: object) -> str:
    """Return a value as a user types it: `3, 5`, `1e-05`, `4 * dim`."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(write, value))
    if isinstance(value, Poly):
        return show(value)
    if isinstance(value, Choice):
        return value.name
    return str(value)


def write_series(values: tuple[object, ...]) -> str:
    """Return the values of copies in few words: `64, 128, 256`, `8, 16, … 1024`; "" for none."""
    if len(values) <= FEW:
        return ", ".join(map(write, values))
    return f"{write(values[0])}, {write(values[1])}, … {write(values[-1])}"


def read(param: Param, text: str, names: Collection[str] = ()) -> Value:
    """Return the value that was typed.

    Args:
        param: What it is typed for.
        text: What was typed.
        names: What a formula may use; () where there are no formulas.

    Raises:
        ProjectError: It is no value that the parameter takes.
    """
    text = text if param.kind == "text" else text.strip()
    if text in param.words and text:
        return text
    if param.optional and text.casefold() in ("", NOTHING):
        return None
    value = _READERS[param.kind](param, text, names)
    problem = check(param, value)
    if problem is not None:
        raise ProjectError(problem)
    return value


def formula_value(formula: Expression, numbers: Mapping[str, Any]) -> str:
    """Return what a formula gives for these numbers, or "" when it gives nothing."""
    try:
        value = expressions.evaluate(formula.text, numbers)
    except ProjectError:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if isinstance(value, Poly) else f"{value:g}" if type(value) is float else write(value)


def worked_out(value: object, numbers: Mapping[str, Any]) -> str:
    """Return what a value with formulas gives for these numbers: `8, 16`; "" when one gives none.

    A name of a size in a shape is one of its formulas where it has a number.
    """
    if isinstance(value, Expression):
        return formula_value(value, numbers)
    if not isinstance(value, tuple):
        return ""
    parts = [
        write(numbers.get(entry, entry))
        if isinstance(entry, str)
        else formula_value(entry, numbers)
        if isinstance(entry, Expression)
        else write(entry)
        for entry in value
    ]
    return ", ".join(parts) if all(parts) else ""


def default_words(param: Param) -> str:
    """Return the default in words, or "" when there is none."""
    if param.auto or param.required:
        return ""
    if param.default is None:
        return NOTHING
    if isinstance(param.default, bool):
        return "on" if param.default else "off"
    return write(param.default)


def _text(param: Param, text: str, names: Collection[str]) -> Value:
    return text


def _single(param: Param, text: str, names: Collection[str]) -> Value:
    if param.kind in ("int", "size", "ints") and _INT.match(text):
        return int(re.sub(r"[_ ]", "", text))
    if _FLOAT.match(text):
        number = float(text)
        if param.kind in ("int", "size", "ints") and number.is_integer() and "." not in text:
            return int(number)  # 1e3
        whole = _INT.match(text) and param.kind == "number_or_size"
        return int(text) if whole else number
    return _formula(param, text, names)


def _formula(param: Param, text: str, names: Collection[str]) -> Value:
    """Return a formula over the names, or the number that arithmetic without names gives."""
    if not text:
        raise _no_value(param, text)
    try:
        used = expressions.names(text)
    except ProjectError:
        if names:
            raise
        raise _no_value(param, text) from None
    if used and not names:
        if text.isidentifier():  # a word, not a formula
            raise _no_value(param, text)
        raise ProjectError(Problem("expr.no_names", args={"text": text, "name": min(used)}))
    unknown = sorted(used - set(names))
    if unknown:
        args = {"text": text, "name": unknown[0], "choices": ", ".join(names)}
        raise ProjectError(Problem("expr.name", args=args))
    if used:
        return Expression(text)
    number = expressions.evaluate(text, {})
    whole = isinstance(number, float) and number.is_integer() and param.kind != "float"
    return int(number) if whole else number


def _no_value(param: Param, text: str) -> ProjectError:
    args = {"name": param.name, "expected": param.expected, "value": text or "empty"}
    code = "param.type" if text else "param.missing"
    return ProjectError(Problem(code, args=args))


def _entries(text: str) -> list[str]:
    inner = text
    if inner[:1] in ("(", "[") and inner[-1:] in (")", "]") and _BETWEEN.search(inner):
        inner = inner[1:-1]
    found = [entry.strip() for entry in _BETWEEN.split(inner)]
    if len(found) > 1 and found[-1] == "":  # (3,)
        found.pop()
    return found


def _one_or_each(param: Param, text: str, names: Collection[str]) -> Value:
    found = tuple(_single(param, entry, names) for entry in _entries(text))
    return found[0] if len(found) == 1 else found


def _each(param: Param, text: str, names: Collection[str]) -> Value:
    if text in ("", "()", "[]"):
        return ()
    return tuple(_single(param, entry, names) for entry in _entries(text))


def _shape(param: Param, text: str, names: Collection[str]) -> Value:
    if text in ("", "()", "[]"):
        return ()
    return tuple(_dim(param, entry, names) for entry in _entries(text))


def _dim(param: Param, text: str, names: Collection[str]) -> Value:
    if _SYMBOL.match(text):
        return text  # the name of a size, which is the block's parameter where there is one
    if _INT.match(text):
        return int(re.sub(r"[_ ]", "", text))
    return _formula(param, text, names)


_READERS: Mapping[str, Callable[[Param, str, Collection[str]], Value]] = {
    "int": _single,
    "float": _single,
    "bool": _text,
    "text": _text,
    "choice": _text,
    "file": _text,
    "size": _one_or_each,
    "shape": _shape,
    "ints": _each,
    "floats": _each,
    "number_or_size": _one_or_each,
}
