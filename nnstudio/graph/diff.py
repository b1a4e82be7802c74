"""What differs between two documents, found by identity: what was not touched is not looked at.

Every view redraws from a `Change`, whatever it came from: an edit, undo, a paste, a loaded file.
The law, held by a test: a view that is fed only changes equals one that is drawn afresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

from nnstudio.core.values import Args
from nnstudio.graph.model import EMPTY, Graph, Node, Note, Port, Project


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge: where it comes from, and the input (and place in a variadic one) that it feeds."""

    source: Port
    node: str
    input: int
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class GraphChange:
    """What differs within one network or block that is in both documents.

    Attributes:
        added: Ids of nodes that are new, in document order.
        removed: Ids of nodes that are gone.
        changed: For each node in both that differs, its fields that do (`args`, `name`, …).
        edges_added: Edges that are new, those of new nodes included.
        edges_removed: Edges that are gone, those of removed nodes included.
        moved: Ids of nodes whose position differs, or which lost or got one.
        reordered: The nodes that are in both stand in another order.
        fields: What else differs: `name`, `note`, `params`, `role`, `extra`.
        notes: Ids of notes on the canvas that are new, gone or other; all of them when those that
            are in both cover each other in another order.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: Mapping[str, frozenset[str]] = field(default_factory=lambda: EMPTY)
    edges_added: tuple[Edge, ...] = ()
    edges_removed: tuple[Edge, ...] = ()
    moved: tuple[str, ...] = ()
    reordered: bool = False
    fields: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != _NO_GRAPH_CHANGE

    @property
    def only_layout(self) -> bool:
        """True when nothing but positions and notes differ."""
        return bool(self) and self == GraphChange(moved=self.moved, notes=self.notes)


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two documents.

    Attributes:
        graphs_added: Ids of networks that are new.
        graphs_removed: Ids of networks that are gone.
        blocks_added: Ids of blocks that are new.
        blocks_removed: Ids of blocks that are gone.
        graphs: What differs within the networks and blocks that are in both, by id.
        custom: Ids of own layers that are new, gone or other.
        fields: What else differs: `name`, `note`, `data`, `loop`, `extra`; `graphs`, `blocks` or
            `custom` when their order differs.
    """

    graphs_added: tuple[str, ...] = ()
    graphs_removed: tuple[str, ...] = ()
    blocks_added: tuple[str, ...] = ()
    blocks_removed: tuple[str, ...] = ()
    graphs: Mapping[str, GraphChange] = field(default_factory=lambda: EMPTY)
    custom: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self != _NO_CHANGE

    @property
    def only_layout(self) -> bool:
        """True when nothing but positions and notes differ: the analysis has nothing to do."""
        moves = all(change.only_layout for change in self.graphs.values())
        return bool(self.graphs) and moves and self == Change(graphs=self.graphs)


def diff(old: Project, new: Project) -> Change:
    """Return what differs; an empty (false) change when nothing does."""
    if old is new:
        return _NO_CHANGE
    others = ("name", "note", "data", "loop", "extra")
    orders = {n for n in _TABLES if _reordered(getattr(old, n), getattr(new, n))}
    custom = {**old.custom, **new.custom}
    return Change(
        tuple(key for key in new.graphs if key not in old.graphs),
        tuple(key for key in old.graphs if key not in new.graphs),
        tuple(key for key in new.blocks if key not in old.blocks),
        tuple(key for key in old.blocks if key not in new.blocks),
        dict(_graph_changes(old, new)),
        tuple(key for key in custom if not _same(old.custom.get(key), new.custom.get(key))),
        _different(old, new, others) | orders,
    )


def edges(node: Node) -> Iterator[Edge]:
    """Yield the edges that feed a node."""
    for index, source in enumerate(node.inputs):
        if isinstance(source, Port):
            yield Edge(source, node.id, index)
        elif source is not None:
            for slot, port in enumerate(source):
                yield Edge(port, node.id, index, slot)


def _graph_changes(old: Project, new: Project) -> Iterator[tuple[str, GraphChange]]:
    for before, after in ((old.graphs, new.graphs), (old.blocks, new.blocks)):
        for key, graph in after.items():
            if key not in before:
                continue
            places = old.layout.get(key, EMPTY), new.layout.get(key, EMPTY)
            notes = _noted(old.notes.get(key, EMPTY), new.notes.get(key, EMPTY))
            same = before[key] is graph and places[0] is places[1]
            change = _NO_GRAPH_CHANGE if same else _compare(before[key], graph, *places)
            if notes:
                change = replace(change, notes=notes)
            if change:
                yield key, change


def _compare(
    old: Graph,
    new: Graph,
    old_places: Mapping[str, tuple[float, float]],
    new_places: Mapping[str, tuple[float, float]],
) -> GraphChange:
    moved = _moved(old_places, new_places, new)
    if old is new:
        return GraphChange(moved=moved)
    before, after = old.nodes, new.nodes
    others = ("name", "note", "params", "role", "extra")
    different = _different(old, new, others)
    if before is after:
        return GraphChange(moved=moved, fields=different)
    touched = [key for key, node in after.items() if before.get(key) is not node]
    added = tuple(key for key in touched if key not in before)
    gone = tuple(key for key in before if key not in after)
    changed = {}
    for key in touched:
        if key in before and (names := _different(before[key], after[key], _NODE_FIELDS)):
            changed[key] = names
    rewired = [key for key, names in changed.items() if "inputs" in names]
    old_edges = [edge for key in (*gone, *rewired) for edge in edges(before[key])]
    new_edges = [edge for key in (*added, *rewired) for edge in edges(after[key])]
    return GraphChange(
        added,
        gone,
        changed,
        tuple(edge for edge in new_edges if edge not in frozenset(old_edges)),
        tuple(edge for edge in old_edges if edge not in frozenset(new_edges)),
        moved,
        _reordered(before, after),
        different,
    )


def _different(old: object, new: object, names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if not _same(getattr(old, name), getattr(new, name)))


def _same(old: object, new: object) -> bool:
    if old is new:
        return True
    # repr tells 1, 1.0 and True apart, which == takes for equal; Args does so by itself.
    return old == new and (isinstance(old, Args | str) or _told(old) == _told(new))


def _told(value: object) -> str:
    return "" if isinstance(value, Args) else repr(value)


def _reordered(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    if old is new:
        return False
    before, after = list(old), list(new)
    if after[: len(before)] == before:
        return False
    return [key for key in before if key in new] != [key for key in after if key in old]


def _moved(
    old: Mapping[str, tuple[float, float]], new: Mapping[str, tuple[float, float]], graph: Graph
) -> tuple[str, ...]:
    if old is new:
        return ()
    here = tuple(key for key, place in new.items() if old.get(key) != place)
    return here + tuple(key for key in old if key not in new and key in graph.nodes)


def _noted(old: Mapping[str, Note], new: Mapping[str, Note]) -> tuple[str, ...]:
    if old is new:
        return ()
    if _reordered(old, new):
        return tuple({**old, **new})
    return tuple(key for key in {**old, **new} if not _same(old.get(key), new.get(key)))


_TABLES = ("graphs", "blocks", "custom")
_NODE_FIELDS = tuple(f.name for f in fields(Node))
_NO_GRAPH_CHANGE = GraphChange()
_NO_CHANGE = Change()
