"""How long the canvas takes: CPU milliseconds of the window's thread for a frame, and memory.

Each figure stands beside a reference of the same run, 100 antialiased curves drawn one by one, and
beside NodeGraphQt at the same work where it is installed. Nothing is asserted here; the counts are
in tests/ui/canvas.
"""

import gc
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication

from nnstudio.core.values import Args
from nnstudio.graph.edits import MoveNodes, SetArgs
from nnstudio.graph.model import Project
from nnstudio.studio import placing
from nnstudio.studio.session import Session
from nnstudio.ui import fonts
from nnstudio.ui.canvas.panel import CanvasPanel
from nnstudio.ui.context import Context
from nnstudio.ui.panels.code import CodePanel
from nnstudio.ui.panels.problems import ProblemsPanel
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState
from tests.builder import GraphBuilder, project

SIZES = (200, 1_000, 10_000)
SCREEN = (1600, 900)
FRAMES = 100
ROOT = Path(__file__).resolve().parents[2]

# What a frame is to take at most up to so many nodes: median and 99th of a hundred, ms.
WANTED = {1_000: (8.0, 16.0), 10_000: (16.0, 33.0)}
OPEN, GROWN = 3.0, 40.0  # seconds and MB for the largest
EDIT = 16.0

pytestmark = [pytest.mark.bench, pytest.mark.gui, pytest.mark.timeout(600)]
Figure = tuple[float, float]


