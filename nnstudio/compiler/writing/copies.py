"""What differs from copy to copy of a repeat: a formula over `i`, or a row of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnstudio.compiler.writing.literals import formula_names, literal
from nnstudio.compiler.writing.scope import Scope
from nnstudio.core.values import Expression, Value
from nnstudio.graph.dims import Dim, Poly, show


@dataclass(frozen=True, slots=True)
class Progression:
    """The loop over the copies.

    Attributes:
        values: Arguments that are written as a formula over `i` or as the name of a loop variable.
        rows: Loop variables and what they are in each copy, where no formula was found.
        names: The names of the loop variables.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    rows: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """The loop variables, as names of formulas."""
        return {name: name for name in self.rows}

    def head(self, count: str, indexed: bool, names: Mapping[str, str]) -> str:
        """Return what stands behind `for`; `names` is how the names of sizes are written."""
        if not self.rows:
            return f"{'i' if indexed else '_'} in range({count})"
        variables = tuple(self.rows)
        if len(variables) == 1:
            target, over = variables[0], literal(self.rows[variables[0]], names)
        else:
            target = f"({', '.join(variables)})" if indexed else ", ".join(variables)
            over = literal(tuple(zip(*self.rows.values(), strict=True)), names)
        return f"i, {target} in enumerate({over})" if indexed else f"{target} in {over}"


def progression(scope: Scope, node: str) -> Progression:
    """Return how the arguments of a repeated node change from copy to copy."""
    copies = scope.info.nodes[node].copies
    typed = scope.nodes[node].args
    values: dict[str, Value] = {}
    rows: dict[str, tuple[Any, ...]] = {}
    for name in copies[0] if copies else ():
        series = tuple(copy[name] for copy in copies)
        if all(value == series[0] for value in series) or "i" in formula_names(typed.get(name)):
            continue
        formula = _formula(series)
        if formula is not None:
            values[name] = Expression(formula)
        else:
            # The parameter of the class around keeps its meaning: `for each_dim in (dim, width)`.
            variable = f"each_{name}" if name in scope.params.values() else name
            values[name] = Expression(variable)
            rows[variable] = series
    return Progression(values, rows)


def _formula(series: Sequence[Any]) -> str | None:
    """Return `64 * 2**i` or `16 + 8 * i` when that is what the values are."""
    # Any two values would be a formula: 3 + 61 * i says less than (3, 64).
    if len(series) < 3 or not all(type(v) is int or isinstance(v, Poly) for v in series):
        return None
    first: Dim = series[0]
    step: Dim = series[1] - first
    if all(value == first * 2**i for i, value in enumerate(series)):
        return f"{_factor(first)} * 2**i"
    if all(value == first + step * i for i, value in enumerate(series)):
        rises = type(step) is not int or step > 0
        return f"{show(first)} {'+' if rises else '-'} {_factor(step if rises else -step)} * i"
    return None


def _factor(dim: Dim) -> str:
    text = show(dim)
    return f"({text})" if isinstance(dim, Poly) and len(dim.terms) > 1 else text
