"""From the values of a file to a `Project`: every member is asked for by name and type.

A refusal says where: a path such as `graphs/g1/nodes/n2/args/padding`. Unknown layers are kept as
they are, and unknown members of a project, a graph and a node as JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, cast, get_args

from nnstudio.core.limits import ENTRY_LIMIT, NODE_LIMIT, VALUE_DEPTH, check_id, refuse
from nnstudio.core.params import Kind, Param
from nnstudio.core.values import Args, Choice, Expression, Value
from nnstudio.graph.model import (
    NO_LOOP,
    CustomLayer,
    Data,
    Graph,
    Input,
    Node,
    Note,
    Port,
    Project,
    Repeat,
    Share,
)
from nnstudio.graph.wellformed import check_project

Item = TypeVar("Item")
_PORT = re.compile(r"([A-Za-z0-9_-]{1,40})(?:\.([0-9]{1,3}))?\Z", re.ASCII)
_MODES = ("stack", "loop", "map")
_KINDS = get_args(Kind)


class Members:
    """The members of one object, taken out one after the other; what is left is unknown.

    Args:
        value: What stands in the file.
        where: Its place.
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(where, "an object")
        self.left: dict[str, Any] = dict(value)
        self.where = where

    def at(self, name: str) -> str:
        """Return the place of a member."""
        return f"{self.where}/{name}" if self.where else name

    def any(self, name: str, default: Any = None) -> Any:
        """Take a member of any type."""
        return self.left.pop(name, default)

    def text(self, name: str, default: str | None = "") -> str:
        """Take a text; one without a default must be there."""
        return cast(str, self._take(name, str, "a text", default))

    def flag(self, name: str, default: bool) -> bool:
        """Take true or false."""
        return cast(bool, self._take(name, bool, "true or false", default))

    def list(self, name: str, limit: int = ENTRY_LIMIT) -> list[Any]:
        """Take a list, which is empty when it is not there."""
        found = cast("list[Any]", self._take(name, list, "a list", []))
        if len(found) > limit:
            raise refuse("file.too_many", self.at(name), limit=limit)
        return found

    def objects(self, name: str, limit: int = NODE_LIMIT) -> dict[str, Any]:
        """Take an object whose names are ids; it is empty when it is not there."""
        found = cast("dict[str, Any]", self._take(name, dict, "an object", {}))
        if len(found) > limit:
            raise refuse("file.too_many", self.at(name), limit=limit)
        for key in found:
            check_id(key, self.at(name))
        return found

    def end(self) -> None:
        """Refuse members that nobody asked for."""
        for name in self.left:
            raise refuse("file.member", self.where, name=name)

    def extra(self) -> str:
        """Return the members that nobody asked for as JSON text, or ""."""
        return json.dumps(self.left, ensure_ascii=False) if self.left else ""

    def _take(self, name: str, kind: type, expected: str, default: object) -> object:
        if name not in self.left:
            if default is None:
                raise refuse("file.missing", self.where, name=name)
            return default
        value = self.left.pop(name)
        if type(value) is not kind:
            raise _wrong(self.at(name), expected)
        return value


def project(document: Any) -> Project:
    """Return the project that a document of the current version describes.

    Raises:
        ProjectError: A member is missing, unknown, of another type or beyond the limits, or the
            project is not well formed.
    """
    members = Members(document, "")
    members.any("nnstudio")
    graphs = _graphs(members, "graphs")
    blocks = _graphs(members, "blocks")
    custom = _each(members, "custom", _custom)
    made = Project(
        name=members.text("name", "Untitled"),
        graphs=graphs,
        blocks=blocks,
        custom=custom,
        data=_data(members.any("data", {}), "data"),
        loop=_loop(members.any("loop", {"use": "supervised"})),
        note=members.text("note"),
        layout=_layout(members, {**graphs, **blocks}),
        notes=_notes(members, {**graphs, **blocks}),
        extra=members.extra(),
    )
    check_project(made)
    return made


