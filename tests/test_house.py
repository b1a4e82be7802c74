"""The rules of the house that no other tool checks, read from the syntax trees of the files."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

import nnstudio

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "nnstudio"
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}

# Files that are tables of data, which may be as long as the world is.
TABLES: dict[str, str] = {}

# Imports inside functions: "file" or "file:function", then what may be imported there and why.
LAZY: dict[str, tuple[str, str]] = {
    "nnstudio/__main__.py": ("nnstudio", "the check of versions comes before everything else"),
    "nnstudio/cli": ("nnstudio", "a command pays for its own imports only: `check` needs no torch"),
    "nnstudio/graph/topology.py": ("networkx", "0.3 s, not needed to open a window"),
    "nnstudio/worker/__main__.py": ("nnstudio", "it reports its start before it waits for torch"),
}

ROOMS = {"cli", "studio", "engine", "exchange", "project", "compiler", "catalogue", "graph", "core"}
SIDES = {"ui", "worker", "kit"}


def _files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


OURS = _files("nnstudio")
ALL = _files("nnstudio", "tests", "packaging")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules imported below a node, relative ones with their dots, and the lines."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from ((alias.name, part.lineno) for alias in part.names)
        elif isinstance(part, ast.ImportFrom):
            yield "." * part.level + (part.module or ""), part.lineno


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """The last names of what is called, and the lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            dotted = ast.unparse(node.func) if not isinstance(node.func, ast.Call) else ""
            yield dotted, node.lineno


# Each rule gives the breaches of one file as "line: words".


