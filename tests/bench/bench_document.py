"""What the document costs: edits, undo, order, layout, files; as ratios to a loop in plain Python.

Run by `python3 packaging/test.py --bench`; only counts are asserted, never the clock.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable

import pytest

from nnstudio.core.values import Args
from nnstudio.graph import edits
from nnstudio.graph.arrange import arrange
from nnstudio.graph.diff import diff
from nnstudio.graph.history import History
from nnstudio.graph.model import Node, Port, Project
from nnstudio.graph.topology import order
from nnstudio.project.format import dumps, loads
from nnstudio.project.writing import Writer
from tests.builder import GraphBuilder, project

pytestmark = pytest.mark.bench


def network(size: int) -> Project:
    """A chain with a skip every ten nodes, each node at a position."""
    b = GraphBuilder("Big", id="g")
    h = skip = b.input("N", 16)
    while len(b.nodes) < size - 1:
        h = b("Linear", h, out_features=16)
        if len(b.nodes) % 10 == 0:
            h = skip = b("Add", h, skip)
    b.output(h)
    return project(b, layout={"g": {key: (0.0, 110.0 * n) for n, key in enumerate(b.nodes)}})


def seconds(work: Callable[[], object]) -> float:
    """The median of five."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def reference() -> float:
    """What a million additions take: by this, figures of different machines can be compared."""
    return seconds(lambda: sum(n for n in range(1_000_000)))


def show(label: str, found: float, unit: float) -> None:
    print(f"{label:44s} {found * 1e3:9.3f} ms {found / unit:9.4f} x")


EDITS = [
    edits.SetArgs("g", "n500", Args(out_features=17)),
    edits.MoveNodes("g", {"n500": (1.0, 2.0)}),
    edits.Connect("g", Port("n5"), "n1500", 1),
    edits.AddNode("g", Node("new", "ReLU", inputs=(Port("n7"),)), (1.0, 2.0)),
    edits.RemoveNodes("g", ("n900",)),
    edits.GroupNodes("g", ("n901", "n902"), seed="s"),
    edits.DuplicateNodes("g", ("n901", "n902"), seed="s"),
]


def test_edits_at_2000_nodes() -> None:
    unit, doc = reference(), network(2000)
    for edit in EDITS:
        show(
            f"{type(edit).__name__}: apply + diff",
            seconds(lambda edit=edit: diff(doc, edit.apply(doc))),  # type: ignore[misc]
            unit,
        )


def test_200_steps_of_undo() -> None:
    doc = network(2000)
    tracemalloc.start()
    history, before = History(doc), tracemalloc.get_traced_memory()[0]
    for number in range(200):
        history.do(edits.SetArgs("g", f"n{number + 5}", Args(out_features=number + 100)))
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    print(f"200 undo steps: {taken / 2**20:.1f} MiB, estimated {history.bytes / 2**20:.1f} MiB")
    assert len(history.steps) == 201


@pytest.mark.parametrize("size", [1000, 5000, 10_000])
def test_whole_documents(size: int) -> None:
    unit, doc = reference(), network(size)
    graph, text, writer = doc.graphs["g"], dumps(doc), Writer()
    dumps(doc, writer)
    show(f"{size} nodes: order", seconds(lambda: order(graph)), unit)
    show(f"{size} nodes: arrange", seconds(lambda: arrange(graph)), unit)
    show(f"{size} nodes: write", seconds(lambda: dumps(doc)), unit)
    show(f"{size} nodes: write again", seconds(lambda: dumps(doc, writer)), unit)
    show(f"{size} nodes: read and check", seconds(lambda: loads(text)), unit)
    assert loads(text) == doc
