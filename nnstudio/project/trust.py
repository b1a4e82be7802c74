"""What may run on this machine: the user's own layers that were trusted, and runs that it wrote.

A text is known by its sha256, so that one changed character revokes the trust. When the list cannot
be read, nothing is trusted.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from nnstudio.core import paths
from nnstudio.core.locks import LockFile
from nnstudio.core.problems import NNStudioError, Problem, ProjectError
from nnstudio.graph.model import Project
from nnstudio.kit import files
from nnstudio.project import strict_json
from nnstudio.project.store import read_bytes, world_error

_SIZE_LIMIT = 5_000_000
_WAIT_SECONDS = 3.0
Kind = Literal["layers", "runs"]


class Trust:
    """The list of this machine and user; several windows may write it.

    Args:
        path: The file; `trust.json` in the settings' folder by default.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.settings_folder() / "trust.json"
        self._known: tuple[tuple[int, int], dict[str, dict[str, Any]]] | None = None

    def trust_layer(self, source: str) -> None:
        """Let this text run, to the letter.

        Raises:
            WorldError: The list cannot be written.
        """
        self._add("layers", files.sha256(source.encode()))

    def trusts_layer(self, source: str) -> bool:
        """Tell whether exactly this text was trusted."""
        return files.sha256(source.encode("utf-8", "surrogatepass")) in self._read("layers")

    def revoke_layer(self, source: str) -> None:
        """Take the trust back; nothing happens when there was none."""
        with self._held() as table:
            table["layers"].pop(files.sha256(source.encode()), None)

    def record_run(self, hashes: Mapping[str, str]) -> None:
        """Remember that this machine wrote a run's code.

        Args:
            hashes: The sha256 of every code file by its path within the run folder.

        Raises:
            WorldError: The list cannot be written.
        """
        self._add("runs", _together(hashes))

    def wrote(self, hashes: Mapping[str, str]) -> bool:
        """Tell whether this machine wrote exactly these files."""
        return bool(hashes) and _together(hashes) in self._read("runs")

    def _add(self, kind: Kind, digest: str) -> None:
        with self._held() as table:
            table[kind][digest] = int(time.time())

    def _read(self, kind: Kind) -> dict[str, Any]:
        """Return the entries; a file that is the same is not read again, for it may be long."""
        try:
            found = self.path.stat()
        except OSError:
            return {}
        stamp = found.st_mtime_ns, found.st_size
        if self._known is None or self._known[0] != stamp:
            self._known = stamp, self._table()
        return self._known[1][kind]

    def _table(self) -> dict[str, dict[str, Any]]:
        try:
            found = strict_json.read(read_bytes(self.path, _SIZE_LIMIT))
        except NNStudioError:
            found = {}
        table = found if isinstance(found, dict) else {}
        kinds = {kind: table.get(kind) for kind in ("layers", "runs")}
        return {kind: entry if isinstance(entry, dict) else {} for kind, entry in kinds.items()}

    @contextmanager
    def _held(self) -> Iterator[dict[str, dict[str, Any]]]:
        """Read the list, let it be changed and write it, while no other window does."""
        lock = LockFile(self.path.with_suffix(".lock"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            end = time.monotonic() + _WAIT_SECONDS
            while not lock.acquire() and time.monotonic() < end:
                time.sleep(0.01)
            table = self._table()
            yield table
            files.write_text(self.path, json.dumps(table, indent=1) + "\n")
            self._known = None
        except OSError as error:
            raise world_error("world.write", self.path, error) from error
        finally:
            lock.release()


def code_hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of every Python file below a folder by its path within it.

    Raises:
        OSError: A file cannot be read.
    """
    found = sorted(path for path in folder.rglob("*.py") if path.is_file())
    return {path.relative_to(folder).as_posix(): files.sha256_file(path) for path in found}


def record_run(hashes: Mapping[str, str]) -> None:
    """Remember in this machine's list that it wrote a run's code; see `Trust.record_run`."""
    Trust().record_run(hashes)


def wrote(hashes: Mapping[str, str]) -> bool:
    """Tell by this machine's list whether it wrote exactly these files; see `Trust.wrote`."""
    return Trust().wrote(hashes)


def require_layers(project: Project, custom: str) -> None:
    """Make sure that the user's own layers that would run are trusted on this machine.

    Args:
        project: Holds the layers.
        custom: The text of `custom.py`, in which the layers that are used stand.

    Raises:
        ProjectError: One of them is not trusted; it stays inert text.
    """
    trust = Trust()
    for layer in project.custom.values():
        if layer.source.strip("\n") in custom and not trust.trusts_layer(layer.source):
            raise ProjectError(Problem("run.untrusted", args={"name": layer.name}))


def _together(hashes: Mapping[str, str]) -> str:
    return files.sha256(json.dumps(sorted(hashes.items())).encode())
