"""Scenes of blocks, repeats and own layers."""

from dataclasses import replace

from stage import Stage

from nnstudio.catalogue import own_class
from nnstudio.core.params import Param
from nnstudio.core.values import Args, Expression
from nnstudio.graph.model import CustomLayer, Graph, Node, Port, Project, Repeat
from nnstudio.ui.own_layer.trust import TrustDialog

SOURCE = '''\
"""Layers of our own."""

import torch
from torch import Tensor, nn


class Swish(nn.Module):
    """x * sigmoid(beta * x), with a beta that is learned.

    Args:
        beta: Where beta begins (0 to 10).
    """

    def __init__(self, beta: float = 1.0):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(beta))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.beta * x)
'''


CHANNELS = (
    Param("in_channels", "int", auto=True, help="Maps that arrive."),
    Param("channels", "int", 16, "Maps that leave."),
)


def blocks(stage: Stage) -> None:
    """Blocks, copies that differ, formulas, and layers in Python."""
    stage.template("empty")
    stage.window.session.show(stages())
    stage.rest(0.8)
    stage.canvas.fit_all()
    stage.select("block:")
    stage.shot("blocks-copies")
    palette = stage.window.docks.panel("palette")
    search = getattr(palette, "search", None)
    if search is not None:
        search.setText("residual")
        stage.rest(0.5)
        stage.shot("blocks-palette")
        search.setText("")
    stage.template("resnet18")
    stage.canvas.fit_all()
    stage.rest(0.5)
    stage.shot("blocks-resnet18")
    stage.template("gpt2")
    stage.select("block:")
    stage.shot("blocks-gpt2")
    stage.window.book["view.memory"].trigger()
    stage.shot("blocks-overlay-memory")
    stage.window.book["view.shapes"].trigger()


def own_layers(stage: Stage) -> None:
    """The editor of a layer in Python, and the question about one that came with a file."""
    stage.template("mlp-digits")
    window = stage.window
    read = own_class.read(SOURCE).chosen("Swish")
    assert read is not None
    layer = CustomLayer("swish", "Swish", SOURCE, "*S -> *S", tuple(read.params_for("*S -> *S")))
    project = window.session.project
    window.session.show(replace(project, custom={layer.id: layer}))
    window.context.own.wanted.emit(layer.id)
    stage.rest(0.8)
    editor = window.desk.editors[layer.id]
    stage.shot("own-editor", editor)
    editor.close()
    stage.dialog("own-trust", TrustDialog(window, stage.theme, [layer]))


def stages() -> Project:
    """Three stages of one block, each with twice the channels of the one before."""
    inside = (
        Node("x", "Input", Args(shape=("N", "in_channels", "H", "W"))),
        Node("conv", "Conv2d", Args(out_channels=Expression("channels"), padding=1), (Port("x"),)),
        Node("norm", "BatchNorm2d", Args(), (Port("conv"),)),
        Node("act", "ReLU", Args(), (Port("norm"),)),
        Node("pool", "MaxPool2d", Args(kernel_size=2), (Port("act"),)),
        Node("y", "Output", Args(), (Port("pool"),)),
    )
    stage = Graph("stage", "Stage", {node.id: node for node in inside}, params=CHANNELS)
    rows = (
        Node("image", "Input", Args(shape=("N", 3, 64, 64)), name="image"),
        Node(
            "stages",
            "block:stage",
            Args(channels=Expression("16 * 2**i")),
            (Port("image"),),
            repeat=Repeat(3),
            name="stages",
        ),
        Node("pooled", "AdaptiveAvgPool2d", Args(output_size=1), (Port("stages"),)),
        Node("flat", "Flatten", Args(), (Port("pooled"),)),
        Node("head", "Linear", Args(out_features=10), (Port("flat"),), name="head"),
        Node("out", "Output", Args(), (Port("head"),), name="classes"),
    )
    graph = Graph("net", "Stages", {node.id: node for node in rows}, role="model")
    return Project(name="Stages", graphs={"net": graph}, blocks={"stage": stage})
