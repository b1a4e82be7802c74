"""Whatever goes wrong is told with its node and in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from nnstudio.core.problems import Problem, WorldError
from nnstudio.worker.faults import Places, explain

KEYS = {
    "roles": {"model": ["g", "Outer"]},
    "classes": {
        "Outer": {"blocks": ["copies", [["use", "Inner"]]], "head": ["node", [["n9", ""]]]},
        "Inner": {"attention": ["node", [["n1", ""]]], "linear": ["node", [["n2", ""]]]},
    },
    "shared": {},
}


class Inner(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.attention(x, x, x)[0]
        return torch.cat([self.linear(x), x[:, :1, :3]], dim=1)


class Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Inner() for _ in range(2))
        self.head = nn.Linear(7, 2)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def fault(call: Callable[[], object], places: Places) -> Problem:
    try:
        call()
    except Exception as error:  # noqa: BLE001 (any)
        return explain(error, places)
    raise AssertionError("it went well")


@pytest.fixture
def places() -> Places:
    made = Places(Path(__file__).parent, KEYS)
    made.modules = {"model": Outer()}
    return made


def test_a_layer_of_a_copy_of_a_block(places: Places) -> None:
    found = fault(lambda: places.modules["model"](torch.zeros(2, 3, 5)), places)
    assert found.where == "g/use#0/n1"
    assert "(2, 3, 5)" in found.hint


def test_a_line_of_a_block(places: Places) -> None:
    number = next(
        n
        for n, line in enumerate(Path(__file__).read_text().splitlines(), 1)
        if "torch.cat(" in line
    )
    places.lines = {Path(__file__).name: {str(number): "inner/n3"}}
    found = fault(lambda: places.modules["model"](torch.zeros(2, 3, 4)), places)
    assert found.where == "g/use#0/n3"


def test_outside_of_any_network(places: Places) -> None:
    found = fault(lambda: 1 / 0, places)
    assert (found.where, found.code) == ("", "exception")
    assert "ZeroDivisionError" in found.message


def test_names_of_modules(places: Places) -> None:
    assert places.node("model.blocks.1.attention.out_proj") == "g/use#1/n1"
    assert places.node("model") == "g"
    assert places.node("loss") == "loss"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError("no"), "run.memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "run.memory"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to"), "run.memory"),
        (OSError(28, "No space left on device", "/x"), "run.disk"),
        (WorldError(Problem("run.busy", args={"path": "/x"})), "run.busy"),
        (SystemExit(2), "run.usage"),
        (type("DeviceError", (RuntimeError,), {"hint": "h"})("no GPU"), "run.device"),
        (type("CheckpointError", (ValueError,), {})("damaged"), "run.checkpoint"),
        (type("ReadError", (ValueError,), {})("line 3"), "run.data"),
    ],
)
def test_words(places: Places, error: BaseException, code: str) -> None:
    found = explain(error, places)
    assert found.code == code
    assert str(found)


def test_not_finite(places: Places) -> None:
    kind = type("NonFiniteError", (ArithmeticError,), {"hint": "h", "where": "model.head"})
    found = explain(kind("step 7 in model.head: its weight is not finite"), places)
    assert (found.code, found.where) == ("non_finite", "g/n9")
    assert found.message == "step 7: its weight is not finite"
