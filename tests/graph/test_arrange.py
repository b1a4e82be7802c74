"""The lane layout: a straight trunk, no node on another, no edge through a node."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from nnstudio.graph.arrange import COLUMN, ROW, arrange
from nnstudio.graph.model import Graph
from tests.builder import GraphBuilder, Wire


def network(seed: int, blocks: int = 40) -> Graph:
    """Chains, residual blocks, branches and a few long skips, with constants here and there."""
    rng = Random(seed)
    b = GraphBuilder("Net", id="g")
    h = b.input("N", 8)
    seen: list[Wire] = [h]
    for _ in range(blocks):
        kind, start = rng.random(), h
        for _ in range(rng.randint(1, 4)):
            h = b("ReLU", h)
        if kind < 0.4:
            h = b("Add", h, start)
        elif kind < 0.6:
            other = b("ReLU", b("ReLU", start))
            h = b("Concatenate", [h, other, start])
        elif kind < 0.7:
            h = b("Add", h, b("Parameter"))
        if rng.random() < 0.1:
            h = b("Add", h, rng.choice(seen))
        seen.append(h)
    b.output(h)
    return b.graph


@pytest.mark.parametrize("seed", range(8))
def test_nothing_overlaps_and_everything_flows_down(seed: int) -> None:
    graph = network(seed)
    made = arrange(graph)
    places = made.positions
    assert places.keys() == graph.nodes.keys()
    assert len(set(places.values())) == len(places)
    for node in graph.nodes.values():
        for port in node.ports():
            assert places[port.node][1] < places[node.id][1]


@pytest.mark.parametrize("seed", range(8))
def test_no_edge_runs_through_a_node(seed: int) -> None:
    graph = network(seed)
    made = arrange(graph)
    cells = {place: key for key, place in made.positions.items()}
    for node in graph.nodes.values():
        for port in node.ports():
            start, end = made.positions[port.node], made.positions[node.id]
            way = (start, *made.bends.get((port.node, node.id), ()), end)
            assert all(b[1] - a[1] == pytest.approx(ROW) for a, b in itertools.pairwise(way))
            for point in way[1:-1]:
                assert point not in cells


def test_the_trunk_is_straight() -> None:
    b = GraphBuilder("Net", id="g")
    h = x = b.input("N", 8)
    for _ in range(5):
        h = b("ReLU", h)
    skip = b("Add", h, x)
    b.output(skip)
    made = arrange(b.graph)
    assert {place[0] for place in made.positions.values()} == {0.0}
    assert {point[0] for point in made.bends[x.id, skip.id]} == {COLUMN}


def test_a_constant_stands_right_above_what_it_feeds() -> None:
    b = GraphBuilder("Net", id="g")
    h = b.input("N", 8)
    for _ in range(5):
        h = b("ReLU", h)
    weight = b("Parameter")
    h = b("Add", h, weight)
    made = arrange(b.graph)
    assert made.positions[weight.id][1] == made.positions[h.id][1] - ROW


def test_a_selection_at_another_place() -> None:
    graph = network(1)
    keys = list(graph.nodes)[5:9]
    made = arrange(graph, keys, origin=(100.0, 50.0))
    assert set(made.positions) == set(keys)
    assert min(y for _, y in made.positions.values()) == 50.0
    assert arrange(graph, []).positions == {}
