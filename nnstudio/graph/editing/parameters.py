"""Parameters of a block, changed together with all that uses them: inside, and at its uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nnstudio.core.limits import check_argument, refuse
from nnstudio.core.params import Param
from nnstudio.graph import topology
from nnstudio.graph.editing.edit import Edit, with_graph
from nnstudio.graph.editing.formulas import names_in, renamed, substituted
from nnstudio.graph.model import Graph, Node, Project


@dataclass(frozen=True, slots=True)
class RenameParameter(Edit):
    """Give a parameter of a block another name; formulas and uses follow."""

    block: str
    old: str
    name: str

    def apply(self, project: Project) -> Project:
        """Refuse a name that is taken, also by a size of an input, or that cannot be one."""
        block, _ = _found(project, self.block, self.old)
        check_argument(self.name, self.block)
        if self.name == self.old:
            return project
        used = {name for node in block.nodes.values() for name in names_in(node)}
        if self.name in used or self.name in {param.name for param in block.params}:
            raise refuse("graph.taken", self.block, id=self.name)
        params = tuple(
            replace(one, name=self.name) if one.name == self.old else one for one in block.params
        )
        nodes = {key: renamed(node, self.old, self.name) for key, node in block.nodes.items()}
        made = with_graph(project, replace(block, params=params, nodes=nodes))

        def follow(use: Node) -> Node:
            args = {
                self.name if name == self.old else name: value for name, value in use.args.items()
            }
            return replace(use, args=type(use.args)(args))

        return _with_uses(made, self.block, self.old, follow)


@dataclass(frozen=True, slots=True)
class RemoveParameter(Edit):
    """Take a parameter from a block: its default stands in its place, uses lose their value."""

    block: str
    name: str

    def apply(self, project: Project) -> Project:
        """Refuse one that is used inside and has no default to stand for it."""
        block, param = _found(project, self.block, self.name)
        used = any(self.name in names_in(node) for node in block.nodes.values())
        if used and param.default is None:
            raise refuse("graph.param_used", self.block, name=self.name, block=block.name)
        nodes = {
            key: substituted(node, {self.name: param.default}) if used else node
            for key, node in block.nodes.items()
        }
        params = tuple(one for one in block.params if one.name != self.name)
        made = with_graph(project, replace(block, params=params, nodes=nodes))

        def follow(use: Node) -> Node:
            return replace(use, args=use.args.without(self.name))

        return _with_uses(made, self.block, self.name, follow)

    def words(self) -> Mapping[str, object]:
        """Return the name."""
        return {"name": self.name}


def _found(project: Project, block_id: str, name: str) -> tuple[Graph, Param]:
    block = project.blocks.get(block_id)
    if block is None:
        raise refuse("graph.no_block", block_id, block=block_id)
    param = next((one for one in block.params if one.name == name), None)
    if param is None:
        raise refuse("graph.no_param", block_id, block=block.name, name=name)
    return block, param


def _with_uses(
    project: Project, block_id: str, name: str, follow: Callable[[Node], Node]
) -> Project:
    """Return the document with the uses of a block that give a parameter a value written anew."""
    for graph_id in dict.fromkeys(graph for graph, _ in topology.users(project, block_id)):
        graph = project.graph(graph_id)
        layer = topology.BLOCK + block_id
        nodes = {
            key: follow(node) if node.layer == layer and name in node.args else node
            for key, node in graph.nodes.items()
        }
        project = with_graph(project, replace(graph, nodes=nodes))
    return project
