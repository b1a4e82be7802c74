"""The ready blocks: read strictly, analysed in their own names, built and run as foretold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio.compiler.analysis import analyse
from nnstudio.core.paths import package
from nnstudio.core.problems import ProjectError
from nnstudio.graph.dims import substitute
from nnstudio.graph.model import Project
from nnstudio.project import block_file
from nnstudio.project.block_file import BlockFile
from tests.builder import GraphBuilder, project
from tests.compiler.generated import emitted, imported, run_forward, style

FILES = {path.stem: path for path in sorted(package("catalogue", "blocks").glob("*.json"))}
IMAGE = ("N", 8, 16, 16)
TOKENS = ("N", 5, 12)


@dataclass(frozen=True)
class Sample:
    """What a block is tried with: the shapes that it gets, its arguments, what it makes."""

    inputs: tuple[tuple[object, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    args: Mapping[str, object] = field(default_factory=dict)


SAMPLES = {
    "basic_residual": Sample((IMAGE,), ((2, 8, 16, 16),)),
    "basic_residual_down": Sample((IMAGE,), ((2, 12, 8, 8),), {"out_channels": 12}),
    "bottleneck": Sample((IMAGE,), ((2, 8, 16, 16),)),
    "bottleneck_down": Sample((IMAGE,), ((2, 16, 8, 8),), {"out_channels": 16}),
    "conv_norm_relu": Sample((IMAGE,), ((2, 6, 8, 8),), {"out_channels": 6, "stride": 2}),
    "dense_block": Sample((IMAGE,), ((2, 28, 16, 16),), {"layers": 5, "growth": 4}),
    "dense_layer": Sample((IMAGE,), ((2, 40, 16, 16),)),
    "digit_capsules": Sample((("N", 18, 8),), ((2, 10, 16),)),
    "gru_cell": Sample((("N", 7), ("N", 5)), ((2, 5),)),
    "inception": Sample((IMAGE,), ((2, 256, 16, 16),)),
    "inverted_residual": Sample((IMAGE,), ((2, 8, 16, 16),)),
    "inverted_residual_down": Sample((IMAGE,), ((2, 12, 8, 8),), {"out_channels": 12}),
    "lstm_cell": Sample((("N", 7), ("N", 5), ("N", 5)), ((2, 5), (2, 5))),
    "patch_embedding": Sample((("N", 3, 16, 16),), ((2, 16, 64),)),
    "pre_norm_attention": Sample((TOKENS,), ((2, 5, 12),)),
    "primary_capsules": Sample((("N", 8, 20, 20),), ((2, 72, 8),), {"capsules": 2}),
    "reparameterization": Sample((("N", 6), ("N", 6)), ((2, 6),)),
    "squeeze_excitation": Sample((("N", 32, 16, 16),), ((2, 32, 16, 16),)),
    "transformer_decoder": Sample((TOKENS, ("N", 7, 12)), ((2, 5, 12),)),
    "transformer_encoder": Sample((TOKENS,), ((2, 5, 12),)),
    "unet_down": Sample((IMAGE,), ((2, 6, 8, 8), (2, 6, 16, 16)), {"out_channels": 6}),
    "unet_up": Sample((IMAGE, ("N", 4, 32, 32)), ((2, 6, 32, 32),), {"out_channels": 6}),
}


def read(name: str) -> BlockFile:
    return block_file.loads(FILES[name].read_bytes())


def network(name: str, **args: object) -> Project:
    """A network that uses the block once."""
    found, sample = read(name), SAMPLES[name]
    b = GraphBuilder("Network")
    wires = [b.input(*shape, name=f"in{n}") for n, shape in enumerate(sample.inputs)]
    use = b(f"block:{found.block}", *wires, **{**sample.args, **args})
    for wire in use.outputs(len(sample.outputs)):
        b.output(wire)
    return replace(project(b), blocks=found.project.blocks)


def built(name: str, folder: Path, **args: object) -> nn.Module:
    """The block by itself, as a module."""
    with imported(network(name, **args), folder) as module:
        (made,) = module.Network().children()
        return made


def test_every_block_has_a_sample() -> None:
    assert SAMPLES.keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_and_written_alike(name: str) -> None:
    found = read(name)
    assert block_file.dumps(found).encode() == FILES[name].read_bytes()
    assert found.summary
    assert found.source
    assert found.url.startswith("https://")
    for block in found.project.blocks.values():
        assert set(found.project.layout[block.id]) == set(block.nodes)
        assert all(param.help for param in block.params)


@pytest.mark.parametrize("name", FILES)
def test_a_block_is_known_in_its_own_names(name: str) -> None:
    found = read(name)
    analysis = analyse(found.project)
    wrong = [p for p in analysis.problems if p.where.partition("/")[0] in found.project.blocks]
    assert wrong == []
    info = analysis.graphs[found.block]
    assert info.interface.outputs is not None
    assert len(info.outputs) == len(SAMPLES[name].outputs)


@pytest.mark.parametrize("name", FILES)
def test_a_block_runs_as_foretold(name: str, tmp_path: Path) -> None:
    document = network(name)
    analysis = analyse(document)
    assert [problem for problem in analysis.problems if problem.severity == "error"] == []
    with imported(document, tmp_path) as module:
        model = module.Network()
        got, foretold = run_forward(analysis, "network", model)
        got = got if isinstance(got, tuple) else (got,)
        assert [tuple(one.shape) for one in got] == foretold
        assert tuple(foretold) == SAMPLES[name].outputs
        assert sum(p.numel() for p in model.parameters()) == analysis.weights


def test_the_code_is_clean(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / f"{name}.py").write_text(emitted(network(name)).text, encoding="utf-8")
    assert style(tmp_path) == ""


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_dense_block_grows_as_its_formulas_say(count: int) -> None:
    """What was proved for every number of layers holds for each: shapes, weights, work."""
    general = analyse(network("dense_block", layers=count, growth=3))
    face = general.graphs["dense_block"].interface
    use = next(n for n in general.graphs["network"].nodes.values() if "growth" in n.args)
    sizes = {"in_channels": 8, "layers": count, "growth": 3, "H": 16, "W": 16}
    assert face.outputs is not None
    assert substitute(face.outputs, sizes) == use.outputs
    for cost in ("weights", "flops", "activations"):
        assert substitute(getattr(face, cost), sizes) == getattr(use, cost), cost


def test_cells_by_hand_are_those_of_torch(tmp_path: Path) -> None:
    x, h, c = torch.randn(3, 7), torch.randn(3, 5), torch.randn(3, 5)
    ours, theirs = built("lstm_cell", tmp_path), nn.LSTMCell(7, 5)
    _copy_cell(ours, theirs)
    for got, wanted in zip(ours(x, h, c), theirs(x, (h, c)), strict=True):
        torch.testing.assert_close(got, wanted)
    ours, gru = built("gru_cell", tmp_path), nn.GRUCell(7, 5)
    _copy_cell(ours, gru)
    torch.testing.assert_close(ours(x, h), gru(x, h))


def _copy_cell(ours: nn.Module, theirs: nn.RNNCellBase) -> None:
    theirs.load_state_dict(
        {
            "weight_ih": ours.from_input.weight,
            "bias_ih": ours.from_input.bias,
            "weight_hh": ours.from_hidden.weight,
            "bias_hh": ours.from_hidden.bias,
        }
    )


def test_transformer_blocks_are_those_of_torch(tmp_path: Path) -> None:
    x, memory = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    settings = {"nhead": 4, "dim_feedforward": 48, "activation": "gelu", "norm_first": True}
    ours = built("transformer_encoder", tmp_path).eval()
    theirs = nn.TransformerEncoderLayer(12, **settings, batch_first=True).eval()
    _adopt(ours, theirs, {"attention": "self_attn", "widen": "linear1", "narrow": "linear2"})
    torch.testing.assert_close(ours(x), theirs(x))
    ours = built("transformer_decoder", tmp_path).eval()
    decoder = nn.TransformerDecoderLayer(12, **settings, batch_first=True).eval()
    names = {"self_attention": "self_attn", "cross_attention": "multihead_attn"}
    _adopt(ours, decoder, {**names, "widen": "linear1", "narrow": "linear2"})
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    torch.testing.assert_close(ours(x, memory), decoder(x, memory, tgt_mask=mask))


def _adopt(ours: nn.Module, theirs: nn.Module, names: Mapping[str, str]) -> None:
    """Copy all weights over; each of ours must have its place in theirs."""
    renamed = {}
    for key, value in ours.state_dict().items():
        head, _, rest = key.partition(".")
        renamed[f"{names.get(head, head)}.{rest}"] = value
    theirs.load_state_dict(renamed)


def test_capsules_are_shorter_than_one_and_routing_follows_agreement(tmp_path: Path) -> None:
    capsules = built("digit_capsules", tmp_path)(torch.randn(4, 18, 8))
    assert bool((capsules.norm(dim=-1) < 1).all())
    more = built("digit_capsules", tmp_path, iterations=6)
    votes = torch.randn(1, 1, 1, 16).expand(1, 18, 10, 16).clone()
    logits = torch.zeros(1, 18, 10)
    for _ in range(3):
        logits = more.routing(logits, votes)
    assert bool((logits > 0).all()), "votes that agree gain weight"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"block": "bottleneck_block"', '"block": "elsewhere"'),
        ('"words": [', '"words": [1, '),
        ('"nnstudio": 1', '"nnstudio": 1, "unknown": 2'),
        ('"nnstudio": 1', '"nnstudio": 1, "graphs": {"g": {"name": "Network"}}'),
    ],
)
def test_a_strange_file_is_refused(old: str, new: str) -> None:
    text = FILES["bottleneck"].read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ProjectError):
        block_file.loads(text.replace(old, new, 1).encode())
