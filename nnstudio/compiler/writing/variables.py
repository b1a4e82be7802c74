"""Names of the variables of `forward`: only `x` and `out` are used again for another value.

A value takes the place of `x` or `out` when that is read for the last time, so that the trunk of a
network reads as one variable that is passed on. What leaves the trunk gets a name of its own: the
user's, that of an output, or that of the layer that made it. A value that is only turned or
reshaped keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nnstudio.compiler.writing.identifiers import Namespace, attribute_name, says_what_it_means
from nnstudio.compiler.writing.pieces import Ref
from nnstudio.compiler.writing.plan import Statement
from nnstudio.compiler.writing.scope import Scope

TRUNK = ("x", "out")
RESHAPING = frozenset(
    {"Flatten", "Unflatten", "Reshape", "Permute", "Transpose", "Squeeze", "Unsqueeze", "Expand"}
)
MANY = 3
"""Where so many values meet, each is called by its name."""


class Variables:
    """Gives a name to every value that has a variable.

    Args:
        scope: The graph.
        statements: All statements in order.
        space: The names of variables; those of the inputs and of loops are taken.
        inputs: The names of the inputs.
        attributes: The names of the attributes by node.
    """

    def __init__(
        self,
        scope: Scope,
        statements: list[Statement],
        space: Namespace,
        inputs: dict[Ref, str],
        attributes: dict[str, str],
    ) -> None:
        self.scope = scope
        self.statements = statements
        self.space = space
        self.attributes = attributes
        self.names: dict[Ref, str] = dict(inputs)
        self.holders: dict[str, Ref] = {name: ref for ref, name in inputs.items()}
        self.last: dict[Ref, int] = {}
        self.readers: dict[Ref, int] = {}
        self.joined: set[Ref] = set()
        for index, statement in enumerate(statements):
            reads = set(statement.reads)
            for ref in reads:
                self.last[ref] = index
                self.readers[ref] = self.readers.get(ref, 0) + 1
            if len(reads) >= MANY:
                self.joined |= reads

    def give(self) -> dict[Ref, str]:
        """Return the name of every value."""
        for index, statement in enumerate(self.statements):
            targets = [target for target in statement.targets if target is not None]
            for target in targets:
                if target.output == 0 and statement.start is not None:
                    name = self._carried(index, statement)
                elif len(targets) > 1 and self._part(target):
                    name = self.space.claim(self._part(target))
                elif target.output == 0 or len(targets) == 1:
                    name = self._value(index, statement, target)
                else:
                    name = self._side(target)
                self.names[target] = name
                self.holders[name] = target
        return self.names

    def _is_free(self, name: str, index: int) -> bool:
        """Tell whether nobody reads what a variable holds after this statement."""
        holder = self.holders.get(name)
        return holder is None or self.last.get(holder, -1) <= index

    def _carried(self, index: int, statement: Statement) -> str:
        """Name the value that a loop carries: it goes on with the variable that it starts from."""
        start = statement.start
        if start is not None and start.is_plain:
            (ref,) = start.refs
            alone = ref not in statement.piece.refs and self.last[ref] == index
            is_input = self.scope.form(ref.node) == "input" and self.names[ref] not in TRUNK
            if alone and not is_input:
                return self.names[ref]
        return self._value(index, statement, Ref(statement.node))

    def _value(self, index: int, statement: Statement, target: Ref) -> str:
        called = self._called(index, statement, target)
        if called:
            return self.space.claim(called)
        if (kept := self._turned(index, statement)) is not None:
            return kept
        dying = [
            self.names[r] for r in statement.reads if self.last[r] == index and r in self.names
        ]
        for name in dying:
            if name in TRUNK and self._may_reuse(name, statement):
                return name
        for name in TRUNK:
            if self._is_free(name, index) and self._may_reuse(name, statement):
                self.space.taken.add(name)
                return name
        return self.space.claim(self._meaning(statement) or next(self._words(statement)))

    def _called(self, index: int, statement: Statement, target: Ref) -> str:
        """Return the name that a value has for itself, or "" for one of the trunk."""
        own = self._own_name(statement, target)
        if not own and self._is_fork(statement):
            own = self._meaning(statement)
        if not own and (target in self.joined or self._stays(index, target)):
            own = self._user_named(statement)
        return own

    def _part(self, target: Ref) -> str:
        """Return the name of one of several outputs: `q`, `k`, `v` of a node called "q k v"."""
        words = re.findall(r"[A-Za-z]\w*", self.scope.nodes[target.node].name)
        if len(words) != self.scope.output_count(target.node):
            return ""
        return attribute_name(words[target.output])

    def _stays(self, index: int, target: Ref) -> bool:
        """Tell whether a value is read now and again later, other than to be added to the trunk."""
        last, readers = self.last.get(target, index), self.readers.get(target, 0)
        if readers < 2 or last - index <= readers:
            return False
        return self.scope.trait(self.statements[last].node) != "arithmetic"

    def _user_named(self, statement: Statement) -> str:
        """Return what the user called the layer that does the work, `down1`, or ""."""
        for node in (statement.node, *reversed(statement.folded)):
            item = self.scope.nodes[node]
            if self.scope.trait(node) != "wrap" and item.layer not in RESHAPING:
                return attribute_name(item.name)
        return ""

    def _turned(self, index: int, statement: Statement) -> str | None:
        """Return the name of the one value that a statement reshapes, if nobody reads it again."""
        reads = set(statement.reads)
        if len(reads) != 1 or statement.start is not None:
            return None
        (ref,) = reads
        nodes = (statement.node, *statement.folded)
        plain = all(self.scope.nodes[node].layer in RESHAPING for node in nodes)
        if not plain or self.last[ref] != index or self.scope.form(ref.node) == "input":
            return None
        return self.names[ref]

    def _may_reuse(self, name: str, statement: Statement) -> bool:
        """A loop must not write to what its body reads."""
        if statement.start is None:
            return True
        return all(
            self.names.get(ref) != name
            for ref in statement.piece.refs
            if ref not in statement.targets
        )

    def _own_name(self, statement: Statement, target: Ref) -> str:
        """Return the user's name of an operation, or the name of the output that it becomes."""
        node = self.scope.nodes[statement.node]
        if node.name and self.scope.form(statement.node) == "function":
            return attribute_name(node.name)
        if len(self.scope.info.outputs) > 1:
            users = [use.node for use in self.scope.users.get(target, [])]
            named = [
                self.scope.nodes[use].name for use in users if self.scope.form(use) == "output"
            ]
            return attribute_name(next(filter(None, named), ""))
        return ""

    def _side(self, target: Ref) -> str:
        """Name a further output after its port."""
        words = self.scope.output_names(target.node)
        return self.space.claim(words[target.output] or f"out{target.output + 1}")

    def _is_fork(self, statement: Statement) -> bool:
        """Tell whether other statements read one of its operands too."""
        return any(self.readers.get(ref, 0) > 1 for ref in statement.reads)

    def _meaning(self, statement: Statement) -> str:
        """Return a name of the user that says what the value is, or "".

        It is that of the layer that does the work, even with an activation round it.
        """
        found = ""
        for node in (statement.node, *reversed(statement.folded)):
            name = attribute_name(self.scope.nodes[node].name)
            if says_what_it_means(name):
                found = name
            if self.scope.trait(node) != "wrap":
                break
        return found

    def _words(self, statement: Statement) -> Iterator[str]:
        """Yield names for a value that nobody named: what made it, or the kind of layer."""
        for node in (statement.node, *reversed(statement.folded)):
            owner = self.scope.owner(node)
            if owner in self.attributes:
                yield self.attributes[owner]
        spec = self.scope.spec(statement.node)
        yield attribute_name(spec.name if spec is not None else "", "value")


def input_names(scope: Scope, space: Namespace) -> dict[Ref, str]:
    """Name the arguments of `forward`: the user's names, `x`, or `x1`, `x2` and so on."""
    wanted = [attribute_name(scope.nodes[node].name) for node in scope.info.inputs]
    several = wanted.count("") > 1
    names: dict[Ref, str] = {}
    number = 0
    for node, name in zip(scope.info.inputs, wanted, strict=True):
        number += not name
        names[Ref(node)] = space.claim(name or (f"x{number}" if several else "x"))
    return names
