"""Settings of nodes within a block that become parameters of the block, and what they become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnstudio.catalogue import registry
from nnstudio.compiler.results import Analysis
from nnstudio.core.names import snake_case, unique
from nnstudio.core.params import Kind, Param, check, show
from nnstudio.core.values import Args, Expression, Value
from nnstudio.graph.editing.formulas import names_in
from nnstudio.graph.edits import Batch, Edit, SetArgs, SetBlockParams, SetRepeat
from nnstudio.graph.model import Graph, Node, Project, Repeat
from nnstudio.studio.form_edits import params_of

COPIES = Param("copies", "int", 2, "How often it is repeated.", minimum=1)
"""How often a node is repeated; it is no argument of its layer, and can be a parameter too."""

_TAKEN: dict[Kind, frozenset[Kind]] = {
    "int": frozenset({"int"}),
    "size": frozenset({"int"}),
    "number_or_size": frozenset({"int", "float"}),
    "float": frozenset({"int", "float"}),
    "bool": frozenset({"bool"}),
    "choice": frozenset({"choice"}),
    "text": frozenset({"text"}),
}
"""Which kinds of parameters a setting of a kind can follow."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be done with a setting.

    Attributes:
        code: `make`, `make_all`, `follow` or `unlink`.
        edit: What it does, as one step.
        name: The parameter.
        value: The value in words, where it matters.
        count: How many settings are changed.
    """

    code: str
    edit: Edit
    name: str = ""
    value: str = ""
    count: int = 1


def offers(
    project: Project, analysis: Analysis, block_id: str, node_id: str, name: str
) -> tuple[Offer, ...]:
    """Return what can be done with a setting of a node in a block.

    Args:
        project: The document.
        analysis: What is known of it.
        block_id: The block.
        node_id: The node within it.
        name: The setting: an argument of the layer, or `copies`.
    """
    block = project.blocks[block_id]
    node = block.nodes[node_id]
    param = _setting(project, node, name)
    spec = registry.layer(node.layer)
    fixed = spec is not None and name in spec.code.fixed
    if param is None or param.kind not in _TAKEN or fixed:
        return ()
    value = _value(analysis, block, node, param)
    return tuple(_offers(project, block, node, param, value))


def _offers(
    project: Project, block: Graph, node: Node, param: Param, value: Value
) -> Iterator[Offer]:
    if not isinstance(value, Expression | tuple):
        new = _made(block, node, param, value)
        grown = SetBlockParams(block.id, (*block.params, new))
        formula = Expression(new.name)
        words = show(value)
        edits = (grown, _set(block.id, node, param.name, formula))
        yield Offer("make", Batch(edits, f"make {new.name} a parameter"), new.name, words)
        same = tuple(_alike(project, block, param, value))
        if len(same) > 1:
            sets = (_set(block.id, other, arg, formula) for other, arg in same)
            batch = Batch((grown, *sets), f"make {new.name} a parameter")
            yield Offer("make_all", batch, new.name, words, len(same))
    for other in block.params:
        if other.kind in _TAKEN[param.kind] and value != Expression(other.name):
            follow = _set(block.id, node, param.name, Expression(other.name))
            yield Offer("follow", follow, other.name)
    if isinstance(value, Expression):
        known = next((one for one in block.params if one.name == value.text.strip()), None)
        if known is not None and known.default is not None:
            edit = _set(block.id, node, param.name, known.default)
            yield Offer("unlink", edit, known.name, show(known.default))


def new_param(block: Graph) -> Param:
    """Return a parameter that a block does not have yet."""
    return Param(_free(block, "size"), "int", 1, minimum=1)


def with_param(block: Graph, name: str, **changes: object) -> tuple[Param, ...]:
    """Return a block's parameters with one of them changed; a default that does not fit goes."""
    return tuple(
        _sound(replace(one, **changes)) if one.name == name else one  # type: ignore[arg-type]
        for one in block.params
    )


def moved(block: Graph, name: str, by: int) -> tuple[Param, ...]:
    """Return a block's parameters with one of them so many places further down, or up."""
    names = [one.name for one in block.params]
    rest = [one for one in block.params if one.name != name]
    place = max(0, names.index(name) + by)
    return (*rest[:place], block.params[names.index(name)], *rest[place:])


def _sound(param: Param) -> Param:
    if param.kind == "choice" and not param.choices:
        param = replace(param, choices=("a", "b"))
    if param.kind != "choice" and param.choices:
        param = replace(param, choices=())
    if param.kind not in ("int", "float", "size"):
        param = replace(param, minimum=None, maximum=None)
    if param.kind != "int" and param.auto:
        param = replace(param, auto=False)
    if param.default is not None and check(param, param.default) is not None:
        param = replace(param, default=None)
    if param.kind == "choice" and param.default is None:
        param = replace(param, default=param.choices[0])
    if param.kind == "bool" and param.default is None:
        param = replace(param, default=False)
    return replace(param, required=param.default is None and not param.auto)


def _setting(project: Project, node: Node, name: str) -> Param | None:
    if name == COPIES.name:
        return COPIES
    params = params_of(project, node.layer)
    return next((param for param in params if param.name == name), None)


def _value(analysis: Analysis, block: Graph, node: Node, param: Param) -> Value:
    """Return what the setting is now; a size that follows from the input as its formula."""
    if param is COPIES:
        return node.repeat.count if node.repeat is not None else 1
    if param.name in node.args:
        return node.args[param.name]
    info = analysis.node(f"{block.id}/{node.id}")
    found = info.args.get(param.name, param.default) if info is not None else param.default
    plain = found is None or isinstance(found, bool | int | float | str | tuple | Expression)
    return found if plain else Expression(str(found))


def _made(block: Graph, node: Node, param: Param, value: Value) -> Param:
    kind: Kind = param.kind
    if kind in ("size", "number_or_size"):
        kind = "int" if type(value) is int else "float"
    name = _free(block, param.name)
    if name != param.name and node.name:
        name = _free(block, f"{snake_case(node.name)}_{param.name}")
    return _sound(
        Param(
            name,
            kind,
            value,
            param.help,
            choices=param.choices,
            minimum=param.minimum,
            maximum=param.maximum,
            above=param.above,
        )
    )


def _free(block: Graph, wanted: str) -> str:
    """Return a name that neither a parameter nor a size in the block has."""
    used = {name for node in block.nodes.values() for name in names_in(node)}
    return unique(wanted, used | {param.name for param in block.params} | {"i", "self"})


def _alike(
    project: Project, block: Graph, param: Param, value: Value
) -> Iterator[tuple[Node, str]]:
    """Yield the settings of this name in the block that were given the same number."""
    if type(value) is not int or param is COPIES:
        return
    for node in block.nodes.values():
        held = node.args.get(param.name)
        known = any(
            one.name == param.name and "int" in _TAKEN.get(one.kind, ())
            for one in params_of(project, node.layer)
        )
        if known and type(held) is int and held == value:
            yield node, param.name


def _set(block: str, node: Node, name: str, value: Value) -> Edit:
    if name == COPIES.name:
        return SetRepeat(block, node.id, replace(node.repeat or Repeat(), count=value))
    return SetArgs(block, node.id, Args({name: value}))
