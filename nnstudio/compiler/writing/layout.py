"""Layout of code: one logical line becomes the lines that `ruff format` would leave alone.

Nearly every line fits and is written as it is. One that does not is read to a syntax tree and split
at its brackets the way the formatter does it; only what the emitter writes is known here.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Iterable, Mapping

LIMIT = 100
"""The longest line of generated code."""

ATOM, PRIMARY, NUMBER, POWER, UNARY = 90, 80, 75, 70, 60
PRODUCT, SUM, COMPARISON, ANYTHING = 50, 40, 30, 0
"""How tightly code binds; brackets go round what binds less than its place asks for."""

_OPERATORS: Mapping[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.FloorDiv: ("//", PRODUCT),
    ast.Mod: ("%", PRODUCT),
    ast.MatMult: ("@", PRODUCT),
    ast.Pow: ("**", POWER),
}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_NONE: Mapping[str, str] = {}


def width(text: str) -> int:
    """Return how many columns a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def quoted(text: str) -> str:
    """Return a string literal as the formatter writes it: in double quotes if that is shorter."""
    written = repr(text)
    if written[0] == '"' or ('"' in text and "'" not in text):
        return written
    body = written[1:-1].replace("\\'", "'")
    return f"'{written[1:-1]}'" if text.count('"') > text.count("'") else f'"{_escaped(body)}"'


def _escaped(body: str) -> str:
    return body.replace('"', '\\"')


def number(value: float) -> str:
    """Return a finite number as people write it: `1e-8`, not `1e-08`."""
    mantissa, sign, exponent = repr(value).partition("e")
    return f"{mantissa}e{int(exponent)}" if sign else mantissa


def rank(node: ast.expr) -> int:
    """Return how tightly an expression binds."""
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)][1]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return NUMBER
    for kind, value in _RANKS:
        if isinstance(node, kind):
            return value
    return ATOM


_RANKS: tuple[tuple[type[ast.expr] | tuple[type[ast.expr], ...], int], ...] = (
    ((ast.Call, ast.Attribute, ast.Subscript), PRIMARY),
    (ast.UnaryOp, UNARY),
    (ast.Compare, COMPARISON),
    ((ast.BoolOp, ast.Tuple, ast.Starred, ast.GeneratorExp, ast.Slice), ANYTHING),
)


def operand_ranks(op: ast.operator) -> tuple[int, int]:
    """Return how tightly the left and the right side of an operator must bind at least."""
    if isinstance(op, ast.Pow):
        return PRIMARY - 5, UNARY
    own = _OPERATORS[type(op)][1]
    return own, own + 1


def flat(node: ast.AST, names: Mapping[str, str] = _NONE) -> str:
    """Write an expression on one line.

    Args:
        node: A syntax tree of an expression (or a keyword, or the `for` part of a comprehension).
        names: What a name is written as, where it is not itself.
    """
    return _WRITERS[type(node)](node, names)


def _bracketed(node: ast.expr, least: int, names: Mapping[str, str]) -> str:
    text = flat(node, names)
    return f"({text})" if rank(node) < least else text


def _write_binary(node: ast.BinOp, names: Mapping[str, str]) -> str:
    left, right = operand_ranks(node.op)
    sides = _bracketed(node.left, left, names), _bracketed(node.right, right, names)
    sign = _OPERATORS[type(node.op)][0]
    if sign == "**" and _is_simple(node.left) and _is_simple(node.right):
        return sign.join(sides)
    return f" {sign} ".join(sides)


