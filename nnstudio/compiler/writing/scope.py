"""What the code of one class is made from: which nodes are used, by whom, and in which form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from nnstudio.catalogue import registry
from nnstudio.catalogue.signature import ports
from nnstudio.catalogue.spec import Code, LayerSpec
from nnstudio.compiler.results import Analysis, GraphInfo, NodeInfo
from nnstudio.compiler.writing.identifiers import (
    attribute_name,
    parameters,
    says_what_it_means,
)
from nnstudio.compiler.writing.pieces import Ref
from nnstudio.core.names import is_identifier, snake_case
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.core.values import Expression
from nnstudio.graph.dims import Dim, Poly, Shape, show
from nnstudio.graph.model import Graph, Node, Port

Form = Literal["input", "output", "value", "module", "either", "function", "call"]
"""What a node becomes.

`value` an attribute that is a tensor; `module` an attribute that is called; `function` an
expression; `either` a function unless it stands in an `nn.Sequential`; `call` a call of another's
module.
"""

_SIMPLE = re.compile(r"\w+(?: [*+] \w+)+")
_SIGN = re.compile(r"\s*([*+])\s*")

Trait = Literal["main", "wrap", "tensor", "arithmetic", "random"]
_WRAPS = frozenset({"normalization", "activation", "pooling", "regularization"})
_NO_CODE = Code()


@dataclass(slots=True)
class Book:
    """What is known of the whole module while its classes are written one after the other.

    Attributes:
        analysis: What the code is written from.
        classes: Class names by the id of their graph or block.
        interfaces: The parameters that the class of a block takes, with their names in the code.
        pasted: The classes of `kit/modules` that are used.
        custom: The user's own classes that are used.
    """

    analysis: Analysis
    classes: dict[str, str] = field(default_factory=dict)
    interfaces: dict[str, tuple[tuple[Param, str], ...]] = field(default_factory=dict)
    pasted: dict[str, None] = field(default_factory=dict)
    custom: dict[str, None] = field(default_factory=dict)


class Use(NamedTuple):
    """Where a value goes: input `input` of `node`."""

    node: str
    input: int


class Scope:
    """One network or block, seen by the writer of its class."""

    def __init__(self, book: Book, info: GraphInfo) -> None:
        self.book = book
        self.info = info
        self.graph: Graph = info.graph
        self.nodes: Mapping[str, Node] = info.graph.nodes
        self.params = self._parameter_names()
        self._forms: dict[str, Form] = {}

    def _parameter_names(self) -> dict[str, str]:
        names = parameters()
        return {param.name: names.claim(param.name) for param in self.graph.params}

    @cached_property
    def wording(self) -> dict[Dim, str]:
        """Sizes as the user ordered them: `expansion * dim`, where we say `dim * expansion`."""
        found: dict[Dim, str] = {}
        for key, node in self.nodes.items():
            sizes = self.info.nodes[key].args
            for name, typed in node.args.items():
                size = sizes.get(name)
                if isinstance(typed, Expression) and isinstance(size, Poly):
                    text = _SIGN.sub(r" \1 ", typed.text.strip())
                    if _SIMPLE.fullmatch(text) and _parts(text) == _parts(show(size)):
                        found.setdefault(size, text)
        return found

    def size_text(self, size: Dim) -> str:
        """Return a size as it is read in this class."""
        return self.wording.get(size) or show(size)

    @cached_property
    def used(self) -> frozenset[str]:
        """The nodes that an output depends on, and the inputs; the others are left out."""
        found = set(self.info.inputs)
        waiting = list(self.info.outputs)
        while waiting:
            node = waiting.pop()
            if node in found:
                continue
            found.add(node)
            waiting += [ref.node for _, ref in self.sources(node)]
        return frozenset(found)

    @cached_property
    def owners(self) -> frozenset[str]:
        """The nodes whose weights are borrowed by one that is used."""
        return frozenset(
            self.owner(share.node)
            for node in self.used
            if (share := self.nodes[node].share) is not None
        )

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes that are written, in the order in which they run."""
        return tuple(node for node in self.info.order if node in self.used)

    @cached_property
    def made(self) -> tuple[str, ...]:
        """The nodes that `__init__` has to know: those that run, and owners of borrowed weights."""
        wanted = self.used | self.owners
        return tuple(node for node in self.info.order if node in wanted)

    @cached_property
    def position(self) -> dict[str, int]:
        """The place of each node in the order."""
        return {node: index for index, node in enumerate(self.order)}

    @cached_property
    def users(self) -> dict[Ref, list[Use]]:
        """Where each value goes, every edge once."""
        found: dict[Ref, list[Use]] = {}
        for node in self.order:
            for index, ref in self.sources(node):
                found.setdefault(ref, []).append(Use(node, index))
        return found

    def sources(self, node: str) -> Iterator[tuple[int, Ref]]:
        """Yield the values that reach a node, each with the index of the input."""
        for index, source in enumerate(self.nodes[node].inputs):
            if source is None:
                continue
            for port in (source,) if isinstance(source, Port) else source:
                yield index, self.source(port)

    def source(self, port: Port) -> Ref:
        """Return the value at a port; a bypassed node hands on its first input."""
        while self.nodes[port.node].bypass and self.nodes[port.node].layer not in (
            "Input",
            "Output",
        ):
            inner = self.nodes[port.node].inputs[0]
            if not isinstance(
                inner, Port
            ):  # a variadic input, or an open one: the analysis refuses it
                break
            port = inner
        return Ref(port.node, port.output)

    def owner(self, node: str) -> str:
        """Return the node whose module this one calls: itself unless it borrows the whole."""
        seen = {node}
        while (share := self.nodes[node].share) is not None and not share.parameter:
            if share.node in seen:  # a circle of borrowers; the analysis refuses it
                break
            node = share.node
            seen.add(node)
        return node

    def has_copies(self, node: str) -> bool:
        """Tell whether the module that a node calls is a row of copies."""
        repeat = self.nodes[self.owner(node)].repeat
        return repeat is not None and repeat.mode != "loop"

    def spec(self, node: str) -> LayerSpec | None:
        """Return the layer of the catalogue, or None for a block or a layer of the user's own."""
        return registry.layer(self.nodes[node].layer)

    def code(self, node: str) -> Code:
        """Return how the layer is written; that of a block is a plain call."""
        spec = self.spec(node)
        return spec.code if spec is not None else _NO_CODE

    def kind(self, node: str) -> NodeInfo:
        """Return what the analysis found."""
        return self.info.nodes[node]

    def shape(self, ref: Ref) -> Shape | None:
        """Return the shape of a value, or None when it is not known."""
        outputs = self.info.nodes[ref.node].outputs
        return outputs[ref.output] if outputs is not None and ref.output < len(outputs) else None

    def output_count(self, node: str) -> int:
        """Return how many values the code of a node makes, read or not."""
        found = len(self.info.nodes[node].outputs or ((),))
        spec = self.spec(node)
        if spec is None:
            return found
        outputs = ports(spec.signature).outputs
        if spec.code.pair and not self.info.nodes[node].args.get(spec.code.pair):
            return 1
        return found if any(port.variadic for port in outputs) else max(found, len(outputs))

    def takes_first(self, node: str) -> bool:
        """Tell whether `[0]` picks the only value that is read of a layer that returns a pair."""
        spec = self.spec(node)
        repeat = self.nodes[node].repeat
        if spec is None or self.output_count(node) == 1:
            return False
        if spec.family == "recurrent" and (repeat is None or repeat.mode != "map"):
            return False  # `x, _ = self.lstm(x)` is what everyone writes
        return all(Ref(node, k) not in self.users for k in range(1, self.output_count(node)))

    def block(self, node: str) -> str:
        """Return the id of the block that a node uses, or ""."""
        layer = self.nodes[node].layer
        return layer[6:] if layer.startswith("block:") else ""

    def owner_class(self, node: str) -> str:
        """Return the name of the generated class of a node, or "" when it is torch's."""
        block = self.block(node)
        return self.book.classes[block] if block else ""

    def class_of(self, node: str) -> str:
        """Return the class that makes a node's module: `nn.Conv2d`, `ResidualBlock`, `Squash`."""
        layer = self.nodes[node].layer
        if layer.startswith("block:"):
            return self.book.classes[layer[6:]]
        if layer.startswith("custom:"):
            name = self.book.analysis.project.custom[layer[7:]].name
            if not is_identifier(name):
                raise ProjectError(
                    Problem("code.custom_name", f"{self.graph.id}/{node}", {"name": name})
                )
            self.book.custom[name] = None
            return name
        module = self.code(node).module
        if module.startswith("kit."):
            self.book.pasted[module[4:]] = None
            return module[4:]
        return module

    def form(self, node: str) -> Form:
        """Return what a node becomes."""
        found = self._forms.get(node)
        if found is None:
            found = self._forms[node] = self._form(node)
        return found

    def _form(self, node: str) -> Form:
        item = self.nodes[node]
        if item.layer in ("Input", "Output"):
            return "input" if item.layer == "Input" else "output"
        if item.share is not None and not item.share.parameter:
            return "call"
        spec = self.spec(node)
        if spec is None:
            return "module"
        if spec.code.create:
            return "value"
        if not spec.code.module:
            return "function"
        if spec.keeps_state or not spec.code.function or node in self.owners:
            return "module"
        if not item.name:
            return "either"
        # "relu1" names a layer, "coupling" the value that it makes
        return "function" if says_what_it_means(attribute_name(item.name)) else "module"

    def trait(self, node: str) -> Trait:
        """Return how a node behaves when code is folded."""
        spec = self.spec(node)
        if spec is None:
            return "main"
        if spec.code.arithmetic:
            return "arithmetic"
        if spec.family in _WRAPS:
            return "wrap"
        if spec.random and not spec.code.module:
            return "random"
        return "tensor" if spec.family == "tensor" else "main"

    def keeps_state(self, node: str) -> bool:
        """Tell whether a node has weights or buffers, as far as can be told from outside."""
        spec = self.spec(node)
        return spec is None or spec.keeps_state

    def input_names(self, node: str) -> list[str]:
        """Return the names of a node's input ports."""
        item = self.nodes[node]
        spec = self.spec(node)
        if spec is not None:
            return [port.name for port in ports(spec.signature).inputs]
        if item.layer.startswith("block:"):
            info = self.book.analysis.graphs[item.layer[6:]]
            return [info.graph.nodes[name].name for name in info.inputs]
        return [
            port.name
            for port in ports(self.book.analysis.project.custom[item.layer[7:]].signature).inputs
        ]

    def output_names(self, node: str) -> list[str]:
        """Return words for a node's outputs; "" where there is none."""
        item = self.nodes[node]
        if item.layer.startswith("block:"):
            info = self.book.analysis.graphs[item.layer[6:]]
            names = [info.graph.nodes[name].name for name in info.outputs]
        else:
            spec = self.spec(node)
            signature = (
                spec.signature
                if spec
                else self.book.analysis.project.custom[item.layer[7:]].signature
            )
            names = [port.name for port in ports(signature).outputs if not port.variadic]
        count = self.output_count(node)
        return [snake_case(name) for name in names][:count] + [""] * (count - len(names))


def _parts(text: str) -> list[str]:
    """The names, numbers and signs of a sum or product, whatever their order."""
    return sorted(text.split())
