"""Random arguments and input shapes for any layer, most of them good, some of them not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nnstudio.catalogue.signature import InputPort, defaults, ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.params import Param, check
from tests.catalogue.adjusting import MORE

SMALL = {
    "hidden_size": 6,
    "num_embeddings": 9,
    "embedding_dim": 6,
    "out_channels": 8,
    "out_features": 8,
}


@st.composite
def cases(draw: Any, spec: LayerSpec) -> tuple[dict[str, Any], list[Any]]:
    """Draw arguments (None for automatic ones) and one shape per input port."""
    sizes: dict[str, int] = {}
    shapes = [_port(draw, port, sizes) for port in ports(spec.signature).inputs]
    rank = len(shapes[0]) if shapes and isinstance(shapes[0], tuple) else 3
    args = {param.name: _value(draw, param, rank) for param in spec.params}
    adjust = ADJUST.get(spec.name)
    if adjust is not None and draw(st.integers(0, 9)):
        adjust(draw, args, shapes)
    if shapes and draw(st.integers(0, 5)) == 0:
        _spoil(draw, shapes)
    for param in spec.params:
        assert check(param, args[param.name]) is None, (param.name, args[param.name])
    return args, shapes


def _port(draw: Any, port: InputPort, sizes: dict[str, int]) -> Any:
    if port.optional and draw(st.booleans()):
        return None
    if port.variadic:
        shape = _shape(draw, port, sizes)
        return tuple(shape for _ in range(draw(st.integers(1, 4))))
    return _shape(draw, port, sizes)


def _shape(draw: Any, port: InputPort, sizes: dict[str, int]) -> tuple[int, ...]:
    made: list[int] = []
    for token in port.dims:
        if isinstance(token, int):
            made.append(token)
        elif token[0] == "*":
            if token not in sizes:
                sizes[token] = tuple(draw(st.lists(st.integers(1, 6), min_size=0, max_size=4)))  # type: ignore[assignment]
            made.extend(sizes[token])  # type: ignore[arg-type]
        else:
            low = 2 if token == "N" else 1
            made.append(sizes.setdefault(token, draw(st.sampled_from([low, 2, 3, 4, 6, 8, 9, 12]))))
    return tuple(made)


def _value(draw: Any, param: Param, rank: int) -> Any:
    if param.auto:
        return None
    if param.kind == "bool" and not param.optional:
        return draw(st.booleans())
    choice = draw(st.integers(0, 3))
    if choice == 0 and not param.required:
        return _small(param)
    if param.optional and choice == 1:
        return None
    return draw(_strategy(param, max(rank - 2, 1)))


def _small(param: Param) -> Any:
    return SMALL.get(param.name, param.default) if param.kind == "int" else param.default


def _strategy(param: Param, spatial: int) -> st.SearchStrategy[Any]:
    low = -3 if param.minimum is None else max(int(param.minimum) + param.above, -3)
    high = 4 if param.maximum is None else min(int(param.maximum), 4)
    if param.kind == "bool":
        return st.booleans()
    if param.kind == "choice":
        return st.sampled_from(param.choices)
    if param.kind == "text":
        return st.sampled_from([str(param.default), "", "7", "a->b", "..."])
    if param.kind == "float":
        least = -4.0 if param.minimum is None else max(param.minimum, -4.0)
        most = 4.0 if param.maximum is None else min(param.maximum, 4.0)
        numbers = st.floats(least, most, exclude_min=param.above)
        return numbers.filter(lambda x: x == 0 or abs(x) > 1e-3)  # no more than float32 holds
    if param.kind == "int":
        return st.integers(low, max(low, high))
    return _many(param, spatial, low, high)


def _many(param: Param, spatial: int, low: int, high: int) -> st.SearchStrategy[Any]:
    one = st.integers(low, high)
    if param.kind == "size":
        each = st.lists(one, min_size=spatial, max_size=spatial).map(tuple)
        kinds = [one, one, each, st.sampled_from(param.words)] if param.words else [one, one, each]
        return st.one_of(*kinds)
    if param.kind == "number_or_size":
        most = param.maximum or 4
        factors = [0.5, 1, 1.5, 2, 2.0, 3, 0.25, 1.25, 0.3, 1.7, 0.1, 2.3]
        factor = st.sampled_from([one for one in factors if one <= most])
        return st.one_of(factor, st.lists(factor, min_size=spatial, max_size=spatial).map(tuple))
    if param.kind == "floats":
        return st.lists(st.floats(0.5, 2.0), min_size=1, max_size=4).map(tuple)
    if param.kind in ("ints", "shape"):
        return st.lists(one, min_size=0, max_size=5).map(tuple)
    raise AssertionError(param.kind)


def _spoil(draw: Any, shapes: list[Any]) -> None:
    """Change one shape a little, as a user who connects the wrong thing does."""
    index = draw(st.integers(0, len(shapes) - 1))
    shape = shapes[index]
    if not shape or isinstance(shape[0], tuple):
        return
    how, at = draw(st.integers(0, 2)), draw(st.integers(0, len(shape) - 1))
    if how == 0:
        shapes[index] = (*shape[:at], shape[at] + 1, *shape[at + 1 :])
    elif how == 1:
        shapes[index] = (*shape[:at], *shape[at + 1 :])
    else:
        shapes[index] = (*shape[:at], 2, *shape[at:])


def _groups(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    channels = shapes[0][1]
    args["groups"] = draw(st.sampled_from([g for g in (1, 2, 3, 4) if channels % g == 0]))
    args["out_channels"] = args["groups"] * draw(st.integers(1, 3))
    if args["padding"] == "same":
        args["stride"] = 1


def _transposed(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    _groups(draw, args, shapes)
    args["output_padding"] = draw(st.integers(0, 1))
    args["padding"] = draw(st.integers(0, 1))


def _pooling(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["padding"] = draw(st.integers(0, 1)) if args["kernel_size"] not in (1, (1,)) else 0


def _group_norm(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["num_groups"] = draw(
        st.sampled_from([g for g in (1, 2, 3, 4, 6) if shapes[0][1] % g == 0])
    )


def _embedding(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["padding_idx"] = draw(st.sampled_from([None, 0, -1]))


def _recurrent(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["num_layers"] = draw(st.integers(1, 3))
    if args["num_layers"] == 1:
        args["dropout"] = 0.0
    hidden = args["hidden_size"] = draw(st.integers(2, 5))
    leaving = hidden
    if "proj_size" in args:
        args["proj_size"] = draw(st.integers(0, hidden - 1))
        leaving = args["proj_size"] or hidden
    batch = shapes[0][0 if args["batch_first"] else 1]
    rows = args["num_layers"] * (1 + args["bidirectional"])
    given = draw(st.booleans())
    shapes[1:] = [
        (rows, batch, size) if given else None for size in (leaving, hidden)[: len(shapes) - 1]
    ]


def _attention(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["num_heads"] = draw(st.integers(1, 3))
    wide, batch, steps, seen = args["num_heads"] * draw(st.integers(1, 3)), 2, *draw(_TWO)
    key, value = (args[name] or wide for name in ("kdim", "vdim"))
    order = (lambda n, t: (n, t)) if args["batch_first"] else (lambda n, t: (t, n))
    shapes[:3] = [
        (*order(batch, steps), wide),
        (*order(batch, seen), key),
        (*order(batch, seen), value),
    ]
    shapes[3] = draw(st.sampled_from([None, (batch, seen)]))
    shapes[4] = draw(
        st.sampled_from([None, (steps, seen), (batch * args["num_heads"], steps, seen)])
    )


_TWO = st.tuples(st.integers(1, 5), st.integers(1, 5))


def _scaled_dot(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[3] = (
        None if args["is_causal"] else draw(st.sampled_from([None, (shapes[0][-2], shapes[1][-2])]))
    )


def _broadcast(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shape = shapes[0]
    kept = shape[draw(st.integers(0, len(shape))) :]
    shapes[1] = tuple(1 if draw(st.integers(0, 2)) == 0 else size for size in kept)


def _matmul(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[1] = (*shapes[0][:-2], shapes[0][-1], draw(st.integers(1, 4)))


def _reshape(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["shape"] = _arranged(draw, _product(shapes[0]))


def _arranged(draw: Any, total: int) -> tuple[int, ...]:
    made = []
    for factor in (2, 3, 2):
        if total % factor == 0 and draw(st.booleans()):
            made.append(factor)
            total //= factor
    made.insert(draw(st.integers(0, len(made))), draw(st.sampled_from([total, -1])))
    return tuple(made)


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _unflatten(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    if shapes[0]:
        args["dim"] = draw(st.integers(-len(shapes[0]), len(shapes[0]) - 1))
        args["unflattened_size"] = _arranged(draw, shapes[0][args["dim"]])


def _permute(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["dims"] = tuple(draw(st.permutations(range(len(shapes[0])))))


def _squeeze(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    at = draw(st.integers(0, len(shapes[0])))
    shapes[0] = (*shapes[0][:at], 1, *shapes[0][at:])
    args["dim"] = at


def _expand(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[0] = tuple(1 if draw(st.booleans()) else size for size in shapes[0])
    args["sizes"] = (2, *(3 if size == 1 else -1 for size in shapes[0]))


def _expand_batch(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[0] = (1, *(1 if draw(st.booleans()) else size for size in shapes[0]))
    args["sizes"] = tuple(3 if size == 1 else -1 for size in shapes[0][1:])


def _join(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    first = shapes[0][0]
    if not first:
        return
    at = draw(st.integers(0, len(first) - 1))
    args["dim"] = at
    sizes = [draw(st.integers(1, 4)) for _ in shapes[0]]
    shapes[0] = tuple((*first[:at], size, *first[at + 1 :]) for size in sizes)


def _split(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    sizes = args["sizes"] = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    shapes[0] = (*shapes[0], sum(sizes))
    args["dim"] = -1


def _pad(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    spatial = draw(st.integers(1, 3))
    shapes[0] = (2, 3, *(draw(st.integers(2, 5)) for _ in range(spatial)))
    args["padding"] = tuple(
        draw(st.integers(-1 if args["mode"] == "constant" else 0, 2)) for _ in range(2 * spatial)
    )


def _resize(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    rank = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}.get(
        args["mode"], draw(st.integers(3, 5))
    )
    shapes[0] = (2, 3, *(draw(st.integers(1, 7)) for _ in range(rank - 2)))
    if args["mode"] in ("nearest", "area", "nearest-exact"):
        args["align_corners"] = None
    by_factor = "scale_factor" in args and draw(st.booleans())
    name = "scale_factor" if by_factor else "size"
    wanted = [2, 3, 0.5, 1.5, 0.3, 1.7, 2.3] if by_factor else [1, 5, 8]
    args[name] = draw(st.sampled_from(wanted))
    if "scale_factor" in args:
        args["size" if by_factor else "scale_factor"] = None
    if not by_factor and "recompute_scale_factor" in args:
        args["recompute_scale_factor"] = None


def _shuffle(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[0] = (2, 4 * draw(st.integers(1, 3)), 2 * draw(st.integers(1, 3)), 4)
    args[next(iter(args))] = 2


def _slopes(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    args["num_parameters"] = draw(st.sampled_from([1, shapes[0][1] if len(shapes[0]) > 1 else 1]))


def _halves(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[0] = (*shapes[0], 4)
    args["dim"] = -1


def _bounds(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    low, high = list(args)[:2]
    args[low], args[high] = (0.1, 0.5) if low == "lower" else (-1.5, 1.0)


def _stretch(draw: Any, args: dict[str, Any], shapes: list[Any]) -> None:
    shapes[0] = (2, 5, 3)
    args.update(dim=1, start=draw(st.integers(-5, 5)), length=draw(st.integers(1, 4)))


ADJUST = {
    **{f"Conv{n}d": _groups for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": _transposed for n in (1, 2, 3)},
    **{f"{kind}Pool{n}d": _pooling for kind in ("Max", "Avg") for n in (1, 2, 3)},
    **dict.fromkeys(("LSTM", "GRU", "RNN"), _recurrent),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum"), _broadcast),
    **dict.fromkeys(("Compare", "Logical", "MaskedFill", "PairwiseDistance"), _broadcast),
    **dict.fromkeys(("RReLU", "Hardtanh"), _bounds),
    **dict.fromkeys(("Upsample", "Interpolate"), _resize),
    **dict.fromkeys(("PixelShuffle", "PixelUnshuffle"), _shuffle),
    "Embedding": _embedding,
    "GroupNorm": _group_norm,
    "MultiheadAttention": _attention,
    "ScaledDotProductAttention": _scaled_dot,
    "MatMul": _matmul,
    "Reshape": _reshape,
    "Unflatten": _unflatten,
    "Permute": _permute,
    "Squeeze": _squeeze,
    "Expand": _expand,
    "ExpandBatch": _expand_batch,
    "Concatenate": _join,
    "Split": _split,
    "Pad": _pad,
    "PReLU": _slopes,
    "GLU": _halves,
    "Narrow": _stretch,
    **MORE,
}
"""What makes a good case likely where chance seldom does; one in ten is left to chance."""

__all__ = ["cases", "defaults"]