def _is_simple(node: ast.expr) -> bool:
    """Tell whether the formatter hugs a power's operand: a number or a dotted name."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant | ast.Name | ast.Attribute) and _is_simple(
            node.operand
        )
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) or (
            isinstance(node.value, ast.Attribute) and _is_simple(node.value)
        )
    return isinstance(node, ast.Name | ast.Constant)


def _write_call(node: ast.Call, names: Mapping[str, str]) -> str:
    arguments = ", ".join(flat(part, names) for part in (*node.args, *node.keywords))
    return f"{_bracketed(node.func, PRIMARY, names)}({arguments})"


def _write_tuple(node: ast.Tuple, names: Mapping[str, str]) -> str:
    inner = ", ".join(flat(part, names) for part in node.elts)
    return f"({inner},)" if len(node.elts) == 1 else f"({inner})"


def _write_constant(node: ast.Constant, names: Mapping[str, str]) -> str:
    if isinstance(node.value, str):
        return quoted(node.value)
    if node.value is ...:
        return "..."
    return number(node.value) if type(node.value) is float else repr(node.value)


def _write_unary(node: ast.UnaryOp, names: Mapping[str, str]) -> str:
    sign = "-" if isinstance(node.op, ast.USub) else "+"
    return sign + _bracketed(node.operand, UNARY + 1, names)


def _write_compare(node: ast.Compare, names: Mapping[str, str]) -> str:
    text = _bracketed(node.left, COMPARISON + 1, names)
    for op, right in zip(node.ops, node.comparators, strict=True):
        text += f" {_COMPARISONS[type(op)]} {_bracketed(right, COMPARISON + 1, names)}"
    return text


def _write_choice(node: ast.BoolOp, names: Mapping[str, str]) -> str:
    word = " or " if isinstance(node.op, ast.Or) else " and "
    return word.join(_bracketed(part, COMPARISON, names) for part in node.values)


def _write_slice(node: ast.Slice, names: Mapping[str, str]) -> str:
    ends = [flat(end, names) if end is not None else "" for end in (node.lower, node.upper)]
    space = " " if any(" " in end for end in ends) else ""
    text = f"{ends[0]}{space if ends[0] else ''}:{space if ends[1] else ''}{ends[1]}"
    return f"{text}:{flat(node.step, names)}" if node.step is not None else text


def _write_index(node: ast.Subscript, names: Mapping[str, str]) -> str:
    index = node.slice
    inner = (
        ", ".join(flat(part, names) for part in index.elts)
        if isinstance(index, ast.Tuple) and len(index.elts) > 1
        else flat(index, names)
    )
    return f"{_bracketed(node.value, PRIMARY, names)}[{inner}]"


def _write_generator(node: ast.GeneratorExp | ast.ListComp, names: Mapping[str, str]) -> str:
    return " ".join(flat(part, names) for part in (node.elt, *node.generators))


def _write_for(node: ast.comprehension, names: Mapping[str, str]) -> str:
    return f"for {_bare(node.target, names)} in {flat(node.iter, names)}"


def _bare(node: ast.expr, names: Mapping[str, str]) -> str:
    text = flat(node, names)
    return text[1:-1] if isinstance(node, ast.Tuple) and len(node.elts) > 1 else text


_WRITERS: Mapping[type[ast.AST], Callable[..., str]] = {
    ast.Name: lambda node, names: names.get(node.id, node.id),
    ast.Attribute: lambda node, names: f"{_bracketed(node.value, PRIMARY, names)}.{node.attr}",
    ast.Constant: _write_constant,
    ast.BinOp: _write_binary,
    ast.UnaryOp: _write_unary,
    ast.Compare: _write_compare,
    ast.BoolOp: _write_choice,
    ast.Call: _write_call,
    ast.keyword: lambda node, names: f"{node.arg}={flat(node.value, names)}",
    ast.Starred: lambda node, names: "*" + flat(node.value, names),
    ast.Tuple: _write_tuple,
    ast.List: lambda node, names: f"[{', '.join(flat(part, names) for part in node.elts)}]",
    ast.Subscript: _write_index,
    ast.Slice: _write_slice,
    ast.GeneratorExp: _write_generator,
    ast.ListComp: lambda node, names: f"[{_write_generator(node, names)}]",
    ast.comprehension: _write_for,
}


def wrapped(line: str, indent: int) -> list[str]:
    """Return the lines of an assignment, a `return` or an expression, within the limit."""
    margin = " " * indent
    if indent + width(line) <= LIMIT:
        return [margin + line]
    statement = ast.parse(line).body[0]
    if isinstance(statement, ast.Assign):
        prefix = "".join(f"{_bare(target, _NONE)} = " for target in statement.targets)
        return _split(statement.value, indent, prefix, "")
    if isinstance(statement, ast.Return) and statement.value is not None:
        return _split(statement.value, indent, "return ", "")
    if isinstance(statement, ast.Expr):
        return _split(statement.value, indent, "", "")
    return [margin + line]


def exploded(
    head: str, items: Iterable[tuple[str, str]], tail: str, indent: int
) -> list[list[str]]:
    """Return a bracket with one item a line, each as a list of lines: head, items, tail.

    Args:
        head: What stands before the items: `self.features = nn.Sequential(`.
        items: The items as code, each with a comment or "".
        tail: What closes it.
        indent: The indentation of the head.
    """
    parts = [[" " * indent + head]]
    for item, comment in items:
        parts.append(commented(element(item, indent + 4), comment))
    parts.append([" " * indent + tail])
    return parts


def element(item: str, indent: int) -> list[str]:
    """Return the lines of one item of a bracket, with its comma."""
    if indent + width(item) + 1 <= LIMIT:
        return [f"{' ' * indent}{item},"]
    call = ast.parse(f"_({item})", mode="eval").body
    if isinstance(call, ast.Call) and call.keywords:
        word = call.keywords[0]
        return _split(word.value, indent, f"{word.arg}=", ",")
    return _split(ast.parse(item, mode="eval").body, indent, "", ",")


def commented(lines: list[str], comment: str) -> list[str]:
    """Add a comment to a single line where it fits."""
    if comment and len(lines) == 1 and width(lines[0]) + 4 + width(comment) <= LIMIT:
        return [f"{lines[0]}  # {comment}"]
    return lines


def header(name: str, arguments: list[str], returns: str, indent: int) -> list[str]:
    """Return the lines of a function's head, up to its colon."""
    margin, tail = " " * indent, f"){f' -> {returns}' if returns else ''}:"
    one = f"{margin}def {name}({', '.join(arguments)}{tail}"
    if width(one) <= LIMIT:
        return [one]
    inner = f"{margin}    {', '.join(arguments)}"
    if width(inner) <= LIMIT:
        return [f"{margin}def {name}(", inner, margin + tail]
    return [f"{margin}def {name}(", *(f"{margin}    {part}," for part in arguments), margin + tail]


