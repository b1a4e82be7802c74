"""What can be wrong with a graph as a whole, and with graphs, data and loop taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from nnstudio.catalogue import registry
from nnstudio.catalogue.choosable import Choosable
from nnstudio.compiler.analysing import fitting, own
from nnstudio.compiler.analysing.costs import MANY_WEIGHTS, MOST_WEIGHTS
from nnstudio.compiler.analysing.repairs import add_output, set_role
from nnstudio.compiler.analysing.share import title
from nnstudio.compiler.analysing.walk import sound
from nnstudio.compiler.results import GraphInfo
from nnstudio.core.params import Param, check, check_all
from nnstudio.core.problems import Problem, Severity
from nnstudio.core.values import Choice, Value
from nnstudio.graph import topology
from nnstudio.graph.model import NO_LOOP, Project

NOUNS = {
    "losses": "loss",
    "optimizers": "optimizer",
    "schedules": "schedule",
    "metrics": "metric",
    "augments": "augmentation",
}
"""What one of a table of the catalogue is called."""


def graph_problems(
    info: GraphInfo, is_block: bool, names: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a network or block as a whole.

    Args:
        info: What is known of it.
        is_block: Whether it is a block.
        names: What blocks and own layers are called, by the layer of a node.
    """
    return tuple(_graph_problems(info, is_block, names or {}))


def _graph_problems(info: GraphInfo, is_block: bool, names: Mapping[str, str]) -> Iterator[Problem]:
    graph = info.graph
    values = {"graph": graph.name}
    if not graph.nodes:
        yield Problem("graph.empty", graph.id, values)
        return
    yield from _circle(info)
    if graph.params and not is_block:
        yield Problem("graph.params", graph.id, values)
    if not info.inputs and not is_block:
        yield Problem("graph.no_inputs", graph.id, values)
    if info.outputs:
        yield from _unused(info, names)
    else:
        ends = [node_id for node_id in info.order if node_id not in info.users]
        mended = add_output(graph, graph.nodes[ends[-1]]) if ends else ()
        yield Problem("graph.no_outputs", graph.id, values, repairs=mended)
    yield from _same_names(info)


def _circle(info: GraphInfo) -> Iterator[Problem]:
    graph = info.graph
    if len(info.order) < len(graph.nodes):
        circle = topology.cycle(sound(graph))
        names = [title(graph.nodes[node_id]) for node_id in (*circle, *circle[:1])]
        place = f"{graph.id}/{circle[0]}" if circle else graph.id
        yield Problem("graph.cycle", place, {"path": " → ".join(names)})


