"""What readers say of their data: read once beside the window, and remembered.

The data panel shows it, and the inspector shows samples at an Input; both ask here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from nnstudio.core.problems import NNStudioError
from nnstudio.core.signal import Signal
from nnstudio.core.values import Choice
from nnstudio.engine.preview import Facts, Preview
from nnstudio.graph.model import Data

KEPT = 8
Key: TypeAlias = "tuple[Choice, str, int]"
Found: TypeAlias = "Facts | NNStudioError"
CLASS_TASKS = frozenset({"classification", "multilabel", "images"})


class Samples:
    """Looks at data that are under way, and what was found.

    Nothing here waits: whoever shows data asks with `ask`, and a timer of the window calls `pump`.

    Attributes:
        found: Emits a reader when it was looked at.
    """

    def __init__(self, start: Callable[[Choice, Path | None], Preview] = Preview) -> None:
        self.found: Signal[[Choice]] = Signal()
        self._start = start
        self._known: OrderedDict[Key, Found] = OrderedDict()
        self._running: dict[Key, Preview] = {}
        self._watchers = 0

    @property
    def busy(self) -> bool:
        """True while something is being read."""
        return bool(self._running)

    def get(self, reader: Choice, folder: Path | None = None) -> Found | None:
        """Return what is known of a reader's data, or of why it cannot be read; None if nothing."""
        return self._known.get(_key(reader, folder))

    def ask(self, reader: Choice, folder: Path | None = None) -> Found | None:
        """Return what is known, and start to read when nothing is."""
        key = _key(reader, folder)
        if key not in self._known and key not in self._running:
            try:
                self._running[key] = self._start(reader, folder)
            except NNStudioError as error:
                self._known[key] = error
        return self._known.get(key)

    def forget(self, reader: Choice, folder: Path | None = None) -> None:
        """Let a reader be asked again, after its file was mended."""
        self._known.pop(_key(reader, folder), None)

    def pump(self) -> None:
        """Take in what is done, and tell who listens."""
        for key, preview in list(self._running.items()):
            if not preview.done:
                continue
            del self._running[key]
            try:
                self._known[key] = preview.facts()
            except NNStudioError as error:
                self._known[key] = error
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            self.found.emit(key[0])

    def join(self) -> None:
        """Count one more who shows samples."""
        self._watchers += 1

    def leave(self) -> None:
        """Count one less; what is under way ends when nobody is left to see it."""
        self._watchers -= 1
        if self._watchers <= 0:
            for preview in self._running.values():
                preview.cancel()
            self._running.clear()


def described(reader: Choice, facts: Facts) -> Data:
    """Return the choice of a reader as the document holds it.

    The characters of a text are no classes to be named: they may be line ends.
    """
    classes = facts.classes if facts.task in CLASS_TASKS else ()
    return Data(reader, facts.task, facts.inputs, facts.target, classes)


def _key(reader: Choice, folder: Path | None) -> Key:
    """Know a file again by its time: when it was written anew, it is read anew."""
    own = reader.args.get("path")
    if not isinstance(own, str) or not own:
        return reader, "", 0
    path = (folder or Path()) / own
    try:
        return reader, str(path), path.stat().st_mtime_ns
    except OSError:
        return reader, str(path), 0
