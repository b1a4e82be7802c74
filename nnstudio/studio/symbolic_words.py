"""Counts that hang on a size nobody knows yet, in words: `36.9 k·T² + 247 M·T`."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.graph.dims import Poly

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def symbolic_words(value: Poly, number: Callable[[int], str]) -> str:
    """Write a count over named sizes, the highest power first.

    Args:
        value: The count.
        number: Writes a number in front of names; "" leaves it out.
    """
    terms = sorted(value.terms.items(), key=lambda term: -sum(power for _, power in term[0]))
    text = ""
    for monomial, count in terms:
        names = "·".join(
            f"{atom if isinstance(atom, str) else f'({atom})'}{_power(power)}"
            for atom, power in monomial
        )
        body = "·".join(part for part in (number(abs(count)), names) if part) or str(abs(count))
        sign = " − " if count < 0 else " + "
        text += f"{sign if text else sign.strip(' +')}{body}"
    return text


def _power(power: int) -> str:
    return "" if power == 1 else str(power).translate(_RAISED)
