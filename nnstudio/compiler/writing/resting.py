"""What is frozen keeps its statistics too: the method that a class needs for it.

`requires_grad_(False)` keeps the weights of a batch normalization, but not the running mean and
variance: they would follow the new data, and what was learned would be lost all the same
(https://docs.pytorch.org/docs/stable/notes/autograd.html, "Locally disabling gradients"). So these
parts stay in evaluation mode.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from nnstudio.catalogue import registry
from nnstudio.compiler.writing.plan import Attribute
from nnstudio.compiler.writing.scope import Scope
from nnstudio.graph.model import Node, Project
from nnstudio.graph.topology import used_block

_PART = re.compile(r"self\.[A-Za-z]\w*(\[\d+\])?")
_TRACKS = "track_running_stats"


def frozen_parts(scope: Scope, made: Iterable[Attribute]) -> list[str]:
    """Return the frozen attributes of a class that hold running statistics: `self.backbone`."""
    project = scope.book.analysis.project

    def rests(node: str) -> bool:
        one = scope.nodes[node]
        return not one.trainable and holds_statistics(project, one)

    found = []
    for attribute in made:
        if attribute.place is None:  # a setting, or borrowed: whoever owns it decides
            continue
        nodes = [item.node for item in attribute.items] or [attribute.node]
        if all(rests(node) or not scope.keeps_state(node) for node in nodes):
            found += [f"self.{attribute.name}"] if any(map(rests, nodes)) else []
        else:
            places = [index for index, node in enumerate(nodes) if rests(node)]
            found += [f"self.{attribute.name}[{index}]" for index in places]
    return found


def holds_statistics(project: Project, node: Node) -> bool:
    """Return whether a layer, or anything in a block, follows the data while it trains."""
    block = project.blocks.get(used_block(node.layer) or "")
    if block is not None:
        return any(holds_statistics(project, inner) for inner in block.nodes.values())
    spec = registry.layer(node.layer)
    if spec is None or all(param.name != _TRACKS for param in spec.params):
        return False
    return node.args.get(_TRACKS, spec.param(_TRACKS).default) is not False


def method(name: str, parts: Sequence[str]) -> list[str]:
    """Return the lines of `train` for a class and those of its parts that rest."""
    return [
        f'    def train(self, mode: bool = True) -> "{name}":',
        '        """Frozen layers keep their running statistics: they stay in evaluation mode."""',
        "        super().train(mode)",
        *(f"        {part}.eval()" for part in parts),
        "        return self",
    ]


def is_method(node: ast.stmt, name: str) -> bool:
    """Tell whether a part of a class is this method and nothing else."""
    if not isinstance(node, ast.FunctionDef) or node.name != "train":
        return False
    parts = [ast.unparse(part).removesuffix(".eval()") for part in node.body[2:-1]]
    if not parts or not all(map(_PART.fullmatch, parts)) or not name.isidentifier():
        return False
    wanted = ast.parse("\n".join(["class _:", *method(name, parts)])).body[0]
    return isinstance(wanted, ast.ClassDef) and ast.dump(wanted.body[0]) == ast.dump(node)
