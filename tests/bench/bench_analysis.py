"""How long the analysis takes: a thousand layers cold, one edit, an edit that reaches everything.

Run by `python -m pytest -m bench tests/bench/bench_analysis.py -s`. Figures are milliseconds of
this thread, medians of five, beside a plain Python loop of the same run.
"""

import statistics
import time
from collections.abc import Callable

import pytest

from nnstudio.compiler.analysis import _known_kind, analyse
from nnstudio.core.values import Args
from nnstudio.graph.edits import Connect, Edit, Rename, SetArgs
from nnstudio.graph.model import Port, Project
from tests.builder import GraphBuilder, project
from tests.compiler.zoo import resnet18

LAYERS = 1000


def dense(count: int = LAYERS) -> Project:
    """Linear layers, norms and activations with a skip every ten."""
    b = GraphBuilder("Dense")
    x = before = b.input("N", 16)
    for k in range(count):
        if k % 10 == 9:
            x = before = b("Add", x, before)
        else:
            layer = ("Linear", "LayerNorm", "ReLU")[k % 3]
            x = b(layer, x, **({"out_features": 16} if layer == "Linear" else {}))
    b.output(x)
    return project(b)


def pictures(count: int = LAYERS) -> Project:
    """Convolutions, norms and activations in a chain."""
    b = GraphBuilder("Pictures")
    x = b.input("N", 3, 64, 64)
    for k in range(count):
        args = {"out_channels": 16, "kernel_size": 3, "padding": 1} if k % 3 == 0 else {}
        x = b(("Conv2d", "BatchNorm2d", "ReLU")[k % 3], x, **args)
    b.output(x)
    return project(b)


def different(count: int = LAYERS) -> Project:
    """Linear layers of which no two are alike, so that nothing is remembered."""
    b = GraphBuilder("Different")
    x = b.input("N", 16)
    for k in range(count):
        x = b("Linear", x, out_features=17 + k)
    b.output(x)
    return project(b)


EDITS: dict[str, tuple[Callable[[], Project], Edit]] = {
    "dense: a value that changes no shape": (dense, SetArgs("dense", "n2", Args(bias=False))),
    "dense: a name": (dense, Rename("dense", "n2", "other")),
    "dense: an edge": (dense, Connect("dense", Port("n1"), "n500")),
    "dense: all shapes": (dense, SetArgs("dense", "n1", Args(shape=("N", 5, 16)))),
    "pictures: a value that changes no shape": (
        pictures,
        SetArgs("pictures", "n2", Args(bias=False)),
    ),
    "pictures: all shapes": (pictures, SetArgs("pictures", "n1", Args(shape=("N", 3, 32, 32)))),
    "resnet18: a value in a block": (
        resnet18,
        SetArgs("identity_block", "n2", Args(bias=True)),
    ),
}


def median(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of this thread."""
    taken = []
    for _ in range(times):
        start = time.thread_time()
        work()
        taken.append(time.thread_time() - start)
    return statistics.median(taken) * 1e3


def _cold(document: Project) -> None:
    _known_kind.cache_clear()  # what layers remember
    analyse(document)


def reference() -> float:
    """A plain loop of a hundred thousand additions."""

    def loop() -> int:
        total = 0
        for k in range(100_000):
            total += k
        return total

    return median(loop)


@pytest.mark.bench
def test_analysis_of_a_thousand_layers() -> None:
    unit = reference()
    print(f"\nreference {unit:.2f} ms")
    for made in (dense, pictures, different, resnet18):
        document = made()
        analyse(document)  # signatures are read once
        taken = median(lambda document=document: _cold(document))  # type: ignore[misc]
        print(f"{made.__name__}: cold {taken:.2f} ms ({taken / unit:.2f} x)")
    for name, (made, edit) in EDITS.items():
        before = analyse(made())
        after = edit.apply(before.project)
        taken = median(lambda after=after, before=before: analyse(after, before))  # type: ignore[misc]
        assert analyse(after, before) == analyse(after)
        print(f"{name}: {taken:.2f} ms ({taken / unit:.2f} x)")