def _split(node: ast.expr, indent: int, prefix: str, suffix: str) -> list[str]:
    """Split an expression at its brackets; `prefix` and `suffix` stand on the outer lines."""
    bare = isinstance(node, ast.Tuple) and not suffix and prefix.endswith(("= ", "return "))
    one = f"{' ' * indent}{prefix}{_bare(node, _NONE) if bare else flat(node)}{suffix}"
    splitter = _SPLITTERS.get(type(node))
    if width(one) <= LIMIT or splitter is None:
        return [one]
    return splitter(node, indent, prefix, suffix)


def _split_inner(
    node: ast.Subscript | ast.Attribute, indent: int, prefix: str, suffix: str
) -> list[str]:
    """Split `f(…)[0]` or `f(…).T` at the bracket of the call."""
    end = f".{node.attr}" if isinstance(node, ast.Attribute) else f"[{flat(node.slice)}]"
    return _split(node.value, indent, prefix, end + suffix)


def _split_row(node: ast.Tuple | ast.List, indent: int, prefix: str, suffix: str) -> list[str]:
    """Split a tuple or a list: one entry a line."""
    margin, (opening, closing) = " " * indent, "()" if isinstance(node, ast.Tuple) else "[]"
    inner = [line for part in node.elts for line in _split(part, indent + 4, "", ",")]
    return [f"{margin}{prefix}{opening}", *inner, f"{margin}{closing}{suffix}"]


