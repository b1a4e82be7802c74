"""What fits where: why two ports cannot be connected, which layers fit a loose edge, what is meant.

A refusal is a `Problem` like any other, with the two shapes in its arguments and with repairs, so
that the window can say it in words while the edge is still being drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnstudio.catalogue import registry
from nnstudio.catalogue.signature import (
    InputPort,
    OutputPort,
    ShapeError,
    Signature,
    infer,
    ports,
)
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.analysing.arguments import FaultError, Scope, known_layer, own_names, resolve
from nnstudio.compiler.analysing.repairs import repairs
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.results import Analysis, Incoming
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.graph import topology
from nnstudio.graph.dims import Shape, TooLargeError, show, show_shape
from nnstudio.graph.editing.rewiring import with_input
from nnstudio.graph.edits import Connect
from nnstudio.graph.model import Graph, Input, Node, Port, Project
from nnstudio.graph.topology import BLOCK, CUSTOM
from nnstudio.studio.search import rank
from nnstudio.studio.summaries import title

NO_PORTS = Signature((), ())
TIMES = " × "


@dataclass(frozen=True, slots=True)
class Found:
    """A layer that can be added: of the catalogue, a block of the project, or a layer of one's own.

    Attributes:
        layer: What a node's `layer` will be.
        title: What it is called on the screen.
        family: The family of the catalogue, or `block`.
        summary: One sentence.
        words: Other words that find it.
        source: The paper, or "".
        shelf: `ready` and `mine` for a block that lies ready and is not in the document yet.
        params: Of a block or an own layer; the catalogue knows those of its own.
        group: The heading within its family, or "".
    """

    layer: str
    title: str
    family: str
    summary: str = ""
    words: tuple[str, ...] = ()
    source: str = ""
    shelf: str = ""
    params: tuple[Param, ...] = ()
    group: str = ""


NEW = Found(
    CUSTOM, "New layer in Python…", "tensor", "Write a layer of your own; it is one file's text.",
    ("own layer", "my layer", "custom", "code", "class"),
)  # fmt: skip
"""What is offered beside the layers: to write another one."""


def layers(project: Project, graph_id: str = "") -> tuple[Found, ...]:
    """Return everything that can be added, in the order of the palette.

    Args:
        project: The document, for its blocks and own layers.
        graph_id: Where it would be added: a block that contains this graph is left out.
    """
    found = [
        Found(spec.name, spec.name, spec.family, spec.summary, spec.words, group=spec.group)
        for spec in registry.LAYERS.values()
    ]
    found += [
        Found(
            BLOCK + block.id,
            block.name,
            "block",
            block.note.partition("\n")[0],
            ("block",),
            params=block.params,
        )
        for block in project.blocks.values()
        if not _contains(project, block.id, graph_id)
    ]
    found += [
        Found(CUSTOM + own.id, own.name, "tensor", "", ("custom",), params=own.params)
        for own in project.custom.values()
    ]
    return tuple(found)


def ranked(text: str, found: Sequence[Found]) -> tuple[Found, ...]:
    """Return what a typed text may mean, the likeliest first; everything for an empty text."""
    return tuple(rank(text, found, lambda one: (one.title, *one.words)))


def signature(project: Project, layer: str) -> Signature:
    """Return the ports of a layer, a block or an own layer; none when it is not known."""
    spec = registry.layer(layer)
    try:
        if spec is not None:
            return ports(spec.signature)
        if layer.startswith(CUSTOM) and layer[len(CUSTOM) :] in project.custom:
            return ports(project.custom[layer[len(CUSTOM) :]].signature)
    except ProjectError:
        return NO_PORTS
    block = project.blocks.get(topology.used_block(layer))
    return NO_PORTS if block is None else _block_ports(block)


def why_not(
    project: Project, analysis: Analysis, graph_id: str, source: Port, node_id: str, index: int
) -> Problem | None:
    """Return why an output cannot feed an input, or None when it can.

    What fed a plain input before would be replaced. An unknown shape is no reason to refuse.

    Args:
        project: The document.
        analysis: What is known of it.
        graph_id: The graph of both nodes.
        source: The output.
        node_id: The node that would receive.
        index: Its input.
    """
    graph = project.graph(graph_id)
    node, giver = graph.nodes[node_id], graph.nodes[source.node]
    where = f"{graph_id}/{node_id}"
    if source.node == node_id:
        return Problem("connect.itself", where, {"node": title(project, node)})
    if topology.depends(graph, source.node, node_id):
        names = {"source": title(project, giver), "target": title(project, node)}
        return Problem("connect.circle", where, names)
    wanted = signature(project, node.layer).inputs
    if wanted and index >= len(wanted):
        return Problem("graph.no_input", where, {"node": title(project, node)})
    shape = shape_of(analysis, graph_id, source)
    if shape is None or not wanted:
        return None
    return _misfit(project, analysis, graph, node, source, index)


def shape_of(analysis: Analysis, graph_id: str, port: Port) -> Shape | None:
    """Return the shape that leaves an output, or None while it is unknown."""
    info = analysis.graphs.get(graph_id)
    known = info.nodes.get(port.node) if info is not None else None
    if known is None or known.outputs is None or port.output >= len(known.outputs):
        return None
    return known.outputs[port.output]


def open_input(project: Project, node: Node) -> int | None:
    """Return the input that the next edge goes to: the first free one, else the first."""
    wanted = signature(project, node.layer).inputs
    for index, port in enumerate(wanted):
        fed = node.inputs[index] if index < len(node.inputs) else None
        if port.variadic or (not fed and not port.optional):
            return index
    return 0 if wanted else None


def takers(project: Project, analysis: Analysis, graph_id: str, source: Port) -> tuple[Found, ...]:
    """Return the layers whose first input takes what leaves an output."""
    shape = shape_of(analysis, graph_id, source)
    return tuple(one for one in layers(project, graph_id) if _takes(project, one.layer, shape))


def givers(project: Project, graph_id: str, node_id: str, index: int) -> tuple[Found, ...]:
    """Return the layers that make a tensor with as many dims as an input wants."""
    node = project.graph(graph_id).nodes[node_id]
    wanted = signature(project, node.layer).inputs
    dims = wanted[index].dims if index < len(wanted) else ("*S",)
    return tuple(one for one in layers(project, graph_id) if _gives(project, one.layer, dims))


def expected(port: InputPort, args: Mapping[str, object]) -> str:
    """Write what an input takes: `N × 512`, with the sizes that are settled as numbers."""
    return TIMES.join(_dim_words(dim, args) for dim in port.dims) or "()"


def _contains(project: Project, block_id: str, graph_id: str) -> bool:
    """Tell whether a block is a graph or uses it somewhere inside."""
    seen, waiting = {block_id}, [block_id]
    while waiting:
        current = waiting.pop()
        if current == graph_id:
            return True
        for node in project.blocks[current].nodes.values():
            inner = topology.used_block(node.layer)
            if inner in project.blocks and inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    return False


def _block_ports(block: Graph) -> Signature:
    """The ports of a block are its Input and Output nodes, in the order of the document."""

    def names(ids: Sequence[str], unnamed: str) -> Iterator[str]:
        for number, node_id in enumerate(ids):
            yield block.nodes[node_id].name or (unnamed if len(ids) == 1 else f"{unnamed}{number}")

    inputs = names(topology.inputs_of(block), "input")
    outputs = names(topology.outputs_of(block), "output")
    return Signature(
        tuple(InputPort(name, ("*S",)) for name in inputs),
        tuple(OutputPort(name, ("*S",)) for name in outputs),
    )


def _misfit(
    project: Project, analysis: Analysis, graph: Graph, node: Node, source: Port, index: int
) -> Problem | None:
    found = known_layer(node.layer)
    if found is None:
        return _tried(project, analysis, graph, node, source, index)
    spec, kind = found
    where = f"{graph.id}/{node.id}"
    wanted = ports(spec.signature).inputs
    wired = with_input(node, index, _entry(node, source, index, wanted[index].variadic))
    fed = _fed(wired, wanted)
    inputs = [_arriving(analysis, graph.id, entry, port) for entry, port in fed]
    if any(entry and shape is None for (entry, _), shape in zip(fed, inputs, strict=True)):
        return None  # something else that feeds it is unknown
    sizes, others = own_names(graph.params)
    try:
        _, args = resolve(kind, node.args, Scope(sizes, others), where)
        pinned = dict(args)
        infer(spec, args, inputs)
    except ShapeError as error:
        if error.code in ("shape.open", "shape.both"):
            return None
        problem = error.problem(where, repairs(graph, wired, error.fixes))
        takes = _taken(wanted[index], pinned, inputs, index)
        return _refusal(project, analysis, graph, node, source, problem, takes)
    except (FaultError, TooLargeError):
        return None
    return None


def _tried(
    project: Project, analysis: Analysis, graph: Graph, node: Node, source: Port, index: int
) -> Problem | None:
    """Connect for trial and look whether the node has a problem that it had not before."""
    tried = Connect(graph.id, source, node.id, index).apply(project)
    where = f"{graph.id}/{node.id}"
    info, old = analyse(tried, analysis).node(where), analysis.node(where)
    before = {(problem.code, problem.message) for problem in old.problems} if old else set()
    for problem in info.problems if info is not None else ():
        told = (problem.code, problem.message)
        if problem.severity == "error" and problem.code != "shape.open" and told not in before:
            return _refusal(project, analysis, graph, node, source, problem, "…")
    return None


def _refusal(
    project: Project,
    analysis: Analysis,
    graph: Graph,
    node: Node,
    source: Port,
    why: Problem,
    takes: str,
) -> Problem:
    given = shape_of(analysis, graph.id, source) or ()
    words = {
        "source": title(project, graph.nodes[source.node]),
        "target": title(project, node),
        "given": show_shape(given, TIMES) or "()",
        "expected": takes,
        "why": why.message,
        "what": why.hint,
    }
    code = "connect.rank" if why.code == "shape.rank" else "connect.shape"
    return Problem(code, why.where, words, repairs=why.repairs)


def _taken(
    port: InputPort, args: Mapping[str, object], inputs: Sequence[object], index: int
) -> str:
    """Return the other shape: what the port's dims say, else what arrives at the other inputs."""
    if len(port.dims) > 1 or not str(port.dims[0] if port.dims else "").startswith("*"):
        return expected(port, args)
    arriving = inputs[index]
    others = [shape for place, shape in enumerate(inputs) if place != index and shape]
    if port.variadic and isinstance(arriving, tuple) and len(arriving) > 1:
        others = [arriving[0]]
    return show_shape(others[0], TIMES) if others else expected(port, args)  # type: ignore[arg-type]