def _unused(info: GraphInfo, names: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a warning for each node that leads nowhere."""
    lenders = {node.share.node for node in info.graph.nodes.values() if node.share is not None}
    for node_id, node in info.graph.nodes.items():
        if node_id not in info.users and node.layer != "Output" and node_id not in lenders:
            where = f"{info.graph.id}/{node_id}"
            called = node.name or names.get(node.layer, node.layer)
            yield Problem("graph.unused", where, {"node": called}, "warning")


def _same_names(info: GraphInfo) -> Iterator[Problem]:
    """Yield a warning for inputs or outputs that are called alike."""
    for ids in (info.inputs, info.outputs):
        named = Counter(info.graph.nodes[node_id].name for node_id in ids)
        for node_id in ids:
            name = info.graph.nodes[node_id].name
            if name and named[name] > 1:
                where = f"{info.graph.id}/{node_id}"
                yield Problem("graph.same_name", where, {"name": name}, "warning")


def project_problems(project: Project, graphs: Mapping[str, GraphInfo]) -> tuple[Problem, ...]:
    """Return what is wrong with the document as a whole."""
    if not project.graphs:
        return (Problem("graph.none"),)
    return (
        *_loop(project),
        *_reader(project),
        *fitting.problems(project, graphs),
        *_size(project, graphs),
        *own.problems(project, graphs),
    )


def _loop(project: Project) -> Iterator[Problem]:
    """Yield what is wrong with the choice of the loop and its settings."""
    loops = registry.LOOPS
    if project.loop == NO_LOOP:
        yield loop_none("warning")
        return
    loop = loops.get(project.loop.name)
    if loop is None:
        values = {"name": project.loop.name, "choices": ", ".join(loops) or "none"}
        yield Problem("loop.unknown", "loop", values)
        return
    designing = project.data.reader is None  # then nothing can be trained, and nothing need be set
    for problem in settings(project.loop, loop.params, "loop"):
        if not (designing and problem.code == "param.missing"):
            yield problem
    yield from _roles(project, loop)


def loop_none(severity: Severity = "error") -> Problem:
    """Return that no loop is chosen: a remark on a drawing, an error where it is to be trained."""
    return Problem("loop.none", "loop", {"choices": ", ".join(registry.LOOPS)}, severity)


def _roles(project: Project, loop: Choosable) -> Iterator[Problem]:
    """Yield the roles of the loop that nobody has, and the networks whose role is of no use."""
    idle = [graph for graph in project.graphs.values() if graph.role not in loop.roles]
    for role in loop.roles:
        if project.role(role) is None:
            values = {"loop": loop.title, "role": role}
            mended = set_role(idle[0], role) if len(idle) == 1 else ()
            yield Problem("loop.role_open", "loop", values, repairs=mended)
    filled = Counter(graph.role for graph in project.graphs.values())
    for graph in project.graphs.values():
        values = {"graph": graph.name, "role": graph.role, "choices": ", ".join(loop.roles)}
        if graph.role not in loop.roles:
            code = "loop.role_unknown" if graph.role else "loop.no_role"
            yield Problem(code, graph.id, values, "warning")
        elif filled[graph.role] > 1 and project.role(graph.role) is not graph:
            yield Problem("loop.role_twice", graph.id, values)


def _reader(project: Project) -> Iterator[Problem]:
    """Yield what is wrong with the choice of the data."""
    chosen = project.data.reader
    if chosen is None:
        return
    reader = registry.READERS.get(chosen.name)
    if reader is None:
        values = {"name": chosen.name, "choices": ", ".join(registry.READERS) or "none"}
        yield Problem("data.unknown_reader", "data", values)
        return
    yield from settings(chosen, reader.params, "data")


def settings(chosen: Choice, params: tuple[Param, ...], where: str) -> Iterator[Problem]:
    """Yield what is wrong with the settings of a choice, and with the choices within it."""
    yield from check_all(params, chosen.args, where, chosen.name)
    for param in params:
        value = chosen.args.get(param.name, param.default)
        place = f"{where}.{param.name}"
        if value is None and param.required and not param.optional:
            values = {"name": param.name, "expected": param.expected}
            yield Problem("param.missing", place, values)
        elif param.of and check(param, value) is None:
            yield from _chosen(value, param, place)


def _chosen(value: Value, param: Param, where: str) -> Iterator[Problem]:
    table = registry.TABLES.get(param.of, {})
    for choice in value if isinstance(value, tuple) else (value,):
        if not isinstance(choice, Choice):
            continue
        found = table.get(choice.name)
        if found is None:
            values = {
                "what": NOUNS.get(param.of, param.of),
                "name": choice.name,
                "choices": ", ".join(table) or "none",
            }
            yield Problem("loop.unknown_choice", where, values)
        else:
            yield from settings(choice, found.params, where)


def _size(project: Project, graphs: Mapping[str, GraphInfo]) -> Iterator[Problem]:
    """Yield a problem when all networks together are too large to be built."""
    counts = [graphs[graph_id].weights for graph_id in project.graphs]
    weights = sum(count for count in counts if isinstance(count, int))
    values = {"weights": f"{weights:,}", "most": f"{MOST_WEIGHTS:,}"}
    told = any(p.code == "run.too_large" for info in graphs.values() for p in info.problems)
    if weights > MOST_WEIGHTS and not told:
        yield Problem("run.too_large", "", values)
    elif MANY_WEIGHTS < weights <= MOST_WEIGHTS:
        yield Problem("run.large", "", values, "warning")
