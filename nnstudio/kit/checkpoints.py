"""Checkpoints: all that a run needs to go on to the last bit, safe against crashes and bit rot.

A checkpoint is a folder of three files and holds no pickle, so that loading one runs no code:

* `tensors.safetensors`: every tensor,
* `state.json`: everything else, with a reference in the place of each tensor,
* `SHA256SUMS`: the sums of both, as `sha256sum -c` reads them.
"""

import json
import shutil
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from . import files
from .loops.guard import check_weights
from .loops.state import Report, State

FORMAT = 1
TENSORS, STATE, SUMS, INDEX = "tensors.safetensors", "state.json", "SHA256SUMS", "index.json"


class CheckpointError(ValueError):
    """A checkpoint is missing, damaged, or made by something else; the message says which."""


@dataclass
class Snapshot:
    """A copy of a run's state at one step, on the CPU and apart from the running tensors."""

    step: int
    header: dict[str, Any]
    tensors: dict[str, Tensor] = field(repr=False)


def take(state: State, instead_of: Snapshot | None = None) -> Snapshot:
    """Copy a state, so that training can go on while the copy is written.

    Args:
        state: Of the run.
        instead_of: A snapshot that nobody needs any more; its memory is used again.

    Raises:
        NonFiniteError: A weight is not finite, so the state is not worth keeping.
    """
    check_weights(state)
    tensors: dict[str, Tensor] = {}
    header = {
        "format": FORMAT,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "device": str(state.device),
        "step": state.step,
        "epoch": state.epoch,
        "seed": state.seed,
        "state": flatten(state.state_dict(), tensors),
    }
    spare = instead_of.tensors if instead_of is not None else {}
    return Snapshot(state.step, header, _copied(tensors, spare))


