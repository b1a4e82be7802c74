"""Every module class of torch.nn has a layer, or a reason why it has none."""

from __future__ import annotations

import inspect

import torch
from torch import nn

from nnstudio.catalogue.registry import LAYERS, LOSSES

NO_LAYER = {
    "Module": "the base class",
    "Container": "the base class of old",
    "Sequential": "a chain of nodes is one",
    "ModuleList": "a repeated node is one",
    "ModuleDict": "a container, for code that people write",
    "ParameterList": "a container, for code that people write",
    "ParameterDict": "a container, for code that people write",
    "RNNBase": "the base class of RNN, LSTM and GRU",
    "RNNCellBase": "the base class of the cells",
    "DataParallel": "wraps a whole network; a way to train, which torch itself advises against",
    "NLLLoss2d": "the old name of NLLLoss",
    "SyncBatchNorm": (
        "computes on several GPUs alone: torch's convert_sync_batchnorm turns every BatchNorm of a"
        " drawn network into one when it is trained on several"
    ),
}
"""Why a class of torch.nn is no layer; lazy variants need no rows, since all sizes follow here."""


def classes() -> dict[str, type[nn.Module]]:
    """Return the module classes of torch.nn by name."""
    found = {name: getattr(nn, name) for name in dir(nn) if not name.startswith("_")}
    return {n: c for n, c in found.items() if inspect.isclass(c) and issubclass(c, nn.Module)}


def test_every_class_of_torch_has_a_layer_or_a_reason() -> None:
    known = {spec.code.module.removeprefix("nn.") for spec in LAYERS.values()}
    found = {name for name in classes() if not name.startswith("Lazy")}
    assert len(found) > 130, "torch.nn was not found"
    assert found - known - NO_LAYER.keys() == set()
    assert known & NO_LAYER.keys() == set(), "a reason for nothing"
    if torch.__version__.startswith("2.13"):  # the version that the table was written for
        assert NO_LAYER.keys() <= found, "a reason for a class that is gone"


def test_lazy_variants_have_the_layer_that_they_become() -> None:
    for name, cls in classes().items():
        if name.startswith("Lazy"):
            assert cls.cls_to_become is None or cls.cls_to_become.__name__ in LAYERS, name


def test_every_loss_is_a_layer_and_those_of_two_tensors_are_in_the_loops() -> None:
    losses = {spec.name for spec in LAYERS.values() if spec.family == "loss"}
    assert {name for name in classes() if name.endswith("Loss")} <= losses
    assert losses - LOSSES.keys() == NOT_IN_LOOPS.keys()


NOT_IN_LOOPS = {
    "CTCLoss": "needs two lengths besides",
    "CosineEmbeddingLoss": "needs two outputs and a target",
    "GaussianNLLLoss": "needs a variance besides",
    "MarginRankingLoss": "needs two outputs and a target",
    "TripletMarginLoss": "needs three outputs and no target",
    "TripletMarginWithDistanceLoss": "needs three outputs and no target",
    "AdaptiveLogSoftmaxWithLoss": "has weights, which belong to a network",
    "LinearCrossEntropyLoss": "has weights, which belong to a network",
}
"""Losses that compare something else than an output and a target: layers only."""
