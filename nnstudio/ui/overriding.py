"""`override`, which marks a method that Qt calls by its own name.

It is that of `typing`, which Python 3.11 does not have yet; `typing_extensions` has it but takes as
long to import as a tenth of the window. ruff is told to take this module for `typing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Method = TypeVar("Method", bound=Callable[..., object])


def override(method: Method) -> Method:
    """Mark a method that overrides one of Qt's; its class explains it."""
    return method