@torch.no_grad()
def _copied(tensors: Mapping[str, Tensor], spare: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copy tensors to the CPU in one call, into those of `spare` where they fit."""
    copies = {}
    for name, tensor in tensors.items():
        room = spare.pop(name, None)
        if room is None or room.shape != tensor.shape or room.dtype != tensor.dtype:
            room = torch.empty(tensor.shape, dtype=tensor.dtype)
        copies[name] = room
    torch._foreach_copy_(list(copies.values()), list(tensors.values()))
    return copies


def write(snapshot: Snapshot, path: Path | str) -> Path:
    """Write a snapshot as a folder, whole or not at all.

    Raises:
        OSError: The disk refused.
    """
    tensors = safetensors.torch.save(snapshot.tensors)
    header = json.dumps(snapshot.header, indent=1).encode()
    sums = _sums({TENSORS: tensors, STATE: header})
    files.write_folder(path, {TENSORS: tensors, STATE: header, SUMS: sums})
    return Path(path)


def load(path: Path | str) -> dict[str, Any]:
    """Read a checkpoint and check every byte of it.

    Args:
        path: A checkpoint, or a folder of them or of a run, whose last one is taken.

    Returns:
        What `State.load_state_dict` takes.

    Raises:
        CheckpointError: With the file that is missing, damaged or foreign.
    """
    folder = find(path)
    header, tensors = _read(folder)
    try:
        state: dict[str, Any] = unflatten(header["state"], safetensors.torch.load(tensors))
    except (KeyError, TypeError, safetensors.SafetensorError) as error:
        raise CheckpointError(f"{folder}: {STATE} and {TENSORS} do not belong together") from error
    return state


def restore(state: State, path: Path | str) -> None:
    """Bring a run back to a checkpoint.

    Raises:
        CheckpointError: The checkpoint is damaged or belongs to another network.
    """
    saved = load(path)
    try:
        state.load_state_dict(saved)
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path}: {error}") from error


def begin(state: State, resume: Path | str | None, report: Report) -> None:
    """What every loop does before its first step: go back to a checkpoint, and report.

    Raises:
        CheckpointError: The checkpoint is damaged or belongs to another network.
    """
    if resume is not None:
        restore(state, resume)
    report(state, {})


def load_weights(path: Path | str, module: nn.Module, role: str = "model") -> nn.Module:
    """Fill a network with the weights of a checkpoint and return it.

    Raises:
        CheckpointError: The checkpoint is damaged or belongs to another network.
    """
    objects = load(path)["objects"]
    if role not in objects:
        raise CheckpointError(f"{path} holds no {role!r}, only {', '.join(objects)}")
    try:
        module.load_state_dict(objects[role])
    except RuntimeError as error:
        raise CheckpointError(f"{path}: {error}") from error
    return module


def read_header(path: Path | str) -> dict[str, Any]:
    """The figures at the head of a checkpoint: step, epoch, seed, threads, device, torch."""
    header, _ = _read(find(path))
    return {name: value for name, value in header.items() if name != "state"}


def find(path: Path | str, which: str = "last") -> Path:
    """The checkpoint meant by a path.

    Args:
        path: A checkpoint, a folder of checkpoints, or the folder of a run.
        which: "last" or "best", for a folder of several.

    Raises:
        CheckpointError: There is none.
    """
    folder = Path(path)
    if (folder / SUMS).exists():
        return folder
    shelf = folder / "checkpoints" if (folder / "checkpoints").is_dir() else folder
    name = _index(shelf).get(which)
    if name and (shelf / name).is_dir():
        return shelf / name
    steps = _steps(shelf)
    if not steps:
        raise CheckpointError(f"{folder} holds no checkpoint")
    return steps[-1]


class Shelf:
    """The checkpoints of a run: the best, the last and a few more, written in the background.

    Args:
        folder: Where they lie; made when missing.
        keep: How many are kept beside the best and the last.

    Attributes:
        cost: Seconds the last write took.
    """

    def __init__(self, folder: Path | str, keep: int = 3):
        self.folder, self.keep = Path(folder), keep
        self.cost = 0.0
        self._thread: threading.Thread | None = None
        self._error: OSError | None = None
        self._written: deque[Path] = deque()  # filled by the thread, emptied by the run

    @property
    def busy(self) -> bool:
        """Whether a write is under way."""
        return self._thread is not None and self._thread.is_alive()

    def put(self, snapshots: list[Snapshot], best: int | None) -> None:
        """Write snapshots in a thread of their own, after the one before has ended.

        Args:
            snapshots: In the order of their steps; the last one is where a resume goes on.
            best: The step of the best checkpoint, which is never thrown away.
        """
        self._join()
        self._thread = threading.Thread(
            target=self._work, args=(snapshots, best), name="checkpoint"
        )
        self._thread.start()

    def collect(self, *, wait: bool = False) -> list[Path]:
        """What has been written since the last call.

        Args:
            wait: Wait until the write under way has ended.

        Raises:
            OSError: A write failed; older checkpoints are untouched.
        """
        if wait or not self.busy:
            self._join()
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return [self._written.popleft() for _ in range(len(self._written))]

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self, snapshots: list[Snapshot], best: int | None) -> None:
        start = time.monotonic()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for snapshot in snapshots:
                self._written.append(write(snapshot, self.folder / name_of(snapshot.step)))
            self._tidy(snapshots[-1].step, best)
        except OSError as error:
            self._error = error
        self.cost = time.monotonic() - start

    def _tidy(self, last: int, best: int | None) -> None:
        """Point at the best and the last, and throw away what is older than the kept ones."""
        index = {"last": name_of(last)}
        if best is not None and (self.folder / name_of(best)).is_dir():
            index["best"] = name_of(best)
        files.write_text(self.folder / INDEX, json.dumps(index) + "\n")
        older = [path for path in _steps(self.folder) if path.name < index["last"]]
        for old in older[: max(0, len(older) - self.keep)]:
            if old.name != index.get("best"):
                shutil.rmtree(old, ignore_errors=True)
        for half in self.folder.glob(".step-*.tmp"):  # of a process that was killed
            shutil.rmtree(half, ignore_errors=True)


def name_of(step: int) -> str:
    """The folder name of a step's checkpoint; names sort as the steps do."""
    return f"step-{step:08d}"


def flatten(value: Any, tensors: dict[str, Tensor], path: str = "") -> Any:
    """Turn nested values into what JSON can hold, with the tensors put aside.

    Args:
        value: dicts, lists, tuples, tensors, numbers, text, None.
        tensors: Filled with each tensor itself, by its path.
        path: Where `value` stands.

    Raises:
        TypeError: A value that is none of these.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Tensor):
        return {"$tensor": _put_aside(value, tensors, path)} | _layout(value)
    if kind is dict or isinstance(value, Mapping):
        pairs = {
            key: item if type(item) in _PLAIN else flatten(item, tensors, f"{path}/{key}")
            for key, item in value.items()
        }
        plain = not any(type(key) is not str or key[:1] == "$" for key in pairs)
        return pairs if plain else {"$dict": [list(pair) for pair in pairs.items()]}
    if isinstance(value, (list, tuple)):
        items = [flatten(item, tensors, f"{path}/{n}") for n, item in enumerate(value)]
        return items if isinstance(value, list) else {"$tuple": items}
    raise TypeError(f"{path} is a {kind.__name__}, which a checkpoint cannot hold")


_PLAIN = {type(None), bool, str, int, float}


def unflatten(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The inverse of `flatten`."""
    if isinstance(value, list):
        return [unflatten(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    if "$tensor" in value:
        tensor = tensors[value["$tensor"]]
        if value.get("channels_last"):
            return tensor.contiguous(memory_format=torch.channels_last)
        return tensor
    if "$tuple" in value:
        return tuple(unflatten(item, tensors) for item in value["$tuple"])
    if "$dict" in value:
        return {key: unflatten(item, tensors) for key, item in value["$dict"]}
    return {key: unflatten(item, tensors) for key, item in value.items()}


def _put_aside(tensor: Tensor, tensors: dict[str, Tensor], path: str) -> str:
    name = path.removeprefix("/")
    while name in tensors:  # keys may hold a slash themselves
        name += "'"
    tensors[name] = tensor
    return name


def _layout(tensor: Tensor) -> dict[str, bool]:
    """A fused optimizer walks weights and moments in the order they lie in memory."""
    last = tensor.dim() == 4 and not tensor.is_contiguous()
    return {"channels_last": True} if last else {}


def _read(folder: Path) -> tuple[dict[str, Any], bytes]:
    """The header and the bytes of the tensors, after the sums were compared."""
    try:
        contents = {name: (folder / name).read_bytes() for name in (TENSORS, STATE)}
        sums = (folder / SUMS).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{folder} is not a whole checkpoint: {error.strerror}") from error
    if sums != _sums(contents):
        known = sums.split()
        bad = [n for n in contents if files.sha256(contents[n]).encode() not in known] or [SUMS]
        raise CheckpointError(f"{folder / bad[0]} is damaged: its sha256 is not the one written")
    try:
        header: Any = json.loads(contents[STATE])
    except ValueError as error:
        raise CheckpointError(f"{folder / STATE} is no JSON") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CheckpointError(f"{folder} was written in a format that is not known here")
    return header, contents[TENSORS]


def _sums(contents: Mapping[str, bytes]) -> bytes:
    return "".join(f"{files.sha256(data)}  {name}\n" for name, data in contents.items()).encode()


def _steps(shelf: Path) -> list[Path]:
    return sorted(path for path in shelf.glob("step-*") if path.is_dir())


def _index(shelf: Path) -> dict[str, str]:
    try:
        index: Any = json.loads((shelf / INDEX).read_text())
    except (OSError, ValueError):  # none yet, or a damaged one: the names of the folders remain
        return {}
    return index if isinstance(index, dict) else {}
