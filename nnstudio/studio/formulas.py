"""What the names of a block's formulas stand for in the use through which it was entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.compiler.results import Analysis
from nnstudio.core.values import Expression
from nnstudio.graph.dims import Poly, substitute
from nnstudio.graph.model import Graph, Node, Project


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
