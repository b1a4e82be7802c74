"""Every template: the file as it is saved, a drawing without overlaps, code as a person writes."""

from __future__ import annotations

import ast
import itertools
import math
from pathlib import Path

import pytest

import nnstudio
from nnstudio.core.paths import resource
from nnstudio.graph.topology import order
from nnstudio.project import format as nns
from tests.compiler.generated import style
from tests.templates.references import ALL, COUNTS, load

DRAWN = tuple(name for name in ALL if name != "empty")


@pytest.mark.parametrize("name", ALL)
def test_the_file_is_what_saving_writes(name: str) -> None:
    text = resource("templates", f"{name}.nns").read_text(encoding="utf-8")
    assert nns.dumps(nns.loads(text.encode())) == text


@pytest.mark.parametrize("name", DRAWN)
def test_everything_is_placed_and_flows_down(name: str) -> None:
    project = load(name)
    for key in (*project.graphs, *project.blocks):
        graph, at = project.graph(key), project.layout[key]
        assert at.keys() == graph.nodes.keys()
        spots = list(at.values())
        for index, (x, y) in enumerate(spots):
            for other_x, other_y in spots[index + 1 :]:
                assert abs(x - other_x) >= 200 or abs(y - other_y) >= 100, (key, x, y)
        assert len(order(graph)) == len(graph.nodes)
        for node in graph.nodes.values():
            assert all(at[port.node][1] < at[node.id][1] for port in node.ports())


def test_code_as_a_person_writes_it(tmp_path: Path) -> None:
    """Unchanged by the formatter, clean under the linter, the same twice, torch alone."""
    for name in DRAWN:
        text = nnstudio.source(load(name))
        again = nnstudio.source(nns.loads(nns.dumps(load(name)).encode()))
        assert again == text
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(text, encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"torch", "math"}
            elif isinstance(node, ast.ImportFrom):
                assert node.module in ("torch", "torch.nn")
    assert style(tmp_path) == ""


@pytest.mark.parametrize("name", DRAWN)
def test_notes_explain_and_cover_nothing(name: str) -> None:
    project = load(name)
    assert name not in COUNTS or project.notes.keys() >= project.graphs.keys()
    for key, notes in project.notes.items():
        across = [x for x, _ in project.layout[key].values()]
        for note in notes.values():
            left, right = note.at[0], note.at[0] + note.width
            assert note.text
            assert right <= min(across) - 120 or left >= max(across) + 120, (key, note.text)
        for one, other in itertools.combinations(notes.values(), 2):
            high, low = sorted((one, other), key=lambda note: note.at[1])
            beside = abs(one.at[0] - other.at[0]) >= one.width
            lines = math.ceil(len(high.text) / (high.width / 7))
            assert beside or low.at[1] - high.at[1] >= 17 * lines, (key, high.text)
