"""Windows opened and closed one after the other: `opened_often.py CYCLES WARM EVERY`.

Each opens a template, shows its panels and edits it; every so many also trains for some steps. One
line of JSON at the end: bytes of memory and objects at the start, in the middle and at the end of
the cycles, threads that are left, and how many runs made a step.
"""

import ctypes
import gc
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from nnstudio.core.names import new_id
from nnstudio.graph.edits import AddNode, SetSetting
from nnstudio.graph.model import Node
from nnstudio.project.settings import Settings
from nnstudio.ui import app, messages, style
from nnstudio.ui.theme import Theme

PANELS = ("code", "problems", "runs", "log", "monitor")


def cycle(application: QApplication, train: bool) -> bool:
    """Open a window, use it, close it; return whether it has trained."""
    settings, theme = Settings(), Theme("dark")
    style.apply(application, theme)
    window, _ = app.compose(settings, theme)
    theme.setParent(window)
    window.resize(1280, 800)
    window.show()
    window.complete()
    window.files.template("mlp-digits")
    for panel in PANELS:
        window.show_panel(panel)
    application.processEvents()
    session = window.session
    session.do(AddNode(next(iter(session.project.graphs)), Node(new_id(), "ReLU")))
    session.undo()
    application.processEvents()
    trained = train and training(application, window)
    window.close()
    window.deleteLater()
    del window, session, theme
    swept(application)
    return trained


def training(application: QApplication, window: app.MainWindow) -> bool:
    window.session.do(SetSetting("epochs", 1000))
    runs = window.context.runs
    assert runs is not None
    live = runs.start()
    wait(application, lambda: live.step > 20)
    runs.stop()
    wait(application, lambda: live.gone)
    return live.step > 20


def wait(application: QApplication, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        application.processEvents()
        time.sleep(0.005)


def swept(application: QApplication) -> None:
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()
    gc.collect()


def look() -> dict[str, int]:
    """Memory and objects of now; what malloc holds in reserve is given back first."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"memory": pages * os.sysconf("SC_PAGE_SIZE"), "objects": len(gc.get_objects())}


def main() -> None:
    # What is imported, cached and pooled once in the first cycles is no growth.
    cycles, warm, every = map(int, sys.argv[1:])
    messages.ask = lambda *_, **__: "discard"  # nobody sits here to be asked
    application = app.make_application()
    looks, trained = [], 0
    for number in range(warm + cycles):
        trained += cycle(application, train=number % every == 0)
        if number >= warm - 1 and (number - warm + 1) % (cycles // 2) == 0:
            looks.append(look())
    kinds = Counter(type(thing).__name__ for thing in gc.get_objects()).most_common(12)
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("run ")]
    found = {"looks": looks, "trained": trained, "threads": left, "kinds": kinds}
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
