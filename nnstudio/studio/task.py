"""Work that takes long, on a thread of its own; whoever waits looks in from time to time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Task(Generic[Result]):
    """A function that runs on its own thread, once.

    Args:
        work: The function; it must not touch the document or the window.
        name: Of the thread, for whoever looks at a stack.
    """

    def __init__(self, work: Callable[[], Result], name: str) -> None:
        self._work = work
        self._result: Result | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """True when `result` has an answer."""
        return not self._thread.is_alive()

    def result(self) -> Result:
        """Return what the function returned, or raise what it raised; waits until it is done."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def _run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:  # noqa: BLE001 (raised again in `result`)
            self._error = error
