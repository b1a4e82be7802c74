"""Floating point operations against torch's own counter."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.signature import ShapeError, infer
from tests.catalogue import torch_side
from tests.catalogue.samples import cases

COUNTED = [
    *(f"Conv{n}d" for n in (1, 2, 3)),
    *(f"ConvTranspose{n}d" for n in (1, 2, 3)),
    "Linear", "MatMul", "MultiheadAttention", "ScaledDotProductAttention",
]  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_flops_are_those_of_torch(name: str) -> None:
    spec = LAYERS[name]

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(spec))
    def agree(case: tuple[dict[str, Any], list[Any]]) -> None:
        args, shapes = case
        try:
            outputs = infer(spec, args, shapes)
        except ShapeError:
            assume(False)
        counter = FlopCounterMode(display=False)
        with counter:  # on the CPU a fused attention would go uncounted
            torch_side.run(spec, args, shapes, "meta")
        assert spec.flops is not None
        assert spec.flops(args, shapes, outputs) == counter.get_total_flops()

    agree()


def test_a_whole_lstm_step_counts_its_matrices() -> None:
    spec = LAYERS["LSTM"]
    args: dict[str, Any] = {p.name: p.default for p in spec.params}
    shapes = [(2, 7, 5), None, None]
    outputs = infer(spec, args, shapes)
    module = torch.nn.LSTM(5, 128)
    matrices = sum(p.numel() for name, p in module.named_parameters() if "weight" in name)
    assert spec.flops is not None
    assert spec.flops(args, shapes, outputs) == 2 * 2 * 7 * matrices
