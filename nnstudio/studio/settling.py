"""Edits that write down where nodes stand: what was open, and a graph laid out anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nnstudio.graph.edits import Batch, Edit, MoveNodes, MoveNotes
from nnstudio.graph.model import EMPTY, Project
from nnstudio.studio.note_places import Box, beside_nodes
from nnstudio.studio.placing import arranged, open_places, places, snap


def settled(project: Project, graph_id: str, edit: Edit) -> Edit:
    """Return an edit that also writes down what was open, so that nothing jumps by it."""
    missing = open_places(project, graph_id)
    if not missing:
        return edit
    return Batch((MoveNodes(graph_id, missing), edit), edit.label)


def arranging(
    project: Project,
    graph_id: str,
    nodes: Collection[str],
    label: str,
    notes: Mapping[str, Box] = EMPTY,
) -> Edit | None:
    """Return the edit that lays out a graph, or a selection where it stood; None for nothing.

    A note goes with the node beside which it lay, and to the left of all nodes where one would
    stand on it.

    Args:
        project: The document.
        graph_id: The graph.
        nodes: The selection; fewer than two stand for the whole graph.
        label: What the step is called.
        notes: Where the notes of the graph lie.
    """
    graph = project.graph(graph_id)
    chosen = set(nodes) if len(nodes) > 1 else set(graph.nodes)
    made = arranged(graph, chosen).positions
    if not made:
        return None
    old = places(project, graph_id)
    dx = snap(min(old[key][0] for key in made) - min(x for x, _ in made.values()))
    dy = snap(min(old[key][1] for key in made) - min(y for _, y in made.values()))
    new = {key: (x + dx, y + dy) for key, (x, y) in made.items()}
    lying = beside_nodes(notes, old, {**old, **new})
    known = project.layout.get(graph_id, {})
    if all(known.get(key) == at for key, at in new.items()) and not lying:
        return None
    edits = (MoveNodes(graph_id, new), *((MoveNotes(graph_id, lying),) if lying else ()))
    return settled(project, graph_id, Batch(edits, label))
