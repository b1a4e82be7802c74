"""English of every problem, repair and edit: code -> (what happened and why, what to do).

Places in braces are filled from the arguments. A code begins with its group (`shape.features`); the
groups stand in `nnstudio.core.words`, by what they are about.
"""

from __future__ import annotations

from nnstudio.core.words import documents, networks, own, runs, shapes

MESSAGES: dict[str, tuple[str, str]] = {
    **documents.WORDS,
    **networks.WORDS,
    **own.WORDS,
    **runs.WORDS,
    **shapes.WORDS,
}
