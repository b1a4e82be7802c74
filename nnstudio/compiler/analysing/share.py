"""Borrowed weights: they have to be the owner's in size, and count once.

Shapes flow as if every node owned its weights; afterwards each borrower is held against its owner.
So an owner may stand behind its borrower, and a misfit leaves what comes after the borrower alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnstudio.compiler.analysing.arguments import FaultError, known_layer
from nnstudio.compiler.analysing.repairs import own_weights
from nnstudio.compiler.results import NodeInfo
from nnstudio.core.params import show as show_value
from nnstudio.core.problems import Problem
from nnstudio.graph.dims import Poly, Shape, equal, numel, show_shape
from nnstudio.graph.dims import show as show_dim
from nnstudio.graph.model import Graph, Node, Share
from nnstudio.graph.topology import owner_of


def settled(graph: Graph, node: Node, infos: Mapping[str, NodeInfo]) -> NodeInfo:
    """Return what is known of a borrower once its owner is known too."""
    info, share = infos[node.id], node.share
    if share is None or info.outputs is None or node.bypass:
        return info
    where = f"{graph.id}/{node.id}"
    try:
        if not share.parameter:
            _must_be_alike(graph, node, infos, where)
            return replace(info, weights=0)
        shared = _shared(graph, node, share, infos, where)
    except FaultError as fault:
        return replace(info, weights=0, problems=(*info.problems, *fault.problems))
    return replace(info, weights=info.weights - numel(shared))


def _must_be_alike(graph: Graph, node: Node, infos: Mapping[str, NodeInfo], where: str) -> None:
    """Refuse a second call of a module that would need other sizes than the first."""
    owner = owner_of(graph, node)
    if owner is None:
        raise _fault(graph, node, "share.missing", where)
    known, own = infos.get(owner.id), infos[node.id]
    if owner.layer != node.layer:
        raise _fault(graph, node, "share.layer", where, owner=title(owner), layer=owner.layer)
    if owner.bypass:
        raise _fault(graph, node, "share.bypassed", where, owner=title(owner))
    layer = known_layer(owner.layer)
    if layer is not None and not layer[0].keeps_state:
        raise _fault(graph, node, "share.nothing", where, owner=title(owner))
    if known is None or known.outputs is None:
        return
    for name, value in known.args.items():
        if own.args.get(name) != value or own.copies != known.copies:
            values = {"name": name, "expected": _text(value), "actual": _text(own.args.get(name))}
            raise _fault(graph, node, "share.differs", where, owner=title(owner), **values)


def _shared(
    graph: Graph, node: Node, share: Share, infos: Mapping[str, NodeInfo], where: str
) -> Shape:
    """Return the shape of the one parameter that is borrowed."""
    owner = graph.nodes.get(share.node)
    if owner is None or owner.id == node.id:
        raise _fault(graph, node, "share.missing", where)
    if owner.bypass:
        raise _fault(graph, node, "share.bypassed", where, owner=title(owner))
    name = share.own or share.parameter
    if owner.repeat is not None or node.repeat is not None:
        raise _fault(graph, node, "share.repeated", where, owner=title(owner))
    mine = _tensor(graph, node, node, name, infos, where)
    if infos[owner.id].outputs is None:
        return mine or ()
    theirs = _tensor(graph, node, owner, share.parameter, infos, where)
    if mine is None or theirs is None:
        return ()
    fits = len(mine) == len(theirs)
    if not fits or any(equal(a, b) is False for a, b in zip(mine, theirs, strict=True)):
        shapes = {"theirs": show_shape(theirs), "mine": show_shape(mine)}
        names = {"parameter": share.parameter, "name": name}
        raise _fault(graph, node, "share.shape", where, owner=title(owner), **names, **shapes)
    return mine


def _tensor(
    graph: Graph, node: Node, of: Node, name: str, infos: Mapping[str, NodeInfo], where: str
) -> Shape | None:
    """Return the shape of a learned tensor of a node, or None when there is no telling."""
    found = known_layer(of.layer)
    if of.layer.startswith("custom:"):
        return None
    tensors = found[0].tensors if found else None
    shapes = tensors(infos[of.id].args) if tensors else {}
    if name not in shapes:
        known = ", ".join(filter(None, shapes)) or "none"
        raise _fault(graph, node, "share.unknown", where, owner=title(of), name=name, choices=known)
    return shapes[name]


def title(node: Node) -> str:
    """Return what a node is called in a message."""
    return node.name or node.layer


def _text(value: object) -> str:
    return show_dim(value) if isinstance(value, Poly) else show_value(value)


def _fault(graph: Graph, node: Node, code: str, where: str, **args: object) -> FaultError:
    values = {"node": title(node), **args}
    return FaultError(Problem(code, where, values, repairs=own_weights(graph, node)))
