"""Layers of the user's own as edits: made from a template, written anew, renamed, taken out.

Name, parameters and ports are read from the text; it is never run for that.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnstudio.catalogue import own_class
from nnstudio.catalogue.own_class import OwnClass
from nnstudio.catalogue.signature import Signature, ports
from nnstudio.core.limits import check_note, refuse
from nnstudio.core.names import is_identifier, new_id
from nnstudio.core.problems import Problem, ProjectError, Repair
from nnstudio.graph.edits import RemoveCustom, SetCustom
from nnstudio.graph.model import CustomLayer, Project
from nnstudio.graph.topology import CUSTOM

NAME = "MyLayer"
SIGNATURE = "*S features -> *S features"
TEMPLATE = '''"""A layer of my own."""

import torch
from torch import Tensor, nn


class MyLayer(nn.Module):
    """Scales every feature by a learned factor.

    Args:
        features: Size of the last dim; it follows from the input.
        start: Every factor before training (>= 0).
    """

    def __init__(self, features: int, start: float = 1.0):
        super().__init__()
        self.scale = nn.Parameter(torch.full((features,), start))

    def forward(self, x: Tensor) -> Tensor:  # x: (*S, features)
        return self.scale * x
'''
"""What a new layer begins as: it runs, and shows where everything stands."""

PLACES = 4
"""So many places are named where a layer is used."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be said of an own layer by its text and its signature.

    Attributes:
        problems: What is wrong, each at its line (`where`), "" for the signature.
        classes: The names of the classes of the text.
        chosen: The class that is the layer; None when there is none.
        ports: Those that are declared; None when the signature cannot be read.
        proposal: The signature that follows from `forward`, when the declared one does not fit.
    """

    problems: tuple[Problem, ...] = ()
    classes: tuple[str, ...] = ()
    chosen: OwnClass | None = None
    ports: Signature | None = None
    proposal: str = ""


def fresh(project: Project) -> CustomLayer:
    """Return a new layer made from the template, with a class name that no other has."""
    taken = {name for one in project.custom.values() for name in own_class.read(one.source).names}
    name, number = NAME, 2
    while name in taken:
        name, number = f"{NAME}{number}", number + 1
    ids = {*project.graphs, *project.blocks, *project.custom}
    made = CustomLayer(new_id(ids), name, TEMPLATE.replace(NAME, name), SIGNATURE)
    return rewritten(made)


def rewritten(
    layer: CustomLayer, *, source: str | None = None, signature: str | None = None, name: str = ""
) -> CustomLayer:
    """Return a layer with another text or signature; name and parameters follow from them.

    While the text is no Python, name and parameters stay as they were.

    Args:
        layer: The layer before.
        source: Its new text; None keeps it.
        signature: Its new signature; None keeps it.
        name: The class that is meant; "" for the one that it is, else the last of the text.
    """
    text = layer.source if source is None else plain(source)
    ports_text = layer.signature if signature is None else " ".join(signature.split())
    found = own_class.read(text).chosen(name or layer.name)
    if found is None or not is_identifier(found.name):
        return replace(layer, source=text, signature=ports_text)
    return replace(
        layer,
        name=found.name,
        source=text,
        signature=ports_text,
        params=found.params_for(ports_text),
    )


def look(layer: CustomLayer) -> Look:
    """Return what is to be said of a layer."""
    text = own_class.read(layer.source)
    found = text.chosen(layer.name)
    problems = [*text.problems, *(found.problems if found is not None else ())]
    declared: Signature | None = None
    try:
        declared = ports(layer.signature)
    except ProjectError as error:
        problems += error.problems
    proposal = ""
    if found is not None and not own_class.fits(found, layer.signature):
        proposal = own_class.proposed(found)
        if declared is not None:
            words = {"signature": layer.signature, "proposed": proposal}
            edits = (SetCustom(rewritten(layer, signature=proposal)),)
            mended = (Repair("repair.ports", edits, {"signature": proposal}),)
            problems.append(Problem("own.ports", "", words, repairs=mended))
    names = tuple(one.name for one in text.classes)
    return Look(tuple(problems), names, found, declared, proposal)


def renamed(layer: CustomLayer, name: str) -> CustomLayer:
    """Return a layer whose class has another name, also where its text speaks of it.

    Raises:
        ProjectError: The name cannot be one of a class, or is taken in the text.
    """
    text = own_class.read(layer.source)
    if not is_identifier(name) or keyword.iskeyword(name):
        raise refuse("code.custom_name", layer.id, name=name)
    if name in text.names and name != layer.name:
        raise refuse("graph.taken", layer.id, id=name)
    return rewritten(layer, source=_renamed(layer.source, layer.name, name), name=name)


def users(project: Project, layer_id: str) -> tuple[tuple[str, str], ...]:
    """Return the nodes that use a layer, as (graph, node)."""
    graphs = (*project.graphs.values(), *project.blocks.values())
    return tuple(
        (graph.id, node.id)
        for graph in graphs
        for node in graph.nodes.values()
        if node.layer == CUSTOM + layer_id
    )


def removing(project: Project, layer_id: str) -> RemoveCustom:
    """Return the edit that takes a layer out.

    Raises:
        ProjectError: It is used; the problem says where.
    """
    found = users(project, layer_id)
    if found:
        named = [_place(project, graph, node) for graph, node in found[:PLACES]]
        more = [f"{len(found) - PLACES} more"] if len(found) > PLACES else []
        words = {"layer": project.custom[layer_id].name, "places": ", ".join([*named, *more])}
        raise refuse("own.used", "/".join(found[0]), **words)
    return RemoveCustom(layer_id)


def used(project: Project) -> Iterator[CustomLayer]:
    """Yield the own layers that networks and blocks use."""
    graphs = (*project.graphs.values(), *project.blocks.values())
    layers = {node.layer for graph in graphs for node in graph.nodes.values()}
    yield from (one for key, one in project.custom.items() if CUSTOM + key in layers)


def plain(text: str) -> str:
    """Return a text as a document takes it: lines end in a line feed.

    Raises:
        ProjectError: It has characters that cannot be seen, by which what runs could look like
            something else, or it is too long.
    """
    made = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    check_note(made, "source", "the text")
    return made


def _place(project: Project, graph_id: str, node_id: str) -> str:
    graph = project.graph(graph_id)
    node = graph.nodes[node_id]
    name = node.name or project.custom[node.layer.removeprefix(CUSTOM)].name
    return f"{name} in {graph.name}"


def _renamed(source: str, old: str, new: str) -> str:
    """Return a text in which a name is another one wherever it stands as a name."""
    lines = source.splitlines(keepends=True)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source
    for token in reversed(tokens):
        if token.type == tokenize.NAME and token.string == old:
            row, begin = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:begin] + new + line[begin + len(old) :]
    return "".join(lines)
