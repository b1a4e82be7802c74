"""Turns what went wrong in a run into a problem that names the node and says it in words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.core.keys import KeyTable
from nnstudio.core.problems import NNStudioError, Problem

NOTHING: Mapping[str, Any] = MappingProxyType({})
_KIT = {
    "DeviceError": ("run.device", "device"),
    "ReadError": ("run.data", "data"),
    "CheckpointError": ("run.checkpoint", ""),
    "SystemExit": ("run.usage", ""),  # argparse
}
_NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")
_MAX_SHAPES = 4


class Places:
    """Where the parts of a run stand in the document.

    Args:
        folder: The run folder; frames of its files are looked up by their line.
        keys: A `KeyTable` as JSON and, under `roles`, the graph and the class of each role.
        lines: The node of each line, by file name: `{"model.py": {"12": "graph/node"}}`.

    Attributes:
        modules: The networks by role, once they are known.
    """

    def __init__(
        self,
        folder: Path,
        keys: Mapping[str, Any] = NOTHING,
        lines: Mapping[str, Mapping[str, str]] = NOTHING,
    ) -> None:
        self.folder = folder.resolve()
        self.lines = lines
        self.roles: Mapping[str, Sequence[str]] = keys.get("roles", NOTHING)
        self.table = KeyTable.from_json(keys) if "classes" in keys else KeyTable()
        self.modules: dict[str, nn.Module] = {}

    def node(self, path: str) -> str:
        """Return the node of a module path such as `model.features.0`: `graph/node`.

        A network as a whole is named by its graph. Where nothing is known of the path it is
        returned as it is.
        """
        role, _, rest = path.partition(".")
        if role not in self.roles:
            return path
        graph, owner = self.roles[role]
        inside = self.table.node_path(owner, rest)
        return f"{graph}/{inside}" if inside else graph

    def line(self, frame: FrameType, number: int) -> str:
        """Return the node (without its graph) of a line of the run's own files, or ""."""
        file = Path(frame.f_code.co_filename)
        if file.parent != self.folder:
            return ""
        place: str = self.lines.get(file.name, NOTHING).get(str(number), "")
        return place.partition("/")[2]


def explain(error: BaseException, places: Places) -> Problem:
    """Return the problem of whatever ended a run."""
    if isinstance(error, NNStudioError):
        return error.problems[0]
    words = {"why": str(error), "hint": getattr(error, "hint", "")}
    kind = type(error).__name__  # the kit's own errors are those of this run's copy of the kit
    if kind == "NonFiniteError":
        return _non_finite(error, places)
    if kind in _KIT:
        code, where = _KIT[kind]
        # The file is the user's own, of which the run has a copy.
        words["why"] = words["why"].replace(f"{places.folder / 'files'}{os.sep}", "")
        return Problem(code, where, words)
    where, shapes = locate(error, places)
    if _is_memory(error):
        return Problem("run.memory", where, {"why": _memory_words(error)})
    if isinstance(error, OSError):
        return Problem("run.disk", "", {"why": _os_words(error)})
    inputs = f"it was given {shapes}" if shapes else "it was given nothing with a shape"
    return Problem("exception", where, {"type": kind, "text": str(error), "inputs": inputs})


def _non_finite(error: BaseException, places: Places) -> Problem:
    path = str(getattr(error, "where", ""))
    node = places.node(path)
    message = str(error).replace(f" in {path}", "") if node != path else str(error)
    return Problem("non_finite", node, {"message": message, "hint": getattr(error, "hint", "")})


def locate(error: BaseException, places: Places) -> tuple[str, str]:
    """Find where in the network an exception arose.

    Returns:
        The node, or "" when no network was at work; and the shapes of what went into it.
    """
    paths = {id(module): path for path, module in _modules(places.modules)}
    frames = list(_frames(error))
    for frame, number in reversed(frames):
        module = frame.f_locals.get("self")
        if not isinstance(module, nn.Module) or id(module) not in paths:
            continue
        place = places.node(paths[id(module)])
        # A line of a block says more than the block does; inside a layer there is no such line.
        inside = places.line(frame, number)
        if inside:
            names = frame.f_code.co_varnames[1 : frame.f_code.co_argcount]
            return f"{place}/{inside}", _shapes([frame.f_locals.get(name) for name in names])
        return place, _shapes(_given(module, frames))
    return "", ""


def _given(module: nn.Module, frames: list[tuple[FrameType, int]]) -> list[Any]:
    """What a module was called with, which its `forward` may have put other things in place of."""
    for frame, _ in frames:
        if frame.f_code.co_name == "_call_impl" and frame.f_locals.get("self") is module:
            return [*frame.f_locals.get("args", ()), *frame.f_locals.get("kwargs", {}).values()]
    return []


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _modules(roles: dict[str, nn.Module]) -> Iterator[tuple[str, nn.Module]]:
    for role, root in roles.items():
        for name, module in root.named_modules():
            yield f"{role}.{name}" if name else role, module


def _shapes(values: Sequence[Any]) -> str:
    """The shapes of tensors: `(64, 784) and (64, 10)`."""
    tensors = [value for value in values if isinstance(value, Tensor)][:_MAX_SHAPES]
    return " and ".join(f"({', '.join(map(str, tensor.shape))})" for tensor in tensors)


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _NO_MEMORY)


def _memory_words(error: BaseException) -> str:
    """How much was asked for, where torch tells it: its CPU and CUDA say it in different ways."""
    found = re.search(r"(\d[\d.]*) ?(bytes|[KMG]iB)", str(error))
    if found is None:
        return str(error).split(". ")[0]
    number, unit = found.groups()
    return f"{float(number) / 2**30:.3g} GiB more" if unit == "bytes" else f"{number} {unit} more"


def _os_words(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{place}"
