"""Order, reach and circles."""

from __future__ import annotations

import itertools
from random import Random

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.graph import topology
from nnstudio.graph.model import Graph, Node, Port
from tests.builder import GraphBuilder, project


def random_graph(seed: int, circles: bool = False) -> Graph:
    rng = Random(seed)
    count = rng.randrange(1, 30)
    ids = [f"n{n}" for n in range(count)]
    rank = {key: rng.random() for key in ids}
    nodes = {}
    for key in ids:
        below = [k for k in ids if circles or rank[k] < rank[key]]
        sources = [Port(k) for k in rng.sample(below, min(len(below), rng.randrange(3)))]
        nodes[key] = Node(key, "Add", inputs=(tuple(sources[:1]), *sources[1:]))
    return Graph("g", "G", nodes)


def arrows(graph: Graph) -> networkx.DiGraph:
    made = networkx.DiGraph()
    made.add_nodes_from(graph.nodes)
    made.add_edges_from((p.node, n.id) for n in graph.nodes.values() for p in n.ports())
    return made


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_the_order_is_that_of_networkx_with_ties_by_document(seed: int) -> None:
    graph = random_graph(seed)
    place = {key: n for n, key in enumerate(graph.nodes)}
    peer = networkx.lexicographical_topological_sort(arrows(graph), key=place.__getitem__)
    assert list(topology.order(graph)) == list(peer)


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_circles_are_found_and_are_circles(seed: int) -> None:
    graph = random_graph(seed, circles=True)
    peer = arrows(graph)
    circle = topology.cycle(graph)
    assert bool(circle) == (not networkx.is_directed_acyclic_graph(peer))
    for source, target in zip(circle, (*circle[1:], *circle[:1]), strict=True):
        assert peer.has_edge(source, target)
    assert topology.cycle(graph) == circle


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_reach(seed: int) -> None:
    graph = random_graph(seed)
    peer = arrows(graph)
    key = next(iter(graph.nodes))
    assert topology.upstream(graph, [key]) == networkx.ancestors(peer, key)
    assert topology.downstream(graph, [key]) == networkx.descendants(peer, key)
    for other in graph.nodes:
        expected = other == key or other in networkx.ancestors(peer, key)
        assert topology.depends(graph, key, other) == expected
        way = topology.path(graph, other, key)
        assert bool(way) == expected
        assert all(peer.has_edge(a, b) for a, b in itertools.pairwise(way))


def test_many_residual_blocks_cost_no_more_than_their_edges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    b = GraphBuilder("Deep")
    h = b.input("N", 8)
    for _ in range(300):
        h = b("Add", b("ReLU", h), h)
    graph = b.graph
    visits = 0
    ports = Node.ports

    def counted(self: Node) -> object:
        nonlocal visits
        visits += 1
        return ports(self)

    monkeypatch.setattr(Node, "ports", counted)
    topology.depends(graph, h.id, "nobody")
    topology.order(graph)
    assert visits <= 2 * len(graph.nodes)


def test_consumers_in_document_order() -> None:
    b = GraphBuilder("Net")
    x = b.input("N", 4)
    a = b("ReLU", x)
    c = b("Concatenate", [x, a])
    d = b("Add", a, x)
    b.output(c)
    b.output(d)
    found = topology.consumers(b.graph)
    assert found[x.id] == (
        (x.port, topology.Consumer(a.id, 0)),
        (x.port, topology.Consumer(c.id, 0, 0)),
        (x.port, topology.Consumer(d.id, 1)),
    )


def test_blocks_in_a_circle() -> None:
    def block(key: str, *uses: str) -> Graph:
        nodes = {f"{key}{use}": Node(f"{key}{use}", f"block:{use}") for use in uses}
        return Graph(key, key, nodes)

    fine = {"a": block("a", "b", "missing"), "b": block("b", "c"), "c": block("c")}
    assert topology.block_cycle(fine) == ()
    circle = topology.block_cycle(fine | {"c": block("c", "a")})
    assert sorted(circle) == ["a", "b", "c"]


def test_users_of_a_block() -> None:
    block = GraphBuilder("B", id="b")
    block.output(block.input("N", 4))
    outer = GraphBuilder("O", id="o")
    outer.output(outer(block, outer.input("N", 4), id="u"))
    net = GraphBuilder("Net", id="g")
    net.output(net(block, net(outer, net.input("N", 4)), id="v"))
    assert topology.users(project(net), "b") == (("g", "v"), ("o", "u"))