def value(found: Any, where: str, depth: int = VALUE_DEPTH) -> Value:
    """Return a value: plain, a list, a formula `{"expr": …}`, a choice `{"use": …, "with": …}`."""
    if found is None or isinstance(found, bool | int | float | str):
        return found
    if depth == 0:
        raise refuse("value.depth", where, limit=VALUE_DEPTH)
    if isinstance(found, list):
        if len(found) > ENTRY_LIMIT:
            raise refuse("value.entries", where, limit=ENTRY_LIMIT)
        return tuple(value(entry, where, depth - 1) for entry in found)
    if "expr" in found:
        members = Members(found, where)
        formula = Expression(members.text("expr", None))
        members.end()
        return formula
    return _choice(found, where, depth)


def _loop(found: Any) -> Choice:
    return NO_LOOP if found is None else _choice(found, "loop", VALUE_DEPTH)


def _choice(found: Any, where: str, depth: int) -> Choice:
    members = Members(found, where)
    name = members.text("use", None)
    args = _args(members.any("with", {}), members.at("with"), depth)
    members.end()
    return Choice(name, args)


def _args(found: Any, where: str, depth: int = VALUE_DEPTH) -> Args:
    if not isinstance(found, dict):
        raise _wrong(where, "an object")
    return Args({name: value(entry, f"{where}/{name}", depth - 1) for name, entry in found.items()})


def _each(members: Members, name: str, read: Callable[[str, Any, str], Item]) -> dict[str, Item]:
    where = members.at(name)
    found = members.objects(name)
    return {key: read(key, entry, f"{where}/{key}") for key, entry in found.items()}


def _graphs(members: Members, name: str) -> dict[str, Graph]:
    return _each(members, name, _graph)


def _graph(graph_id: str, found: Any, where: str) -> Graph:
    members = Members(found, where)
    return Graph(
        id=graph_id,
        name=members.text("name", None),
        nodes=_each(members, "nodes", _node),
        params=_params(members),
        note=members.text("note"),
        role=members.text("role"),
        extra=members.extra(),
    )


def _node(node_id: str, found: Any, where: str) -> Node:
    members = Members(found, where)
    return Node(
        id=node_id,
        layer=members.text("layer", None),
        args=_args(members.any("args", {}), members.at("args")),
        inputs=tuple(_input(entry, members.at("in")) for entry in members.list("in")),
        name=members.text("name"),
        note=members.text("note"),
        repeat=_repeat(members.any("repeat"), members.at("repeat")),
        share=_share(members.any("share"), members.at("share")),
        trainable=members.flag("trainable", True),
        bypass=members.flag("bypass", False),
        extra=members.extra(),
    )


def _input(found: Any, where: str) -> Input:
    if found is None:
        return None
    if isinstance(found, list):
        if len(found) > ENTRY_LIMIT:
            raise refuse("value.entries", where, limit=ENTRY_LIMIT)
        return tuple(_port(entry, where) for entry in found)
    return _port(found, where)


def _port(found: Any, where: str) -> Port:
    match = _PORT.match(found) if isinstance(found, str) else None
    if match is None:
        raise _wrong(where, 'a node\'s id, with the output if it is not the first: "n4.1"')
    return Port(match[1], int(match[2] or 0))


def _repeat(found: Any, where: str) -> Repeat | None:
    if found is None:
        return None
    members = Members(found, where)
    mode = members.text("mode", "stack")
    if mode not in _MODES:
        raise _wrong(members.at("mode"), f"one of {', '.join(_MODES)}")
    repeat = Repeat(
        value(members.any("count", 2), members.at("count")),
        cast("Literal['stack', 'loop', 'map']", mode),
    )
    members.end()
    return repeat


def _share(found: Any, where: str) -> Share | None:
    if found is None:
        return None
    members = Members(found, where)
    share = Share(members.text("node", None), members.text("parameter"), members.text("own"))
    members.end()
    return share


def _custom(layer_id: str, found: Any, where: str) -> CustomLayer:
    members = Members(found, where)
    layer = CustomLayer(
        id=layer_id,
        name=members.text("name", None),
        source=members.text("source", None),
        signature=members.text("signature", "*S -> *S"),
        params=_params(members),
    )
    members.end()
    return layer


def _params(members: Members) -> tuple[Param, ...]:
    where = members.at("params")
    return tuple(
        _param(found, f"{where}/{index}") for index, found in enumerate(members.list("params"))
    )


