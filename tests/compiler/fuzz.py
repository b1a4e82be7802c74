"""Random networks with nasty names: what the golden files do not think of."""

from __future__ import annotations

import random

from nnstudio.graph.model import Project, Repeat, Share
from tests.builder import Expression, GraphBuilder, Wire, param, project

NAMES = (
    "", "", "", "", "x", "out", "conv1", "conv1", "mu", "self", "forward", "input", "type", "train", "F",
    "torch", "nn", "Tensor", "l", "class", "lambda", "λ", "日本語", 'q"""uote', "new\nline", "\u202eRTL",
    "a'b\"c", "{braces}", "%s", "\\", "#", "1st", "__import__('os')", "x" * 200, "word " * 40, "_", "__",
    "T_destination", "super", "range", "Shortcut branch", "ÄÖÜ", "print", "None", "i",
)  # fmt: skip
NOTES = ("", "", "", "two\nlines", '"""', "# noqa", "fmt: off", "type: ignore", "\\", "日本語" * 60, "long word " * 40, "x" * 300, "\u202e\u0000\x1b[31m", "'quoted\"")  # fmt: skip


def random_project(seed: int) -> Project:
    """Return a network of blocks, branches, repeats and shares over vectors of 8 numbers."""
    rng = random.Random(seed)
    blocks = [_block(rng, index) for index in range(rng.randint(0, 3))]
    b = GraphBuilder(rng.choice(NAMES), id="main", note=rng.choice(NOTES))
    wires = [b.input("N", 8, name=rng.choice(NAMES)) for _ in range(rng.randint(1, 2))]
    _grow(rng, b, wires, blocks, rng.randint(1, 25), Expression("8"))
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
    _grow(rng, b, wires, [], rng.randint(1, 8), Expression("dim"))
    b.output(wires[-1])
    return b


def _grow(
    rng: random.Random,
    b: GraphBuilder,
    wires: list[Wire],
    blocks: list[GraphBuilder],
    count: int,
    size: Expression,
) -> None:
    linears: list[Wire] = []
    for _ in range(count):
        recent = wires[-1] if rng.random() < 0.6 else rng.choice(wires)
        more = {"name": rng.choice(NAMES), "note": rng.choice(NOTES) if rng.random() < 0.2 else ""}
        more |= {"frozen": rng.random() < 0.3, "bypass": rng.random() < 0.05}
        kind = rng.randrange(12)
        if kind < 4:
            share = None
            if linears and rng.random() < 0.3:
                owner = rng.choice(linears)
                share = Share(owner.id, rng.choice(("", "weight")))
            repeat = Repeat(rng.randint(1, 4), rng.choice(("stack", "loop"))) if rng.random() < 0.2 else None
            wire = b("Linear", recent, out_features=size, repeat=None if share else repeat, share=share, **more)
            if share is None and repeat is None and not more["bypass"]:
                linears.append(wire)
        elif kind < 6:
            wire = b(rng.choice(("ReLU", "GELU", "Sigmoid", "LeakyReLU", "Softmax")), recent, **more)
        elif kind == 6:
            wire = b("LayerNorm", recent, **more)
        elif kind == 7:
            wire = b(rng.choice(("Add", "Multiply", "Subtract", "Divide")), recent, rng.choice(wires), **more)
        elif kind == 8:
            wire = b(rng.choice(("Negate", "Exp", "Abs")), recent, **more)
        elif kind == 9:
            wire = b("Power", recent, exponent=rng.choice((2.0, -0.5, 3.5)), **more)
        elif kind == 10:
            parts = [rng.choice(wires) for _ in range(rng.randint(1, 5))]
            joined = b("Stack", parts, dim=1, **({**more, "bypass": False}))
            wire = b("Sum", joined, dim=(1,))
        elif blocks:
            repeat = Repeat(rng.randint(1, 3), rng.choice(("stack", "loop"))) if rng.random() < 0.5 else None
            block = rng.choice(blocks)
            wire = b(block, recent, dim=8, repeat=repeat, **{block.params[1].name: rng.choice((0.5, 0.1))}, **more)
        else:
            wire = b("Shift", recent, value=rng.choice((-1.5, 1e-9, 3.0)), **more)
        wires.append(wire)


__all__ = ["param", "random_project"]
