"""One measurement of `bench_window`, in a process of its own: prints one line of JSON.

    python -m tests.bench.window_probe MODE TEMPLATE SECONDS

MODE is `headless` (the run alone, in a thread), `empty` (a bare window beside it), `panels` (the
whole window with every panel on screen at once), `hand` (the same while the mouse moves over the
canvas), `process` (the same with the run in a process of its own) or `apart` (that process without
a window).

`elsewhere` is the part of a core that other programs took meanwhile, whatever the mode: a figure
taken on a busy machine shows it. `spent` is the part of a core that the window's thread took.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before anything of the application is imported: a screen of its own, and a home of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
HOME = Path(tempfile.mkdtemp(prefix="nnstudio-bench-"))
os.environ["NNSTUDIO_HOME"] = str(HOME)

from PySide6.QtCore import (  # noqa: E402
    QCoreApplication,
    QEvent,
    QEventLoop,
    QPointF,
    Qt,
    QTimer,
)
from PySide6.QtGui import QMouseEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: E402

from nnstudio.engine import folder, runner  # noqa: E402
from nnstudio.engine.events import Metrics, Stop  # noqa: E402
from nnstudio.graph.edits import SetSetting  # noqa: E402
from nnstudio.graph.model import Project  # noqa: E402
from nnstudio.project.settings import Settings  # noqa: E402
from nnstudio.studio import templates  # noqa: E402
from nnstudio.ui import app, style  # noqa: E402
from nnstudio.ui.sweeper import Sweeper  # noqa: E402
from nnstudio.ui.theme import Theme  # noqa: E402

TICK = 0.005
WARM_UP = 3.0
FLOATING = ("code", "problems", "data", "runs", "log", "history")
"""These would hide behind the monitor or the inspector: they float, so that all are drawn."""

Figures = dict[str, float]


def document(template: str) -> Project:
    """A template that does not come to its end while it is measured."""
    return SetSetting("epochs", 100_000).apply(templates.load(template).project)


def alone(template: str, seconds: float, home: runner.Home) -> Figures:
    """The speed of a run that nobody looks at."""
    run = runner.launch(folder.make(document(template), HOME / "runs"), home=home)
    points: list[tuple[float, int]] = []

    def reached(second: float) -> bool:
        told = [e for e in run.events(10_000) if isinstance(e, Metrics) and len(e)]
        points.extend((event.seconds[-1], event.steps[-1]) for event in told)
        return bool(points) and points[-1][0] > second

    wait_for(lambda: reached(WARM_UP))
    begin, load = points[-1][0], Load(getattr(run, "pid", None))
    wait_for(lambda: reached(begin + seconds))
    found = load.figures() | {"speed": speed(points, begin)}
    run.order(Stop())
    run.join(20)
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.05)


def speed(points: list[tuple[float, int]], begin: float) -> float:
    """Steps a second from a moment on."""
    kept = [point for point in points if point[0] >= begin]
    return (kept[-1][1] - kept[0][1]) / (kept[-1][0] - kept[0][0])


class Load:
    """What was computed from now on: by the window's thread, and by other programs.

    Args:
        pid: A process of ours beside this one.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._start = time.perf_counter(), time.thread_time(), self._others()

    def figures(self) -> Figures:
        """Parts of a core."""
        clock, thread, others = self._start
        took = time.perf_counter() - clock
        return {
            "spent": (time.thread_time() - thread) / took,
            "elsewhere": max(0.0, self._others() - others) / took,
        }

    def _others(self) -> float:
        """Seconds that all cores were busy with what is not ours; 0 where none can tell."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
            user, nice, system, _idle, _wait, irq, soft, steal = map(int, fields)
            busy = user + nice + system + irq + soft + steal
            return busy / os.sysconf("SC_CLK_TCK") - time.process_time() - self._beside()
        return 0.0

    def _beside(self) -> float:
        if self._pid is None:
            return 0.0
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Clock:
    """How late a timer of 5 ms comes."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start(round(1000 * TICK))

    def figures(self) -> Figures:
        """The middle, the 99th of a hundred, and the worst, in milliseconds."""
        found = sorted(1000 * late for late in self.late)
        return {
            "p50": found[len(found) // 2],
            "p99": found[int(len(found) * 0.99)],
            "max": found[-1],
        }

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._last - TICK))
        self._last = now


def live_for(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def empty(template: str, seconds: float) -> Figures:
    application = QApplication([])
    window = QMainWindow()
    window.resize(1600, 1000)
    window.show()
    run = runner.launch(folder.make(document(template), HOME / "runs"))
    while run.started is None:
        live_for(0.05)
    live_for(WARM_UP)
    clock, load = Clock(), Load()
    clock.start()
    live_for(seconds)
    found = clock.figures() | load.figures()
    run.order(Stop())
    run.join(20)
    application.quit()
    return found


class Hand:
    """A mouse that goes round over the canvas, sixty places a second."""

    def __init__(self, window: Any) -> None:
        self._window, self._turn = window, 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._move)

    def start(self) -> None:
        self._timer.start(16)

    def _move(self) -> None:
        self._turn += 0.1
        canvas = self._window.canvas
        middle = QPointF(canvas.mapTo(self._window, canvas.rect().center()))
        at = middle + 80 * QPointF(math.cos(self._turn), math.sin(self._turn))
        none, kind = Qt.MouseButton.NoButton, QEvent.Type.MouseMove
        move = QMouseEvent(kind, at, at, none, none, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self._window.windowHandle(), move)


def panels(template: str, seconds: float, home: str, *, moved: bool = False) -> Figures:
    with shown(template, home) as window:
        window.book["run.train"].trigger()
        runs = window.context.runs
        while not (runs.live is not None and runs.live.step):
            live_for(0.05)
        live_for(WARM_UP)
        trace = runs.live.trace
        begin, load, clock = trace.seconds, Load(getattr(runs.live.run, "pid", None)), Clock()
        clock.start()
        hand = Hand(window)
        if moved:
            hand.start()
        live_for(seconds)
        found = clock.figures() | load.figures()
        known = zip(trace._seconds.values.tolist(), trace._seconds.steps.tolist(), strict=True)
        runs.stop()
        runs.close(timeout=20)
        return found | {"speed": speed(list(known), begin)}


@contextlib.contextmanager
def shown(template: str, home: str) -> Iterator[Any]:
    """The window as the application makes it, with a template and all its panels on screen."""
    application = app.make_application()
    settings, theme = Settings(), Theme("dark")
    settings.set("run_in", home)
    style.apply(application, theme)
    window: Any = app.compose(settings, theme)[0]
    sweeper = Sweeper(window)
    window.resize(1600, 1000)
    window.show()
    live_for(0.1)
    window.complete()
    live_for(0.5)
    window.files.template(template)
    window.session.show(document(template))
    window.view.show_overlay("gradients")
    for panel in (*FLOATING, "monitor"):
        if panel in FLOATING:
            window.docks[panel].setFloating(True)
        window.show_panel(panel)
        live_for(0.2)
    sweeper.settle()
    try:
        yield window
    finally:
        sweeper.close()
        window.documents.close(discard=True)


def main() -> None:
    mode, template, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    if mode in ("headless", "apart"):
        found = alone(template, seconds, "thread" if mode == "headless" else "process")
    elif mode == "empty":
        found = empty(template, seconds)
    else:
        home = "process" if mode == "process" else "thread"
        found = panels(template, seconds, home, moved=mode == "hand")
    sys.stdout.write(json.dumps({key: round(value, 4) for key, value in found.items()}) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
