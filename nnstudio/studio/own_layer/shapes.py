"""A signature from measured shapes: which names do the sizes that came out follow?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnstudio.catalogue.signature import OutputPort, ports
from nnstudio.core import expressions
from nnstudio.core.problems import ProjectError

FACTORS = (2, 3, 4, 8)
OFFSETS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Measured:
    """One case in which a layer was tried.

    Attributes:
        names: What the names of the inputs and of the arguments stood for; a `*Name` for a tuple.
        outputs: The shapes that came out.
    """

    names: Mapping[str, Any]
    outputs: tuple[tuple[int, ...], ...]


def written(signature: str, cases: Sequence[Measured]) -> str:
    """Return a signature with the same inputs and the measured outputs, or "" where none is found.

    A size that followed a name through all cases is that name, or a plain formula of it; one that
    never changed is a number.
    """
    left = signature.partition("->")[0].strip()
    old = ports(signature).outputs
    count = len(cases[0].outputs)
    if any(len(case.outputs) != count for case in cases):
        return ""
    parts = []
    for place in range(count):
        dims = _dims([case.outputs[place] for case in cases], cases, old[place : place + 1])
        if dims is None:
            return ""
        parts.append(" ".join(dims))
    if count > 1 or len(old) > 1:
        names = [port.name for port in old] + [f"output{place}" for place in range(len(old), count)]
        parts = [f"{name}: {dims}" for name, dims in zip(names, parts, strict=False)]
    return f"{left} -> {', '.join(parts)}"


def _dims(
    shapes: Sequence[tuple[int, ...]], cases: Sequence[Measured], old: tuple[OutputPort, ...]
) -> list[str] | None:
    """Return the dims of one output; None where they follow nothing."""
    wanted = old[0].dims if old else ()
    stars = [name for name in cases[0].names if name[0] == "*"]
    # The star that was declared is looked for first, then the others, then none.
    stars.sort(key=lambda name: name not in wanted)
    for star in stars:
        spans = [case.names.get(star, ()) for case in cases]
        for begin in range(min(map(len, shapes)) + 1):
            if all(
                shape[begin : begin + len(span)] == span
                for shape, span in zip(shapes, spans, strict=True)
            ):
                before = [shape[:begin] for shape in shapes]
                after = [
                    shape[begin + len(span) :] for shape, span in zip(shapes, spans, strict=True)
                ]
                head, tail = _each(before, cases, wanted), _each(after, cases, wanted)
                if head is not None and tail is not None:
                    return [*head, star, *tail]
    return _each(shapes, cases, wanted)


def _each(
    shapes: Sequence[tuple[int, ...]], cases: Sequence[Measured], wanted: Sequence[int | str]
) -> list[str] | None:
    if len({len(shape) for shape in shapes}) != 1:
        return None
    found = [_fit(list(sizes), cases, wanted) for sizes in zip(*shapes, strict=True)]
    return None if None in found else [one for one in found if one is not None]


def _fit(sizes: list[int], cases: Sequence[Measured], wanted: Sequence[int | str]) -> str | None:
    """Return what a size is in all cases: a name, a formula, or a number."""
    for text in _candidates(cases, wanted):
        if _values(text, cases) == sizes:
            return text if text.isidentifier() else f"{{{text}}}"
    return str(sizes[0]) if len(set(sizes)) == 1 else None


def _candidates(cases: Sequence[Measured], wanted: Sequence[int | str]) -> Iterator[str]:
    """Yield texts that a size may be, the likeliest first; only what changed can be followed."""
    names = [name for name, value in cases[0].names.items() if type(value) is int]
    moving = [name for name in names if len({case.names.get(name) for case in cases}) > 1]
    declared = [str(dim).strip("{}") for dim in wanted if str(dim)[0] != "*"]
    yield from dict.fromkeys([*(text for text in declared if not text.isdigit()), *moving])
    for name in moving:
        for factor in FACTORS:
            yield f"{factor} * {name}"
            yield f"{name} // {factor}"
        for offset in OFFSETS:
            yield f"{name} - {offset}"
            yield f"{name} + {offset}"
    for one, other in itertools.combinations(moving, 2):
        yield f"{one} * {other}"
        yield f"{one} + {other}"
    for one, other in itertools.permutations(moving, 2):
        yield f"{one} // {other}"


def _values(text: str, cases: Sequence[Measured]) -> list[object]:
    found: list[object] = []
    for case in cases:
        names = {name: value for name, value in case.names.items() if name.isidentifier()}
        try:
            found.append(expressions.evaluate(text, names))
        except ProjectError:
            return []
    return found
