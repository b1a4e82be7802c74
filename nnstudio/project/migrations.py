"""Older files, brought up to the current format: one function per version, one after the other.

A step takes the plain values of a file of its version and returns those of the next; it may trust
nothing about them but that they are JSON within the limits. What it returns is read as strictly as
any file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnstudio.core.limits import refuse

VERSION = 1
"""The version that is written; it grows when an older NNStudio would misread a file."""

Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: Mapping[int, Step] = {}
"""From each older version to the next one: `{1: from_1}` once there is a version 2."""


def migrated(
    document: Any, steps: Mapping[int, Step] = STEPS, version: int = VERSION
) -> dict[str, Any]:
    """Return the document in the current format.

    Args:
        document: The values of a file.
        steps: One function per older version.
        version: The current one.

    Raises:
        ProjectError: It is no project, newer than this program, or of an unknown version.
    """
    if not isinstance(document, dict) or "nnstudio" not in document:
        raise refuse("file.not_ours")
    found = document["nnstudio"]
    if type(found) is not int:
        raise refuse("file.version", "nnstudio", version=str(found)[:40])
    if found > version:
        raise refuse("file.newer", "nnstudio", version=found, known=version)
    for step in range(found, version):
        if step not in steps:
            raise refuse("file.version", "nnstudio", version=found)
        document = steps[step](document)
    made: dict[str, Any] = document
    return made
