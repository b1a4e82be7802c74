"""How long the canvas takes: CPU milliseconds of the window's thread for a frame, and memory.

    python -m tests.bench.bench_canvas [nodes …]

Each figure stands beside a reference of the same run: 100 antialiased curves drawn one by one.
Nothing is asserted here; the counts are in tests/ui/canvas/test_counts.py.
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF, Qt
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
from nnstudio.ui.theme import Theme
from nnstudio.ui.view_state import ViewState
from tests.builder import GraphBuilder, project

SIZES = (200, 1_000, 9_900)
SCREEN = (1600, 900)
FRAMES = 100


def residual(nodes: int, rows: int = 40) -> Project:
    """A residual network of so many nodes, in columns side by side."""
    b = GraphBuilder("Net", id="net")
    x = b("Conv2d", b.input("N", 3, 32, 32), out_channels=32, padding=1)
    while len(b.nodes) < nodes - 8:
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
        self.panel.close()
        self.panel.deleteLater()


def run(app: QApplication, nodes: int, unit: float) -> None:
    bench = Bench(app, nodes)
    wall, cpu = bench.opened
    size = len(bench.keys)
    print(f"\n{size} nodes: open {wall:.2f} s ({cpu:.2f} s CPU), {bench.grown:.0f} MB")
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
        median, worst = timed(frame)
        if "drag" in name:
            bench.view.canvas.settle()
        print(f"  {name:22} {median:6.1f} / {worst:6.1f} ms   {median / unit:5.2f} × reference")
    bench.close()


def main() -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
    fonts.load()
    unit = reference()
    print(f"reference: 100 curves one by one {unit:.1f} ms")
    for nodes in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        run(app, nodes, unit)


if __name__ == "__main__":
    main()
