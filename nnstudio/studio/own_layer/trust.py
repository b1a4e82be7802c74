"""What is known of the own layers on this machine: which are trusted, and what trying them gave.

None of it is in the document: `remark` adds it to the analysis that the window shows. A text that
was typed here is trusted; one that came with a file stays inert until the user has read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnstudio.compiler.results import Analysis, GraphInfo, Incoming, NodeInfo
from nnstudio.core.problems import Problem
from nnstudio.core.signal import Signal
from nnstudio.graph.dims import Shape
from nnstudio.graph.model import CustomLayer, Project
from nnstudio.graph.topology import CUSTOM
from nnstudio.project.trust import Trust
from nnstudio.studio.own_layer import custom

OF_TEXTS = frozenset(
    {
        "code.custom_name",
        "code.custom_source",
        "own.future",
        "own.gone",
        "own.params",
        "own.twice",
        "run.trust",
    }
)
"""What the compiler says of texts: it belongs to the nodes that use them."""

MOST = 200
"""So many findings are kept, the latest."""


@dataclass(frozen=True)
class Finding:
    """What came of trying a layer.

    It holds as long as the layer, its arguments and what reaches it are the same.

    Attributes:
        layer: The layer that was tried.
        where: The node, as `graph/node`; "" when it was tried by its declaration alone.
        args: The node's arguments.
        inputs: What reached the node.
        problems: What is wrong.
        outputs: The measured shapes, in the names of the inputs.
        weights: How many numbers it learns.
        tried: How many sizes it was tried with.
        line: The line of its text that raised; 0 for none.
    """

    layer: CustomLayer
    where: str = ""
    args: Mapping[str, Any] | None = None
    inputs: tuple[Incoming, ...] = ()
    problems: tuple[Problem, ...] = ()
    outputs: tuple[Shape, ...] = ()
    weights: int = 0
    tried: int = 0
    line: int = 0

    def holds(self, analysis: Analysis) -> bool:
        """Tell whether everything is as it was when it was tried."""
        if analysis.project.custom.get(self.layer.id) != self.layer:
            return False
        if not self.where:
            return True
        info, node = analysis.node(self.where), _layer_of(analysis.project, self.where)
        known = info is not None and node == CUSTOM + self.layer.id
        return known and info is not None and (info.args, info.inputs) == (self.args, self.inputs)


class OwnLayers:
    """The own layers on this machine.

    Attributes:
        wanted: Emits the id of a layer that is to be opened in the editor; "" for a new one.
        check_wanted: Emits a layer and a node (`graph/node`, or "") at which it is to be tried.
        changed: Emits when trust or findings are others, or a trial begins or ends.
        trying: The layers and nodes that are being tried.

    Args:
        trust: The list of what is trusted; that of this machine by default.
    """

    def __init__(self, trust: Trust | None = None) -> None:
        self.wanted: Signal[[str]] = Signal()
        self.check_wanted: Signal[[str, str]] = Signal()
        self.changed: Signal[[]] = Signal()
        self.trying: set[tuple[str, str]] = set()
        self._list = trust
        self._typed: set[str] = set()
        self._findings: dict[tuple[str, str], Finding] = {}

    def trusts(self, layer: CustomLayer) -> bool:
        """Tell whether exactly this text may run here."""
        return layer.source in self._typed or self._trust().trusts_layer(layer.source)

    def typed(self, layer: CustomLayer, before: CustomLayer | None = None) -> None:
        """Remember a text that was typed here; `settle` writes it down.

        Args:
            layer: The layer with its text.
            before: The layer as it was a moment ago, when nothing leads back to that text.
        """
        if before is not None:
            self._typed.discard(before.source)
        self._typed.add(layer.source)

    def settle(self, project: Project) -> None:
        """Write down that the typed texts of a document may run, so that a run finds it.

        Raises:
            WorldError: The list cannot be written.
        """
        for layer in project.custom.values():
            if layer.source in self._typed and not self._trust().trusts_layer(layer.source):
                self._trust().trust_layer(layer.source)

    def trust(self, layers: Iterable[CustomLayer]) -> None:
        """Let these texts run, to the letter.

        Raises:
            WorldError: The list cannot be written.
        """
        for layer in layers:
            if not self._trust().trusts_layer(layer.source):
                self._trust().trust_layer(layer.source)
        self.changed.emit()

    def untrusted(self, project: Project) -> tuple[CustomLayer, ...]:
        """Return the layers that are used and may not run here."""
        return tuple(one for one in custom.used(project) if not self.trusts(one))

    def keep(self, finding: Finding) -> None:
        """Remember what came of trying a layer."""
        key = (finding.layer.id, finding.where)
        self._findings.pop(key, None)
        self._findings[key] = finding
        while len(self._findings) > MOST:
            del self._findings[next(iter(self._findings))]
        self.changed.emit()

    def finding(self, analysis: Analysis, layer_id: str, where: str = "") -> Finding | None:
        """Return what came of trying a layer at a node, as long as it holds."""
        found = self._findings.get((layer_id, where))
        return found if found is not None and found.holds(analysis) else None

    def remark(self, analysis: Analysis) -> Analysis:
        """Return an analysis in which own layers say at their nodes what is known of them."""
        project = analysis.project
        if not project.custom:
            return analysis
        rest = [one for one in analysis.problems if one.code not in OF_TEXTS]
        said: dict[str, list[Problem]] = {}
        for place, problem in [*self._of_texts(analysis), *self._of_trials(analysis)]:
            said.setdefault(place, []).append(problem)
        if said or len(rest) != len(analysis.problems):
            analysis = _with(analysis, rest, said)
        for finding in self._findings.values():
            if finding.weights and not finding.problems and finding.holds(analysis):
                analysis = _counted(analysis, finding)
        return analysis

    def _of_texts(self, analysis: Analysis) -> Iterator[tuple[str, Problem]]:
        """Yield what is wrong with texts, at their nodes; a trusted one is no news."""
        project = analysis.project
        trusted = {key for key, layer in project.custom.items() if self.trusts(layer)}
        for problem in analysis.problems:
            if problem.code in OF_TEXTS:
                layer = _layer_of(project, problem.where).removeprefix(CUSTOM)
                if problem.code != "run.trust" or layer not in trusted:
                    yield problem.where, problem

    def _of_trials(self, analysis: Analysis) -> Iterator[tuple[str, Problem]]:
        """Yield what trials have found, as long as it holds."""
        for finding in self._findings.values():
            if finding.where and finding.problems and finding.holds(analysis):
                yield from ((finding.where, problem) for problem in finding.problems)

    def _trust(self) -> Trust:
        if self._list is None:
            self._list = Trust()
        return self._list


def _with(analysis: Analysis, rest: list[Problem], said: Mapping[str, list[Problem]]) -> Analysis:
    """Return an analysis with further problems at nodes."""
    graphs: dict[str, GraphInfo] = dict(analysis.graphs)
    placed = {where: [replace(one, where=where) for one in found] for where, found in said.items()}
    for graph_id, info in analysis.graphs.items():
        here = {
            k.partition("/")[2]: p for k, p in placed.items() if k.partition("/")[0] == graph_id
        }
        if here:
            nodes = {**info.nodes, **{key: _told(info.nodes[key], p) for key, p in here.items()}}
            more = [problem for found in here.values() for problem in found]
            graphs[graph_id] = replace(info, nodes=nodes, problems=(*info.problems, *more))
    problems = (*rest, *(problem for found in placed.values() for problem in found))
    return replace(analysis, graphs=graphs, problems=problems)


def _counted(analysis: Analysis, finding: Finding) -> Analysis:
    """Return an analysis in which a node of a network learns as many numbers as were measured."""
    graph_id, _, node_id = finding.where.partition("/")
    info = analysis.graphs.get(graph_id)
    node = info.nodes.get(node_id) if info is not None else None
    if info is None or node is None or graph_id not in analysis.project.graphs:
        return analysis
    if info.graph.nodes[node_id].share is not None or node_id in info.unused:
        return analysis
    more = finding.weights * node.count
    nodes = {**info.nodes, node_id: replace(node, weights=more)}
    interface = replace(info.interface, weights=info.weights + more)
    graphs = {**analysis.graphs, graph_id: replace(info, nodes=nodes, interface=interface)}
    return replace(analysis, graphs=graphs, weights=analysis.weights + more)


def _told(info: NodeInfo, problems: list[Problem]) -> NodeInfo:
    return replace(info, problems=(*info.problems, *problems))


def _layer_of(project: Project, where: str) -> str:
    graph_id, _, node_id = where.partition("/")
    graph = project.graphs.get(graph_id) or project.blocks.get(graph_id)
    node = graph.nodes.get(node_id) if graph is not None else None
    return "" if node is None else node.layer
