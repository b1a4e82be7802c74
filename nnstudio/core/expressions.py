"""Formulas over block parameters and the repeat index: read without ever running them as Python.

The text is parsed to a syntax tree of which only numbers, names, `+ - * / // % **`, signs and
brackets are allowed; it is evaluated by walking that tree, over whatever numbers or symbolic dims
the names stand for. Powers and sizes are bounded, since `9**9**9` would be a computation without
end.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from nnstudio.core.params import LARGEST
from nnstudio.core.problems import Problem, ProjectError

MAX_LENGTH = 200
MAX_POWER = 64
_OTHER = re.compile(r"[^\w .+\-*/%()]", re.ASCII)
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """Return the checked syntax tree of a formula.

    Raises:
        ProjectError: The text is no formula, is too long, or uses something that is not allowed.
    """
    if len(text) > MAX_LENGTH:
        raise _error("expr.forbidden", text=text, what=f"more than {MAX_LENGTH} characters")
    # Python would fold other alphabets into names of ours and pass over comments.
    strange = _OTHER.search(text)
    if strange:
        raise _error("expr.forbidden", text=text, what=f"the character {strange[0]!r}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _error("expr.syntax", text=text) from error
    for part in ast.walk(tree):
        if what := _forbidden(part):
            raise _error("expr.forbidden", text=text, what=what)
    return tree


def names(text: str) -> frozenset[str]:
    """Return the names that a formula uses."""
    return frozenset(part.id for part in ast.walk(parse(text)) if isinstance(part, ast.Name))


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """Return the value of a formula, of whatever type the variables' arithmetic gives.

    Raises:
        ProjectError: As `parse`; or a name is unknown, a division by zero, a value out of bounds.
    """
    try:
        return _bounded(_walk(parse(text), variables))
    except KeyError as missing:
        known = ", ".join(variables) or "none"
        raise _error("expr.name", text=text, name=missing.args[0], choices=known) from missing
    except (ZeroDivisionError, OverflowError, ValueError, TypeError) as error:
        raise _error("expr.value", text=text, why=str(error)) from error


def _walk(part: ast.expr, variables: Mapping[str, Any]) -> Any:
    if isinstance(part, ast.Constant):
        return part.value
    if isinstance(part, ast.Name):
        return variables[part.id]
    if isinstance(part, ast.UnaryOp):
        value = _walk(part.operand, variables)
        return -value if isinstance(part.op, ast.USub) else value
    if not isinstance(part, ast.BinOp):  # parse() lets nothing else through
        raise TypeError(type(part).__name__)
    left, right = _walk(part.left, variables), _walk(part.right, variables)
    if isinstance(part.op, ast.Pow) and isinstance(right, int | float) and abs(right) > MAX_POWER:
        raise ValueError(f"the power {right} is larger than {MAX_POWER}")
    return _bounded(_OPERATORS[type(part.op)](left, right))


def _bounded(value: Any) -> Any:
    if isinstance(value, complex) or (isinstance(value, int | float) and not abs(value) <= LARGEST):
        raise ValueError("it is too large")
    return value


def _forbidden(part: ast.AST) -> str:
    if isinstance(part, ast.Constant):
        number = part.value if type(part.value) in (int, float) else math.nan
        fine = isinstance(number, int | float) and abs(number) <= LARGEST
        return "" if fine else "something other than a number of reasonable size"
    if isinstance(part, ast.Name):
        return f"the name {part.id}" if part.id.startswith("_") or not part.id.isascii() else ""
    if isinstance(part, ast.BinOp):
        return "" if type(part.op) in _OPERATORS else type(part.op).__name__
    if isinstance(part, ast.UnaryOp):
        return "" if isinstance(part.op, ast.USub | ast.UAdd) else type(part.op).__name__
    is_leaf = isinstance(part, ast.operator | ast.unaryop | ast.expr_context)
    return "" if is_leaf else type(part).__name__


def _error(code: str, **args: object) -> ProjectError:
    return ProjectError(Problem(code, args=args))


def substitute(text: str, values: Mapping[str, str | int | float]) -> str | int | float:
    """Replace names by formulas or numbers; a number is returned when nothing else is left.

    >>> substitute("4 * dim", {"dim": "width + 1"})
    '4 * (width + 1)'
    >>> substitute("4 * dim", {"dim": 16})
    64

    Raises:
        ProjectError: As `parse` and `evaluate`.
    """
    parts = {name: parse(str(value)) for name, value in values.items()}
    made = ast.unparse(_Substitution(parts).visit(ast.parse(text.strip(), mode="eval")).body)
    parse(made)
    return made if names(made) else evaluate(made, {})


class _Substitution(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.parts.get(node.id, node)
