"""Laws that hold for any sequence of edits."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.core.problems import ProjectError
from nnstudio.graph import topology
from nnstudio.graph.diff import Change, diff, edges
from nnstudio.graph.edits import Edit
from nnstudio.graph.history import History
from nnstudio.graph.model import CustomLayer, Graph, Project
from nnstudio.graph.wellformed import check_project
from nnstudio.project.format import dumps, loads
from nnstudio.project.writing import Writer
from tests.graph.random_edits import edit, start

SEQUENCES = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
SEEDS = given(st.integers(0, 2**32))


def walk(seed: int, steps: int = 20) -> Iterator[tuple[Project, Edit, Project]]:
    """Edits that went through, with the documents before and after."""
    rng, doc = Random(seed), start()
    for _ in range(steps):
        try:
            one = edit(rng, doc)
            new = one.apply(doc)
        except ProjectError as error:
            told(error)
            continue
        yield doc, one, new
        doc = new


def told(error: ProjectError) -> None:
    """A refusal says what happened and what to do."""
    for problem in error.problems:
        assert problem.message, problem.code
        assert problem.hint, problem.code


class View:
    """A toy of a canvas: it draws a document afresh, or follows changes and nothing else."""

    def __init__(self, doc: Project) -> None:
        self.fields: dict[str, Any] = {}
        self.graphs: dict[str, dict[str, Any]] = {}
        for name in ("name", "note", "data", "loop", "extra"):
            self.fields[name] = getattr(doc, name)
        self.custom: dict[str, CustomLayer | None] = dict(doc.custom)
        self.order = {kind: list(getattr(doc, kind)) for kind in ("graphs", "blocks")}
        for graph in (*doc.graphs.values(), *doc.blocks.values()):
            self.graphs[graph.id] = self._drawn(graph, doc)

    @staticmethod
    def _drawn(graph: Graph, doc: Project) -> dict[str, Any]:
        return {
            "head": (graph.name, graph.note, graph.params, graph.role, graph.extra),
            "nodes": dict(graph.nodes),
            "edges": {edge for node in graph.nodes.values() for edge in edges(node)},
            "order": list(graph.nodes),
            "places": dict(doc.layout.get(graph.id, {})),
            "notes": list(doc.notes.get(graph.id, {}).items()),
        }

    def follow(self, change: Change, doc: Project) -> None:
        self.fields |= {name: getattr(doc, name) for name in change.fields & self.fields.keys()}
        for key in change.custom:
            self.custom[key] = doc.custom.get(key)
        gone = {*change.graphs_removed, *change.blocks_removed}
        for key in gone:
            del self.graphs[key]
        for key in (*change.graphs_added, *change.blocks_added):
            self.graphs[key] = self._drawn(doc.graph(key), doc)
        for kind, added in (("graphs", change.graphs_added), ("blocks", change.blocks_added)):
            self.order[kind] = [key for key in self.order[kind] if key not in gone]
            if kind in change.fields or added:
                self.order[kind] = list(getattr(doc, kind))
        for key, part in change.graphs.items():
            self._follow_graph(self.graphs[key], part, doc.graph(key), doc)

    @staticmethod
    def _follow_graph(shown: dict[str, Any], part: Any, graph: Graph, doc: Project) -> None:
        if part.fields:
            shown["head"] = (graph.name, graph.note, graph.params, graph.role, graph.extra)
        for key in part.removed:
            del shown["nodes"][key]
            shown["places"].pop(key, None)
        for key in (*part.added, *part.changed):
            shown["nodes"][key] = graph.nodes[key]
        shown["edges"] = (shown["edges"] - set(part.edges_removed)) | set(part.edges_added)
        if part.reordered or part.added or part.removed:
            shown["order"] = list(graph.nodes)
        if part.notes:
            shown["notes"] = list(doc.notes.get(graph.id, {}).items())
        places = doc.layout.get(graph.id, {})
        for key in part.moved:
            shown["places"].pop(key, None)
            if key in places:
                shown["places"][key] = places[key]


@SEEDS
@SEQUENCES
def test_a_view_fed_only_changes_equals_a_fresh_one(seed: int) -> None:
    view = View(start())
    for old, one, new in walk(seed):
        change = diff(old, new)
        view.follow(change, new)
        fresh = View(new)
        assert repr(view.fields) == repr(fresh.fields), one
        assert {k: v for k, v in view.custom.items() if v} == fresh.custom, one
        assert view.order == fresh.order, one
        assert view.graphs == fresh.graphs, one


@SEEDS
@SEQUENCES
def test_undo_restores_the_very_same_object(seed: int) -> None:
    rng = Random(seed)
    history = History(start())
    documents = [history.project]
    for _ in range(15):
        try:
            history.do(edit(rng, history.project))
        except ProjectError:
            continue
        if history.project is not documents[-1]:
            documents.append(history.project)
    for expected in reversed(documents[:-1]):
        assert history.undo() is expected
    assert history.undo() is documents[0]
    for expected in documents[1:]:
        assert history.redo() is expected
    place = rng.randrange(len(documents))
    assert history.jump(place) is documents[place]
    assert all(step.label for step in history.steps[1:])


@SEEDS
@SEQUENCES
def test_an_edit_mutates_nothing_and_is_the_same_again(seed: int) -> None:
    for old, one, new in walk(seed, 12):
        before = repr(old)
        again = one.apply(old)
        assert repr(old) == before
        assert repr(again) == repr(new)
        assert not diff(new, again)
        assert not diff(old, old)
        assert bool(diff(old, new)) == (repr(old) != repr(new) and dumps(old) != dumps(new)), one


@SEEDS
@SEQUENCES
def test_what_edits_make_is_well_formed_and_can_be_saved_and_loaded(seed: int) -> None:
    writer = Writer()
    for _, one, new in walk(seed):
        check_project(new)
        text = dumps(new)
        assert dumps(new, writer) == text
        loaded = loads(text)
        assert loaded == new, one
        assert not diff(new, loaded), one
        assert dumps(loaded) == text
        for graph in (*new.graphs.values(), *new.blocks.values()):
            assert len(topology.order(graph)) == len(graph.nodes)


@SEEDS
@SEQUENCES
def test_undo_is_a_change_like_any_other(seed: int) -> None:
    steps = list(walk(seed, 12))
    if not steps:
        return
    view = View(steps[-1][2])
    for old, _, new in reversed(steps):
        view.follow(diff(new, old), old)
        assert view.graphs == View(old).graphs
        assert view.order == View(old).order


@pytest.mark.parametrize("seed", range(5))
def test_a_loaded_copy_is_equal_and_its_difference_empty(seed: int) -> None:
    doc = next(iter(walk(seed, 60)))[2]
    assert diff(doc, loads(dumps(doc))) == Change()
