"""Documents that mean harm: the analysis finds problems in them, never an end of its own."""

import time
from pathlib import Path
from random import Random

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.report import check_report
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph import edits
from nnstudio.graph.model import Project
from nnstudio.project.format import loads
from tests.builder import GraphBuilder, project
from tests.compiler.zoo import ZOO
from tests.graph import random_edits
from tests.project.hostile import hostile_files

VALUES: tuple[Value, ...] = (
    None, True, -1, 0, 2**40, 2**62, 1e308, -0.0, "", "same", "x" * 4000, (), (0,), (1, 2, 3, 4),
    (None, "N"), ((1, 2), (3,)), Expression("9 ** 9 ** 9"), Expression("i"), Expression(""),
    Expression("(" * 60), Expression("-" * 190 + "1"), (Expression("dim"), Expression("x")),
    ("N", "N"), ("dim",), ("__class__",), (2**20,) * 8,
)  # fmt: skip
"""Values of every sort and size, for every argument of every layer of the zoo."""


def _harmless(document: Project) -> None:
    start = time.thread_time()
    analysis = analyse(document)
    check_report(analysis)  # every message can be written
    assert all(problem.hint for problem in analysis.problems)
    assert time.thread_time() - start < 5


def test_hostile_files(tmp_path: Path) -> None:
    opened = 0
    for path in hostile_files(tmp_path, every=4):
        try:
            document = loads(path.read_bytes())
        except ProjectError:
            continue
        opened += 1
        _harmless(document)
    assert opened > 20


@pytest.mark.parametrize("name", ZOO)
def test_any_value_in_any_argument(name: str) -> None:
    document = ZOO[name]()
    before = analyse(document)
    graphs = {**document.graphs, **document.blocks}
    for graph in graphs.values():
        for node in graph.nodes.values():
            for argument in before.graphs[graph.id].nodes[node.id].args:
                for value in VALUES:
                    edit = edits.SetArgs(graph.id, node.id, Args({argument: value}))
                    try:
                        edited = edit.apply(document)
                    except ProjectError:
                        continue
                    check_report(analyse(edited, before))


@pytest.mark.parametrize("seed", range(60))
def test_any_edits_at_all(seed: int) -> None:
    rng, document = Random(seed), random_edits.start()
    for _ in range(30):
        try:
            document = random_edits.edit(rng, document).apply(document)
        except ProjectError:
            continue
    _harmless(document)


def test_towers_of_formulas() -> None:
    """Each block doubles the length of what the one inside was given."""
    blocks: list[GraphBuilder] = []
    for level in range(30):
        b = GraphBuilder(f"B{level}", role="", a=int, b=int)
        x = b.input("N", "H")
        if blocks:
            wide, tall = Expression("a * b + a + b"), Expression("(a + b) ** 2 // 3")
            x = b(blocks[-1], x, a=wide, b=tall)
        b.output(b("Unsqueeze", x, dim=1, repeat=2) if not blocks else x)
        blocks.append(b)
    m = GraphBuilder("M")
    m.output(m(blocks[-1], m.input("N", 4), a=2, b=3))
    _harmless(project(m))


def test_sizes_that_nest_without_end() -> None:
    b = GraphBuilder("M")
    x = b.input("N", 3, "H", "W")
    for level in range(300):
        x = b("Upsample", x, scale_factor=3) if level % 2 else b("MaxPool2d", x, kernel_size=2)
    b.output(x)
    _harmless(project(b))
