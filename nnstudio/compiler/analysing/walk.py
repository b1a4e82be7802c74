"""A graph from its first node to its last.

Everything once, or only what an edit can have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from nnstudio.catalogue.signature import ShapeError
from nnstudio.compiler.analysing.arguments import FaultError, Scope, resolve
from nnstudio.compiler.analysing.costs import MOST_WEIGHTS, Costs, costs_of, total
from nnstudio.compiler.analysing.node import Kind, Order, incoming
from nnstudio.compiler.analysing.repairs import repairs
from nnstudio.compiler.analysing.repeat import repeated
from nnstudio.compiler.analysing.share import settled
from nnstudio.compiler.results import NOTHING, Consumer, GraphInfo, Incoming, Interface, NodeInfo
from nnstudio.core.problems import Problem
from nnstudio.graph import topology
from nnstudio.graph.dims import Poly, TooLargeError, substitute
from nnstudio.graph.model import Graph, Node, Port

FindKind: TypeAlias = "Callable[[str, str], Kind]"
"""Gives the kind of a layer by its name, for a node at a place.

Raises `FaultError` when there is none.
"""

Users: TypeAlias = "Mapping[str, tuple[Consumer, ...]]"

_NO_KIND = frozenset({"Input", "Output"})
_FEW = 8


class Structure(NamedTuple):
    """What depends on the edges alone."""

    order: tuple[str, ...]
    users: Users
    unused: frozenset[str]


def walk(
    graph: Graph,
    scope: Scope,
    find: FindKind,
    previous: GraphInfo | None = None,
    dirty: Iterable[str] = (),
) -> GraphInfo:
    """Return what is known of a graph.

    Args:
        graph: A network or block.
        scope: What names mean in it.
        find: Where layers and blocks come from.
        previous: What was known of an earlier state of the graph under the same scope.
        dirty: Nodes that have to be looked at again although they are the same as before, since
            something that they use has changed.
    """
    changed = None if previous is None else _changed(graph, previous.graph, dirty)
    structure = _structure(graph, previous, changed)
    infos: dict[str, NodeInfo] = {}
    if previous is not None and changed is not None:
        infos.update(previous.nodes)
        for node_id in previous.nodes.keys() - graph.nodes.keys():
            del infos[node_id]
    redone = _redo(graph, scope, find, structure, infos, changed)
    for node_id, node in graph.nodes.items():
        if node.share is not None and node_id in infos:
            _keep(infos, node_id, settled(graph, node, infos), previous)
            redone.add(node_id)
    if changed is None or list(infos) != list(graph.nodes):
        infos = {node_id: infos.get(node_id, NodeInfo()) for node_id in graph.nodes}
    costs = _costs(infos, redone, previous, structure.unused)
    return _assembled(graph, structure, infos, costs)


def _changed(graph: Graph, before: Graph, dirty: Iterable[str]) -> set[str]:
    """Return the nodes that have to be looked at again, by identity."""
    old = before.nodes
    changed = {node_id for node_id, node in graph.nodes.items() if old.get(node_id) is not node}
    changed.update(dirty)
    changed.update(node_id for node_id, node in graph.nodes.items() if node.share is not None)
    return changed


def _structure(graph: Graph, previous: GraphInfo | None, changed: set[str] | None) -> Structure:
    """Return order and users, those of before when no edge and no place has changed."""
    if previous is not None and changed is not None:
        old = previous.graph.nodes
        same = len(old) == len(graph.nodes) and all(
            node_id in old and _wired_alike(old[node_id], graph.nodes[node_id])
            for node_id in changed
        )
        if same and (old is graph.nodes or list(old) == list(graph.nodes)):
            return Structure(previous.order, previous.users, previous.unused)
    return Structure(topology.order(sound(graph)), _users(graph), _unused(graph))


def _wired_alike(one: Node, other: Node) -> bool:
    """Tell whether two states of a node have the same place among the others."""
    return one is other or (
        one.inputs == other.inputs
        and (one.share, one.bypass) == (other.share, other.bypass)
        and (one.layer == "Output") == (other.layer == "Output")
    )


def _unused(graph: Graph) -> frozenset[str]:
    """Return the nodes that no Output depends on; none where there is no Output yet."""
    waiting = [node_id for node_id, node in graph.nodes.items() if node.layer == "Output"]
    if not waiting:
        return frozenset()
    seen = set(waiting)
    while waiting:
        node = graph.nodes[waiting.pop()]
        sources = [port.node for port in node.ports()]
        if node.bypass and node.layer not in _NO_KIND:
            del sources[1:]  # only the first input is handed on
        for source in sources:
            if source not in seen and source in graph.nodes:
                seen.add(source)
                waiting.append(source)
    return frozenset(graph.nodes.keys() - seen - _lenders(graph, seen))


def _lenders(graph: Graph, seen: set[str]) -> set[str]:
    """Return the nodes whose weights are borrowed by these: they are built, if not run."""
    found: set[str] = set()
    for node_id in seen:
        node: Node | None = graph.nodes[node_id]
        while node is not None and node.share is not None and not node.bypass:
            node = graph.nodes.get(node.share.node)
            if node is None or node.id in found:
                break
            found.add(node.id)
    return found


def sound(graph: Graph) -> Graph:
    """Return the graph without edges from nowhere, which only a faulty program can make."""
    nodes = graph.nodes
    if all(port.node in nodes for node in nodes.values() for port in node.ports()):
        return graph
    kept = {
        node.id: replace(node, inputs=tuple(port for port in node.ports() if port.node in nodes))
        for node in nodes.values()
    }
    return replace(graph, nodes=kept)


def _users(graph: Graph) -> dict[str, tuple[Consumer, ...]]:
    found: dict[str, list[Consumer]] = {}
    for node_id, node in graph.nodes.items():
        for index, source in enumerate(node.inputs):
            edges = (source,) if isinstance(source, Port) else source or ()
            for position, port in enumerate(edges):
                made = Consumer(port.output, node_id, index, position)
                found.setdefault(port.node, []).append(made)
    return {node_id: tuple(users) for node_id, users in found.items()}


def _redo(
    graph: Graph,
    scope: Scope,
    find: FindKind,
    structure: Structure,
    infos: dict[str, NodeInfo],
    changed: set[str] | None,
) -> set[str]:
    """Look at nodes in order; what feeds on a node whose outputs changed is looked at too."""
    redone: set[str] = set()
    nodes, users = graph.nodes, structure.users
    edited = frozenset(changed or ())
    for node_id in structure.order:
        if changed is not None and node_id not in changed:
            continue
        old = infos.get(node_id)
        # What only lost or got its inputs has arguments that were found to be sound before.
        sound_args = old is not None and node_id not in edited and not old.problems
        new = described(graph, nodes[node_id], scope, infos, find, sound_args=sound_args)
        redone.add(node_id)
        if old is None or old.outputs != new.outputs:
            if changed is not None:
                for user in users.get(node_id, ()):
                    changed.add(user.node)
        elif old == new:
            continue
        infos[node_id] = new
    return redone


def _keep(
    infos: dict[str, NodeInfo], node_id: str, new: NodeInfo, previous: GraphInfo | None
) -> None:
    """Set what is known of a node, as the very object of before when it is equal."""
    old = previous.nodes.get(node_id) if previous is not None else None
    infos[node_id] = old if old is not None and old == new else new


def _costs(
    infos: Mapping[str, NodeInfo],
    redone: set[str],
    previous: GraphInfo | None,
    unused: frozenset[str],
) -> Costs:
    """Return the sum over all nodes in use; after a small edit by the difference to before."""
    if previous is None or len(redone) > _FEW or previous.unused is not unused:
        return total(info for node_id, info in infos.items() if node_id not in unused)
    face = previous.interface
    costs = Costs(face.weights, face.flops, face.activations)
    for node_id in redone:
        old, new = previous.nodes[node_id], infos[node_id]
        if old is not new and node_id not in unused:
            costs = costs.less(costs_of(old)).plus(costs_of(new))
    return costs


def _assembled(
    graph: Graph, structure: Structure, infos: Mapping[str, NodeInfo], costs: Costs
) -> GraphInfo:
    inputs = tuple(node_id for node_id, node in graph.nodes.items() if node.layer == "Input")
    outputs = tuple(node_id for node_id, node in graph.nodes.items() if node.layer == "Output")
    patterns = tuple(_first(infos[node_id]) for node_id in inputs)
    made = tuple(_first(infos[node_id]) for node_id in outputs)
    known = tuple(shape for shape in made if shape is not None)
    face = Interface(
        graph.id,
        tuple(graph.nodes[node_id].name for node_id in inputs),
        patterns,
        known if len(known) == len(made) else None,
        *costs,
    )
    problems = tuple(problem for info in infos.values() for problem in info.problems)
    order, users, unused = structure
    return GraphInfo(graph, order, users, inputs, outputs, infos, problems, face, unused)


def _first(info: NodeInfo) -> tuple[Any, ...] | None:
    return info.outputs[0] if info.outputs else None


def described(
    graph: Graph,
    node: Node,
    scope: Scope,
    infos: Mapping[str, NodeInfo],
    find: FindKind,
    *,
    sound_args: bool,
) -> NodeInfo:
    """Return what is known of one node; whatever is wrong with it is among its problems.

    Args:
        graph: It is in.
        node: It.
        scope: What names mean in the graph.
        infos: What is known of those before it.
        find: Where layers and blocks come from.
        sound_args: Nothing is wrong with what it was given, whatever reaches it.
    """
    where = f"{graph.id}/{node.id}"
    inputs: tuple[Incoming, ...] = ()
    try:
        if node.layer == "Input" and node.id in scope.feeds:
            return NodeInfo(outputs=(scope.feeds[node.id],))
        kind = find(node.layer, where)
        inputs, known = incoming(graph, node, kind.inputs, infos)
        if node.bypass and node.layer not in _NO_KIND:
            return _passed(inputs, where, node, known)
        if not known:
            if sound_args:
                return _unknown(inputs)
            resolve(kind.template, node.args, scope.at(0) if node.repeat else scope, where)
            return NodeInfo(inputs=inputs)
        return _bounded(_worked_out(graph, node, scope, kind, inputs), where)
    except FaultError as fault:
        return NodeInfo(inputs=inputs, problems=fault.problems)
    except ShapeError as error:
        mended = repairs(graph, node, error.fixes)
        return NodeInfo(inputs=inputs, problems=(error.problem(where, mended),))
    except TooLargeError:
        return NodeInfo(inputs=inputs, problems=(Problem("shape.too_long", where),))


@lru_cache(maxsize=1024)
def _unknown(inputs: tuple[Incoming, ...]) -> NodeInfo:
    """Return what is known of a node that waits for others: the same for all of them."""
    return NodeInfo(inputs=inputs)


def _worked_out(
    graph: Graph, node: Node, scope: Scope, kind: Kind, inputs: tuple[Incoming, ...]
) -> NodeInfo:
    """Return what is known of a node that all inputs of are known."""
    owner = topology.set_at(graph, node)
    pinned: Mapping[str, Any] = NOTHING
    copies: tuple[Any, ...] = ()
    if scope.generic is not None:
        general = scope.generic.nodes[node.id]
        if general.outputs is None or general.problems:
            return NodeInfo(inputs=inputs)  # a fault of the block itself is told there
        pinned = _pinned(general.args, kind, scope)
        copies = tuple(_pinned(args, kind, scope) for args in general.copies)
    order = Order(owner.args, scope, inputs, f"{graph.id}/{node.id}", pinned)
    if owner.repeat is not None:
        return repeated(kind, order, owner.repeat, copies)
    once = kind.once(order)
    if node.layer == "Output":
        once = once._replace(outputs=(inputs[0],))  # type: ignore[arg-type]  # infer saw to it
        return once.known(inputs)
    return once.info or once.known(inputs)


def _pinned(args: Mapping[str, Any], kind: Kind, scope: Scope) -> Mapping[str, Any]:
    """Return the inferred arguments of a block's node for the sizes of one use."""
    autos = kind.template.autos
    return {name: sized(args.get(name), scope) for name in autos} if autos else NOTHING


def sized(value: Any, scope: Scope) -> Any:
    """Return a value with the sizes of one use put in for the block's parameters."""
    if isinstance(value, tuple):
        return tuple(sized(entry, scope) for entry in value)
    return substitute(value, scope.sizes) if isinstance(value, Poly) else value


def _passed(inputs: tuple[Incoming, ...], where: str, node: Node, known: bool) -> NodeInfo:
    """Return what is known of a bypassed node, which hands its first input on."""
    if not inputs or (inputs[0] is None and known):
        raise FaultError(Problem("shape.open", where, {"layer": node.layer, "port": "input"}))
    first = inputs[0]
    if isinstance(first, tuple) and first and isinstance(first[0], tuple):
        first = first[0]
    return NodeInfo(inputs=inputs, outputs=None if first is None else (first,))  # type: ignore[arg-type]


def _bounded(info: NodeInfo, where: str) -> NodeInfo:
    """Return the same, with a problem when the node alone has too many weights."""
    if isinstance(info.weights, int) and info.weights > MOST_WEIGHTS:
        values = {"weights": f"{info.weights:,}", "most": f"{MOST_WEIGHTS:,}"}
        return replace(info, problems=(Problem("run.too_large", where, values),))
    return info
