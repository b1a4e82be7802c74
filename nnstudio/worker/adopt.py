"""A run that begins with the weights of another one: they follow the ids of the nodes.

The other run may have been of an earlier state of the document. What was renamed, moved, grouped or
got new neighbours keeps its weights; what is new, or has another size now, begins afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.core.keys import KeyTable, adopt
from nnstudio.engine.events import Start, read_record

_NAMED = 4


def take_over(
    modules: Mapping[str, nn.Module],
    objects: Mapping[str, Any],
    keys: Mapping[str, Any],
    start: Start,
    load: Callable[[Path], Mapping[str, Any]],
) -> str:
    """Fill the networks of a run that has not begun with the weights of another run.

    Args:
        modules: The networks by role.
        objects: All that the loop keeps; a copy of a network in it (a target network) is filled
            like the network.
        keys: The `keys` of this run's `run.json`.
        start: Whose weights.
        load: Reads the checkpoint of a run folder, or raises what is wrong with it.

    Returns:
        What was taken over and what was not, in a sentence.

    Raises:
        WorldError: The other run cannot be read.
    """
    folder = Path(start.run)
    theirs = read_record(folder).keys
    saved = load(folder)["objects"]
    kept: list[str] = []
    fresh: list[str] = []
    for role, module in modules.items():
        old = _by_path(theirs, role, saved.get(role, {}))
        new = _by_path(keys, role, module.state_dict())
        moved = {path: _moved(path, start.moved) for path in old}
        found = adopt(old, new, moved, _owners(keys, role, new))
        with torch.no_grad():
            for path, source in found.kept.items():
                new[path].copy_(old[source])
        _fill_copies(module, objects)
        kept += found.kept
        fresh += found.fresh
    return _in_words(folder.name, kept, fresh)


def _by_path(keys: Mapping[str, Any], role: str, tensors: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors of a role by their paths of ids."""
    if role not in keys.get("roles", {}):
        return {}
    table, owner = KeyTable.from_json(keys), keys["roles"][role][1]
    return {table.id_path(owner, key): value for key, value in tensors.items()}


def _owners(keys: Mapping[str, Any], role: str, paths: Mapping[str, Any]) -> dict[str, str]:
    if role not in keys.get("roles", {}):
        return {}
    table, owner = KeyTable.from_json(keys), keys["roles"][role][1]
    return {path: table.owner_path(owner, path) for path in paths}


def _moved(path: str, moves: Mapping[str, str]) -> str:
    """Where a tensor is now: `n3#1/weight` -> `u/n3#1/weight` when `n3` went into `u`."""
    *steps, tensor = path.split("/")
    copies = {step.partition("#")[0]: step for step in steps}
    bare = "/".join(copies)
    if bare not in moves:
        return path
    return "/".join([*(copies.get(step, step) for step in moves[bare].split("/")), tensor])


def _fill_copies(module: nn.Module, objects: Mapping[str, Any]) -> None:
    for other in objects.values():
        if other is not module and type(other) is type(module):
            other.load_state_dict(module.state_dict())


def _in_words(name: str, kept: list[str], fresh: list[str]) -> str:
    if not kept:
        return f"None of the weights of {name} fits this network; all were drawn anew."
    words = f"{len(kept)} tensors were taken over from {name}"
    if not fresh:
        return f"{words}: all of them."
    names = ", ".join(fresh[:_NAMED]) + (", …" if len(fresh) > _NAMED else "")
    return f"{words}; {len(fresh)} were drawn anew ({names})."
