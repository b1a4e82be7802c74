"""Einstein sums: `nhqd,nhkd->nhqk` read, and applied to shapes.

A letter stands for a dim, `...` for any number of them; what is missing behind the arrow is summed
over. Without an arrow, the letters that stand once leave in alphabetical order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from nnstudio.catalogue.broadcast import broadcast
from nnstudio.catalogue.faults import ShapeError
from nnstudio.graph.dims import Dim, Shape, numel, show_shape

LONGEST = 200
"""So many characters of an equation are read."""

_TERM = re.compile(r"[A-Za-z]*(?:\.\.\.[A-Za-z]*)?\Z", re.ASCII)
_REST = "..."


class Equation(NamedTuple):
    """The letters of each input and of the output; `...` is one of them."""

    inputs: tuple[tuple[str, ...], ...]
    output: tuple[str, ...]


@lru_cache(maxsize=1024)
def read(text: str) -> Equation:
    """Return what an equation says.

    Raises:
        ShapeError: It is none.
    """
    plain = text.replace(" ", "")
    left, arrow, right = plain.partition("->")
    terms = left.split(",")
    if len(plain) > LONGEST or not all(_TERM.match(term) for term in (*terms, right)):
        raise ShapeError("shape.einsum", equation=text[:LONGEST])
    inputs = tuple(map(_letters, terms))
    counts = Counter(letter for term in inputs for letter in term)
    if arrow:
        output = _letters(right)
    else:
        once = sorted(letter for letter, n in counts.items() if n == 1 and letter != _REST)
        output = (*((_REST,) if _REST in counts else ()), *once)
    if len(set(output)) < len(output) or not set(output) - {_REST} <= counts.keys():
        raise ShapeError("shape.einsum", equation=text)
    return Equation(inputs, output)


def result(text: str, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of the output.

    Raises:
        ShapeError: The text is no equation, or the shapes do not fit it.
    """
    equation = read(text)
    sizes = _sizes(text, equation, shapes)
    made: list[Dim] = []
    for letter in equation.output:
        made += sizes.get(letter, ())
    return tuple(made)


def flops(text: str, shapes: Sequence[Shape]) -> Dim:
    """Return the operations: a multiply-add for each combination of letters and each product."""
    products = len(shapes) - 1
    if not products:
        return 0
    sizes = _sizes(text, read(text), shapes)
    return numel((2, products, *(size for found in sizes.values() for size in found)))


def _sizes(text: str, equation: Equation, shapes: Sequence[Shape]) -> dict[str, Shape]:
    """Return the sizes that each letter stands for; `...` stands for several."""
    if len(shapes) != len(equation.inputs):
        values = {"equation": text, "terms": len(equation.inputs), "edges": len(shapes)}
        raise ShapeError("shape.einsum_inputs", **values)
    sizes: dict[str, Shape] = {}
    for letters, shape in zip(equation.inputs, shapes, strict=True):
        for letter, found in _named(text, letters, shape):
            sizes[letter] = broadcast(sizes.get(letter, ()), found)
    return sizes


def _named(text: str, letters: tuple[str, ...], shape: Shape) -> list[tuple[str, Shape]]:
    """Return each letter of one input with its size."""
    rest = len(shape) - len(letters) + 1
    if rest < 0 or (_REST not in letters and rest != 1):
        values = {"equation": text, "term": "".join(letters), "rank": len(shape)}
        raise ShapeError("shape.einsum_rank", **values, shape=show_shape(shape, " × ") or "()")
    found: list[tuple[str, Shape]] = []
    place = 0
    for letter in letters:
        step = rest if letter == _REST else 1
        found.append((letter, shape[place : place + step]))
        place += step
    return found


def _letters(term: str) -> tuple[str, ...]:
    before, dots, after = term.partition(_REST)
    return (*before, *((_REST,) if dots else ()), *after)
