"""Random blocks: parameters, residual paths, repeats in every mode, borrowed weights, nesting.

A block is drawn in its own names; what does not hold there in general is left to each use of it, or
is the fault that the network keeps.
"""

from __future__ import annotations

from random import Random
from typing import Any

from nnstudio.core.params import Param
from nnstudio.graph.model import Repeat, Share
from tests.builder import Expression, GraphBuilder, Wire

WIDTHS = ("dim", "width", "2 * dim", "dim + width", "width * 2 ** 1", "dim // 1")
ACTIVATIONS = ("ReLU", "Tanh", "GELU", "Identity")


def rank_of(block: GraphBuilder) -> int:
    """The number of dims that a block takes."""
    shape = block.nodes["n1"].args["shape"]
    assert isinstance(shape, tuple)
    return len(shape)


def random_block(rng: Random, rank: int, name: str, depth: int = 0) -> GraphBuilder:
    """A block for inputs of 2, 3 or 4 dims."""
    dim = Param("dim", "int", auto=True, minimum=1)
    b = GraphBuilder(name, dim=dim, width=rng.choice((2, 4)), drop=0.1, times=rng.choice((1, 2)))
    x = b.input("N", "dim", "H", "W") if rank == 4 else b.input("N", *["T"] * (rank - 2), "dim")
    growing = _Block(rng, b, rank, x)
    for _ in range(rng.randrange(1, 5)):
        growing.grow()
    if rng.random() < (0.7 if growing.same else 0.2):
        growing.y = b("Add", x, growing.y)
    if depth < 2 and rng.random() < 0.25:
        growing.use(random_block(rng, rank, f"{name} inner", depth + 1))
    b.output(growing.y)
    if rng.random() < 0.15:
        b.output(b(rng.choice(ACTIVATIONS), x), name="side")
    return b


class _Block:
    """A block while it grows; `same` while its shape is that of the input."""

    def __init__(self, rng: Random, builder: GraphBuilder, rank: int, x: Wire) -> None:
        self.rng, self.b, self.rank = rng, builder, rank
        self.y, self.same = x, True

    def grow(self) -> None:
        step = self.rng.randrange(8)
        if step == 0:
            self.y = self.b("Dropout", self.y, p=Expression("drop"))
        elif step == 1:
            loop = Repeat(self.rng.choice((2, Expression("times"))), "loop")
            wanted = loop if self.rng.random() < 0.3 else None
            self.y = self.b(self.rng.choice(ACTIVATIONS), self.y, repeat=wanted)
        elif step == 2 and self.rank == 4:
            self.y, self.same = self.b("MaxPool2d", self.y, kernel_size=2), False
        elif step == 3:
            self.y = self.b("LayerNorm" if self.rank < 4 else "BatchNorm2d", self.y)
        elif step == 4:
            self._borrow()
        else:
            self._widen()

    def _widen(self) -> None:
        rng = self.rng
        wanted = rng.choice(WIDTHS)
        self.same = self.same and wanted in ("dim", "dim // 1")
        times: Any = rng.choice((None, None, None, 2, "width", Repeat(2, "map"), Repeat(2, "loop")))
        if isinstance(times, Repeat) and times.mode == "map":
            self.same = False
        self.y = self._weighted(Expression(wanted), times)
        if isinstance(times, Repeat) and times.mode == "map":
            self.y = self.b("Mean", self.y, dim=0)  # copies side by side, taken together again

    def _weighted(self, wanted: Expression, times: Any = None, share: Any = None) -> Wire:
        frozen = self.rng.random() < 0.1
        if self.rank < 4:
            return self.b(
                "Linear", self.y, out_features=wanted, repeat=times, share=share, frozen=frozen
            )
        padding = self.rng.choice((0, 1, 1))
        self.same = self.same and padding == 1
        args = {"out_channels": wanted, "kernel_size": 3, "padding": padding}
        if times in (2, "width") and self.rng.random() < 0.4:  # the first copy has the default
            args |= {"dilation": Expression(self.rng.choice(("2**i", "1 + i")))}
            self.same = False
        return self.b("Conv2d", self.y, repeat=times, share=share, frozen=frozen, **args)

    def _borrow(self) -> None:
        """Call a layer a second time, or take its weight."""
        kinds = ("Linear", "Conv2d")
        nodes = self.b.nodes.values()
        owners = [n for n in nodes if n.layer in kinds and n.share is None and n.repeat is None]
        if not owners:
            return
        owner = self.rng.choice(owners)
        if self.rng.random() < 0.5:
            self.y = self.b(owner.layer, self.y, share=Share(owner.id))
        else:
            wanted = Expression(self.rng.choice(("dim", "width")))
            self.y = self._weighted(wanted, None, Share(owner.id, "weight"))
        self.same = False

    def use(self, inner: GraphBuilder) -> None:
        """Use a block inside, once or several times."""
        rng = self.rng
        times: Any = rng.choice((None, None, 2, Repeat(2, "loop"), Repeat(Expression("times"))))
        width = rng.choice(("width", "width", "width * (1 + i)", "2 + 2 * i"))
        if "i" in width.replace("width", "") and (times is None or isinstance(times, Repeat)):
            width = "width"
        self.y = self.b(inner, self.y, width=Expression(width), repeat=times)
        self.same = False
