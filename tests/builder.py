"""A small, readable way to write graphs down in tests; ids are deterministic (`n1`, `n2`, …).

block = GraphBuilder("Feed forward", dim=int, widen=4)         # parameters: a type or a default
x = block.input("N", "T", "dim")
h = block("Linear", x, out_features=Expression("widen * dim"))
block.output(block("Linear", h, out_features=Expression("dim")))

b = GraphBuilder("Tiny")
x = b.input("N", 16, 32)
h = b(block, x, dim=32, repeat=2)                              # a block is used like a layer
out, hidden, cell = b("LSTM", h, hidden_size=8, name="encoder").outputs(3)
b.output(b("Concatenate", [out, h]))                           # a list feeds a variadic input
document = project(b, loop=Choice("supervised", Args(epochs=2)))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.core.names import snake_case
from nnstudio.core.params import Kind, Param
from nnstudio.core.values import Args, Choice, Expression, Value
from nnstudio.graph.model import CustomLayer, Data, Graph, Input, Node, Port, Project, Repeat, Share

__all__ = ["DIGITS", "Expression", "GraphBuilder", "Wire", "param", "project"]

_KINDS: dict[type, Kind] = {int: "int", float: "float", bool: "bool", str: "text", tuple: "size"}

DIGITS = Data(
    reader=Choice("mnist"),
    task="classification",
    inputs=((1, 28, 28),),
    classes=tuple("0123456789"),
)
"""The choice of the small MNIST set."""


@dataclass(frozen=True)
class Wire:
    """An output of a node, to be passed on as an input; `wire[1]` is the node's second output."""

    id: str
    output: int = 0

    @property
    def port(self) -> Port:
        return Port(self.id, self.output)

    def __getitem__(self, output: int) -> Wire:
        return Wire(self.id, output)

    def outputs(self, count: int) -> tuple[Wire, ...]:
        """The first outputs of the node, to be unpacked."""
        return tuple(Wire(self.id, index) for index in range(count))


Source = Wire | Sequence[Wire] | None


class GraphBuilder:
    """Collects the nodes of one network or block; `builder.graph` is the result.

    Args:
        name: The name; the id is made from it unless given.
        id: The graph's id.
        note: Becomes the docstring.
        role: What a network is for the loop; blocks ignore it.
        params: A block's parameters: a type for a required one, else the default, or a `Param`.
    """

    def __init__(
        self, name: str, *, id: str = "", note: str = "", role: str = "model", **params: object
    ) -> None:
        self.id = id or snake_case(name)
        self.name, self.note, self.role = name, note, role
        self.params = tuple(param(key, value) for key, value in params.items())
        self.nodes: dict[str, Node] = {}
        self.blocks: dict[str, GraphBuilder] = {}

    def __call__(
        self,
        layer: str | GraphBuilder,
        *sources: Source,
        name: str = "",
        note: str = "",
        repeat: int | str | Repeat | None = None,
        share: Wire | Share | None = None,
        frozen: bool = False,
        bypass: bool = False,
        id: str = "",
        **args: object,
    ) -> Wire:
        """Add a node and return its first output.

        Args:
            layer: A layer's name, `block:<id>`, `custom:<id>`, or the builder of a block.
            sources: One per input port; a list feeds a variadic input, None leaves it open.
            name: The user's name for it.
            note: The remark on it.
            repeat: A count, a formula, or a whole `Repeat`.
            share: The node whose weights it borrows, or a whole `Share`.
            frozen: True for weights that do not learn.
            bypass: True to leave the layer out.
            id: The node's id; the next of `n1`, `n2`, … unless given.
            args: The layer's arguments; lists become tuples.
        """
        if isinstance(layer, GraphBuilder):
            self.blocks[layer.id] = layer
            layer = f"block:{layer.id}"
        if isinstance(repeat, int | str):
            repeat = Repeat(Expression(repeat) if isinstance(repeat, str) else repeat)
        node = Node(
            id=id or f"n{len(self.nodes) + 1}",
            layer=layer,
            args=Args({key: _value(value) for key, value in args.items()}),
            inputs=tuple(map(_input, sources)),
            name=name,
            note=note,
            repeat=repeat,
            share=Share(share.id) if isinstance(share, Wire) else share,
            trainable=not frozen,
            bypass=bypass,
        )
        assert node.id not in self.nodes, f"{node.id} is taken"
        self.nodes[node.id] = node
        return Wire(node.id)

    def input(self, *shape: object, name: str = "", dtype: str = "", id: str = "") -> Wire:
        """Add an input; names in the shape are symbolic dims or the block's parameters."""
        if dtype:
            return self("Input", name=name, id=id, shape=shape, dtype=dtype)
        return self("Input", name=name, id=id, shape=shape)

    def output(self, source: Wire, name: str = "", id: str = "") -> Wire:
        """Add an output."""
        return self("Output", source, name=name, id=id)

    @property
    def graph(self) -> Graph:
        """The network that was written down."""
        return Graph(self.id, self.name, dict(self.nodes), self.params, self.note, self.role)

    @property
    def block(self) -> Graph:
        """The same as a block, which fills no role."""
        return Graph(self.id, self.name, dict(self.nodes), self.params, self.note)

    def all_blocks(self) -> dict[str, Graph]:
        """The blocks that it uses, those within blocks first."""
        found: dict[str, Graph] = {}
        for builder in self.blocks.values():
            found |= builder.all_blocks()
            found[builder.id] = builder.block
        return found


def project(
    *builders: GraphBuilder,
    name: str = "",
    data: Data | None = None,
    loop: Choice | None = None,
    custom: Sequence[CustomLayer] = (),
    layout: dict[str, dict[str, tuple[float, float]]] | None = None,
    note: str = "",
) -> Project:
    """Make a document of networks; the blocks that they use come along."""
    blocks: dict[str, Graph] = {}
    for builder in builders:
        blocks |= builder.all_blocks()
    return Project(
        name=name or (builders[0].name if builders else "Untitled"),
        graphs={builder.id: builder.graph for builder in builders},
        blocks=blocks,
        custom={layer.id: layer for layer in custom},
        data=data or Data(),
        loop=loop or Choice("supervised"),
        note=note,
        layout=layout or {},
    )


def param(name: str, value: object) -> Param:
    """A parameter of a block: from a type (required), a default, or a `Param` as it is."""
    if isinstance(value, Param):
        return value
    if isinstance(value, type):
        return Param(name, _KINDS[value], required=True)
    return Param(name, _KINDS[type(value)], default=_value(value))


def _input(source: Source) -> Input:
    if source is None or isinstance(source, Wire):
        return source.port if source else None
    return tuple(wire.port for wire in source)


def _value(value: object) -> Value:
    return tuple(map(_value, value)) if isinstance(value, list | tuple) else value  # type: ignore[return-value]
