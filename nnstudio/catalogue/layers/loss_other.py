"""Losses of other shapes: for sequences, and those that hold the last linear layer as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nnstudio.catalogue.broadcast import expect
from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import auto, choice, count, flag, number, torch_page
from nnstudio.catalogue.sizes import known
from nnstudio.catalogue.spec import Code, LayerSpec, Resolved
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, numel, show


def _groups(args: Resolved) -> tuple[int, ...]:
    """Return the ends of the groups of classes, the common ones first."""
    ends = tuple(known("cutoffs", one) for one in args["cutoffs"])
    classes = known("n_classes", args["n_classes"])
    rising = all(a < b for a, b in pairwise((*ends, classes)))
    if not ends or not rising or ends[0] < 1:
        raise ShapeError("shape.cutoffs", cutoffs=ends, classes=classes)
    return (*ends, classes)


def _narrow(args: Resolved, group: int) -> int:
    """Return how many features a group of rare classes is reached through."""
    features = known("in_features", args["in_features"])
    return int(features // (args["div_value"] ** (group + 1)))


def _adaptive(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    scores, target = inputs
    ends = _groups(args)
    if any(_narrow(args, group) < 1 for group in range(len(ends) - 1)):
        raise ShapeError("shape.cutoffs", cutoffs=ends[:-1], classes=ends[-1])
    expect("target", (scores[0],), target)
    return ((scores[0],), ())


def _adaptive_tensors(args: Resolved) -> Mapping[str, Shape]:
    features, ends = args["in_features"], _groups(args)
    head = ends[0] + len(ends) - 1
    made: dict[str, Shape] = {"head.weight": (head, features)}
    if args["head_bias"]:
        made["head.bias"] = (head,)
    for group, (start, end) in enumerate(pairwise(ends)):
        inner = _narrow(args, group)
        made[f"tail.{group}.0.weight"] = (inner, features)
        made[f"tail.{group}.1.weight"] = (end - start, inner)
    return made


def _spelled(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    scores, targets, lengths, target_lengths = inputs
    blank, classes = args["blank"], scores[2]
    if type(classes) is int and type(blank) is int and blank >= classes:
        raise ShapeError("shape.index", set_to(blank=0), index=blank, size=classes)
    if len(targets) != 1:  # those of all samples may stand one behind the other
        expect("targets", (scores[1], *targets[-1:]), targets)
    expect("input_lengths", (scores[1],), lengths)
    expect("target_lengths", (scores[1],), target_lengths)
    return ((scores[1],) if args["reduction"] == "none" else (),)


def _linear_loss(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    rows, target = inputs
    more = args["out_features"]
    each = (rows[0], *more)
    shares = (rows[0], args["num_classes"], *more)
    weights = args["weight"]
    if weights is not None and equal(len(weights), args["num_classes"]) is False:
        values = {"name": "weight", "entries": len(weights), "count": show(args["num_classes"])}
        raise ShapeError("shape.class_weights", **values)
    shared = len(target) == len(shares)
    expect("target", shares if shared else each, target)
    if shared and args["ignore_index"] is not None:
        raise ShapeError("shape.ignored", set_to(ignore_index=None), index=args["ignore_index"])
    return (each if args["reduction"] == "none" else (),)


def _linear_tensors(args: Resolved) -> Mapping[str, Shape]:
    rows = numel((args["num_classes"], *args["out_features"]))
    made: dict[str, Shape] = {"linear.weight": (rows, args["in_features"])}
    return {**made, "linear.bias": (rows,)} if args["bias"] else made


def _linear_flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    return numel((2, *inputs[0], args["num_classes"], *args["out_features"]))


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="AdaptiveLogSoftmaxWithLoss",
        family="loss",
        signature="input: N in_features, target: *T -> output: N, loss:",
        params=(
            auto("in_features", "Features that arrive."),
            count("n_classes", 1000, "How many classes there are.", positional=True),
            Param(
                "cutoffs",
                "ints",
                (100, 500),
                "Where one group of classes ends and a rarer one begins.",
                minimum=1,
                maximum=2**20,
                positional=True,
            ),
            number(
                "div_value",
                4.0,
                "How many times fewer features each rarer group gets.",
                minimum=1.0,
                maximum=64.0,
            ),
            flag("head_bias", False, "Whether the common classes have a learned constant."),
        ),
        code=Code(module="nn.AdaptiveLogSoftmaxWithLoss"),
        summary="Loss for a large vocabulary, where rare words get fewer weights.",
        source="Grave et al., 2016",
        url=torch_page("nn.AdaptiveLogSoftmaxWithLoss"),
        rule=_adaptive,
        tensors=_adaptive_tensors,
        keeps_state=True,
        words=("vocabulary", "language model", "rare words"),
        default_name="loss",
        main="n_classes",
    ),
    LayerSpec(
        name="CTCLoss",
        family="loss",
        signature="log_probs: T N C, targets: *M, input_lengths: *I, target_lengths: *J -> *R",
        params=(
            Param("blank", "int", 0, "The class of no letter.", minimum=0, maximum=2**20),
            choice("reduction", ("mean", "sum", "none"), "What becomes of the losses."),
            flag("zero_infinity", False, "Whether impossible samples count nothing."),
        ),
        code=Code(module="nn.CTCLoss"),
        summary="For sequences that are not aligned: every way to spell the target counts.",
        source="Graves et al., 2006",
        url=torch_page("nn.CTCLoss"),
        rule=_spelled,
        words=("speech", "handwriting", "alignment", "loss"),
        default_name="loss",
        main="blank",
    ),
    LayerSpec(
        name="LinearCrossEntropyLoss",
        family="loss",
        signature="input: N in_features, target: *T -> *R",
        params=(
            auto("in_features", "Features that arrive."),
            count("num_classes", 10, "How many classes there are.", positional=True),
            Param(
                "out_features",
                "ints",
                (),
                "Further dims of the target, for several decisions a sample.",
                minimum=1,
                maximum=2**20,
            ),
            flag("bias", False, "Whether a learned constant is added to the scores."),
            choice("reduction", ("mean", "sum", "none"), "What becomes of the losses."),
            Param(
                "weight",
                "floats",
                None,
                "How much each class counts, one number for each.",
                optional=True,
                minimum=0.0,
                maximum=1e6,
                tensor=True,
            ),
            Param(
                "ignore_index",
                "int",
                None,
                "Targets with this class do not count.",
                optional=True,
                minimum=-(2**20),
                maximum=2**20,
            ),
            number(
                "label_smoothing",
                0.0,
                "How much of the target is spread over all classes.",
                minimum=0.0,
                maximum=1.0,
            ),
        ),
        code=Code(module="nn.LinearCrossEntropyLoss"),
        summary="A linear layer and cross entropy in one, which saves memory; needs torch 2.13.",
        url=torch_page("nn.LinearCrossEntropyLoss"),
        rule=_linear_loss,
        tensors=_linear_tensors,
        flops=_linear_flops,
        keeps_state=True,
        words=("classification", "vocabulary", "memory"),
        default_name="loss",
        main="num_classes",
    ),
)
"""The family."""
