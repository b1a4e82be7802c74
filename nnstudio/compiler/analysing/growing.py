"""A stack of an open number of copies whose carried shape grows by the same amount each time.

A dense block with a parameter `layers` is one: each copy adds `growth` channels. That it holds for
every number of copies is shown by induction: copy 0 takes the shape S to S + d, and copy i, worked
out with a symbol for i, takes S + i·d to S + (i + 1)·d. So n copies end at S + n·d.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from nnstudio.catalogue.signature import ShapeError
from nnstudio.compiler.analysing.arguments import FaultError
from nnstudio.compiler.analysing.costs import Costs
from nnstudio.compiler.analysing.node import Kind, Once, Order
from nnstudio.compiler.results import NodeInfo
from nnstudio.graph.dims import Dim, Poly, Shape, symbol

INDEX = "index of the copy"
"""The symbol of the copy: no parameter can have this name."""

DEGREE = 3
"""Costs of copy i are polynomials in i of at most this degree: a product of three sizes."""

_At = Callable[[Dim], Once]


def grown(kind: Kind, order: Order, count: Poly, first: Once) -> NodeInfo | None:
    """Return what is known of `count` copies, or None when they do not grow evenly.

    Args:
        kind: The layer or block.
        order: As for a single copy; the first input is carried.
        count: How many, symbolic in the parameters of the block around.
        first: The first copy.
    """
    before: Any = order.inputs[0]
    after = first.outputs[0] if first.outputs else ()
    if len(before) != len(after):
        return None
    step = tuple(b - a for a, b in zip(before, after, strict=True))

    def at(index: Dim) -> Once:
        carried = _along(before, step, index)
        sizes = {**order.scope.sizes, INDEX: symbol(INDEX)}
        scope = replace(order.scope.at(None), sizes=sizes)
        return kind.once(order._replace(inputs=(carried, *order.inputs[1:]), scope=scope))

    try:
        general, second = at(symbol(INDEX)), at(1)
        holds = general.outputs and general.outputs[0] == _along(before, step, symbol(INDEX) + 1)
        if not holds or not _even(first.args, second.args, general.args):
            return None
        costs = _summed([at(index).costs for index in range(DEGREE + 2)], count)
    except (FaultError, ShapeError):
        return None
    if costs is None:
        return None
    last = _along(before, step, count)
    copies: tuple[Mapping[str, Any], ...] = ()
    if first.args != second.args:
        # Two values could rise in any way; three show that it is by the same amount.
        copies = (first.args, second.args, continued((first.args, second.args), 2))
    return NodeInfo(
        first.args, tuple(order.inputs), (last,), (), *costs, count=count, copies=copies
    )


def continued(copies: Sequence[Mapping[str, Any]], index: int) -> Mapping[str, Any]:
    """Return the arguments of a copy: those known, else further along from the first two."""
    if index < len(copies):
        return copies[index]
    first, second = copies[0], copies[1]
    return {
        name: value if value == second[name] else value + (second[name] - value) * index
        for name, value in first.items()
    }


def _along(start: Shape, step: Shape, index: Dim) -> Shape:
    return tuple(size + more * index for size, more in zip(start, step, strict=True))


def _even(first: Mapping[str, Any], second: Mapping[str, Any], general: Mapping[str, Any]) -> bool:
    """Tell whether every argument is the same in all copies or rises by the same amount."""
    for name, value in first.items():
        if value == second[name] == general[name]:
            continue
        if not isinstance(value, int | Poly) or isinstance(value, bool):
            return False
        if general[name] != value + (second[name] - value) * symbol(INDEX):
            return False
    return True


def _summed(costs: Sequence[Costs], count: Dim) -> Costs | None:
    """Return the sum over all copies from the first few, or None when it is no polynomial."""
    found = [_series([one[part] for one in costs], count) for part in range(3)]
    return None if None in found else Costs(*found)  # type: ignore[arg-type]


def _series(values: Sequence[Dim], count: Dim) -> Dim | None:
    """Sum a polynomial over 0 … count - 1 by Newton's forward differences."""
    total: Dim = 0
    choose: Dim = count  # count! / (count - order - 1)!, before it is divided
    for order in range(len(values)):
        if order == len(values) - 1:
            return total if values[0] == 0 else None
        total = total + values[0] * choose // math.factorial(order + 1)
        choose = choose * (count - order - 1)
        values = [after - before for before, after in pairwise(values)]
    return total
