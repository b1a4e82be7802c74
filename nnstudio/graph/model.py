"""The document: one immutable `Project` and the values that it is made of.

Nothing here is changed in place. An edit makes a new project that shares everything that it did not
touch, so that undo is a list of projects and "what changed" can be found by identity.

    Project ── graphs   one network per role of the training loop (model, generator, …)
            ├─ blocks   named sub-graphs with parameters, used as layers (`block:<id>`)
            ├─ custom   the user's own Python layers, as text (`custom:<id>`)
            ├─ data     which reader, its settings, and what it said of itself
            ├─ loop     which training loop and its settings
            ├─ layout   positions of nodes; never read by the analysis
            └─ notes    texts on the canvas; read by no analysis, written in no code
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

from nnstudio.core.params import Param
from nnstudio.core.values import Args, Choice, Value

Key = TypeVar("Key")
Item = TypeVar("Item")

EMPTY: Mapping[Any, Any] = MappingProxyType({})
"""The empty mapping that defaults share."""


def _empty() -> Mapping[Any, Any]:
    return EMPTY


@dataclass(frozen=True, slots=True)
class Port:
    """An output of a node: the node's id and the index of the output."""

    node: str
    output: int = 0

    def __str__(self) -> str:
        return self.node if self.output == 0 else f"{self.node}.{self.output}"


Input: TypeAlias = "Port | tuple[Port, ...] | None"
"""What feeds one input: a port, several ports in order (a variadic input), or nothing."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node that stands for several copies of itself.

    Attributes:
        count: How many; an int or an `Expression` over the block's parameters.
        mode: `stack` one after the other, each with its own weights; `loop` the same weights again
            and again on a carried value; `map` side by side on the same input, stacked on a new
            first dim.
    """

    count: Value = 2
    mode: Literal["stack", "loop", "map"] = "stack"


