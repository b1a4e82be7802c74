"""Projects that can be trained, drawn by hand."""

from nnstudio.core.values import Args, Choice, Expression
from nnstudio.graph.model import CustomLayer, Project
from tests.builder import DIGITS, GraphBuilder, project

LOOP = Choice(
    "supervised",
    Args(
        epochs=1,
        loss=Choice("CrossEntropyLoss"),
        optimizer=Choice("AdamW", Args(lr=0.01)),
        batch_size=32,
    ),
)

OWN = '''"""Layers of one's own."""

import torch
from torch import Tensor, nn


class Bend(nn.Module):
    """Bends."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(x)
'''


def digits(own: str = "") -> Project:
    """A small residual network on digits; with a layer of the user's own when `own` is its text."""
    block = GraphBuilder("Residual block", channels=int)
    x = block.input("N", "channels", "H", "W")
    h = block("Conv2d", x, out_channels=Expression("channels"), kernel_size=3, padding=1)
    h = block("ReLU", block("BatchNorm2d", h))
    block.output(block("Add", x, h))
    net = GraphBuilder("Small net")
    x = net.input("N", 1, 28, 28)
    x = net("Conv2d", x, out_channels=4, kernel_size=3, padding=1, name="stem")
    x = net("MaxPool2d", x, kernel_size=4)
    x = net(block, x, channels=4, repeat=2)
    if own:
        x = net("custom:c1", x)
    x = net("Flatten", x)
    net.output(net("Linear", x, out_features=10, name="head"))
    custom = [CustomLayer("c1", "Bend", own)] if own else []
    return project(net, data=DIGITS, loop=LOOP, name="Small net", custom=custom)
