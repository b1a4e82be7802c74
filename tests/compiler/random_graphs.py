"""Random networks: branches, blocks, repeats, borrowed weights; most fit together, some do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import Analysis
from nnstudio.core.problems import Problem
from nnstudio.graph.model import Project, Repeat, Share
from tests.builder import Expression, GraphBuilder, Wire, project
from tests.compiler.random_blocks import random_block, rank_of

Make = Callable[[Random], dict[str, Any]]

SMALL = (1, 2, 3, 4, 6, 8, 12)


def _size(rng: Random) -> Any:
    return rng.choice((1, 2, 3, 3, 5, (1, 3), (2, 1)))


def _conv(rng: Random) -> dict[str, Any]:
    return {
        "out_channels": rng.choice(SMALL),
        "kernel_size": _size(rng),
        "stride": rng.choice((1, 1, 2)),
        "padding": rng.choice((0, 1, 1, 2)),
        "dilation": rng.choice((1, 1, 1, 2)),
        "groups": rng.choice((1, 1, 1, 2, 3)),
        "bias": rng.random() < 0.5,
    }


def _pool(rng: Random) -> dict[str, Any]:
    return {
        "kernel_size": rng.choice((2, 2, 3)),
        "stride": rng.choice((None, 1, 2)),
        "padding": rng.choice((0, 0, 1)),
        "ceil_mode": rng.random() < 0.3,
    }


def _lstm(rng: Random) -> dict[str, Any]:
    return {
        "hidden_size": rng.choice(SMALL),
        "num_layers": rng.choice((1, 1, 2)),
        "bidirectional": rng.random() < 0.4,
    }


def _wide(rng: Random) -> dict[str, Any]:
    return {"out_features": rng.choice(SMALL), "bias": rng.random() < 0.7}


def _dim(rng: Random) -> dict[str, Any]:
    return {"dim": rng.choice((-1, 1, 2)), "keepdim": rng.random() < 0.3}


LAYERS: dict[str, tuple[tuple[int, ...], Make]] = {
    "Linear": ((2, 3, 4), _wide),
    "LayerNorm": ((2, 3, 4), lambda rng: {}),
    "BatchNorm1d": ((2, 3), lambda rng: {"affine": rng.random() < 0.8}),
    "BatchNorm2d": ((4,), lambda rng: {}),
    "GroupNorm": ((3, 4), lambda rng: {"num_groups": rng.choice((1, 2, 3))}),
    "ReLU": ((2, 3, 4), lambda rng: {}),
    "GELU": ((2, 3, 4), lambda rng: {}),
    "Softmax": ((2, 3, 4), lambda rng: {"dim": rng.choice((-1, 1))}),
    "Dropout": ((2, 3, 4), lambda rng: {"p": 0.1}),
    "Conv2d": ((4,), _conv),
    "ConvTranspose2d": ((4,), lambda rng: {"out_channels": rng.choice(SMALL)}),
    "MaxPool2d": ((4,), _pool),
    "AvgPool2d": ((4,), _pool),
    "AdaptiveAvgPool2d": ((4,), lambda rng: {"output_size": rng.choice((1, 2, (2, 3)))}),
    "Upsample": ((4,), lambda rng: {"scale_factor": rng.choice((2, 3))}),
    "Conv1d": ((3,), lambda rng: {"out_channels": rng.choice(SMALL), "padding": 1}),
    "LSTM": ((3,), _lstm),
    "GRU": ((3,), _lstm),
    "Flatten": ((3, 4), lambda rng: {"start_dim": rng.choice((1, 1, 2))}),
    "Transpose": ((3, 4), lambda rng: {"dim0": 1, "dim1": 2}),
    "Mean": ((3, 4), _dim),
    "Sum": ((3, 4), _dim),
    "Unsqueeze": ((2, 3), lambda rng: {"dim": rng.choice((1, -1))}),
    "Scale": ((2, 3, 4), lambda rng: {"factor": 0.5}),
    "Chunk": ((2, 3, 4), lambda rng: {"chunks": rng.choice((2, 3)), "dim": 1}),
    "Squash": ((2, 3), lambda rng: {}),
}
"""Layer -> the numbers of dims it is tried on, and random arguments."""

PAIRS = ("Add", "Multiply", "Maximum", "Subtract", "MatMul")


@dataclass
class Growing:
    """A network that grows node by node; what does not fit is taken back, or kept as the fault."""

    rng: Random
    builder: GraphBuilder
    wires: list[Wire] = field(default_factory=list)
    fault: Problem | None = None

    def shape(self, wire: Wire) -> Any:
        info = self.known.nodes[wire.id]
        return None if info.outputs is None else info.outputs[wire.output]

    @property
    def known(self) -> Any:
        return self.analysis.graphs[self.builder.id]

    @property
    def analysis(self) -> Analysis:
        return analyse(project(self.builder))

    def grow(self, keep_faults: float) -> None:
        """Try one more node."""
        before = dict(self.builder.nodes)
        wire = self._add()
        info = self.known.nodes[wire.id]
        if info.problems or info.outputs is None:
            if info.problems and self.rng.random() < keep_faults:
                self.fault = info.problems[0]
                return
            self.builder.nodes = before
            return
        self.wires += [wire[n] for n in range(min(len(info.outputs), 3))]

    def _add(self) -> Wire:
        rng = self.rng
        source = rng.choice(self.wires[-4:])
        kind = rng.random()
        if kind < 0.2:
            return self.builder(rng.choice(PAIRS), source, rng.choice(self.wires))
        if kind < 0.3:
            others = [rng.choice(self.wires) for _ in range(rng.randrange(1, 3))]
            layer = rng.choice(("Concatenate", "Concatenate", "Stack"))
            return self.builder(layer, [source, *others], dim=rng.choice((0, 1, -1)))
        if kind < 0.5 and len(self.shape(source)) in (2, 3, 4):
            return self._use(source)
        if kind < 0.54:
            return self._value(source)
        return self._layer(source)

    def _value(self, source: Wire) -> Wire:
        """A learned or constant tensor that is added, a new draw, or a borrowed weight."""
        rng, shape = self.rng, self.shape(source)
        kind = rng.randrange(4)
        if kind == 0:
            return self.builder("Add", source, self.builder("Random", source))
        sizes = tuple(size for size in shape[1:] if type(size) is int)
        layer = rng.choice(("Parameter", "Buffer", "Constant"))
        if kind < 3:
            return self.builder("Multiply", source, self.builder(layer, shape=sizes or (1,)))
        nodes = self.builder.nodes.values()
        owners = [n for n in nodes if n.layer == "Linear" and not n.repeat and not n.share]
        if not owners:
            return self.builder("Detach", source)
        own = rng.choice(("weight", "bias"))
        share = Share(rng.choice(owners).id, own)
        return self.builder("Linear", source, share=share, **_wide(rng))

    def _layer(self, source: Wire) -> Wire:
        rng = self.rng
        rank = len(self.shape(source))
        fitting = [name for name, (ranks, _) in LAYERS.items() if rank in ranks]
        any_layer = rng.random() < 0.05 or not fitting
        layer = rng.choice(list(LAYERS) if any_layer else fitting)
        args = LAYERS[layer][1](rng)
        repeat: Any = None
        if rng.random() < 0.15:
            repeat = Repeat(rng.randrange(1, 4), rng.choice(("stack", "loop", "map")))
        if layer == "Linear" and rng.random() < 0.2:
            repeat, args["out_features"] = 3, Expression("2 + 2 * i")
        share: Any = None
        twins = [n for n in self.builder.nodes.values() if n.layer == layer and n.share is None]
        if twins and rng.random() < 0.3:
            twin = rng.choice(twins)
            share, args, repeat = Share(twin.id), {}, twin.repeat
        bypass = rng.random() < 0.03
        return self.builder(layer, source, repeat=repeat, share=share, bypass=bypass, **args)

    def _use(self, source: Wire) -> Wire:
        rng = self.rng
        rank = len(self.shape(source))
        known = [b for b in self.builder.blocks.values() if rank_of(b) == rank]
        block = rng.choice(known) if known and rng.random() < 0.6 else None
        block = block or random_block(rng, rank, f"block {len(self.builder.blocks)}")
        layer = f"block:{block.id}"
        twins = [n for n in self.builder.nodes.values() if n.layer == layer and not n.share]
        if twins and rng.random() < 0.2:
            twin = rng.choice(twins)
            return self.builder(block, source, share=Share(twin.id), repeat=twin.repeat)
        args: dict[str, Any] = {}
        if rng.random() < 0.5:
            args["width"] = rng.choice(SMALL)
        repeat: Any = None
        if rng.random() < 0.3:
            repeat = Repeat(rng.randrange(1, 4), rng.choice(("stack", "loop", "map")))
        if rng.random() < 0.15:
            mode = rng.choice(("stack", "stack", "map", "loop"))
            repeat, args["width"] = Repeat(3, mode), Expression(rng.choice(("3 + i", "2 ** i")))
        frozen = rng.random() < 0.05
        return self.builder(block, source, repeat=repeat, frozen=frozen, **args)


def grown(seed: int, keep_faults: float = 0.1) -> Growing:
    """A random network; its `fault` is the one problem that it has, or None."""
    rng = Random(seed)
    b = GraphBuilder("Net")
    growing = Growing(rng, b)
    for _ in range(rng.randrange(1, 3)):
        shape = rng.choice(((6,), (5, 8), (3, 8, 8), (4, 12, 9)))
        growing.wires.append(b.input("N", *shape))
    for _ in range(rng.randrange(3, 14)):
        growing.grow(keep_faults)
        if growing.fault is not None:
            break
    ends = growing.wires[-rng.randrange(1, 3) :]
    for wire in ends:
        b.output(wire)
    return growing


def document(growing: Growing) -> Project:
    """The whole document; blocks that no node uses any more are left out."""
    made = project(growing.builder)
    used: set[str] = set()
    waiting = [node.layer for node in growing.builder.nodes.values()]
    while waiting:
        layer = waiting.pop()
        key = layer.removeprefix("block:")
        if layer.startswith("block:") and key not in used:
            used.add(key)
            waiting += [node.layer for node in made.blocks[key].nodes.values()]
    for key in set(made.blocks) - used:
        del made.blocks[key]  # type: ignore[attr-defined]
    return made
