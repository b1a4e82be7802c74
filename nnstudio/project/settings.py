"""The application's settings: JSON of our own, each described by a `Param` like everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnstudio.core import paths
from nnstudio.core.params import Param, check
from nnstudio.core.problems import Problem, ProjectError, UsageError, WorldError
from nnstudio.core.signal import Signal
from nnstudio.core.values import Value
from nnstudio.kit import files
from nnstudio.project import reading, strict_json, writing
from nnstudio.project.store import read_bytes, world_error

SETTINGS: tuple[Param, ...] = (
    Param("theme", "choice", "system", "Colours.", choices=("system", "dark", "light")),
    Param("language", "choice", "system", "Language.", choices=("system", "en", "zh_CN")),
    Param("animations", "bool", True, "Let things move briefly; off with reduced motion."),
    Param("device", "text", "auto", "Where training runs: auto, cpu, cuda:0, mps."),
    Param("run_in", "choice", "thread", "Where a run lives.", choices=("thread", "process")),
    Param(
        name="threads",
        kind="int",
        help="Threads of torch on the CPU; by the size of the network when empty.",
        optional=True,
        minimum=1,
        maximum=256,
    ),
    Param("undo_steps", "int", 200, "How many steps can be undone.", minimum=10, maximum=2000),
    Param("recent_files", "int", 10, "How many recent files are listed.", minimum=0, maximum=50),
)
_SIZE_LIMIT = 1_000_000


class Settings:
    """The settings of one user on one machine.

    A file that cannot be read is put aside and said so in `problems`; nothing of it is lost, and
    the application starts with the defaults.

    Args:
        path: The file; `settings.json` in the settings' folder by default.
        rows: What can be set.
    """

    def __init__(self, path: Path | None = None, rows: Sequence[Param] = SETTINGS) -> None:
        self.path = path or paths.settings_folder() / "settings.json"
        self.rows: Mapping[str, Param] = {row.name: row for row in rows}
        self.problems: list[Problem] = []
        self.changed: Signal[[str]] = Signal()
        self._unknown: dict[str, Any] = {}
        self._values: dict[str, Value] = {}
        for name, found in self._read().items():
            self._take(name, found)

    def get(self, name: str) -> Value:
        """Return the value that is set, or the default.

        Raises:
            UsageError: There is no such setting.
        """
        return self._values.get(name, self._row(name).default)

    def set(self, name: str, value: Value) -> None:
        """Set a value, write the file and tell who listens.

        Raises:
            UsageError: There is no such setting.
            ProjectError: The value is none that the setting takes.
            WorldError: The file cannot be written; the value holds for this session.
        """
        problem = check(self._row(name), value, name)
        if problem:
            raise ProjectError(problem)
        self._values[name] = value
        self._written(name)

    def reset(self, name: str) -> None:
        """Let a setting have its default again; raises as `set`."""
        self._row(name)
        self._values.pop(name, None)
        self._written(name)

    def _row(self, name: str) -> Param:
        if name not in self.rows:
            choices = ", ".join(self.rows)
            raise UsageError(Problem("settings.unknown", args={"name": name, "choices": choices}))
        return self.rows[name]

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        try:
            found = strict_json.read(read_bytes(self.path, _SIZE_LIMIT))
        except (ProjectError, WorldError):
            found = None
        if isinstance(found, dict):
            return found
        self._put_aside()
        return {}

    def _take(self, name: str, found: Any) -> None:
        if name not in self.rows:
            self._unknown[name] = found  # another version's, which may come back
            return
        try:
            value = reading.value(found, name)
        except ProjectError as error:
            self.problems += error.problems
            return
        problem = check(self.rows[name], value, name)
        if problem:
            self.problems.append(problem)
        else:
            self._values[name] = value

    def _put_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"settings.broken-{number}.json")).exists():
            number += 1
        try:
            self.path.rename(aside)
        except OSError as error:
            self.problems += world_error("world.read", self.path, error).problems
        else:
            self.problems.append(Problem("settings.broken", args={"path": aside}))

    def _written(self, name: str) -> None:
        known = {key: writing.value(found) for key, found in self._values.items()}
        text = json.dumps({**self._unknown, **known}, ensure_ascii=False, indent=1) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            files.write_text(self.path, text)
        except OSError as error:
            raise world_error("world.write", self.path, error) from error
        finally:
            self.changed.emit(name)
