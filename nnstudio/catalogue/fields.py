"""Parameters that many layers have, so that the same thing has the same limits and the same words.

`inplace` is left out on purpose: a node's value may be used by several others, and overwriting it
would change what they see. `device` and `dtype` belong to the run.
"""

from __future__ import annotations

from nnstudio.core.params import Param
from nnstudio.core.values import Value

WIDEST = 2**20
"""The most features, channels or entries: far beyond any network, far below an explosion."""

NEVER: Value = ()
"""As `torch_default`: torch's own is of no use, so that the argument is always written."""


def auto(name: str, help: str) -> Param:  # the field of Param has this name
    """Return a count that follows from the input."""
    return Param(name, "int", None, help, auto=True, minimum=1, maximum=WIDEST, positional=True)


def count(
    name: str,
    default: int,
    help: str,
    *,
    maximum: int = WIDEST,
    positional: bool = False,
) -> Param:
    """Return a count of at least 1."""
    return Param(name, "int", default, help, minimum=1, maximum=maximum, positional=positional)


def flag(name: str, default: bool, help: str, torch_default: bool | None = None) -> Param:
    """Return a switch."""
    return Param(name, "bool", default, help, torch_default=torch_default)


def number(
    name: str,
    default: float,
    help: str,
    *,
    minimum: float = -1e6,
    maximum: float = 1e6,
    above: bool = False,
) -> Param:
    """Return a number between bounds."""
    return Param(name, "float", default, help, minimum=minimum, maximum=maximum, above=above)


def probability(name: str = "p", default: float = 0.5, help: str = "") -> Param:
    """Return a probability."""
    words = help or "Probability of setting an entry to zero while training."
    return number(name, default, words, minimum=0.0, maximum=1.0)


def eps(default: float = 1e-5) -> Param:
    """Return the small number that is added to a denominator."""
    words = "Added to the denominator, so that nothing is divided by zero."
    return number("eps", default, words, minimum=0.0, maximum=1.0, above=True)


def dim(default: int, help: str = "", name: str = "dim") -> Param:
    """Return the index of a dim; negative ones count from the end."""
    words = help or "The dim that it works on; -1 is the last."
    return Param(name, "int", default, words, minimum=-16, maximum=15)


def choice(name: str, choices: tuple[str, ...], help: str) -> Param:
    """Return a choice; the first one is the default."""
    return Param(name, "choice", choices[0], help, choices=choices)


def size(
    name: str,
    default: Value,
    help: str,
    *,
    minimum: int = 1,
    maximum: int = 1024,
    positional: bool = False,
    optional: bool = False,
    words: tuple[str, ...] = (),
) -> Param:
    """Return a whole number for all spatial dims, or one for each."""
    return Param(
        name, "size", default, help, minimum=minimum, maximum=maximum, positional=positional,
        optional=optional, words=words,
    )  # fmt: skip


def bias(default: bool = True) -> Param:
    """Return the switch of an added, learned constant."""
    return flag("bias", default, "Whether a learned constant is added.")


def torch_page(name: str) -> str:
    """Return the address of a layer's page in torch's documentation."""
    return f"https://docs.pytorch.org/docs/stable/generated/torch.{name}.html"
