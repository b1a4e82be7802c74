"""Losses: what training makes small."""

from __future__ import annotations

from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.fields import choice, flag, number, torch_page
from nnstudio.core.params import Param
from nnstudio.core.values import Value

_MEAN = choice("reduction", ("mean", "sum"), "What becomes of the losses of a batch.")


def _weights(what: str, name: str = "weight") -> Param:
    """Return numbers that torch takes as a tensor."""
    return Param(name, "floats", None, what, optional=True, minimum=0.0, maximum=1e6, tensor=True)


_CLASSES = _weights("How much each class counts, one number for each.")
_FEATURES = _weights("How much each feature counts, one number for each.")
_IGNORED = Param(
    "ignore_index",
    "int",
    -100,
    "Targets with this class do not count.",
    minimum=-(2**20),
    maximum=2**20,
)


def _above_zero(name: str, default: float, help: str) -> Param:
    return number(name, default, help, minimum=0.0, above=True)


def _batch_mean() -> Param:
    words = "What becomes of the losses; batchmean is the one of the formula."
    torch_default: Value = "mean"
    return Param(
        "reduction",
        "choice",
        "batchmean",
        words,
        choices=("batchmean", "mean", "sum"),
        torch_default=torch_default,
    )


_ROWS: tuple[tuple[str, str, str, tuple[Param, ...], tuple[str, ...]], ...] = (
    (
        "CrossEntropyLoss",
        "Cross entropy",
        "For one class out of several, from raw scores: minus the log of the right one's share.",
        (
            _CLASSES,
            _IGNORED,
            _MEAN,
            number(
                "label_smoothing",
                0.0,
                "How much of the target is spread over all classes.",
                minimum=0.0,
                maximum=1.0,
            ),
        ),
        ("classification", "softmax", "log loss"),
    ),
    (
        "BCEWithLogitsLoss",
        "Binary cross entropy with logits",
        "For yes or no, also several at once: binary cross entropy from raw scores.",
        (
            _FEATURES,
            _MEAN,
            _weights("How much a yes counts, one number for each feature.", "pos_weight"),
        ),
        ("binary", "multilabel", "sigmoid"),
    ),
    (
        "BCELoss",
        "Binary cross entropy",
        "Binary cross entropy from probabilities, behind a Sigmoid.",
        (_FEATURES, _MEAN),
        ("binary", "sigmoid"),
    ),
    (
        "MSELoss",
        "Mean squared error",
        "The mean of the squared differences.",
        (_MEAN,),
        ("regression", "l2"),
    ),
    (
        "L1Loss",
        "Mean absolute error",
        "The mean of the absolute differences; outliers weigh less.",
        (_MEAN,),
        ("regression", "mae"),
    ),
    (
        "SmoothL1Loss",
        "Smooth L1",
        "Squared near zero and absolute beyond beta.",
        (_MEAN, _above_zero("beta", 1.0, "Where the square ends.")),
        ("regression", "robust"),
    ),
    (
        "HuberLoss",
        "Huber",
        "Squared near zero and a straight line beyond delta.",
        (_MEAN, _above_zero("delta", 1.0, "Where the square ends.")),
        ("regression", "robust"),
    ),
    (
        "NLLLoss",
        "Negative log likelihood",
        "For one class out of several, from log probabilities behind a LogSoftmax.",
        (_CLASSES, _IGNORED, _MEAN),
        ("classification",),
    ),
    (
        "KLDivLoss",
        "Kullback-Leibler divergence",
        "How far log probabilities are from the target's probabilities.",
        (
            _batch_mean(),
            flag("log_target", False, "Whether the target holds log probabilities too."),
        ),
        ("distribution", "distillation"),
    ),
    (
        "PoissonNLLLoss",
        "Poisson",
        "For counts: the negative log likelihood of a Poisson distribution.",
        (
            flag("log_input", True, "Whether the network gives the logarithm of the mean."),
            flag("full", False, "Whether Stirling's approximation is added."),
            number(
                "eps", 1e-8, "Keeps the logarithm finite.", minimum=0.0, above=True, maximum=1.0
            ),
            _MEAN,
        ),
        ("count",),
    ),
    (
        "SoftMarginLoss",
        "Soft margin",
        "For two classes written as -1 and 1: log(1 + exp(-y x)).",
        (_MEAN,),
        ("binary", "hinge"),
    ),
    (
        "MultiLabelMarginLoss",
        "Multi-label margin",
        "For several labels at once: every right score must lead every other by 1.",
        (_MEAN,),
        ("multilabel", "hinge"),
    ),
    (
        "MultiLabelSoftMarginLoss",
        "Multi-label soft margin",
        "For several labels at once, each by its own binary cross entropy.",
        (_CLASSES, _MEAN),
        ("multilabel",),
    ),
    (
        "MultiMarginLoss",
        "Multi-class margin",
        "For one class out of several: the right score must lead by a margin.",
        (
            Param("p", "int", 1, "The power of what is missing, 1 or 2.", minimum=1, maximum=2),
            number("margin", 1.0, "The lead that is asked for."),
            _CLASSES,
            _MEAN,
        ),
        ("classification", "hinge", "svm"),
    ),
    (
        "HingeEmbeddingLoss",
        "Hinge embedding",
        "For distances with the target 1 (near) or -1 (at least the margin apart).",
        (number("margin", 1.0, "The distance that is asked for."), _MEAN),
        ("similarity",),
    ),
)

_OWN: tuple[Choosable, ...] = (
    Choosable(
        name="MarginLoss",
        title="Margin of capsules",
        summary="For one class out of several, from the lengths of capsules (Sabour et al., 2017).",
        params=(
            number("positive", 0.9, "The length from which a capsule is long enough.", minimum=0.0),
            number("negative", 0.1, "The length up to which one is short enough.", minimum=0.0),
            number("weight", 0.5, "What the absent classes count.", minimum=0.0),
        ),
        code="MarginLoss",
        imports=("from kit.modules.margin_loss import MarginLoss",),
        words=("classification", "capsule", "hinge"),
    ),
)
"""Losses that torch lacks: modules of the kit."""

LOSSES: dict[str, Choosable] = {
    name: Choosable(
        name=name,
        title=title,
        summary=summary,
        params=params,
        code=f"nn.{name}",
        imports=("from torch import nn",),
        url=torch_page(f"nn.{name}"),
        words=words,
    )
    for name, title, summary, params, words in _ROWS
} | {loss.name: loss for loss in _OWN}
"""The losses by name."""
