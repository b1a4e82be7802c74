"""Known implementations of the full-size networks, and which of our tensors is which of theirs.

Neither torchvision nor transformers is a dependency; where one lacks the comparison is skipped.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

State = dict[str, Tensor]

_KEPT: list[Any] = []


@dataclass(frozen=True)
class Peer:
    """A well-known implementation.

    Attributes:
        package: What has to be installed.
        make: Builds it with random weights.
        rename: Turns the name of one of our tensors into theirs.
        feed: The inputs, by a generator.
        read: The tensors that its result holds, in the order of our outputs.
        turned: Tensors whose name ends so are stored transposed there.
    """

    package: str
    make: Callable[[], nn.Module]
    rename: Callable[[str], str]
    feed: Callable[[torch.Generator], tuple[Tensor, ...]]
    read: Callable[[Any], tuple[Tensor, ...]] = lambda made: (made,)
    turned: tuple[str, ...] = ()


def torchvision() -> Any:
    """The package; its wheel is built for CUDA, so beside torch for the CPU two operators lack."""
    try:
        import torchvision as found
    except RuntimeError:  # operator torchvision::nms does not exist
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(library)
        import torchvision as found
    return found


def _vision(name: str, **settings: Any) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        made = getattr(torchvision().models, name)(weights=None, **settings)
        assert isinstance(made, nn.Module)
        return made

    return make


def _transformers(config: str, model: str, **settings: Any) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        if importlib.util.find_spec("torchvision") is not None:
            torchvision()  # transformers imports it where it is there
        import transformers

        made = getattr(transformers, model)(getattr(transformers, config)(), **settings)
        assert isinstance(made, nn.Module)
        return made

    return make


def rules(*pairs: tuple[str, str | Callable[[re.Match[str]], str]]) -> Callable[[str], str]:
    """A renaming by regular expressions, all of them in order."""

    def rename(name: str) -> str:
        for pattern, made in pairs:
            name = re.sub(pattern, made, name)
        return name

    return rename


def image(generator: torch.Generator) -> tuple[Tensor, ...]:
    """Two pictures."""
    return (torch.randn(2, 3, 224, 224, generator=generator),)


def text(generator: torch.Generator) -> tuple[Tensor, ...]:
    """Two texts of seventeen tokens."""
    return (torch.randint(0, 30_000, (2, 17), generator=generator),)


def pair(generator: torch.Generator) -> tuple[Tensor, ...]:
    """Two pairs of sentences."""
    tokens = torch.randint(0, 30_000, (2, 17), generator=generator)
    return tokens, (torch.arange(17) >= 9).long().expand(2, -1).contiguous()


def _vgg(name: str) -> str:
    """`stage3.1.conv` is the sixth convolution; a pooling stands between two stages."""
    found = re.match(r"stage(\d)\.(\d)\.conv\.(\w+)", name)
    if found is None:
        return name
    starts = (0, 5, 10, 17, 24)
    return f"features.{starts[int(found[1]) - 1] + 2 * int(found[2])}.{found[3]}"


_MOBILE = {"expand": 0, "depthwise": 1, "project": 2, "norm": 3}
_DEPTHS = (2, 3, 4, 3, 3, 1)


def _mobilenet(name: str) -> str:
    """Torchvision numbers all blocks through; each is a row of convolution, norm and activation."""
    first, rest = name.split(".", 1)
    inner = {"conv": 0, "norm": 1}
    if first in ("stem", "head"):
        part, tensor = rest.split(".")
        return f"features.{0 if first == 'stem' else 18}.{inner[part]}.{tensor}"
    if first == "depthwise":
        part, tensor = rest.split(".")
        return f"features.1.conv.0.{inner[part]}.{tensor}"
    if first in ("project", "norm"):
        return f"features.1.conv.{1 if first == 'project' else 2}.{rest}"
    if first == "classifier":
        return f"classifier.1.{rest}"
    number = int(first[-1])
    block = 2 + sum(_DEPTHS[: number - 1])
    if first.startswith("stage"):
        copy, rest = rest.split(".", 1) if rest[0].isdigit() else ("0", rest)
        block, rest = block + 1 + int(copy), rest.removeprefix("bottleneck.")
    part, rest = rest.split(".", 1)
    if part in ("expand", "depthwise"):
        norm, tensor = rest.split(".")
        return f"features.{block}.conv.{_MOBILE[part]}.{inner[norm]}.{tensor}"
    return f"features.{block}.conv.{_MOBILE[part]}.{rest}"


RESNET = rules(
    (r"downsample_bn\.", "downsample.1."),
    (r"downsample\.(weight)", r"downsample.0.\1"),
    (r"^(layer\d)\.down\.", r"\1.0."),
    (r"^(layer\d)\.blocks\.(\d+)", lambda m: f"{m[1]}.{int(m[2]) + 1}"),
)

PEERS = {
    "alexnet": Peer("torchvision", _vision("alexnet"), str, image),
    "vgg16": Peer("torchvision", _vision("vgg16"), _vgg, image),
    "mobilenet-v2": Peer("torchvision", _vision("mobilenet_v2"), _mobilenet, image),
    "densenet121": Peer(
        "torchvision",
        _vision("densenet121"),
        rules(
            (r"^(denseblock\d)\.(\d+)", lambda m: f"{m[1]}.denselayer{int(m[2]) + 1}"),
            (r"^(?!classifier)", "features."),
        ),
        image,
    ),
    "resnet18": Peer("torchvision", _vision("resnet18"), RESNET, image),
    "resnet50": Peer("torchvision", _vision("resnet50"), RESNET, image),
    "googlenet": Peer(
        "torchvision",
        _vision("googlenet", aux_logits=False, init_weights=False, transform_input=False),
        rules(
            (r"\.norm\.", ".bn."),
            (r"(branch[23])_reduce", r"\1.0"),
            (r"(branch[23])\.(conv|bn)", r"\1.1.\2"),
            (r"branch4", "branch4.1"),
        ),
        image,
    ),
    "vit-b16": Peer(
        "torchvision",
        _vision("vit_b_16"),
        rules(
            (r"^layers\.(\d+)", r"encoder.layers.encoder_layer_\1"),
            (r"^ln\.", "encoder.ln."),
            (r"^pos_embedding", "encoder.pos_embedding"),
            (r"^head\.", "heads.head."),
            (r"mlp\.linear_1", "mlp.0"),
            (r"mlp\.linear_2", "mlp.3"),
        ),
        image,
    ),
    "gpt2": Peer(
        "transformers",
        _transformers("GPT2Config", "GPT2LMHeadModel"),
        rules((r"^(?!lm_head)", "transformer.")),
        text,
        lambda made: (made.logits,),
        ("c_attn.weight", "c_proj.weight", "c_fc.weight"),
    ),
    "bert-base": Peer(
        "transformers",
        _transformers("BertConfig", "BertModel"),
        rules(
            (r"^layers\.", "encoder.layer."),
            (r"attention\.(query|key|value)", r"attention.self.\1"),
            (r"attention\.output", "attention.output.dense"),
            (r"attention_norm", "attention.output.LayerNorm"),
            (r"intermediate\.", "intermediate.dense."),
            (r"(layer\.\d+)\.output_norm", r"\1.output.LayerNorm"),
            (r"(layer\.\d+)\.output\.(weight|bias)", r"\1.output.dense.\2"),
            (r"embeddings\.norm", "embeddings.LayerNorm"),
            (r"^pooler\.", "pooler.dense."),
        ),
        pair,
        lambda made: (made.last_hidden_state, made.pooler_output),
    ),
}
"""Each network that torchvision or transformers has too."""
