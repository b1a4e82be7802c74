"""From a `Project` to the text of a file: one node a line, so that one edit changes one line.

Edges stand in the consumer, positions in a section of their own, and nothing is written that is as
it would be without. A `Writer` remembers the lines of the last document and writes only new ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from nnstudio.core.params import Param
from nnstudio.core.values import Args, Choice, Expression, Value
from nnstudio.graph.model import (
    NO_LOOP,
    CustomLayer,
    Data,
    Graph,
    Input,
    Node,
    Note,
    Notes,
    Port,
    Project,
    Repeat,
    Share,
)

_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Writer:
    """Writes documents that follow each other, each at the cost of what differs."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], tuple[Node, str]] = {}

    def lines(self, project: Project, version: int) -> list[str]:
        """Return the lines of a file, without line ends."""
        written: dict[tuple[str, str], tuple[Node, str]] = {}
        sections = [
            [f'"nnstudio": {version}'],
            [f'"name": {_text(project.name)}'],
            [f'"note": {_text(project.note)}'] if project.note else [],
            [f'"data": {_text(_data(project.data))}'],
            _loop(project.loop),
            self._graphs("graphs", project.graphs, written),
            self._graphs("blocks", project.blocks, written),
            _custom(project.custom),
            _layout(project),
            _notes(project.notes),
            *([line] for line in _extra(project.extra)),
        ]
        self._nodes = written
        return ["{", *_joined(section for section in sections if section), "}"]

    def block_lines(self, about: Mapping[str, Any], project: Project, version: int) -> list[str]:
        """Return the lines of a file that holds blocks alone, and what it says of them."""
        sections = [
            [f'"nnstudio": {version}'],
            *([f"{_text(name)}: {_text(found)}"] for name, found in about.items()),
            self._graphs("blocks", project.blocks, {}),
            _custom(project.custom),
            _layout(project),
        ]
        return ["{", *_joined(section for section in sections if section), "}"]

    def _graphs(
        self,
        name: str,
        graphs: Mapping[str, Graph],
        written: dict[tuple[str, str], tuple[Node, str]],
    ) -> list[str]:
        if not graphs:
            return []
        parts = [self._graph(graph, written) for graph in graphs.values()]
        return [f'"{name}": {{', *_joined(parts), "}"]

    def _graph(self, graph: Graph, written: dict[tuple[str, str], tuple[Node, str]]) -> list[str]:
        head = [f'"name": {_text(graph.name)}']
        head += [f'"role": {_text(graph.role)}'] if graph.role else []
        head += [f'"note": {_text(graph.note)}'] if graph.note else []
        head += _extra(graph.extra)
        parts: list[list[str]] = []
        if graph.params:
            params = [f" {_text(_param(param))}" for param in graph.params]
            parts.append(['"params": [', *_rows(params), "]"])
        if graph.nodes:
            nodes = []
            for node in graph.nodes.values():
                key = (graph.id, node.id)
                old = self._nodes.get(key)
                line = old[1] if old is not None and old[0] is node else _node(node)
                written[key] = (node, line)
                nodes.append(line)
            parts.append(['"nodes": {', *_rows(nodes), "}"])
        return [f"{_text(graph.id)}: {{", *_joined([[", ".join(head)], *parts]), "}"]


def value(found: Value) -> Any:
    """Return a value as JSON has it."""
    if isinstance(found, Expression):
        return {"expr": found.text}
    if isinstance(found, Choice):
        return {"use": found.name, **({"with": _args(found.args)} if found.args else {})}
    return [value(entry) for entry in found] if isinstance(found, tuple) else found


def _joined(parts: Iterable[list[str]]) -> list[str]:
    """Return the lines of several parts with a comma after each part but the last."""
    lines: list[str] = []
    for part in parts:
        if lines:
            lines[-1] += ","
        lines += part
    return lines


def _rows(lines: list[str]) -> list[str]:
    """Return lines with a comma after each but the last."""
    return [*[line + "," for line in lines[:-1]], *lines[-1:]]


def _text(found: Any) -> str:
    return _ENCODER.encode(found)


