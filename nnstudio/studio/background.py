"""Slow work away from the window: done one after the other on a thread, handed over when asked.

The thread lives only as long as there is something to do.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from nnstudio.core.problems import NNStudioError, Problem, WorldError

Result = TypeVar("Result")
Work = Callable[[], Callable[[], None]]


def _nothing(error: NNStudioError) -> None:
    """A failure that nobody asked about."""


class Background:
    """Does work in the order in which it came.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: deque[Work] = deque()
        self._done: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being done, or waits to be handed over."""
        return self._thread is not None or bool(self._done)

    def do(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[NNStudioError], None] = _nothing,
    ) -> None:
        """Do some work.

        Args:
            work: Done on the thread.
            then: Called with its result by `collect`.
            failed: Called by `collect` with what the world or a project refused.
        """

        def job() -> Callable[[], None]:
            try:
                result = work()
            except NNStudioError as error:
                refused = error
            except OSError as error:
                why = f"{error.strerror or error}" + (f" ({error.filename})" * bool(error.filename))
                refused = WorldError(Problem("run.disk", args={"why": why}))
            else:
                return lambda: then(result)
            return lambda: failed(refused)

        with self._changed:
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def collect(self) -> bool:
        """Hand over what is done, on the caller's thread; return whether there was anything."""
        handed = False
        while self._done:
            self._done.popleft()()
            handed = True
        return handed

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until everything is done, and hand it over; return whether it is."""
        with self._changed:
            idle = self._changed.wait_for(lambda: self._thread is None, timeout)
        self.collect()
        return idle and not self._waiting

    def forget(self) -> None:
        """Drop what has not begun, and what was not handed over."""
        with self._changed:
            self._waiting.clear()
            self._changed.wait_for(lambda: self._thread is None, 10.0)
            self._done.clear()

    def _work(self) -> None:
        try:
            while True:
                with self._changed:
                    if not self._waiting:
                        return
                    job = self._waiting.popleft()
                self._done.append(job())
        finally:
            with self._changed:
                self._thread = None
                self._changed.notify_all()
