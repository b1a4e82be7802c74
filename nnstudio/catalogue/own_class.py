"""What a layer of the user's own says of itself, read from its text and never by running it.

    class Scale(nn.Module):                                the name of the layer
        '''Scales every feature.                           its summary

Args:
            features: Size of the last dim.                help and limits of its parameters
            start: Every factor at first (>= 0).
        '''

        def __init__(self, features: int, start: float = 1.0): ...     its parameters
        def forward(self, x: Tensor) -> Tensor: ...                    its ports

A parameter whose name stands in the shape of an input follows from what arrives there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from nnstudio.catalogue.declared import DeclarationError, described
from nnstudio.catalogue.docstring import Entry, entries, summary
from nnstudio.catalogue.signature import ports
from nnstudio.core.names import is_identifier
from nnstudio.core.params import Kind, Param, check
from nnstudio.core.problems import Problem, ProjectError

KINDS: frozenset[Kind] = frozenset({"int", "float", "bool", "text", "choice", "ints", "floats"})
"""Kinds of parameters that an own layer may have."""

_MODULE = re.compile(r"(?:torch\.)?nn\.[A-Z]\w*\Z|Module\Z", re.ASCII)
_COMMENT = re.compile(r"\b([A-Za-z_]\w*): \(([^()]*)\)", re.ASCII)
_ENCODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_TYPES: Mapping[type, str] = {bool: "bool", int: "int", float: "float", str: "str"}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of `forward`, which is an input port.

    Attributes:
        name: Its name.
        optional: True when it may be left out.
        variadic: True for `*name`.
    """

    name: str
    optional: bool = False
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of an own text.

    Attributes:
        name: Its name.
        line: Where it begins.
        summary: The first sentence of its docstring.
        params: What its constructor takes.
        arguments: What its `forward` takes.
        returns: Names of what `forward` returns, "" for one that has none.
        shapes: Shapes that comments at `forward` give to its arguments, as the dims of a signature.
        inherited: True when `forward` is that of another class, so that its ports are not known.
        problems: What keeps it from being used; `where` is a line.
    """

    name: str
    line: int
    summary: str = ""
    params: tuple[Param, ...] = ()
    arguments: tuple[Argument, ...] = ()
    returns: tuple[str, ...] = ("",)
    shapes: Mapping[str, str] = field(default_factory=dict)
    inherited: bool = False
    problems: tuple[Problem, ...] = ()

    def params_for(self, signature: str) -> tuple[Param, ...]:
        """Return its parameters; those that name a dim of an input follow from the edge."""
        try:
            wanted = ports(signature).inputs
        except ProjectError:
            return self.params
        bound = {dim for port in wanted for dim in port.dims}
        return tuple(
            replace(param, required=False, auto=True, positional=True)
            if param.name in bound and param.required and param.kind == "int"
            else param
            for param in self.params
        )


@dataclass(frozen=True, slots=True)
class OwnText:
    """An own text.

    Attributes:
        classes: Its modules, in the order in which they stand there.
        names: All names that it defines at the top.
        imports: All names that it imports there.
        problems: What keeps it from being Python; `where` is a line.
    """

    classes: tuple[OwnClass, ...] = ()
    names: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    def chosen(self, name: str) -> OwnClass | None:
        """Return the class of this name, else the last one: helpers stand above what uses them."""
        found = [one for one in self.classes if one.name == name] or list(self.classes)
        return found[-1] if found else None


@lru_cache(maxsize=64)
def read(source: str) -> OwnText:
    """Return what a text says of itself."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        place = {"why": error.msg, "line": error.lineno or 1}
        return OwnText(problems=(Problem("own.syntax", str(error.lineno or 1), place),))
    except (ValueError, RecursionError, MemoryError) as error:
        why = str(error) or "it is nested too deeply"
        return OwnText(problems=(Problem("own.syntax", "1", {"why": why, "line": 1}),))
    if foreign := _encoding(source):
        return OwnText(problems=(Problem("own.encoding", "1", {"encoding": foreign}),))
    known = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    lines = source.split("\n")
    classes = [
        _read(node, lines)
        for node in tree.body
        if isinstance(node, ast.ClassDef) and _is_module(node, known)
    ]
    problems = () if classes else (Problem("own.no_class", "1"),)
    names, imports = frozenset(_names(tree)), frozenset(_imports(tree))
    return OwnText(tuple(classes), names, imports, problems)


def proposed(found: OwnClass) -> str:
    """Return the signature that follows from the arguments of `forward` and the comments in it."""
    takes = found.arguments or (Argument("x"),)
    letters = {one.name: f"*{chr(ord('A') + place % 26)}" for place, one in enumerate(takes)}
    if len(takes) == 1:
        letters = {takes[0].name: "*S"}
    inputs = []
    for one in takes:
        mark = "..." if one.variadic else "?" if one.optional else ""
        dims = found.shapes.get(one.name, letters[one.name])
        inputs.append(f"{one.name}{mark}: {dims}" if len(takes) > 1 or mark else dims)
    first = found.shapes.get(takes[0].name, letters[takes[0].name])
    names = [name or f"output{place}" for place, name in enumerate(found.returns)]
    outputs = [f"{name}: {first}" for name in names] if len(names) > 1 else [first]
    return f"{', '.join(inputs)} -> {', '.join(outputs)}"


def fits(found: OwnClass, signature: str) -> bool:
    """Tell whether a signature has the ports that `forward` takes and returns."""
    try:
        wanted, declared = ports(proposed(found)), ports(signature)
    except ProjectError:
        return False
    if found.inherited:
        return True
    marks = [(port.variadic, port.optional) for port in wanted.inputs]
    given = [(port.variadic, port.optional) for port in declared.inputs]
    return marks == given and len(wanted.outputs) == len(declared.outputs)


