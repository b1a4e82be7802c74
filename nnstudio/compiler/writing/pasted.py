"""Classes of `kit/modules` that torch lacks: their text is pasted into `model.py`.

The files are read as data and never imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nnstudio.core import paths

FOLDER = paths.package("kit", "modules")


@dataclass(frozen=True, slots=True)
class Pasted:
    """A class or function that can be pasted.

    Attributes:
        name: Its name.
        lines: Its text.
        uses: The other definitions of its file that it uses.
        imports: The imported names that it uses: `torch`, `math`, `F`, `nn`, `Tensor`.
    """

    name: str
    lines: tuple[str, ...]
    uses: frozenset[str]
    imports: frozenset[str]


@lru_cache(maxsize=1)
def definitions() -> dict[str, Pasted]:
    """Return everything that can be pasted, by name."""
    return {item.name: item for file in sorted(FOLDER.glob("*.py")) for item in _read(file)}


def closure(names: Iterable[str]) -> list[Pasted]:
    """Return these definitions and all that they use, what is used first."""
    found: dict[str, Pasted] = {}

    def visit(name: str) -> None:
        item = definitions()[name]
        for other in sorted(item.uses):
            if other not in found:
                visit(other)
        found[name] = item

    for name in sorted(set(names)):
        if name not in found:
            visit(name)
    return list(found.values())


def _read(file: Path) -> list[Pasted]:
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    tree = ast.parse(text)
    own = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    found = []
    for name, node in own.items():
        start = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
        read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        uses = frozenset((read & own.keys()) - {name})
        body = tuple(lines[start - 1 : node.end_lineno])
        found.append(Pasted(name, body, uses, frozenset(read & imported)))
    return found
