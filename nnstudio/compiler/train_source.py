"""From a project without errors to the text of `train.py`: the script that trains its networks.

Nothing here knows a loop, a reader or an optimizer: each is written from its declaration in the
catalogue, so that a new one needs no line here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import NamedTuple

from nnstudio.catalogue import registry
from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.declared import PATH
from nnstudio.compiler.analysing.validate import loop_none
from nnstudio.compiler.generated import Source
from nnstudio.compiler.model_source import class_names
from nnstudio.compiler.results import Analysis
from nnstudio.compiler.writing.layout import LIMIT, element, width, wrapped
from nnstudio.compiler.writing.literals import as_tensor, literal, plain
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Choice, Value, identical
from nnstudio.graph.model import NO_LOOP

OF_THE_COMMAND = ("epochs", "steps", "seed")
"""Settings of every loop that the command line gives."""

_EPOCHS = 10
_IMPORT = re.compile(r"(?:from (?P<module>[\w.]+) )?import (?P<names>[\w, ]+)\Z")


class Row(NamedTuple):
    """A line and the part of the document that it comes from, "" for none."""

    text: str
    where: str = ""


def train_source(analysis: Analysis) -> Source:
    """Write the script.

    Args:
        analysis: A project without errors, with data and a loop.

    Raises:
        ProjectError: The project has errors, or there is nothing to train on.
    """
    faults = obstacles(analysis)
    if faults:
        raise ProjectError(faults)
    rows = list(_Script(analysis).rows())
    return Source(
        "".join(f"{row.text}\n" for row in rows),
        {number: row.where for number, row in enumerate(rows, 1) if row.where},
    )


def obstacles(analysis: Analysis) -> list[Problem]:
    """Return what keeps the networks of a project from being trained; [] when nothing does."""
    faults = [problem for problem in analysis.problems if problem.severity == "error"]
    if not faults and analysis.project.data.reader is None:
        faults = [Problem("data.none", "data")]
    if not faults and analysis.project.loop == NO_LOOP:
        faults = [loop_none()]
    return faults


class _Script:
    """What the parts of the script share: the choices, and the imports that they need."""

    def __init__(self, analysis: Analysis) -> None:
        self.project = analysis.project
        reader = self.project.data.reader
        if reader is None:
            raise TypeError("data")
        self.reader: Choice = reader
        self.read: Choosable = registry.READERS[reader.name]
        self.loop: Choosable = registry.LOOPS[self.project.loop.name]
        self.classes = class_names(analysis)
        self.imports: set[str] = set()

    def rows(self) -> Iterator[Row]:
        """Yield all lines."""
        body = list(self._main())
        yield from map(Row, self._head())
        yield Row("")
        yield from map(Row, self._imports("\n".join(row.text for row in body)))
        yield Row("")
        if any("FILES" in row.text for row in body):
            yield Row('FILES = Path(__file__).parent / "files"')
            yield Row("")
        yield Row("")
        yield from body
        yield from map(Row, ("", "", 'if __name__ == "__main__":', "    command.run(main)"))

    def _head(self) -> list[str]:
        name = plain(self.project.name).replace("\\", "/").replace('"', "'") or "the network"
        data = self.read.title
        if data[1:] == data[1:].lower():  # not a name of its own such as CartPole
            data = data.lower()
        while len(name) > 1 and width(name) > LIMIT - 40 - width(data):
            name = name[:-1]
        return [f'"""Train {name.strip()} on {data}. Drawn in NNStudio."""']

    # ---------------------------------------------------------------------------------- imports

    def _imports(self, body: str) -> Iterator[str]:
        """Yield the imports in sections: standard library, torch, the files beside the script."""
        if "partial(" in body:
            yield "from functools import partial"
        if "FILES" in body:
            yield "from pathlib import Path"
        if "partial(" in body or "FILES" in body:
            yield ""
        foreign = [line for line in _merged(self.imports) if not line.startswith("from kit")]
        yield from foreign
        if foreign:
            yield ""
        own = {"from kit import command", "from kit.loops.state import Report"}
        own |= {line for line in self.imports if line.startswith("from kit")}
        names = {self._class(role) for role in self.loop.roles}
        own |= {f"from model import {name}" for name in names}
        yield from _merged(own)

    def _class(self, role: str) -> str:
        graph = self.project.role(role)
        if graph is None:
            raise ProjectError(
                Problem("loop.role_open", "loop", {"loop": self.loop.title, "role": role})
            )
        return self.classes[graph.id]

    # ------------------------------------------------------------------------------------- main

    def _main(self) -> Iterator[Row]:
        yield Row("def main(argv: list[str] | None = None, report: Report | None = None) -> None:")
        yield Row('    """Train from the seed, or go on from a checkpoint."""')
        yield from self._each("loop", f"args = command.parse(argv, __doc__, {self._limits()})", 4)
        yield Row("    with command.start(args, report) as run:")
        name = "environment" if self.read.task == "environment" else "data"
        yield from self._each("data", f"{name} = {self._reading()}.to(run.device)", 8)
        roles = ", ".join(f"{role}={self._class(role)}()" for role in self.loop.roles)
        yield from self._each("", f"roles = run.place({roles})", 8)
        self.imports |= set(self.loop.imports)
        yield Row(f"        {self.loop.code}(", "loop")
        for argument in ("roles", name, *self._settings(), *self._of_the_run()):
            yield from (Row(line, "loop") for line in element(argument, 12))
        yield Row("        )", "loop")

    def _each(self, where: str, line: str, indent: int) -> Iterator[Row]:
        return (Row(text, where) for text in wrapped(line, indent))

    def _limits(self) -> str:
        given = self.project.loop.args
        declared = {param.name: param for param in self.loop.params}
        epochs = given.get(
            "epochs", declared["epochs"].default if "epochs" in declared else _EPOCHS
        )
        text = f"epochs={literal(epochs)}"
        steps = given.get("steps")
        return text if steps is None else f"{text}, steps={literal(steps)}"

    def _reading(self) -> str:
        self.imports |= set(self.read.imports)
        path = self._path()
        declared = [param for param in self.read.params if param.name != PATH]
        settings = self._arguments(declared, self.reader.args)
        return f"{self.read.code}({', '.join([*([path] if path else []), *settings])})"

    def _path(self) -> str:
        """Return the file that is read: the one of the command line, or the one that came along."""
        own = self.reader.args.get(PATH)
        names = [PurePath(own).name] if isinstance(own, str) else []
        names = [name for name in (*names, *self.read.files) if name]
        if names:
            return f"args.data or FILES / {literal(names[0])}"
        takes_file = any(param.name == PATH for param in self.read.params)
        return "args.data" if takes_file else ""

    def _settings(self) -> Iterator[str]:
        wanted = [param for param in self.loop.params if param.name not in OF_THE_COMMAND]
        return self._arguments(wanted, self.project.loop.args)

    def _of_the_run(self) -> list[str]:
        declared = {param.name for param in self.loop.params}
        given = [f"{name}=args.{name}" for name in OF_THE_COMMAND if name in declared]
        return [*given, "resume=args.resume", "report=run.report"]

    # ---------------------------------------------------------------------------------- choices

    def _arguments(self, params: Iterable[Param], given: Mapping[str, Value]) -> Iterator[str]:
        """Yield the settings that differ from what the function takes by itself."""
        for param in params:
            value = given.get(param.name, param.default)
            default = param.default if param.torch_default is None else param.torch_default
            if param.required or not identical(_number(param, value), _number(param, default)):
                yield f"{param.name}={self._value(param, value)}"

    def _value(self, param: Param, value: Value) -> str:
        if isinstance(value, Choice):
            return self._choice(param, value)
        if param.kind == "list_of" and isinstance(value, tuple):
            entries = [self._choice(param, entry) for entry in value if isinstance(entry, Choice)]
            return f"({entries[0]},)" if len(entries) == 1 else f"({', '.join(entries)})"
        if param.tensor and isinstance(value, tuple):
            self.imports.add("import torch")
            return as_tensor(value)
        return literal(value)

    def _choice(self, param: Param, choice: Choice) -> str:
        """Write something chosen: a loss is made here, all else is called by the loop."""
        chosen = registry.TABLES[param.of][choice.name]
        self.imports |= set(chosen.imports)
        settings = ", ".join(self._arguments(chosen.params, choice.args))
        if param.of == "losses":
            return f"{chosen.code}({settings})"
        if param.of == "optimizers" or settings:
            return f"partial({chosen.code}{', ' if settings else ''}{settings})"
        return chosen.code


def _number(param: Param, value: Value) -> Value:
    return float(value) if param.kind == "float" and type(value) is int else value


def _merged(lines: Iterable[str]) -> list[str]:
    """Join imports from the same module and sort them: plain imports first."""
    plain_imports: set[str] = set()
    names: dict[str, set[str]] = {}
    for line in lines:
        found = _IMPORT.match(line)
        if found is None:
            raise ValueError(f"{line!r} is no import")
        if found["module"] is None:
            plain_imports.add(line)
        else:
            names.setdefault(found["module"], set()).update(found["names"].split(", "))
    made = sorted(plain_imports)
    for module in sorted(names):
        made += _import(
            module, sorted(names[module], key=lambda name: (not name[:1].isupper(), name))
        )
    return made


def _import(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if width(line) <= LIMIT:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]