def _encoding(source: str) -> str:
    """Return another encoding that a text asks for: Python would read it as another text."""
    for line in source.split("\n", 2)[:2]:
        found = _ENCODING.match(line)
        if found and found[1].lower().replace("_", "-") not in ("utf-8", "utf8"):
            return found[1]
    return ""


def _is_module(node: ast.ClassDef, known: set[str]) -> bool:
    """Tell whether a class may be a module, by the names of its bases."""
    bases = [ast.unparse(base) for base in node.bases]
    return any(base in known or _MODULE.match(base) for base in bases)


def _names(tree: ast.Module) -> Iterator[str]:
    """Yield what a text defines at the top; what it imports is nobody's own."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)


def _read(node: ast.ClassDef, lines: list[str]) -> OwnClass:
    methods = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
    docstring = ast.get_docstring(node) or ""
    problems: list[Problem] = []
    if not is_identifier(node.name):
        problems.append(Problem("code.custom_name", str(node.lineno), {"name": node.name}))
    params = tuple(_params(methods.get("__init__"), docstring, problems))
    forward = methods.get("forward")
    made = OwnClass(node.name, node.lineno, summary(docstring), params)
    if forward is None:
        if any(ast.unparse(base).rpartition(".")[2] == "Module" for base in node.bases):
            problems.append(Problem("own.no_forward", str(node.lineno), {"name": node.name}))
        return replace(made, inherited=True, problems=tuple(problems))
    return replace(
        made,
        arguments=tuple(_arguments(forward, problems)),
        returns=_returns(forward),
        shapes=dict(_shapes(forward, lines)),
        problems=tuple(problems),
    )


def _params(
    made: ast.FunctionDef | None, docstring: str, problems: list[Problem]
) -> Iterator[Param]:
    """Yield the parameters of a constructor."""
    if made is None:
        return
    known = {**entries(ast.get_docstring(made) or ""), **entries(docstring)}
    takes = made.args
    plain = [*takes.posonlyargs, *takes.args][1:]
    values: list[ast.expr | None] = [None] * (len(plain) - len(takes.defaults))
    pairs = [*zip(plain, [*values, *takes.defaults][-len(plain) :] if plain else [], strict=True)]
    for argument, default in [*pairs, *zip(takes.kwonlyargs, takes.kw_defaults, strict=True)]:
        if default is None and argument in takes.kwonlyargs:
            args = {"name": argument.arg}
            problems.append(Problem("own.keyword", str(argument.lineno), args))
        elif (param := _param(argument, default, known, problems)) is not None:
            yield param
    open_ends = [many for many in (takes.vararg, takes.kwarg) if many is not None]
    problems += [Problem("own.many", str(one.lineno), {"name": one.arg}) for one in open_ends]


def _param(
    argument: ast.arg,
    default: ast.expr | None,
    known: Mapping[str, Entry],
    problems: list[Problem],
) -> Param | None:
    entry = known.get(argument.arg, Entry())
    words = {"name": argument.arg}
    if argument.annotation is None:
        value = default.value if isinstance(default, ast.Constant) else None
        kind = _TYPES.get(type(value))
        if kind is None:
            problems.append(Problem("own.untyped", str(argument.lineno), words))
            return None
        argument = ast.arg(argument.arg, ast.Name(kind), lineno=argument.lineno)
    try:
        param = described(argument, default, entry)
    except DeclarationError as error:
        problems.append(Problem("own.type", str(argument.lineno), words | {"why": str(error)}))
        return None
    if param.kind not in KINDS:
        why = "use int, float, bool, str, Literal or a tuple of numbers"
        problems.append(Problem("own.type", str(argument.lineno), words | {"why": why}))
        return None
    if not param.required and (wrong := check(param, param.default)):
        problems.append(Problem("own.type", str(argument.lineno), words | {"why": wrong.message}))
    return param


def _arguments(forward: ast.FunctionDef, problems: list[Problem]) -> Iterator[Argument]:
    """Yield the input ports that a `forward` has."""
    takes = forward.args
    plain = [*takes.posonlyargs, *takes.args][1:]
    needed = len(plain) - len(takes.defaults)
    for place, argument in enumerate(plain):
        yield Argument(argument.arg, optional=place >= needed)
    if takes.vararg is not None:
        yield Argument(takes.vararg.arg, variadic=True)
    for argument, default in zip(takes.kwonlyargs, takes.kw_defaults, strict=True):
        if default is None:
            line = str(argument.lineno)
            problems.append(Problem("own.keyword", line, {"name": argument.arg}))


def _returns(forward: ast.FunctionDef) -> tuple[str, ...]:
    """Return the names of the outputs: those of a returned tuple, else as many as annotated."""
    for node in _returned(forward):
        if isinstance(node, ast.Tuple) and len(node.elts) > 1:
            return tuple(one.id if isinstance(one, ast.Name) else "" for one in node.elts)
    hint = forward.returns
    if isinstance(hint, ast.Subscript) and ast.unparse(hint.value) in ("tuple", "Tuple"):
        many = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
        if not any(isinstance(one, ast.Constant) for one in many):
            return ("",) * len(many)
    return ("",)


def _returned(forward: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield what is returned by a function itself, not by those within it."""
    waiting: list[ast.AST] = [*forward.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _shapes(forward: ast.FunctionDef, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the shapes that comments give to arguments: `# x: (N, T, dim), mask: (T, T)`."""
    head = lines[forward.lineno - 1 : forward.body[0].lineno]
    for line in head:
        for name, dims in _COMMENT.findall(line.partition("#")[2]):
            text = " ".join(dim.strip() for dim in dims.split(","))
            try:
                ports(f"{text} -> {text}")
            except ProjectError:
                continue
            yield name, text
