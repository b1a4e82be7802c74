"""What the arguments of a node are.

Defaults filled in, formulas worked out in the names of its graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.results import NOTHING, GraphInfo
from nnstudio.core import expressions
from nnstudio.core.params import Kind, Param, check, check_all, show
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph.dims import Dim, Poly, Shape, symbol

_SIZES: frozenset[Kind] = frozenset({"int", "size", "ints", "shape"})
"""Kinds that have to be known as sizes, since shapes follow from them."""


class FaultError(Exception):
    """A node that cannot be worked out; carries what the user is told."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean inside a graph.

    Attributes:
        sizes: The int parameters: a symbol each, or what a use gives them.
        others: The other parameters: a stand-in each, or what a use gives them.
        generic: What was found for the block itself when this is one use of it; None otherwise.
        feeds: For a use: the shape that arrives at each Input.
    """

    sizes: Mapping[str, Dim] = NOTHING
    others: Mapping[str, Any] = NOTHING
    generic: GraphInfo | None = None
    feeds: Mapping[str, Shape] = NOTHING

    @property
    def named(self) -> bool:
        """True when names or pinned sizes have a meaning here: in a block, in a repeat."""
        return bool(self.sizes or self.others) or self.generic is not None

    def at(self, index: int | None) -> Scope:
        """Return the scope of one copy of a repeat; None when it is not known which one."""
        if index is None:
            return Scope(self.sizes, {**self.others, "i": 0}, self.generic, self.feeds)
        sizes = {**self.sizes, "i": index}
        return Scope(sizes, self.others, self.generic, self.feeds)


@dataclass(frozen=True, slots=True)
class Template:
    """The parameters of a layer or block, sorted for quick reading."""

    name: str
    by_name: Mapping[str, Param]
    defaults: Mapping[str, Any]
    required: tuple[str, ...]
    autos: tuple[str, ...]
    shapes: tuple[str, ...]
    fixed: frozenset[str] = frozenset()


def template(name: str, params: tuple[Param, ...], fixed: frozenset[str] = frozenset()) -> Template:
    """Return the template of some parameters; `fixed` are those that no formula can be."""
    return Template(
        name,
        {param.name: param for param in params},
        {p.name: None if p.auto or p.required else p.default for p in params},
        tuple(p.name for p in params if p.required and not p.auto),
        tuple(p.name for p in params if p.auto),
        tuple(p.name for p in params if p.kind == "shape" or isinstance(p.default, Expression)),
        fixed,
    )


@lru_cache(maxsize=1024)
def known_layer(name: str) -> tuple[LayerSpec, Template] | None:
    """Return a layer of the catalogue with its template, or None when there is none."""
    spec = registry.layer(name)
    return None if spec is None else (spec, template(name, spec.params, spec.code.fixed))


def stand_in(param: Param) -> Any:
    """Return a value for a parameter of a block while nobody uses the block."""
    if param.default is not None and not isinstance(param.default, Expression):
        return param.default
    if param.kind == "choice":
        return param.choices[0] if param.choices else ""
    low = param.minimum if param.minimum is not None and not param.above else 1
    return {"bool": False, "text": "", "floats": (), "ints": (), "shape": ()}.get(param.kind, low)


def resolve(
    kind: Template, given: Args, scope: Scope, where: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return all arguments of a node, twice: as they are written and as shape rules take them.

    The two differ where a formula of a block uses a parameter that is no int: it is written as the
    formula, and the shape rule gets what the formula gives for the parameter's default.

    Raises:
        FaultError: Some of them are unknown, missing, of the wrong kind or out of range.
    """
    stored = dict(kind.defaults)
    rules = stored
    problems: list[Problem] = []
    if given or kind.shapes:
        todo = {**{name: stored[name] for name in kind.shapes}, **given}
        for name, value in todo.items():
            param = kind.by_name.get(name)
            if param is None:
                problems += check_all(tuple(kind.by_name.values()), {name: value}, where, kind.name)
                continue
            try:
                written, used = _value(kind, param, value, scope, where)
            except ProjectError as error:
                problems += [_placed(problem, where, name) for problem in error.problems]
                continue
            if used is not written and rules is stored:
                rules = dict(stored)
            stored[name] = written
            if rules is not stored:
                rules[name] = used
    missing = (kind.by_name[name] for name in kind.required if stored[name] is None)
    problems += [
        Problem("param.missing", where, {"name": p.name, "expected": p.expected})
        for p in missing
        if not (p.optional and p.name in given)
    ]
    if problems:
        raise FaultError(*problems)
    return stored, rules