@dataclass(frozen=True, slots=True)
class Share:
    """Weights borrowed from another node of the same graph.

    Attributes:
        node: The id of the node that owns the weights.
        parameter: The one parameter that is borrowed (GPT-2's head takes the embedding's `weight`);
            "" borrows the whole module, which is then called a second time.
        own: The name of this node's parameter that is replaced; "" when it is the same name.
    """

    node: str
    parameter: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A layer placed in a graph.

    Attributes:
        id: Random, unique in the project, never shown; weights follow it.
        layer: A name of the catalogue, `block:<id>` or `custom:<id>`.
        args: Only the values that differ from the layer's defaults; inferred ones are absent.
        inputs: One entry per input port, in the order of the layer; missing ones at the end are
            None.
        name: The user's name for it, or "".
        note: A remark of the user, emitted as a comment.
        repeat: See `Repeat`; None for a single copy.
        share: See `Share`; None when it owns its weights.
        trainable: False freezes its weights.
        bypass: True passes the first input on and leaves the layer out.
        extra: Members that this version of the file format does not know, kept verbatim as JSON
            text.
    """

    id: str
    layer: str
    args: Args = field(default_factory=Args)
    inputs: tuple[Input, ...] = ()
    name: str = ""
    note: str = ""
    repeat: Repeat | None = None
    share: Share | None = None
    trainable: bool = True
    bypass: bool = False
    extra: str = ""

    def ports(self) -> Iterator[Port]:
        """Yield every port that feeds this node, in order."""
        for source in self.inputs:
            if isinstance(source, Port):
                yield source
            elif source is not None:
                yield from source


@dataclass(frozen=True, slots=True)
class Graph:
    """A network or a block: nodes by id in the order in which they were added.

    Attributes:
        id: Unique in the project.
        name: Becomes the name of the class.
        nodes: The nodes; edges are kept in the consumer (`Node.inputs`).
        params: The parameters of a block; () for a network.
        note: Becomes the docstring of the class.
        role: For a network: the role of the loop that it fills (`model`, `generator`, …).
        extra: Members that this version of the format does not know, kept verbatim as JSON text.
    """

    id: str
    name: str
    nodes: Mapping[str, Node] = field(default_factory=_empty)
    params: tuple[Param, ...] = ()
    note: str = ""
    role: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class CustomLayer:
    """A Python layer of the user's own: inert text until it is trusted on this machine.

    Attributes:
        id: Unique in the project.
        name: The class in `source` that is used.
        source: Python text, written verbatim to `custom.py`.
        signature: Its ports and shapes, as in `LayerSpec.signature`: `*S D -> *S D`.
        params: Its constructor's parameters.
    """

    id: str
    name: str
    source: str
    signature: str = "*S -> *S"
    params: tuple[Param, ...] = ()


@dataclass(frozen=True, slots=True)
class Data:
    """Which data the project trains on, and what the reader said of it when it was chosen.

    Attributes:
        reader: The name of a reader (`mnist`, `table`, …) and its settings; None when nothing is
            chosen.
        task: `classification`, `regression`, `multilabel`, `sequence`, `images` or `environment`.
        inputs: The shape of one sample per input, without the batch dim: `((1, 28, 28),)`.
        target: The shape of one target; () for a class index.
        classes: The names of the classes; () where there are none.
    """

    reader: Choice | None = None
    task: str = ""
    inputs: tuple[tuple[int, ...], ...] = ()
    target: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()


Layout: TypeAlias = "Mapping[str, Mapping[str, tuple[float, float]]]"
"""Positions by graph id and node id, in canvas units (x to the right, y downwards)."""


NO_LOOP = Choice("")
"""No training loop is chosen: the networks can be drawn, checked and exported, but not trained."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas that explains what stands beside it; the code never contains it.

    Attributes:
        text: Plain text; its line breaks are kept.
        at: The upper left corner, in canvas units.
        width: Where its lines are broken.
        height: How high it is at least; a note is always as high as its text needs.
    """

    text: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    width: float = 240.0
    height: float = 0.0


Notes: TypeAlias = "Mapping[str, Mapping[str, Note]]"
"""Notes by graph id and their own id, in the order in which they cover each other; a graph without
notes is not in it."""


@dataclass(frozen=True, slots=True)
class Project:
    """All of the document: what one `.nns` file holds.

    Attributes:
        name: The title; also the name of exported folders.
        graphs: Networks by id.
        blocks: Blocks by id.
        custom: Own Python layers by id.
        data: See `Data`.
        loop: The training loop and its settings (`Choice("supervised", Args(epochs=20, …))`), or
            `NO_LOOP`.
        note: What the project is about.
        layout: See `Layout`.
        notes: See `Notes`.
        extra: Members of the file that this version does not know, kept verbatim as JSON text.
    """

    name: str = "Untitled"
    graphs: Mapping[str, Graph] = field(default_factory=_empty)
    blocks: Mapping[str, Graph] = field(default_factory=_empty)
    custom: Mapping[str, CustomLayer] = field(default_factory=_empty)
    data: Data = field(default_factory=Data)
    loop: Choice = field(default_factory=lambda: Choice("supervised"))
    note: str = ""
    layout: Layout = field(default_factory=_empty)
    notes: Notes = field(default_factory=_empty)
    extra: str = ""

    @property
    def trains(self) -> bool:
        """Whether it says what it is trained on, and how."""
        return self.data.reader is not None and self.loop != NO_LOOP

    def graph(self, graph_id: str) -> Graph:
        """Return the network or block with this id; KeyError when there is none."""
        found = self.graphs.get(graph_id)
        return self.blocks[graph_id] if found is None else found

    def role(self, role: str) -> Graph | None:
        """Return the network that fills a role of the loop, or None."""
        return next((graph for graph in self.graphs.values() if graph.role == role), None)


def placed(items: Mapping[Key, Item], key: Key, item: Item) -> dict[Key, Item]:
    """Return a copy of a mapping with one item set; the order of known keys is kept."""
    return {**items, key: item}


def removed(items: Mapping[Key, Item], *keys: Key) -> dict[Key, Item]:
    """Return a copy of a mapping that lacks these keys."""
    gone = set(keys)
    return {key: item for key, item in items.items() if key not in gone}
