"""What makes a good case likely for layers that chance seldom meets: one function a kind."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Shapes = list[Any]
Args = dict[str, Any]


def _small(draw: Any, low: int = 1, high: int = 4) -> int:
    return draw(st.integers(low, high))


def _mirror(draw: Any, args: Args, shapes: Shapes) -> None:
    """Padding that the input can give."""
    spatial = len(shapes[0]) - 2
    shapes[0] = (2, 3, *(_small(draw, 3, 6) for _ in range(spatial)))
    one = st.integers(0, 2)
    args["padding"] = draw(
        st.one_of(one, st.lists(one, min_size=2 * spatial, max_size=2 * spatial).map(tuple))
    )


def _cut(draw: Any, args: Args, shapes: Shapes) -> None:
    """Padding that may be negative."""
    _mirror(draw, args, shapes)
    if draw(st.booleans()):
        args["padding"] = tuple(draw(st.integers(-1, 2)) for _ in range(2 * (len(shapes[0]) - 2)))


def _window(draw: Any, args: Args, shapes: Shapes) -> None:
    """A window that fits into the picture."""
    spatial = len(shapes[0]) - 2
    shapes[0] = (2, 3, *(_small(draw, 4, 7) for _ in range(spatial)))
    kinds = [1, 2, 3] if spatial == 1 else [1, 2, (2,) * spatial, 3]
    args["kernel_size"] = draw(st.sampled_from(kinds))


def _fraction(draw: Any, args: Args, shapes: Shapes) -> None:
    _window(draw, args, shapes)
    args["kernel_size"] = draw(st.sampled_from([1, 2]))
    by_size = draw(st.booleans())
    spatial = len(shapes[0]) - 2
    sizes = st.sampled_from([2, 3, (2,) * spatial])
    args["output_size"] = draw(sizes) if by_size else None
    ratios = st.sampled_from([0.5, 0.6, (0.5,) * spatial, 0.75])
    args["output_ratio"] = None if by_size else draw(ratios)


def _unpool(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[1] = shapes[0]
    spatial = len(shapes[0]) - 2
    args["padding"] = 0
    args["kernel_size"] = draw(st.sampled_from([2, 3, (2,) * spatial]))
    args["stride"] = draw(st.sampled_from([None, 2, (2,) * spatial]))
    args["output_size"] = draw(st.sampled_from([None, "near"]))
    if args["output_size"]:
        kernel, stride = (
            value[0] if isinstance(value, tuple) else value
            for value in (args["kernel_size"], args["stride"] or args["kernel_size"])
        )
        away = _small(draw, -1, 1)
        args["output_size"] = tuple((one - 1) * stride + kernel + away for one in shapes[0][2:])


def _unfold(draw: Any, args: Args, shapes: Shapes) -> None:
    _window(draw, args, shapes)


def _fold(draw: Any, args: Args, shapes: Shapes) -> None:
    args.update(kernel_size=2, dilation=1, stride=draw(st.sampled_from([1, 2, (2, 1)])), padding=0)
    args["output_size"] = (4, 6)
    strides = args["stride"] if isinstance(args["stride"], tuple) else (args["stride"],) * 2
    places = ((4 - 2) // strides[0] + 1) * ((6 - 2) // strides[1] + 1)
    shapes[0] = (2, 4 * _small(draw), places)


def _sampling(draw: Any, args: Args, shapes: Shapes) -> None:
    spatial = 2 if args["mode"] == "bicubic" else draw(st.sampled_from([2, 3]))
    shapes[0] = (2, 3, *(_small(draw, 2, 5) for _ in range(spatial)))
    shapes[1] = (2, *(_small(draw, 2, 5) for _ in range(spatial)), spatial)


def _affine(draw: Any, args: Args, shapes: Shapes) -> None:
    spatial = draw(st.sampled_from([2, 3]))
    shapes[0] = (2, spatial, spatial + 1)
    shapes[1] = (2, 3, *(_small(draw, 1, 5) for _ in range(spatial)))


def _channel_shuffle(draw: Any, args: Args, shapes: Shapes) -> None:
    args["groups"] = draw(st.sampled_from([g for g in (1, 2, 3) if shapes[0][1] % g == 0]))


def _cell(draw: Any, args: Args, shapes: Shapes) -> None:
    hidden = args["hidden_size"] = _small(draw, 1, 5)
    state = (shapes[0][0], hidden) if draw(st.booleans()) else None
    shapes[1:] = [state] * (len(shapes) - 1)


def _transformer(draw: Any, args: Args, shapes: Shapes) -> None:
    """Heads that divide the features, and masks that fit."""
    args["nhead"] = _small(draw, 1, 3)
    args["dim_feedforward"] = _small(draw, 1, 9)
    for name in ("num_layers", "num_encoder_layers", "num_decoder_layers"):
        if name in args:
            args[name] = _small(draw, 1, 2)
    wide, steps, seen = 2 * args["nhead"], _small(draw), _small(draw)
    order = (lambda t: (2, t, wide)) if args["batch_first"] else (lambda t: (t, 2, wide))

    def mask(rows: int, columns: int) -> Any:
        each = (2 * args["nhead"], rows, columns)
        return draw(st.sampled_from([None, (rows, columns), each]))

    def padding(columns: int) -> Any:
        return draw(st.sampled_from([None, (2, columns)]))

    if len(shapes) == 3:
        shapes[:] = [order(steps), mask(steps, steps), padding(steps)]
        return
    masks = [mask(steps, steps), mask(steps, seen)]
    if len(shapes) == 6:
        shapes[:] = [order(steps), order(seen), *masks, padding(steps), padding(seen)]
        return
    shapes[:] = [
        order(seen), order(steps), mask(seen, seen), *masks,
        padding(seen), padding(steps), padding(seen),
    ]  # fmt: skip


def _bag(draw: Any, args: Args, shapes: Shapes) -> None:
    args["padding_idx"] = draw(st.sampled_from([None, 0, -1]))
    args["max_norm"] = None
    long = draw(st.booleans())
    shapes[0] = (_small(draw, 3, 6),) if long else (2, _small(draw))
    shapes[1] = (_small(draw, 2, 3),) if long else None
    args["include_last_offset"] = long and args["include_last_offset"]
    weighted = draw(st.booleans()) and not args["include_last_offset"]
    shapes[2] = shapes[0] if weighted else None
    if weighted:
        args["mode"] = "sum"


def _einsum(draw: Any, args: Args, shapes: Shapes) -> None:
    n, q, k, d = (_small(draw) for _ in range(4))
    args["equation"], shapes[0] = draw(
        st.sampled_from(
            [
                ("nqd,nkd->nqk", ((n, q, d), (n, k, d))),
                ("...ij,...jk->...ik", ((n, q, d), (n, d, k))),
                ("ij,jk", ((q, d), (d, k))),
                ("bii->bi", ((n, q, q),)),
                ("b...->...b", ((n, q, d),)),
                ("i,j,k->ijk", ((q,), (d,), (k,))),
                ("a b, b c -> a c", ((q, d), (d, k))),
                ("ij->", ((q, d),)),
            ]
        )
    )


def _index(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[0] = (2, _small(draw, 3, 6), _small(draw, 3, 6))
    args["index"] = draw(
        st.sampled_from(
            [":, 0", "..., -1", ":, ::2", ":, 1:3", "None, ..., 1:", ":, -2:, :-1", "0"]
        )
    )


def _gather(draw: Any, args: Args, shapes: Shapes) -> None:
    rank = len(shapes[0])
    if rank:
        args["dim"] = draw(st.integers(-rank, rank - 1))
        shapes[1] = tuple(draw(st.integers(1, size)) for size in shapes[0])


def _any_dim(draw: Any, args: Args, shapes: Shapes) -> None:
    """A dim that is there, and a tensor that has one."""
    if not shapes[0]:
        shapes[0] = (3,)
    args["dim"] = draw(st.integers(-len(shapes[0]), len(shapes[0]) - 1))


def _top(draw: Any, args: Args, shapes: Shapes) -> None:
    _any_dim(draw, args, shapes)
    args["k"] = draw(st.integers(1, shapes[0][args["dim"]]))


def _same_pair(draw: Any, args: Args, shapes: Shapes) -> None:
    _any_dim(draw, args, shapes)
    shapes[1] = tuple(1 if draw(st.integers(0, 3)) == 0 else size for size in shapes[0])


def _threes(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[0] = shapes[1] = (2, 3, 3)
    args["dim"] = draw(st.integers(-2, 2))


def _of_three(draw: Any, args: Args, shapes: Shapes) -> None:
    for place in (1, 2):
        shapes[place] = tuple(1 if draw(st.integers(0, 3)) == 0 else s for s in shapes[0])


def _grid(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[0] = tuple((_small(draw),) for _ in shapes[0])


def _repeat(draw: Any, args: Args, shapes: Shapes) -> None:
    added = _small(draw, 0, 1)
    args["repeats"] = tuple(_small(draw, 1, 3) for _ in range(len(shapes[0]) + added)) or (2,)


def _roll(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[0] = (2, 3, 4)
    args["shifts"], args["dims"] = draw(
        st.sampled_from([(1, 1), ((1, -2), (1, 2)), (-1, -1), ((3,), (0,))])
    )


def _flip(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[0] = (2, 3, 4)
    args["dims"] = draw(st.sampled_from([(1,), (1, 2), (-1,), (0, 1, 2)]))


def _even(draw: Any, args: Args, shapes: Shapes) -> None:
    if "dim" in args:
        args["dim"] = 2 * _small(draw)
    else:
        shapes[0] = (*shapes[0][:-1], 2 * _small(draw))


def _matrix_pair(draw: Any, args: Args, shapes: Shapes) -> None:
    *batch, _, wide = shapes[0]
    shapes[1] = (*batch, _small(draw), wide)


def _odd(draw: Any, args: Args, shapes: Shapes) -> None:
    args["size"] = draw(st.sampled_from([1, 3, 5]))


def _weighed(draw: Any, args: Args, count: int) -> None:
    for name in ("weight", "pos_weight"):
        if name in args:
            args[name] = draw(st.sampled_from([None, (0.5,) * count]))


def _same_target(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[1:] = [shapes[0]] * (len(shapes) - 1)
    _weighed(draw, args, shapes[0][-1] if shapes[0] else 1)


def _gaussian(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[1] = shapes[0]
    kinds = [shapes[0], shapes[0][:-1], (*shapes[0][:-1], 1)] if shapes[0] else [()]
    shapes[2] = draw(st.sampled_from(kinds))


def _classes(draw: Any, args: Args, shapes: Shapes) -> None:
    scores = shapes[0]
    kinds = [(scores[0], *scores[2:])]
    shapes[1] = draw(st.sampled_from(kinds + [scores] * ("label_smoothing" in args)))
    _weighed(draw, args, scores[1])


def _per_sample(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[1] = (shapes[0][0],)
    _weighed(draw, args, shapes[0][1])


def _per_label(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[1] = shapes[0]
    _weighed(draw, args, shapes[0][1])


def _of_pairs(draw: Any, args: Args, shapes: Shapes) -> None:
    shapes[1], shapes[2] = shapes[0], (shapes[0][0],)


def _spelled(draw: Any, args: Args, shapes: Shapes) -> None:
    steps, batch, classes = _small(draw), 2, _small(draw, 2, 5)
    args["blank"] = 0
    shapes[:] = [(steps, batch, classes), (batch, _small(draw)), (batch,), (batch,)]


def _adaptive(draw: Any, args: Args, shapes: Shapes) -> None:
    args.update(n_classes=12, div_value=2.0)
    args["cutoffs"] = draw(st.sampled_from([(4,), (4, 8), (1, 2, 11)]))
    shapes[:] = [(3, 8 + _small(draw)), (3,)]


def _linear_loss(draw: Any, args: Args, shapes: Shapes) -> None:
    more = args["out_features"] = draw(st.sampled_from([(), (2,), (2, 3)]))
    args["num_classes"] = _small(draw, 2, 5)
    each, shares = (3, *more), (3, args["num_classes"], *more)
    shapes[:] = [(3, 4), draw(st.sampled_from([each, shares] if not more else [each]))]
    args["weight"] = draw(st.sampled_from([None, (0.5,) * args["num_classes"]]))


SAME = (
    "BCE", "BCEWithLogits", "MSE", "L1", "SmoothL1", "Huber", "KLDiv", "PoissonNLL", "SoftMargin",
    "HingeEmbedding", "MarginRanking", "TripletMargin", "TripletMarginWithDistance",
)  # fmt: skip
MIRRORS = ("ReflectionPad", "ReplicationPad", "CircularPad")
ALONG = (
    "CumSum", "CumProd", "Sort", "Normalize", "IndexSelect", "Unbind", "Prod", "ArgMin",
    "GumbelSoftmax", "RepeatInterleave",
)  # fmt: skip
TRANSFORMERS = ("", "Encoder", "Decoder", "EncoderLayer", "DecoderLayer")
MORE = {
    **{f"{name}{n}d": _mirror for name in MIRRORS for n in (1, 2, 3)},
    **{f"{name}{n}d": _cut for name in ("ZeroPad", "ConstantPad") for n in (1, 2, 3)},
    **{f"LPPool{n}d": _window for n in (1, 2, 3)},
    **{f"FractionalMaxPool{n}d": _fraction for n in (2, 3)},
    **{f"MaxUnpool{n}d": _unpool for n in (1, 2, 3)},
    **{f"Transformer{part}": _transformer for part in TRANSFORMERS},
    **dict.fromkeys(("RNNCell", "LSTMCell", "GRUCell"), _cell),
    **dict.fromkeys(ALONG, _any_dim),
    **dict.fromkeys(("CosineSimilarity", "Dot"), _same_pair),
    **dict.fromkeys(("Where", "Lerp"), _of_three),
    **dict.fromkeys(("RotaryEmbedding", "TimestepEmbedding"), _even),
    **{f"{name}Loss": _same_target for name in SAME},
    **dict.fromkeys(("CrossEntropyLoss", "NLLLoss"), _classes),
    **dict.fromkeys(("MultiLabelMarginLoss", "MultiLabelSoftMarginLoss"), _per_label),
    "MultiMarginLoss": _per_sample,
    "CosineEmbeddingLoss": _of_pairs,
    "GaussianNLLLoss": _gaussian,
    "CTCLoss": _spelled,
    "AdaptiveLogSoftmaxWithLoss": _adaptive,
    "LinearCrossEntropyLoss": _linear_loss,
    "AffineGrid": _affine,
    "Cdist": _matrix_pair,
    "ChannelShuffle": _channel_shuffle,
    "Cross": _threes,
    "CrossMapLRN2d": _odd,
    "Einsum": _einsum,
    "EmbeddingBag": _bag,
    "Flip": _flip,
    "Fold": _fold,
    "Gather": _gather,
    "GridSample": _sampling,
    "Meshgrid": _grid,
    "Repeat": _repeat,
    "Roll": _roll,
    "Slice": _index,
    "TopK": _top,
    "Unfold": _unfold,
}
"""By layer."""
