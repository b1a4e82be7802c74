"""How large a document and its parts may be; the same for edits and for files that are read.

What an edit lets in can be saved and read again, and what a file may hold an edit could have made.
"""

from __future__ import annotations

import math
import re

from nnstudio.core import expressions
from nnstudio.core.names import NAME_LIMIT, is_id
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Args, Choice, Expression, Value

NOTE_LIMIT = 20_000
TEXT_LIMIT = 4_096
SOURCE_LIMIT = 500_000
NODE_LIMIT = 10_000
ENTRY_LIMIT = 4_096
VALUE_DEPTH = 8
INT_LIMIT = 2**63 - 1
OUTPUT_LIMIT = 64
COORDINATE_LIMIT = 1e7
NOTES_LIMIT = 1_000
NOTE_SIZES = (80.0, 4_000.0)
"""Of notes on the canvas: how many, and from how wide to how wide and high."""
TERMS_LIMIT = 400
DEGREE_LIMIT = 64
BITS_LIMIT = 4_096
"""Of the formula of a size: its terms, their powers, their factors."""

_LAYER = re.compile(r"(?:[a-z]{1,20}:)?[A-Za-z0-9][A-Za-z0-9_-]{0,59}\Z", re.ASCII)
_ARGUMENT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}\Z", re.ASCII)
# What turns the direction of text round, by which shown text can lie about its order.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")


def refuse(code: str, where: str = "", **args: object) -> ProjectError:
    """Return the error of one problem, to be raised."""
    return ProjectError(Problem(code, where, args))


def check_id(text: object, where: str = "") -> None:
    """Refuse what cannot be an id."""
    if not is_id(text):
        raise refuse("text.id", where, value=text)


def check_name(text: str, where: str = "", what: str = "the name") -> None:
    """Refuse a name that is too long, has several lines, or characters that cannot be seen."""
    _check_text(text, where, what, NAME_LIMIT)
    if "\n" in text or "\t" in text:
        raise refuse("text.lines", where, name=what)


def check_note(text: str, where: str = "", what: str = "the note", limit: int = NOTE_LIMIT) -> None:
    """Refuse a text of several lines that is too long or has characters that cannot be seen."""
    _check_text(text, where, what, limit)


def check_layer(text: str, where: str = "") -> None:
    """Refuse what cannot be the name of a layer, of a block (`block:<id>`) or of an own layer."""
    if not _LAYER.match(text):
        raise refuse("text.layer", where, value=text)


def check_args(args: Args, where: str = "") -> None:
    """Refuse names and values that a document cannot hold."""
    _check_args(args, where, VALUE_DEPTH)


def check_argument(name: str, where: str = "") -> None:
    """Refuse what cannot be the name of a parameter."""
    if not _ARGUMENT.match(name):
        raise refuse("text.argument", where, value=name)


def check_value(value: Value, where: str = "") -> None:
    """Refuse a value that a document cannot hold: not finite, too large, too deep, no formula."""
    _check_value(value, where, VALUE_DEPTH)


def _check_args(args: Args, where: str, depth: int) -> None:
    for name, value in args.items():
        check_argument(name, where)
        _check_value(value, f"{where}/{name}", depth)


def _check_value(value: Value, where: str, depth: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _check_text(value, where, "the text", TEXT_LIMIT)
    elif isinstance(value, int | float):
        fine = math.isfinite(value) if type(value) is float else abs(value) <= INT_LIMIT
        if not fine:
            raise refuse("value.number", where)
    elif isinstance(value, Expression):
        _check_formula(value, where)
    else:
        _check_nested(value, where, depth - 1)


def _check_nested(value: Value, where: str, depth: int) -> None:
    if depth < 0:
        raise refuse("value.depth", where, limit=VALUE_DEPTH)
    if isinstance(value, Choice):
        check_layer(value.name, where)
        _check_args(value.args, where, depth)
    elif isinstance(value, tuple):
        if len(value) > ENTRY_LIMIT:
            raise refuse("value.entries", where, limit=ENTRY_LIMIT)
        for entry in value:
            _check_value(entry, where, depth)
    else:
        raise refuse("value.type", where, value=type(value).__name__)


def _check_formula(value: Expression, where: str) -> None:
    _check_text(value.text, where, "the formula", expressions.MAX_LENGTH)
    try:
        expressions.parse(value.text)
    except ProjectError as error:
        problem = error.problems[0]
        raise ProjectError(Problem(problem.code, where, problem.args)) from error


def _check_text(text: str, where: str, what: str, limit: int) -> None:
    if len(text) > limit:
        raise refuse("text.long", where, name=what, limit=limit)
    found = _UNSEEN.search(text)
    if found:
        raise refuse("text.unseen", where, name=what, character=f"U+{ord(found[0]):04X}")
