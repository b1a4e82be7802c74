"""What a Google-style docstring says of a function and of each argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ENTRY = re.compile(r"(\w+): (.*)\Z", re.DOTALL)
_NUMBER = r"-?\d[\d_.]*(?:e-?\d+)?"
_RANGE = rf"(?P<low>{_NUMBER}) to (?P<high>{_NUMBER})"
_BOUND = rf"(?P<sign>>=?|<=?) (?P<bound>{_NUMBER})"
_LIMITS = re.compile(rf"\s*\((?:{_RANGE}|{_BOUND})\)\.?\s*\Z")
_SECTION = re.compile(r"^(Args|Returns|Raises|Yields|Attributes):\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one argument.

    Attributes:
        help: The sentence, without the limits.
        minimum: The smallest value, or None.
        maximum: The largest value, or None.
        above: True when the minimum itself is excluded.
    """

    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: bool = False


def summary(docstring: str) -> str:
    """Return the first sentence."""
    paragraph = docstring.strip().split("\n\n")[0]
    return " ".join(paragraph.split())


def entries(docstring: str) -> Mapping[str, Entry]:
    """Return what the section `Args` says, by argument."""
    parts = _SECTION.split(docstring)
    section = parts[parts.index("Args") + 1] if "Args" in parts else ""
    found = {}
    for lines in re.split(r"\n {4}(?=\w)", section):
        entry = _ENTRY.match(" ".join(lines.split()))
        if entry is not None:
            found[entry[1]] = _entry(entry[2])
    return found


def _entry(text: str) -> Entry:
    limits = _LIMITS.search(text)
    if limits is None:
        return Entry(text)
    words = text[: limits.start()].rstrip(" .") + "."
    if limits["low"]:
        return Entry(words, float(limits["low"]), float(limits["high"]))
    bound, sign = float(limits["bound"]), limits["sign"]
    if sign[0] == ">":
        return Entry(words, minimum=bound, above=sign == ">")
    return Entry(words, maximum=bound)
