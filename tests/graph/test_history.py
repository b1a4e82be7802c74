"""History: labels, limits, the saved state."""

from __future__ import annotations

import pytest

from nnstudio.core.problems import ProjectError
from nnstudio.graph import edits
from nnstudio.graph.history import History
from nnstudio.graph.model import Project
from tests.builder import GraphBuilder, project


@pytest.fixture
def history() -> History:
    return History(document(), limit=5)


def document(nodes: int = 3) -> Project:
    b = GraphBuilder("Net", id="g")
    h = b.input("N", 8)
    for _ in range(nodes):
        h = b("ReLU", h)
    return project(b)


def test_labels_and_places(history: History) -> None:
    history.do(edits.Rename("g", "n2", "a"))
    history.do(edits.SetProjectName("B"))
    assert [step.label for step in history.steps] == ["", "rename to a", "rename to B"]
    assert (history.index, history.can_undo, history.can_redo) == (2, True, False)
    history.jump(0)
    assert (history.can_undo, history.can_redo) == (False, True)
    assert history.undo() is history.steps[0].project


def test_a_new_edit_gives_up_what_was_undone(history: History) -> None:
    history.do(edits.Rename("g", "n2", "a"))
    history.undo()
    history.do(edits.Rename("g", "n2", "b"))
    assert [step.label for step in history.steps] == ["", "rename to b"]


def test_what_changes_nothing_is_no_step(history: History) -> None:
    history.do(edits.Rename("g", "n2", ""))
    history.do(edits.SetProjectName("Net"))
    assert len(history.steps) == 1


def test_what_is_refused_leaves_everything_as_it_was(history: History) -> None:
    history.do(edits.Rename("g", "n2", "a"))
    history.undo()
    with pytest.raises(ProjectError):
        history.do(edits.Rename("g", "nobody", "b"))
    assert history.can_redo


def test_the_oldest_steps_are_forgotten_by_count(history: History) -> None:
    for n in range(9):
        history.do(edits.Rename("g", "n2", f"a{n}"))
    assert len(history.steps) == 6
    assert history.steps[1].label == "rename to a4"
    assert history.index == 5
    assert history.steps[0].project.graphs["g"].nodes["n2"].name == "a3"


def test_the_oldest_steps_are_forgotten_by_memory() -> None:
    history = History(document(1000), memory=10 * 40_000)
    for n in range(40):
        history.do(edits.Rename("g", "n2", f"a{n}"))
    assert 2 < len(history.steps) < 20
    assert history.bytes <= 10 * 40_000
    assert history.project.graphs["g"].nodes["n2"].name == "a39"


def test_the_saved_state_is_known_by_identity(history: History) -> None:
    assert history.is_saved
    history.do(edits.Rename("g", "n2", "a"))
    assert not history.is_saved
    history.mark_saved()
    history.undo()
    assert not history.is_saved
    history.redo()
    assert history.is_saved


def test_there_is_no_such_step(history: History) -> None:
    with pytest.raises(IndexError):
        history.jump(7)
