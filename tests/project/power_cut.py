"""A model of a power cut: every state that a lazy file system may leave behind.

What was written but not synced may be there, not there, half there or zeros; a new name or a rename
that was not synced with its folder may have happened or not. `Disk` records what a program does
through `kit.files`, and `states` gives every folder that a cut at any moment could leave.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class File:
    """Content on the disk for sure, and what was added since the last sync."""

    synced: bytes = b""
    content: bytes = b""
    dirty: bool = False

    def outcomes(self) -> list[bytes]:
        if not self.dirty:
            return [self.synced]
        grown = len(self.synced) + (len(self.content) - len(self.synced)) // 2
        zeros = self.synced + b"\0" * (len(self.content) - len(self.synced))
        return list(dict.fromkeys([self.content, self.synced, self.content[:grown], zeros]))


@dataclass
class Disk:
    """Stands in for `os` in `kit.files`: does everything, and remembers it.

    Attributes:
        folder: Only what happens below it matters.
        marks: How many operations were done when something was acknowledged, and what.
    """

    folder: Path
    operations: list[tuple[str, Any, Any]] = field(default_factory=list)
    marks: list[tuple[int, str]] = field(default_factory=list)
    _open: dict[int, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def acknowledge(self, what: str) -> None:
        self.marks.append((len(self.operations), what))

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        new = not os.path.lexists(path)
        descriptor = os.open(path, flags, mode)
        self._open[descriptor] = str(path)
        if new:
            self.operations.append(("make", str(path), None))
        return descriptor

    def close(self, descriptor: int) -> None:
        self._open.pop(descriptor, None)
        os.close(descriptor)

    def write(self, descriptor: int, data: bytes) -> int:
        count = os.write(descriptor, data)
        self.operations.append(("write", self._open[descriptor], bytes(data[:count])))
        return count

    def fsync(self, descriptor: int) -> None:
        os.fsync(descriptor)
        self.operations.append(("sync", self._open[descriptor], None))

    def replace(self, old: str, new: str) -> None:
        Path(old).replace(new)
        self.operations.append(("rename", str(old), str(new)))


def states(disk: Disk) -> Iterator[tuple[list[str], dict[str, bytes]]]:
    """Yield what was acknowledged before a cut and the files that it may leave, by path."""
    for cut in range(len(disk.operations) + 1):
        acknowledged = [what for count, what in disk.marks if count <= cut]
        for left in _after(disk.operations[:cut]):
            yield acknowledged, left


def _after(operations: list[tuple[str, Any, Any]]) -> Iterator[dict[str, bytes]]:
    names: dict[str, File] = {}  # for sure on the disk
    pending: list[tuple[str, str, Any]] = []  # changes of names that a sync of the folder settles
    live: dict[str, File] = {}
    for kind, path, more in operations:
        if kind == "make":
            live[path] = File()
            pending.append(("make", path, live[path]))
        elif kind == "write":
            live[path].content += more
            live[path].dirty = True
        elif kind == "rename":
            live[more] = live.pop(path)
            pending.append(("rename", path, (more, live[more])))
        elif path in live:
            live[path].synced, live[path].dirty = live[path].content, False
        else:  # a folder
            _settle(names, [p for p in pending if str(Path(p[1]).parent) == path], None)
            pending = [p for p in pending if str(Path(p[1]).parent) != path]
    for chosen in itertools.product((False, True), repeat=len(pending)):
        found = dict(names)
        _settle(found, pending, chosen)
        files = list(found.items())
        for contents in itertools.product(*(file.outcomes() for _, file in files)):
            yield {path: data for (path, _), data in zip(files, contents, strict=True)}


def _settle(
    names: dict[str, File], pending: list[tuple[str, str, Any]], chosen: tuple[bool, ...] | None
) -> None:
    for number, (kind, path, more) in enumerate(pending):
        if chosen is not None and not chosen[number]:
            continue
        if kind == "make":
            names[path] = more
        else:
            names.pop(path, None)
            names[more[0]] = more[1]
