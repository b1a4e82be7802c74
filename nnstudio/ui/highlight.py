"""Python in colours: Pygments finds the words, the theme has the colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from nnstudio.ui.overriding import override
from nnstudio.ui.theme import Theme

COLORS: Mapping[str, str] = {
    "Comment": "muted",
    "Literal.String.Doc": "muted",
    "Literal.String": "string",
    "Literal.Number": "number",
    "Keyword": "keyword",
    "Operator.Word": "keyword",
    "Name.Class": "name",
    "Name.Function": "name",
    "Name.Builtin": "builtin",
}
"""Kinds of Pygments, the more special ones first, and what they are coloured as."""

_FAMILIES = {
    "string": "tensor",
    "number": "activation",
    "keyword": "normalization",
    "name": "convolution",
    "builtin": "linear",
}
_DEFERRED = ("pygments.lexers.python", "pygments.token")

_QUOTES = re.compile(
    r"""#[^\n]*|\"{3}|'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
)
"""What can hold a quote that opens nothing, and what opens a text of several lines."""


class Span(NamedTuple):
    """Some letters of a line in one colour."""

    start: int
    length: int
    color: str


class PythonColors(QSyntaxHighlighter):
    """Colours a document whose whole text is known beforehand.

    Args:
        document: The document.
        theme: Colours it.
    """

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._lines: dict[int, list[Span]] = {}
        theme.changed.connect(self.rehighlight)

    def read(self, text: str) -> None:
        """Find the words of a text; call it before the text is put into the document."""
        self._lines = {}
        for line, span in spans(text):
            self._lines.setdefault(line, []).append(span)

    @override
    def highlightBlock(self, text: str) -> None:
        for span in self._lines.get(self.currentBlock().blockNumber(), ()):
            shape = QTextCharFormat()
            tokens = self._theme.tokens
            family = _FAMILIES.get(span.color)
            color = tokens.color(span.color) if family is None else tokens.family(family)  # type: ignore[arg-type]
            shape.setForeground(color)
            self.setFormat(span.start, span.length, shape)


def spans(text: str) -> Iterator[tuple[int, Span]]:
    """Yield the coloured words of a Python text with their lines, counted from 0.

    Pieces that were read before are not read again: an edit changes a few lines of many.
    """
    line = 0
    for piece in _pieces(text):
        for below, span in _read(piece):
            yield line + below, span
        line += piece.count("\n")


def _pieces(text: str) -> Iterator[str]:
    """Yield the lines of a text, those together that a text in three quotes goes on over."""
    waiting: list[str] = []
    closing = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        waiting.append(line)
        closing = _left_open(line, closing)
        if not closing:
            yield "".join(waiting)
            waiting.clear()
    yield "".join(waiting)


def _left_open(line: str, closing: str) -> str:
    """Return the quotes that a line leaves open, or ""; `closing` are those open before it."""
    place = 0
    while True:
        if closing:
            end = line.find(closing, place)
            if end < 0:
                return closing
            closing, place = "", end + 3
            continue
        found = _QUOTES.search(line, place)
        if found is None:
            return ""
        place = found.end()
        closing = found[0] if found[0] in ('"""', "'''") else ""


@lru_cache(maxsize=16_384)
def _read(text: str) -> tuple[tuple[int, Span], ...]:
    """Return the coloured words of a piece."""
    return tuple(_lexed(text))


def _lexed(text: str) -> Iterator[tuple[int, Span]]:
    lexers, tokens = map(import_module, _DEFERRED)
    kinds = [(_kind(tokens.Token, name), color) for name, color in COLORS.items()]
    line = column = 0
    for kind, word in lexers.PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        color = next((color for known, color in kinds if kind in known), "")
        for number, part in enumerate(word.split("\n")):
            if number:
                line, column = line + 1, 0
            if color and part:
                yield line, Span(column, len(part), color)
            column += len(part)


def _kind(root: Any, name: str) -> Any:
    for part in name.split("."):
        root = getattr(root, part)
    return root
