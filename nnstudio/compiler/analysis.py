"""The analysis of a project: shapes, arguments, problems and costs, kept up to date edit by edit.

    analysis = analyse(project)
    analysis = analyse(edited, analysis)      only what the edit can have changed is looked at again

What is the very same object as before is not looked at again, so positions and undo cost nothing. A
block is worked out once in its own names, inner blocks first; a network comes after its blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from nnstudio.compiler.analysing.arguments import (
    FaultError,
    Scope,
    known_layer,
    own_names,
    template,
)
from nnstudio.compiler.analysing.node import Kind, layer_kind, own_kind
from nnstudio.compiler.analysing.use import Seen, Uses, block_kind
from nnstudio.compiler.analysing.validate import graph_problems, project_problems
from nnstudio.compiler.analysing.walk import walk
from nnstudio.compiler.results import Analysis, GraphInfo
from nnstudio.core.problems import Problem, ProjectError
from nnstudio.graph.dims import Dim, substitute
from nnstudio.graph.model import CustomLayer, Graph, Project

BLOCK, CUSTOM = "block:", "custom:"
MEMO_LIMIT = 4096
DEPTH_LIMIT = 40
"""Blocks within blocks within blocks: more than this is no design, and would exhaust the stack."""

Used: TypeAlias = "Mapping[str, tuple[str, ...]]"


def analyse(project: Project, previous: Analysis | None = None) -> Analysis:
    """Return what is known of a project.

    Args:
        project: Any document, also one full of mistakes.
        previous: What was known of an earlier state, from which everything is taken that still
            holds.
    """
    if previous is not None and previous.project is project:
        return previous
    work = Work(project, previous)
    graphs = work.run()
    found = (problem for info in graphs.values() for problem in info.problems)
    weights, flops = _sums(project, graphs)
    problems = (*project_problems(project, graphs), *found)
    return Analysis(project, graphs, problems, weights, flops, work.memo())


def _sums(project: Project, graphs: Mapping[str, GraphInfo]) -> tuple[Dim, Dim]:
    weights: Dim = 0
    flops: Dim = 0
    for graph_id in project.graphs:
        info = graphs[graph_id]
        weights = weights + info.weights
        flops = flops + info.flops
    return weights, substitute(flops, {"N": 1})


@dataclass(slots=True)
class Work:
    """One run of the analysis: the graphs that are done, and what the run before found."""

    project: Project
    previous: Analysis | None
    done: dict[str, GraphInfo] = field(default_factory=dict)
    used: dict[str, Used] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    uses: Uses = field(init=False)

    def __post_init__(self) -> None:
        before = dict(self.previous.memo) if self.previous is not None else {}
        self.uses = Uses(self._walk_use, before)

    def _walk_use(
        self,
        graph: Graph,
        scope: Scope,
        previous: GraphInfo | None = None,
        dirty: Iterable[str] = (),
    ) -> GraphInfo:
        return walk(graph, scope, self.kind, previous, dirty)

    def run(self) -> dict[str, GraphInfo]:
        """Work all graphs out, inner blocks first; return them in the order of the document."""
        graphs = {**self.project.graphs, **self.project.blocks}
        self.names = {BLOCK + key: block.name for key, block in self.project.blocks.items()}
        self.names |= {CUSTOM + key: layer.name for key, layer in self.project.custom.items()}
        for graph_id, graph in graphs.items():
            self.used[graph_id] = self._used(graph)
        for graph_id in inner_first({key: self._blocks(key) for key in graphs}):
            inner = (self.depths.get(block, 0) for block in self._blocks(graph_id))
            self.depths[graph_id] = 1 + max(inner, default=0)
            self.done[graph_id] = self._walked(graphs[graph_id])
        return {graph_id: self.done[graph_id] for graph_id in graphs}

    def _blocks(self, graph_id: str) -> list[str]:
        names = (name.removeprefix(BLOCK) for name in self.used[graph_id] if name.startswith(BLOCK))
        return [name for name in names if name in self.project.blocks]

    def _before(self, graph: Graph) -> GraphInfo | None:
        """Return what was known of a graph under the same parameters."""
        if self.previous is None:
            return None
        before = self.previous.graphs.get(graph.id)
        was_block = graph.id in self.previous.project.blocks
        if before is None or was_block != (graph.id in self.project.blocks):
            return None
        return before if before.graph.params == graph.params else None

    def _walked(self, graph: Graph) -> GraphInfo:
        before, used = self._before(graph), self.used[graph.id]
        stale = [name for name in used if before is not None and not self._same(name)]
        if before is not None and before.graph is graph and not stale:
            return before
        sizes, others = own_names(graph.params)
        dirty = (node_id for name in stale for node_id in used[name])
        info = walk(graph, Scope(sizes, others), self.kind, before, dirty)
        problems = graph_problems(info, graph.id in self.project.blocks, self.names)
        return replace(info, uses=used, problems=(*problems, *info.problems))

    def _used(self, graph: Graph) -> Used:
        """Return the blocks and own layers that a graph uses, and where."""
        before = None if self.previous is None else self.previous.graphs.get(graph.id)
        if before is not None and before.graph is graph:
            return before.uses
        found: dict[str, tuple[str, ...]] = {}
        for node_id, node in graph.nodes.items():
            if ":" in node.layer:
                found[node.layer] = (*found.get(node.layer, ()), node_id)
        return found

    def _same(self, layer: str) -> bool:
        """Tell whether a block or own layer is what it was before."""
        if self.previous is None:
            return False
        head, _, key = layer.partition(":")
        if head == "block":
            known = self.done.get(key)
            return known is not None and known is self.previous.graphs.get(key)
        return self.project.custom.get(key) is self.previous.project.custom.get(key)

    def kind(self, layer: str, where: str) -> Kind:
        """Return a layer, own layer or block by its name.

        Raises:
            FaultError: There is none.
        """
        found = self.kinds.get(layer)
        if found is None:
            head, _, key = layer.partition(":")
            if head == "block" and key in self.project.blocks:
                found = self._block(key, where)
            elif head == "custom" and key in self.project.custom:
                found = _custom_kind(self.project.custom[key], where)
            else:
                found = _catalogue_kind(layer, where)
            self.kinds[layer] = found
        return found

    def _block(self, block_id: str, where: str) -> Kind:
        info = self.done.get(block_id)
        if info is None:
            name = self.project.blocks[block_id].name
            raise FaultError(Problem("graph.contains_itself", where, {"path": f"{name} → {name}"}))
        if self.depths[block_id] > DEPTH_LIMIT + 1:
            raise FaultError  # told further inside
        if self.depths[block_id] > DEPTH_LIMIT:
            raise FaultError(Problem("block.deep", where, {"limit": DEPTH_LIMIT}))
        return block_kind(self.uses, info)

    def memo(self) -> dict[object, Seen]:
        """Return the uses of blocks that the next run may need; old ones go when there are many."""
        memo = self.uses.memo
        if len(memo) > MEMO_LIMIT:
            return {key: memo[key] for key in self.uses.touched}
        return dict(memo)


def inner_first(uses: Mapping[str, list[str]]) -> list[str]:
    """Return graph ids so that every block comes before what uses it, without recursion."""
    done: dict[str, None] = {}
    for start in uses:
        open_ids: dict[str, None] = {}
        waiting = [start]
        while waiting:
            current = waiting[-1]
            inner = [block for block in uses[current] if block not in done | open_ids]
            if current in done or not inner:
                done[waiting.pop()] = None
            else:
                open_ids[current] = None
                waiting += inner
    return list(done)


def _custom_kind(own: CustomLayer, where: str) -> Kind:
    try:
        return own_kind(own, template(own.name, own.params))
    except ProjectError as error:  # its signature cannot be read
        problem = error.problems[0]
        raise FaultError(Problem(problem.code, where, problem.args)) from error


def _catalogue_kind(layer: str, where: str) -> Kind:
    found = _known_kind(layer)
    if found is None:
        raise FaultError(Problem("graph.unknown_layer", where, {"layer": layer}))
    return found


@lru_cache(maxsize=1024)
def _known_kind(layer: str) -> Kind | None:
    found = known_layer(layer)
    return None if found is None else layer_kind(*found)
