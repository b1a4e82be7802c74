"""Every layer against torch: the same shapes, the same number of weights, the same refusals."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from nnstudio.catalogue.registry import LAYERS
from nnstudio.catalogue.signature import ShapeError, infer
from tests.catalogue import torch_side
from tests.catalogue.samples import cases

STRICTER = {
    ("*", "shape.rank"): "inputs are always batched, and matrices have at least two dims",
    ("*", "shape.dim"): "a scalar has no dim, though torch lets 0 and -1 pass",
    ("*", "shape.empty"): "a tensor without entries can only be a mistake",
    ("EmbeddingBag", "shape.no_bags"): "bags that hold nothing, of which there are none",
    ("MultiLabelSoftMarginLoss", "shape.class_weights"): "one weight is stretched over all classes",
    ("RotaryEmbedding", "shape.divisible"): "it turns numbers in pairs, and would add one",
    ("Bilinear", "shape.disagree"): "torch looks at the product of the leading dims only",
    ("ScaledDotProductAttention", "shape.disagree"): "heads and batch are not broadcast",
    ("ScaledDotProductAttention", "shape.state"): "a mask has at least a row and a column",
    ("Squeeze", "shape.squeeze"): "torch leaves a larger dim as it is, which hides a mistake",
    ("LSTM", "shape.one_layer_dropout"): "torch only warns that it does nothing",
    ("GRU", "shape.one_layer_dropout"): "torch only warns that it does nothing",
    ("RNN", "shape.one_layer_dropout"): "torch only warns that it does nothing",
    ("LSTM", "shape.both"): "with one state open the code leaves out the other one too",
    ("LSTMCell", "shape.both"): "with one state open the code leaves out the other one too",
    ("Dot", "shape.sizes"): "the dim that is summed over is not stretched",
    ("Gather", "shape.gather"): "torch takes a scalar for a vector with one entry",
    ("TimestepEmbedding", "shape.divisible"): "every sine has its cosine",
    ("LearnedPositionalEncoding", "shape.too_long_sequence"): "one place would be stretched",
    ("ExpandBatch", "shape.no_sizes"): "a number alone is a mistake",
    ("Slice", "shape.index"): "Python cuts off silently what reaches beyond an end",
    **{
        (f"{kind}Pad{n}d", "shape.sides"): "torch leaves the sides out that are not named"
        for kind in ("Zero", "Constant")
        for n in (2, 3)
    },
    **{
        (spec.name, "shape.state"): "a target is never stretched: it is a slip that torch lets pass"
        for spec in LAYERS.values()
        if spec.family == "loss"
    },
    ("PositionalEncoding", "shape.too_long_sequence"): "a table of one place would be stretched",
    ("Chunk", "shape.chunks"): "torch makes fewer parts than were asked for",
}
"""(layer, code) -> why we refuse what torch takes."""

LOOSER = {"CTCLoss": "whether targets in one row are as many as the lengths say shows in a run"}
"""Layer -> why we take what torch refuses."""

NO_TORCH = frozenset({"Input", "Output"})
NAMES = sorted(LAYERS.keys() - NO_TORCH)
SLOW = ("LSTM", "GRU", "RNN", "Transformer", "TransformerEncoder", "TransformerDecoder")
SOME = dict.fromkeys(SLOW, 15)
"""Fewer cases where torch is slow on the meta device."""
ENDS_TORCH = {("EmbeddingBag", "shape.no_bags")}
"""Refusals of what must not even be tried: torch would take this very process along."""

COUNTS: Counter[str] = Counter()


def compare(name: str, case: tuple[dict[str, Any], list[Any]]) -> None:
    spec, (args, shapes) = LAYERS[name], case
    resolved = dict(args)
    try:
        foretold: Any = infer(spec, resolved, shapes)
    except ShapeError as error:
        foretold = error
        if (name, error.code) in ENDS_TORCH:
            return
    _guess_autos(spec, resolved, shapes)
    real = _torch(spec, resolved, shapes, foretold)
    if isinstance(foretold, ShapeError):
        foretold.problem().message  # noqa: B018  # it can be rendered
        COUNTS["refused"] += 1
        known = (name, foretold.code) in STRICTER or ("*", foretold.code) in STRICTER
        assert isinstance(real, Exception) or known, (args, shapes, foretold.code, real)
        return
    COUNTS["shapes"] += 1
    assert not isinstance(real, Exception) or name in LOOSER, (args, shapes, foretold, real)
    if isinstance(real, Exception):
        return
    made, module = real
    assert made == foretold, (args, shapes)
    if isinstance(module, torch.nn.Module):
        tensors = spec.tensors(resolved) if spec.tensors else {}
        assert {k: tuple(v.shape) for k, v in module.named_parameters()} == tensors
        assert spec.weights(resolved) == sum(p.numel() for p in module.parameters())
        assert (
            spec.keeps_state == bool(module.state_dict())
            or name.startswith(("Instance", "Layer", "RMS", "Batch", "Group", "Positional"))
            or name.endswith("Loss")
        )  # weights of classes are stored, not learned


def _torch(spec: Any, args: dict[str, Any], shapes: list[Any], foretold: Any) -> Any:
    """Return torch's shapes and module, or its error; the CPU decides where meta differs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for device in ("meta", "cpu"):
            try:
                real: Any = torch_side.run(spec, args, shapes, device)
            except (*torch_side.REFUSALS, NotImplementedError, ShapeError) as error:
                # A ShapeError here: what cannot be read cannot be written as code either.
                real = error
            agrees = isinstance(real, Exception) == isinstance(foretold, ShapeError)
            if agrees:
                return real
    return real


def _guess_autos(spec: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    """Give torch's constructor what the last or the second dim says where we stopped before."""
    for param in spec.params:
        if param.auto and args[param.name] is None:
            shape = shapes[0] or (1,)
            channels = param.name in ("in_channels", "num_features", "num_channels")
            args[param.name] = shape[1] if channels and len(shape) > 1 else shape[-1]


@pytest.mark.parametrize("name", NAMES)
def test_shapes_weights_and_refusals_are_those_of_torch(name: str) -> None:
    @settings(
        max_examples=SOME.get(name, 40),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(LAYERS[name]))
    def agree(case: tuple[dict[str, Any], list[Any]]) -> None:
        compare(name, case)

    before = Counter(COUNTS)
    agree()
    assert COUNTS["shapes"] - before["shapes"] > 5, "too few good cases to mean anything"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_shapes_weights_and_refusals_in_many_cases(name: str) -> None:
    @settings(
        max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(cases(LAYERS[name]))
    def agree(case: tuple[dict[str, Any], list[Any]]) -> None:
        compare(name, case)

    agree()


@pytest.mark.parametrize("mode", ["max", "mean", "sum"])
def test_bags_of_which_there_are_none(mode: str) -> None:
    """torch 2.13 ends the process over the largest of none, so nobody may get there."""
    spec = LAYERS["EmbeddingBag"]
    args = {param.name: param.default for param in spec.params}
    args |= {"mode": mode, "include_last_offset": True}
    with pytest.raises(ShapeError) as caught:
        infer(spec, dict(args), [(5,), (1,), None])
    assert caught.value.code == "shape.no_bags"
    assert infer(spec, dict(args), [(5,), (3,), None])[0][0] == 2
