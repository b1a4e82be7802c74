"""What can be wrong with layers of the user's own; their texts are read, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from nnstudio.compiler.results import GraphInfo
from nnstudio.core.lazy_module import LazyModule
from nnstudio.core.names import is_identifier
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, Repair
from nnstudio.graph.model import CustomLayer, Project

if TYPE_CHECKING:
    from nnstudio.catalogue import own_class
    from nnstudio.graph import edits
else:  # most projects have no layers of their own
    own_class = LazyModule("nnstudio.catalogue.own_class")
    edits = LazyModule("nnstudio.graph.edits")

_FUTURE = re.compile(r"^from __future__ import", re.MULTILINE)


def problems(project: Project, graphs: Mapping[str, GraphInfo]) -> Iterator[Problem]:
    """Yield what is wrong with own layers, and that they are code, at every node that uses one."""
    uses = {
        key: [
            f"{graph_id}/{node_id}"
            for graph_id, info in graphs.items()
            for node_id in info.uses.get(f"custom:{key}", ())
        ]
        for key in project.custom
    }
    layers = [layer for key, layer in project.custom.items() if uses[key]]
    found = [problem for layer in layers for problem in _of(layer)]
    for problem in [*found, *_together(layers)]:
        yield from (replace(problem, where=place) for place in uses[problem.where])


def _of(layer: CustomLayer) -> Iterator[Problem]:
    """Yield what is wrong with an own layer by itself; `where` is its id."""
    if not is_identifier(layer.name):
        yield Problem("code.custom_name", layer.id, {"name": layer.name})
    found = own_class.read(layer.source)
    wrong = [one for one in found.problems if one.code != "own.no_class"]
    if wrong:
        values = {"layer": layer.name, "why": wrong[0].message}
        yield Problem("code.custom_source", layer.id, values)
    elif layer.name not in found.names | found.imports:
        yield Problem("own.gone", layer.id, {"layer": layer.name})
    yield from _other_params(layer)
    yield Problem("run.trust", layer.id, {"layer": layer.name}, "warning")


def _other_params(layer: CustomLayer) -> Iterator[Problem]:
    """Yield a problem when the settings in the document are not what the constructor takes."""
    chosen = next(
        (one for one in own_class.read(layer.source).classes if one.name == layer.name), None
    )
    if chosen is None or chosen.problems or chosen.inherited:
        return
    read = {one.name: one for one in chosen.params_for(layer.signature)}
    held = {one.name: one for one in layer.params}
    names = [
        name
        for name in dict.fromkeys([*read, *held])
        if name not in read or name not in held or not _alike(read[name], held[name])
    ]
    if names:
        taken = replace(layer, params=tuple(read.values()))
        mended = (Repair("repair.params", (edits.SetCustom(taken),)),)
        values = {"layer": layer.name, "names": ", ".join(names)}
        yield Problem("own.params", layer.id, values, repairs=mended)


def _alike(one: Param, other: Param) -> bool:
    """Tell whether two parameters mean the same to the code: words and limits do not matter."""
    return (one.kind, one.default, one.required, one.auto, one.choices) == (
        other.kind, other.default, other.required, other.auto, other.choices
    )  # fmt: skip


def _together(layers: list[CustomLayer]) -> Iterator[Problem]:
    """Yield what keeps different texts from standing in one file."""
    texts: dict[str, CustomLayer] = {}
    owners: dict[str, CustomLayer] = {}
    for layer in layers:
        text = layer.source.strip("\n")
        if text in texts:
            continue
        if texts and _FUTURE.search(text):
            yield Problem("own.future", layer.id, {"layer": layer.name})
        texts[text] = layer
        for name in sorted(own_class.read(layer.source).names):
            other = owners.setdefault(name, layer)
            if other is not layer:
                values = {"name": name, "layer": layer.name, "other": other.name}
                yield Problem("own.twice", layer.id, values)
