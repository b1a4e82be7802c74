"""The order and the reach of nodes: what comes first, what depends on what, what runs in a circle.

What a keystroke waits for is written here in plain Python and linear; the rest is networkx, which
is imported inside the functions that need it, because it takes 0.3 s.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nnstudio.graph.model import Graph, Node, Port, Project

BLOCK = "block:"
"""A node whose layer begins with this uses the block with the id that follows."""
CUSTOM = "custom:"


@dataclass(frozen=True, slots=True)
class Consumer:
    """An input that is fed: the node, which of its inputs, which edge of a variadic input.

    Attributes:
        node: The id of the node that receives.
        input: The index of its input.
        slot: The place among the edges of a variadic input; None for a plain input.
    """

    node: str
    input: int
    slot: int | None = None


def order(graph: Graph) -> tuple[str, ...]:
    """Return the ids so that sources come before consumers; ties keep the order of the document.

    Nodes on a circle, and what depends on them, are left out: see `cycle`.
    """
    ids = list(graph.nodes)
    place = {node_id: index for index, node_id in enumerate(ids)}
    waits = [0] * len(ids)
    feeds: list[list[int]] = [[] for _ in ids]
    for index, node in enumerate(graph.nodes.values()):
        for port in node.ports():
            waits[index] += 1
            feeds[place[port.node]].append(index)
    ready = [index for index, count in enumerate(waits) if not count]
    done: list[str] = []
    while ready:
        index = heapq.heappop(ready)
        done.append(ids[index])
        for consumer in feeds[index]:
            waits[consumer] -= 1
            if not waits[consumer]:
                heapq.heappush(ready, consumer)
    return tuple(done)


def consumers(graph: Graph) -> dict[str, tuple[tuple[Port, Consumer], ...]]:
    """Return what each node feeds: for every id its ports and where they go, in document order."""
    found: dict[str, list[tuple[Port, Consumer]]] = {node_id: [] for node_id in graph.nodes}
    for node in graph.nodes.values():
        for index, source in enumerate(node.inputs):
            if isinstance(source, Port):
                found[source.node].append((source, Consumer(node.id, index)))
            elif source is not None:
                for slot, port in enumerate(source):
                    found[port.node].append((port, Consumer(node.id, index, slot)))
    return {node_id: tuple(edges) for node_id, edges in found.items()}


def depends(graph: Graph, node_id: str, source: str) -> bool:
    """Tell whether a node depends on another one, or is it: an edge back would close a circle."""
    seen, waiting = {node_id}, [node_id]
    while waiting:
        current = waiting.pop()
        if current == source:
            return True
        for port in graph.nodes[current].ports():
            if port.node not in seen:
                seen.add(port.node)
                waiting.append(port.node)
    return False


def upstream(graph: Graph, node_ids: Iterable[str]) -> frozenset[str]:
    """Return all that these nodes depend on, without the nodes themselves."""
    return _reach({n.id: [p.node for p in n.ports()] for n in graph.nodes.values()}, node_ids)


def downstream(graph: Graph, node_ids: Iterable[str]) -> frozenset[str]:
    """Return all that depends on these nodes, without the nodes themselves."""
    feeds: dict[str, list[str]] = {node_id: [] for node_id in graph.nodes}
    for node in graph.nodes.values():
        for port in node.ports():
            feeds[port.node].append(node.id)
    return _reach(feeds, node_ids)


def cycle(graph: Graph) -> tuple[str, ...]:
    """Return the ids of one circle in the order of its edges, or () when there is none."""
    left = set(graph.nodes).difference(order(graph))
    return _circle((p.node, node_id) for node_id in left for p in graph.nodes[node_id].ports())


def path(graph: Graph, source: str, target: str) -> tuple[str, ...]:
    """Return the ids on a shortest way from one node to another; () when there is none."""
    import networkx

    edges = networkx.DiGraph((p.node, n.id) for n in graph.nodes.values() for p in n.ports())
    try:
        return tuple(networkx.shortest_path(edges, source, target))
    except (networkx.NetworkXNoPath, networkx.NodeNotFound):
        return (source,) if source == target and source in graph.nodes else ()


def used_block(layer: str) -> str:
    """Return the id of the block that a layer's name stands for, or ""."""
    return layer.removeprefix(BLOCK) if layer.startswith(BLOCK) else ""


def users(project: Project, block_id: str) -> tuple[tuple[str, str], ...]:
    """Return where a block is used: ids of graph and node."""
    layer = BLOCK + block_id
    graphs = [*project.graphs.values(), *project.blocks.values()]
    return tuple(
        (graph.id, node.id)
        for graph in graphs
        for node in graph.nodes.values()
        if node.layer == layer
    )


def block_cycle(blocks: Mapping[str, Graph]) -> tuple[str, ...]:
    """Return the ids of blocks that contain each other in a circle, or () when there are none."""
    uses = {
        block.id: {used_block(node.layer) for node in block.nodes.values()} & blocks.keys()
        for block in blocks.values()
    }
    while leaves := [block for block, used in uses.items() if not used & uses.keys()]:
        for block in leaves:
            del uses[block]
    return _circle((block, other) for block, used in uses.items() for other in used & uses.keys())


def inputs_of(graph: Graph) -> tuple[str, ...]:
    """Return the ids of the inputs of a graph in the order of its ports: that of the document."""
    return tuple(node.id for node in graph.nodes.values() if node.layer == "Input")


def outputs_of(graph: Graph) -> tuple[str, ...]:
    """Return the ids of the outputs of a graph in the order of its ports: that of the document."""
    return tuple(node.id for node in graph.nodes.values() if node.layer == "Output")


def owner_of(graph: Graph, node: Node) -> Node | None:
    """Return the node whose module this one calls; itself when it borrows nothing or one parameter.

    None when the chain of borrowers leads nowhere.
    """
    seen: set[str] = set()
    while node.share is not None and not node.share.parameter:
        found = graph.nodes.get(node.share.node)
        if found is None or found.id in seen:
            return None
        seen.add(found.id)
        node = found
    return node


def set_at(graph: Graph, node: Node) -> Node:
    """Return the node whose settings hold for this one: of a borrower its owner, of others it."""
    owner = owner_of(graph, node)
    return owner if owner is not None and owner.layer == node.layer else node


def _reach(ways: Mapping[str, list[str]], starts: Iterable[str]) -> frozenset[str]:
    starts = set(starts)
    seen, waiting = set(starts), list(starts)
    while waiting:
        for following in ways[waiting.pop()]:
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return frozenset(seen - starts)


def _circle(edges: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    # Sorted: which circle is named must not depend on the hashes of this process.
    wanted = sorted(edges)
    if not wanted:
        return ()
    import networkx

    try:
        return tuple(source for source, _ in networkx.find_cycle(networkx.DiGraph(wanted)))
    except networkx.NetworkXNoCycle:
        return ()
