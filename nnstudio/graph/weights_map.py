"""How weights follow their nodes when the document is edited.

A weight is named by a path of node ids, `use#0/n3/weight`: the use of a block (copy 0 of a repeat),
the node within, the tensor. Rename, move, insert and reorder leave every path as it is; group and
ungroup change paths, and here is how. What was removed keeps its path, which then leads to nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from nnstudio.graph.editing.edit import Batch, Edit, Moves, Path
from nnstudio.graph.history import History
from nnstudio.graph.model import Project
from nnstudio.graph.topology import used_block

LEAF_LIMIT = 200_000


def moved_paths(edit: Edit, before: Project, graph_id: str, paths: Iterable[str]) -> dict[str, str]:
    """Return the new path of each weight of a network (or block) after an edit.

    Args:
        edit: What is done.
        before: The document that it is applied to.
        graph_id: The network that the weights belong to; the edit may be elsewhere.
        paths: Such as `n5#0/n3/weight`.
    """
    now = {path: path for path in paths}
    for stage, project in _stages(edit, before):
        rules = stage.moves(project)
        if rules:
            now = {old: _follow(project, rules, graph_id, path) for old, path in now.items()}
    return now


def undone_paths(
    edit: Edit, before: Project, graph_id: str, paths: Iterable[str]
) -> dict[str, str]:
    """Return the path of each weight when an edit that was applied to `before` is undone."""
    now = {path: path for path in paths}
    for stage, project in reversed(list(_stages(edit, before))):
        rules = stage.moves(project)
        if rules:
            after = stage.apply(project)
            back = {key: {new: old for old, new in moves.items()} for key, moves in rules.items()}
            now = {old: _follow(after, back, graph_id, path) for old, path in now.items()}
    return now


def paths_between(
    history: History, start: int, end: int, graph_id: str, paths: Iterable[str]
) -> dict[str, str]:
    """Return the path of each weight at another step of the history."""
    steps = history.steps
    now = {path: path for path in paths}
    forth = end >= start
    for index in range(start, end) if forth else range(start - 1, end - 1, -1):
        edit, before = steps[index + 1].edit, steps[index].project
        if edit is not None:
            follow = moved_paths if forth else undone_paths
            step = follow(edit, before, graph_id, now.values())
            now = {old: step[path] for old, path in now.items()}
    return now


def matching_nodes(old: Project, new: Project, graph_id: str) -> dict[Path, Path]:
    """Return where the nodes of a network are in a later document whose history is not known.

    A node at the same path is the same. Of the rest, a node that is the only one left with its id
    in both documents was grouped or ungrouped in between.
    """
    before, after = set(_leaves(old, graph_id)), set(_leaves(new, graph_id))
    found = {path: path for path in before & after}
    left, right = before - after, after - before
    old_ids, new_ids = _only(left), _only(right)
    found |= {path: new_ids[leaf] for leaf, path in old_ids.items() if leaf in new_ids}
    return found


def _stages(edit: Edit, project: Project) -> Iterator[tuple[Edit, Project]]:
    if not isinstance(edit, Batch):
        yield edit, project
        return
    for part in edit.edits:
        yield from _stages(part, project)
        project = part.apply(project)


def _follow(project: Project, moves: Moves, graph_id: str, path: str) -> str:
    """Walk down a path through the blocks that it leads through, and rewrite what moved."""
    rest, done, graph = path.split("/"), [], graph_id
    while len(rest) > 1:  # the last part is the name of the tensor
        bare = tuple(part.partition("#")[0] for part in rest[:-1])
        length, new = _rule(moves.get(graph, {}), bare)
        copy = rest[length - 1].removeprefix(bare[length - 1])
        done += [*new[:-1], new[-1] + copy] if length else []
        graph = _block_at(project, graph, bare[:length])
        rest = rest[length:]
    return "/".join([*done, *rest])


def _rule(rules: Mapping[Path, Path], bare: Path) -> tuple[int, Path]:
    for length in (2, 1):
        if len(bare) >= length and bare[:length] in rules:
            return length, rules[bare[:length]]
    return 1, bare[:1]


def _block_at(project: Project, graph_id: str, path: Path) -> str:
    for node_id in path:
        graph = project.graphs.get(graph_id) or project.blocks.get(graph_id)
        node = graph.nodes.get(node_id) if graph else None
        graph_id = used_block(node.layer) if node else ""
    return graph_id


def _leaves(project: Project, graph_id: str) -> Iterator[Path]:
    """Yield the paths of all nodes that are no uses of blocks, up to a limit."""
    waiting: list[tuple[Path, str]] = [((), graph_id)]
    count = 0
    while waiting and count < LEAF_LIMIT:
        path, current = waiting.pop()
        graph = project.graphs.get(current) or project.blocks.get(current)
        for node in graph.nodes.values() if graph else ():
            count += 1
            block = used_block(node.layer)
            if block in project.blocks:
                waiting.append(((*path, node.id), block))
            else:
                yield (*path, node.id)


def _only(paths: Iterable[Path]) -> dict[str, Path]:
    paths = list(paths)
    counts = Counter(path[-1] for path in paths)
    return {path[-1]: path for path in paths if counts[path[-1]] == 1}
