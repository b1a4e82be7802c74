"""The four networks whose training is timed, as documents and as plain tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch.nn.functional as F
from torch import Tensor

from nnstudio.core.paths import resource
from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import Data, Project
from nnstudio.kit.data import mnist, splits, sunspots, text
from tests.bench.rivals import Work
from tests.builder import GraphBuilder, project
from tests.compiler import networks

MNIST = Data(Choice("mnist"), "classification", ((1, 28, 28),), (), tuple("0123456789"))
SUNSPOTS = Data(Choice("sunspots"), "regression", ((12, 1),), (1,))
TEXT = Data(Choice("text", Args(length=64)), "sequence", ((64,),), (64,))


@dataclass(frozen=True)
class Task:
    """A network, its data and how long a block of its training is.

    Attributes:
        project: The document.
        work: The same for the loops that are written by hand.
    """

    project: Project
    work: Work


def mlp() -> Task:
    """784-256-128-10, about 1 ms a step."""
    b = GraphBuilder("MLP")
    x = b("Flatten", b.input("N", 1, 28, 28))
    for width in (256, 128):
        x = b("ReLU", b("Linear", x, out_features=width))
    b.output(b("Linear", x, out_features=10))
    return _classes(project(b, data=MNIST), epochs=20)


def lenet() -> Task:
    """LeNet-5, about 4 ms a step."""
    return _classes(replace(networks.lenet(), data=MNIST), epochs=5)


def lstm() -> Task:
    """12 years of sunspots, about 1 ms a step and 8 steps an epoch."""
    b = GraphBuilder("LSTM")
    x = b("LSTM", b.input("N", 12, 1), hidden_size=32)
    b.output(b("Linear", b("Select", x, dim=1, index=-1), out_features=1))
    file = resource("datasets", "sunspots.csv")
    work = _work(sunspots.read(file), F.mse_loss, 32, epochs=100)
    return Task(_trained(project(b, data=SUNSPOTS), "MSELoss", ("mse",), work), work)


def gpt() -> Task:
    """A transformer of two blocks on characters, about 100 ms a step."""
    document = replace(networks.gpt(depth=2), data=TEXT)
    work = _work(text.read(resource("datasets", "psalms.txt"), length=64), _tokens, 16, epochs=1)
    few = 60 * work.batch
    work = replace(work, train=(work.train[0][:few], work.train[1][:few]))
    return Task(_trained(document, "CrossEntropyLoss", ("accuracy",), work), work)


TASKS: dict[str, Callable[[], Task]] = {
    "MLP 784-256-128": mlp,
    "LeNet-5": lenet,
    "LSTM": lstm,
    "GPT-shaped": gpt,
}


def _classes(document: Project, epochs: int) -> Task:
    work = _work(mnist.read(resource("datasets", "mnist5k.npz")), F.cross_entropy, 64, epochs)
    return Task(_trained(document, "CrossEntropyLoss", ("accuracy",), work), work)


def _trained(document: Project, loss: str, metrics: tuple[str, ...], work: Work) -> Project:
    settings = Args(
        loss=Choice(loss),
        optimizer=Choice("Adam", Args(lr=work.rate)),
        metrics=tuple(map(Choice, metrics)),
        epochs=work.epochs,
        batch_size=work.batch,
    )
    return replace(document, loop=Choice("supervised", settings))


def _work(data: splits.Data, compare: Callable[..., Tensor], batch: int, epochs: int) -> Work:
    return Work(_whole(data.train), _whole(data.val), compare, 0.001, batch, epochs)


def _whole(split: splits.Split) -> tuple[Tensor, Tensor]:
    x, y = split[split.order()]
    return x.contiguous(), y.contiguous()


def _tokens(output: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(output.flatten(0, 1), target.flatten())
