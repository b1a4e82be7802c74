"""A proof that looks at a script sees a step, or says that there was none."""

from typing import Any

import pytest
import torch

from nnstudio.kit.loops.state import State
from nnstudio.worker.probe import observe


def script(steps: int) -> Any:
    """A training script of one layer that makes so many steps."""

    def main(argv: list[str], report: Any) -> None:
        model = torch.nn.Linear(2, 1)
        state = State({"model": model})
        report(state, {})
        for state.step in range(1, steps + 1):
            report(state, {"train/loss": model(torch.ones(3, 2)).mean().detach()})

    return main


def test_the_first_step_is_seen() -> None:
    seen = observe(script(2), [])
    assert [path for path, *_ in seen["outputs"]] == ["model"]
    assert [path for path, *_ in seen["evaluated"]] == ["model"]
    assert set(seen["weights"]) == {"model.weight", "model.bias"}
    assert set(seen["metrics"]) == {"train/loss"}


def test_nothing_is_no_proof() -> None:
    with pytest.raises(ValueError, match="made no step"):
        observe(script(0), [])
