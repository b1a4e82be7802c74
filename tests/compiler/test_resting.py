"""What is frozen keeps its running statistics, and the wall lets nothing else through for it."""

import pytest
import torch
from torch import nn

import nnstudio
from nnstudio.compiler.walls import check_model
from nnstudio.core.problems import ProjectError
from nnstudio.graph.model import Project
from tests.builder import GraphBuilder, project
from tests.compiler.networks import AUTO


def network(*, frozen: bool = True, tracked: bool = True) -> Project:
    block = GraphBuilder("Features", in_channels=AUTO)
    x = block.input("N", "in_channels", "H", "W")
    x = block("Conv2d", x, out_channels=4, kernel_size=3, padding=1)
    block.output(block("ReLU", block("BatchNorm2d", x, track_running_stats=tracked)))
    b = GraphBuilder("Net")
    x = b(block, b.input("N", 3, 8, 8), name="features", frozen=frozen)
    b.output(b("Linear", b("Flatten", x), out_features=2, name="head"))
    return project(b)


def chain() -> Project:
    b = GraphBuilder("Net")
    x = b("Conv2d", b.input("N", 3, 8, 8), out_channels=4, kernel_size=3)
    x = b("ReLU", b("BatchNorm2d", x, frozen=True))
    b.output(b("ReLU", b("BatchNorm2d", b("Conv2d", x, out_channels=4, kernel_size=3))))
    return project(b)


def norms(model: nn.Module) -> list[nn.BatchNorm2d]:
    return [part for part in model.modules() if isinstance(part, nn.BatchNorm2d)]


def trained(document: Project) -> tuple[nn.Module, list[torch.Tensor]]:
    """The network after a step, and the running means before it."""
    model = nnstudio.build(document)
    assert isinstance(model, nn.Module)
    before = [norm.running_mean.clone() for norm in norms(model)]  # type: ignore[union-attr]
    model.train()
    model(torch.randn(5, 3, 8, 8) + 3)
    return model, before


def test_a_frozen_block_keeps_its_statistics() -> None:
    model, before = trained(network())
    (norm,) = norms(model)
    assert torch.equal(norm.running_mean, before[0])  # type: ignore[arg-type]
    assert model.training
    assert not norm.training
    assert not model.eval().training


def test_what_learns_follows_the_data() -> None:
    model, before = trained(network(frozen=False))
    assert not torch.equal(norms(model)[0].running_mean, before[0])  # type: ignore[arg-type]
    assert "def train" not in nnstudio.source(network(frozen=False))


def test_without_statistics_there_is_nothing_to_keep() -> None:
    assert "def train" not in nnstudio.source(network(tracked=False))


def test_one_layer_of_a_chain() -> None:
    model, before = trained(chain())
    first, second = norms(model)
    assert torch.equal(first.running_mean, before[0])  # type: ignore[arg-type]
    assert not torch.equal(second.running_mean, before[1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.features.eval()", "self.features.cuda()"),
        ("self.features.eval()", "open.eval()"),
        ("super().train(mode)", "super().train(exit())"),
        ("mode: bool = True", "mode: bool = print()"),
    ],
)
def test_the_wall_knows_the_method_letter_for_letter(old: str, new: str) -> None:
    text = nnstudio.source(network())
    check_model(text)
    assert old in text
    with pytest.raises(ProjectError):
        check_model(text.replace(old, new))
