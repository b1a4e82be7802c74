"""From a project without errors to `model.py`: readable PyTorch, the same to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nnstudio.compiler.generated import Source
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.writing import identifiers
from nnstudio.compiler.writing.class_source import ClassSource, Line, write_class
from nnstudio.compiler.writing.layout import LIMIT, width
from nnstudio.compiler.writing.literals import plain
from nnstudio.compiler.writing.pasted import Pasted, closure, definitions
from nnstudio.compiler.writing.scope import Book
from nnstudio.core.keys import KeyTable
from nnstudio.core.problems import ProjectError
from nnstudio.graph.model import Graph

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'" + r"|#.*")
_USES = re.compile(r"(?<![\w.])(torch|F|math|Tensor|nn)\b")


def model_source(analysis: Analysis, previous: Source | None = None) -> Source:
    """Write the classes of all networks and of the blocks that they use.

    Args:
        analysis: A project whose networks have no errors; its loop and data do not matter here.
        previous: The source before an edit; classes whose graph did not change are taken from it.

    Raises:
        ProjectError: The networks have errors; all of them.
    """
    faults = [p for graph in _order(analysis) for p in analysis.graphs[graph].problems]
    faults = [problem for problem in faults if problem.severity == "error"]
    if faults:
        raise ProjectError(faults)
    classes = _classes(analysis, previous)
    pasted = closure(name for one in classes for name in one.pasted)
    lines = list(_lines(analysis, classes, pasted))
    return Source(
        "".join(f"{line.text}\n" for line in lines),
        {number: line.node for number, line in enumerate(lines, 1) if line.node},
        {one.info.graph.id: one.name for one in classes},
        KeyTable(
            {one.name: one.places for one in classes},
            {one.name: one.shared for one in classes if one.shared},
        ),
        tuple(classes),
    )


def _classes(analysis: Analysis, previous: Source | None) -> list[ClassSource]:
    """Write every class, those that others use first."""
    order = _order(analysis)
    book = Book(analysis, _class_names(analysis, order))
    known = {one.info.graph.id: one for one in previous.parts} if previous is not None else {}
    found: list[ClassSource] = []
    for graph in order:
        info = analysis.graphs[graph]
        old = known.get(graph)
        if old is not None and old.info is info and _still_holds(old, book):
            made = old
        else:
            made = write_class(book, info)
        book.interfaces[graph] = made.interface
        found.append(made)
    return found


def _still_holds(old: ClassSource, book: Book) -> bool:
    return (
        old.name == book.classes[old.info.graph.id]
        and all(book.classes.get(block) == name for block, name in old.needs.items())
        and not old.custom
    )


def _order(analysis: Analysis) -> list[str]:
    """Return the ids of networks and used blocks, dependencies first."""
    found: dict[str, None] = {}
    graphs = analysis.graphs

    def visit(graph: str) -> None:
        for node in graphs[graph].graph.nodes.values():
            inner = node.layer[6:]
            if node.layer.startswith("block:") and inner not in found and inner in graphs:
                visit(inner)
        found[graph] = None

    for graph in analysis.project.graphs:
        visit(graph)
    return list(found)


def class_names(analysis: Analysis) -> dict[str, str]:
    """Return the name of the class of every network and used block."""
    return _class_names(analysis, _order(analysis))


def _class_names(analysis: Analysis, order: list[str]) -> dict[str, str]:
    """Name the classes: networks first, since theirs is the name that others import."""
    project = analysis.project
    custom = {layer.name for layer in project.custom.values()}
    space = identifiers.classes({*definitions(), *custom})

    def named(graph: Graph, fallback: str) -> str:
        return space.claim(identifiers.class_name(graph.name, fallback))

    names = {key: named(graph, "Model") for key, graph in project.graphs.items()}
    blocks = {key: named(project.blocks[key], "Block") for key in order if key not in names}
    return {**names, **blocks}


def _lines(analysis: Analysis, classes: list[ClassSource], pasted: list[Pasted]) -> Iterator[Line]:
    yield Line(_origin(analysis.project.name))
    yield Line("")
    custom = sorted({name for one in classes for name in one.custom})
    for line in _imports(_used(classes, pasted), custom):
        yield Line(line)
    for item in pasted:
        yield from (Line(""), Line(""))
        yield from map(Line, item.lines)
    for one in classes:
        yield from (Line(""), Line(""))
        graph = one.info.graph.id
        yield from (
            Line(line.text, f"{graph}/{line.node}" if line.node else "") for line in one.lines
        )


def _origin(name: str) -> str:
    """Return the one line that tells where the file comes from."""
    title = plain(name).replace("\\", "/").replace('"', "'")
    while width(title) > LIMIT - 28:
        title = title[:-1]
    return f'"""{title.strip() or "A network"}, drawn in NNStudio."""'


def _used(classes: list[ClassSource], pasted: list[Pasted]) -> set[str]:
    """Return the names that have to be imported."""
    used = {"nn"}
    for item in pasted:
        used |= item.imports
    for one in classes:
        for line in one.lines:
            used.update(_USES.findall(_STRING.sub("", line.text)))
    return used


def _imports(used: set[str], custom: list[str]) -> Iterator[str]:
    if "math" in used:
        yield "import math"
        yield ""
    if "torch" in used:
        yield "import torch"
    yield "from torch import Tensor, nn" if "Tensor" in used else "from torch import nn"
    if "F" in used:
        yield "from torch.nn import functional as F"
    if custom:
        yield ""
        line = f"from custom import {', '.join(custom)}"
        if width(line) <= LIMIT:
            yield line
        else:
            yield from ("from custom import (", *(f"    {name}," for name in custom), ")")
