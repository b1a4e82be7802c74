"""Several copies of a node: one after the other, the same again and again, or side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nnstudio.catalogue.signature import ShapeError
from nnstudio.compiler.analysing.arguments import FaultError
from nnstudio.compiler.analysing.costs import Costs
from nnstudio.compiler.analysing.growing import continued, grown
from nnstudio.compiler.analysing.node import Kind, Once, Order
from nnstudio.compiler.results import NodeInfo
from nnstudio.core import expressions
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph.dims import Dim, Poly, Shape, equal, show, show_shape
from nnstudio.graph.model import Repeat

MOST_COPIES = 4096


@dataclass(frozen=True, slots=True)
class Copies:
    """What the copies of a node are worked out from.

    Attributes:
        kind: The layer or block.
        order: As for a single copy.
        count: How many.
        pinned: The inferred arguments of each copy where this is one use of a block; see `Order`.
    """

    kind: Kind
    order: Order
    count: Dim
    pinned: tuple[Any, ...] = ()

    def at(self, index: int, carried: Shape | None = None) -> Once:
        """Work out one copy; `carried` is what the copy before made."""
        inputs = self.order.inputs
        if carried is not None:
            inputs = (carried, *inputs[1:])
        known = None if isinstance(self.count, Poly) else index
        pinned = continued(self.pinned, index) if self.pinned else self.order.pinned
        scope = self.order.scope.at(known)
        order = self.order._replace(inputs=inputs, scope=scope, pinned=pinned)
        return self.kind.once(order)


def repeated(kind: Kind, order: Order, repeat: Repeat, pinned: tuple[Any, ...] = ()) -> NodeInfo:
    """Return what is known of a repeated node.

    Raises:
        FaultError: The count is no count, or the copies do not fit together.
        ShapeError: The first copy does not fit what it receives.
    """
    count = _count(repeat.count, order)
    copies = Copies(kind, order, count, pinned)
    inputs = order.inputs
    if not inputs or not isinstance(inputs[0], tuple) or kind.template.name == "Output":
        raise _fault("block.repeat_input", order)
    if kind.listed:
        raise _fault("block.repeat_list", order)
    if isinstance(count, Poly):
        _refuse_index(kind, order, count)
    if repeat.mode == "map":
        return _mapped(copies)
    if kind.inputs and kind.inputs[0].variadic:
        raise _fault("block.repeat_input", order)
    return _looped(copies) if repeat.mode == "loop" else _stacked(copies)


def _stacked(copies: Copies) -> NodeInfo:
    """Chain the copies: each gets what the one before made."""
    carried: Any = copies.order.inputs[0]
    count = copies.count
    fixed = not uses_index(copies.order.given)
    found: list[Once] = []
    while not isinstance(count, Poly) and len(found) < count:
        once = _later(copies, len(found), carried)
        found.append(once)
        if once.outputs is None:
            return NodeInfo(once.args, tuple(copies.order.inputs), count=count)
        if not once.outputs:
            raise _fault("block.repeat_input", copies.order)
        if fixed and once.outputs[0] == carried:
            break
        carried = once.outputs[0]
    if not isinstance(count, Poly):
        return _summed(found, copies, count)
    once = copies.at(0)
    if once.outputs is not None and not _keeps(once, copies.order):
        info = grown(copies.kind, copies.order, count, once)
        if info is not None:
            return info
        _must_keep(once, copies.order)
    return _summed([once], copies, count)


def _later(copies: Copies, index: int, carried: Shape) -> Once:
    """Work out one copy; a fault of a later one says which it is."""
    try:
        return copies.at(index, carried)
    except ShapeError as error:
        if index == 0:
            raise
        inner = error.problem().message
        raise _fault("block.copy", copies.order, copy=index + 1, message=inner) from error


def _looped(copies: Copies) -> NodeInfo:
    """Let the one copy run on its own result."""
    order = copies.order
    once = copies.kind.once(order)
    if once.outputs is not None:
        _must_keep(once, order)
    costs = Costs(once.weights, once.flops * copies.count, once.activations * copies.count)
    return NodeInfo(once.args, tuple(order.inputs), once.outputs, (), *costs, count=copies.count)


def _mapped(copies: Copies) -> NodeInfo:
    """Set the copies side by side on the same input; their results get a new first dim."""
    count = copies.count
    different = count if isinstance(count, int) and uses_index(copies.order.given) else 1
    found = [copies.at(index) for index in range(different)]
    first = found[0].outputs
    if first is None:
        return NodeInfo(found[0].args, tuple(copies.order.inputs), count=count)
    for once in found:
        if once.outputs != first:
            shapes = [show_shape(once.outputs[0]) if once.outputs else "", show_shape(first[0])]
            raise _fault("block.map_shape", copies.order, shape=shapes[0], first=shapes[1])
    info = _summed(found, copies, count)
    kept = first[:1] if copies.kind.nested else first
    return replace(info, outputs=tuple((count, *shape) for shape in kept))


def _summed(found: list[Once], copies: Copies, count: Dim) -> NodeInfo:
    """Add the copies up; those that were not worked out are like the last one."""
    costs = Costs()
    for once in found[:-1]:
        costs = costs.plus(once.costs)
    last = found[-1]
    costs = costs.plus(last.costs.times(count - (len(found) - 1)))
    args = [once.args for once in found]
    differ = any(one != args[0] for one in args)
    if differ and isinstance(count, int):
        args += [last.args] * (count - len(args))
    return NodeInfo(
        args[0],
        tuple(copies.order.inputs),
        last.outputs,
        (),
        *costs,
        count=count,
        copies=tuple(args) if differ else (),
    )


def _keeps(once: Once, order: Order) -> bool:
    """Tell whether a copy hands on the very shape that it receives, as far as can be told."""
    before: Any = order.inputs[0]
    after = once.outputs[0] if once.outputs else ()
    return len(before) == len(after) and all(
        equal(a, b) is not False for a, b in zip(before, after, strict=True)
    )


def _must_keep(once: Once, order: Order) -> None:
    if not _keeps(once, order):
        before: Any = order.inputs[0]
        after = show_shape(once.outputs[0]) if once.outputs else "nothing"
        raise _fault("block.repeat_shape", order, before=show_shape(before), after=after)


def _count(count: Value, order: Order) -> Dim:
    """Return how many copies there are."""
    found: Any = count
    if isinstance(count, Expression):
        try:
            found = expressions.evaluate(count.text, order.scope.sizes)
        except ProjectError as error:
            problem = error.problems[0]
            raise FaultError(Problem(problem.code, order.where, problem.args)) from error
    if isinstance(found, Poly):
        return found
    if type(found) is not int or not 1 <= found <= MOST_COPIES:
        raise _fault("block.count", order, count=count, most=MOST_COPIES)
    return found


def _refuse_index(kind: Kind, order: Order, count: Poly) -> None:
    """Refuse sizes that differ from copy to copy while the number of copies is open."""
    sized = {"int", "size", "ints", "shape", "number_or_size"}
    for name, value in order.given.items():
        param = kind.template.by_name.get(name)
        if param is not None and param.kind in sized and _uses_index(value):
            raise _fault("block.copies", order, name=name, count=show(count))


def uses_index(given: Args) -> bool:
    """Tell whether an argument differs from copy to copy."""
    return any(_uses_index(value) for value in given.values())


def _uses_index(value: Value) -> bool:
    if isinstance(value, tuple):
        return any(_uses_index(entry) for entry in value)
    if not isinstance(value, Expression):
        return False
    try:
        return "i" in expressions.names(value.text)
    except ProjectError:
        return False


def _fault(code: str, order: Order, **args: object) -> FaultError:
    return FaultError(Problem(code, order.where, args))
