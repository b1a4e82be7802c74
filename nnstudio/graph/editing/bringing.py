"""Blocks and own layers on their way into a document, and a definition that becomes two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from nnstudio.core.limits import check_name, refuse
from nnstudio.core.names import new_id
from nnstudio.graph.editing.edit import Edit, find_node, fresh_ids, with_node
from nnstudio.graph.model import Graph, Node, Project, placed
from nnstudio.graph.topology import BLOCK, CUSTOM, used_block
from nnstudio.graph.wellformed import check_blocks, check_count, title


@dataclass(frozen=True, slots=True)
class BringBlock(Edit):
    """Bring a block and what it uses into the document; what is there already is not doubled.

    Attributes:
        fragment: A document that holds the blocks.
        block: The id of the block in it.
        seed: From which new ids follow where one is taken by something else.
    """

    fragment: Project
    block: str
    seed: str = field(default_factory=new_id)

    def apply(self, project: Project) -> Project:
        """A block that exists here with another content comes along under a new id."""
        made, _ = self._brought(project)
        check_blocks(made)
        check_count(made)
        return made

    def layer(self, project: Project) -> str:
        """Return what a node's `layer` is that uses the block after this."""
        return self._brought(project)[1][BLOCK + self.block]

    def words(self) -> Mapping[str, object]:
        """Return the name."""
        return {"name": self.fragment.blocks[self.block].name}

    def _brought(self, project: Project) -> tuple[Project, dict[str, str]]:
        fresh = fresh_ids(self.seed, ids_in(project) | ids_in(self.fragment))
        return bring(project, self.fragment, fresh)


@dataclass(frozen=True, slots=True)
class OwnCopy(Edit):
    """Give one use of a block a definition of its own; the ids within stay, so that weights follow.

    Attributes:
        graph: The id of the graph.
        node: The use.
        name: The name of the copy.
        seed: From which its id follows.
    """

    graph: str
    node: str
    name: str
    seed: str = field(default_factory=new_id)

    def apply(self, project: Project) -> Project:
        """Refuse a node that is no use of a block."""
        check_name(self.name, self.graph)
        node = find_node(project, self.graph, self.node)
        block = project.blocks.get(used_block(node.layer))
        if block is None:
            where = f"{self.graph}/{self.node}"
            raise refuse("graph.ungroup_layer", where, node=title(node))
        key = next(fresh_ids(self.seed, ids_in(project)))
        blocks = placed(project.blocks, key, replace(block, id=key, name=self.name))
        made = replace(project, blocks=blocks)
        check_count(made)
        if block.id in project.layout:
            made = replace(made, layout=placed(project.layout, key, project.layout[block.id]))
        if block.id in project.notes:
            made = replace(made, notes=placed(project.notes, key, project.notes[block.id]))
        return with_node(made, self.graph, replace(node, layer=BLOCK + key))

    def words(self) -> Mapping[str, object]:
        """Return the name of the copy."""
        return {"name": self.name}


def ids_in(project: Project) -> set[str]:
    """Return every id of a document."""
    graphs = {**project.graphs, **project.blocks}
    inner = {node_id for graph in graphs.values() for node_id in graph.nodes}
    notes = {note_id for some in project.notes.values() for note_id in some}
    return inner | notes | graphs.keys() | project.custom.keys()


def bring(project: Project, piece: Project, fresh: Iterator[str]) -> tuple[Project, dict[str, str]]:
    """Add the blocks and own layers of a fragment that are missing.

    Args:
        project: Where they are added.
        piece: What holds them.
        fresh: Ids for those whose own is taken by something else.

    Returns:
        The document, and what each layer of the fragment is called in it.
    """
    custom, layers = dict(project.custom), {}
    for key, layer in piece.custom.items():
        new = key
        if repr(custom.get(key, layer)) != repr(layer) or _is_graph(project, key):
            new = next(fresh)
        custom.setdefault(new, replace(layer, id=new))
        layers[CUSTOM + key] = CUSTOM + new
    blocks, layout, notes = dict(project.blocks), dict(project.layout), dict(project.notes)
    for key in _inner_first(piece):
        block = replace(piece.blocks[key], nodes=_named(piece.blocks[key], layers))
        new = _known(blocks, block)
        if not new:
            taken = key in blocks or key in custom or key in project.graphs
            new = next(fresh) if taken else key
            blocks[new] = replace(block, id=new)
            if key in piece.layout:
                layout[new] = piece.layout[key]
            if key in piece.notes:
                notes[new] = piece.notes[key]
        layers[BLOCK + key] = BLOCK + new
    made = replace(project, blocks=blocks, custom=custom, layout=layout)
    return replace(made, notes=notes) if notes != project.notes else made, layers


def _is_graph(project: Project, key: str) -> bool:
    return key in project.graphs or key in project.blocks


def _inner_first(piece: Project) -> list[str]:
    """Return the blocks so that each comes after those that it uses."""
    done: dict[str, None] = {}
    waiting = list(piece.blocks)
    while waiting:
        ready = [key for key in waiting if _needs(piece, key) <= done.keys()]
        ready = ready or waiting  # in a circle, which is refused afterwards
        done |= dict.fromkeys(ready)
        waiting = [key for key in waiting if key not in done]
    return list(done)


def _needs(piece: Project, key: str) -> set[str]:
    return {used_block(node.layer) for node in piece.blocks[key].nodes.values()} & (
        piece.blocks.keys()
    )


def _known(blocks: Mapping[str, Graph], block: Graph) -> str:
    """Return the id under which the very same block is there already, or ""."""
    same = (key for key, other in blocks.items() if repr(replace(block, id=key)) == repr(other))
    first = blocks.get(block.id)
    if first is not None and repr(first) == repr(block):
        return block.id
    return next(same, "")


def _named(block: Graph, layers: Mapping[str, str]) -> dict[str, Node]:
    return {
        node.id: replace(node, layer=layers.get(node.layer, node.layer))
        for node in block.nodes.values()
    }
