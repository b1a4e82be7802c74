"""A block of a selection, as general as the network allows: sizes that arrive get names.

What is grouped stands for one place, with its numbers. As a block it can be used elsewhere, so that
each size of its inputs is tried with a name (`H`), as a parameter that follows from the input
(`channels`), and as one that the layers within take too (a residual block's convolutions). The
first that leaves the network what it was, and works for another size too, is kept; a number stays
where none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import Analysis
from nnstudio.core.params import Param
from nnstudio.core.problems import ProjectError
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph.edits import Batch, Edit, GroupNodes, SetArgs, SetBlockParams
from nnstudio.graph.model import Graph, Node, Port, Project
from nnstudio.graph.topology import BLOCK, inputs_of
from nnstudio.studio.form_edits import params_of

NAMES: Mapping[int, tuple[tuple[str, str], ...]] = {
    2: (("D", "features"),),
    3: (("T", "channels"), ("D", "features")),
    4: (("C", "channels"), ("H", "height"), ("W", "width")),
}
"""For tensors of so many dims: what each size behind the batch is called, free and as parameter."""

MOST = 8
"""So many sizes are tried; a selection with more inputs keeps the numbers of the others."""

HELP = "Follows from the input."


@dataclass(frozen=True, slots=True)
class Named:
    """A size with a name.

    Attributes:
        name: The name.
        how: `free` for any size, `follows` for a parameter that follows from the input, `taken`
            for one that the layers within take too where they have the same number.
    """

    name: str
    how: str = "free"


Key = tuple[int, int, int]
"""How many dims, which of them, and the number."""


def grouping(project: Project, analysis: Analysis, plain: GroupNodes) -> Edit:
    """Return the edit that makes a block, with names where the network stays what it was.

    Args:
        project: The document.
        analysis: What is known of it.
        plain: The edit that keeps all numbers.
    """
    try:
        made, block = _made(project, plain)
    except ProjectError:
        return plain  # refused, and said when it is done
    bench = Bench(made, project.graph(plain.graph), analysis, block.id)
    wanted = bench.outputs(block, {})
    names: dict[Key, Named] = {}
    for key in _sizes(plain) if wanted is not None else ():
        for named in _ways(key, names, block):
            tried = {**names, key: named}
            trial = _with_names(project, block, tried)
            doubled = {one.name: 2 * size for (_, _, size), one in tried.items()}
            sizes = {one.name: size for (_, _, size), one in tried.items()}
            if bench.outputs(trial, sizes) == wanted and bench.outputs(trial, doubled) is not None:
                names = tried
                break
    edit = _edit(project, plain, block, names)
    return edit if _holds(project, analysis, edit, block.id) else plain


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a block is tried by itself: fed with Inputs of the sizes that it has names for.

    Attributes:
        made: The document with the block.
        around: The graph that it is used in, for its parameters.
        analysis: What is known of the document before; other blocks are not looked at again.
        block: The id of the block.
    """

    made: Project
    around: Graph
    analysis: Analysis
    block: str

    def outputs(self, block: Graph, sizes: Mapping[str, int]) -> object:
        """Return the shapes that it makes and its weights, or None when something is wrong."""
        nodes: dict[str, Node] = {}
        for key in inputs_of(block):
            given = block.nodes[key].args
            shape = given.get("shape", ())
            dims = shape if isinstance(shape, tuple) else ()
            fed = tuple(sizes.get(dim, dim) if isinstance(dim, str) else dim for dim in dims)
            nodes[key] = Node(key, "Input", given.replace(shape=fed))
        outer = {param.name for param in self.around.params}
        args = Args({p.name: Expression(p.name) for p in block.params if p.name in outer})
        use = Node(f"{self.block}-use", BLOCK + self.block, args, tuple(map(Port, nodes)))
        trial = Graph(f"{self.block}-try", "Try", {**nodes, use.id: use}, self.around.params)
        blocks = {**self.made.blocks, self.block: block, trial.id: trial}
        found = analyse(replace(self.made, graphs={}, blocks=blocks, layout={}), self.analysis)
        info = found.node(f"{trial.id}/{use.id}")
        if info is None or info.outputs is None or found.graphs[self.block].problems:
            return None
        return info.outputs, info.weights


