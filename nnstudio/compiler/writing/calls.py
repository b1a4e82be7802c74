"""How a node is called inside `forward`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from nnstudio.compiler.writing.creation import Creator, Names, fill_argument
from nnstudio.compiler.writing.identifiers import Namespace, singular
from nnstudio.compiler.writing.layout import ANYTHING, PRIMARY
from nnstudio.compiler.writing.pieces import Piece, joined, template, variable
from nnstudio.compiler.writing.plan import Statement
from nnstudio.compiler.writing.scope import Scope
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.graph.model import Repeat

Operands: TypeAlias = "Sequence[list[Piece] | Piece | None]"


class Caller:
    """Writes calls.

    Args:
        scope: The graph.
        creator: Knows the names of the attributes.
        values: What the names of sizes and parameters are written as in `forward`.
        space: The names of variables, for those of loops.
    """

    def __init__(self, scope: Scope, creator: Creator, values: Names, space: Namespace) -> None:
        self.scope = scope
        self.creator = creator
        self.values = values
        self.space = space
        self.loops: dict[str, str] = {}

    def tensor(self, node: str) -> Piece:
        """Return the attribute of a value node."""
        return Piece((f"self.{self.creator.names[node]}",), PRIMARY)

    def module(self, node: str) -> str:
        """Return the attribute that is called; a node that shares all weights calls its owner's."""
        return f"self.{self.creator.names[self.scope.owner(node)]}"

    def call(self, node: str, operands: Operands, module: str = "") -> Piece:
        """Return the expression of a node; `module` is what is called if not its attribute."""
        code = self.scope.code(node)
        text = code.function
        if self._is_module(node):
            text, module = code.call or "{self}({inputs})", module or self.module(node)
        return self._filled(
            node, text + ("[0]" if self.scope.takes_first(node) else ""), operands, module
        )

    def _filled(self, node: str, text: str, operands: Operands, module: str) -> Piece:
        names = [] if text.startswith("{self}({inputs})") else self.scope.input_names(node)
        ports = dict(zip(names, operands, strict=False))

        def filler(kind: str, name: str) -> Piece | None:
            if name == "self":
                return Piece((module,), PRIMARY)
            if name == "inputs":
                return joined(_flat(operands))
            if name.isdigit():
                return _one(operands[int(name)])
            if kind in ("optional", "optional_value"):
                return _optional(kind, name, ports)
            if name in names:
                return _one(ports.get(name))
            return self._argument(node, kind, name)

        return template(text).fill(filler)

    def _argument(self, node: str, kind: str, name: str) -> Piece | None:
        spec = self.scope.spec(node)
        if spec is None:
            raise KeyError(name)
        return fill_argument(self.creator, node, spec, kind, name, self.values)

    # ------------------------------------------------------------------------------------- loops

    def loop(self, node: str, operands: Operands) -> Statement:
        """Return the statement of a repeated node, without its targets."""
        repeat = self.scope.nodes[node].repeat
        if repeat is None:
            raise TypeError(node)
        copied = self.scope.has_copies(node) and self._is_module(node)
        if repeat.mode == "map":
            return Statement(node, "assign", self._mapped(node, repeat, operands, copied))
        if copied and self.creator.is_sequential(node):
            return Statement(node, "assign", self.call(node, operands))
        carried = [variable(node), *operands[1:]]
        start = _one(operands[0])
        unpack = self.scope.code(node).unpack
        if copied:
            layer = self._layer(node)
            piece = self.call(node, carried, layer)
            head = f"for {layer} in {self.module(node)}"
            return Statement(node, "each", piece, unpack=unpack, start=start, head=head)
        piece, over = self._indexed(node, repeat, carried)
        return Statement(node, "again", piece, unpack=unpack, start=start, head=f"for {over}")

    def _is_module(self, node: str) -> bool:
        return self.scope.owner(node) in self.creator.names

    def _indexed(self, node: str, repeat: Repeat, operands: Operands) -> tuple[Piece, str]:
        """Return a call that may use the index of the copy, and `i in range(3)` for it."""
        values = Names({**self.values, "i": "i"}, self.values.seen)
        plain, self.values = self.values, values
        piece = self.call(node, operands)
        self.values = plain
        index = "i" if "i" in values.seen else "_"
        values.seen.discard("i")
        return piece, f"{index} in range({self.creator.count(repeat, self.values)})"

    def _mapped(self, node: str, repeat: Repeat, operands: Operands, copied: bool) -> Piece:
        """Return the copies' results on the same input, put side by side."""
        if copied:
            layer = self._layer(node)
            inner, over = self.call(node, operands, layer), f"{layer} in {self.module(node)}"
        else:
            inner, over = self._indexed(node, repeat, operands)
        if self.scope.output_count(node) == 1 or self.scope.takes_first(node):
            before, after = "torch.stack([", f" for {over}])"
        elif self.scope.code(node).unpack:
            raise ProjectError(Problem("code.map_outputs", f"{self.scope.graph.id}/{node}"))
        else:
            before, after = "map(torch.stack, zip(*[", f" for {over}], strict=True))"
        return Piece((before, *inner.parts, after), PRIMARY, inner.depth + 1)

    def _layer(self, node: str) -> str:
        """Return the variable of a loop over the copies: `block` for `self.blocks`."""
        if node not in self.loops:
            self.loops[node] = self.space.claim(singular(self.module(node).removeprefix("self.")))
        return self.loops[node]


def _one(operand: list[Piece] | Piece | None) -> Piece:
    if isinstance(operand, list):
        return joined(operand)
    return operand if operand is not None else Piece(("None",))


def _flat(operands: Operands) -> list[Piece]:
    """Return all edges in order; an open input before a connected one is None."""
    last = max((k for k, operand in enumerate(operands) if operand is not None), default=-1)
    flat: list[Piece] = []
    for operand in operands[: last + 1]:
        flat += operand if isinstance(operand, list) else [_one(operand)]
    return flat


def _optional(kind: str, name: str, ports: dict[str, list[Piece] | Piece | None]) -> Piece | None:
    """Return a keyword or a value with its comma when the ports are connected."""
    wanted = name.strip("()").split(", ")
    if any(ports.get(one) is None for one in wanted):
        return None
    inner = joined([_one(ports[one]) for one in wanted])
    if name.startswith("("):
        before, after = ", (", ")"
    else:
        before, after = (", " if kind == "optional_value" else f", {name}="), ""
    return Piece(
        (before, *inner.parts, after) if after else (before, *inner.parts), ANYTHING, inner.depth
    )
