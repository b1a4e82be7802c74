"""Distances and similarities between vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnstudio.catalogue.broadcast import broadcast, combined
from nnstudio.catalogue.fields import dim, flag, number, torch_page
from nnstudio.catalogue.sizes import axis
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.graph.dims import Dim, Shape, numel


def _similar(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = combined(inputs[0], inputs[1])
    place = axis(args["dim"], len(shape))
    return ((*shape[:place], *shape[place + 1 :]),)


def _apart(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape = combined(inputs[0], inputs[1])
    axis(-1, len(shape))
    return ((*shape[:-1], 1) if args["keepdim"] else shape[:-1],)


def _all_pairs(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    left, right = inputs
    return ((*broadcast(left[:-2], right[:-2]), left[-2], right[-2]),)


def _all_pairs_flops(args: Any, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
    return numel((3, inputs[0][-1], *outputs[0]))


def _power(help: str) -> Any:
    return number("p", 2.0, help, minimum=0.0, maximum=64.0)


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec(
        name="CosineSimilarity",
        family="tensor",
        group="comparing",
        signature="a: *A, b: *B -> *S",
        params=(
            dim(1, "The dim that holds the vectors."),
            number(
                "eps",
                1e-8,
                "The smallest length that is divided by.",
                minimum=0.0,
                maximum=1.0,
                above=True,
            ),
        ),
        code=Code(
            module="nn.CosineSimilarity", function="F.cosine_similarity({0}, {1}{, dim}{, eps})"
        ),
        summary="The cosine of the angle between two vectors: 1 where they point the same way.",
        url=torch_page("nn.CosineSimilarity"),
        rule=_similar,
        words=("angle", "siamese", "contrastive", "distance"),
        default_name="similarity",
        main="dim",
    ),
    LayerSpec(
        name="PairwiseDistance",
        family="tensor",
        group="comparing",
        signature="a: *A, b: *B -> *S",
        params=(
            _power("The power of the norm; 2 for straight lines, 1 for city blocks."),
            number(
                "eps",
                1e-6,
                "Added to the difference, so that its gradient is finite.",
                minimum=0.0,
                maximum=1.0,
            ),
            flag("keepdim", False, "Whether a dim of size 1 stays."),
        ),
        code=Code(
            module="nn.PairwiseDistance",
            function="F.pairwise_distance({0}, {1}{, p}{, eps}{, keepdim})",
        ),
        summary="The distance between the vectors of two tensors, row by row.",
        url=torch_page("nn.PairwiseDistance"),
        rule=_apart,
        words=("euclidean", "siamese", "triplet", "l2"),
        default_name="distance",
        main="p",
    ),
    LayerSpec(
        name="Cdist",
        family="tensor",
        group="comparing",
        signature="a: *A P D, b: *B R D -> *S P R",
        params=(_power("The power of the norm; 2 for straight lines."),),
        code=Code(function="torch.cdist({0}, {1}{, p})"),
        summary="The distance of each vector of one tensor to each of another.",
        url="https://docs.pytorch.org/docs/stable/generated/torch.cdist.html",
        rule=_all_pairs,
        flops=_all_pairs_flops,
        words=("pairs", "codebook", "vq", "prototype", "nearest"),
        main="p",
    ),
)
"""The family."""
