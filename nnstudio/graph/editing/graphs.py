"""Edits of networks, blocks and the user's own layers as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nnstudio.core.limits import check_id, check_name, check_note, refuse
from nnstudio.core.params import Param
from nnstudio.graph import topology
from nnstudio.graph.editing.edit import Edit, find_graph, with_graph, without_drawing
from nnstudio.graph.model import CustomLayer, Graph, Project, placed, removed
from nnstudio.graph.wellformed import (
    check_blocks,
    check_count,
    check_custom,
    check_graph,
    check_params,
)


@dataclass(frozen=True, slots=True)
class AddGraph(Edit):
    """Add a network."""

    graph: Graph

    def apply(self, project: Project) -> Project:
        """Refuse a taken id, a role that is filled, and a graph that is not well formed."""
        check_new(project, self.graph)
        if self.graph.role and (other := project.role(self.graph.role)):
            raise refuse("graph.role_taken", self.graph.id, role=other.role, graph=other.name)
        graphs = placed(project.graphs, self.graph.id, self.graph)
        return _counted(replace(project, graphs=graphs))

    def words(self) -> Mapping[str, object]:
        """Return the name."""
        return {"name": self.graph.name}


@dataclass(frozen=True, slots=True)
class RemoveGraph(Edit):
    """Take a network out."""

    graph: str

    def apply(self, project: Project) -> Project:
        """Refuse one that does not exist."""
        if self.graph not in project.graphs:
            raise refuse("graph.no_graph", self.graph, graph=self.graph)
        made = replace(project, graphs=removed(project.graphs, self.graph))
        return without_drawing(made, self.graph)


@dataclass(frozen=True, slots=True)
class MoveGraph(Edit):
    """Move a network among the others: their order is that of their classes in the code.

    Attributes:
        graph: The id of the network.
        by: So many places further down, or up when negative.
    """

    graph: str
    by: int

    def apply(self, project: Project) -> Project:
        """Refuse one that does not exist; beyond the ends it stops at the end."""
        if self.graph not in project.graphs:
            raise refuse("graph.no_graph", self.graph, graph=self.graph)
        old = list(project.graphs)
        new = [key for key in old if key != self.graph]
        new.insert(max(0, old.index(self.graph) + self.by), self.graph)
        if new == old:
            return project
        return replace(project, graphs={key: project.graphs[key] for key in new})


@dataclass(frozen=True, slots=True)
class RenameGraph(Edit):
    """Give a network or a block a name, which becomes the name of its class."""

    graph: str
    name: str

    def apply(self, project: Project) -> Project:
        """Refuse a name that cannot be one."""
        check_name(self.name, self.graph)
        return with_graph(project, replace(find_graph(project, self.graph), name=self.name))


@dataclass(frozen=True, slots=True)
class SetGraphNote(Edit):
    """Write what a network or a block is about, which becomes the docstring of its class."""

    graph: str
    note: str

    def apply(self, project: Project) -> Project:
        """Refuse a text that is too long."""
        check_note(self.note, self.graph)
        return with_graph(project, replace(find_graph(project, self.graph), note=self.note))


@dataclass(frozen=True, slots=True)
class SetRole(Edit):
    """Let a network fill a role of the loop; whoever filled it before fills none."""

    graph: str
    role: str

    def apply(self, project: Project) -> Project:
        """Refuse one that does not exist."""
        check_name(self.role, self.graph, "the role")
        if self.graph not in project.graphs:
            raise refuse("graph.no_graph", self.graph, graph=self.graph)
        other = project.role(self.role) if self.role else None
        if other is not None:
            project = with_graph(project, replace(other, role=""))
        return with_graph(project, replace(project.graphs[self.graph], role=self.role))


@dataclass(frozen=True, slots=True)
class AddBlock(Edit):
    """Add a block, which can then be used as a layer."""

    block: Graph

    def apply(self, project: Project) -> Project:
        """Refuse a taken id, a block that contains itself, and one that is not well formed."""
        check_new(project, self.block)
        made = replace(project, blocks=placed(project.blocks, self.block.id, self.block))
        check_blocks(made)
        return _counted(made)

    def words(self) -> Mapping[str, object]:
        """Return the name."""
        return {"name": self.block.name}


@dataclass(frozen=True, slots=True)
class RemoveBlock(Edit):
    """Take a block out that is used nowhere."""

    block: str

    def apply(self, project: Project) -> Project:
        """Refuse one that is used."""
        if self.block not in project.blocks:
            raise refuse("graph.no_block", self.block, block=self.block)
        used = topology.users(project, self.block)
        if used:
            name = project.blocks[self.block].name
            raise refuse("graph.block_used", self.block, block=name, count=len(used))
        made = replace(project, blocks=removed(project.blocks, self.block))
        return without_drawing(made, self.block)


@dataclass(frozen=True, slots=True)
class SetBlockParams(Edit):
    """Give a block these parameters, in this order."""

    block: str
    params: tuple[Param, ...]

    def apply(self, project: Project) -> Project:
        """Refuse two of one name."""
        if self.block not in project.blocks:
            raise refuse("graph.no_block", self.block, block=self.block)
        check_params(self.params, self.block)
        return with_graph(project, replace(project.blocks[self.block], params=self.params))


@dataclass(frozen=True, slots=True)
class SetCustom(Edit):
    """Add a layer of the user's own, or write it anew."""

    layer: CustomLayer

    def apply(self, project: Project) -> Project:
        """Refuse texts that a document cannot hold; the code is not judged here."""
        check_custom(self.layer, self.layer.id)
        if self.layer.id in project.graphs or self.layer.id in project.blocks:
            raise refuse("graph.taken", self.layer.id, id=self.layer.id)
        return replace(project, custom=placed(project.custom, self.layer.id, self.layer))

    def words(self) -> Mapping[str, object]:
        """Return the name."""
        return {"name": self.layer.name}


@dataclass(frozen=True, slots=True)
class RemoveCustom(Edit):
    """Take a layer of the user's own out; nodes that use it stay, as missing."""

    layer: str

    def apply(self, project: Project) -> Project:
        """Refuse one that does not exist."""
        if self.layer not in project.custom:
            raise refuse("graph.no_block", self.layer, block=self.layer)
        return replace(project, custom=removed(project.custom, self.layer))


def check_new(project: Project, graph: Graph) -> None:
    """Refuse a new graph whose id is taken or that is not well formed."""
    check_id(graph.id, graph.id)
    if graph.id in project.graphs or graph.id in project.blocks or graph.id in project.custom:
        raise refuse("graph.taken", graph.id, id=graph.id)
    check_graph(graph, graph.id)


def _counted(project: Project) -> Project:
    check_count(project)
    return project