def residual(nodes: int, rows: int = 40) -> Project:
    """A residual network of so many nodes, in columns side by side."""
    b = GraphBuilder("Net", id="net")
    x = b("Conv2d", b.input("N", 3, 32, 32), out_channels=32, padding=1)
    while len(b.nodes) < nodes - 10:
        skip = x
        for layer in ("Conv2d", "BatchNorm2d", "ReLU", "Conv2d", "BatchNorm2d"):
            settings = {"out_channels": 32, "padding": 1} if layer == "Conv2d" else {}
            x = b(layer, x, **settings)
        x = b("ReLU", b("Add", x, skip))
    hub = b("Concatenate", [x, x, x, x], name="hub")
    b.output(b("ReLU", hub))
    made = project(b)
    places = {}
    for key, (x0, y) in placing.places(made, "net").items():
        row = round(y / placing.ROW)
        places[key] = (x0 + (row // rows) * 480.0, (row % rows) * placing.ROW)
    return replace(made, layout={"net": places})


def memory() -> float:
    """Resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def timed(frame: Callable[[int], None], frames: int = FRAMES) -> tuple[float, float]:
    """Median and 99th percentile of the thread's CPU time, in ms."""
    spent = []
    for index in range(frames):
        start = time.thread_time()
        frame(index)
        spent.append((time.thread_time() - start) * 1e3)
    spent.sort()
    return statistics.median(spent), spent[min(len(spent) - 1, int(0.99 * len(spent)))]


def reference() -> float:
    """CPU time of 100 antialiased curves on an image, one by one."""
    image = QImage(*SCREEN, QImage.Format.Format_ARGB32_Premultiplied)

    def frame(_: int) -> None:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#889"), 2))
        for index in range(100):
            path = QPainterPath(QPointF(index * 15, 100))
            path.cubicTo(index * 15, 300, index * 15 + 60, 500, index * 15 + 60, 700)
            painter.drawPath(path)
        painter.end()

    return timed(frame, 30)[0]


class Bench:
    """One canvas of one size."""

    def __init__(self, app: QApplication, nodes: int) -> None:
        self.app = app
        document = residual(nodes)
        self.session = Session(document)
        self.state, self.theme = ViewState("net"), Theme("dark")
        gc.collect()
        before, start = memory(), time.perf_counter()
        cpu = time.thread_time()
        context = Context(self.session, self.state, self.theme, lambda error: None)
        self.panel = CanvasPanel(context)
        self.panel.resize(*SCREEN)
        self.panel.show()
        app.processEvents()
        self.opened = time.perf_counter() - start, time.thread_time() - cpu
        self.view = self.panel.view
        self.view.fit_all()
        app.processEvents()
        self.grown = memory() - before
        # The application does the same when a document is open: a collection of all that will
        # stay takes 40 ms and more.
        gc.collect()
        gc.freeze()
        self.keys = list(document.graphs["net"].nodes)
        self.beside: list[Any] = []

    def home(self, zoom: float = 1.0) -> None:
        middle = self.view.canvas.nodes[self.keys[len(self.keys) // 2]].pos()
        self.view.camera.look_at(middle, zoom)
        self.view.look_again()
        self.app.processEvents()

    def pan(self, index: int) -> None:
        way = 13 if (index // 30) % 2 == 0 else -13
        self.view.camera.pan(way, way * 0.6)
        self.view.look_again()
        self.app.processEvents()

    def zoom(self, index: int) -> None:
        self.view.zoom(1 / 1.1 if (index // 30) % 2 == 0 else 1.1)
        self.app.processEvents()

    def fit(self, index: int) -> None:
        self.view.fit_all()
        self.app.processEvents()

    def band(self, index: int) -> None:
        seen = self.view.camera.seen()
        part = (index % 30 + 1) / 30
        rect = QRectF(seen.topLeft(), seen.size() * part)
        table = self.view.canvas.table
        self.view.canvas.show_selected(table.ids[row] for row in table.within(rect))
        self.view.viewport().update()
        self.app.processEvents()

    def drag(self, count: int) -> Callable[[int], None]:
        canvas = self.view.canvas
        middle = len(self.keys) // 2
        chosen = self.keys[middle : middle + count]
        if count == 1:
            chosen = [next(k for k in self.keys[middle:] if len(canvas.wiring.at_node(k)) >= 3)]
        start = {key: canvas.nodes[key].pos().toTuple() for key in chosen}

        def frame(index: int) -> None:
            way = index % 20 * 3.0
            canvas.preview({key: (x + way, y + way / 2) for key, (x, y) in start.items()})
            self.app.processEvents()

        return frame

    def look_beside(self) -> None:
        """Open the panels of code and problems beside the canvas."""
        context = self.view.context
        self.beside = [CodePanel(context), ProblemsPanel(context)]
        for panel in self.beside:
            panel.resize(SCREEN[0], 300)
            panel.show()
        self.app.processEvents()

    def edit_all(self, index: int) -> None:
        """Until the code of the edit is on screen, and all that follows from it."""
        code = self.beside[0]
        self.edit(index)
        code.refresh()  # it would wait for more edits, which takes no CPU
        code.view.viewport().repaint()
        self.app.processEvents()

    def edit(self, index: int) -> None:
        size = 5 if index % 2 else 3
        key = next(k for k in self.keys[40:] if self.view.canvas.nodes[k].look.title == "Conv2d")
        self.session.do(SetArgs("net", key, Args(kernel_size=size, padding=size // 2)))
        self.view.viewport().repaint()

    def breaking(self, index: int) -> None:
        key = next(k for k in self.keys[40:] if self.view.canvas.nodes[k].look.title == "Conv2d")
        self.session.do(SetArgs("net", key, Args(out_channels=31 if index % 2 else 32)))
        self.view.viewport().repaint()

    def moving(self, index: int) -> None:
        key = self.keys[50]
        x, y = self.session.project.layout["net"][key]
        self.session.do(MoveNodes("net", {key: (x + (8 if index % 2 else -8), y)}))
        self.app.processEvents()

    def close(self) -> None:
        self.panel.close_canvas()
        for panel in (*self.beside, self.panel):
            panel.close()
            panel.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.unfreeze()


@pytest.mark.parametrize("nodes", SIZES)
def test_frames(qapp: QApplication, nodes: int) -> None:
    fonts.load()
    unit = reference()
    bench = Bench(qapp, nodes)
    wall, cpu = bench.opened
    size = len(bench.keys)
    print(f"\n{size} nodes: open {wall:.2f} s ({cpu:.2f} s CPU), {bench.grown:.0f} MB")
    if nodes == SIZES[-1]:
        print(f"  wanted: ≤ {OPEN:g} s, ≤ {GROWN:g} MB")
    best, worst = WANTED[min(most for most in WANTED if nodes <= most)]
    print(f"  reference {unit:.1f} ms; wanted of a gesture ≤ {best:g} / {worst:g} ms")
    for name, found in figures(bench).items():
        print(_line(name, found, unit))
    bench.look_beside()
    bench.home()
    bench.edit_all(0)
    print(_line("edit, code follows", timed(bench.edit_all), unit) + f"   wanted ≤ {EDIT:g} ms")
    bench.close()


@pytest.mark.skipif(not importlib.util.find_spec("NodeGraphQt"), reason="the extra `bench`")
@pytest.mark.parametrize("nodes", SIZES[:2])
def test_beside_nodegraphqt(qapp: QApplication, nodes: int) -> None:
    fonts.load()
    command = [sys.executable, "-m", "tests.bench.canvas_peer", str(nodes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout.splitlines()[-1])
    bench = Bench(qapp, nodes)
    print(f"\n{len(bench.keys)} nodes, beside NodeGraphQt")
    print(f"  open {bench.opened[1]:.2f} of {theirs['open']:.2f} s CPU")
    print(f"  memory {bench.grown:.0f} of {theirs['memory']:.0f} MB")
    for name, (median, worst) in figures(bench).items():
        if name in theirs:
            other = theirs[name]
            print(f"  {name:22} {median:6.1f} / {worst:6.1f} ms of {other[0]:.1f} / {other[1]:.1f}")
    bench.close()


def figures(bench: Bench) -> dict[str, Figure]:
    """What each gesture takes."""
    found = {}
    cases: list[tuple[str, float, Callable[[int], None]]] = [
        ("pan at 100 %", 1.0, bench.pan),
        ("pan at 60 %", 0.6, bench.pan),
        ("pan at 46 %", 0.46, bench.pan),
        ("pan at 25 %", 0.25, bench.pan),
        ("zoom sweep", 1.0, bench.zoom),
        ("rubber band", 1.0, bench.band),
        ("drag of one node", 1.0, bench.drag(1)),
        ("drag of 50 nodes", 1.0, bench.drag(50)),
        ("fit all", 1.0, bench.fit),
        ("edit, shapes follow", 1.0, bench.edit),
        ("edit, errors follow", 1.0, bench.breaking),
        ("move, lanes follow", 1.0, bench.moving),
    ]
    for name, zoom, frame in cases:
        bench.home(zoom)
        frame(0)
        found[name] = timed(frame)
        if "drag" in name:
            bench.view.canvas.settle()
    return found


def _line(name: str, found: Figure, unit: float) -> str:
    median, worst = found
    return f"  {name:22} {median:6.1f} / {worst:6.1f} ms   {median / unit:5.2f} × reference"