def _value(kind: Template, param: Param, value: Value, scope: Scope, where: str) -> tuple[Any, Any]:
    """Return a value as it is written and as it is used; ProjectError when it does not fit."""
    if not _has_names(param, value):
        _must(check(param, value, where))
        return value, value
    if param.name in kind.fixed:
        values = {"name": param.name, "layer": kind.name, "value": show(value)}
        raise ProjectError(Problem("param.fixed", where, values))
    if isinstance(value, tuple):
        pairs = [_entry(param, entry, scope) for entry in value]
        written, used = tuple(w for w, _ in pairs), tuple(u for _, u in pairs)
        used = written if written == used else used
    else:
        written, used = _entry(param, value, scope)
    if used is not value:
        _must(check(param, _plain(used), where))
    return written, used


def _entry(param: Param, value: Value, scope: Scope) -> tuple[Any, Any]:
    if isinstance(value, Expression):
        return _formula(param, value, scope)
    if param.kind == "shape" and isinstance(value, str):
        size = scope.sizes.get(value, value)  # any other name stands for itself, see Input
        return size, size
    return value, value


def _formula(param: Param, formula: Expression, scope: Scope) -> tuple[Any, Any]:
    """Return a formula as it is written and as it is used."""
    names = expressions.names(formula.text)
    loose = not names.isdisjoint(scope.others)
    try:
        used = expressions.evaluate(formula.text, {**scope.others, **scope.sizes})
    except ProjectError as error:
        symbolic = any(isinstance(scope.sizes.get(name), Poly) for name in names)
        if param.kind in _SIZES or not symbolic or error.problems[0].code != "expr.value":
            raise
        return formula, formula
    if param.kind in _SIZES and type(used) is float and used.is_integer():
        used = int(used)
    if param.kind not in (*_SIZES, "number_or_size") and isinstance(used, Poly):
        return formula, formula
    return (formula if loose and not _settled(scope) else used), used


def _settled(scope: Scope) -> bool:
    """Tell whether the parameters that are no ints have their real values."""
    return scope.generic is not None and "i" not in scope.others


def _has_names(param: Param, value: Value) -> bool:
    if isinstance(value, tuple):
        return param.kind == "shape" or any(isinstance(entry, Expression) for entry in value)
    return isinstance(value, Expression)


def _plain(value: Any) -> Value:
    """Return a value with symbolic sizes as formulas, which every check lets pass."""
    if isinstance(value, tuple):
        return tuple(_plain(entry) for entry in value)
    return Expression("") if isinstance(value, Poly) else value


def _must(problem: Problem | None) -> None:
    if problem is not None:
        raise ProjectError(problem)


def _placed(problem: Problem, where: str, setting: str) -> Problem:
    args = {**problem.args, "setting": setting}
    return Problem(problem.code, where, args, problem.severity, problem.repairs)


def own_names(params: tuple[Param, ...]) -> tuple[dict[str, Dim], dict[str, Any]]:
    """Return what the parameters of a block mean inside it.

    Symbols, and stand-ins for the others.
    """
    sizes: dict[str, Dim] = {p.name: symbol(p.name) for p in params if p.kind == "int"}
    return sizes, {p.name: stand_in(p) for p in params if p.kind != "int"}
