"""What generated code may name, gathered from the catalogue: nothing else can be emitted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from nnstudio.catalogue import registry
from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.spec import LayerSpec

_PLACE = re.compile(r"\{[^{}]*\}")
_WORD_PLACE = re.compile(r"\{(\w+)\}")


def _kinds(names: str) -> frozenset[type[ast.AST]]:
    return frozenset(getattr(ast, name) for name in names.split())


_COMMON = _kinds(
    """
    Module FunctionDef arguments arg Expr Constant Assign Name Load Store Attribute Call keyword
    Tuple BinOp Div BitOr Subscript Import ImportFrom alias List UnaryOp USub
    """
)
_MODEL = _COMMON | _kinds(
    """
    ClassDef ListComp GeneratorExp comprehension For Return Add Sub Mult FloorDiv Mod Pow MatMult
    Starred UAdd Compare Eq NotEq Lt LtE Gt GtE Slice
    """
)
_TRAIN = _COMMON | _kinds("If Compare Eq With withitem BoolOp Or")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one kind of file may name.

    Attributes:
        dotted: Dotted names: `nn.Conv2d`, `F.relu`.
        roots: What such names begin with.
        methods: Methods and attributes of values: `reshape`, `shape`.
        imports: By module what is imported from it; "" for plain imports.
        builtins: Built-in names.
        functions: Names that are defined.
        statements: What stands at the top of the file.
        kinds: Kinds of nodes of the syntax tree.
    """

    dotted: frozenset[str]
    roots: frozenset[str]
    methods: frozenset[str]
    imports: dict[str, frozenset[str]]
    builtins: frozenset[str]
    functions: frozenset[str]
    statements: tuple[type[ast.stmt], ...]
    kinds: frozenset[type[ast.AST]]


@lru_cache(maxsize=1)
def model_names() -> Allowed:
    """Return what `model.py` may name."""
    roots = frozenset({"nn", "F", "torch"})
    dotted = {"nn.Module", "nn.Sequential", "nn.ModuleList", "torch.stack", "torch.tensor"}
    methods = {"shape", "requires_grad_"}
    for spec in registry.LAYERS.values():
        for text in _texts(spec):
            for part in ast.walk(ast.parse(text, mode="eval")):
                if isinstance(part, ast.Attribute):
                    name = _of_module(part, roots)
                    (dotted if name else methods).add(name or part.attr)
    imports = {
        "": frozenset({"torch", "math"}),
        "torch": frozenset({"Tensor", "nn"}),
        "torch.nn": frozenset({"functional as F"}),
    }
    return Allowed(
        frozenset(dotted),
        roots,
        frozenset(methods),
        imports,
        frozenset({"super", "range", "enumerate", "float", "int", "map", "zip"}),
        frozenset({"__init__", "forward"}),
        (ast.Import, ast.ImportFrom, ast.ClassDef),
        _MODEL,
    )


def _of_module(part: ast.Attribute, roots: frozenset[str]) -> str:
    """Return `F.relu` for a name of torch, "" for an attribute of a value: `F.one_hot(x).float`."""
    name, inner = ast.unparse(part), part.value
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return name if isinstance(inner, ast.Name) and inner.id in roots else ""


def _texts(spec: LayerSpec) -> Iterator[str]:
    """Yield the code of a layer as Python, with names in its places and each bare word."""
    code = spec.code
    if code.module and not code.module.startswith("kit."):
        yield code.module
    for text in filter(None, (code.function, code.call, code.create, code.build)):
        words = {name: spec_choices(spec, name) for name in _WORD_PLACE.findall(text)}
        chosen = {name: choices for name, choices in words.items() if choices}
        for values in product(*chosen.values()):
            filled = text
            for name, value in zip(chosen, values, strict=True):
                filled = filled.replace(f"{{{name}}}", value)
            optional = re.sub(r"\{(?:, |\?)[^{}]*\}", "", filled)
            yield _PLACE.sub("place", optional)


def spec_choices(spec: LayerSpec, name: str) -> tuple[str, ...]:
    """Return the words that a parameter chooses from, when it can be a bare word."""
    found = next((param for param in spec.params if param.name == name), None)
    if found is None or found.kind != "choice":
        return ()
    return tuple(
        word for word in found.choices if all(part.isidentifier() for part in word.split("."))
    )


@lru_cache(maxsize=1)
def train_names() -> Allowed:
    """Return what `train.py` may name."""
    tables = (*registry.TABLES.values(), registry.LOOPS, registry.READERS)
    chosen: list[Choosable] = [table[name] for table in tables for name in table]
    imports: dict[str, set[str]] = {
        "": set(),
        "functools": {"partial"},
        "pathlib": {"Path"},
        "kit": {"command"},
        "kit.loops.state": {"Report"},
    }
    dotted = {
        "command.parse",
        "command.start",
        "command.run",
        "run.place",
        "run.device",
        "run.report",
    }
    for one in chosen:
        dotted.add(one.code)
        for line in one.imports:
            before, _, names = line.partition("import ")
            imports.setdefault(before.removeprefix("from ").strip(), set()).update(
                names.split(", ")
            )
    imports[""].add("torch")
    dotted.add("torch.tensor")
    dotted |= {f"args.{name}" for name in ("data", "epochs", "steps", "seed", "resume")}
    return Allowed(
        frozenset(dotted),
        frozenset(name.split(".")[0] for name in dotted),
        frozenset({"parent", "to"}),
        {module: frozenset(names) for module, names in imports.items()},
        frozenset({"__file__", "__name__", "__doc__"}),
        frozenset({"main"}),
        (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef, ast.If),
        _TRAIN,
    )
