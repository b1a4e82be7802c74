"""Weights follow node ids: from the names of PyTorch to paths of ids, and back.

A `KeyTable` says for each generated class what its attributes are. With it a key of a `state_dict`
such as `blocks.0.attention.out_proj.weight` becomes `n5#0/n3/out_proj.weight`: copy 0 of node `n5`,
node `n3` in its block, and torch's own name. Paths do not change when a layer is renamed, moved,
put into another `nn.Sequential` or gets a new neighbour, so that `adopt` can carry tensors over an
edit. Plain data and no torch: it is written to `run.json` and used where torch is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

Kind = Literal["node", "value", "sequence", "copies"]


_VALUE = "value"
"""What stands for the name of the tensor where a node is one: `n7/value`."""


class Child(NamedTuple):
    """A node below an attribute and the name of its generated class, "" for one of torch."""

    node: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What an attribute of a generated class is.

    Attributes:
        kind: `node` a single node; `value` a tensor of its own; `sequence` one node per index;
            `copies` of one node, by index.
        nodes: The nodes; one unless it is a sequence.
    """

    kind: Kind
    nodes: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Which node stands behind which attribute, for every generated class.

    Attributes:
        classes: By class and attribute.
        shared: By class: a borrowed parameter -> the one that it is (`n9/weight` -> `n2/weight`).
    """

    classes: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)
    shared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def id_path(self, owner: str, key: str) -> str:
        """Return the path of ids of a key of a `state_dict`, or of a module's dotted name.

        Args:
            owner: The class of the module that the key belongs to.
            key: `blocks.0.attention.in_proj_weight` or `blocks.0.attention`; "" for itself.

        Raises:
            KeyError: No generated attribute has this name.
        """
        path: list[str] = []
        rest = key
        while owner and rest:
            step, owner, rest = self._down(owner, rest)
            path.append(step)
        return "/".join([*path, rest] if rest else path)

    def node_path(self, owner: str, key: str) -> str:
        """Return the path of the node that a key or a module's dotted name belongs to.

        What lies inside a layer of torch (`attention.out_proj`) belongs to that layer's node; "" is
        the module itself, or no generated attribute.
        """
        path: list[str] = []
        rest = key
        while owner and rest and rest.partition(".")[0] in self.classes.get(owner, {}):
            step, owner, rest = self._down(owner, rest)
            path.append(step)
        return "/".join(path)

    def id_paths(self, owner: str, keys: Iterable[str]) -> dict[str, str]:
        """Return the path of every key."""
        return {key: self.id_path(owner, key) for key in keys}

    def key(self, owner: str, path: str) -> str:
        """Return the key or dotted name of a path: the inverse of `id_path`.

        Raises:
            KeyError: The class has no such node.
        """
        names: list[str] = []
        rest = path
        while owner and rest:
            step, _, rest = rest.partition("/")
            name, owner = self._up(owner, step)
            names.append(name)
            rest = "" if rest == _VALUE else rest
        return ".".join([*names, rest] if rest else names)

    def owner_path(self, owner: str, path: str) -> str:
        """Return the path of the parameter that a borrowed one is; any other path as it is."""
        done = ""
        rest = path
        while owner and rest:
            borrowed = self.shared.get(owner, {}).get(rest)
            if borrowed is not None:
                return done + borrowed
            step, _, rest = rest.partition("/")
            _, owner = self._up(owner, step)
            done += f"{step}/"
        return path

    def to_json(self) -> dict[str, Any]:
        """Return plain dicts, lists and texts."""
        return {
            "classes": {
                owner: {
                    name: [place.kind, [list(child) for child in place.nodes]]
                    for name, place in places.items()
                }
                for owner, places in self.classes.items()
            },
            "shared": {owner: dict(pairs) for owner, pairs in self.shared.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> KeyTable:
        """Return the table that `to_json` wrote."""
        return cls(
            {
                owner: {
                    name: Place(kind, tuple(Child(*child) for child in nodes))
                    for name, (kind, nodes) in places.items()
                }
                for owner, places in data["classes"].items()
            },
            {owner: dict(pairs) for owner, pairs in data["shared"].items()},
        )

    def _down(self, owner: str, key: str) -> tuple[str, str, str]:
        """Take one attribute off a key: a step of the path, the class below, the rest."""
        name, _, rest = key.partition(".")
        place = self.classes[owner][name]
        first = place.nodes[0]
        if place.kind == "value":
            return f"{first.node}/{_VALUE}", "", rest
        if place.kind == "node":
            return first.node, first.owner, rest
        index, _, rest = rest.partition(".")
        if not index:  # the container itself stands for its first node
            return first.node, "", ""
        if place.kind == "copies":
            return f"{first.node}#{int(index)}", first.owner, rest
        child = place.nodes[int(index)]
        return child.node, child.owner, rest

    def _up(self, owner: str, step: str) -> tuple[str, str]:
        """Return the dotted name of one step of a path and the class below."""
        node, _, copy = step.partition("#")
        for name, place in self.classes[owner].items():
            for index, child in enumerate(place.nodes):
                if child.node == node:
                    number = {"sequence": str(index), "copies": copy}.get(place.kind, "")
                    return name + (f".{number}" if number else ""), child.owner
        raise KeyError(step)


class Shaped(Protocol):
    """Anything with a shape: a tensor."""

    @property
    def shape(self) -> Any:
        """The sizes, to be compared."""


class Adoption(NamedTuple):
    """Which old values a new module takes.

    Attributes:
        kept: New path -> old path.
        fresh: New paths that keep their own initial values: new, or of another size.
    """

    kept: dict[str, str]
    fresh: list[str]


def adopt(
    old: Mapping[str, Shaped],
    new: Mapping[str, Shaped],
    moved: Mapping[str, str] | None = None,
    owners: Mapping[str, str] | None = None,
) -> Adoption:
    """Find for each value of a new module the old one that it goes on with.

    Args:
        old: The old values by path of ids.
        new: The new module's values by path of ids.
        moved: Old path -> where an edit put it (`n3/weight` -> `u/n3/weight` for a group).
        owners: New path of a borrowed parameter -> the path of its owner, whose value it takes.
    """
    found = Adoption({}, [])
    moved, owners = moved or {}, owners or {}
    sources = {moved.get(path, path): path for path in old}
    for path, value in new.items():
        candidates = [sources[one] for one in (owners.get(path, path), path) if one in sources]
        match = next((one for one in candidates if old[one].shape == value.shape), None)
        if match is None:
            found.fresh.append(path)
        else:
            found.kept[path] = match
    return found
