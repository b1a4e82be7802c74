"""What there is to see of NNStudio, scene by scene: `scenes.py FOLDER [NAMES BEGINNING WITH]`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

CRASH = "--leave-work-behind"
if CRASH not in sys.argv:
    os.environ["NNSTUDIO_HOME"] = tempfile.mkdtemp(prefix="nnstudio-screenshots-")

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from scenes_blocks import blocks, own_layers
from stage import Stage

from nnstudio.core.values import Args, Choice
from nnstudio.graph.edits import Rename
from nnstudio.graph.model import Graph, Node, Port, Project, Repeat, Share
from nnstudio.project import store
from nnstudio.ui.about import About
from nnstudio.ui.command_palette import CommandPalette
from nnstudio.ui.crash import Report
from nnstudio.ui.help_window import HelpWindow
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.selftest import SelfTest

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


STRANGE = "\u540d\u524d and <b>markup</b>"
"""A name in another script that looks like markup."""


def main() -> None:
    """Take the pictures of the scenes whose name begins with a word; of all without one."""
    folder, only = Path(sys.argv[1]), "".join(sys.argv[2:3])
    if only == CRASH:
        leave_work_behind(Stage(folder))
        return
    first = SCENES["start"].__name__.startswith(only)
    if first:
        command = [sys.executable, __file__, str(folder), CRASH]
        subprocess.run(command, check=False)
    stage = Stage(folder)
    for name, scene in SCENES.items():
        if name.startswith(only) and (only or name != "readme"):
            print(name, flush=True)
            scene(stage)
    stage.leave()


def leave_work_behind(stage: Stage) -> None:
    """Edit, and end without a word, so that there is something to recover."""
    stage.template("lenet5-mnist")
    session = stage.window.session
    graph = next(iter(session.project.graphs.values()))
    session.do(Rename(graph.id, next(iter(graph.nodes)), "picture"))
    stage.rest(2.5)
    stage.leave()


def readme(stage: Stage) -> None:
    """The two pictures of the README."""
    stage.template("resnet-mnist")
    runs = stage.window.running.runs
    stage.train(lambda: runs.live is not None and runs.live.epoch >= 7)
    stage.select("block:")
    for mode in ("dark", "light"):
        stage.theme.choose("dark" if mode == "dark" else "light")
        stage.rest(2.0)
        stage.window.grab().save(str(stage.folder / f"{mode}.png"))


def start(stage: Stage) -> None:
    """The start page, with recovered work and without room."""
    stage.window.show_start()
    stage.rest(0.5)
    stage.shot("start")
    stage.window.resize(960, 640)
    stage.shot("start-narrow")
    stage.window.resize(1600, 1000)


def empty(stage: Stage) -> None:
    """An empty project: what does each panel say?"""
    stage.window.files.new()
    for name in stage.window.arrangements:
        stage.window.show_arrangement(name)
        stage.rest(0.5)
        stage.shot(f"empty-{name}")
    stage.window.show_arrangement("design")
    for panel in ("monitor", "code", "problems", "data", "runs", "history", "log"):
        stage.window.show_panel(panel)
        stage.rest(0.3)
        stage.shot(f"empty-panel-{panel}")


def nodes(stage: Stage) -> None:
    """Every state of a node."""
    file = stage.folder / "states.nns"
    store.save(states(), file)
    stage.window.files.may_leave = lambda: True  # type: ignore[method-assign]
    stage.window.open(file)
    file.unlink()
    stage.window.show_arrangement("design")
    stage.window.reset_panels()
    stage.rest(0.8)
    stage.canvas.fit_all()
    stage.shot("nodes-states")
    stage.window.show_panel("problems")
    stage.shot("nodes-problems")
    places = stage.canvas.canvas.nodes
    stage.look("owner")
    stage.window.view.select(["frozen", "bypassed"])
    stage.mouse(QEvent.Type.MouseMove, places["owner"].pos())
    stage.shot("nodes-hovered-selected")
    stage.canvas.setFocus()
    stage.window.view.select(["owner"])
    stage.shot("nodes-focused", stage.window.canvas_panel)
    output, target = places["classes"].port(0, output=True), places["images"].port(0, output=False)
    stage.look("images")
    stage.mouse(QEvent.Type.MouseButtonPress, output, LEFT)
    for share in (0.3, 0.7, 1.0):
        stage.mouse(QEvent.Type.MouseMove, output + (target - output) * share, LEFT)
    stage.shot("nodes-refused", stage.window.canvas_panel)
    QTest.keyClick(stage.canvas, Key.Key_Escape)
    stage.mouse(QEvent.Type.MouseButtonRelease, target, LEFT)


def states() -> Project:
    """A project whose nodes show every state."""
    rows = (
        Node("in", "Input", Args(shape=("N", 8)), name="data"),
        Node("frozen", "Linear", Args(out_features=8), (Port("in"),), trainable=False),
        Node("bypassed", "Dropout", Args(), (Port("frozen"),), bypass=True),
        Node("repeated", "block:unit", Args(), (Port("bypassed"),), repeat=Repeat(4)),
        Node("owner", "Linear", Args(out_features=8), (Port("repeated"),)),
        Node("borrower", "Linear", Args(out_features=8), (Port("owner"),), share=Share("owner")),
        Node("note", "Softmax", Args(), (Port("borrower"),), note="Why it is here"),
        Node("missing", "Mystery", Args(), (Port("borrower"),)),
        Node("error", "Linear", Args(in_features=3, out_features=10), (Port("note"),)),
        Node("open", "LSTM", Args(hidden_size=32)),
        Node("classes", "Linear", Args(out_features=10), (Port("note"),), name="classes"),
        Node(
            "images", "Conv2d", Args(out_channels=4), (None,), name="\u540d\u524d and <b>markup</b>"
        ),
        Node("out", "Output", Args(), (Port("classes"),)),
    )
    unit = (
        Node("x", "Input", Args(shape=("N", "C"))),
        Node("act", "ReLU", Args(), (Port("x"),)),
        Node("y", "Output", Args(), (Port("act"),)),
    )
    graph = Graph("net", "Every state", {node.id: node for node in rows}, role="model")
    block = Graph("unit", "Unit", {node.id: node for node in unit})
    return Project(name="States", graphs={"net": graph}, blocks={"unit": block})


def design(stage: Stage) -> None:
    """What is drawn, looked at and edited."""
    stage.template("resnet-mnist")
    stage.shot("design")
    stage.window.view.select([])
    stage.rest(0.3)
    stage.shot("design-inspector-project")
    stage.select("Conv2d")
    stage.shot("design-inspector-node")
    stage.select("Conv2d", "BatchNorm2d", "ReLU")
    stage.shot("design-inspector-several")
    stage.select("block:")
    stage.shot("design-inspector-block")
    QTest.keyClick(stage.canvas, Key.Key_Return)
    stage.rest(0.5)
    stage.shot("design-inside-a-block")
    stage.window.view.leave()
    for name in ("first", "entry"):
        graph = next(iter(stage.window.session.project.graphs.values()))
        stage.window.session.do(Rename(graph.id, stage.node("Conv2d"), name))
    for panel in ("code", "problems", "data", "runs", "history", "log"):
        stage.window.show_panel(panel)
        stage.rest(0.8)
        stage.shot(f"design-panel-{panel}")
    for overlay in ("parameters", "flops"):
        stage.window.book[f"view.{overlay}"].trigger()
        stage.shot(f"design-overlay-{overlay}")
    stage.window.book["view.shapes"].trigger()
    for name in ("data", "train", "export"):
        stage.window.show_arrangement(name)
        stage.rest(1.5)
        stage.shot(f"design-arrangement-{name}")
    stage.window.show_arrangement("design")
    stage.window.resize(1024, 680)
    stage.rest(0.5)
    stage.shot("design-narrow")
    stage.window.resize(1600, 1000)


def popups(stage: Stage) -> None:
    """What opens above the window."""
    stage.template("lenet5-mnist")
    stage.select("Conv2d")
    stage.window.activateWindow()
    stage.canvas.setFocus()
    QTest.keyClick(stage.canvas, Key.Key_Tab)
    stage.type("norm")
    stage.shot("popups-search-to-add", stage.window.canvas_panel)
    stage.type("", Key.Key_Escape)
    QTest.keyClick(stage.canvas, Key.Key_Return)
    stage.rest(0.3)
    stage.shot("popups-edit-on-the-node", stage.window.canvas_panel)
    stage.type("", Key.Key_Escape)
    palette = CommandPalette(stage.window)
    palette.open()
    stage.type("tr")
    stage.shot("popups-command-palette")
    palette.close()
    for name, menu in stage.window.book.menus.items():
        menu.popup(stage.window.mapToGlobal(QPoint(0, 0)))
        stage.rest(0.2)
        stage.shot(f"popups-menu-{name.lower()}", menu)
        menu.close()


def dialogs(stage: Stage) -> None:
    """Every dialog."""
    window = stage.window
    stage.template("lenet5-mnist")
    stage.dialog("dialogs-preferences", Preferences(window))
    window.devices.look_up()
    stage.rest(3.0)
    stage.dialog("dialogs-about", About(window.devices, window))
    stage.dialog("dialogs-self-test", SelfTest(window))
    stage.dialog("dialogs-crash", Report("Traceback (most recent call last):\n  \u2026", window))
    for topic in ("shortcuts", "layer:Conv2d", "panel:monitor"):
        pages = HelpWindow(window.context, window)
        pages.show_topic(topic)
        stage.dialog(f"dialogs-help-{topic.partition(':')[2] or topic}", pages)


def training(stage: Stage) -> None:
    """A run of a classifier: while it goes on, paused, changed, over."""
    stage.template("resnet-mnist")
    window, runs = stage.window, stage.window.running.runs
    stage.train(lambda: runs.live is not None and runs.live.epoch >= 3)
    stage.shot("training-monitor")
    window.book["view.gradients"].trigger()
    stage.rest(0.5)
    stage.shot("training-gradients")
    window.book["view.shapes"].trigger()
    window.book["run.pause"].trigger()
    stage.until(lambda: runs.live.status == "paused")
    runs.set_hyper({"lr": 0.002})
    stage.rest(0.5)
    stage.shot("training-paused")
    window.book["run.pause"].trigger()
    window.show_arrangement("train")
    stage.until(lambda: runs.live.epoch >= 4)
    stage.shot("training-arrangement")
    stage.window.resize(1024, 680)
    stage.shot("training-narrow")
    stage.window.resize(1600, 1000)
    stage.stop()
    stage.shot("training-stopped")
    for panel in ("runs", "log"):
        window.show_panel(panel)
        stage.rest(0.8)
        stage.shot(f"training-{panel}")
    window.show_arrangement("export")
    stage.rest(1.0)
    stage.shot("training-export")


def failing(stage: Stage) -> None:
    """A learning rate that is too high."""
    stage.template("mlp-digits")
    project = stage.window.session.project
    loop = project.loop
    optimizer = Choice("SGD", Args(lr=900.0))
    changed = replace(project, loop=replace(loop, args=loop.args.replace(optimizer=optimizer)))
    stage.window.session.show(changed)
    runs = stage.window.running.runs
    stage.train(lambda: runs.live is not None and runs.live.over)
    stage.rest(1.0)
    stage.shot("failing")


def images(stage: Stage) -> None:
    """Pictures that a GAN draws."""
    stage.template("dcgan-mnist")
    runs = stage.window.running.runs
    stage.train(lambda: runs.live is not None and runs.live.samples is not None)
    stage.window.show_arrangement("train")
    stage.window.show_panel("monitor")
    stage.shot("images-monitor")
    stage.window.show_panel("images")
    stage.rest(2.0)
    stage.shot("images")


def cartpole(stage: Stage) -> None:
    """An environment that is drawn live."""
    stage.template("dqn-cartpole")
    runs = stage.window.running.runs
    stage.train(lambda: runs.live is not None and runs.live.step >= 2000)
    stage.window.show_arrangement("train")
    stage.window.show_panel("monitor")
    stage.shot("cartpole-monitor")
    stage.window.show_panel("environment")
    stage.rest(2.0)
    stage.shot("cartpole")


def thousand(stage: Stage) -> None:
    """A project of a thousand nodes."""
    rows = [Node("in", "Input", Args(shape=("N", 16)))]
    for number in range(998):
        inputs = (Port(rows[-1].id),)
        layer = ("Linear", "ReLU", "LayerNorm")[number % 3]
        args = Args(out_features=16) if layer == "Linear" else Args()
        rows.append(Node(f"n{number}", layer, args, inputs))
    rows.append(Node("out", "Output", Args(), (Port(rows[-1].id),)))
    graph = Graph("net", "Deep", {node.id: node for node in rows}, role="model")
    stage.stop()
    stage.window.files.new()
    stage.window.session.show(Project(name="A thousand nodes", graphs={"net": graph}))
    stage.window.show_arrangement("design")
    stage.rest(1.5)
    stage.shot("thousand")
    stage.canvas.fit_all()
    stage.rest(0.5)
    stage.shot("thousand-far")


SCENES: dict[str, Callable[[Stage], None]] = {
    scene.__name__: scene
    for scene in (
        readme, start, empty, nodes, design, blocks, own_layers, popups, dialogs, training, failing,
        images, cartpole, thousand,
    )
}  # fmt: skip
"""All scenes, in the order in which they are played."""

if __name__ == "__main__":
    main()
