"""The journal's own format: how one state of a document follows from the one before.

A journal begins with the sha256 of the snapshot that it follows. Every record holds the lines in
which the text of the next state differs and the sha256 of that text; a checksum frames it:

    9d1c30fa {"base": "<sha256>"}
    1f0a77c2 {"time": 1760000000.0, "label": "rename", "hunks": [[14, 1, ["…"]]], "sha256": "…"}

A crash can tear only the last record; a flipped bit is found anywhere.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from nnstudio.kit.files import sha256

Hunk: TypeAlias = "tuple[int, int, list[str]]"
"""A place in the old lines, how many are cut there, and what is put instead."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a journal leads to.

    Attributes:
        text: The last state that is proven to be one that was written.
        time: When it was written, in seconds since 1970; 0 for the snapshot itself.
        label: What led to it.
        count: How many records were replayed.
        damaged: True when something other than a torn end was found behind it.
    """

    text: str
    time: float = 0.0
    label: str = ""
    count: int = 0
    damaged: bool = False


def head(text: str) -> bytes:
    """Return the first line of a journal that follows a snapshot."""
    return _framed({"base": digest(text)})


def record(old: Sequence[str], new: Sequence[str], text: str, time: float, label: str) -> bytes:
    """Return the record by which `new` follows from `old`; `text` is `new` as it is in the file."""
    changes = list(hunks(old, new))
    return _framed({"time": time, "label": label, "hunks": changes, "sha256": digest(text)})


def replay(snapshot: str, journal: bytes) -> Replayed | None:
    """Return the last proven state; None when the snapshot is not the one that was written."""
    lines = snapshot.split("\n")
    first, *rest = journal.split(b"\n")
    if (_opened(first) or {}).get("base") != digest(snapshot):
        return None
    found = Replayed(snapshot)
    for line in rest[:-1]:
        following = _followed(lines, found, line)
        if following is None:  # what lies behind cannot be trusted
            return replace(found, damaged=True)
        lines, found = following
    return _ended(lines, found, rest[-1]) if rest else found


def hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """Yield how `new` follows from `old`: linear, small for few changes, always right."""
    start, end_old, end_new = _middle(old, new)
    places = {}
    for index in range(end_old - 1, start - 1, -1):
        places[old[index]] = index
    at, put = start, []
    for line in new[start:end_new]:
        place = at if at < end_old and old[at] == line else places.get(line, -1)
        if place < at:
            put.append(line)
            continue
        if put or place > at:
            yield at, place - at, put
        at, put = place + 1, []
    if put or at < end_old:
        yield at, end_old - at, put


def patched(old: Sequence[str], changes: Sequence[Hunk]) -> list[str]:
    """Return the lines after these changes.

    Raises:
        ValueError: A change is not within the lines, or they are not in order.
    """
    lines: list[str] = []
    at = 0
    for start, cut, put in changes:
        if not at <= start <= start + cut <= len(old):
            raise ValueError("a change outside of the text")
        lines += old[at:start]
        lines += put
        at = start + cut
    return lines + list(old[at:])


def digest(text: str) -> str:
    """Return the sha256 of a text as it is written to disk."""
    return sha256(text.encode())


def _middle(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """Return where old and new begin to differ, and where in each of them they stop."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    same = 0
    while same < shorter - start and old[-1 - same] == new[-1 - same]:
        same += 1
    return start, len(old) - same, len(new) - same


def _framed(entry: dict[str, Any]) -> bytes:
    body = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _opened(line: bytes) -> dict[str, Any] | None:
    try:
        intact = line[:9] == b"%08x " % zlib.crc32(line[9:])
        entry = json.loads(line[9:]) if intact else None
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _followed(lines: list[str], found: Replayed, line: bytes) -> tuple[list[str], Replayed] | None:
    entry = _opened(line) or {}
    try:
        new = patched(lines, entry["hunks"])
        text = "\n".join(new)
        if digest(text) != entry["sha256"]:
            return None
        return new, Replayed(text, float(entry["time"]), str(entry["label"]), found.count + 1)
    except (KeyError, TypeError, ValueError):
        return None


def _ended(lines: list[str], found: Replayed, end: bytes) -> Replayed:
    """Take what stands behind the last line end: nothing, or a write that was cut short."""
    whole = _followed(lines, found, end)
    if whole is not None:
        return whole[1]
    flipped = _followed(lines, found, end[:-1])  # the line end itself is another byte
    return replace(flipped[1], damaged=True) if flipped else found
