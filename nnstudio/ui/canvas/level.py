"""How much is drawn at a zoom; it changes a little later on the way back, so nothing flickers."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """FAR draws batches of rectangles, MIDDLE nodes with titles, NEAR all of it."""

    FAR = 0
    MIDDLE = 1
    NEAR = 2


_UP = {Level.FAR: 0.48, Level.MIDDLE: 0.74}
_DOWN = {Level.MIDDLE: 0.44, Level.NEAR: 0.68}


def level_at(zoom: float, now: Level) -> Level:
    """Return the level for a zoom, given the one that holds."""
    while now < Level.NEAR and zoom >= _UP[now]:
        now = Level(now + 1)
    while now > Level.FAR and zoom < _DOWN[now]:
        now = Level(now - 1)
    return now
