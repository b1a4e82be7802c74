"""Edges of one node, written anew: they are kept in the consumer, so that an edge is an input."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from nnstudio.graph.model import Graph, Input, Node, Port


def rewired(node: Node, source: Callable[[Port], Port | None]) -> Node:
    """Return the node with each port that feeds it replaced; the very same node if none changed."""
    inputs = tuple(_source(entry, source) for entry in node.inputs)
    return node if inputs == node.inputs else replace(node, inputs=trimmed(inputs))


def fed_by(node: Node, ids: Collection[str]) -> bool:
    """Tell whether any of these nodes feeds a node; quick, as it is asked of all in a graph."""
    for source in node.inputs:
        if isinstance(source, Port):
            if source.node in ids:
                return True
        elif source and any(port.node in ids for port in source):
            return True
    return False


def healed(graph: Graph, port: Port, gone: Collection[str]) -> Port | None:
    """Return what feeds a port's consumers once these nodes are gone: their first input."""
    found: Port | None = port
    while found is not None and found.node in gone:
        # A further output (a recurrent layer's state) has nothing that could stand for it.
        first = next(graph.nodes[found.node].ports(), None) if found.output == 0 else None
        found = first
    return found


def with_input(node: Node, index: int, source: Input) -> Node:
    """Return the node with one input set; open ones are filled in before it."""
    inputs = [*node.inputs, *[None] * (index + 1 - len(node.inputs))]
    inputs[index] = source
    return replace(node, inputs=trimmed(tuple(inputs)))


def trimmed(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """Return the inputs without open ones at the end, which need not be written."""
    while inputs and (inputs[-1] is None or inputs[-1] == ()):
        inputs = inputs[:-1]
    return inputs


def _source(entry: Input, source: Callable[[Port], Port | None]) -> Input:
    if entry is None:
        return None
    if isinstance(entry, Port):
        return source(entry)
    return tuple(made for port in entry if (made := source(port)) is not None)
