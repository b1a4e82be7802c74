"""What a network costs.

Learned numbers, floating point operations, elements kept for the backward pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nnstudio.catalogue.kept import kept
from nnstudio.catalogue.spec import LayerSpec, Resolved
from nnstudio.compiler.results import Incoming, NodeInfo
from nnstudio.graph import dims
from nnstudio.graph.dims import Dim, Shape

MOST_WEIGHTS = 10**11
"""More learned numbers than this are a slip of the hand: 400 GB, and the machine would be gone."""

MANY_WEIGHTS = 4 * 10**9
"""More than this do not train on an ordinary machine: 16 GB, and four times that with Adam."""


class Costs(NamedTuple):
    """Learned numbers, floating point operations, elements kept for the backward pass."""

    weights: Dim = 0
    flops: Dim = 0
    activations: Dim = 0

    def times(self, count: Dim) -> Costs:
        """Return the costs of so many."""
        return Costs(self.weights * count, self.flops * count, self.activations * count)

    def plus(self, other: Costs) -> Costs:
        """Return the costs of both."""
        return Costs(
            self.weights + other.weights,
            self.flops + other.flops,
            self.activations + other.activations,
        )

    def less(self, other: Costs) -> Costs:
        """Return the costs without those of the other."""
        return Costs(
            self.weights - other.weights,
            self.flops - other.flops,
            self.activations - other.activations,
        )


def layer_costs(
    spec: LayerSpec, args: Resolved, inputs: Sequence[Incoming], outputs: Sequence[Shape]
) -> Costs:
    """Return what one copy of a layer costs."""
    return Costs(
        spec.weights(args, inputs, outputs),
        0 if spec.flops is None else spec.flops(args, inputs, outputs),
        kept(spec.name, args, inputs, outputs, random=spec.random) if spec.family != "io" else 0,
    )


def costs_of(info: NodeInfo) -> Costs:
    """Return the costs of a node."""
    return Costs(info.weights, info.flops, info.activations)


def total(infos: Iterable[NodeInfo]) -> Costs:
    """Return the costs of all nodes together."""
    known = list(infos)
    return Costs(
        dims.total(info.weights for info in known),
        dims.total(info.flops for info in known),
        dims.total(info.activations for info in known),
    )
