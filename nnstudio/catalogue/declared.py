"""Settings read from the kit's own files: the signature and the docstring are the declaration.

A loop, a reader, a schedule, a metric or an augmentation is a plain function of the kit. Its
settings are its keyword-only arguments: the annotation gives the kind (`Literal` the choices,
`| None` an optional one), the docstring's Args section the help, and a range at the end of a line
there the limits:

    batch_size: Samples in a step (1 to 65536).

The file is read as text, never imported, and of the text only the head of the one function that is
asked for: `check` must answer before torch could be imported once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.docstring import Entry, entries, summary
from nnstudio.core.params import Kind, Param
from nnstudio.core.paths import package
from nnstudio.core.values import Choice, Value

_KINDS: Mapping[str, Kind] = {
    "int": "int", "float": "float", "bool": "bool", "str": "text", "Path": "file",
}  # fmt: skip
_TABLES = {
    "Loss": "losses",
    "Optimizer": "optimizers",
    "Schedule": "schedules",
    "Metric": "metrics",
    "Augment": "augments",
}
_OF_THE_RUN = frozenset({"resume", "report"})
"""Arguments of a loop that the program fills in, not the user."""

PATH = "path"
"""The first argument of a reader: the file that it reads."""


class DeclarationError(ValueError):
    """A file of the kit does not declare its settings as it should: our own bug."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where declarations of one kind stand.

    Attributes:
        parts: The file below the package, or the folder when each has a file of its own.
        function: The function in a file of its own; "" when one file holds them all.
        first: The first argument, by which the functions of one file are known.
    """

    parts: tuple[str, ...]
    function: str = ""
    first: str = ""

    def names(self) -> Iterator[str]:
        """Yield the names of what is declared here, in alphabetical order or that of the file."""
        if self.function:
            for path in sorted(package(*self.parts).glob("[!_]*.py")):
                if re.search(rf"^def {self.function}\(", _text(path), re.MULTILINE):
                    yield path.stem
            return
        for found in re.finditer(r"^def ([a-z]\w*)\(\s*(\w+)", _text(self.path("")), re.MULTILINE):
            if found[2] == self.first:
                yield found[1]

    def path(self, name: str) -> Path:
        """Return the file in which a name is declared."""
        return package(*self.parts, f"{name}.py") if self.function else package(*self.parts)


class Declared(Mapping[str, Choosable]):
    """The declarations of one kind by name; each is read when it is first asked for."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._read: dict[str, Choosable] = {}
        self._names: tuple[str, ...] | None = None

    def __getitem__(self, name: str) -> Choosable:
        if name not in self._read:
            # A name comes from a project file: it must not lead out of the folder.
            path = self._home.path(name) if name.isidentifier() else None
            if path is None or not path.is_file() or not (self._home.function or name in self):
                raise KeyError(name)
            self._read[name] = _choosable(self._home, path, name)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> tuple[str, ...]:
        if self._names is None:
            self._names = tuple(self._home.names())
        return self._names


def _choosable(home: Home, path: Path, name: str) -> Choosable:
    """Read one declaration."""
    text = _text(path)
    function = _head(text, home.function or name)
    if function is None:
        raise KeyError(name)
    docstring = ast.get_docstring(function) or ""
    documented = entries(docstring)
    try:
        params = tuple(_params(function, documented))
    except DeclarationError as error:
        raise DeclarationError(f"{path.name}: {function.name}: {error}") from error
    found = _constants(text) if home.function else {}
    own = _own_file(function, documented, bool(_texts(found.get("FILES"))))
    module = path.stem
    about = summary(_module_docstring(text) if home.function else docstring)
    return Choosable(
        name=name,
        title=_heading(about) if home.function else _words(name),
        summary=about,
        params=(*own, *params),
        code=f"{module}.{function.name}",
        imports=(f"from {'.'.join(path.relative_to(package()).parent.parts)} import {module}",),
        roles=_texts(found.get("ROLES")),
        best=str(found.get("BEST") or ""),
        best_mode=str(found.get("BEST_MODE", "min")),
        files=_texts(found.get("FILES")),
        task=str(found.get("TASK", "")),
    )


def _heading(sentence: str) -> str:
    """Return the beginning of a sentence, up to the first mark, as a title."""
    return re.split(r"[:,(.]", sentence, maxsplit=1)[0].strip()


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def _params(function: ast.FunctionDef, documented: Mapping[str, Entry]) -> Iterator[Param]:
    """Yield the settings of a function: its keyword-only arguments."""
    arguments = function.args
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if argument.arg not in _OF_THE_RUN:
            yield described(argument, default, documented.get(argument.arg, Entry()))


