"""Garbage is looked for in the window's thread only.

Python looks for it in whichever thread happens to make the next object. In a window that trains,
this is often the thread of the run; a widget, a scene or a timer that is destroyed there leaves
Qt's own lists behind it, and the next turn of the event loop crashes.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

PERIOD = 100
"""Milliseconds between two looks."""

MOST = (2000, 10, 10)
"""So many objects, and so many sweeps of the generation below, bring about the next sweep."""

LONG = 0.02
"""Seconds; what is looked through for longer than a frame is not looked through twice."""


class Sweeper(QObject):
    """Takes the search for garbage over from Python as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what importing has made stays, and a look at it costs a start its time
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(PERIOD)

    def settle(self) -> None:
        """Never look again among what there is now.

        A full look at a large document takes longer than a frame, and would find nothing.
        """
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def sweep(self) -> None:
        """Look for garbage among the youngest objects, and from time to time among older ones.

        When that takes long, an import has made most of them, as that of torch when the first run
        starts: they stay, and are left out until the next `settle`.
        """
        counts = gc.get_count()
        due = [generation for generation, most in enumerate(MOST) if counts[generation] > most]
        if due:
            begin = time.perf_counter()
            gc.collect(due[-1])
            if time.perf_counter() - begin > LONG:
                gc.freeze()

    def close(self) -> None:
        """Give the search back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
