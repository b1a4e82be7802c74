"""Files that were opened or saved on this machine, the newest first."""

from __future__ import annotations

import json
from pathlib import Path

from nnstudio.core import paths
from nnstudio.core.problems import NNStudioError
from nnstudio.core.signal import Signal
from nnstudio.kit import files
from nnstudio.project import strict_json
from nnstudio.project.store import read_bytes, world_error

_SIZE_LIMIT = 200_000
_LONGEST = 4096


class Recent:
    """The list of recent files; one that cannot be read is an empty one.

    Attributes:
        changed: Emits when the list is another one.

    Args:
        limit: How many files are kept.
        path: Where the list lies; `recent.json` in the state folder by default.
    """

    def __init__(self, limit: int = 10, path: Path | None = None) -> None:
        self.changed: Signal[[]] = Signal()
        self.limit = limit
        self.path = path or paths.state_folder() / "recent.json"

    def files(self) -> tuple[Path, ...]:
        """Return those files that are there, the newest first."""
        found = (Path(text) for text in self._read())
        return tuple(path for path in found if _is_file(path))[: self.limit]

    def add(self, path: Path) -> None:
        """Put a file in front.

        Raises:
            WorldError: The list cannot be written.
        """
        text = str(path.resolve())
        self._write([text, *(one for one in self._read() if one != text)][: self.limit])

    def clear(self) -> None:
        """Forget all files; raises as `add`."""
        self._write([])

    def _read(self) -> list[str]:
        # Another window may have added to it, so that it is read each time.
        try:
            found = strict_json.read(read_bytes(self.path, _SIZE_LIMIT))
        except NNStudioError:
            return []
        texts = found if isinstance(found, list) else []
        return [one for one in texts if isinstance(one, str) and _sane(one)]

    def _write(self, texts: list[str]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            files.write_text(self.path, json.dumps(texts, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise world_error("world.write", self.path, error) from error
        finally:
            self.changed.emit()


def _sane(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and "\0" not in text


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
