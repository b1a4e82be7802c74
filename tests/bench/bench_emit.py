"""How long it takes to write code: ratios to a fixed piece of Python, median of five."""

from __future__ import annotations

import ast
import statistics
import time
from collections.abc import Callable

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.compiler.walls import check_model
from nnstudio.graph.edits import SetArgs
from nnstudio.graph.model import Project
from tests.builder import GraphBuilder, project
from tests.compiler import networks


def deep(count: int) -> Project:
    """A network of layers with names, norms and skips."""
    b = GraphBuilder("Deep")
    x = start = b.input("N", 16)
    for index in range(count):
        if index % 10 == 9:
            x = start = b("Add", x, start)
        else:
            layer = ("Linear", "LayerNorm", "ReLU")[index % 3]
            more = {"out_features": 16} if layer == "Linear" else {}
            x = b(layer, x, name="" if layer == "ReLU" else f"{layer} {index}", **more)
    b.output(x)
    return project(b)


def milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return 1000 * statistics.median(times)


@pytest.mark.bench
def test_figures() -> None:
    reference = milliseconds(lambda: sum(k * k for k in range(1_000_000)))
    document = deep(1000)
    resnet = networks.resnet18()
    analysis = analyse(document)
    before = analyse(resnet)
    source = model_source(before)
    edited = SetArgs("residual_block", "n2", {"bias": True}).apply(resnet)
    after = analyse(edited, before)
    text = model_source(analysis).text
    rows: dict[str, Callable[[], object]] = {
        "analyse and write 1 000 layers": lambda: model_source(analyse(document)),
        "write 1 000 layers": lambda: model_source(analysis),
        "wall of 1 000 layers": lambda: check_model(text),
        "ast.parse of the same": lambda: ast.parse(text),
        "write a ResNet-18": lambda: model_source(before),
        "write it again after an edit": lambda: model_source(after, source),
    }
    print(f"\nreference (a million squares): {reference:.1f} ms")
    for title, work in rows.items():
        took = milliseconds(work)
        print(f"{title:32} {took:8.2f} ms   {took / reference:6.2f} x")
