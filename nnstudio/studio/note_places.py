"""Where notes go when the nodes beside them are laid out anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Place: TypeAlias = "tuple[float, float]"
Box: TypeAlias = "tuple[float, float, float, float]"
"""From x, from y, width and height."""

HALF_WIDE, HALF_HIGH = 96.0, 44.0
"""What a node takes around its middle, its ports and a little air included."""
GAP = 24.0
COLUMN_GAP = 40.0
"""Between the column of notes and the nodes to the right of it."""


def beside_nodes(
    notes: Mapping[str, Box], old: Mapping[str, Place], new: Mapping[str, Place]
) -> dict[str, Place]:
    """Return the new corners of the notes that have to move.

    Args:
        notes: Where the notes lie.
        old: The middles of all nodes before.
        new: And after.
    """
    if not notes or not new:
        return {}
    taken: list[Box] = [
        (x - HALF_WIDE, y - HALF_HIGH, 2 * HALF_WIDE, 2 * HALF_HIGH) for x, y in new.values()
    ]
    left = min(x for x, _ in new.values()) - HALF_WIDE - COLUMN_GAP
    made = {}
    for key, box in sorted(notes.items(), key=lambda item: item[1][1]):
        anchor = min(old, key=lambda node: _away(box, old[node]))
        dx, dy = (there - here for there, here in zip(new[anchor], old[anchor], strict=True))
        moved = (box[0] + dx, box[1] + dy, box[2], box[3])
        if _below(moved, taken) is not None:
            moved = _down((left - box[2], moved[1], box[2], box[3]), taken)
        taken.append(moved)
        made[key] = moved[:2]
    return {key: at for key, at in made.items() if at != notes[key][:2]}


def _away(box: Box, at: Place) -> float:
    """Return how far a node is from a note, both ways together."""
    x, y, wide, high = box
    return max(x - at[0], 0.0, at[0] - x - wide) + max(y - at[1], 0.0, at[1] - y - high)


def _below(box: Box, taken: list[Box]) -> Box | None:
    x, y, wide, high = box
    for other in taken:
        across = x < other[0] + other[2] and other[0] < x + wide
        if across and y < other[1] + other[3] and other[1] < y + high:
            return other
    return None


def _down(box: Box, taken: list[Box]) -> Box:
    """Return the next free place further down."""
    while (other := _below(box, taken)) is not None:
        box = (box[0], other[1] + other[3] + GAP, box[2], box[3])
    return box
