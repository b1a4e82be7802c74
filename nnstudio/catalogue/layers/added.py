"""Layers that torch lacks: modules of `kit/modules`, pasted as classes into `model.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, auto, count
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.core.params import Param


def _long_enough(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    """Refuse a sequence that is longer than the table of positions."""
    steps, length = inputs[0][1], args["length"]
    if type(steps) is int and type(length) is int and steps > length:
        raise ShapeError(
            "shape.too_long_sequence", set_to(length=steps), steps=steps, length=length
        )


def _vectors(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    axis(args["dim"], len(inputs[0]))


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="PositionalEncoding",
        family="attention",
        signature="N T dim -> N T dim",
        params=(
            auto("dim", "Features of each step."),
            count("length", 1024, "The longest sequence.", maximum=WIDEST),
        ),
        code=Code(module="kit.PositionalEncoding"),
        summary="Adds to each step a pattern of sines and cosines that stands for its place.",
        source="Vaswani et al., 2017",
        check=_long_enough,
        words=("position", "transformer", "sine"),
        default_name="position",
        main="length",
    ),
    LayerSpec(
        name="Squash",
        family="activation",
        signature="*S -> *S",
        params=(
            Param(
                "dim", "int", -1, "Where the components of a vector lie.", minimum=-16, maximum=15
            ),
        ),
        code=Code(module="kit.Squash"),
        summary="Shrinks vectors to a length below 1 and keeps their direction, as capsules do.",
        source="Sabour et al., 2017",
        check=_vectors,
        words=("capsule",),
        default_name="squash",
        main="dim",
    ),
)
"""The family."""
