"""Layers that multiply by a matrix of weights, and the lookup of rows in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import auto, bias, count, flag, number, torch_page
from nnstudio.catalogue.spec import Code, LayerSpec, Resolved
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, numel, show_shape


def _linear_tensors(args: Resolved) -> Mapping[str, Shape]:
    out = args["out_features"]
    made: dict[str, Shape] = {"weight": (out, args["in_features"])}
    return {**made, "bias": (out,)} if args["bias"] else made


def _linear_flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    return numel((2, args["in_features"], *outputs[0]))


def _bilinear_tensors(args: Resolved) -> Mapping[str, Shape]:
    out = args["out_features"]
    made: dict[str, Shape] = {"weight": (out, args["in1_features"], args["in2_features"])}
    return {**made, "bias": (out,)} if args["bias"] else made


def _embedding_check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    index, rows = args["padding_idx"], args["num_embeddings"]
    if type(index) is int and type(rows) is int and not -rows <= index < rows:
        raise ShapeError("shape.padding_idx", index=index, rows=rows)


def _bag(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    """Return the shape of the bags: rows of a table, or stretches of one long list."""
    _embedding_check(args, inputs)
    indices, offsets, weights = inputs
    if args["mode"] == "max" and args["scale_grad_by_freq"]:
        raise ShapeError("shape.bag_max", set_to(scale_grad_by_freq=False))
    if weights is not None:
        if args["mode"] != "sum":
            raise ShapeError("shape.bag_weights", set_to(mode="sum"), mode=args["mode"])
        if len(weights) != len(indices) or any(
            equal(a, b) is False for a, b in zip(weights, indices, strict=True)
        ):
            values = {"left": show_shape(indices, " × "), "right": show_shape(weights, " × ")}
            raise ShapeError("shape.disagree", **values)
    if offsets is not None and len(indices) == 1:
        bags = offsets[0] - args["include_last_offset"]
        if type(bags) is int and bags < 1:  # the largest of nothing ends torch's process (2.13)
            raise ShapeError("shape.no_bags", set_to(include_last_offset=False))
        return ((bags, args["embedding_dim"]),)
    if offsets is not None or len(indices) != 2:
        shown = show_shape(indices, " × ") or "()"
        raise ShapeError("shape.bag", shape=shown, rank=len(indices))
    return ((indices[0], args["embedding_dim"]),)


_ROWS = (
    count("num_embeddings", 1000, "How many different indices there are.", positional=True),
    count("embedding_dim", 128, "Size of the vector for each index.", positional=True),
)
_PADDING_INDEX = Param(
    "padding_idx",
    "int",
    None,
    "The index whose vector stays zero and is not learned.",
    optional=True,
    minimum=-(2**20),
    maximum=2**20,
)
_NORMS = (
    Param(
        "max_norm",
        "float",
        None,
        "Vectors longer than this are shortened to it.",
        optional=True,
        minimum=0.0,
        above=True,
        maximum=1e6,
    ),
    number("norm_type", 2.0, "The p of the norm for max_norm.", minimum=0.0, above=True),
    flag(
        "scale_grad_by_freq",
        False,
        "Whether gradients are divided by how often an index occurs.",
    ),
)

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="Linear",
        family="linear",
        signature="*S in_features -> *S out_features",
        params=(
            auto("in_features", "Size of the last dim that arrives."),
            count("out_features", 128, "Size of the last dim that leaves.", positional=True),
            bias(),
        ),
        code=Code(module="nn.Linear"),
        summary="Multiplies the last dim by a matrix of weights and adds a bias: y = x Wᵀ + b.",
        url=torch_page("nn.Linear"),
        tensors=_linear_tensors,
        flops=_linear_flops,
        keeps_state=True,
        words=("dense", "fully connected", "fc", "affine", "projection"),
        default_name="linear",
        main="out_features",
    ),
    LayerSpec(
        name="Bilinear",
        family="linear",
        signature="a: *S in1_features, b: *S in2_features -> *S out_features",
        params=(
            auto("in1_features", "Size of the last dim of the first input."),
            auto("in2_features", "Size of the last dim of the second input."),
            count("out_features", 128, "Size of the last dim that leaves.", positional=True),
            bias(),
        ),
        code=Code(module="nn.Bilinear"),
        summary="Combines two inputs by a learned product: y = aᵀ W b + c.",
        url=torch_page("nn.Bilinear"),
        tensors=_bilinear_tensors,
        keeps_state=True,
        words=("interaction", "product"),
        default_name="bilinear",
        main="out_features",
    ),
    LayerSpec(
        name="Embedding",
        family="linear",
        signature="*S -> *S embedding_dim",
        params=(*_ROWS, _PADDING_INDEX, *_NORMS),
        code=Code(module="nn.Embedding"),
        summary="Looks up a learned vector for every whole number that arrives, such as a token's.",
        source="Bengio et al., 2003",
        url=torch_page("nn.Embedding"),
        check=_embedding_check,
        tensors=lambda args: {"weight": (args["num_embeddings"], args["embedding_dim"])},
        keeps_state=True,
        words=("lookup", "token", "word vector", "vocabulary"),
        default_name="embedding",
        main="embedding_dim",
    ),
    LayerSpec(
        name="EmbeddingBag",
        family="linear",
        signature=("input: *S, offsets?: B, per_sample_weights?: *W -> N embedding_dim"),
        params=(
            *_ROWS,
            *_NORMS,
            Param(
                "mode",
                "choice",
                "mean",
                "What becomes of the vectors of a bag.",
                choices=("sum", "mean", "max"),
            ),
            flag(
                "include_last_offset",
                False,
                "Whether the last offset is the end of the last bag.",
            ),
            _PADDING_INDEX,
        ),
        code=Code(module="nn.EmbeddingBag", call="{self}({input}{?offsets}{?per_sample_weights})"),
        summary="Looks up a learned vector for each index of a bag and takes their mean or sum.",
        source="Joulin et al., 2016",
        url=torch_page("nn.EmbeddingBag"),
        rule=_bag,
        tensors=lambda args: {"weight": (args["num_embeddings"], args["embedding_dim"])},
        keeps_state=True,
        words=("lookup", "bag of words", "fasttext", "text"),
        default_name="embedding",
        main="embedding_dim",
    ),
    LayerSpec(
        name="Identity",
        family="linear",
        signature="*S -> *S",
        params=(),
        code=Code(module="nn.Identity"),
        summary="Passes its input on unchanged.",
        url=torch_page("nn.Identity"),
        words=("pass", "nothing", "skip"),
        default_name="identity",
    ),
)
"""The family."""
