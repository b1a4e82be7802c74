"""The third wall: generated code holds only what the emitter can write, whatever a document says.

The syntax tree is checked before a line is written to be run: kinds of nodes, imports, dotted names
that the catalogue can emit, names that are bound, small powers. Nothing is executed here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nnstudio.compiler.writing.allowed import Allowed, model_names, train_names
from nnstudio.compiler.writing.hints import PARAMETER_HINTS
from nnstudio.compiler.writing.pasted import definitions
from nnstudio.compiler.writing.resting import is_method
from nnstudio.core.params import LARGEST
from nnstudio.core.problems import Problem, ProjectError

MOST_COPIES = 4096
LARGEST_POWER = 64
_DEEPEST = 200

_HINTS = frozenset(
    [hint + none for hint in PARAMETER_HINTS for none in ("", " | None")]
    + [f"tuple[{', '.join(['Tensor'] * count)}]" for count in range(2, 5)]
    + ["Tensor", "tuple[Tensor, ...]", "list[str] | None", "Report | None", "None"]
)


def check_model(text: str, custom: Iterable[str] = ()) -> None:
    """Refuse a `model.py` that holds anything but what the emitter writes.

    Args:
        text: The file.
        custom: The classes of the user's own that it may import.

    Raises:
        ProjectError: It does; the first place is named. It means a fault here, or an attack.
    """
    _Wall(text, model_names(), frozenset(custom), {}).check()


def check_train(text: str, classes: Iterable[str]) -> None:
    """Refuse a `train.py` that holds anything but what the emitter writes.

    Args:
        text: The file.
        classes: The classes of `model.py` that it may import.

    Raises:
        ProjectError: It does; the first place is named.
    """
    _Wall(text, train_names(), frozenset(), {"model": frozenset(classes)}).check()


@dataclass
class _Wall:
    """One check of one file."""

    text: str
    allowed: Allowed
    custom: frozenset[str]
    own: Mapping[str, frozenset[str]]

    def check(self) -> None:
        """Check the whole file."""
        try:
            tree = ast.parse(self.text)
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise _refused("text that is no Python", getattr(error, "lineno", 0)) from error
        body = [node for node in tree.body if not self._is_pasted(node)]
        for node in body:
            if isinstance(node, ast.ClassDef):  # compared letter for letter, so done with
                node.body = [part for part in node.body if not is_method(part, node.name)]
        self.classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        self.imported = {
            alias.asname or alias.name
            for node in body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        module = {target.id for target in _targets(body)} | self.imported | self.classes
        functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
        for node in body:
            self._check_top(node)
            bound = module | functions | {t.id for t in _bound(node)} | self.allowed.builtins
            for part, depth in _walk(node):
                self._check_node(part, bound, depth)

    def _is_pasted(self, node: ast.stmt) -> bool:
        """Tell whether a class is one of `kit/modules`, letter for letter."""
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name not in definitions():
            return False
        original = ast.parse("\n".join(definitions()[node.name].lines)).body[0]
        return ast.dump(node) == ast.dump(original)

    def _check_top(self, node: ast.stmt) -> None:
        if not isinstance(node, self.allowed.statements) and not _is_text(node):
            raise _refused(f"a {type(node).__name__} at the top", node.lineno)
        if isinstance(node, ast.If) and ast.unparse(node.test) != "__name__ == '__main__'":
            raise _refused("a condition", node.lineno)

    def _check_node(self, node: ast.AST, bound: set[str], depth: int) -> None:
        line = getattr(node, "lineno", 0)
        if type(node) not in self.allowed.kinds or depth > _DEEPEST:
            raise _refused(f"a {type(node).__name__}", line)
        if isinstance(node, ast.Name):
            if node.id not in bound:
                raise _refused(f"the name {node.id}", line)
            return
        check = _CHECKS.get(type(node))
        what = check(self, node, bound) if check is not None else ""
        if what:
            raise _refused(what, line)

    # --------------------------------------------------------------------- one kind of node each

    def import_from(self, node: ast.ImportFrom, bound: set[str]) -> str:
        """Only what the catalogue names, the classes of the model, and own layers."""
        names = {
            alias.name if alias.asname is None else f"{alias.name} as {alias.asname}"
            for alias in node.names
        }
        known = self.allowed.imports.get(node.module or "", frozenset()) | self.own.get(
            node.module or "", frozenset()
        )
        if node.module == "custom":
            known = self.custom
        return "" if node.level == 0 and names <= known else f"an import from {node.module}"

    def plain_import(self, node: ast.Import, bound: set[str]) -> str:
        """Only torch and math."""
        fine = all(a.asname is None and a.name in self.allowed.imports[""] for a in node.names)
        return "" if fine else "an import"

    def class_definition(self, node: ast.ClassDef, bound: set[str]) -> str:
        """A subclass of `nn.Module` with its two methods."""
        if (
            node.decorator_list
            or node.keywords
            or [ast.unparse(base) for base in node.bases] != ["nn.Module"]
        ):
            return f"the class {node.name} of an unknown kind"
        methods = [part for part in node.body if not _is_text(part)]
        fine = all(
            isinstance(part, ast.FunctionDef) and part.name in ("__init__", "forward")
            for part in methods
        )
        return "" if fine else f"more than two methods in {node.name}"

    def function(self, node: ast.FunctionDef, bound: set[str]) -> str:
        """Plain arguments, annotated by known types."""
        arguments = node.args
        if (
            node.decorator_list
            or arguments.vararg
            or arguments.kwarg
            or arguments.posonlyargs
            or arguments.kwonlyargs
        ):
            return f"the function {node.name} with unusual arguments"
        hints = [argument.annotation for argument in arguments.args] + [node.returns]
        known = all(hint is None or ast.unparse(hint) in _HINTS for hint in hints)
        return "" if known and node.name in self.allowed.functions else f"the function {node.name}"

    def constant(self, node: ast.Constant, bound: set[str]) -> str:
        """Texts, truth values and numbers of reasonable size."""
        value = node.value
        if isinstance(value, int | float) and not abs(value) <= LARGEST:
            return "a number that is too large"
        return (
            ""
            if value is None or type(value) in (bool, int, float, str) or value is ...
            else "a constant"
        )

    def attribute(self, node: ast.Attribute, bound: set[str]) -> str:
        """Dotted names of the catalogue, own attributes, and methods that templates use."""
        dotted = _dotted(node)
        root = dotted.split(".")[0]
        if dotted in self.allowed.dotted or dotted == "super().__init__":
            return ""
        if root in self.allowed.roots:
            return "" if _is_prefix(dotted, self.allowed.dotted) else f"the name {dotted}"
        if node.attr.startswith("_"):
            return f"the name .{node.attr}"
        if root == "self" and dotted.count(".") <= 2:
            return ""
        return "" if node.attr in self.allowed.methods else f"the name .{node.attr}"

    def call(self, node: ast.Call, bound: set[str]) -> str:
        """Calls of known names; a method of an attribute has to be one that templates use."""
        function = node.func
        if isinstance(function, ast.Name):
            name = function.id
            if name in ("range", "float", "int") and not _is_harmless(name, node):
                return f"a call of {name} with these values"
            return ""
        if not isinstance(function, ast.Attribute):
            return "a call of something unnamed"
        dotted = _dotted(function)
        if dotted in self.allowed.dotted or dotted == "super().__init__":
            return ""
        if dotted.startswith("self.") and dotted.count(".") == 1:
            return ""
        return "" if function.attr in self.allowed.methods else f"a call of .{function.attr}"

    def loop(self, node: ast.For | ast.comprehension, bound: set[str]) -> str:
        """A row of modules, of numbers or of values that stand there."""
        over = node.iter
        name = (
            over.func.id if isinstance(over, ast.Call) and isinstance(over.func, ast.Name) else ""
        )
        known = (
            name in ("range", "enumerate")
            or isinstance(over, ast.Tuple)
            or (isinstance(over, ast.Attribute) and _dotted(over).startswith("self."))
        )
        more = (
            node.orelse
            if isinstance(node, ast.For)
            else (*node.ifs, *([1] if node.is_async else []))
        )
        return "" if known and not more else "an unusual loop"

    def power(self, node: ast.BinOp, bound: set[str]) -> str:
        """Small powers only, and no multiplication of texts or rows."""
        sides = (node.left, node.right)
        if any(
            isinstance(side, ast.Tuple | ast.List | ast.ListComp) or _is_string(side)
            for side in sides
        ):
            return (
                ""
                if isinstance(node.op, ast.Div) and "Path" in self.imported
                else "arithmetic with texts"
            )
        if not isinstance(node.op, ast.Pow):
            return ""
        exponent = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
        if isinstance(exponent, ast.Constant) and isinstance(exponent.value, int | float):
            small = abs(exponent.value) <= LARGEST_POWER
        else:
            small = isinstance(exponent, ast.Name) and exponent.id == "i"
        below = list(ast.walk(node.left))
        tower = any(isinstance(part, ast.Pow) for part in below)
        of_numbers = not any(isinstance(part, ast.Name) for part in below)
        return "" if small and not (tower and of_numbers) else "a power that may be large"


_CHECKS: Mapping[type[ast.AST], Callable[..., str]] = {
    ast.Import: _Wall.plain_import,
    ast.ImportFrom: _Wall.import_from,
    ast.ClassDef: _Wall.class_definition,
    ast.FunctionDef: _Wall.function,
    ast.Constant: _Wall.constant,
    ast.Attribute: _Wall.attribute,
    ast.Call: _Wall.call,
    ast.BinOp: _Wall.power,
    ast.For: _Wall.loop,
    ast.comprehension: _Wall.loop,
}


def _walk(node: ast.AST, depth: int = 0) -> Iterator[tuple[ast.AST, int]]:
    """Yield a node and all below it with their depth; annotations are compared as text."""
    waiting = [(node, depth)]
    while waiting:
        part, level = waiting.pop()
        yield part, level
        for name, value in ast.iter_fields(part):
            if name in ("annotation", "returns"):
                continue
            below = value if isinstance(value, list) else [value]
            waiting += [(one, level + 1) for one in below if isinstance(one, ast.AST)]


def _targets(body: Iterable[ast.stmt]) -> Iterator[ast.Name]:
    for node in body:
        if isinstance(node, ast.Assign):
            yield from (target for target in node.targets if isinstance(target, ast.Name))


def _bound(node: ast.AST) -> Iterator[ast.Name]:
    """Yield every name that is bound within a statement, arguments as names."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part
        elif isinstance(part, ast.arg):
            yield ast.Name(part.arg)


