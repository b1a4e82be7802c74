"""Looks at data beside the window: what a reader says of it, and a few samples.

Reading takes torch, and a file of the user's own may be large or broken; so it happens in a process
that does only this and ends. What comes back are numbers and text, nothing that could be executed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnstudio.catalogue import registry
from nnstudio.core import paths
from nnstudio.core.problems import Problem, ProjectError, WorldError
from nnstudio.core.values import Choice
from nnstudio.engine.aside import Aside

COUNT = 48
"""So many samples are shown."""
_PATIENCE = 300.0


@dataclass(frozen=True)
class Sample:
    """One sample, ready to be drawn.

    Attributes:
        kind: `picture`, `series`, `row` or `text`.
        label: The name of its class, or its target in words; "" for none.
        width: Of a picture.
        height: Of a picture.
        pixels: Of a picture: grey (one byte each) or RGB (three).
        values: Of a series or a row.
        text: Of a text.
    """

    kind: str
    label: str = ""
    width: int = 0
    height: int = 0
    pixels: bytes = b""
    values: tuple[float, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Facts:
    """What a reader says of its data.

    Attributes:
        task: As in `Data`.
        inputs: The shape of one sample per input.
        target: The shape of one target.
        classes: The names of the classes, or the characters of a text.
        train: Samples to learn from.
        val: Samples to judge by.
        features: The names of the columns of a table.
        baselines: What simple methods reach.
        notes: Sentences to be read.
        counts: How often each class occurs in the training part; () where there are none.
        samples: The first of the training part.
    """

    task: str = ""
    inputs: tuple[tuple[int, ...], ...] = ()
    target: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    train: int = 0
    val: int = 0
    features: tuple[str, ...] = ()
    baselines: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    samples: tuple[Sample, ...] = ()


class Preview:
    """A look at data that is under way.

    Args:
        reader: The reader and its settings.
        folder: Where the project's file lies; the user's own data may be named from there.

    Raises:
        ProjectError: There is no such reader.
    """

    def __init__(self, reader: Choice, folder: Path | None = None) -> None:
        self.reader = reader
        self._aside = Aside("preview", _job(reader, folder), _PATIENCE)

    @property
    def done(self) -> bool:
        """True when `facts` has an answer."""
        return self._aside.done

    def cancel(self) -> None:
        """End the process; nobody wants to know any more."""
        self._aside.cancel()

    def facts(self) -> Facts:
        """Return what was found; waits until it is done.

        Raises:
            ProjectError: The data cannot be read; the problem says where and why.
            WorldError: The process failed.
        """
        try:
            answer = json.loads(self._aside.answer())
        except ValueError as error:
            raise WorldError(Problem("data.unread", "data", {"why": self._aside.end})) from error
        if "error" in answer:
            raise ProjectError(Problem("data.unreadable", "data", answer["error"]))
        return _facts(answer)


def _job(reader: Choice, folder: Path | None) -> dict[str, Any]:
    known = registry.READERS.get(reader.name)
    if known is None:
        values = {"name": reader.name, "choices": ", ".join(registry.READERS) or "none"}
        raise ProjectError(Problem("data.unknown_reader", "data", values))
    args = {name: value for name, value in reader.args.items() if name != "path"}
    own = reader.args.get("path")
    path = (folder or Path()) / own if isinstance(own, str) and own else None
    if path is None and known.files:
        path = paths.resource("datasets", known.files[0])
    return {
        "reader": reader.name,
        "path": None if path is None else str(path),
        "args": args,
        "count": COUNT,
    }


def _facts(answer: Mapping[str, Any]) -> Facts:
    return Facts(
        task=str(answer["task"]),
        inputs=tuple(tuple(map(int, shape)) for shape in answer["inputs"]),
        target=tuple(map(int, answer["target"])),
        classes=tuple(map(str, answer["classes"])),
        train=int(answer["train"]),
        val=int(answer["val"]),
        features=tuple(map(str, answer["features"])),
        baselines={str(key): float(value) for key, value in answer["baselines"].items()},
        notes=tuple(map(str, answer["notes"])),
        counts=tuple(map(int, answer["counts"])),
        samples=tuple(map(_sample, answer["samples"])),
    )


def _sample(found: Mapping[str, Any]) -> Sample:
    return Sample(
        kind=str(found["kind"]),
        label=str(found["label"]),
        width=int(found.get("width", 0)),
        height=int(found.get("height", 0)),
        pixels=bytes.fromhex(found.get("pixels", "")),
        values=tuple(map(float, found.get("values", ()))),
        text=str(found.get("text", "")),
    )
