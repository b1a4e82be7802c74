"""What is said to be kept for the backward pass, against what autograd really keeps."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import nnstudio
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import for_one
from nnstudio.graph.dims import substitute
from nnstudio.graph.model import Project
from tests.builder import GraphBuilder, project

BATCH = 8


def chain(*shape: int | str, layers: list[tuple[str, dict[str, object]]]) -> Project:
    b = GraphBuilder("Net", id="net")
    x = b.input("N", *shape)
    for layer, args in layers:
        x = b(layer, x, **args)
        x = x[0] if isinstance(x, tuple) else x
    b.output(x)
    return project(b)


def really_kept(model: nn.Module, x: Tensor) -> int:
    """The bytes of all storages that autograd holds, but those of weights and of the input."""
    own = {p.untyped_storage().data_ptr() for p in (*model.parameters(), *model.buffers(), x)}
    held: dict[int, tuple[int, Tensor]] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            held[storage.data_ptr()] = storage.nbytes(), tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        out = model(x)
    held[out.untyped_storage().data_ptr()] = out.untyped_storage().nbytes(), out
    return sum(size for size, _ in held.values())


NETS = {
    "perceptron": chain(
        64,
        layers=[("Linear", {"out_features": 128}), ("ReLU", {}), ("Linear", {"out_features": 9})],
    ),
    "convolutions": chain(
        1, 28, 28,
        layers=[
            ("Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}),
            ("BatchNorm2d", {}), ("ReLU", {}), ("MaxPool2d", {"kernel_size": 2}),
            ("Conv2d", {"out_channels": 16, "kernel_size": 3}), ("ReLU", {}),
            ("Flatten", {}), ("Dropout", {"p": 0.5}), ("Linear", {"out_features": 10}),
        ],
    ),
    "lstm": chain(40, 16, layers=[("LSTM", {"hidden_size": 64}), ("Linear", {"out_features": 9})]),
    "gru": chain(40, 16, layers=[("GRU", {"hidden_size": 64}), ("Linear", {"out_features": 9})]),
    "rnn": chain(40, 16, layers=[("RNN", {"hidden_size": 64}), ("Linear", {"out_features": 9})]),
    "views": chain(
        4, 16,
        layers=[
            ("Linear", {"out_features": 32}), ("Transpose", {}), ("Unsqueeze", {"dim": 1}),
            ("Squeeze", {"dim": 1}), ("Flatten", {}), ("Linear", {"out_features": 8}),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_kept_is_what_autograd_keeps(name: str) -> None:
    analysis = analyse(NETS[name])
    assert analysis.ok, analysis.problems
    info = analysis.graphs["net"]
    foretold = 4 * substitute(info.activations, {"N": BATCH})
    shape = info.nodes["n1"].outputs[0][1:]  # type: ignore[index]
    model = nnstudio.build(NETS[name])
    measured = really_kept(model.train(), torch.randn(BATCH, *shape))
    assert 0.75 * measured <= foretold <= 1.3 * measured, (foretold, measured)


TRANSFORMERS = {
    "encoder layer": ("TransformerEncoderLayer", {}),
    "encoder layer, pre-norm": ("TransformerEncoderLayer", {"norm_first": True, "dropout": 0.0}),
    "encoder layer, GELU": ("TransformerEncoderLayer", {"activation": "gelu", "dropout": 0.0}),
    "encoder": ("TransformerEncoder", {"num_layers": 3}),
    "decoder layer": ("TransformerDecoderLayer", {"dropout": 0.0}),
    "decoder": ("TransformerDecoder", {"num_layers": 2}),
    "both": ("Transformer", {"num_encoder_layers": 1, "num_decoder_layers": 3, "nhead": 4}),
}


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformers_keep_what_was_foretold(name: str) -> None:
    layer, args = TRANSFORMERS[name]
    b = GraphBuilder("Net", id="net")
    x = b.input("N", 24, 32)
    sources = (x,) if "Encoder" in layer else (x, x)
    b.output(b(layer, *sources, dim_feedforward=128, **args))
    net = project(b)
    foretold = 4 * substitute(analyse(net).graphs["net"].activations, {"N": BATCH})
    measured = really_kept(nnstudio.build(net).train(), torch.randn(BATCH, 24, 32))
    assert 0.9 * measured <= foretold <= 1.1 * measured, (foretold, measured)


def test_a_view_keeps_nothing_and_a_mask_as_much_again() -> None:
    info = analyse(NETS["convolutions"]).graphs["net"].nodes
    assert info["n8"].activations == 0  # Flatten
    assert for_one(info["n9"].activations) == 2 * 16 * 12 * 12  # Dropout
    assert for_one(info["n5"].activations) == 3 * 8 * 14 * 14  # MaxPool2d, with where each was
