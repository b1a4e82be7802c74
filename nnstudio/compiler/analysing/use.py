"""A use of a block: the shapes that arrive are matched with its inputs, then all is substituted.

The block itself was worked out once, in its own names. Each different use is then walked through
again with the sizes that it has: what could not be decided in general (a kernel larger than a
picture that was `H × W`) is decided there, and a fault is told at the use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from nnstudio.catalogue.signature import InputPort, ShapeError, match
from nnstudio.compiler.analysing.arguments import FaultError, Scope, Template, resolve, template
from nnstudio.compiler.analysing.node import Kind, Once, Order, must_be_known
from nnstudio.compiler.results import GraphInfo
from nnstudio.core.problems import Problem
from nnstudio.core.values import Expression
from nnstudio.graph.dims import Dim, substitute
from nnstudio.graph.model import Graph

MOST_NODES = 50_000
"""So many nodes are walked through again in one analysis; beyond, uses are substituted only."""


class Walk(Protocol):
    """Works a graph out under a scope."""

    def __call__(
        self,
        graph: Graph,
        scope: Scope,
        previous: GraphInfo | None = None,
        dirty: Iterable[str] = (),
    ) -> GraphInfo:
        """Return what is known of the graph; `previous` and `dirty` as in `walk`."""


class Seen(NamedTuple):
    """A use that was walked through: for which state of the block, and what was found."""

    generic: GraphInfo
    info: GraphInfo


@dataclass(slots=True)
class Uses:
    """The uses of blocks in one analysis.

    Attributes:
        walk: Works a graph out.
        memo: Uses that were seen before, also by earlier analyses: a cache and nothing else.
        touched: Those that this analysis needed.
        walked: How many nodes were walked through.
    """

    walk: Walk
    memo: MutableMapping[Any, Seen]
    touched: set[Any] = field(default_factory=set)
    walked: int = 0

    def special(
        self, generic: GraphInfo, scope: Scope, sizes: Mapping[str, Dim]
    ) -> GraphInfo | None:
        """Return the block worked out for these sizes, or None when that would take too long."""
        inner = (*scope.sizes.items(), *scope.others.items())
        key = (generic.graph.id, inner, tuple(scope.feeds.items()))
        seen = self.memo.get(key)
        if seen is None or seen.generic is not generic:
            self.walked += len(generic.graph.nodes)
            if self.walked > MOST_NODES:
                return None
            if seen is None:
                info = self.walk(generic.graph, scope)
            else:
                info = self.walk(generic.graph, scope, seen.info, _stale(seen.generic, generic))
            seen = self.memo[key] = Seen(generic, info)
        self.touched.add(key)
        return seen.info


def _stale(before: GraphInfo, now: GraphInfo) -> Iterator[str]:
    """Yield the nodes of a block that one use of it has to look at again after an edit of it.

    The sizes of the use are the same. What was found for the block in general is pinned in the use,
    and what an inner block makes of special sizes may differ where the general result does not.
    """
    for node_id, info in now.nodes.items():
        if info is not before.nodes.get(node_id) or ":" in now.graph.nodes[node_id].layer:
            yield node_id


def block_kind(uses: Uses, info: GraphInfo) -> Kind:
    """Return the kind of a block."""
    graph = info.graph
    made = template(graph.name, graph.params)
    wanted = tuple(_port(info, node_id) for node_id in info.inputs)
    return Kind(made, wanted, lambda order: _once(uses, info, made, wanted, order))


def _once(
    uses: Uses, info: GraphInfo, made: Template, wanted: tuple[InputPort, ...], order: Order
) -> Once:
    args, rules = resolve(made, order.given, order.scope, order.where)
    ints = {p.name: rules[p.name] for p in info.graph.params if p.kind == "int"}
    for name, value in order.pinned.items():
        if ints.get(name, 0) is None:
            ints[name] = value
    dims = _matched(info, wanted, ints, order)
    for name in made.autos:
        if args[name] is None:
            args[name] = ints.get(name)
    _must_have_all(made, args, order)
    must_be_known(args, made.autos, order)
    if info.interface.outputs is None:
        return Once(args, None)
    others = {p.name: rules[p.name] for p in info.graph.params if p.kind != "int"}
    feeds: dict[str, Any] = dict(zip(info.inputs, order.inputs, strict=True))
    scope = Scope(ints, others, info, feeds)
    special = uses.special(info, scope, ints)
    if special is None:
        return _substituted(info, args, {**dims, **ints})
    _must_fit(info, special, order)
    made_of = special.interface
    return Once(args, made_of.outputs, made_of.weights, made_of.flops, made_of.activations)


def _matched(
    info: GraphInfo, wanted: tuple[InputPort, ...], ints: dict[str, Any], order: Order
) -> dict[str, Dim]:
    """Match what arrives with the block's inputs; fills the automatic parameters in `ints`."""
    if None in info.interface.inputs:  # the fault of the block's own Input is told there
        raise FaultError
    try:
        return match(wanted, ints, order.inputs, info.graph.params)
    except ShapeError as error:
        error.values.setdefault("layer", info.graph.name)
        raise


def _port(info: GraphInfo, node_id: str) -> InputPort:
    """Return an input of a block as a port: names stay names, formulas stand in braces."""
    node = info.graph.nodes[node_id]
    shape = info.nodes[node_id].args.get("shape", ())
    written = node.args.get("shape", shape)
    dims = written if isinstance(written, tuple) else ()
    tokens = (f"{{{dim.text}}}" if isinstance(dim, Expression) else dim for dim in dims)
    return InputPort(node.name or "input", tuple(tokens))  # type: ignore[arg-type]


def _must_have_all(made: Template, args: Mapping[str, Any], order: Order) -> None:
    for name in made.autos:
        if args[name] is None and not made.by_name[name].optional:
            values = {"name": name, "expected": made.by_name[name].expected}
            raise FaultError(Problem("param.missing", order.where, values))


def _must_fit(generic: GraphInfo, special: GraphInfo, order: Order) -> None:
    """Refuse a use whose sizes do not fit inside, though they would in general."""
    for problem in special.problems:
        if problem.code != "run.too_large":  # the use is too large itself, and that is told
            node_id = problem.where.rpartition("/")[2]
            node = generic.graph.nodes.get(node_id)
            title = (node.name or node.layer) if node else node_id
            values = {"block": generic.graph.name, "node": title, "message": problem.message}
            raise FaultError(Problem("block.inside", order.where, values))


def _substituted(info: GraphInfo, args: dict[str, Any], sizes: Mapping[str, Dim]) -> Once:
    found = info.interface
    outputs = tuple(substitute(shape, sizes) for shape in found.outputs or ())
    weights, flops = substitute(found.weights, sizes), substitute(found.flops, sizes)
    return Once(args, outputs, weights, flops, substitute(found.activations, sizes))
