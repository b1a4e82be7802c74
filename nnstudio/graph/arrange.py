"""Positions for the nodes of a graph: a straight trunk from top to bottom, the rest in side lanes.

Every node has a rank (how far it is from the inputs) and a lane. The longest chain is the trunk, in
lane 0; other chains take the free lane that is nearest, on the side of the port that they lead to,
so that queries, keys and values stand in their order and edges do not cross. An edge over several
ranks takes a lane for itself, so that no edge runs through a node. All steps are linear but the
sorting of chains.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from nnstudio.graph.model import EMPTY, Graph
from nnstudio.graph.topology import order

COLUMN = 256.0
ROW = 110.0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where nodes stand, and where long edges turn.

    Attributes:
        positions: The centre of each node by id.
        bends: For an edge over more than one rank, from node to node, the points on its way.
    """

    positions: Mapping[str, tuple[float, float]]
    bends: Mapping[tuple[str, str], tuple[tuple[float, float], ...]] = field(
        default_factory=lambda: EMPTY
    )


@dataclass(slots=True)
class _Points:
    """Nodes and, for each rank that a long edge passes, one point; all by number."""

    ranks: list[int]
    up: list[list[int]]
    down: list[list[int]]
    lanes: list[int] = field(default_factory=list)


def arrange(
    graph: Graph,
    nodes: Collection[str] | None = None,
    column: float = COLUMN,
    row: float = ROW,
    origin: tuple[float, float] = (0.0, 0.0),
) -> Arrangement:
    """Lay out a graph, or some of its nodes.

    Args:
        graph: Its edges run in no circle.
        nodes: The ids to place; all when None.
        column: From lane to lane.
        row: From rank to rank.
        origin: Where the first rank meets the trunk.
    """
    ids = [key for key in order(graph) if nodes is None or key in nodes]
    if not ids:
        return Arrangement({})
    number = {key: index for index, key in enumerate(ids)}
    sources = [
        list(dict.fromkeys(number[p.node] for p in graph.nodes[key].ports() if p.node in number))
        for key in ids
    ]
    feeds: list[list[int]] = [[] for _ in ids]
    for index, before in enumerate(sources):
        for source in before:
            feeds[source].append(index)
    trunk = _trunk(sources, feeds)
    ranks = _ranks(sources, feeds, trunk)
    points, bends = _with_bends(ranks, sources)
    _take_lanes(points, trunk)

    def at(point: int) -> tuple[float, float]:
        return (origin[0] + points.lanes[point] * column, origin[1] + points.ranks[point] * row)

    turns = {(ids[a], ids[b]): tuple(map(at, run)) for (a, b), run in bends.items()}
    return Arrangement({key: at(index) for key, index in number.items()}, turns)


def _trunk(sources: list[list[int]], feeds: list[list[int]]) -> list[int]:
    """Return the longest chain; of several that are as long the one in the middle."""
    length, following = [0] * len(sources), [-1] * len(sources)
    for node in range(len(sources) - 1, -1, -1):
        if feeds[node]:
            longest = max(length[consumer] for consumer in feeds[node])
            alike = [consumer for consumer in feeds[node] if length[consumer] == longest]
            length[node], following[node] = longest + 1, alike[(len(alike) - 1) // 2]
    node = length.index(max(length))
    chain = []
    while node >= 0:
        chain.append(node)
        node = following[node]
    return chain


def _ranks(sources: list[list[int]], feeds: list[list[int]], trunk: list[int]) -> list[int]:
    ranks = [0] * len(sources)
    for node, before in enumerate(sources):
        ranks[node] = max((ranks[source] + 1 for source in before), default=0)
    kept = set(trunk)
    for node in range(len(sources) - 1, -1, -1):
        # What has no input of its own (a constant, a mask) stands right above what it feeds.
        if not sources[node] and feeds[node] and node not in kept:
            ranks[node] = min(ranks[consumer] for consumer in feeds[node]) - 1
    return ranks


def _with_bends(
    ranks: list[int], sources: list[list[int]]
) -> tuple[_Points, dict[tuple[int, int], list[int]]]:
    points = _Points(list(ranks), [[] for _ in ranks], [[] for _ in ranks])
    bends: dict[tuple[int, int], list[int]] = {}
    for node, before in enumerate(sources):
        for source in before:
            last, run = source, []
            for rank in range(ranks[source] + 1, ranks[node]):
                points.ranks.append(rank)
                points.up.append([last])
                points.down.append([])
                points.down[last].append(len(points.ranks) - 1)
                last = len(points.ranks) - 1
                run.append(last)
            points.down[last].append(node)
            points.up[node].append(last)
            if run:
                bends[source, node] = run
    return points, bends


def _take_lanes(points: _Points, trunk: list[int]) -> None:
    """Give short chains the lanes next to the trunk, long ones those outside."""
    points.lanes = [0] * len(points.ranks)
    inside = frozenset(trunk)
    found = [(chain, _side(points, chain, inside)) for chain in _chains(points, set(trunk))]
    found.sort(key=lambda one: (len(one[0]), abs(one[1])))
    # In lane 0 only the ranks of the trunk are taken: what stands beside it goes to a side lane.
    taken: dict[int, list[tuple[int, int]]] = {}
    for chain, side in found:
        first, last = points.ranks[chain[0]], points.ranks[chain[-1]]
        for lane in _outwards(side):
            spans = taken.setdefault(lane, [])
            index = bisect_left(spans, (first, first))
            before = index == 0 or spans[index - 1][1] < first
            if before and (index == len(spans) or spans[index][0] > last):
                insort(spans, (first, last))
                break
        for point in chain:
            points.lanes[point] = lane


def _chains(points: _Points, seen: set[int]) -> Iterator[list[int]]:
    """Yield maximal chains without branches, those that begin first before the others."""
    for start in sorted(range(len(points.ranks)), key=points.ranks.__getitem__):
        if start in seen:
            continue
        chain = [start]
        seen.add(start)
        while True:
            after = [p for p in points.down[chain[-1]] if p not in seen and len(points.up[p]) == 1]
            if not after:
                break
            chain.append(after[0])
            seen.add(after[0])
        yield chain


def _side(points: _Points, chain: list[int], trunk: frozenset[int]) -> int:
    """Return how many ports to the right of the trunk's a chain arrives; 0 where nothing tells."""
    for consumer in points.down[chain[-1]][:1]:
        ports = points.up[consumer]
        for index, port in enumerate(ports):
            if port in trunk:
                return ports.index(chain[-1]) - index
    return 0


def _outwards(side: int) -> Iterator[int]:
    lane = 0
    while True:
        lane += 1
        if side >= 0:
            yield lane
        if side <= 0:
            yield -lane
