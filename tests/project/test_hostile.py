"""Opening any file runs none of its code, ends soon, and says what is wrong and where."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import networkx  # before anything is watched: it is imported when a circle is named
import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.graph.wellformed import check_project
from nnstudio.project import store
from nnstudio.project.format import dumps, loads
from tests.project.hostile import MARKER, document, hostile_files, hostile_texts, mutants

SECONDS = 2.0
FORBIDDEN = ("exec", "import", "os.system", "subprocess.Popen", "socket.", "os.exec", "os.spawn")
_seen: list[str] = []
_watching = False


def _audit(event: str, args: tuple[object, ...]) -> None:
    # A hook cannot be removed, so it is asleep outside of `watched`.
    if not _watching:
        return
    # "compile" is not among them: formulas are parsed to a syntax tree, which makes no code.
    if event.startswith(FORBIDDEN):
        _seen.append(f"{event} {args!s:.80}")
    elif event == "open" and not str(args[0]).endswith(".nns"):
        _seen.append(f"open {args[0]!s:.80}")


sys.addaudithook(_audit)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect what is run, imported, opened or sent meanwhile."""
    global _watching
    _seen.clear()
    _watching = True
    try:
        yield _seen
    finally:
        _watching = False


def test_the_hook_sees_what_it_should(tmp_path: Path) -> None:
    with watched() as seen:
        (tmp_path / "x").write_text("")
    assert len(seen) == 1


def warm_networkx() -> None:
    """Its decorators compile themselves at the first call: that code is not the file's."""
    with contextlib.suppress(networkx.NetworkXNoCycle):
        networkx.find_cycle(networkx.DiGraph([(1, 2)]))
    list(networkx.simple_cycles(networkx.DiGraph([(1, 2), (2, 1)])))


def test_a_corpus_of_hostile_files(tmp_path: Path) -> None:
    paths = hostile_files(tmp_path)
    assert len(paths) >= 300
    outcomes = {"opened": 0, "refused": 0}
    warm_networkx()
    with watched() as seen:
        for path in paths:
            start = time.process_time()
            try:
                opened = store.load(path)
            except ProjectError as error:
                outcomes["refused"] += 1
                told(error)
            else:
                outcomes["opened"] += 1
                check_project(opened)
                assert loads(dumps(opened)) == opened
            assert time.process_time() - start < SECONDS, path.name
            assert not seen, (path.name, seen)
    assert not (tmp_path / MARKER).exists()
    assert outcomes["refused"] > 200
    assert outcomes["opened"] > 50  # harmless: names and notes are only text


def told(error: ProjectError) -> None:
    """A refusal has a code, a message without the payload's shape, and a hint."""
    for problem in error.problems:
        assert problem.code
        assert problem.hint
        assert "\n" not in problem.message


def test_refusals_have_a_place(tmp_path: Path) -> None:
    placeless = {"file.size", "file.not_ours", "graph.too_many"}
    for label, data in hostile_texts(tmp_path / MARKER):
        try:
            loads(data)
        except ProjectError as error:
            problem = error.problems[0]
            assert problem.code in placeless or problem.where, (label, problem)
            assert re.match(r"(\d+:\d+|[a-z]+(/[^/]+)*|)\Z", problem.where, re.DOTALL), problem


@pytest.mark.parametrize("seed", range(4))
def test_mutants(seed: int) -> None:
    survived(500, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_mutants() -> None:
    survived(100_000, 99)


def survived(count: int, seed: int) -> None:
    for data in mutants(count, seed):
        start = time.process_time()
        try:
            opened = loads(data)
        except ProjectError:
            pass
        else:
            assert loads(dumps(opened)) == opened
        assert time.process_time() - start < SECONDS


def test_a_million_nodes_are_refused_soon(tmp_path: Path) -> None:
    path = tmp_path / "million.nns"
    nodes = ",".join(f'"n{n}":{{"layer":"ReLU"}}' for n in range(1_000_000))
    path.write_text(f'{{"nnstudio":1,"graphs":{{"g":{{"name":"","nodes":{{{nodes}}}}}}}}}')
    start = time.process_time()
    with pytest.raises(ProjectError) as caught:
        store.load(path)
    assert caught.value.problems[0].code == "file.size"
    assert time.process_time() - start < SECONDS
    head = path.read_bytes()[:4_900_000].rpartition(b",")[0] + b"}}}}"
    start = time.process_time()
    with pytest.raises(ProjectError) as caught:
        loads(head)
    assert caught.value.problems[0].code == "file.too_many"
    assert time.process_time() - start < 2 * SECONDS


def test_the_base_of_the_corpus_is_fine(tmp_path: Path) -> None:
    opened = loads(json.dumps(document()))
    assert opened.graphs["g"].nodes["b"].repeat is not None
    assert loads(dumps(opened)) == opened
