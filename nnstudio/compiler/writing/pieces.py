"""Pieces of code with open places: the templates of the catalogue, filled with the right brackets.

A piece keeps its variables open (`Ref`), since their names are given when all statements stand.
What a template asks of each place (`{0} ** {exponent}`: a base, an exponent) is read once from its
syntax tree, so that brackets stand exactly where precedence needs them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from nnstudio.compiler.writing.layout import ANYTHING, ATOM, PRIMARY, UNARY, operand_ranks, rank


class Ref(NamedTuple):
    """A value that a variable will hold: an output of a node."""

    node: str
    output: int = 0


Part: TypeAlias = "str | Ref"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression.

    Attributes:
        parts: Text and open variables.
        rank: How tightly it binds; see `layout.rank`.
        depth: How many calls stand within each other.
    """

    parts: tuple[Part, ...]
    rank: int = ATOM
    depth: int = 0

    @property
    def length(self) -> int:
        """The likely number of columns."""
        return sum(len(part) if isinstance(part, str) else 4 for part in self.parts)

    @property
    def refs(self) -> list[Ref]:
        """The variables in the order in which they stand."""
        return [part for part in self.parts if isinstance(part, Ref)]

    @property
    def is_plain(self) -> bool:
        """True for a variable alone."""
        return len(self.parts) == 1 and isinstance(self.parts[0], Ref)

    def text(self, names: Mapping[Ref, str]) -> str:
        """Write it with the names of its variables."""
        return "".join(part if isinstance(part, str) else names[part] for part in self.parts)


def variable(node: str, output: int = 0) -> Piece:
    """Return the piece that is just a variable."""
    return Piece((Ref(node, output),))


def joined(pieces: list[Piece], between: str = ", ") -> Piece:
    """Put pieces in a row."""
    parts: list[Part] = []
    for piece in pieces:
        parts += [between, *piece.parts] if parts else piece.parts
    return Piece(tuple(parts), ANYTHING, max((piece.depth for piece in pieces), default=0))


Bare: TypeAlias = "Callable[[str], str]"
Filler: TypeAlias = "Callable[[str, str], Piece | None]"
"""`filler(kind, name)` gives what stands in a place; None leaves an optional one out."""

_PLACE = re.compile(r"\{(, |\?\*|\?|\*|:)?(\w+|\(\w+(?:, \w+)*\))\}")
_KINDS = {
    None: "value", "*": "spread", ", ": "keyword", "?": "optional", "?*": "optional_value",
    ":": "brackets",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """An open place of a template.

    Attributes:
        kind: `value`, `word` (a bare name), `spread`, `keyword`, `optional`, `optional_value`,
            `brackets`.
        name: What stands there.
        least: How tightly that has to bind.
    """

    kind: str
    name: str
    least: int = ANYTHING


@dataclass(frozen=True, slots=True)
class Template:
    """A template, read once.

    Attributes:
        parts: Text and places in turn.
        rank: How tightly the whole binds.
        calls: 1 when it is a call, so that what stands within is one level deeper.
    """

    parts: tuple[str | Place, ...]
    rank: int
    calls: int

    @property
    def names(self) -> frozenset[str]:
        """The names of all places, those in brackets each on its own."""
        return frozenset(
            name
            for part in self.parts
            if isinstance(part, Place)
            for name in re.findall(r"\w+", part.name)
        )

    def places(self) -> Iterator[Place]:
        """Yield the places in order."""
        return (part for part in self.parts if isinstance(part, Place))

    def fill(self, filler: Filler) -> Piece:
        """Return the piece with all places filled, bracketed where precedence asks for it."""
        parts: list[Part] = []
        depth = 0
        for part in self.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            inner = filler(part.kind, part.name)
            if inner is None:
                continue
            depth = max(depth, inner.depth)
            if inner.rank < part.least:
                parts += ["(", *inner.parts, ")"]
            else:
                parts += inner.parts
        return Piece(_merged(parts), self.rank, depth + self.calls)


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return tuple(merged)


@lru_cache(maxsize=2048)
def template(text: str) -> Template:
    """Read a template of the catalogue."""
    found: list[str | Place] = []
    code, end = "", 0
    for match in _PLACE.finditer(text):
        kind = _KINDS[match[1]]
        found += [text[end : match.start()], Place(kind, match[2])]
        code += text[end : match.start()]
        code += f"_p{len(found)}_" if kind in ("value", "spread", "brackets") else ""
        end = match.end()
    found.append(text[end:])
    tree = ast.parse(code + text[end:], mode="eval").body
    least = dict(_asked(tree))
    for index, part in enumerate(found, start=0):
        if isinstance(part, Place):
            asked = least.get(f"_p{index + 1}_", ANYTHING)
            found[index] = (
                Place("word", part.name) if asked == _WORD else Place(part.kind, part.name, asked)
            )
    calls = int(any(isinstance(part, ast.Call) for part in ast.walk(tree)))
    return Template(tuple(part for part in found if part != ""), rank(tree), calls)


_WORD = -1


def _asked(tree: ast.expr) -> Iterator[tuple[str, int]]:
    """Yield for each name how tightly what stands there must bind; `_WORD` for bare words."""
    yield from _named(tree, ANYTHING)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            left, right = operand_ranks(node.op)
            yield from (*_named(node.left, left), *_named(node.right, right))
        elif isinstance(node, ast.UnaryOp):
            yield from _named(node.operand, UNARY + 1)
        elif isinstance(node, ast.Attribute):
            yield from (*_named(node.value, PRIMARY), (node.attr, _WORD))
        elif isinstance(node, ast.Subscript):
            yield from _named(node.value, PRIMARY)
        elif isinstance(node, ast.Call):
            yield from _named(node.func, _WORD)


def _named(node: ast.expr, asked: int) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Name):
        yield node.id, asked
