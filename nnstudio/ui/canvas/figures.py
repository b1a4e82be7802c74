"""What the overlay says of every node: parameters, work, memory, gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from nnstudio.graph.dims import Dim
from nnstudio.studio.figures import bytes_words
from nnstudio.studio.summaries import count_words
from nnstudio.ui.canvas.look import Look
from nnstudio.ui.canvas.node_painter import Figure
from nnstudio.ui.canvas.paints import STEPS
from nnstudio.ui.i18n import tr
from nnstudio.ui.view_state import Overlay

Values: TypeAlias = "Mapping[str, float]"
LOWEST = 1e-12


def figures(overlay: Overlay, looks: Mapping[str, Look], values: Values) -> dict[str, Figure]:
    """Return what the overlay says, by node id; a node that is not in it shows what it is.

    Args:
        overlay: What is asked for.
        looks: The nodes.
        values: For the gradients: the norm at each node.
    """
    if overlay == "parameters":
        return _counts({key: look.weights for key, look in looks.items()}, tr("parameters"))
    if overlay == "flops":
        return _counts({key: look.flops for key, look in looks.items()}, tr("FLOPs"))
    if overlay == "memory":
        return _counts({key: look.kept for key, look in looks.items()}, "", bytes_words)
    if overlay == "gradients":
        return _flows({key: values[key] for key in looks if key in values})
    return {}


def _counts(
    counts: Mapping[str, Dim], unit: str, words: Callable[[Dim], str] = count_words
) -> dict[str, Figure]:
    most = max((count for count in counts.values() if isinstance(count, int)), default=0)
    made = {}
    for key, count in counts.items():
        if not count:
            made[key] = Figure("–")
        else:
            share = count / most if isinstance(count, int) else 0.0
            made[key] = Figure(f"{words(count)} {unit}".rstrip(), share)
    return made


def _flows(values: Values) -> dict[str, Figure]:
    """Gradients differ by powers of ten, so their place on the ramp is that of the logarithm."""
    low, high = _range(values.values())
    made = {}
    for key, value in values.items():
        if not math.isfinite(value):
            made[key] = Figure(tr("not a number"))
            continue
        share = (math.log10(max(value, LOWEST)) - low) / (high - low)
        share = min(1.0, max(0.0, share))
        made[key] = Figure(f"|g| {value:.2e}", max(0.02, share), round(share * (STEPS - 1)))
    return made


def _range(values: Iterable[float]) -> tuple[float, float]:
    powers = [math.log10(max(value, LOWEST)) for value in values if math.isfinite(value)]
    if not powers:
        return 0.0, 1.0
    # Less than two powers of ten apart is no difference to be alarmed at.
    high = max(powers)
    return min(min(powers), high - 2.0), high