def _dotted(node: ast.expr) -> str:
    """Return `nn.Linear`, `self.fc`, `super().__init__`; "" roots stand for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    is_super = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )
    return "super()" if is_super and not node.args else ""  # type: ignore[attr-defined]


def _is_prefix(dotted: str, known: frozenset[str]) -> bool:
    return any(name.startswith(f"{dotted}.") for name in known)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_string(node.value)


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_harmless(name: str, node: ast.Call) -> bool:
    """`range` of few, `float` of a number that is not finite, `int` of arithmetic."""
    if len(node.args) != 1 or node.keywords:
        return False
    (value,) = node.args
    if name == "float":
        return isinstance(value, ast.Constant) and value.value in ("inf", "-inf", "nan")
    if isinstance(value, ast.Constant):
        return type(value.value) is int and (name == "int" or value.value <= MOST_COPIES)
    if name == "range":
        return isinstance(value, ast.Name | ast.Attribute) or _is_small_formula(value)
    return isinstance(value, ast.Name | ast.Attribute | ast.BinOp)


def _is_small_formula(node: ast.expr) -> bool:
    """Tell whether arithmetic is over a name and has no large number or power of a number in it."""
    parts = list(ast.walk(node))
    powers = [
        part.left for part in parts if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow)
    ]
    numbers = [part.value for part in parts if isinstance(part, ast.Constant)]
    return (
        isinstance(node, ast.BinOp)
        and any(isinstance(part, ast.Name) for part in parts)
        and not any(isinstance(base, ast.Constant) for base in powers)
        and all(type(number) is int and abs(number) <= MOST_COPIES for number in numbers)
    )


def _refused(what: str, line: int) -> ProjectError:
    return ProjectError(Problem("code.forbidden", "", {"what": what, "line": line}))
