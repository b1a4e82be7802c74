"""What the command line prints: results on stdout, words and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence


def say(*words: str) -> None:
    """Print words for people."""
    print(*words, file=sys.stderr, flush=True)


def print_json(value: object) -> None:
    """Print one JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def count(number: int) -> str:
    """Write a large number with thin groups: 61 706."""
    return f"{number:,}".replace(",", " ")
