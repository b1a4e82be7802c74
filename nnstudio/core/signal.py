"""A signal without Qt: those who want to know connect, the one who knows emits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """Calls everyone who connected, in the order in which they did, in the caller's thread.

    >>> changed: Signal[[str]] = Signal()
    >>> seen: list[str] = []
    >>> disconnect = changed.connect(seen.append)
    >>> changed.emit("name")
    >>> disconnect()
    >>> changed.emit("note")
    >>> seen
    ['name']
    """

    __slots__ = ("_slots",)

    def __init__(self) -> None:
        self._slots: tuple[Callable[P, object], ...] = ()

    def connect(self, slot: Callable[P, object]) -> Callable[[], None]:
        """Call `slot` from now on; the returned function ends that and may be called twice."""
        self._slots = (*self._slots, slot)
        return lambda: self._disconnect(slot)

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everyone who is connected at this moment.

        Raises:
            Exception: What the first failing slot raised; the others were called nevertheless,
                so that one faulty view does not leave the rest behind the document.
        """
        failure: Exception | None = None
        for slot in self._slots:
            try:
                slot(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 (raised again below)
                failure = failure or error
        if failure is not None:
            raise failure

    def _disconnect(self, slot: Callable[P, object]) -> None:
        # Equality, not identity: a bound method is a new object each time it is asked for.
        kept = list(self._slots)
        if slot in kept:
            kept.remove(slot)
        self._slots = tuple(kept)
