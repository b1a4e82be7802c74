"""Commands beside a bare interpreter: checks of templates, and GPT-2 small with edits inside it.

Run by `python -m pytest -m bench tests/bench/bench_references.py -s`. CPU time, medians of five, so
that a busy machine counts nearly the same.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.source import checked_model
from nnstudio.core.paths import resource as shipped
from nnstudio.core.values import Args
from nnstudio.graph.edits import Edit, Rename, SetArgs
from nnstudio.graph.model import Project
from nnstudio.project import store

GPT2 = shipped("templates", "gpt2.nns")
SPY = (
    "import sys; from nnstudio.cli.main import main; code = main(sys.argv[1:]); "
    "sys.exit(code or ('torch' in sys.modules and 99))"
)


def seconds(*words: str) -> float:
    """CPU seconds of a fresh interpreter; torch must stay out of it."""
    taken = []
    for _ in range(6):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], check=True, capture_output=True, env=os.environ)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken[1:])  # the first one writes byte code


def milliseconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return 1e3 * statistics.median(taken)


def edits(project: Project) -> dict[str, Edit]:
    """One edit in each block, from the innermost outwards."""

    def node(block: str, word: str) -> str:
        found = project.blocks[block].nodes
        return next(key for key, item in found.items() if word in (item.name, item.layer))

    attention, mlp, block = "causal_self_attention", "mlp", "transformer_block"
    return {
        "attention: a dropout": SetArgs(attention, node(attention, "Dropout"), Args(p=0.2)),
        "attention: a bias": SetArgs(attention, node(attention, "c_attn"), Args(bias=False)),
        "MLP: a name": Rename(mlp, node(mlp, "c_fc"), "widen"),
        "block: an eps": SetArgs(block, node(block, "ln_1"), Args(eps=1e-6)),
    }


@pytest.mark.bench
def test_check_beside_msgspec() -> None:
    bare = seconds("-c", "import msgspec")
    print(f"\na bare Python that imports msgspec: {1e3 * bare:.0f} ms of CPU")
    for name in ("mlp-digits", "lenet5-mnist", "resnet-mnist", "seq2seq-reverse"):
        found = seconds("-c", SPY, "check", str(shipped("templates", f"{name}.nns")))
        print(f"nnstudio check {name}: {1e3 * found:.0f} ms, {found / bare:.2f} x, no torch")


@pytest.mark.bench
def test_gpt2_from_the_command_line(tmp_path: Path) -> None:
    bare = seconds("-c", "pass")
    print(f"\nbare interpreter: {bare:.3f} s of CPU")
    for words in (("check", str(GPT2)), ("code", str(GPT2)), ("code", str(GPT2), "-o", "OUT")):
        real = [str(tmp_path / "gpt2.py") if word == "OUT" else word for word in words]
        found = seconds("-c", SPY, *real)
        print(f"nnstudio {words[0]} gpt2: {found:.3f} s of CPU, {found / bare:.1f} x, no torch")


@pytest.mark.bench
def test_one_edit_inside_a_block() -> None:
    unit = milliseconds(lambda: sum(k * k for k in range(100_000)))
    project = store.load(GPT2)
    before = analyse(project)
    source = checked_model(before)
    print(f"\nreference (100 000 squares): {unit:.2f} ms")
    rows: dict[str, Callable[[], object]] = {
        "open": lambda: store.load(GPT2),
        "analyse all": lambda: analyse(project),
        "analyse and write all": lambda: checked_model(analyse(project)),
    }
    for title, edit in edits(project).items():
        after = edit.apply(project)
        known = analyse(after, before)
        rows[title] = lambda after=after: analyse(after, before)  # type: ignore[misc]
        rows[f"{title}, code"] = lambda known=known: checked_model(known, source)  # type: ignore[misc]
    for title, work in rows.items():
        taken = milliseconds(work)
        print(f"{title:28} {taken:7.2f} ms   {taken / unit:5.2f} x")
