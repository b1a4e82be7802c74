"""The values that a document holds: plain constants, formulas and choices.

A value is None, a bool, an int, a float, a str, a tuple of values, an `Expression` (a formula over
a block's parameters) or a `Choice` (the name of something in the catalogue with its own settings).
Everything is immutable and hashable, so that a document can be compared and shared between undo
steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Scalar: TypeAlias = "bool | int | float | str | None"
Value: TypeAlias = "Scalar | Expression | Choice | tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula over the parameters of a block and the repeat index `i`, such as `4 * dim`.

    The text is only stored here; `nnstudio.core.expressions` reads and evaluates it.
    """

    text: str

    def __str__(self) -> str:
        return self.text


class Args(Mapping[str, "Value"]):
    """An immutable, hashable mapping of names to values.

    The order is kept and does not matter to `==`.
    """

    __slots__ = ("_first", "_hash", "_items")

    def __init__(self, items: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        self._items: dict[str, Value] = {**(items or {}), **more}
        self._hash: int | None = None
        self._first: Args | None = None

    @property
    def first(self) -> Args:
        """Settings that are equal to these, the same object for all that are.

        A network has a few kinds of layers and many of each: what is remembered by `first` is
        found by identity, where comparing value by value would take longer than all the rest.
        """
        if self._first is not None:
            return self._first
        if len(_FIRSTS) >= MOST_FIRSTS:
            _FIRSTS.clear()
        first = _FIRSTS.setdefault(self, self)
        if first is not self:  # a circle would wait for the garbage collector
            self._first = first
        return first

    def replace(self, **changes: Value) -> Args:
        """Return a copy with these values set."""
        return Args({**self._items, **changes})

    def without(self, *names: str) -> Args:
        """Return a copy that lacks these names; names that are not there are passed over."""
        return Args({k: v for k, v in self._items.items() if k not in names})

    def __getitem__(self, name: str) -> Value:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self._items.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return identical(self._items, other._items) if isinstance(other, Args) else NotImplemented

    def __repr__(self) -> str:
        return f"Args({self._items!r})"


MOST_FIRSTS = 4096
"""So many different settings are remembered; then it begins anew."""

_FIRSTS: dict[Args, Args] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something chosen from the catalogue, with its own settings.

    `Choice("Adam", Args(lr=0.01))`.
    """

    name: str
    args: Args = field(default_factory=Args)


def identical(left: object, right: object) -> bool:
    """Compare two values as a document does: `1`, `1.0` and `True` are three different values."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(identical(v, right[k]) for k, v in left.items())
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(identical, left, right))
    return type(left) is type(right) and left == right