def _param(found: Any, where: str) -> Param:
    members = Members(found, where)
    kind = members.text("kind", None)
    if kind not in _KINDS:
        raise _wrong(members.at("kind"), f"one of {', '.join(_KINDS)}")
    param = Param(
        name=members.text("name", None),
        kind=cast(Kind, kind),
        default=value(members.any("default"), members.at("default")),
        help=members.text("help"),
        required=members.flag("required", False),
        auto=members.flag("auto", False),
        optional=members.flag("optional", False),
        choices=_texts(members, "choices"),
        of=members.text("of"),
        minimum=_bound(members, "minimum"),
        maximum=_bound(members, "maximum"),
        above=members.flag("above", False),
        words=_texts(members, "words"),
        torch_default=value(members.any("torch_default"), members.at("torch_default")),
        positional=members.flag("positional", False),
        live=members.flag("live", False),
    )
    members.end()
    return param


def _texts(members: Members, name: str) -> tuple[str, ...]:
    found = members.list(name)
    if not all(isinstance(entry, str) for entry in found):
        raise _wrong(members.at(name), "a list of texts")
    return tuple(found)


def _bound(members: Members, name: str) -> float | None:
    found = members.any(name)
    if found is not None and type(found) not in (int, float):
        raise _wrong(members.at(name), "a number")
    return cast("float | None", found)


def _data(found: Any, where: str) -> Data:
    members = Members(found, where)
    reader = members.any("reader")
    inputs = members.list("inputs")
    data = Data(
        reader=None if reader is None else _choice(reader, members.at("reader"), VALUE_DEPTH),
        task=members.text("task"),
        inputs=tuple(_sizes(shape, members.at("inputs")) for shape in inputs),
        target=_sizes(members.list("target"), members.at("target")),
        classes=_texts(members, "classes"),
    )
    members.end()
    return data


def _sizes(found: Any, where: str) -> tuple[int, ...]:
    if not isinstance(found, list) or not all(type(size) is int for size in found):
        raise _wrong(where, "a list of whole numbers")
    return tuple(found)


def _layout(
    members: Members, graphs: Mapping[str, Graph]
) -> dict[str, dict[str, tuple[float, float]]]:
    """Positions of what exists; those of nodes that are gone are a merge's leftovers."""
    layout = {}
    for graph_id, places in _each(members, "layout", _places).items():
        if graph_id in graphs:
            nodes = graphs[graph_id].nodes
            layout[graph_id] = {key: place for key, place in places.items() if key in nodes}
    return layout


def _places(_: str, found: Any, where: str) -> dict[str, tuple[float, float]]:
    if not isinstance(found, dict):
        raise _wrong(where, "an object")
    return {key: _position(entry, f"{where}/{key}") for key, entry in found.items()}


def _notes(members: Members, graphs: Mapping[str, Graph]) -> dict[str, dict[str, Note]]:
    """Notes on what exists; those of graphs that are gone are a merge's leftovers."""
    found = _each(members, "notes", lambda _, entry, where: _noted(entry, where))
    return {graph_id: notes for graph_id, notes in found.items() if notes and graph_id in graphs}


def _noted(found: Any, where: str) -> dict[str, Note]:
    return {
        key: _note(entry, f"{where}/{key}") for key, entry in Members(found, where).left.items()
    }


def _note(found: Any, where: str) -> Note:
    members = Members(found, where)
    text = members.text("text", None)
    at = _position(members.any("at"), members.at("at"))
    width = _length(members.any("width", 240.0), members.at("width"))
    note = Note(text, at, width, _length(members.any("height", 0.0), members.at("height")))
    members.end()
    return note


def _length(found: Any, where: str) -> float:
    if type(found) not in (int, float):
        raise _wrong(where, "a number")
    return float(found)


def _position(found: Any, where: str) -> tuple[float, float]:
    numbers = isinstance(found, list) and all(type(entry) in (int, float) for entry in found)
    if not numbers or len(found) != 2:
        raise _wrong(where, "two numbers")
    return float(found[0]), float(found[1])


def _wrong(where: str, expected: str) -> Exception:
    what = where.rpartition("/")[2] or "the file"
    return refuse("file.type", where, what=what, expected=expected)
