"""All that can be chosen, by name."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.declared import AUGMENTS, LOOPS, METRICS, READERS, SCHEDULES
from nnstudio.catalogue.layers import (
    activation,
    added,
    arithmetic,
    attention,
    cells,
    comparing,
    convolution,
    distances,
    functions,
    indexing,
    io,
    joining,
    linear,
    loss,
    loss_other,
    normalization,
    padding,
    pooling,
    pooling_other,
    recurrent,
    reducing,
    regularization,
    resizing,
    shaping,
    special,
    transformer,
)
from nnstudio.catalogue.losses import LOSSES
from nnstudio.catalogue.optimizers import OPTIMIZERS
from nnstudio.catalogue.spec import LayerSpec

__all__ = [
    "AUGMENTS",
    "LAYERS",
    "LOOPS",
    "LOSSES",
    "METRICS",
    "OPTIMIZERS",
    "READERS",
    "SCHEDULES",
    "TABLES",
    "layer",
]

_FAMILIES = (
    io,
    linear,
    convolution,
    pooling,
    pooling_other,
    normalization,
    activation,
    regularization,
    recurrent,
    cells,
    attention,
    transformer,
    arithmetic,
    functions,
    reducing,
    comparing,
    distances,
    shaping,
    joining,
    indexing,
    padding,
    resizing,
    special,
    added,
    loss,
    loss_other,
)

LAYERS: Mapping[str, LayerSpec] = {
    spec.name: spec for family in _FAMILIES for spec in family.LAYERS
}
"""Every layer of the catalogue, in the order of the palette."""

TABLES: Mapping[str, Mapping[str, Choosable]] = {
    "augments": AUGMENTS,
    "loops": LOOPS,
    "losses": LOSSES,
    "metrics": METRICS,
    "optimizers": OPTIMIZERS,
    "readers": READERS,
    "schedules": SCHEDULES,
}
"""What `Param.of` names."""


def layer(name: str) -> LayerSpec | None:
    """Return the layer with this name, or None."""
    return LAYERS.get(name)
