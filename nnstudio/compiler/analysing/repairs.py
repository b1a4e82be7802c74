"""Ways to mend a problem, as edits: what a shape rule suggests becomes something to click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from nnstudio.catalogue.faults import Fix
from nnstudio.compiler.analysing.arguments import known_layer
from nnstudio.core.lazy_module import LazyModule
from nnstudio.core.problems import Repair
from nnstudio.core.values import Args, Choice, Value
from nnstudio.graph.model import Graph, Node, Port
from nnstudio.graph.topology import Consumer, set_at

if TYPE_CHECKING:
    from nnstudio.graph import edits
else:  # a network without problems needs none of them: a sixth of what a check loads
    edits = LazyModule("nnstudio.graph.edits")


def repairs(graph: Graph, node: Node, fixes: Iterable[Fix]) -> tuple[Repair, ...]:
    """Return what to offer at a node, the best first; a fix that makes no edit is left out."""
    found = []
    for fix in fixes:
        made = _edits(graph, node, fix)
        if made:
            found.append(fix.repair(made))
    return tuple(found)


def _edits(graph: Graph, node: Node, fix: Fix) -> tuple[edits.Edit, ...]:
    if fix.kind == "set":
        return _setting(graph, node, fix.args)
    if fix.kind == "replace":
        return _replacing(graph, node, fix)
    return _inserting(graph, node, fix)


def _setting(graph: Graph, node: Node, args: Args) -> tuple[edits.Edit, ...]:
    """Return the edits that set arguments; None takes an argument back to what is inferred."""
    node = set_at(graph, node)
    reset = tuple(
        edits.ResetArg(graph.id, node.id, name)
        for name, value in args.items()
        if value is None and name in node.args
    )
    given = {name: value for name, value in args.items() if value is not None}
    return (*reset, edits.SetArgs(graph.id, node.id, Args(given))) if given else reset


def _replacing(graph: Graph, node: Node, fix: Fix) -> tuple[edits.Edit, ...]:
    """Return the edit that takes another layer and keeps the arguments that both know."""
    found = known_layer(fix.layer)
    if found is None:
        return ()
    known = found[1].by_name
    kept: dict[str, Value] = {k: v for k, v in node.args.items() if k in known}
    fresh = _id(graph, node, fix.layer)
    by = replace(node, id=fresh, layer=fix.layer, args=Args({**kept, **fix.args}))
    return (edits.ReplaceNode(graph.id, node.id, by),)


def _inserting(graph: Graph, node: Node, fix: Fix) -> tuple[edits.Edit, ...]:
    """Return the edit that puts a layer on the edge into an input."""
    source = node.inputs[fix.port] if fix.port < len(node.inputs) else None
    if source is None:
        return ()
    slot = None if isinstance(source, Port) else fix.edge
    made = Node(_id(graph, node, fix.layer), fix.layer, fix.args)
    return (edits.InsertOnEdge(graph.id, made, Consumer(node.id, fix.port, slot)),)


def own_weights(graph: Graph, node: Node) -> tuple[Repair, ...]:
    """Return the repair that gives a borrower weights of its own."""
    return (Repair("repair.own_weights", (edits.SetShare(graph.id, node.id, None),)),)


def add_output(graph: Graph, source: Node) -> tuple[Repair, ...]:
    """Return the repair that ends a network behind a node."""
    made = Node(_id(graph, source, "Output"), "Output", inputs=(Port(source.id),))
    return (Repair("repair.output", (edits.AddNode(graph.id, made),)),)


def set_argument(graph: Graph, node: Node, **args: Value) -> tuple[Repair, ...]:
    """Return the repair that sets arguments of a node, or of the one whose weights it uses."""
    node = set_at(graph, node)
    shown = ", ".join(f"{name} = {value}" for name, value in args.items())
    return (Repair("repair.set", (edits.SetArgs(graph.id, node.id, Args(args)),), {"args": shown}),)


def set_setting(path: str, value: Value) -> tuple[Repair, ...]:
    """Return the repair that sets a setting of the loop."""
    name = value.name if isinstance(value, Choice) else value
    return (Repair("repair.set", (edits.SetSetting(path, value),), {"args": f"{path} = {name}"}),)


def set_role(graph: Graph, role: str) -> tuple[Repair, ...]:
    """Return the repair that lets a network fill a role."""
    return (Repair("repair.set", (edits.SetRole(graph.id, role),), {"args": f"role = {role}"}),)


def _id(graph: Graph, node: Node, layer: str) -> str:
    """Return an id for a new node; the same problem always offers the very same repair."""
    return next(edits.fresh_ids(f"{graph.id}/{node.id}/{layer}", graph.nodes))
