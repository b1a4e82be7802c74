"""Weights follow node ids: from the names of PyTorch to paths of ids, and back.

A `KeyTable` says for each generated class what its attributes are. With it a key of a `state_dict`
such as `blocks.0.attention.out_proj.weight` becomes `n5#0/n3/out_proj.weight`: copy 0 of node `n5`,
node `n3` in its block, and torch's own name. Paths do not change when a layer is renamed, moved, put
into another `nn.Sequential` or gets a new neighbour, so that `adopt` can carry tensors over an edit.
Plain data and no torch: it is written to `run.json` and used where torch is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

Kind = Literal["node", "sequence", "copies"]


class Child(NamedTuple):
    """A node below an attribute and the name of its generated class, "" when the class is torch's."""

    node: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What an attribute of a generated class is.

    Attributes:
        kind: `node` a single node; `sequence` one node per index; `copies` of one node, by index.
        nodes: The nodes; one unless it is a sequence.
    """

    kind: Kind
    nodes: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Which node stands behind which attribute, for every generated class.

    Attributes:
        classes: By class and attribute.
        shared: By class: a parameter that is borrowed -> the one that it is (`n9/weight` -> `n2/weight`).
    """

    classes: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)
    shared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def id_path(self, owner: str, key: str) -> str:
        """Return the path of ids of a key of a `state_dict`, or of a module's dotted name.

        Args:
            owner: The class of the module that the key belongs to.
            key: `blocks.0.attention.in_proj_weight` or `blocks.0.attention`; "" is the module itself.

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
        return ".".join([*names, rest] if rest else names)

    def owner_path(self, owner: str, path: str) -> str:
        """Return the path of the parameter that a shared one stands for; any other path as it is."""
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
        """Take one attribute off a key: the step of the path, the class below, the rest of the key."""
        name, _, rest = key.partition(".")
        place = self.classes[owner][name]
        if place.kind == "node":
            (child,) = place.nodes
            return child.node, child.owner, rest
        index, _, rest = rest.partition(".")
        if not index:  # the container itself stands for its first node
            return place.nodes[0].node, "", ""
        if place.kind == "sequence":
            child = place.nodes[int(index)]
            return child.node, child.owner, rest
        return f"{place.nodes[0].node}#{int(index)}", place.nodes[0].owner, rest

    def _up(self, owner: str, step: str) -> tuple[str, str]:
        """Return the dotted name of one step of a path and the class below."""
        node, _, copy = step.partition("#")
        for name, place in self.classes[owner].items():
            for index, child in enumerate(place.nodes):
                if child.node == node:
                    numbers = {
                        "node": "",
                        "sequence": f".{index}",
                        "copies": f".{copy}" if copy else "",
                    }
                    return name + numbers[place.kind], child.owner
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
        moved: Where nodes came from: new path or its beginning -> old one (`u/n3` -> `n3` for a group).
        owners: New path of a borrowed parameter -> the path of its owner, whose value it takes.
    """
    found = Adoption({}, [])
    moved, owners = moved or {}, owners or {}
    for path, value in new.items():
        wanted = (owners.get(path, path), path)
        candidates = [name for one in wanted for name in (_origin(one, moved), one)]
        match = next((n for n in candidates if n in old and old[n].shape == value.shape), None)
        if match is None:
            found.fresh.append(path)
        else:
            found.kept[path] = match
    return found


def _origin(path: str, moved: Mapping[str, str]) -> str:
    """Return the old path of a path: the longest beginning that was moved is replaced."""
    steps = path.split("/")
    for count in range(len(steps), 0, -1):
        source = moved.get("/".join(steps[:count]))
        if source is not None:
            return "/".join(part for part in (source, *steps[count:]) if part)
    return path
