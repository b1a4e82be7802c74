"""Names: what may be an id, an identifier of Python, and how a name of the user becomes one.

This is the only place where text of a project turns into Python identifiers.
"""

from __future__ import annotations

import builtins
import keyword
import re
import secrets

ID = re.compile(r"[A-Za-z0-9_-]{1,40}\Z", re.ASCII)
"""What an id in a file may look like; our own ids are eight random letters and digits."""

NAME_LIMIT = 200
"""The longest name that a file may hold, in characters."""

IDENTIFIER_LIMIT = 60
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))
"""Words that a generated identifier never is: keywords and built-in names."""


def new_id(taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Return a random id of eight characters that is not in `taken`.

    It is random and no counter, so that two people who add a node never collide.
    """
    while True:
        made = secrets.choice(_ALPHABET[:26]) + "".join(secrets.choice(_ALPHABET) for _ in range(7))
        if made not in taken:
            return made


def is_id(text: object) -> bool:
    """Tell whether a value read from a file can be an id."""
    return isinstance(text, str) and ID.match(text) is not None


def snake_case(name: str) -> str:
    """Turn any text into a lower-case identifier.

    `Residual block` -> `residual_block`; "" if nothing is left.
    """
    words = re.sub(r"[^0-9a-zA-Z]+", "_", name).strip("_")
    words = words if words == words.lower() else _HUMPS.sub("_", words).lower()
    words = re.sub(r"__+", "_", words)[:IDENTIFIER_LIMIT].strip("_")
    return f"n{words}" if words[:1].isdigit() else words


def pascal_case(name: str) -> str:
    """Turn any text into a class name.

    `residual block` -> `ResidualBlock`; "" if nothing is left.
    """
    words = re.sub(r"[^0-9a-zA-Z]+", " ", name).split()
    made = "".join(word[:1].upper() + word[1:] for word in words)[:IDENTIFIER_LIMIT]
    return f"N{made}" if made[:1].isdigit() else made


def unique(wanted: str, taken: set[str] | frozenset[str]) -> str:
    """Return `wanted`, or `wanted2`, `wanted3` …, the first that is neither taken nor reserved."""
    if wanted not in taken and wanted not in RESERVED:
        return wanted
    joint = "_" if wanted[-1:].isdigit() else ""
    number = 2
    while f"{wanted}{joint}{number}" in taken:
        number += 1
    return f"{wanted}{joint}{number}"


def is_identifier(name: str) -> bool:
    """Tell whether a text may stand as an identifier of our own choice in generated code."""
    return (
        name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and "__" not in name
    )
