"""Documents that the tests of files share."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.core.values import Args, Choice
from nnstudio.graph.model import CustomLayer, Project
from tests.builder import DIGITS, Expression, GraphBuilder, project


def small() -> Project:
    """A network with a block, an own layer, data, settings and positions."""
    block = GraphBuilder("Feed forward", id="blk", note="Two layers.", dim=int, widen=4)
    x = block.input("N", "T", "dim")
    h = block("Linear", x, out_features=Expression("widen * dim"))
    block.output(block("Linear", h, out_features=Expression("dim")))
    b = GraphBuilder("Net", id="g", note="A net.")
    x = b.input("N", 16, 32, name="tokens")
    h = b(block, x, dim=32, repeat=2)
    out, _, state = b("LSTM", h, hidden_size=8, name="encoder").outputs(3)
    h = b("Concatenate", [out, state], dim=-1, frozen=True)
    h = b("custom:own", h, note='say "hi"\nand more')
    b.output(b("Linear", h, None, out_features=10, share=out, bypass=True))
    loop = Choice("supervised", Args(epochs=3, optimizer=Choice("AdamW", Args(lr=0.01)), clip=None))
    made = project(
        b,
        name="Größe 层",
        data=DIGITS,
        loop=loop,
        custom=[CustomLayer("own", "Own", "class Own(nn.Module):\n    pass\n", "*S D -> *S D")],
        layout={"g": {"n1": (0.0, 0.0), "n3": (12.5, -3.0)}, "blk": {}},
    )
    return replace(made, extra='{"plugin": {"a": [1, 2.5, null]}}')


def chain(length: int) -> Project:
    """A long chain, with positions."""
    b = GraphBuilder("Chain", id="g")
    h = b.input("N", 16)
    for _ in range(length - 2):
        h = b("Linear", h, out_features=16)
    b.output(h)
    return project(b, layout={"g": {key: (0.0, 110.0 * n) for n, key in enumerate(b.nodes)}})