def _entry(node: Node, source: Port, index: int, variadic: bool) -> Input:
    if not variadic:
        return source
    old = node.inputs[index] if index < len(node.inputs) else ()
    return (*old, source) if isinstance(old, tuple) else (source,)


def _fed(node: Node, wanted: Sequence[InputPort]) -> list[tuple[Input, InputPort]]:
    entries = (*node.inputs, *(None,) * len(wanted))
    return [(entry or None, port) for entry, port in zip(entries, wanted, strict=False)]


def _arriving(analysis: Analysis, graph_id: str, entry: Input, port: InputPort) -> Incoming:
    if entry is None:
        return None
    edges = (entry,) if isinstance(entry, Port) else entry
    shapes = [shape_of(analysis, graph_id, edge) for edge in edges]
    known = tuple(shape for shape in shapes if shape is not None)
    if len(known) < len(shapes):
        return None
    return known if port.variadic else known[0]


def _takes(project: Project, layer: str, shape: Shape | None) -> bool:
    wanted = signature(project, layer).inputs
    if not wanted:
        return False
    spec = registry.layer(layer)
    if shape is None or spec is None:
        return True
    found = known_layer(layer)
    args = dict(found[1].defaults) if found else {}
    feed: list[Incoming] = [(shape,) if wanted[0].variadic else shape]
    # Where several tensors are joined or compared, one like the first is the friendliest guess.
    feed += [shape if not port.optional and not port.variadic else None for port in wanted[1:]]
    return _infers(spec, args, feed)


def _infers(spec: LayerSpec, args: dict[str, object], feed: Sequence[Incoming]) -> bool:
    for inputs in (feed, [feed[0], *(None,) * (len(feed) - 1)]):
        try:
            infer(spec, dict(args), inputs)
        except ShapeError as error:
            if error.code == "shape.open":
                return True
            continue
        except TooLargeError:
            return False
        return True
    return False


def _gives(project: Project, layer: str, dims: Sequence[int | str]) -> bool:
    made = signature(project, layer).outputs
    if not made:
        return False
    stars = any(str(dim).startswith("*") for dim in (*dims, *made[0].dims))
    return stars or len(made[0].dims) == len(dims)


def _dim_words(dim: int | str, args: Mapping[str, object]) -> str:
    text = str(dim)
    if text.startswith("*"):
        return "…"
    known = args.get(text)
    return show(known) if isinstance(known, int) else text.strip("{}")
