"""Random networks with nasty names: what the golden files do not think of."""

from __future__ import annotations

import random
from typing import Any

from nnstudio.graph.model import Project, Repeat, Share
from tests.builder import Expression, GraphBuilder, Wire, project

NAMES = (
    "",
    "",
    "",
    "",
    "x",
    "out",
    "conv1",
    "conv1",
    "mu",
    "self",
    "forward",
    "input",
    "type",
    "train",
    "F",
    "torch",
    "nn",
    "Tensor",
    "l",
    "class",
    "lambda",
    "λ",
    "日本語",
    'q"""uote',
    "new\nline",
    "\u202eRTL",
    "a'b\"c",
    "{braces}",
    "%s",
    "\\",
    "#",
    "1st",
    "__import__('os')",
    "x" * 200,
    "word " * 40,
    "_",
    "__",
    "T_destination",
    "super",
    "range",
    "Shortcut branch",
    "ÄÖÜ",
    "print",
    "None",
    "i",
)
NOTES = (
    "",
    "",
    "",
    "two\nlines",
    '"""',
    "# noqa",
    "fmt: off",
    "type: ignore",
    "\\",
    "日本語" * 60,
    "long word " * 40,
    "x" * 300,
    "\u202e\u0000\x1b[31m",
    "'quoted\"",
)


def random_project(seed: int) -> Project:
    """Return a network of blocks, branches, repeats and shares over vectors of 8 numbers."""
    rng = random.Random(seed)
    blocks = [_block(rng, index) for index in range(rng.randint(0, 3))]
    b = GraphBuilder(rng.choice(NAMES), id="main", note=rng.choice(NOTES))
    wires = [b.input("N", 8, name=rng.choice(NAMES)) for _ in range(rng.randint(1, 2))]
    _Grower(rng, b, wires, blocks).grow(rng.randint(1, 25), Expression("8"))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        b.output(rng.choice(wires[-4:]), name=rng.choice(NAMES))
    return project(b, name=rng.choice(NAMES), note=rng.choice(NOTES))


def _block(rng: random.Random, index: int) -> GraphBuilder:
    extra = {rng.choice(("rate", "l", "self_", "scale", "a_rather_long_name_of_a_parameter")): 0.5}
    b = GraphBuilder(rng.choice(NAMES), id=f"b{index}", note=rng.choice(NOTES), dim=int, **extra)
    x = b.input("N", "dim", name=rng.choice(NAMES))
    wires = [x]
    name = b.params[1].name
    wires.append(b("Dropout", x, p=Expression(name)))
    if rng.random() < 0.5:
        wires.append(b("Scale", wires[-1], factor=Expression(f"2 * {name} + 1.0")))
    _Grower(rng, b, wires, []).grow(rng.randint(1, 8), Expression("dim"))
    b.output(wires[-1])
    return b


class _Grower:
    """Adds random nodes to a graph; each kind of node is a method."""

    def __init__(
        self, rng: random.Random, b: GraphBuilder, wires: list[Wire], blocks: list[GraphBuilder]
    ) -> None:
        self.rng, self.b, self.wires, self.blocks = rng, b, wires, blocks
        self.linears: list[Wire] = []

    def more(self) -> dict[str, Any]:
        rng = self.rng
        note = rng.choice(NOTES) if rng.random() < 0.2 else ""
        return {
            "name": rng.choice(NAMES),
            "note": note,
            "frozen": rng.random() < 0.3,
            "bypass": rng.random() < 0.05,
        }

    def linear(self, x: Wire, size: Expression) -> Wire:
        more = self.more()
        if self.linears and self.rng.random() < 0.3:
            share = Share(self.rng.choice(self.linears).id, self.rng.choice(("", "weight")))
            more["bypass"] = False
            return self.b("Linear", x, out_features=size, share=share, **more)
        repeat = self.repeat("stack", "loop") if self.rng.random() < 0.2 else None
        wire = self.b("Linear", x, out_features=size, repeat=repeat, **more)
        if repeat is None and not more["bypass"]:
            self.linears.append(wire)
        return wire

    def repeat(self, *modes: Any) -> Repeat:
        return Repeat(self.rng.randint(1, 4), self.rng.choice(modes))

    def activation(self, x: Wire, size: Expression) -> Wire:
        kinds = ("ReLU", "GELU", "Sigmoid", "LeakyReLU", "Softmax", "LayerNorm")
        return self.b(self.rng.choice(kinds), x, **self.more())

    def pair(self, x: Wire, size: Expression) -> Wire:
        kinds = ("Add", "Multiply", "Subtract", "Divide")
        return self.b(self.rng.choice(kinds), x, self.rng.choice(self.wires), **self.more())

    def single(self, x: Wire, size: Expression) -> Wire:
        return self.b(self.rng.choice(("Negate", "Exp", "Abs")), x, **self.more())

    def power(self, x: Wire, size: Expression) -> Wire:
        return self.b("Power", x, exponent=self.rng.choice((2.0, -0.5, 3.5)), **self.more())

    def shift(self, x: Wire, size: Expression) -> Wire:
        return self.b("Shift", x, value=self.rng.choice((-1.5, 1e-9, 3.0)), **self.more())

    def gathered(self, x: Wire, size: Expression) -> Wire:
        parts = [self.rng.choice(self.wires) for _ in range(self.rng.randint(1, 5))]
        joined = self.b("Stack", parts, dim=1, **{**self.more(), "bypass": False})
        return self.b("Sum", joined, dim=(1,))

    def use(self, x: Wire, size: Expression) -> Wire:
        if not self.blocks:
            return self.shift(x, size)
        block = self.rng.choice(self.blocks)
        rate = {block.params[1].name: self.rng.choice((0.5, 0.1))}
        if self.rng.random() < 0.2:
            copies = self.b(block, x, dim=8, repeat=self.repeat("map"), **rate)
            return self.b("Sum", copies, dim=(0,))
        repeat = self.repeat("stack", "loop") if self.rng.random() < 0.5 else None
        return self.b(block, x, dim=8, repeat=repeat, **rate, **self.more())

    def grow(self, count: int, size: Expression) -> None:
        kinds = [self.linear] * 4 + [self.activation] * 3
        kinds += [self.pair, self.single, self.power, self.shift, self.gathered, self.use]
        for _ in range(count):
            recent = self.wires[-1] if self.rng.random() < 0.6 else self.rng.choice(self.wires)
            self.wires.append(self.rng.choice(kinds)(recent, size))
