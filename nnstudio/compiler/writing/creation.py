"""What `__init__` creates: attributes, their names, and the calls that make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from nnstudio.catalogue import brackets
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.writing.copies import progression
from nnstudio.compiler.writing.identifiers import attribute_name, attributes, plural
from nnstudio.compiler.writing.layout import ANYTHING
from nnstudio.compiler.writing.literals import as_tensor, binding, formula_names, literal
from nnstudio.compiler.writing.pieces import Piece, Ref, template
from nnstudio.compiler.writing.plan import Attribute, Chain, Item
from nnstudio.compiler.writing.scope import Scope
from nnstudio.core import expressions
from nnstudio.core.keys import Child, Place
from nnstudio.core.names import snake_case
from nnstudio.core.params import Param
from nnstudio.core.values import Expression, Value, identical
from nnstudio.graph.dims import Poly, show_shape
from nnstudio.graph.model import Repeat


class Creator:
    """Names the attributes of a class and writes what makes them.

    Args:
        scope: The graph.
        chains: Rows that become one module.
        stored: The parameters that are attributes too; all of them where that is not known yet.
    """

    def __init__(
        self, scope: Scope, chains: list[Chain], stored: Collection[str] | None = None
    ) -> None:
        self.scope = scope
        self.chains = {chain.nodes[0]: chain for chain in chains}
        self.chained = {node for chain in chains for node in chain.nodes}
        self.names: dict[str, str] = {}
        self.asked: set[str] = set()
        self.values = Names(scope.params)
        self._stored = scope.params.values() if stored is None else stored
        self._name_all()

    # ------------------------------------------------------------------------------------- names

    def _name_all(self) -> None:
        """Give names: the user's first, then words, numbered where there are several."""
        space = attributes(self._stored)
        unnamed: list[tuple[str, str]] = []
        for node in self.scope.made:
            if not self._has_attribute(node):
                continue
            wanted = attribute_name(self.scope.nodes[node].name)
            self.asked.add(wanted or self._word(node))
            if wanted:
                self.names[node] = space.claim(wanted)
            else:
                unnamed.append((node, self._word(node)))
        counts = Counter(word for _, word in unnamed)
        for node, word in unnamed:
            self.names[node] = space.claim(word) if counts[word] == 1 else space.numbered(word)
        for chain in self.chains.values():
            for node in chain.nodes:
                self.names[node] = self.names[chain.nodes[0]]

    def _has_attribute(self, node: str) -> bool:
        if node in self.chained:
            return node in self.chains
        return self.scope.form(node) in ("module", "value")

    def _word(self, node: str) -> str:
        """Return the word for a node that the user did not name."""
        if node in self.chains:
            return self.chains[node].meaning
        scope = self.scope
        item = scope.nodes[node]
        block = scope.block(node)
        spec = scope.spec(node)
        if block:
            word = snake_case(scope.book.analysis.graphs[block].graph.name) or "block"
        elif spec is not None and spec.name == "Linear" and self._is_head(node):
            word = "head"
        elif spec is not None:
            word = spec.default_name or snake_case(spec.name)
        else:
            word = snake_case(scope.class_of(node)) or "layer"
        copied = item.repeat is not None and item.repeat.mode != "loop"
        return plural(word) if copied else word

    def _is_head(self, node: str) -> bool:
        """Tell whether a linear layer is the last one of a network that has others before it."""
        scope = self.scope
        users = scope.users.get(Ref(node), [])
        ends = len(scope.info.outputs) == 1 and any(
            scope.form(use.node) == "output" for use in users
        )
        others = any(
            other != node and scope.keeps_state(other)
            for other in scope.order
            if scope.form(other) == "module"
        )
        return ends and others and not scope.graph.params

    # -------------------------------------------------------------------------------- attributes

    def attributes(self) -> Iterator[Attribute]:
        """Yield the assignments in the order of the nodes; borrowed parameters come last."""
        for node in self.scope.made:
            if node in self.chained:
                if node in self.chains:
                    yield self._chain(self.chains[node])
            elif self.scope.form(node) == "value":
                yield self._value(node)
            elif self.scope.form(node) == "module":
                yield self._module(node)
        yield from self._shares()

    def _chain(self, chain: Chain) -> Attribute:
        scope = self.scope
        frozen = all(
            not scope.nodes[node].trainable for node in chain.nodes if scope.keeps_state(node)
        )
        items = tuple(
            Item(
                node,
                self.call(node) + ("" if frozen else self._freeze(node)),
                scope.nodes[node].note,
                self._change(node),
            )
            for node in chain.nodes
        )
        place = Place(
            "sequence", tuple(Child(node, scope.owner_class(node)) for node in chain.nodes)
        )
        first = chain.nodes[0]
        return Attribute(
            self.names[first], first, ".requires_grad_(False)" if frozen else "", items, place
        )

    def _change(self, node: str) -> str:
        info = self.scope.info.nodes[node]
        if not info.outputs or not info.inputs or info.outputs[0] == info.inputs[0]:
            return ""
        return show_shape(info.outputs[0])

    def _module(self, node: str) -> Attribute:
        repeat = self.scope.nodes[node].repeat
        child = Child(node, self.scope.owner_class(node))
        if repeat is None or repeat.mode == "loop":
            code = self.call(node) + self._freeze(node)
            return Attribute(self.names[node], node, code, (), Place("node", (child,)))
        code = self._copies(node) + self._freeze(node)
        return Attribute(self.names[node], node, code, (), Place("copies", (child,)))

    def _value(self, node: str) -> Attribute:
        spec = self.scope.spec(node)
        if spec is None:  # only layers of the catalogue are values
            raise TypeError(node)
        code = self._created(node, spec) + self._freeze(node)
        return Attribute(self.names[node], node, code, (), Place("value", (Child(node),)))

    def _created(self, node: str, spec: LayerSpec) -> str:
        piece = template(spec.code.create).fill(
            lambda kind, name: self.argument(node, spec, kind, name)
        )
        return piece.text({}).replace("(1.0 * ", "(")

    def _shares(self) -> Iterator[Attribute]:
        for node in self.scope.made:
            share = self.scope.nodes[node].share
            if share is not None and share.parameter and node in self.names:
                own = f"{self.names[node]}.{share.own or share.parameter}"
                owner = self.names[self.scope.owner(share.node)]
                yield Attribute(own, node, f"self.{owner}.{share.parameter}")

    def _freeze(self, node: str) -> str:
        learns = self.scope.keeps_state(node) and self.scope.nodes[node].layer not in (
            "Buffer",
            "Constant",
        )
        return ".requires_grad_(False)" if learns and not self.scope.nodes[node].trainable else ""

    # --------------------------------------------------------------------------------- arguments

    def _copies(self, node: str) -> str:
        """Return the comprehension that makes the copies of a repeat."""
        scope = self.scope
        repeat = scope.nodes[node].repeat
        if repeat is None:
            raise TypeError(node)
        steps = progression(scope, node)
        with_index = Names({**scope.params, "i": "i", **steps.names}, self.values.seen)
        call = self.call(node, with_index, steps.values)
        count = self.count(repeat, self.values)
        code = f"{call} for {steps.head(count, 'i' in with_index.seen, self.values)}"
        with_index.seen.difference_update({"i", *steps.names})
        if repeat.mode == "stack" and self.is_sequential(node):
            return f"nn.Sequential(*[{code}])"
        return f"nn.ModuleList({code})"

    def count(self, repeat: Repeat, names: Names) -> str:
        """Return the number of copies: the user's formula when it is over parameters."""
        count = repeat.count
        if isinstance(count, Expression) and not formula_names(count):
            count = int(expressions.evaluate(count.text, {}))
        return literal(count, names, whole=True)

    def is_sequential(self, node: str) -> bool:
        """Tell whether the copies of a stack can stand in an `nn.Sequential`."""
        code = self.scope.code(node)
        simple = not code.call and not code.unpack and self.scope.output_count(node) == 1
        return simple and len(list(self.scope.sources(node))) == 1

    def call(
        self,
        node: str,
        names: Names | None = None,
        changed: Mapping[str, Value] | None = None,
    ) -> str:
        """Return the call that makes the module of a node.

        Args:
            node: The id of the node.
            names: What the names of formulas are written as.
            changed: Arguments that are written otherwise than they stand in the node.
        """
        names = names or self.values
        code = self.scope.code(node)
        if code.build:
            return self._built(node, code.build, names, changed or {})
        made = ", ".join(self._arguments(node, names, changed or {}))
        return f"{self.scope.class_of(node)}({made})"

    def _built(self, node: str, text: str, names: Names, changed: Mapping[str, Value]) -> str:
        """Return a constructor that is given other modules."""
        spec = self.scope.spec(node)
        if spec is None:
            raise TypeError(node)

        def filler(kind: str, name: str) -> Piece | None:
            param = spec.param(name)
            if kind == "keyword" and self._is_default(node, param, changed):
                return None
            before = f", {name}=" if kind == "keyword" else ""
            return Piece((before + self.written(node, param, names, changed),), ANYTHING)

        return template(text).fill(filler).text({})

    def _arguments(self, node: str, names: Names, changed: Mapping[str, Value]) -> Iterator[str]:
        spec = self.scope.spec(node)
        if spec is None:
            yield from self._own_arguments(node, names, changed)
            return
        elsewhere = template(spec.code.call).names if spec.code.call else frozenset()
        for param in spec.params:
            if param.name in elsewhere:
                continue
            text = self.written(node, param, names, changed)
            if param.positional or param.required:
                yield text
            elif not self._is_default(node, param, changed):
                yield f"{param.name}={text}"

    def _own_arguments(
        self, node: str, names: Names, changed: Mapping[str, Value]
    ) -> Iterator[str]:
        """Yield the arguments of a block or of a layer of the user's own."""
        block = self.scope.block(node)
        if block:
            taken = self.scope.book.interfaces[block]
        else:
            custom = self.scope.book.analysis.project.custom[self.scope.nodes[node].layer[7:]]
            taken = tuple((param, param.name) for param in sorted(custom.params, key=has_default))
        for param, name in taken:
            text = self.written(node, param, names, changed)
            if not has_default(param):
                yield text
            elif not self._is_default(node, param, changed):
                yield f"{name}={text}"

    def _is_default(self, node: str, param: Param, changed: Mapping[str, Value]) -> bool:
        if param.name in changed:
            return False
        default = param.default if param.torch_default is None else param.torch_default
        info = self.scope.info.nodes[node]
        # A formula may give the default to the first copy and something else to the others.
        values = [copy.get(param.name) for copy in info.copies or (info.args,)]
        if type(default) in (int, float):
            return all(type(value) in (int, float) and value == default for value in values)
        return all(identical(value, default) for value in values)

    def written(
        self, node: str, param: Param, names: Names, changed: Mapping[str, Value] | None = None
    ) -> str:
        """Return an argument as source: the user's formula where there is one, else the value."""
        if changed and param.name in changed:
            return literal(changed[param.name], names, whole=True)
        whole = param.kind not in ("float", "floats", "number_or_size")
        value = self.scope.info.nodes[node].args.get(param.name)
        value = _as_typed(self.scope.nodes[node].args.get(param.name), value, names)
        if isinstance(value, Poly) and value in self.scope.wording:
            value = Expression(self.scope.wording[value])
        if param.kind == "float" and type(value) is int:
            value = float(value)
        if param.tensor and type(value) is tuple:
            return as_tensor(value, names)
        return literal(value, names, whole)

    def argument(self, node: str, spec: LayerSpec, kind: str, name: str) -> Piece | None:
        """Return what stands in a place of a template that is an argument."""
        return fill_argument(self, node, spec, kind, name, self.values)


