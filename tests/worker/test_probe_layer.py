"""Own layers built and called: what comes out, or what was raised and in which line."""

from typing import Any

import pytest

from nnstudio.kit.files import sha256
from nnstudio.worker import probe_layer

TEXT = """import torch
from torch import nn


class Own(nn.Module):
    def __init__(self, dim: int, sizes=(1, 2)):
        super().__init__()
        self.fc = nn.Linear(dim, 8)
        assert isinstance(sizes, tuple)

    def forward(self, x, mask=None, *more):
        {body}
"""


def answered(body: str, *inputs: Any, text: str = TEXT, **args: Any) -> dict[str, Any]:
    source = text.replace("{body}", body)
    job = {
        "source": source, "sha256": sha256(source.encode()), "name": "Own",
        "cases": [{"args": {"dim": 4, **args}, "inputs": list(inputs)}],
    }  # fmt: skip
    found = probe_layer.answer(job)
    return found["cases"][0] if "cases" in found else found


@pytest.mark.parametrize(
    ("body", "inputs", "outputs"),
    [
        ("return self.fc(x)", [[2, 3, 4]], [[2, 3, 8]]),
        ("return self.fc(x), x", [[2, 4]], [[2, 8], [2, 4]]),
        ("return x + mask", [[2, 4], [4]], [[2, 4]]),
        ("return x if mask is None else mask", [[2, 4], None], [[2, 4]]),
        ("return torch.cat([x, mask, *more])", [[2, 4], [3, 4], [[1, 4], [5, 4]]], [[11, 4]]),
        ("return torch.zeros(9, 4)[x].sum(-1)", [[2, 4]], [[2, 4]]),  # wants whole numbers
        ("return x[x > 2].new_ones(int(x.sum().item()) * 0 + 3)", [[2, 4]], [[3]]),  # needs values
    ],
)
def test_the_shapes_that_come_out(body: str, inputs: list[Any], outputs: list[Any]) -> None:
    assert answered(body, *inputs) == {"outputs": outputs, "weights": 40}


def test_tuples_arrive_as_tuples() -> None:
    assert answered("return x", [2, 4], sizes=[3, 4])["outputs"] == [[2, 4]]


@pytest.mark.parametrize(
    ("body", "kind", "line", "stage"),
    [
        ("return self.fc(x.T)", "RuntimeError", 12, "forward"),
        ("raise SystemExit(3)", "SystemExit", 12, "forward"),
        ("return 3", "NoTensorError", 0, "forward"),
        ("return [x, None]", "NoTensorError", 0, "forward"),
    ],
)
def test_what_is_raised(body: str, kind: str, line: int, stage: str) -> None:
    found = answered(body, [2, 4])["error"]
    assert (found["type"], found["line"], found["stage"]) == (kind, line, stage)


@pytest.mark.parametrize(
    ("text", "kind", "line", "stage"),
    [
        ("import nowhere_to_be_found\n", "ModuleNotFoundError", 1, "import"),
        ("x = (\n", "SyntaxError", 1, "import"),
        ("x = 1\n", "KeyError", 0, "import"),
        ("def Own(dim):\n    return dim\n", "NoModuleError", 0, "build"),
        ("class Own:\n    pass\n", "TypeError", 0, "build"),
    ],
)
def test_what_cannot_even_be_built(text: str, kind: str, line: int, stage: str) -> None:
    found = answered("", [2, 4], text=text)["error"]
    assert (found["type"], found["line"], found["stage"]) == (kind, line, stage)


def test_a_large_layer_takes_no_memory() -> None:
    text = TEXT.replace("nn.Linear(dim, 8)", "nn.Linear(dim, 2**20, bias=False)")
    found = answered("return self.fc(x)", [2, 2**20], text=text, dim=2**20)
    assert found == {"outputs": [[2, 2**20]], "weights": 2**40}
