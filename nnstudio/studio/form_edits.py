"""What a form asks for, as edits: settings of nodes, of the loop and of the reader.

A form names a setting by its dotted path (`optimizer.lr`, `augment.0.degrees`); an empty field
gives the setting back to its default, or to what follows from the input.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from nnstudio.catalogue import registry
from nnstudio.catalogue.choosable import Choosable
from nnstudio.core.params import Param
from nnstudio.core.values import Args, Choice, Value
from nnstudio.graph.edits import Batch, Edit, ResetArg, SetArgs, SetLoop, SetSetting
from nnstudio.graph.model import Data, Project
from nnstudio.graph.topology import CUSTOM, used_block


def set_argument(graph: str, nodes: Collection[str], name: str, value: Value) -> Edit:
    """Set an argument of one or several nodes in one step."""
    return _one([SetArgs(graph, node, Args({name: value})) for node in nodes])


def reset_argument(graph: str, nodes: Collection[str], name: str) -> Edit:
    """Give an argument of one or several nodes back."""
    return _one([ResetArg(graph, node, name) for node in nodes])


def set_loop(project: Project, path: str, value: Value) -> Edit:
    """Set a setting of the training loop."""
    return SetSetting(path, value, _defaults(registry.LOOPS.get(project.loop.name)))


def reset_loop(project: Project, path: str) -> Edit:
    """Give a setting of the training loop back to its default."""
    loop = project.loop
    args = without(loop.args, path.split("."), _defaults(registry.LOOPS.get(loop.name)))
    return Batch((SetLoop(replace(loop, args=args)),), f"reset {path}")


def reader_with(reader: Choice, path: str, value: Value) -> Choice:
    """Return the choice of a reader with one setting set."""
    chosen = Project(data=Data(reader=reader))
    defaults = _defaults(registry.READERS.get(reader.name))
    return SetSetting(f"data.{path}", value, defaults).apply(chosen).data.reader or reader


def reader_without(reader: Choice, path: str) -> Choice:
    """Return the choice of a reader with one setting back at its default."""
    defaults = _defaults(registry.READERS.get(reader.name))
    return replace(reader, args=without(reader.args, path.split("."), defaults))


def without(args: Args, path: list[str], defaults: Args | None = None) -> Args:
    """Return arguments that lack what a path names."""
    head, *rest = path
    if not rest:
        return args.without(head)
    old = args.get(head, (defaults or Args()).get(head))
    return args.replace(**{head: _within(old, rest)})


def shared_params(params: Collection[tuple[Param, ...]]) -> tuple[Param, ...]:
    """Return the parameters that all of several layers have, described alike."""
    first, *others = params
    return tuple(param for param in first if all(param in other for other in others))


def _within(value: Value, path: list[str]) -> Value:
    if isinstance(value, Choice):
        return replace(value, args=without(value.args, path))
    if isinstance(value, tuple) and path[0].isdecimal() and int(path[0]) < len(value):
        index = int(path[0])
        return (*value[:index], _within(value[index], path[1:]), *value[index + 1 :])
    return value


def _defaults(chosen: Choosable | None) -> Args:
    params = () if chosen is None else chosen.params
    return Args({param.name: param.default for param in params if param.default is not None})


def _one(edits: list[Edit]) -> Edit:
    return edits[0] if len(edits) == 1 else Batch(tuple(edits))


def params_of(project: Project, layer: str) -> tuple[Param, ...]:
    """Return the parameters of a layer, a block or an own layer; () when it is not known."""
    spec = registry.layer(layer)
    if spec is not None:
        return spec.params
    block = project.blocks.get(used_block(layer))
    if block is not None:
        return block.params
    own = project.custom.get(layer.removeprefix(CUSTOM))
    return () if own is None else own.params
