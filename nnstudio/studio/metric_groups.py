"""Which metrics share a plot, and what it is called: train and val loss are both losses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnstudio.studio.trace import RATES

TITLES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "top5_accuracy": "Accuracy, best five",
    "token_accuracy": "Accuracy of tokens",
    "multilabel_accuracy": "Accuracy of labels",
    "exact_match": "Exact match",
    "mse": "Mean squared error",
    "mae": "Mean absolute error",
    "nll": "Negative log-likelihood",
    "return": "Return",
    "grad_norm": "Gradient norm",
    "rate": "Learning rate",
    "inception_score": "Inception score",
}
LAST = ("rate", "grad_norm")
"""Groups that come after all others."""

BASELINE = "baseline/"


@dataclass(frozen=True, slots=True)
class Group:
    """Metrics that share a plot.

    Attributes:
        key: What they have in common.
        title: What the plot is called.
        names: The metrics.
        percent: Whether they are parts of one, to be read in percent.
    """

    key: str
    title: str
    names: tuple[str, ...]
    percent: bool = False


def groups(names: Iterable[str]) -> tuple[Group, ...]:
    """Return the plots that some metrics take: losses first, rates and norms last."""
    found: dict[str, list[str]] = {}
    baselines = []
    for name in names:
        if name.startswith(BASELINE):
            baselines.append(name)
        else:
            found.setdefault(key_of(name), []).append(name)
    for name in baselines:
        found.setdefault(_beside(name, baselines, found), []).append(name)
    order = sorted(
        found, key=lambda key: (key != "loss", LAST.index(key) + 1 if key in LAST else 0)
    )
    return tuple(
        Group(key, title(key), tuple(sorted(found[key], key=_order)), is_part(key)) for key in order
    )


def key_of(name: str) -> str:
    """Return the group of a metric: `train/generator_loss` is a loss."""
    if name.startswith(RATES):
        return "rate"
    last = name.rpartition("/")[2]
    return "loss" if last.endswith("_loss") else last


def title(key: str) -> str:
    """Return what a group is called."""
    return TITLES.get(key, key.replace("_", " ").capitalize())


def label(name: str) -> str:
    """Return what a metric is called inside its group: `train`, `val`, `generator`, `lr`."""
    head, _, last = name.partition("/")
    if name.startswith((RATES, BASELINE)):
        return last
    if last.endswith("_loss"):
        return last.removesuffix("_loss")
    return head


def is_part(key: str) -> bool:
    """Return whether the values of a group are parts of one."""
    return "accuracy" in key or key in ("exact_match", "confidence")


def every_step(name: str) -> bool:
    """Return whether a metric is told step by step and is worth smoothing."""
    return name.startswith(("train/", "episode/"))


def _beside(name: str, baselines: list[str], found: dict[str, list[str]]) -> str:
    """Where a baseline is a line to be beaten: the group of its name, or that of its siblings."""
    for one in (name, *baselines):
        key = one.removeprefix(BASELINE)
        if key in found and key != "loss":
            return key
    return "loss"


def _order(name: str) -> tuple[int, str]:
    heads = ("train", "val", "eval", "episode", "rate", "baseline")
    head = name.partition("/")[0]
    return heads.index(head) if head in heads else len(heads), name
