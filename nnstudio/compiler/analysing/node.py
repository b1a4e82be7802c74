"""What is known of one node: what reaches it, its arguments, its outputs, its costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from nnstudio.catalogue.signature import InputPort, Owner, infer, ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.analysing.arguments import FaultError, Scope, Template, resolve
from nnstudio.compiler.analysing.costs import Costs, layer_costs
from nnstudio.compiler.results import NOTHING, Incoming, NodeInfo
from nnstudio.core.problems import Problem
from nnstudio.core.values import Args
from nnstudio.graph.dims import Dim, Poly, Shape, show
from nnstudio.graph.model import Graph, Node, Port

MEMO_LIMIT = 512
"""So many results of each layer are remembered."""


class Once(NamedTuple):
    """One copy of a node worked out.

    Attributes:
        args: Its arguments.
        outputs: The shapes that leave; None where a block itself is at fault.
        weights: See `NodeInfo`.
        flops: The same.
        activations: The same.
        info: All of that as it is known of a node that is not repeated, where it was remembered.
    """

    args: dict[str, Any]
    outputs: tuple[Shape, ...] | None
    weights: Dim = 0
    flops: Dim = 0
    activations: Dim = 0
    info: NodeInfo | None = None

    @property
    def costs(self) -> Costs:
        """What it costs."""
        return Costs(self.weights, self.flops, self.activations)

    def known(self, inputs: tuple[Incoming, ...]) -> NodeInfo:
        """Return what is known of a node that this is the only copy of."""
        return NodeInfo(self.args, inputs, self.outputs, (), *self.costs)


class Order(NamedTuple):
    """What one copy of a node is worked out from.

    `pinned` holds the inferred arguments that were found for the block in general, where this is
    one use of it: the class is written once, so they have to fit here too.
    """

    given: Args
    scope: Scope
    inputs: Sequence[Incoming]
    where: str
    pinned: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Kind:
    """A layer, a layer of the user's own or a block, ready to be used.

    Attributes:
        template: Its parameters.
        inputs: Its input ports.
        once: Works one copy out; raises `FaultError` or `ShapeError`.
        nested: True when it returns its memory as a tuple of its own (LSTM); copies side by side
            then give their first output only.
        listed: True when it returns a list of tensors (Split), which nothing can be handed on of.
    """

    template: Template
    inputs: tuple[InputPort, ...]
    once: Callable[[Order], Once]
    nested: bool = False
    listed: bool = False


def layer_kind(spec: LayerSpec, kind: Template) -> Kind:
    """Return the kind of a layer of the catalogue, which remembers what it made of what."""
    seen: dict[tuple[Args, tuple[Incoming, ...]], Once] = {}

    def once(order: Order) -> Once:
        if order.scope.named:
            return _once(spec, kind, order)
        key = (order.given.first, tuple(order.inputs))
        found = seen.get(key)
        if found is None:
            if len(seen) >= MEMO_LIMIT:
                seen.clear()
            made = _once(spec, kind, order)
            found = seen[key] = made._replace(info=made.known(key[1]))
        return found

    made = ports(spec.signature)
    listed = any(port.variadic for port in made.outputs)
    return Kind(kind, made.inputs, once, bool(spec.code.unpack), listed)


def own_kind(owner: Owner, kind: Template) -> Kind:
    """Return the kind of a layer of the user's own; its weights cannot be known."""
    return Kind(kind, ports(owner.signature).inputs, lambda order: _once(owner, kind, order))


def _once(owner: Owner, kind: Template, order: Order) -> Once:
    args, rules = resolve(kind, order.given, order.scope, order.where)
    _fill(args, rules, order.pinned)
    outputs = infer(owner, rules, order.inputs)
    if kind.autos:
        _fill(args, args, {name: rules[name] for name in kind.autos})
        must_be_known(args, kind.autos, order)
    if not isinstance(owner, LayerSpec):
        return Once(args, outputs)
    weights, flops, activations = layer_costs(owner, rules, order.inputs, outputs)
    if isinstance(weights, Poly):
        must_be_known({"weights": weights}, ("weights",), order)
    return Once(args, outputs, weights, flops, activations)


def _fill(args: dict[str, Any], rules: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Set arguments that are not pinned to what was inferred."""
    for name, value in values.items():
        if args[name] is None:
            args[name] = rules[name] = value


def must_be_known(args: Mapping[str, Any], names: Sequence[str], order: Order) -> None:
    """Refuse sizes that have to stand when the network is built but are only known when it runs.

    Raises:
        FaultError: With the names of those sizes.
    """
    for name in names:
        value = args[name]
        for size in value if isinstance(value, tuple) else (value,):
            if isinstance(size, Poly) and order.scope.generic is None:
                late = size.symbols() - order.scope.sizes.keys()
                if late:
                    values = {"name": name, "size": show(size), "names": ", ".join(sorted(late))}
                    raise FaultError(Problem("shape.late", order.where, values))


def incoming(
    graph: Graph, node: Node, wanted: Sequence[InputPort], infos: Mapping[str, NodeInfo]
) -> tuple[tuple[Incoming, ...], bool]:
    """Return what reaches every input, and whether all that is connected is known.

    Raises:
        FaultError: An edge comes from nowhere, or several feed an input that takes one.
    """
    found: list[Incoming] = []
    known = True
    for index, source in enumerate(node.inputs):
        if source is None:
            found.append(None)
            continue
        shape: Incoming
        if index < len(wanted) and wanted[index].variadic:
            edges = (source,) if isinstance(source, Port) else source
            shapes = tuple(_shape(graph, node, port, infos) for port in edges)
            shape = None if None in shapes else shapes  # type: ignore[assignment]
        else:
            shape = _shape(graph, node, _only(graph, node, source), infos)
        known = known and shape is not None
        found.append(shape)
    if len(found) < len(wanted):
        found += [None] * (len(wanted) - len(found))
    return tuple(found), known


def _only(graph: Graph, node: Node, source: Port | tuple[Port, ...]) -> Port:
    if isinstance(source, Port):
        return source
    if len(source) != 1:
        values = {"layer": node.layer, "count": len(source)}
        raise FaultError(Problem("shape.one_edge", f"{graph.id}/{node.id}", values))
    return source[0]


def _shape(graph: Graph, node: Node, port: Port, infos: Mapping[str, NodeInfo]) -> Shape | None:
    info = infos.get(port.node)
    source = graph.nodes.get(port.node)
    if source is None:
        where = f"{graph.id}/{node.id}"
        raise FaultError(Problem("graph.no_node", where, {"node": port.node}))
    if info is None or info.outputs is None:
        return None
    count = 0 if source.layer == "Output" else len(info.outputs)
    if not 0 <= port.output < count:
        values = {"source": source.name or source.layer, "output": port.output + 1, "count": count}
        raise FaultError(Problem("shape.no_output", f"{graph.id}/{node.id}", values))
    return info.outputs[port.output]
