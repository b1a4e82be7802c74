"""A module built from source can be pickled and tells its source."""

import inspect
import pickle

import torch
from torch import nn

from nnstudio.worker.build import build

TEXT = """
from torch import Tensor, nn


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x)


class Other(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x
"""


def test_one_network() -> None:
    model, again = build(TEXT, ["Small"]), build(TEXT, ["Small"])
    assert model(torch.zeros(4, 3)).shape == (4, 2)
    assert type(model) is not type(again)
    assert "self.head(x)" in inspect.getsource(type(model).forward)
    copied = pickle.loads(pickle.dumps(model))  # noqa: S301
    assert torch.equal(copied.head.weight, model.get_parameter("head.weight"))


def test_several_networks() -> None:
    made = build(TEXT, ["Small", "Other"])
    assert isinstance(made, nn.ModuleDict)
    assert list(made) == ["Small", "Other"]
