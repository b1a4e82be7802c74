"""Fuzzy search.

The letters of what was typed, in order, anywhere in a text; better matches first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
_BREAKS = " -_./·"


def score(query: str, text: str) -> float | None:
    """Return how well a text matches what was typed, or None when it does not.

    Each letter must occur in order. Letters that follow each other, stand at the start of the text
    or of a word (or at a capital: `mp` finds `MaxPool2d`) count more; a short text beats a long
    one.
    """
    wanted = query.casefold().replace(" ", "")
    if not wanted:
        return 0.0
    lowered = text.casefold()
    if len(lowered) != len(text):  # a few letters grow when folded; the positions must fit
        text = lowered
    best = None
    start = lowered.find(wanted[0])
    while start >= 0:
        found = _from(wanted, lowered, text, start)
        if found is not None and (best is None or found > best):
            best = found
        start = lowered.find(wanted[0], start + 1)
    if best is None:
        return None
    whole = lowered.replace(" ", "").startswith(wanted) or _stands(wanted, lowered, text)
    return best + 2.0 * len(wanted) * whole - len(text) / 100


def rank(
    query: str,
    items: Iterable[Item],
    texts: Callable[[Item], Iterable[str]],
    likely: Callable[[Item], float] = lambda item: 0.0,
) -> list[Item]:
    """Return the items that match, best first.

    An item counts as its best text; the first one, its name, more than the others.

    Args:
        query: What was typed.
        items: What there is.
        texts: The texts of an item, its name first.
        likely: What is added to the score of an item, whatever was typed; a letter is worth 1.
    """
    scored = []
    for place, item in enumerate(items):
        found = [
            value - (2.0 + later / 10 if later else 0.0)
            for later, text in enumerate(texts(item))
            if (value := score(query, text)) is not None
        ]
        if found:
            scored.append((-max(found) - likely(item), place, item))
    scored.sort(key=lambda row: row[:2])
    return [item for _, _, item in scored]


def _stands(wanted: str, lowered: str, text: str) -> bool:
    """Tell whether it stands there as it was typed, at the start of a word: norm in LayerNorm."""
    at = lowered.find(wanted)
    while at >= 0:
        if _starts_word(text, at):
            return True
        at = lowered.find(wanted, at + 1)
    return False


def _from(wanted: str, lowered: str, text: str, start: int) -> float | None:
    total, at, last = 0.0, start, start - 2
    for letter in wanted:
        at = lowered.find(letter, at)
        if at < 0:
            return None
        total += 1.0 + (2.0 if at == last + 1 else 0.0) + (3.0 if _starts_word(text, at) else 0.0)
        last, at = at, at + 1
    return total + (2.0 if start == 0 else 0.0)


def _starts_word(text: str, at: int) -> bool:
    if at == 0 or text[at - 1] in _BREAKS:
        return True
    # `Norm` begins a word in LayerNorm and in RMSNorm.
    return text[at].isupper() and (text[at - 1].islower() or text[at + 1 : at + 2].islower())
