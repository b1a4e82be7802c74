"""What a run folder says of itself: `run.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from nnstudio.core.problems import Problem, WorldError
from nnstudio.kit import files

FORMAT = 1
NAME = "run.json"


@dataclass(frozen=True)
class Segment:
    """A part of a run with one and the same source; one changed while paused has several.

    Attributes:
        code: The sha256 of each of its files of code, by their path in the folder.
        step: Updates that were done before it.
        checkpoint: The checkpoint that it began from; "" for the first.
    """

    code: Mapping[str, str] = field(default_factory=dict)
    step: int = 0
    checkpoint: str = ""


@dataclass(frozen=True)
class Start:
    """The weights that a run begins with, when they are those of another run.

    Attributes:
        run: The folder of that run.
        checkpoint: `last` or `best`.
        moved: Where nodes are now that an edit moved: `{"n3": "u/n3"}` for one that was grouped.
    """

    run: str
    checkpoint: str = "last"
    moved: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunRecord:
    """The content of `run.json`.

    Attributes:
        id: Letters and digits; makes the name of the package that the code is imported as.
        project: The project's name.
        created: When, as ISO 8601 with the zone.
        argv: What `train.py` was started with.
        seed: Of initial weights, order and dropout.
        device: Where it computes: as asked for, and as found once it has started.
        threads: Of torch on the CPU; None until the run has started once.
        parameters: Learned numbers in all roles; None until the run has started once.
        versions: Of Python, torch and NNStudio.
        segments: At least one; the last is the one that counts.
        keys: What each class of `model.py` is made of: `KeyTable`s as JSON, by role.
        lines: The node of each line, by file name; lines are text, as JSON has it.
        start: Where its first weights come from; None when they are drawn.
        format: The version of this file.
    """

    id: str
    project: str = ""
    created: str = ""
    argv: tuple[str, ...] = ()
    seed: int = 0
    device: str = "auto"
    threads: int | None = None
    parameters: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    segments: tuple[Segment, ...] = (Segment(),)
    keys: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    start: Start | None = None
    format: int = FORMAT

    @property
    def code(self) -> Mapping[str, str]:
        """The sha256 of each file of code, by its path in the folder."""
        return self.segments[-1].code


def read_record(folder: Path) -> RunRecord:
    """Read the `run.json` of a run folder.

    Raises:
        WorldError: It is missing, damaged, or written by a later version.
    """
    path = folder / NAME
    try:
        record = msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        args = {"path": path, "why": getattr(error, "strerror", None) or error}
        raise WorldError(Problem("run.unreadable", args=args)) from error
    if record.format > FORMAT or not record.segments or not record.id.isalnum():
        args = {"path": path, "why": "it was written by another version"}
        raise WorldError(Problem("run.unreadable", args=args))
    return record


def write_record(folder: Path, record: RunRecord) -> None:
    """Write the `run.json` of a run folder.

    Raises:
        OSError: The disk refused.
    """
    files.write_bytes(folder / NAME, record_bytes(record))


def record_bytes(record: RunRecord) -> bytes:
    """Return the content of `run.json`."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def record_started(folder: Path, device: str, threads: int, parameters: int) -> None:
    """Note down what only the run itself knows: where it computes, with how many threads.

    Raises:
        OSError: The disk refused.
        WorldError: There is no readable `run.json`.
    """
    record = read_record(folder)
    write_record(folder, replace(record, device=device, threads=threads, parameters=parameters))


def last_checkpoint(folder: Path) -> int:
    """Return the step of the last checkpoint of a run folder; 0 when there is none."""
    steps = [path.name.partition("-")[2] for path in folder.glob("checkpoints/step-*")]
    return max((int(step) for step in steps if step.isdigit()), default=0)
