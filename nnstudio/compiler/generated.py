"""Generated code: the text, which line is which node, and the table of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from nnstudio.core.keys import KeyTable

if TYPE_CHECKING:
    from nnstudio.compiler.writing.class_source import ClassSource


@dataclass(frozen=True)
class Source:
    """Generated code.

    Attributes:
        text: The file.
        lines: Line number, from 1 -> `graph/node` that it comes from.
        classes: Id of a network or block -> the name of its class.
        keys: From keys of a `state_dict` to node ids and back.
        parts: The classes, so that the next edit writes only those that changed.
    """

    text: str
    lines: Mapping[int, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    keys: KeyTable = field(default_factory=KeyTable)
    parts: tuple[ClassSource, ...] = field(default=(), repr=False, compare=False)

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """`graph/node` -> its lines, for the code panel."""
        found: dict[str, list[int]] = {}
        for number, where in self.lines.items():
            found.setdefault(where, []).append(number)
        return {where: tuple(numbers) for where, numbers in found.items()}
