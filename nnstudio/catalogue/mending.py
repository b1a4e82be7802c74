"""What to offer when a shape does not fit: flatten, project, reshape, match, pool.

Which repairs make sense follows from the sizes alone, so it stands here once for all layers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnstudio.catalogue.faults import Fix, ShapeError, insert, unpin
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, numel, show, show_shape

_CODES = {
    "in_features": "shape.features",
    "in1_features": "shape.features",
    "in2_features": "shape.features",
    "input_size": "shape.features",
    "embed_dim": "shape.features",
    "in_channels": "shape.channels",
    "num_features": "shape.channels",
    "num_channels": "shape.channels",
}
"""What a parameter counts, in the words of the message."""


def wrong_rank(dims: Sequence[int | str], shape: Shape, place: tuple[int, int]) -> ShapeError:
    """Return the error of a shape with too many or too few dims."""
    wanted = " × ".join(str(dim).strip("{}") for dim in dims)
    return ShapeError(
        "shape.rank",
        *_rank_fixes(dims, shape, *place),
        dims=wanted,
        rank=len(shape),
        shape=show_shape(shape, " × ") or "()",
    )


def _rank_fixes(dims: Sequence[int | str], shape: Shape, port: int, edge: int) -> list[Fix]:
    count, wanted = len(shape), len(dims) - any(str(dim)[0] == "*" for dim in dims)
    if count > wanted >= 2:
        start = wanted - 1
        return [insert("repair.flatten", "Flatten", port, edge, start_dim=start)]
    if wanted == 4 and count == 2 and isinstance(shape[1], int):
        side = math.isqrt(shape[1])
        if side * side == shape[1]:
            size = (1, side, side)
            return [
                insert("repair.unflatten", "Unflatten", port, edge, dim=1, unflattened_size=size)
            ]
    if wanted - count == 1 and count >= 2:
        return [insert("repair.unsqueeze", "Unsqueeze", port, edge, dim=1)]
    return []


def misfit(
    token: int | str,
    known: Dim,
    size: Dim,
    shape: Shape,
    params: Sequence[Param],
    place: tuple[int, int],
) -> ShapeError:
    """Return the error of a size that differs from what an argument or another dim says."""
    param = next((param for param in params if param.name == token), None)
    values = {"name": token, "expected": show(known), "actual": show(size)}
    if param is None:
        return ShapeError("shape.fixed" if isinstance(token, int) else "shape.sizes", **values)
    code = _CODES.get(param.name, "shape.size")
    fixes = _features(known, shape, *place) if code == "shape.features" else []
    if code == "shape.channels":
        fixes = _channels(known, shape, *place)
    if param.auto:
        fixes.append(unpin(param.name))
    return ShapeError(code, *fixes, **values)


def _features(wanted: Dim, shape: Shape, port: int, edge: int) -> list[Fix]:
    """Return the repairs for a last dim that has the wrong size."""
    fixes = []
    if len(shape) > 2 and numel(shape[1:]) == wanted:
        fixes.append(insert("repair.flatten", "Flatten", port, edge))
    if isinstance(wanted, int):
        fixes.append(insert("repair.project", "Linear", port, edge, out_features=wanted))
    return fixes


def _channels(wanted: Dim, shape: Shape, port: int, edge: int) -> list[Fix]:
    """Return the repairs for a channel dim that has the wrong size."""
    spatial = len(shape) - 2
    if not isinstance(wanted, int) or not 1 <= spatial <= 3:
        return []
    layer = f"Conv{spatial}d"
    return [insert("repair.channels", layer, port, edge, out_channels=wanted, kernel_size=1)]
