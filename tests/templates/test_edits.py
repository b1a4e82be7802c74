"""Edits in the full-size networks: what is known step by step is what is known all at once."""

from __future__ import annotations

from random import Random

import pytest

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.model_source import model_source
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args
from nnstudio.graph import edits
from nnstudio.graph.model import Project
from tests.templates.references import COUNTS, load

VALUES = {
    "out_channels": (8, 24),
    "out_features": (8, 24),
    "stride": (1, 2),
    "kernel_size": (1, 3),
    "padding": (0, 1),
    "bias": (True, False),
    "eps": (1e-6,),
    "p": (0.3,),
    "heads": (4, 8),
    "depth": (2, 4),
    "growth": (16,),
    "channels": (32, 64),
    "dim": (1,),
}


def edit(rng: Random, project: Project) -> edits.Edit:
    """An edit of any node, most of them inside blocks."""
    graph = rng.choice([*project.blocks.values(), *project.graphs.values()])
    node = rng.choice(list(graph.nodes.values()))
    known = [name for name in VALUES if name in node.args] or ["bias"]
    name = rng.choice(known)
    return rng.choice(
        [
            edits.SetArgs(graph.id, node.id, Args({name: rng.choice(VALUES[name])})),
            edits.SetArgs(graph.id, node.id, Args({name: rng.choice(VALUES[name])})),
            edits.SetBypass(graph.id, node.id, not node.bypass),
            edits.Rename(graph.id, node.id, rng.choice(("", "other", "x"))),
            edits.SetTrainable(graph.id, node.id, not node.trainable),
        ]
    )


@pytest.mark.parametrize("name", COUNTS)
def test_step_by_step_is_the_same_as_all_at_once(name: str) -> None:
    rng, project = Random(name), load(name)
    analysis = analyse(project)
    source = model_source(analysis)
    for _ in range(15):
        try:
            made = edit(rng, project).apply(project)
        except ProjectError:
            continue
        after, whole = analyse(made, analysis), analyse(made)
        assert after.problems == whole.problems
        assert after.graphs == whole.graphs
        assert (after.weights, after.flops) == (whole.weights, whole.flops)
        if after.ok:
            source = model_source(after, source)
            assert source.text == model_source(whole).text
            project, analysis = made, after
        elif rng.random() < 0.5:  # some mistakes stay for a while
            project, analysis = made, after
