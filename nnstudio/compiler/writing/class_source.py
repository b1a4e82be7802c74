"""The text of one class: a network or a block."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from nnstudio.compiler.results import GraphInfo
from nnstudio.compiler.writing import identifiers
from nnstudio.compiler.writing.calls import Caller
from nnstudio.compiler.writing.chains import find_chains
from nnstudio.compiler.writing.creation import Creator, Names, has_default
from nnstudio.compiler.writing.folding import Folder
from nnstudio.compiler.writing.hints import HINTS
from nnstudio.compiler.writing.layout import (
    LIMIT,
    commented,
    exploded,
    flat,
    header,
    width,
    wrapped,
)
from nnstudio.compiler.writing.literals import comment, docstring, literal
from nnstudio.compiler.writing.pieces import Ref
from nnstudio.compiler.writing.plan import Attribute, Chain, Statement
from nnstudio.compiler.writing.resting import frozen_parts, method
from nnstudio.compiler.writing.scope import Book, Scope
from nnstudio.compiler.writing.variables import Variables, input_names
from nnstudio.core.keys import Place
from nnstudio.core.params import Param
from nnstudio.core.values import Value
from nnstudio.graph.dims import Shape

_LONGEST_SHAPE = 44
_LONG_DIM = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line of source and the node that it comes from, "" for none."""

    text: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class ClassSource:
    """A class, written.

    Attributes:
        info: What it was written from.
        name: Its name.
        lines: Its text.
        places: What its attributes are.
        shared: Borrowed parameters, as in `KeyTable`.
        interface: The parameters that it takes, with their names in the code.
        needs: Class names by id of the blocks that it uses.
        pasted: Classes of `kit/modules` that it uses.
        custom: Classes of the user's own that it uses.
    """

    info: GraphInfo
    name: str
    lines: tuple[Line, ...]
    places: dict[str, Place]
    shared: dict[str, str]
    interface: tuple[tuple[Param, str], ...]
    needs: dict[str, str]
    pasted: tuple[str, ...]
    custom: tuple[str, ...]


def write_class(book: Book, info: GraphInfo) -> ClassSource:
    """Write the class of a network or a block; the blocks that it uses are in the book already."""
    return _Writer(book, info).write()