def _made(project: Project, plain: GroupNodes) -> tuple[Project, Graph]:
    made = plain.apply(project)
    (key,) = made.blocks.keys() - project.blocks.keys()
    return made, made.blocks[key]


def _sizes(plain: GroupNodes) -> list[Key]:
    """Return the numbers of the inputs behind the batch; the later dims first."""
    found: dict[Key, None] = {}
    for shape in plain.shapes.values():
        for place, size in enumerate(shape):
            if place and type(size) is int:
                found[len(shape), place, size] = None
    return sorted(found, key=lambda key: -key[1])[:MOST]


def _ways(key: Key, names: Mapping[Key, Named], block: Graph) -> Iterator[Named]:
    rank, place, _ = key
    known = NAMES.get(rank, ())
    pair = known[place - 1] if place <= len(known) else (f"D{place}", f"size{place}")
    taken = {named.name for named in names.values()} | {param.name for param in block.params}
    for wanted, how in ((pair[0], "free"), (pair[1], "follows"), (pair[1], "taken")):
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}{number}", number + 1
        yield Named(name, how)


def _edit(project: Project, plain: GroupNodes, block: Graph, names: Mapping[Key, Named]) -> Edit:
    shapes = {port: _shape(shape, names) for port, shape in plain.shapes.items()}
    edits: list[Edit] = [replace(plain, shapes=shapes)]
    if params := _params(names):
        edits.append(SetBlockParams(block.id, (*block.params, *params)))
    edits += (SetArgs(block.id, key, Args(args)) for key, args in _following(project, block, names))
    return edits[0] if len(edits) == 1 else Batch(tuple(edits))


def _with_names(project: Project, block: Graph, names: Mapping[Key, Named]) -> Graph:
    """Return the block as the edit will make it."""
    nodes = dict(block.nodes)
    for key in inputs_of(block):
        shape = nodes[key].args.get("shape")
        if isinstance(shape, tuple):
            args = nodes[key].args.replace(shape=_shape(shape, names))
            nodes[key] = replace(nodes[key], args=args)
    for key, same in _following(project, block, names):
        nodes[key] = replace(nodes[key], args=nodes[key].args.replace(**same))
    return replace(block, nodes=nodes, params=(*block.params, *_params(names)))


def _shape(shape: tuple[Value, ...], names: Mapping[Key, Named]) -> tuple[Value, ...]:
    rank = len(shape)
    return tuple(
        names[rank, place, size].name
        if type(size) is int and (rank, place, size) in names
        else size
        for place, size in enumerate(shape)
    )


def _params(names: Mapping[Key, Named]) -> tuple[Param, ...]:
    return tuple(
        Param(named.name, "int", None, HELP, auto=True, minimum=1)
        for named in names.values()
        if named.how != "free"
    )


def _following(
    project: Project, block: Graph, names: Mapping[Key, Named]
) -> Iterator[tuple[str, dict[str, Value]]]:
    """Yield the settings that follow a parameter, by node: `out_channels` of the same number."""
    known = {size: named.name for (_, _, size), named in names.items() if named.how == "taken"}
    for node in block.nodes.values() if known else ():
        whole = {one.name for one in params_of(project, node.layer) if one.kind == "int"}
        same: dict[str, Value] = {
            arg: Expression(known[value])
            for arg, value in node.args.items()
            if arg in whole and type(value) is int and value in known
        }
        if same:
            yield node.id, same


def _holds(project: Project, analysis: Analysis, trial: Edit, block: str) -> bool:
    """Tell whether the network is what it was: shapes, weights, and no problem more."""
    try:
        made = trial.apply(project)
    except ProjectError:
        return False
    after = analyse(made, analysis)
    if after.weights != analysis.weights or after.graphs[block].interface.outputs is None:
        return False
    old = {(p.where, p.code) for p in analysis.problems}
    if any((p.where, p.code) not in old and p.severity == "error" for p in after.problems):
        return False
    return all(
        info.outputs == before.nodes[key].outputs
        for graph_id, before in analysis.graphs.items()
        for key, info in after.graphs[graph_id].nodes.items()
        if key in before.nodes
    )
