"""The statements of `forward`: which calls stand within each other and which get a variable.

A reader follows three calls within each other, one line, and arithmetic that is a formula. So an
activation is wrapped round its layer, sums are folded, and everything else gets a variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.compiler.writing.calls import Caller
from nnstudio.compiler.writing.pieces import Piece, Ref, joined, variable
from nnstudio.compiler.writing.plan import Chain, Statement
from nnstudio.compiler.writing.scope import Scope

DEEPEST = 3
"""How many calls may stand within each other."""

WIDEST = 80
"""About how many columns an expression may take that was folded."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An expression that waits for its only reader.

    Attributes:
        piece: The expression.
        node: The node whose value it is.
        mains: How many layers that do the work stand in it (a convolution, a block, a chain).
        folded: The nodes that stand within it.
        notes: The remarks on it and on what stands within it.
    """

    piece: Piece
    node: str
    mains: int
    folded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Folder:
    """Makes the statements of one class.

    Args:
        scope: The graph.
        chains: Rows that became one module.
        caller: Writes the calls.
        apart: Nodes that must have a line of their own, since the line got too long with them.
    """

    def __init__(
        self, scope: Scope, chains: list[Chain], caller: Caller, apart: frozenset[str]
    ) -> None:
        self.scope = scope
        self.caller = caller
        self.apart = apart
        self.chains = {chain.nodes[-1]: chain for chain in chains}
        self.inner = {node for chain in chains for node in chain.nodes[:-1]}
        self.waiting: dict[Ref, Pending] = {}
        self.found: list[Statement] = []

    def statements(self) -> list[Statement]:
        """Return the statements in order; the last one is the `return`."""
        for node in self.scope.order:
            form = self.scope.form(node)
            if form in ("input", "output", "value") or node in self.inner or self._is_skipped(node):
                continue
            if self.scope.nodes[node].repeat is not None:
                self._loop(node)
            else:
                self._plain(node)
        last = self._return()
        self.found.sort(key=lambda statement: self.scope.position[statement.node])
        return [*self.found, last]

    def _is_skipped(self, node: str) -> bool:
        return self.scope.nodes[node].bypass

    # ---------------------------------------------------------------------------------- one node

    def _plain(self, node: str) -> None:
        first = self.chains[node].nodes[0] if node in self.chains else node
        refs = [ref for _, ref in self.scope.sources(first)]
        folded = [ref for ref in dict.fromkeys(refs) if self._may_fold(first, node, ref)]
        piece = self._written(first, refs, folded)
        while folded and (piece.depth > DEEPEST or piece.length > WIDEST):
            folded.remove(max(folded, key=lambda ref: self._operand(ref).depth))
            piece = self._written(first, refs, folded)
        pending = Pending(
            piece,
            node,
            int(self._is_main(node)) + sum(self.waiting[ref].mains for ref in folded),
            tuple(n for ref in folded for n in (*self.waiting[ref].folded, self.waiting[ref].node)),
            (*(n for ref in folded for n in self.waiting[ref].notes), *self._notes(node)),
        )
        self._settle(refs, folded)
        if self._may_wait(node, pending.notes):
            self.waiting[Ref(node)] = pending
        else:
            self._emit(pending)

    def _written(self, node: str, refs: list[Ref], folded: list[Ref]) -> Piece:
        operands = iter([self._operand(ref) if ref in folded else self.plain(ref) for ref in refs])
        return self.caller.call(node, self._shaped(node, operands))

    def _shaped(self, node: str, operands: Iterator[Piece]) -> list[list[Piece] | Piece | None]:
        """Put operands in the places of the inputs: None when open, a list when variadic."""
        shaped: list[list[Piece] | Piece | None] = []
        for source in self.scope.nodes[node].inputs:
            if source is None:
                shaped.append(None)
            elif isinstance(source, tuple):
                shaped.append([next(operands) for _ in source])
            else:
                shaped.append(next(operands))
        return shaped

    def plain(self, ref: Ref) -> Piece:
        """Return a value as it is read: a variable, or an attribute that is a tensor."""
        if self.scope.form(ref.node) == "value":
            return self.caller.tensor(ref.node)
        return variable(*ref)

    def _operand(self, ref: Ref) -> Piece:
        return self.waiting[ref].piece if ref in self.waiting else self.plain(ref)

    def _settle(self, refs: list[Ref], folded: list[Ref]) -> None:
        """Give a line to every operand that was not folded; the others stand in the expression."""
        for ref in refs:
            pending = self.waiting.pop(ref, None)
            if pending is not None and ref not in folded:
                self._emit(pending)

    def _targets(self, node: str) -> tuple[Ref | None, ...]:
        """Return what a call is assigned to: None for a value that nobody reads."""
        if self.scope.takes_first(node):
            return (Ref(node),)
        refs = (Ref(node, k) for k in range(self.scope.output_count(node)))
        return tuple(ref if ref in self.scope.users else None for ref in refs)

    def _emit(self, pending: Pending) -> None:
        node = pending.node
        targets = self._targets(node)
        self.found.append(
            Statement(
                node,
                "assign",
                pending.piece,
                targets,
                unpack="" if self.scope.takes_first(node) else self.scope.code(node).unpack,
                folded=pending.folded,
                notes=pending.notes,
            )
        )

    def _notes(self, node: str) -> tuple[str, ...]:
        """Return the remark on a node, which for a member of a chain stands in `__init__`."""
        note = self.scope.nodes[node].note
        return (note,) if note and node not in self.chains else ()

    # -------------------------------------------------------------------------------- the rules

    def _may_wait(self, node: str, notes: tuple[str, ...] = ()) -> bool:
        """Tell whether a value may stand in the expression of its only reader.

        One with a remark stands on a line of its own, with an activation round it or returned.
        """
        item = self.scope.nodes[node]
        users = self.scope.users.get(Ref(node), [])
        single = self.scope.output_count(node) == 1 or self.scope.takes_first(node)
        if len(users) != 1 or not single or node in self.apart:
            return False
        reader = users[0].node
        if notes and not (self._wraps(reader) or self._is_only_output(reader)):
            return False
        is_named = bool(item.name) and self.scope.form(node) == "function"
        return not is_named or self._is_only_output(reader)

    def _wraps(self, node: str) -> bool:
        """Tell whether a node takes the line of what it is put round: it has no remark itself."""
        item = self.scope.nodes[node]
        spec = self.scope.spec(node)
        shaping = self._trait(node) == "tensor" and len(list(self.scope.sources(node))) == 1
        activation = spec is not None and spec.family == "activation"
        return (activation or shaping) and not item.note and item.repeat is None

    def _may_fold(self, first: str, node: str, ref: Ref) -> bool:
        """Tell whether a waiting expression may stand in that of `node` (a chain from `first`)."""
        pending = self.waiting.get(ref)
        if pending is None or self._reads_twice(node):
            return False
        return (not pending.notes or self._wraps(node)) and self._suits(first, node, pending)

    def _suits(self, first: str, node: str, pending: Pending) -> bool:
        """Tell whether a reader still follows the one within the other."""
        inner = self._trait(pending.node)
        outer = self._trait(node)
        depth = pending.piece.depth
        if outer == "arithmetic":
            return inner == "arithmetic" or depth <= (
                2 if self._is_root(node) else 1 - pending.mains
            )
        if len(list(self.scope.sources(first))) > 1:
            if self._is_gathering(first):
                return depth <= 1 and (pending.mains == 0 or self._is_short(first))
            return depth <= 1 and inner in ("tensor", "random")
        if inner == "arithmetic":
            return self._takes_arithmetic(node, pending.piece.length)
        if outer in ("wrap", "tensor"):
            return depth < DEEPEST and not (
                self._is_resizing(node) and self.scope.block(pending.node)
            )
        if pending.mains == 0 or (depth == 1 and self._is_arm(node)):
            return depth < DEEPEST - self._is_activated(node)
        return (
            self._ends(node) and pending.mains == 1 and depth < DEEPEST and self._is_group(pending)
        )

    def _takes_arithmetic(self, node: str, length: int) -> bool:
        """Tell whether a formula may stand in a call: `F.relu(out + x)`, `(a * b).sum(dim=1)`."""
        if self._trait(node) == "wrap":
            return not self._is_resizing(node)
        return self._trait(node) == "tensor" and length <= 32

    def _is_resizing(self, node: str) -> bool:
        spec = self.scope.spec(node)
        return spec is not None and spec.family in ("pooling", "tensor")

    def _reads_twice(self, node: str) -> bool:
        """Tell whether a template names an input twice, so that it has to be a variable."""
        code = self.scope.code(node)
        return any(text.count("{0}") > 1 for text in (code.function, code.call))

    def _trait(self, node: str) -> str:
        return "main" if node in self.chains else self.scope.trait(node)

    def _is_main(self, node: str) -> bool:
        return self._trait(node) == "main"

    def _is_activated(self, node: str) -> bool:
        """Tell whether an activation is to be put round a node, which needs a call more."""
        users = self.scope.users.get(Ref(node), [])
        spec = self.scope.spec(users[0].node) if len(users) == 1 else None
        return spec is not None and spec.family == "activation"

    def _is_arm(self, node: str) -> bool:
        """Tell whether a node ends one of several arms that are put side by side."""
        users = self.scope.users.get(Ref(node), [])
        return len(users) == 1 and self._is_gathering(users[0].node)

    def _is_short(self, node: str) -> bool:
        """Tell whether so few arms meet that one of them may be written among them."""
        return len(list(self.scope.sources(node))) <= 2

    def _is_gathering(self, node: str) -> bool:
        """Tell whether a node only puts its inputs side by side."""
        return any(isinstance(source, tuple) for source in self.scope.nodes[node].inputs)

    def _is_group(self, pending: Pending) -> bool:
        """Tell whether what works in an expression is a chain or a block: a name for many."""
        nodes = (*pending.folded, pending.node)
        return any(node in self.chains or self.scope.block(node) for node in nodes)

    def _is_root(self, node: str) -> bool:
        """Tell whether arithmetic stands alone on its line."""
        users = self.scope.users.get(Ref(node), [])
        return len(users) != 1 or self._trait(users[0].node) not in ("wrap", "arithmetic")

    def _ends(self, node: str) -> bool:
        users = self.scope.users.get(Ref(node), [])
        return len(users) == 1 and self._is_only_output(users[0].node)

    def _is_only_output(self, node: str) -> bool:
        return self.scope.form(node) == "output" and len(self.scope.info.outputs) == 1

    # ---------------------------------------------------------------------------- loops, return

    def _loop(self, node: str) -> None:
        refs = [ref for _, ref in self.scope.sources(node)]
        self._settle(refs, [])
        statement = self.caller.loop(node, self._shaped(node, map(self.plain, refs)))
        if statement.form == "assign" and self._may_wait(node, self._notes(node)):
            self.waiting[Ref(node)] = Pending(statement.piece, node, 1, (), self._notes(node))
            return
        targets = self._targets(node)
        statement.targets = (Ref(node), *targets[1:]) if statement.start is not None else targets
        statement.notes = self._notes(node)
        self.found.append(statement)

    def _return(self) -> Statement:
        refs = [ref for node in self.scope.info.outputs for _, ref in self.scope.sources(node)]
        deepest = DEEPEST if len(refs) == 1 else 1
        waiting = [ref for ref in dict.fromkeys(refs) if ref in self.waiting]
        folded = [ref for ref in waiting if self.waiting[ref].piece.depth <= deepest]
        piece = joined([self._operand(ref) if ref in folded else self.plain(ref) for ref in refs])
        if piece.length > WIDEST and len(refs) > 1:
            folded = []
            piece = joined([self.plain(ref) for ref in refs])
        inside = tuple(
            n for ref in folded for n in (*self.waiting[ref].folded, self.waiting[ref].node)
        )
        notes = [note for ref in folded for note in self.waiting[ref].notes]
        self._settle(refs, folded)
        place = self.scope.info.outputs[0]
        notes += [n for n in (self.scope.nodes[one].note for one in self.scope.info.outputs) if n]
        node = refs[0].node if len(refs) == 1 else place
        return Statement(node, "return", piece, (), folded=inside, notes=tuple(notes))