class _Writer:
    """Everything that the parts of one class share."""

    def __init__(self, book: Book, info: GraphInfo) -> None:
        self.inner = Book(book.analysis, book.classes, book.interfaces)
        self.scope = Scope(self.inner, info)
        self.info = info
        self.chains: list[Chain] = find_chains(self.scope)
        self.creator = Creator(self.scope, self.chains)
        self.lines: list[Line] = []
        self.stored = Names({name: f"self.{given}" for name, given in self.scope.params.items()})

    def write(self) -> ClassSource:
        scope = self.scope
        body = self._forward()
        stored = {scope.params[name] for name in self.stored.seen}
        if self.creator.asked & (set(scope.params.values()) - stored):
            # `self.dropout = nn.Dropout(p=dropout)`: only what is stored keeps its name to itself.
            self.creator = Creator(scope, self.chains, stored)
            body = self._forward()
        made = list(self.creator.attributes())
        interface = self._interface()
        name = self.inner.classes[info_id(self.info)]
        self._add(f"class {name}(nn.Module):")
        text = docstring(scope.graph.note, 4)
        self._extend(text)
        if text:
            self._add("")
        self._constructor(made, interface)
        self.lines += body
        parts = frozen_parts(scope, made)
        if parts:
            self._extend(["", *method(name, parts)])
        blocks = dict.fromkeys(filter(None, map(scope.block, scope.made)))
        return ClassSource(
            self.info,
            name,
            tuple(self.lines),
            {one.name: one.place for one in made if one.place is not None},
            self._shared(),
            interface,
            {block: self.inner.classes[block] for block in blocks},
            tuple(self.inner.pasted),
            tuple(self.inner.custom),
        )

    def _add(self, text: str, node: str = "") -> None:
        self.lines.append(Line(text, node))

    def _extend(self, lines: Iterable[str], node: str = "") -> None:
        self.lines += [Line(text, node) for text in lines]

    # --------------------------------------------------------------------------------- __init__

    def _interface(self) -> tuple[tuple[Param, str], ...]:
        """Return the parameters that are used, those without a default first."""
        used = self.creator.values.seen | self.stored.seen
        kept = [param for param in self.scope.graph.params if param.name in used]
        kept.sort(key=has_default)
        return tuple((param, self.scope.params[param.name]) for param in kept)

    def _constructor(self, made: list[Attribute], interface: tuple[tuple[Param, str], ...]) -> None:
        if not made and not interface:
            return
        arguments = ["self"]
        for param, name in interface:
            hint = HINTS[param.kind] + (" | None" if param.optional else "")
            default = f" = {literal(_default(param))}" if has_default(param) else ""
            arguments.append(f"{name}: {hint}{default}")
        self._extend(header("__init__", arguments, "", 4))
        self._add("        super().__init__()")
        for param, name in interface:
            if param.name in self.stored.seen:
                self._add(f"        self.{name} = {name}")
        for attribute in made:
            self._attribute(attribute)
        self._add("")

    def _attribute(self, attribute: Attribute) -> None:
        notes = self.scope.nodes[attribute.node].note if self._is_value(attribute) else ""
        self._extend(comment(notes, 8), attribute.node)
        if not attribute.items:
            self._extend(self._assigned(attribute), attribute.node)
            return
        items = [(item.code, item.comment) for item in attribute.items]
        inner = ", ".join(item.code for item in attribute.items)
        one = f"self.{attribute.name} = nn.Sequential({inner}){attribute.code}"
        plain = not any(item.note for item in attribute.items)
        if plain and len(items) <= 4 and width(one) + 8 <= LIMIT:
            self._add(f"        {one}", attribute.node)
            return
        parts = exploded(f"self.{attribute.name} = nn.Sequential(", items, f"){attribute.code}", 8)
        self._extend(parts[0], attribute.node)
        for item, lines in zip(attribute.items, parts[1:-1], strict=True):
            self._extend(comment(item.note, 12), item.node)
            self._extend(lines, item.node)
        self._extend(parts[-1], attribute.node)

    def _assigned(self, attribute: Attribute) -> list[str]:
        """Return the lines of one assignment; what freezes it gets its own when it is long."""
        line = f"self.{attribute.name} = {attribute.code}"
        frozen = ".requires_grad_(False)"
        if width(line) + 8 <= LIMIT or not line.endswith(frozen):
            return wrapped(line, 8)
        lines = wrapped(line.removesuffix(frozen), 8)
        return [*lines, *wrapped(f"self.{attribute.name}{frozen}", 8)]

    def _is_value(self, attribute: Attribute) -> bool:
        return self.scope.form(attribute.node) == "value"

    # ---------------------------------------------------------------------------------- forward

    def _forward(self) -> list[Line]:
        """Return the lines of `forward`, written anew until every line fits."""
        apart: frozenset[str] = frozenset()
        while True:
            lines, long = self._attempt(apart)
            if not long:
                return lines
            apart |= long

    def _attempt(self, apart: frozenset[str]) -> tuple[list[Line], frozenset[str]]:
        space = identifiers.variables()
        inputs = input_names(self.scope, space)
        caller = Caller(self.scope, self.creator, self.stored, space)
        statements = Folder(self.scope, self.chains, caller, apart).statements()
        names = Variables(self.scope, statements, space, inputs, self.creator.names).give()
        lines = self._head(inputs)
        long: set[str] = set()
        for statement in statements:
            written = _Text(self, statement, names)
            lines += written.lines()
            if written.is_long and statement.folded:
                # `return self.dropout(x)` rather than `return x`.
                returned = statement.form == "return" and len(statement.folded) > 1
                long.update(statement.folded[-2:-1] if returned else statement.folded[-1:])
        return lines, frozenset(long)

    def _head(self, inputs: dict[Ref, str]) -> list[Line]:
        arguments = ["self", *(f"{name}: Tensor" for name in inputs.values())]
        count = len(self.info.outputs)
        returns = "Tensor" if count == 1 else f"tuple[{', '.join(['Tensor'] * count)}]"
        returns = returns if count <= 4 else "tuple[Tensor, ...]"
        lines = header("forward", arguments, returns, 4)
        shapes = [
            f"{name}: {short_shape(self.scope, shape)}"
            for ref, name in inputs.items()
            if (shape := self.scope.shape(ref))
        ]
        text = ", ".join(shapes)
        if len(lines) == 1 and commented(lines, text) != lines:
            return [Line(line) for line in commented(lines, text)]
        fits = (
            [f"        # {shape}" for shape in shapes]
            if 10 + width(text) > LIMIT
            else [f"        # {text}"]
        )
        return [Line(line) for line in (*lines, *(fits if shapes else []))]

    def _shared(self) -> dict[str, str]:
        """Return the borrowed parameters as paths within the class."""
        found: dict[str, str] = {}
        for node in self.scope.made:
            share = self.scope.nodes[node].share
            if share is not None and share.parameter:
                owner = self.scope.owner(share.node)
                found[f"{node}/{share.own or share.parameter}"] = f"{owner}/{share.parameter}"
        return found


