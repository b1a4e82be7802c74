"""Formulas and names of sizes within a node: which parameters it uses, and values for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nnstudio.core import expressions
from nnstudio.core.limits import refuse
from nnstudio.core.values import Args, Choice, Expression, Value
from nnstudio.graph.model import Node


def names_in(node: Node) -> Iterator[str]:
    """Yield the names that a node's formulas and shapes use."""
    values = [*node.args.values(), node.repeat.count if node.repeat else None]
    for value in values:
        yield from _names(value, in_list=False)


def substituted(node: Node, values: Mapping[str, Value]) -> Node:
    """Return the node with names replaced by values.

    Raises:
        ProjectError: A value stands in a formula and is neither a number nor a formula.
    """
    if not values:
        return node
    args = Args({name: _replaced(value, values, False) for name, value in node.args.items()})
    repeat = node.repeat
    if repeat is not None:
        repeat = replace(repeat, count=_replaced(repeat.count, values, False))
    return replace(node, args=args, repeat=repeat)


def renamed(node: Node, old: str, new: str) -> Node:
    """Return the node with one name replaced by another in its formulas and shapes."""
    if old not in names_in(node):
        return node
    args = Args({name: _renamed(value, old, new, False) for name, value in node.args.items()})
    repeat = node.repeat
    if repeat is not None:
        repeat = replace(repeat, count=_renamed(repeat.count, old, new, False))
    return replace(node, args=args, repeat=repeat)


def _renamed(value: Value, old: str, new: str, in_list: bool) -> Value:
    if isinstance(value, Expression) and old in expressions.names(value.text):
        return Expression(str(expressions.substitute(value.text, {old: new})))
    if isinstance(value, str) and in_list:
        return new if value == old else value
    if isinstance(value, tuple):
        return tuple(_renamed(entry, old, new, True) for entry in value)
    if isinstance(value, Choice):
        args = {name: _renamed(entry, old, new, False) for name, entry in value.args.items()}
        return replace(value, args=Args(args))
    return value


def _names(value: Value, in_list: bool) -> Iterator[str]:
    if isinstance(value, Expression):
        yield from expressions.names(value.text)
    elif isinstance(value, str) and in_list:
        yield value  # the name of a dim in a shape
    elif isinstance(value, tuple):
        for entry in value:
            yield from _names(entry, in_list=True)
    elif isinstance(value, Choice):
        for entry in value.args.values():
            yield from _names(entry, in_list=False)


def _replaced(value: Value, values: Mapping[str, Value], in_list: bool) -> Value:
    if isinstance(value, Expression):
        return _formula(value, values)
    if isinstance(value, str) and in_list:
        return values.get(value, value)
    if isinstance(value, tuple):
        return tuple(_replaced(entry, values, True) for entry in value)
    if isinstance(value, Choice):
        args = {name: _replaced(entry, values, False) for name, entry in value.args.items()}
        return replace(value, args=Args(args))
    return value


def _formula(formula: Expression, values: Mapping[str, Value]) -> Value:
    if formula.text.strip() in values:
        return values[formula.text.strip()]  # of any kind: a text, a bool
    parts: dict[str, str | int | float] = {}
    for name in expressions.names(formula.text) & values.keys():
        value = values[name]
        if isinstance(value, Expression):
            parts[name] = value.text
        elif isinstance(value, int | float) and not isinstance(value, bool):
            parts[name] = value
        else:
            raise refuse("expr.value", text=formula.text, why=f"{name} is not a number")
    made = expressions.substitute(formula.text, parts) if parts else formula.text
    return Expression(made) if isinstance(made, str) else made
