"""What the names of a block's formulas stand for in the use through which it was entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.compiler.analysing.growing import continued
from nnstudio.compiler.results import Analysis, NodeInfo
from nnstudio.core import expressions
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Expression, Value
from nnstudio.graph.dims import Poly, substitute
from nnstudio.graph.model import Graph, Node, Project

MOST_COPIES = 64
"""The values of so many copies are worked out to be shown."""


def names_in(graph: Graph, node: Node | None = None) -> tuple[str, ...]:
    """Return the names that a formula of a node may use; () where there are no formulas."""
    names = tuple(param.name for param in graph.params)
    return (*names, "i") if node is not None and node.repeat is not None else names


def numbers_in(
    project: Project, analysis: Analysis, path: Sequence[tuple[str, str]]
) -> Mapping[str, Any]:
    """Return a number for each parameter of the graph at the end of a path, where one is known.

    Args:
        project: The document.
        analysis: What is known of it.
        path: How one came there: (graph id, the use that was entered, "" at the top). A block
            that was opened by itself has its parameters' defaults.
    """
    numbers: Mapping[str, Any] = {"i": 0}
    for index, (graph_id, use) in enumerate(path):
        graph = project.graphs.get(graph_id) or project.blocks.get(graph_id)
        if graph is None:
            return numbers
        outer = path[index - 1][0] if index else ""
        info = analysis.node(f"{outer}/{use}") if use else None
        given = {} if info is None else info.args
        numbers = {"i": 0, **_numbers(graph, given, numbers)}
    return numbers


def copies_of(
    node: Node, info: NodeInfo | None, numbers: Mapping[str, Any]
) -> Mapping[str, tuple[Any, ...]]:
    """Return the values of each argument that differs from copy to copy of a repeated node.

    Args:
        node: The node.
        info: What is known of it.
        numbers: What the names of the graph stand for; see `numbers_in`.
    """
    if info is None or node.repeat is None:
        return {}
    known = {name: value for name, value in numbers.items() if type(value) is int}
    found: dict[str, tuple[Any, ...]] = {}
    copies = _all_copies(info, known)
    for name in copies[0] if copies else ():
        values = [copy[name] for copy in copies]
        if any(value != values[0] for value in values):
            found[name] = tuple(
                substitute(value, known) if isinstance(value, Poly) else value for value in values
            )
    count = info.count
    for name, given in node.args.items():
        varies = isinstance(given, Expression) and "i" in _names_of(given)
        if varies and name not in found and type(count) is int and count > 1:
            found[name] = _worked_out(given, count, numbers)
    return {name: values for name, values in found.items() if values}


def _all_copies(info: NodeInfo, known: Mapping[str, int]) -> Sequence[Mapping[str, Any]]:
    """Return the arguments of every copy; of an open number the first, or as many as are known."""
    count = substitute(info.count, known)
    if not isinstance(info.count, Poly) or not isinstance(count, int) or not info.copies:
        return info.copies
    return [continued(info.copies, index) for index in range(min(count, MOST_COPIES))]


def _names_of(formula: Expression) -> frozenset[str]:
    try:
        return expressions.names(formula.text)
    except ProjectError:
        return frozenset()


def _worked_out(formula: Value, count: int, numbers: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of a formula in the first copies; () when it has none."""
    assert isinstance(formula, Expression)
    try:
        return tuple(
            expressions.evaluate(formula.text, {**numbers, "i": index})
            for index in range(min(count, MOST_COPIES))
        )
    except ProjectError:
        return ()


def _numbers(graph: Graph, given: Mapping[str, Any], outer: Mapping[str, Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for param in graph.params:
        value = given.get(param.name, param.default)
        if isinstance(value, Poly):
            known = {name: n for name, n in outer.items() if type(n) is int}
            value = substitute(value, known)
        if value is not None and not isinstance(value, Poly | Expression):
            found[param.name] = value
    return found
