"""The one way in which a value of a document becomes source text, and text becomes a comment.

Nothing else may write a value: whatever a document holds leaves here as a literal, as checked
arithmetic over known names, or behind a `#`.
"""

from __future__ import annotations

import ast
import math
import re
import textwrap
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nnstudio.compiler.writing.layout import LIMIT, NUMBER, flat, number, quoted, rank, width
from nnstudio.core import expressions
from nnstudio.core.values import Expression
from nnstudio.graph.dims import Poly, show

_NONE: Mapping[str, str] = {}
_PRAGMA = re.compile(
    r"^\s*(?:fmt|isort|ruff|noqa|type|pragma|pylint|mypy|pyright)\b\s*:?", re.IGNORECASE
)


def literal(value: Any, names: Mapping[str, str] = _NONE, whole: bool = False) -> str:
    """Write a value as source.

    Args:
        value: None, a bool, a number, a text, a formula, a symbolic dim, or a tuple of these.
        names: How names are written here (`dim` is `self.dim` in `forward`).
        whole: True when only a whole number will do, so that an exact `/` is written `//`.

    Raises:
        KeyError: A formula or dim has a name that is not in `names`.
        TypeError: The value is of a type that a document does not hold.
    """
    if value is None or type(value) in (bool, int):
        return repr(value)
    if type(value) is float:
        return number(value) if math.isfinite(value) else f'float("{value}")'
    if type(value) is str:
        return quoted(value)
    if isinstance(value, Poly):
        return _formula(show(value), names, True)
    if isinstance(value, Expression):
        return _formula(value.text, names, whole)
    if type(value) is tuple:
        inner = ", ".join(literal(entry, names, whole) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    raise TypeError(f"a {type(value).__name__} is not written as a literal")


def as_tensor(values: tuple[Any, ...], names: Mapping[str, str] = _NONE) -> str:
    """Write numbers as a tensor of floats: `torch.tensor([1.0, 2.5])`."""
    entries = (float(value) if type(value) is int else value for value in values)
    return f"torch.tensor([{', '.join(literal(entry, names) for entry in entries)}])"


def binding(text: str) -> int:
    """Return how tightly a written literal binds; see `layout.rank`."""
    if text.isidentifier() or text[:1] in "\"'([":
        return 90
    if text.isdigit():
        return NUMBER
    return rank(_read(text))


def formula_names(value: Any) -> frozenset[str]:
    """Return the names that a value refers to."""
    if isinstance(value, Poly):
        return value.symbols()
    if isinstance(value, Expression):
        return expressions.names(value.text)
    if isinstance(value, tuple):
        return frozenset().union(*map(formula_names, value))
    return frozenset()


def _formula(text: str, names: Mapping[str, str], whole: bool) -> str:
    tree = expressions.parse(text)
    for name in expressions.names(text):
        names[name]  # a KeyError tells who calls that the name is not known here
    if whole and "/" in text.replace("//", ""):
        tree = _whole(text)
    written = flat(tree, names)
    if whole and any(
        isinstance(p, ast.Constant) and type(p.value) is float for p in ast.walk(tree)
    ):
        return f"int({written})"
    return written


@lru_cache(maxsize=1024)
def _whole(text: str) -> ast.expr:
    tree = ast.parse(text.strip(), mode="eval")
    for part in ast.walk(tree):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            part.op = ast.FloorDiv()
    return tree.body


@lru_cache(maxsize=4096)
def _read(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def plain(text: str) -> str:
    """Return text of a user as one line that cannot leave a comment: printable, single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def comment(text: str, indent: int) -> list[str]:
    """Return the lines of a comment from a note; empty when nothing printable is left."""
    margin = " " * indent + "# "
    lines: list[str] = []
    for paragraph in text.splitlines():
        words = plain(paragraph)
        if _PRAGMA.match(words):
            words = f"note: {words}"
        lines += _filled(words, LIMIT - len(margin))
    return [margin + line for line in lines]


def docstring(text: str, indent: int) -> list[str]:
    """Return the lines of a docstring from a note; empty when nothing printable is left."""
    margin = " " * indent
    paragraphs = [_quotable(plain(part)) for part in text.strip().splitlines()]
    lines = _filled(paragraphs[0], LIMIT - indent - 3) if paragraphs else []
    rest = [line for part in paragraphs[1:] for line in (_filled(part, LIMIT - indent) or [""])]
    if not any(lines):
        return []
    if not any(rest) and len(lines) == 1:
        # The formatter keeps the quotes on a single line, so that it must be short enough for both.
        lines = _filled(paragraphs[0], LIMIT - indent - 6)
        if len(lines) == 1:
            return [f'{margin}"""{lines[0]}"""']
    body = [*lines[1:], *([""] if len(lines) == 1 and rest and rest[0] else []), *rest]
    while body and not body[-1]:
        body.pop()
    return [
        f'{margin}"""{lines[0]}',
        *(margin + line if line else "" for line in body),
        f'{margin}"""',
    ]


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'")


def _filled(text: str, columns: int) -> list[str]:
    """Fill lines; a wide script counts two columns a character."""
    if width(text) != len(text):
        columns //= 2
    return textwrap.wrap(text, columns, break_on_hyphens=False) if text else []
