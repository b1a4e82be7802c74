"""The plan of a class: what stands in it, before any text is laid out.

Analysis → Scope (what is used) → chains → Attribute… (`__init__`) and Statement… (`forward`) → text
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.compiler.writing.pieces import Piece, Ref
from nnstudio.core.keys import Place


@dataclass(frozen=True, slots=True)
class Chain:
    """A row of layers that becomes one `nn.Sequential`.

    Attributes:
        nodes: Their ids in order.
        meaning: The name that it gets from what it holds: `features`, `mlp`, `blocks` …
    """

    nodes: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Item:
    """One element of an `nn.Sequential`.

    Attributes:
        node: The id of the node.
        code: How it is made.
        note: The remark on it.
        comment: Its shape where that changes, or "".
    """

    node: str
    code: str
    note: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An assignment of `__init__`.

    Attributes:
        name: The attribute.
        node: The id of the node that it is, for the line map.
        code: The right side; for a chain what follows its bracket.
        items: The elements of a chain; () otherwise.
        place: What it is for the key table; None for a plain setting or a shared parameter.
    """

    name: str
    node: str
    code: str
    items: tuple[Item, ...] = ()
    place: Place | None = None


Form = Literal["assign", "each", "again", "return"]


@dataclass(slots=True)
class Statement:
    """A statement of `forward`.

    Attributes:
        node: The id of the node whose result it makes.
        form: `assign`; `each`: within `for layer in over:`; `again`: within `for _ in over:`;
            `return`.
        piece: The right side.
        targets: The values that it makes; None for one that nobody uses.
        unpack: The pattern of the left side when it is nested (`{output}, ({h_n}, {c_n})`).
        start: What the carried value is before the loop.
        head: `for block in self.blocks`.
        folded: The nodes whose code stands within it.
        notes: The remarks that stand above it.
        branch: True when it reads a value that other statements read too.
    """

    node: str
    form: Form
    piece: Piece
    targets: tuple[Ref | None, ...] = ()
    unpack: str = ""
    start: Piece | None = None
    head: str = ""
    folded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def reads(self) -> list[Ref]:
        """The values that it reads, in order."""
        first = self.start.refs if self.start is not None else []
        return [ref for ref in (*first, *self.piece.refs) if ref not in self.targets]