def _own_file(
    function: ast.FunctionDef, documented: Mapping[str, Entry], ships: bool
) -> tuple[Param, ...]:
    """Return the setting that names a file of the user's own, for a reader that takes one.

    Readers take it as their first argument; where files come along, it may stay empty.
    """
    arguments = function.args.posonlyargs + function.args.args
    if not arguments or arguments[0].arg != PATH or function.args.defaults:
        return ()
    words = documented.get(PATH, Entry()).help
    if ships:
        words = f"A file of your own; the one that came along when empty. {words}"
    return (Param(PATH, "file", None, words, required=not ships, optional=ships),)


def described(argument: ast.arg, default: ast.expr | None, entry: Entry) -> Param:
    """Return the setting that an argument declares by its annotation, default and docstring.

    Raises:
        DeclarationError: Its annotation or its default is none of a setting.
    """
    annotation, optional = _without_none(argument.annotation)
    kind, choices, table = _kind(annotation)
    return Param(
        name=argument.arg,
        kind=kind,
        default=_default(argument.arg, default, table),
        help=entry.help,
        required=default is None,
        optional=optional,
        choices=choices,
        of=table,
        minimum=entry.minimum,
        maximum=entry.maximum,
        above=entry.above,
    )


def _without_none(annotation: ast.expr | None) -> tuple[ast.expr | None, bool]:
    """Return the annotation without `| None` and `| str`, and whether None was there."""
    optional = False
    while isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        is_none = isinstance(annotation.right, ast.Constant) and annotation.right.value is None
        if not is_none and ast.unparse(annotation.right) != "str":
            break
        optional, annotation = optional or is_none, annotation.left
    return annotation, optional


def _kind(annotation: ast.expr | None) -> tuple[Kind, tuple[str, ...], str]:
    """Return kind, choices and table of an annotation."""
    if isinstance(annotation, ast.Name):
        if annotation.id in _TABLES:
            return "of", (), _TABLES[annotation.id]
        if annotation.id in _KINDS:
            return _KINDS[annotation.id], (), ""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        inner = (
            annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        )
        if annotation.value.id == "Literal":
            return "choice", tuple(str(ast.literal_eval(one)) for one in inner), ""
        if annotation.value.id in ("tuple", "Sequence"):
            return _kind_of_many(inner[0])
    shown = ast.unparse(annotation) if annotation else "nothing"
    raise DeclarationError(f"no kind of setting is annotated by {shown}")


def _kind_of_many(entry: ast.expr) -> tuple[Kind, tuple[str, ...], str]:
    kind, _, table = _kind(entry)
    if kind == "of":
        return "list_of", (), table
    if kind in ("int", "float"):
        return ("ints" if kind == "int" else "floats"), (), ""
    raise DeclarationError(f"no kind of setting is a list of {ast.unparse(entry)}")


def _default(name: str, default: ast.expr | None, table: str) -> Value:
    """Return the default as a value of the document; a function of the kit becomes a choice."""
    if default is None:
        return None
    if table and isinstance(default, ast.Name | ast.Attribute):
        return Choice(default.id if isinstance(default, ast.Name) else default.attr)
    try:
        value: Value = ast.literal_eval(default)
    except ValueError as error:
        raise DeclarationError(f"the default of {name} is no plain value") from error
    return value


def _head(text: str, function: str) -> ast.FunctionDef | None:
    """Return a function of a module with nothing but its docstring; None when it is not there."""
    found = re.search(rf"^def {function}\(", text, re.MULTILINE)
    if found is None:
        return None
    opening = text.find('"""', found.start())
    closing = text.find('"""', opening + 3)
    if opening < 0 or closing < 0:
        raise DeclarationError(f"{function} has no docstring")
    statement = ast.parse(text[found.start() : closing + 3]).body[0]
    if not isinstance(statement, ast.FunctionDef) or ast.get_docstring(statement) is None:
        raise DeclarationError(f"{function} has no docstring")
    return statement


_CONSTANT = re.compile(r"^(ROLES|BEST|BEST_MODE|FILES|TASK) = (\([^()]*\)|.+)$", re.MULTILINE)


def _constants(text: str) -> dict[str, object]:
    """Return what a module's constants say, by their names."""
    return {found[1]: ast.literal_eval(found[2]) for found in _CONSTANT.finditer(text)}


def _module_docstring(text: str) -> str:
    end = text.find('"""', 3)
    return text[3:end] if text.startswith('"""') and end > 0 else ""


@lru_cache(maxsize=256)
def _text(path: Path) -> str:
    """Return the text of a file of the kit; it does not change while the program runs."""
    return path.read_text(encoding="utf-8")


LOOPS = Declared(Home(("kit", "loops"), function="train"))
READERS = Declared(Home(("kit", "data"), function="read"))
SCHEDULES = Declared(Home(("kit", "loops", "schedules.py"), first="progress"))
METRICS = Declared(Home(("kit", "evaluate", "metrics.py"), first="output"))
AUGMENTS = Declared(Home(("kit", "data", "augment.py"), first="x"))
