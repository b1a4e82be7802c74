"""Where nodes stand: what the document leaves open, and the room that a new node needs.

A document may hold no positions at all (a template), or lack those of nodes that a repair added.
What is missing follows from the graph and the positions that are there, so that every view puts
them in the same place, and an edit of the canvas writes them down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from nnstudio.graph.arrange import Arrangement, arrange
from nnstudio.graph.model import Graph, Project
from nnstudio.graph.topology import downstream, order

GRID = 8.0
COLUMN, ROW = 256.0, 112.0
"""From lane to lane and from rank to rank of an arranged graph."""
NEAR_X, NEAR_Y = 160.0, 72.0
"""Centres that are nearer than this in both directions would cover each other."""

FEW = 24
"""So many nodes without a position are put where their neighbours are; more are arranged."""

Place: TypeAlias = "tuple[float, float]"


def arranged(graph: Graph, nodes: Collection[str] | None = None) -> Arrangement:
    """Lay a graph, or some of its nodes, out on the grid of the canvas."""
    return arrange(graph, nodes, column=COLUMN, row=ROW)


def places(project: Project, graph_id: str) -> dict[str, Place]:
    """Return where every node of a graph stands, also where the document leaves it open."""
    graph = project.graph(graph_id)
    known = project.layout.get(graph_id, {})
    missing = [key for key in graph.nodes if key not in known]
    if not missing:
        return {key: known[key] for key in graph.nodes}
    if len(missing) > FEW:
        # A drawing that was never made: no neighbours to go by.
        made = arranged(graph).positions
        return {key: known.get(key) or made[key] for key in graph.nodes}
    if len(missing) == len(graph.nodes):
        return dict(arranged(graph).positions)
    return _filled(graph, known, missing)


def open_places(project: Project, graph_id: str) -> dict[str, Place]:
    """Return the positions that the document leaves open, as `places` fills them in."""
    known = project.layout.get(graph_id, {})
    graph = project.graph(graph_id)
    if len(known) >= len(graph.nodes) and all(key in known for key in graph.nodes):
        return {}
    return {key: at for key, at in places(project, graph_id).items() if key not in known}


def room(
    project: Project, graph_id: str, source: str, target: str, at: Place | None = None
) -> tuple[Place, dict[str, Place]]:
    """Return where a node goes between two others, and where what follows moves to make room.

    Args:
        project: The document.
        graph_id: The graph.
        source: What will feed the node.
        target: What the node will feed.
        at: Where it was dropped; on the way from one to the other when None.
    """
    graph = project.graph(graph_id)
    known = places(project, graph_id)
    (x0, y0), (x1, y1) = known[source], known[target]
    if at is None:
        at = (snap((x0 + x1) / 2), snap(max(y0 + ROW, (y0 + y1) / 2)) if y1 > y0 else y0 + ROW)
    x, y = at
    if abs(x - x0) < NEAR_X:
        y = max(y, y0 + ROW)
    lack = y + ROW - y1
    moves: dict[str, Place] = {}
    if abs(x - x1) < NEAR_X and lack > 0:
        behind = {target} | (downstream(graph, [target]) - {source})
        moves = {key: (known[key][0], known[key][1] + snap(lack)) for key in behind}
        # What stands beside the way moves too, or the columns would run into each other.
        moves |= {
            key: (px, py + snap(lack))
            for key, (px, py) in known.items()
            if key not in moves and key != source and py >= y1
        }
    return (snap(x), snap(y)), moves


def beside(known: Mapping[str, Place], wanted: Place, ignore: Iterable[str] = ()) -> Place:
    """Return the free place nearest to the right of one that is wanted."""
    taken = [at for key, at in known.items() if key not in set(ignore)]
    x, y = snap(wanted[0]), snap(wanted[1])
    for _ in range(len(taken) + 1):
        if not any(abs(px - x) < NEAR_X and abs(py - y) < NEAR_Y for px, py in taken):
            break
        x += COLUMN
    return x, y


def below(project: Project, graph_id: str, node_id: str) -> Place:
    """Return the free place for a node that follows another one."""
    known = places(project, graph_id)
    x, y = known[node_id]
    return beside(known, (x, y + ROW))


def snapped(at: Place) -> Place:
    """Return the place on the grid next to one."""
    return snap(at[0]), snap(at[1])


def snap(value: float) -> float:
    """Return the coordinate on the grid next to one."""
    return round(value / GRID) * GRID


def _filled(graph: Graph, known: Mapping[str, Place], missing: list[str]) -> dict[str, Place]:
    found = {key: at for key, at in known.items() if key in graph.nodes}
    lost = set(missing)
    feeds: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for port in node.ports():
            if port.node in lost:
                feeds.setdefault(port.node, []).append(node.id)
    ranks = {key: index for index, key in enumerate(order(graph))}
    for key in sorted(missing, key=lambda one: ranks.get(one, len(ranks))):
        above = [found[port.node] for port in graph.nodes[key].ports() if port.node in found]
        under = [found[other] for other in feeds.get(key, ()) if other in found]
        found[key] = beside(found, _between(above, under, found))
    return {key: found[key] for key in graph.nodes}


def _between(above: list[Place], under: list[Place], found: Mapping[str, Place]) -> Place:
    """Return where a node belongs: between its neighbours, else below all others."""
    if above and under:
        x = (above[0][0] + under[0][0]) / 2
        return x, (max(y for _, y in above) + min(y for _, y in under)) / 2
    if above:
        return above[0][0], max(y for _, y in above) + ROW
    if under:
        return under[0][0], min(y for _, y in under) - ROW
    if not found:
        return 0.0, 0.0
    return min(x for x, _ in found.values()), max(y for _, y in found.values()) + ROW