class Names(dict[str, str]):
    """What names are written as; remembers which were asked for."""

    def __init__(self, names: Mapping[str, str], seen: set[str] | None = None) -> None:
        super().__init__(names)
        self.seen: set[str] = set() if seen is None else seen

    def __getitem__(self, name: str) -> str:
        found = super().__getitem__(name)
        self.seen.add(name)
        return found


def fill_argument(
    creator: Creator, node: str, spec: LayerSpec, kind: str, name: str, names: Names
) -> Piece | None:
    """Return an argument as a piece: a literal, a bare word, its entries, or a keyword."""
    param = spec.param(name)
    value: Any = creator.scope.info.nodes[node].args.get(name)
    if kind in ("word", "brackets"):
        return Piece((brackets.written(value) if kind == "brackets" else _word(param, value),))
    if kind == "keyword":
        if creator._is_default(node, param, {}):
            return None
        return Piece((f", {name}={creator.written(node, param, names)}",))
    text = creator.written(node, param, names)
    if kind == "value" and name == "dim" and isinstance(value, tuple) and len(value) == 1:
        text = text[1:-2]  # torch takes the one dim of a sum without its tuple
    if f"** {{{name}}}" in spec.code.function:
        text = text.removesuffix(".0")
    if kind == "spread":
        text = text[1:-1].removesuffix(",") if text.startswith("(") else text
        return Piece((text,), 0)
    return Piece((text,), binding(text))


def _word(param: Param, value: object) -> str:
    """Return a choice that is written as a bare word."""
    if value not in param.choices:
        raise ValueError(f"{value!r} is no choice of {param.name}")
    return str(value)


def has_default(param: Param) -> bool:
    """Tell whether a parameter of a block may be left out."""
    return not (param.required or param.auto) and (param.default is not None or param.optional)


def _as_typed(typed: Value, value: Any, names: Names) -> Any:
    """Return the user's own formula instead of its value, where its names are known."""
    if isinstance(typed, Expression):
        return typed if formula_names(typed) <= names.keys() else value
    if isinstance(typed, tuple) and isinstance(value, tuple) and len(typed) == len(value):
        return tuple(_as_typed(one, other, names) for one, other in zip(typed, value, strict=True))
    return value