class _Text:
    """The lines of one statement."""

    def __init__(self, writer: _Writer, statement: Statement, names: dict[Ref, str]) -> None:
        self.writer = writer
        self.statement = statement
        self.names = names
        self.is_long = False

    def lines(self) -> list[Line]:
        """Return the lines, the remarks above them."""
        statement = self.statement
        texts = [line for note in statement.notes for line in comment(note, 8)]
        if statement.form in ("each", "again"):
            texts += self._loop()
        elif statement.form == "return":
            texts += self._one(f"return {self._right()}", 8)
        else:
            texts += self._one(f"{self._left()} = {self._right()}", 8)
        return [Line(text, statement.node) for text in texts]

    def _loop(self) -> list[str]:
        name = self.names[Ref(self.statement.node)]
        start = self.statement.start
        before = start.text(self.names) if start is not None else name
        texts = [] if before == name else wrapped(f"{name} = {before}", 8)
        texts.append(f"        {self.statement.head}:")
        return texts + self._one(f"{self._left()} = {self._right()}", 12)

    def _one(self, line: str, indent: int) -> list[str]:
        if "**" in line:
            line = _hugged(line)
        lines = wrapped(line, indent)
        self.is_long = len(lines) > 1 or width(lines[0]) > LIMIT
        return commented(lines, self._change())

    def _right(self) -> str:
        return self.statement.piece.text(self.names)

    def _left(self) -> str:
        """Return the left side: names, `_` for what nobody reads, nested as the layer does."""
        names = ["_" if target is None else self.names[target] for target in self.statement.targets]
        if not self.statement.unpack:
            return ", ".join(names)
        words = self.writer.scope.output_names(self.statement.node)
        ports = dict(zip(words, names, strict=True))
        return self.statement.unpack.format_map(ports).replace("(_, _)", "_")

    def _change(self) -> str:
        """Return the shape of the result where it differs from that of what it is made from."""
        scope = self.writer.scope
        results = [target for target in self.statement.targets if target is not None]
        if self.statement.form == "return" and len(scope.info.outputs) == 1:
            results = [ref for _, ref in scope.sources(scope.info.outputs[0])]
        reads = self.statement.reads
        if len(results) != 1 or not reads or results[0] in reads:
            return ""
        shape = scope.shape(results[0])
        if shape is None or shape == scope.shape(reads[0]):
            return ""
        return short_shape(scope, shape)


def info_id(info: GraphInfo) -> str:
    """Return the id of the graph or block."""
    return info.graph.id


def short_shape(scope: Scope, shape: Shape) -> str:
    """Write a shape for a comment; sizes that are long formulas become dots, the last ones first.

    `(N, expansion * in_channels, (H - 1) // stride + 1, …)` is `(N, expansion * in_channels, ...)`.
    """
    dims = [scope.size_text(dim) for dim in shape]
    for index in range(len(dims) - 1, -1, -1):
        if len(dims[index]) <= _LONG_DIM:
            continue
        # Height and width go together, and the channels stay.
        beside = dims[index + 1 : index + 2] == ["..."] and index > 1
        if len(_listed(dims)) > _LONGEST_SHAPE or (beside and "//" in dims[index]):
            dims[index] = "..."
    return _listed(dims)


def _listed(dims: list[str]) -> str:
    """Write sizes in brackets; dots that follow each other become one."""
    kept = [dim for i, dim in enumerate(dims) if dim != "..." or dims[i - 1 : i] != ["..."]]
    return f"({kept[0]},)" if len(kept) == 1 else f"({', '.join(kept)})"


def _default(param: Param) -> Value:
    """Return the default of a parameter, a float where that is its type."""
    default = param.default
    return float(default) if param.kind == "float" and type(default) is int else default


def _hugged(line: str) -> str:
    """Write powers as the formatter does."""
    statement = ast.parse(line).body[0]
    value = statement.value if isinstance(statement, ast.Assign | ast.Return) else None
    if value is None:
        return line
    left = "return " if isinstance(statement, ast.Return) else line.partition(" = ")[0] + " = "
    return left + (flat(value)[1:-1] if isinstance(value, ast.Tuple) else flat(value))
