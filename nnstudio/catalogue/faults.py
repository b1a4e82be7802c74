"""What a shape rule raises, and how it says the ways to mend it.

A `Fix` is data: the analysis turns it into edits, the window shows its label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnstudio.core.problems import Problem, Repair
from nnstudio.core.values import Args, Value


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend a shape that does not fit.

    Attributes:
        kind: `set` gives the faulty node the arguments in `args` (None unpins an automatic one);
            `insert` puts the layer `layer` with `args` between an input and what feeds it;
            `replace` makes the faulty node a `layer`, keeping the arguments that both know, plus
            `args`.
        label: The code of its words in `core.messages` (`repair.flatten`).
        args: The arguments that are set.
        layer: The catalogue's name of the layer that is inserted or put in its place.
        port: The index of the input port, for `insert`.
        edge: Which edge of a variadic port, for `insert`.
    """

    kind: Literal["set", "insert", "replace"]
    label: str
    args: Args = field(default_factory=Args)
    layer: str = ""
    port: int = 0
    edge: int = 0

    @property
    def words(self) -> Mapping[str, object]:
        """What the label is filled with: the layer and its arguments as one text."""
        shown = ", ".join(f"{name} = {_short(value)}" for name, value in self.args.items())
        return {"layer": self.layer, "args": shown}

    def repair(self, edits: tuple[object, ...]) -> Repair:
        """Return the repair that these edits carry out."""
        return Repair(self.label, edits, self.words)


class ShapeError(Exception):
    """Shapes that do not fit: raised by shape rules, turned into a `Problem` by the analysis.

    Attributes:
        code: A key of `core.messages`.
        values: What its message is filled with; `layer` is added by `infer`.
        fixes: Ways to mend it, the best one first.
    """

    def __init__(self, code: str, /, *fixes: Fix, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
        self.fixes = fixes

    def problem(self, where: str = "", repairs: tuple[Repair, ...] = ()) -> Problem:
        """Return the problem for the user."""
        return Problem(self.code, where, self.values, repairs=repairs)


def set_to(**args: Value) -> Fix:
    """Return the fix that sets arguments of the faulty node."""
    return Fix("set", "repair.set", Args(args))


def unpin(name: str) -> Fix:
    """Return the fix that lets an argument follow from the input again."""
    return Fix("set", "repair.unpin", Args({name: None}))


def insert(label: str, layer: str, port: int = 0, edge: int = 0, **args: Value) -> Fix:
    """Return the fix that puts a layer before an input."""
    return Fix("insert", label, Args(args), layer, port, edge)


def replace(layer: str, **args: Value) -> Fix:
    """Return the fix that takes another layer instead."""
    return Fix("replace", "repair.replace", Args(args), layer)


def _short(value: Value) -> str:
    return "auto" if value is None else str(value)
