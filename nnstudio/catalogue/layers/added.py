"""Layers that torch lacks: modules of `kit/modules`, pasted as classes into `model.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, auto, count, number
from nnstudio.catalogue.sizes import axis, divides
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


def _pairs(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    """Refuse an odd number of features where they go in pairs."""
    divides("2", 2, "the number of features", args["dim"] if "dim" in args else inputs[0][-1])


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
        name="LearnedPositionalEncoding",
        family="attention",
        signature="N T dim -> N T dim",
        params=(
            auto("dim", "Features of each step."),
            count("length", 1024, "The longest sequence.", maximum=WIDEST),
        ),
        code=Code(module="kit.LearnedPositionalEncoding"),
        summary="Adds to each step a vector that is learned for its place.",
        source="Gehring et al., 2017",
        check=_long_enough,
        tensors=lambda args: {"weight": (args["length"], args["dim"])},
        keeps_state=True,
        words=("position", "transformer", "gpt", "vit", "bert"),
        default_name="position",
        main="length",
    ),
    LayerSpec(
        name="RotaryEmbedding",
        family="attention",
        signature="*S T D -> *S T D",
        params=(
            number(
                "base",
                10000.0,
                "How much slower the last pair of features turns than the first.",
                minimum=1.0,
                above=True,
                maximum=1e8,
            ),
        ),
        code=Code(module="kit.RotaryEmbedding"),
        summary="Turns queries and keys by their place, so that attention sees their distance.",
        source="Su et al., 2021",
        check=_pairs,
        words=("rope", "position", "llama", "transformer"),
        default_name="rotary",
        main="base",
    ),
    LayerSpec(
        name="TimestepEmbedding",
        family="attention",
        signature="N -> N dim",
        params=(
            count("dim", 128, "Numbers that each time step becomes.", positional=True),
            number("period", 10000.0, "The longest wave.", minimum=1.0, above=True, maximum=1e8),
        ),
        code=Code(module="kit.TimestepEmbedding"),
        summary="Turns a time step of diffusion into sines and cosines of many lengths.",
        source="Ho et al., 2020",
        check=_pairs,
        words=("diffusion", "time", "noise level", "ddpm", "sine"),
        default_name="time",
        main="dim",
    ),
    LayerSpec(
        name="DropPath",
        family="regularization",
        signature="N *S -> N *S",
        params=(
            number(
                "p",
                0.1,
                "Probability that a sample goes without the branch.",
                minimum=0.0,
                maximum=0.99,
            ),
        ),
        code=Code(module="kit.DropPath"),
        summary="Leaves out the branch of random samples while training, before it is added.",
        source="Huang et al., 2016",
        random=True,
        words=("stochastic depth", "residual", "convnext", "swin"),
        default_name="drop_path",
        main="p",
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
