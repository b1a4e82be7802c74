"""What the analysis of a project finds: shapes, arguments, problems and costs of every node.

    Analysis ── graphs    GraphInfo of every network and every block, by id
                          └─ nodes   NodeInfo by node id
             └─ problems  all of them, the project's own first

Inside a block everything is symbolic in the block's own int parameters and in the names of its
input
shapes: an inferred `in_channels` *is* the dim `channels`. A use of the block has all of it
    substituted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from nnstudio.catalogue.spec import Resolved
from nnstudio.core.problems import Problem
from nnstudio.core.values import Args
from nnstudio.graph.dims import Dim, Shape, substitute
from nnstudio.graph.model import Graph, Project

Incoming: TypeAlias = "Shape | tuple[Shape, ...] | None"
"""What reaches one input port: a shape, several (variadic), or None (open, or unknown)."""

NOTHING: Mapping[str, Any] = Args()
"""The empty mapping that defaults share."""


class Consumer(NamedTuple):
    """One end of an edge: output `output` of some node feeds input `input` of `node`.

    `position` counts the edges of a variadic input; it is 0 for any other.
    """

    output: int
    node: str
    input: int
    position: int


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What is known of one node.

    Attributes:
        args: Every parameter of the layer or block: defaults, formulas worked out to ints or
            symbolic dims, inferred sizes. A formula over a parameter that is no int stays an
            `Expression`; so does one that cannot be worked out before the block is used. Of the
            first copy when repeated.
        inputs: One entry per input port that was asked for; see `Incoming`.
        outputs: The shapes, or None when they are unknown because something here or upstream is at
            fault.
        problems: Of this very node; () where the fault lies upstream.
        weights: Learned numbers that this node owns: shared ones 0, those of all copies of a
            repeat.
        flops: Floating point operations of one forward pass, all copies.
        activations: Elements that it keeps for the backward pass, all copies.
        count: How many copies a repeat stands for; 1 without one.
        copies: The arguments of each copy when they differ (`channels = 64 * 2**i`, or a size
            inferred from the copy before); () when all copies are equal to `args`.
    """

    args: Resolved = NOTHING
    inputs: tuple[Incoming, ...] = ()
    outputs: tuple[Shape, ...] | None = None
    problems: tuple[Problem, ...] = ()
    weights: Dim = 0
    flops: Dim = 0
    activations: Dim = 0
    count: Dim = 1
    copies: tuple[Resolved, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """What a use of a block sees of it: two equal interfaces mean that no use has to look again.

    Attributes:
        graph: The id of the block.
        names: The names of the inputs, in the order of their nodes in the document.
        inputs: The shape patterns of the inputs; None where the Input itself is at fault.
        outputs: The shapes of the outputs in the block's own names; None when one is unknown.
        weights: As in `NodeInfo`, of the whole block.
        flops: The same.
        activations: The same.
    """

    graph: str
    names: tuple[str, ...] = ()
    inputs: tuple[Shape | None, ...] = ()
    outputs: tuple[Shape, ...] | None = None
    weights: Dim = 0
    flops: Dim = 0
    activations: Dim = 0


@dataclass(frozen=True, slots=True)
class GraphInfo:
    """What is known of one network or block.

    Attributes:
        graph: The very object that was analysed.
        order: Node ids so that every node comes after what feeds it, ties in the order of the
            document; nodes on a cycle are left out.
        users: For each node that feeds others, where its outputs go.
        inputs: Ids of the Input nodes in the order of the document: the arguments of `forward`.
        outputs: Ids of the Output nodes in the order of the document: what `forward` returns.
        nodes: See `NodeInfo`; one for every node of the graph.
        problems: Those of the nodes and those of the graph itself.
        interface: See `Interface`.
        unused: Nodes that no Output depends on: they are analysed, but neither built nor counted.
        uses: Blocks and own layers that it uses, by the layer's name, and the nodes that do.
    """

    graph: Graph
    order: tuple[str, ...]
    users: Mapping[str, tuple[Consumer, ...]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: Mapping[str, NodeInfo]
    problems: tuple[Problem, ...]
    interface: Interface
    unused: frozenset[str] = frozenset()
    uses: Mapping[str, tuple[str, ...]] = NOTHING

    @property
    def weights(self) -> Dim:
        """The number of learned numbers, symbolic in a block's parameters."""
        return self.interface.weights

    @property
    def flops(self) -> Dim:
        """Floating point operations of one forward pass, symbolic in batch and parameters."""
        return self.interface.flops

    @property
    def activations(self) -> Dim:
        """Elements that all nodes keep for the backward pass."""
        return self.interface.activations


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a project.

    Attributes:
        project: The very object that was analysed.
        graphs: Networks and blocks by id.
        problems: Everything, errors and warnings; the places are `graph/node`, `graph`, `data`,
            `loop`.
        weights: Of all networks together.
        flops: Of one forward pass of all networks for a batch of one; symbolic where a size is
            open.
    """

    project: Project
    graphs: Mapping[str, GraphInfo]
    problems: tuple[Problem, ...]
    weights: Dim = 0
    flops: Dim = 0
    memo: Mapping[Any, Any] = field(default=NOTHING, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """True when no problem is an error: source can be written and run."""
        return not any(problem.severity == "error" for problem in self.problems)

    def node(self, where: str) -> NodeInfo | None:
        """Return what is known of the node at `graph/node`, or None when there is no such node."""
        graph, _, node = where.partition("/")
        found = self.graphs.get(graph)
        return None if found is None else found.nodes.get(node)


def for_one(dim: Dim, batch: str = "N") -> Dim:
    """Return a cost for a batch of one sample."""
    return substitute(dim, {batch: 1})
