"""NodeGraphQt at the same work as our canvas, in a process of its own: one line of JSON.

    python -m tests.bench.canvas_peer NODES

It comes with the extra `bench`. It finds Qt through Qt.py, and draws every node and edge as an item
of a scene; the network, the screen and the gestures are those of `bench_canvas`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_PREFERRED_BINDING"] = "PySide6"  # said before Qt.py is imported

import NodeGraphQt
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QApplication

from nnstudio.graph.diff import edges
from nnstudio.graph.model import Project
from tests.bench.bench_canvas import SCREEN, memory, residual, timed

FRAMES = 40


def main() -> None:
    app = QApplication([])
    document = residual(int(sys.argv[1]))
    gc.collect()
    before, start = memory(), time.thread_time()
    peer = Peer(app, document)
    opened = time.thread_time() - start
    peer.fit(0)
    found: dict[str, Any] = {"open": opened, "memory": memory() - before}
    gc.collect()
    gc.freeze()
    gestures: dict[str, Callable[[int], None]] = {
        "pan at 100 %": peer.pan,
        "zoom sweep": peer.zoom,
        "rubber band": peer.band,
        "drag of one node": peer.drag(1),
        "drag of 50 nodes": peer.drag(50),
        "fit all": peer.fit,
    }
    for name, frame in gestures.items():
        peer.home()
        frame(0)
        found[name] = timed(frame, FRAMES)
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


class Peer:
    """A network in a window of NodeGraphQt."""

    def __init__(self, app: QApplication, document: Project) -> None:
        self.app = app
        self.graph = NodeGraphQt.NodeGraph()
        self.graph.set_acyclic(False)  # its check takes exponential time in a residual network
        self.graph.register_node(Layer)
        nodes, places = {}, document.layout["net"]
        for key, node in document.graphs["net"].nodes.items():
            made = self.graph.create_node(
                "nn.Layer", name=node.layer, selected=False, pos=list(places[key])
            )
            nodes[key] = made
        for key, node in document.graphs["net"].nodes.items():
            for edge in edges(node):
                port = nodes[edge.source.node].output(0)
                nodes[key].input(0).connect_to(port, push_undo=False, emit_signal=False)
        self.items = [made.view for made in nodes.values()]
        self.view = self.graph.viewer()
        self.view.resize(*SCREEN)
        self.view.show()
        app.processEvents()

    def home(self) -> None:
        middle, (wide, high) = self.items[len(self.items) // 2].pos(), SCREEN
        self.view._scene_range = QRectF(middle.x() - wide / 2, middle.y() - high / 2, wide, high)
        self.view._update_scene()
        self.app.processEvents()

    def pan(self, index: int) -> None:
        self.view._set_viewer_pan(13 * _way(index), 8 * _way(index))
        self.app.processEvents()

    def zoom(self, index: int) -> None:
        factor = 1 / 1.1 if _way(index) > 0 else 1.1
        self.view.scale(factor, factor)
        self.app.processEvents()

    def band(self, index: int) -> None:
        part = (index % 30 + 1) / 30
        corner = self.view.mapToScene(QPoint())
        found = set(self.view.scene().items(QRectF(corner, self.view._scene_range.size() * part)))
        for item in self.items:
            if item.isSelected() != (item in found):
                item.setSelected(item in found)
        self.app.processEvents()

    def drag(self, count: int) -> Callable[[int], None]:
        middle = len(self.items) // 2
        chosen = self.items[middle : middle + count]

        def frame(index: int) -> None:
            step = QPointF(3, 1.5) * _way(index)
            for item in chosen:
                item.setPos(item.pos() + step)
            self.app.processEvents()

        return frame

    def fit(self, index: int) -> None:
        self.view.zoom_to_nodes(self.items)
        self.app.processEvents()


class Layer(NodeGraphQt.BaseNode):  # type: ignore[misc]
    """A node with one input that takes any number of edges, and one output."""

    __identifier__ = "nn"
    NODE_NAME = "Layer"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("in", multi_input=True)
        self.add_output("out")


def _way(index: int) -> int:
    return 1 if (index // 30) % 2 == 0 else -1


main()
