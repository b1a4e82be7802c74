"""The full-size networks: what each must count, and where the count is published."""

from __future__ import annotations

from functools import lru_cache

from nnstudio.core.paths import resource
from nnstudio.graph.model import Project
from nnstudio.project import store

COUNTS = {
    "lenet5": 61_706,  # as taught everywhere: pooling without weights, a last layer of scores
    "alexnet": 61_100_840,  # torchvision
    "vgg16": 138_357_544,  # torchvision
    "mobilenet-v2": 3_504_872,  # torchvision
    "densenet121": 7_978_856,  # torchvision
    "unet": 31_030_658,  # the paper's: one channel in, two classes out, no padding
    "resnet18": 11_689_512,  # torchvision
    "resnet50": 25_557_032,  # torchvision
    "googlenet": 6_624_904,  # torchvision, without auxiliary heads
    "gpt2": 124_439_808,  # transformers
    "bert-base": 109_482_240,  # transformers, BertModel
    "vit-b16": 86_567_656,  # torchvision
    "capsnet": 8_215_568,  # the paper's with its decoder; 6 804 224 without
}
"""Learned numbers of each network, exactly."""

ALL = tuple(sorted(path.stem for path in resource("templates").glob("*.nns")))
"""Every template, small and full-size."""


@lru_cache
def load(name: str) -> Project:
    """The document of a template."""
    return store.load(resource("templates", f"{name}.nns"))
