"""Losses as layers: each compares an output with a target and ends in one number.

They serve graphs that compute their own loss; the loops have the same ones in their settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.broadcast import broadcast, expect
from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, choice, flag, number, torch_page
from nnstudio.catalogue.spec import Code, LayerSpec, Rule
from nnstudio.core.params import Param
from nnstudio.graph.dims import Shape, equal, show

REDUCTION = choice(
    "reduction",
    ("mean", "sum", "none"),
    "What becomes of the losses: their mean, their sum, or each of them as it is.",
)
IGNORED = Param(
    "ignore_index",
    "int",
    -100,
    "Targets with this class do not count.",
    minimum=-WIDEST,
    maximum=WIDEST,
)
SMOOTHED = number(
    "label_smoothing",
    0.0,
    "How much of the target is spread over all classes.",
    minimum=0.0,
    maximum=1.0,
)


def _weights(what: str, name: str = "weight") -> Param:
    return Param(name, "floats", None, what, optional=True, minimum=0.0, maximum=1e6, tensor=True)


CLASS_WEIGHTS = _weights("How much each class counts, one number for each.")


def _reduced(args: dict[str, Any], each: Shape) -> tuple[Shape, ...]:
    """Return the shape of the loss: that of the single losses, or a single number."""
    return (each if args["reduction"] == "none" else (),)


def _as_many(args: dict[str, Any], classes: Any, name: str = "weight") -> None:
    """Refuse weights of classes that are more or fewer than there are classes."""
    weights = args.get(name)
    if weights is not None and equal(len(weights), classes) is False:
        values = {"name": name, "entries": len(weights), "count": show(classes)}
        raise ShapeError("shape.class_weights", set_to(**{name: None}), **values)


def _entry_by_entry(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, target = inputs
    expect("target", shape, target)
    for name in ("weight", "pos_weight"):
        weights = args.get(name)
        if weights is not None:
            expect(name, shape, broadcast(shape, (len(weights),)))
    return _reduced(args, shape)


def _gaussian(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape, target, var = inputs
    expect("target", shape, target)
    if len(var) == len(shape) and shape:
        one = equal(var[-1], shape[-1]) is False
        expect("var", (*shape[:-1], 1) if one else shape, var)
    else:
        expect("var", shape[:-1], var)
    return _reduced(args, shape)


def _of_classes(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    """Return the loss of scores N × C × … for classes N × …, or for shares N × C × …."""
    scores, target = inputs
    each = (scores[0], *scores[2:])
    _as_many(args, scores[1])
    shares = "label_smoothing" in args and len(target) == len(scores)
    expect("target", scores if shares else each, target)
    if shares and type(args["ignore_index"]) is int and args["ignore_index"] >= 0:
        raise ShapeError("shape.ignored", set_to(ignore_index=-100), index=args["ignore_index"])
    return _reduced(args, each)


def _of_labels(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    scores, target = inputs
    _as_many(args, scores[1])
    expect("target", scores, target)
    return _reduced(args, (scores[0],))


def _margin(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    scores, target = inputs
    _as_many(args, scores[1])
    expect("target", (scores[0],), target)
    return _reduced(args, (scores[0],))


def _pair(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    first, second, target = inputs
    expect("input2", first, second)
    expect("target", (first[0],), target)
    return _reduced(args, (first[0],))


def _ranked(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    first, second, target = inputs
    expect("input2", first, second)
    expect("target", first, target)
    return _reduced(args, first)


def _triplet(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    anchor, positive, negative = inputs
    expect("positive", anchor, positive)
    expect("negative", anchor, negative)
    return _reduced(args, anchor[:-1])


def _loss(
    name: str,
    signature: str,
    rule: Rule,
    params: tuple[Param, ...],
    summary: str,
    words: tuple[str, ...],
    source: str = "",
) -> LayerSpec:
    return LayerSpec(
        name=name,
        family="loss",
        signature=signature,
        params=params,
        code=Code(module=f"nn.{name}"),
        summary=summary,
        source=source,
        url=torch_page(f"nn.{name}"),
        rule=rule,
        words=(*words, "loss", "criterion"),
        default_name="loss",
        main="reduction",
    )


def _above(name: str, default: float, help: str) -> Param:
    return number(name, default, help, minimum=0.0, above=True)


def _eps(default: float, help: str = "Keeps the logarithm finite.") -> Param:
    return number("eps", default, help, minimum=0.0, above=True, maximum=1.0)


_SAME = "*S, target: *T -> *R"
_CLASSES = "input: N C *S, target: *T -> *R"
_TWO = "input1: N D, input2: N2 D2, target: M -> *R"
_TRIPLET = "anchor: N *S D, positive: *P, negative: *Q -> *R"
_MEAN_OF = Param(
    "reduction",
    "choice",
    "batchmean",
    "What becomes of the losses; batchmean is the one of the formula.",
    choices=("batchmean", "mean", "sum", "none"),
    torch_default="mean",
)

LAYERS: tuple[LayerSpec, ...] = (
    _loss(
        "CrossEntropyLoss",
        _CLASSES,
        _of_classes,
        (CLASS_WEIGHTS, IGNORED, REDUCTION, SMOOTHED),
        "For one class out of several, from raw scores: minus the log of the right one's share.",
        ("classification", "softmax"),
    ),
    _loss(
        "NLLLoss",
        _CLASSES,
        _of_classes,
        (CLASS_WEIGHTS, IGNORED, REDUCTION),
        "For one class out of several, from log probabilities behind a LogSoftmax.",
        ("classification", "likelihood"),
    ),
    _loss(
        "BCEWithLogitsLoss",
        _SAME,
        _entry_by_entry,
        (
            _weights("How much each feature counts, one number for each."),
            REDUCTION,
            _weights("How much a yes counts, one number for each feature.", "pos_weight"),
        ),
        "For yes or no, also several at once: binary cross entropy from raw scores.",
        ("binary", "multilabel", "sigmoid"),
    ),
    _loss(
        "BCELoss",
        _SAME,
        _entry_by_entry,
        (_weights("How much each feature counts, one number for each."), REDUCTION),
        "Binary cross entropy from probabilities, behind a Sigmoid.",
        ("binary", "sigmoid"),
    ),
    _loss(
        "MSELoss",
        _SAME,
        _entry_by_entry,
        (REDUCTION,),
        "The mean of the squared differences.",
        ("regression", "l2", "squared"),
    ),
    _loss(
        "L1Loss",
        _SAME,
        _entry_by_entry,
        (REDUCTION,),
        "The mean of the absolute differences; outliers weigh less.",
        ("regression", "mae", "absolute"),
    ),
    _loss(
        "SmoothL1Loss",
        _SAME,
        _entry_by_entry,
        (REDUCTION, number("beta", 1.0, "Where the square ends.", minimum=0.0)),
        "Squared near zero and absolute beyond beta.",
        ("regression", "robust", "detection"),
        "Girshick, 2015",
    ),
    _loss(
        "HuberLoss",
        _SAME,
        _entry_by_entry,
        (REDUCTION, _above("delta", 1.0, "Where the square ends.")),
        "Squared near zero and a straight line beyond delta.",
        ("regression", "robust"),
        "Huber, 1964",
    ),
    _loss(
        "KLDivLoss",
        _SAME,
        _entry_by_entry,
        (_MEAN_OF, flag("log_target", False, "Whether the target holds log probabilities too.")),
        "How far log probabilities are from the target's probabilities.",
        ("distribution", "distillation", "kullback-leibler"),
    ),
    _loss(
        "PoissonNLLLoss",
        _SAME,
        _entry_by_entry,
        (
            flag("log_input", True, "Whether the input is the logarithm of the mean."),
            flag("full", False, "Whether Stirling's approximation is added."),
            _eps(1e-8),
            REDUCTION,
        ),
        "For counts: the negative log likelihood of a Poisson distribution.",
        ("count",),
    ),
    _loss(
        "GaussianNLLLoss",
        "*S, target: *T, var: *V -> *R",
        _gaussian,
        (
            flag("full", False, "Whether the constant of the formula is added."),
            _eps(1e-6, "The smallest variance."),
            REDUCTION,
        ),
        "For means with a variance of their own: how likely the target was.",
        ("uncertainty", "variance", "heteroscedastic"),
        "Nix & Weigend, 1994",
    ),
    _loss(
        "SoftMarginLoss",
        _SAME,
        _entry_by_entry,
        (REDUCTION,),
        "For two classes written as -1 and 1: log(1 + exp(-y x)).",
        ("binary", "hinge"),
    ),
    _loss(
        "HingeEmbeddingLoss",
        _SAME,
        _entry_by_entry,
        (number("margin", 1.0, "The distance that is asked for."), REDUCTION),
        "For distances with the target 1 (near) or -1 (at least the margin apart).",
        ("similarity", "siamese"),
    ),
    _loss(
        "MultiMarginLoss",
        "input: N C, target: *T -> *R",
        _margin,
        (
            Param("p", "int", 1, "The power of what is missing, 1 or 2.", minimum=1, maximum=2),
            number("margin", 1.0, "The lead that is asked for."),
            CLASS_WEIGHTS,
            REDUCTION,
        ),
        "For one class out of several: the right score must lead by a margin.",
        ("classification", "hinge", "svm"),
    ),
    _loss(
        "MultiLabelMarginLoss",
        "input: N C, target: *T -> *R",
        _of_labels,
        (REDUCTION,),
        "For several labels at once: every right score must lead every other by 1.",
        ("multilabel", "hinge"),
    ),
    _loss(
        "MultiLabelSoftMarginLoss",
        "input: N C, target: *T -> *R",
        _of_labels,
        (CLASS_WEIGHTS, REDUCTION),
        "For several labels at once, each by its own binary cross entropy.",
        ("multilabel",),
    ),
    _loss(
        "CosineEmbeddingLoss",
        _TWO,
        _pair,
        (number("margin", 0.0, "How alike two strangers may be.", maximum=1.0), REDUCTION),
        "For pairs with the target 1 (alike) or -1 (not): by the cosine of their angle.",
        ("similarity", "siamese", "angle"),
    ),
    _loss(
        "MarginRankingLoss",
        "input1: *A, input2: *B, target: *T -> *R",
        _ranked,
        (number("margin", 0.0, "The lead that is asked for."), REDUCTION),
        "For pairs with the target 1 (the first is to be higher) or -1 (the second).",
        ("ranking", "pairs", "order"),
    ),
    _loss(
        "TripletMarginLoss",
        _TRIPLET,
        _triplet,
        (
            _above("margin", 1.0, "How much nearer the positive has to be."),
            _above("p", 2.0, "The power of the norm."),
            _eps(1e-6, "Keeps the gradient finite."),
            flag("swap", False, "Whether the harder of the two negatives counts."),
            REDUCTION,
        ),
        "An anchor is to be nearer to a positive than to a negative, by a margin.",
        ("metric learning", "siamese", "faces"),
        "Schroff et al., 2015",
    ),
    _loss(
        "TripletMarginWithDistanceLoss",
        _TRIPLET,
        _triplet,
        (
            _above("margin", 1.0, "How much nearer the positive has to be."),
            flag("swap", False, "Whether the harder of the two negatives counts."),
            REDUCTION,
        ),
        "The triplet loss by the plain distance of vectors.",
        ("metric learning", "siamese"),
        "Schroff et al., 2015",
    ),
)
"""The family."""
