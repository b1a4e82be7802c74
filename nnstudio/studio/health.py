"""Gradients as a verdict and not as a chart: what a norm means, by limits that are stated.

A gradient is compared with the largest one of the same network and moment: what is a thousand times
smaller hardly learns. Apart from that, norms beyond fixed limits are bad whatever the others are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Word = Literal["healthy", "vanishing", "exploding", "not finite"]

VANISHING_SHARE = 1e-3
"""Below this part of the largest norm of the network a gradient counts as vanishing."""

VANISHING = 1e-7
"""Below this norm a gradient counts as vanishing whatever the others are."""

EXPLODING = 1e2
"""Above this norm a gradient counts as exploding."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a node's gradient.

    Attributes:
        norm: The norm of the gradient of its weights.
        word: What that means.
        share: Its place between the smallest and largest norm, 0 to 1, by powers of ten.
    """

    norm: float
    word: Word
    share: float


def verdicts(norms: Mapping[str, float]) -> dict[str, Verdict]:
    """Return what is to be said of each node."""
    finite = [value for value in norms.values() if math.isfinite(value)]
    largest = max(finite, default=0.0)
    high = math.log10(max(largest, 1e-12))
    low = min(high - 2.0, *(math.log10(max(value, 1e-12)) for value in finite)) if finite else -2.0
    return {
        node: Verdict(value, _word(value, largest), _share(value, low, high))
        for node, value in norms.items()
    }


def of_nodes(norms: Mapping[str, float], graph: str, path: Sequence[str] = ()) -> dict[str, float]:
    """Return the norm at each node of a graph that is on screen.

    Args:
        norms: By place: `graph/use#0/node`.
        graph: The network at the top.
        path: The uses of blocks that were entered; what lies in a block further down, and all
            copies of a repeat, are taken together.
    """
    squares: dict[str, float] = {}
    for place, norm in norms.items():
        top, *steps = (step.partition("#")[0] for step in place.split("/"))
        if top == graph and len(steps) > len(path) and steps[: len(path)] == list(path):
            node = steps[len(path)]
            squares[node] = squares.get(node, 0.0) + norm * norm
    return {node: math.sqrt(square) for node, square in squares.items()}


def in_words(found: Mapping[str, Verdict]) -> str:
    """Return the health of a network in a few words: the worst that is to be said."""
    if not found:
        return ""
    for word in ("not finite", "exploding", "vanishing"):
        count = sum(verdict.word == word for verdict in found.values())
        if count:
            return f"{word} in {count} of {len(found)} layers"
    return "gradients healthy"


def _word(value: float, largest: float) -> Word:
    if not math.isfinite(value):
        return "not finite"
    if value > EXPLODING:
        return "exploding"
    if value < VANISHING or value < VANISHING_SHARE * largest:
        return "vanishing"
    return "healthy"


def _share(value: float, low: float, high: float) -> float:
    if not math.isfinite(value):
        return 1.0
    place = (math.log10(max(value, 1e-12)) - low) / (high - low)
    return min(1.0, max(0.0, place))