def long_file(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8").count("\n")
    if lines > LONGEST_FILE and name(path) not in TABLES:
        yield f"{lines}: a file of more than {LONGEST_FILE} lines"


def long_function(path: Path) -> Iterator[str]:
    """The body alone: a loop's signature and docstring are its declaration, however long."""
    for function in functions(path):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        length = (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
        if length > LONGEST_FUNCTION:
            yield f"{function.lineno}: {function.name} has {length} lines"


def empty_name(path: Path) -> Iterator[str]:
    if NO_NAMES.intersection(path.relative_to(ROOT).with_suffix("").parts):
        yield "1: this name says nothing"


def running_text(path: Path) -> Iterator[str]:
    """`exec` and `eval` stand nowhere; `model.eval()` is another thing."""
    for called, line in calls(path):
        if called in {"exec", "eval", "builtins.exec", "builtins.eval", "__import__"}:
            yield f"{line}: {called}"


def printing(path: Path) -> Iterator[str]:
    place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if place not in {"cli", "kit"}:
        yield from (f"{line}: print" for called, line in calls(path) if called == "print")


def unpickling(path: Path) -> Iterator[str]:
    """What runs code while it reads, or holds settings that are not our JSON."""
    banned = {"QSettings", "readQVariant", "configfile", "pickle", "pickle.load", "cloudpickle"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name | ast.Attribute):
            word = node.id if isinstance(node, ast.Name) else node.attr
            if word in banned:
                yield f"{node.lineno}: {word}"
    for module, line in imports(tree(path)):
        if banned.intersection(module.split(".")):
            yield f"{line}: {module}"


def private_text(path: Path) -> Iterator[str]:
    """Names and paths that mean something on one person's machine only."""
    # With brackets, or this file would breach its own rule.
    documents = "HOUSE|FACTS|PROMISES|PRODUCT|SEAMS|ROADMAP|COMPILER|UX"
    pattern = re.compile(rf"/(home|Users|root)/\w|/wor[k]/|\.\./share[d]|\b({documents})[.]md\b")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := pattern.search(line):
            yield f"{number}: {found[0]}"


def lazy_import(path: Path) -> Iterator[str]:
    allowed = [what for place, (what, _) in LAZY.items() if name(path).startswith(place)]
    for function in functions(path):
        for module, line in imports(function):
            if module.split(".")[0] not in allowed:
                yield f"{line}: {module} is imported inside {function.name}"


def kit_import(path: Path) -> Iterator[str]:
    """The kit is copied beside a user's own code, where nothing is called nnstudio."""
    if path.is_relative_to(PACKAGE / "kit"):
        depth = len(path.relative_to(PACKAGE / "kit").parts)
        for module, line in imports(tree(path)):
            dots = len(module) - len(module.lstrip("."))
            if module.split(".")[0] == "nnstudio" or dots > depth:
                yield f"{line}: {module} is outside the kit"


def standalone_module(path: Path) -> Iterator[str]:
    """A module of the kit is pasted into model.py, which needs torch alone."""
    if path.parent == PACKAGE / "kit" / "modules":
        for module, line in imports(tree(path)):
            if module.split(".")[0] not in {"torch", "math", "typing", "__future__", "collections"}:
                yield f"{line}: {module}"


def busy_init(path: Path) -> Iterator[str]:
    """A room's `__init__` is a docstring: importing a room imports nothing; so in all the kit."""
    room = path.parent.parent == PACKAGE or path.is_relative_to(PACKAGE / "kit")
    if path.name == "__init__.py" and room and len(tree(path).body) > 1:
        yield "2: more than a docstring"


def undocumented(path: Path) -> Iterator[str]:
    if not ast.get_docstring(tree(path)):
        yield "1: the module has no docstring"
    yield from _undocumented(tree(path), hidden=False)


def _undocumented(node: ast.AST, hidden: bool) -> Iterator[str]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            # `forward` and what overrides Qt are explained by their class.
            private = hidden or part.name.startswith("_") or part.name == "forward"
            told = ast.get_docstring(part) or _overload(part)
            if not private and not told:
                yield f"{part.lineno}: {part.name} has no docstring"
            if isinstance(part, ast.ClassDef):
                yield from _undocumented(part, private)


def _overload(part: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    words = {ast.unparse(decorator).split(".")[-1] for decorator in part.decorator_list}
    return bool(words & {"overload", "override", "setter"})


def unfinished(path: Path) -> Iterator[str]:
    pattern = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if pattern.search(line):
            yield f"{number}: unfinished"


RULES: list[tuple[Callable[[Path], Iterator[str]], list[Path]]] = [
    (long_file, ALL),
    (long_function, ALL),
    (empty_name, ALL),
    (running_text, ALL),
    (printing, OURS),
    (unpickling, OURS),
    (private_text, ALL),
    (lazy_import, OURS),
    (kit_import, OURS),
    (standalone_module, OURS),
    (busy_init, OURS),
    (undocumented, OURS),
    (unfinished, ALL),
]


@pytest.mark.parametrize(("rule", "paths"), RULES, ids=[rule.__name__ for rule, _ in RULES])
def test_rule(rule: Callable[[Path], Iterator[str]], paths: list[Path]) -> None:
    assert not [f"{name(path)}:{breach}" for path in paths for breach in rule(path)]


# One planted breach a rule, so that no rule is one that cannot fail: where it stands, its text.
LONG = "def f():\n" + "    x = 1\n" * 41
PLANTS: dict[Callable[[Path], Iterator[str]], tuple[str, str]] = {
    long_file: ("nnstudio/graph/long.py", "x = 1\n" * 401),
    long_function: ("tests/test_long.py", LONG),
    empty_name: ("nnstudio/core/utils.py", ""),
    running_text: ("nnstudio/compiler/x.py", "exec('1')\n"),
    printing: ("nnstudio/studio/x.py", "print(1)\n"),
    unpickling: ("nnstudio/project/x.py", "import pickle\n"),
    private_text: ("nnstudio/core/x.py", "HERE = '/hom" + "e/anna/x'\n"),
    lazy_import: ("nnstudio/graph/topology.py", "def f():\n    import torch\n"),
    kit_import: ("nnstudio/kit/loops/x.py", "from ...core import names\n"),
    standalone_module: ("nnstudio/kit/modules/x.py", "import numpy\n"),
    busy_init: ("nnstudio/kit/__init__.py", '"""Doc."""\nimport torch\n'),
    undocumented: ("nnstudio/core/x.py", '"""Doc."""\nclass A:\n    def b(self): ...\n'),
    unfinished: ("packaging/x.py", "# TOD" + "O later\n"),
}


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=lambda rule: rule.__name__)
def test_rule_is_broken_once(
    rule: Callable[[Path], Iterator[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, text = PLANTS[rule]
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path / "nnstudio")
    assert list(rule(path))


def test_every_exception_of_the_rules_is_still_there() -> None:
    for place in [*TABLES, *LAZY]:
        assert (ROOT / place).exists(), place


def test_top_level_is_fixed() -> None:
    """What git would carry: nothing else grows at the top."""
    fixed = {"pyproject.toml", "README.md", "nnstudio", "resources", "tests", "packaging"}
    ignored = {"NNStudio", "build", "dist"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - ignored <= fixed


def test_rooms_are_the_known_ones() -> None:
    found = {
        p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()
    }
    assert found - {"__init__", "__main__"} <= ROOMS | SIDES


def test_no_module_is_in_a_cycle() -> None:
    """Lazy imports count; a name imported for a type checker alone does not."""
    graph = grimp.build_graph("nnstudio", cache_dir=None, exclude_type_checking_imports=True)
    order = TopologicalSorter(
        {m: graph.find_modules_directly_imported_by(m) for m in graph.modules}
    )
    order.prepare()


def test_files_module_needs_the_standard_library_only() -> None:
    for module, _ in imports(tree(PACKAGE / "kit" / "files.py")):
        assert module.split(".")[0] in sys.stdlib_module_names, module


def test_public_names() -> None:
    """`nnstudio.load` and its kin are found, each where its table says, and no name is missing."""
    assert nnstudio.__all__ == ["__version__", "build", "check", "load", "save", "source"]
    assert set(nnstudio.__all__) <= set(dir(nnstudio))
    for public in nnstudio.__all__:
        assert getattr(nnstudio, public)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = nnstudio.nothing
