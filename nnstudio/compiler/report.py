"""What `nnstudio check --json` prints: an analysis as plain JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from nnstudio.compiler.results import Analysis, NodeInfo
from nnstudio.graph.dims import Dim, show
from nnstudio.graph.model import Node


def check_report(analysis: Analysis) -> dict[str, Any]:
    """Return problems, costs and shapes as JSON values; symbolic sizes are written as formulas.

    The nodes are keyed by their id; by `graph/node` where one id stands in several graphs.
    """
    return {
        "ok": analysis.ok,
        "problems": [problem.as_json() for problem in analysis.problems],
        "parameters": _plain(analysis.weights),
        "flops": _plain(analysis.flops),
        "nodes": _nodes(analysis),
    }


def _nodes(analysis: Analysis) -> dict[str, Any]:
    seen = Counter(node_id for info in analysis.graphs.values() for node_id in info.nodes)
    return {
        node_id if seen[node_id] == 1 else f"{graph_id}/{node_id}": _node(
            info.graph.nodes[node_id], known
        )
        for graph_id, info in analysis.graphs.items()
        for node_id, known in info.nodes.items()
    }


def _node(node: Node, info: NodeInfo) -> dict[str, Any]:
    shapes = None if info.outputs is None else [list(map(_plain, s)) for s in info.outputs]
    return {"layer": node.layer, "name": node.name, "output_shapes": shapes}


def _plain(dim: Dim) -> int | str:
    return dim if isinstance(dim, int) else show(dim)
