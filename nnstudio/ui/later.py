"""Something to be done once what is under way is over, unless its owner is gone by then."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def later(owner: QObject, call: Callable[[], object], wait: int = 0) -> None:
    """Call from the event loop.

    `QTimer.singleShot(0, owner, method)` does the same but never lets go of the method, and so of
    the window that it belongs to (PySide 6.11).

    Args:
        owner: The call is dropped when it is deleted.
        call: What is called.
        wait: Milliseconds.
    """
    timer = QTimer(owner, singleShot=True, interval=wait)
    timer.timeout.connect(call)
    timer.timeout.connect(timer.deleteLater)
    timer.start()