def _split_list(node: ast.ListComp, indent: int, prefix: str, suffix: str) -> list[str]:
    margin = " " * indent
    return [f"{margin}{prefix}[", *_split_generator(node, indent + 4), f"{margin}]{suffix}"]


def _split_star(node: ast.Starred, indent: int, prefix: str, suffix: str) -> list[str]:
    return _split(node.value, indent, f"{prefix}*", suffix)


def _split_call(node: ast.Call, indent: int, prefix: str, suffix: str) -> list[str]:
    margin = " " * indent
    if _is_method_chain(node):
        return _split_chain(node, indent, prefix, suffix)
    head, tail = f"{margin}{prefix}{flat(node.func)}(", f"{margin}){suffix}"
    arguments = (*node.args, *node.keywords)
    inner = f"{margin}    {', '.join(flat(part) for part in arguments)}"
    if width(inner) <= LIMIT:
        return [head, inner, tail]
    if len(arguments) == 1 and node.args and isinstance(node.args[0], ast.GeneratorExp):
        return [head, *_split_generator(node.args[0], indent + 4), tail]
    lines = []
    for part in node.args:
        lines += _split(part, indent + 4, "", ",")
    for keyword in node.keywords:
        lines += _split(keyword.value, indent + 4, f"{keyword.arg}=", ",")
    return [head, *lines, tail]


def _is_method_chain(node: ast.Call) -> bool:
    """Tell whether two or more methods are called on each other's results."""
    count, part = 0, node.func
    while isinstance(part, ast.Attribute) and isinstance(part.value, ast.Call):
        count, part = count + 1, part.value.func
    return count > 0


def _split_chain(node: ast.Call, indent: int, prefix: str, suffix: str) -> list[str]:
    """Split at the last bracket when what stands before it fits, else at one before."""
    margin = " " * indent
    arguments = ", ".join(flat(part) for part in (*node.args, *node.keywords))
    head = f"{margin}{prefix}{flat(node.func)}("
    if width(head) <= LIMIT or not isinstance(node.func, ast.Attribute):
        return [head, f"{margin}    {arguments}", f"{margin}){suffix}"]
    return _split(node.func.value, indent, prefix, f".{node.func.attr}({arguments}){suffix}")


def _split_generator(node: ast.expr, indent: int) -> list[str]:
    margin = " " * indent
    one = margin + (flat(node)[1:-1] if isinstance(node, ast.ListComp) else flat(node))
    if width(one) <= LIMIT or not isinstance(node, ast.ListComp | ast.GeneratorExp):
        return [one]
    lines = _split(node.elt, indent, "", "")
    return [*lines, *(margin + flat(part) for part in node.generators)]


def _split_sum(node: ast.BinOp, indent: int, prefix: str, suffix: str) -> list[str]:
    """Split arithmetic before its operators of lowest rank, in brackets."""
    margin = " " * indent
    one = f"{margin}    {flat(node)}"
    parts = [one] if width(one) <= LIMIT else [f"{margin}    {part}" for part in _terms(node)]
    return [f"{margin}{prefix}(", *parts, f"{margin}){suffix}"]


def _terms(node: ast.expr) -> list[str]:
    least = rank(node)
    parts: list[str] = []
    while isinstance(node, ast.BinOp) and rank(node) == least and least != POWER:
        right = _bracketed(node.right, least + 1, _NONE)
        parts.insert(0, f"{_OPERATORS[type(node.op)][0]} {right}")
        node = node.left
    return [_bracketed(node, least, _NONE), *parts]


_SPLITTERS: Mapping[type[ast.expr], Callable[..., list[str]]] = {
    ast.Subscript: _split_inner,
    ast.Attribute: _split_inner,
    ast.Call: _split_call,
    ast.Tuple: _split_row,
    ast.List: _split_row,
    ast.ListComp: _split_list,
    ast.Starred: _split_star,
    ast.BinOp: _split_sum,
}