def _args(args: Args) -> dict[str, Any]:
    return {name: value(entry) for name, entry in args.items()}


def _loop(loop: Choice) -> list[str]:
    if loop == NO_LOOP:
        return ['"loop": null']
    head = f'"loop": {{"use": {_text(loop.name)}'
    if not loop.args:
        return [head + "}"]
    settings = [f" {_text(name)}: {_text(value(entry))}" for name, entry in loop.args.items()]
    return [head + ', "with": {', *_rows(settings), "}}"]


def _node(node: Node) -> str:
    members = {
        "layer": node.layer,
        "name": node.name,
        "args": _args(node.args),
        "in": [_input(source) for source in node.inputs],
        "repeat": node.repeat and _repeat(node.repeat),
        "share": node.share and _share(node.share),
        "note": node.note,
        "bypass": node.bypass,
    }
    kept: dict[str, Any] = {name: found for name, found in members.items() if found}
    if not node.trainable:
        kept["trainable"] = False
    if node.extra:
        kept |= json.loads(node.extra)
    return f" {_text(node.id)}: {_text(kept)}"


def _repeat(repeat: Repeat) -> dict[str, Any]:
    mode = {"mode": repeat.mode} if repeat.mode != "stack" else {}
    return {"count": value(repeat.count), **mode}


def _share(share: Share) -> dict[str, Any]:
    members = {"node": share.node, "parameter": share.parameter, "own": share.own}
    return {name: found for name, found in members.items() if found}


def _input(source: Input) -> Any:
    if source is None:
        return None
    return str(source) if isinstance(source, Port) else [str(port) for port in source]


def _param(param: Param) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for member in fields(Param):
        found = getattr(param, member.name)
        if member.default is MISSING or repr(found) != repr(member.default):
            members[member.name] = value(found)
    return members


def _data(data: Data) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if data.reader is not None:
        members["reader"] = value(data.reader)
    if data.task:
        members["task"] = data.task
    for name in ("inputs", "target", "classes"):
        found = getattr(data, name)
        if found:
            members[name] = value(found)
    return members


def _custom(layers: Mapping[str, CustomLayer]) -> list[str]:
    if not layers:
        return []
    parts = []
    for layer in layers.values():
        params = [_param(param) for param in layer.params]
        members = {
            "name": layer.name,
            "signature": layer.signature,
            **({"params": params} if params else {}),
            "source": layer.source,
        }
        parts.append(f" {_text(layer.id)}: {_text(members)}")
    return ['"custom": {', *_rows(parts), "}"]


def _layout(project: Project) -> list[str]:
    parts = []
    for graph_id, places in project.layout.items():
        graph = project.graphs.get(graph_id) or project.blocks[graph_id]
        if not places:
            parts.append([f"{_text(graph_id)}: {{}}"])
            continue
        # In the order of the nodes: that in which they were moved means nothing.
        at = [f' "{key}": {_place(*places[key])}' for key in graph.nodes if key in places]
        parts.append([f"{_text(graph_id)}: {{", *_rows(at), "}"])
    return ['"layout": {', *_joined(parts), "}"] if parts else []


def _place(x: float, y: float) -> str:
    return f"[{_number(x)}, {_number(y)}]"


def _number(found: float) -> str:
    return repr(int(found) if found.is_integer() else found)


def _notes(notes: Notes) -> list[str]:
    parts = []
    for graph_id, some in notes.items():
        lines = [f" {_text(key)}: {_note(note)}" for key, note in some.items()]
        parts.append([f"{_text(graph_id)}: {{", *_rows(lines), "}"])
    return ['"notes": {', *_joined(parts), "}"] if parts else []


def _note(note: Note) -> str:
    members = {"at": _place(*note.at), "width": _number(note.width)}
    if note.height:
        members["height"] = _number(note.height)
    members["text"] = _text(note.text)
    return "{" + ", ".join(f'"{name}": {found}' for name, found in members.items()) + "}"


def _extra(text: str) -> list[str]:
    """The members that this version does not know, as they came."""
    members: dict[str, Any] = json.loads(text) if text else {}
    return [f"{_text(name)}: {_text(found)}" for name, found in members.items()]
