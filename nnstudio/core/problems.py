"""What the user can fix: a problem has a code, a place, arguments, and says how to mend it.

A *problem* is a value and is collected; an *exception* is our bug or the world's. English is
rendered here from `MESSAGES` (one line per code); another language renders the same code and
arguments.

    NNStudioError
    ├── ProjectError   a document or an order has problems       exit code 1
    ├── UsageError     an unknown name, option or setting        exit code 2
    └── WorldError     a file, a disk, a device, the network     exit code 3
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nnstudio.core.messages import MESSAGES

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the user can fix.

    Attributes:
        code: A key of `MESSAGES`, such as `shape.features`.
        where: The place: a path of ids such as `graph/node`, or `file:line`; "" for the whole
            project.
        args: What the message and the hint are filled with (shown as text, never as markup).
        severity: An error keeps the network from being built; a warning does not.
        repairs: Edits that would mend it, each with a label; see `Repair`.
    """

    code: str
    where: str = ""
    args: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "error"
    repairs: tuple[Repair, ...] = ()

    @property
    def message(self) -> str:
        """What happened and why, in one English sentence."""
        return render(MESSAGES[self.code][0], self.args)

    @property
    def hint(self) -> str:
        """What to do about it, in one English sentence."""
        return render(MESSAGES[self.code][1], self.args)

    def as_json(self) -> dict[str, str]:
        """The problem as the command line prints it."""
        return {
            "where": self.where,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "severity": self.severity,
        }

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"


@dataclass(frozen=True, slots=True)
class Repair:
    """One click that mends a problem: a label and the edits that it stands for (`graph.edits`)."""

    code: str
    edits: tuple[object, ...]
    args: Mapping[str, object] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The words on the button."""
        return render(MESSAGES[self.code][0], self.args)


class NNStudioError(Exception):
    """The base of every error that is told to the user in a sentence instead of a traceback."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


class ProjectError(NNStudioError):
    """A document, or what was asked of it, has problems."""

    exit_code = 1


class UsageError(NNStudioError):
    """An unknown template, option, setting or target was named."""

    exit_code = 2


class WorldError(NNStudioError):
    """A file, a disk, a device or the network failed."""

    exit_code = 3


def render(template: str, args: Mapping[str, object]) -> str:
    """Fill `{name}` places; text of the user is put in as it is, shortened to 200 characters."""
    return template.format_map({k: _short(v) for k, v in args.items()})


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else text[:199] + "…"
