"""What earlier sessions left behind: listed with time and picture, and read-only.

Nothing here writes or deletes but `discard`, which is called when the user says so. A crash while
recovering therefore loses nothing: the next start finds the same again.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.core import paths
from nnstudio.core.limits import refuse
from nnstudio.core.locks import LockFile
from nnstudio.core.problems import NNStudioError
from nnstudio.graph.model import Project
from nnstudio.project import format as nns
from nnstudio.project import journal
from nnstudio.project.recording import PICTURE, remove_session
from nnstudio.project.store import read_bytes
from nnstudio.project.strict_json import SIZE_LIMIT

_JOURNAL_READ_LIMIT = 64_000_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """A document that a session did not close.

    Attributes:
        folder: The session's folder.
        name: The title of the project.
        path: The file that it belongs to; None when it was never saved.
        time: When it was last edited, in seconds since 1970.
        label: What was done last.
        picture: What the window drew last; None when it stored none.
        unsaved: True when it differs from what was saved last.
        damaged: True when a part could not be trusted; what is offered is the last proven state.
        text: The document as it is written in a file; "" when nothing can be trusted.
    """

    folder: Path
    name: str
    path: Path | None
    time: float
    label: str
    picture: Path | None
    unsaved: bool
    damaged: bool
    text: str

    def project(self) -> Project:
        """Return the document.

        Raises:
            ProjectError: It is damaged beyond use.
        """
        if not self.text:
            raise refuse("file.damaged", str(self.folder), name=self.name)
        return nns.loads(self.text)


def found(root: Path | None = None) -> list[Recovered]:
    """Return what sessions left that do not live any more, the newest first."""
    root = root or paths.recovery_folder()
    try:
        folders = [path for path in root.iterdir() if path.is_dir()]
    except OSError:
        return []
    kept = (_recovered(folder) for folder in folders if not LockFile(folder / "lock").held())
    return sorted((one for one in kept if one), key=lambda one: one.time, reverse=True)


def discard(recovered: Recovered) -> None:
    """Delete what a session left; only when the user said so.

    Raises:
        OSError: The system refused.
    """
    remove_session(recovered.folder)


def _recovered(folder: Path) -> Recovered | None:
    generations = sorted((path.stem for path in folder.glob("*.nns")), reverse=True)
    if not generations:
        return None
    about = _about(folder)
    state, newest = _only_snapshot(folder, generations), generations[0]
    for generation in generations if state is None else ():
        state, newest = _replayed(folder, generation), generation
        if state is not None:
            break
    # A snapshot whose journal is not there yet is a generation whose beginning was cut short.
    begun = [g for g in generations if (folder / f"{g}.journal").exists()]
    damaged = state is None or state.damaged or (bool(begun) and newest != begun[0])
    picture = folder / PICTURE
    text = state.text if state else ""
    return Recovered(
        folder=folder,
        name=str(about.get("name", "")),
        path=Path(about["path"]) if about.get("path") else None,
        time=state.time if state and state.time else _modified(folder / f"{generations[0]}.nns"),
        label=state.label if state else "",
        picture=picture if picture.is_file() else None,
        unsaved=journal.digest(text) != about.get("saved"),
        damaged=damaged,
        text=text,
    )


def _replayed(folder: Path, generation: str) -> journal.Replayed | None:
    try:
        snapshot = read_bytes(folder / f"{generation}.nns", SIZE_LIMIT).decode()
        records = read_bytes(folder / f"{generation}.journal", _JOURNAL_READ_LIMIT)
    except (NNStudioError, UnicodeDecodeError):
        return None
    return journal.replay(snapshot, records)


def _only_snapshot(folder: Path, generations: list[str]) -> journal.Replayed | None:
    """A session that was cut short before its journal began."""
    if len(generations) > 1 or (folder / f"{generations[0]}.journal").exists():
        return None
    try:
        return journal.Replayed(read_bytes(folder / f"{generations[0]}.nns", SIZE_LIMIT).decode())
    except (NNStudioError, UnicodeDecodeError):
        return None


def _about(folder: Path) -> dict[str, Any]:
    """What is known of a session; it only labels what is found, so that nothing hangs on it."""
    try:
        about = json.loads(read_bytes(folder / "about.json", 100_000))
    except (NNStudioError, ValueError, RecursionError):
        return {}
    texts = isinstance(about, dict) and all(
        isinstance(about.get(name, ""), str) for name in ("name", "path", "saved")
    )
    return about if texts and "\0" not in about.get("path", "") else {}


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return -math.inf
