"""With which sizes an own layer is tried, and what is made of what came out.

First with the very arguments of a node and what reaches it, every open size (`N`) in two ways. Then
with each name of the signature changed alone: from what follows it the measured shape is written
as a signature again. Those further cases may fail without harm: not every size is a good one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nnstudio.catalogue.signature import InputPort, ShapeError, infer, match, ports
from nnstudio.compiler.analysing.arguments import stand_in
from nnstudio.compiler.results import Analysis, Incoming
from nnstudio.core.params import Param
from nnstudio.core.problems import Problem, ProjectError, Repair
from nnstudio.core.values import Expression
from nnstudio.engine.layer_probe import Case, Outcome
from nnstudio.graph.dims import Poly, Shape, show_shape, substitute
from nnstudio.graph.edits import SetCustom
from nnstudio.graph.model import CustomLayer
from nnstudio.studio.own_layer import custom
from nnstudio.studio.own_layer.shapes import Measured, written
from nnstudio.studio.own_layer.trust import Finding

BATCHES = (2, 3)
SIZES = (8, 12, 20, 28, 36, 44)
"""What open sizes are: different, and divisible by 4, as heads and groups like it."""

RANKS = (1, 2)
"""So many dims a `*S` stands for when nothing says it."""

TIMES = " × "


@dataclass(frozen=True)
class Trial:
    """How a layer is tried.

    Attributes:
        layer: The layer.
        where: The node, as `graph/node`; "" when it is tried by its declaration alone.
        args: The node's arguments, as the analysis has them.
        inputs: What reaches the node.
        cases: All cases.
        names: What the names of arguments and inputs stand for in each case.
        first: So many cases at the beginning have to go well.
    """

    layer: CustomLayer
    where: str = ""
    args: Mapping[str, Any] | None = None
    inputs: tuple[Incoming, ...] = ()
    cases: tuple[Case, ...] = ()
    names: tuple[Mapping[str, Any], ...] = ()
    first: int = 0


def at_node(analysis: Analysis, where: str) -> Trial | None:
    """Return how the own layer of a node is tried; None while what reaches it is not known."""
    graph_id, _, node_id = where.partition("/")
    node = analysis.project.graph(graph_id).nodes[node_id]
    layer = analysis.project.custom[node.layer.partition(":")[2]]
    info = analysis.node(where)
    wanted = ports(layer.signature).inputs
    fed = info.inputs if info is not None else ()
    missing = any(
        shape is None and not port.optional for shape, port in zip(fed, wanted, strict=False)
    )
    values = list(info.args.values()) if info is not None else []
    if info is None or missing or len(fed) < len(wanted) or not _plain(values):
        return None
    symbols = sorted(_symbols([*fed, *values]))
    firsts = []
    for number, batch in enumerate(BATCHES):
        sizes = dict(zip(symbols, SIZES[number:] * (1 + len(symbols) // 3), strict=False))
        sizes |= {"N": batch}
        args = {name: _settled(value, sizes) for name, value in info.args.items()}
        inputs = tuple(_settled(shape, sizes) for shape in fed)
        firsts.append(Case(args, inputs))
    return _trial(layer, firsts, where, info.args, info.inputs)


def declared(layer: CustomLayer) -> Trial:
    """Return how a layer is tried that no node uses: by its signature and its defaults.

    Raises:
        ProjectError: The signature cannot be read.
    """
    wanted = ports(layer.signature).inputs
    firsts = []
    for batch, rank in zip(BATCHES, RANKS, strict=True):
        args = {one.name: None if one.auto else _value(one) for one in layer.params}
        sizes: dict[str, Any] = dict(args)
        place = iter(SIZES * 8)
        for port in wanted:
            for dim in port.dims:
                if isinstance(dim, str) and dim[0] == "*":
                    sizes.setdefault(dim, (batch, *(next(place) for _ in range(rank - 1))))
                elif isinstance(dim, str) and dim[0] != "{" and sizes.get(dim) is None:
                    sizes[dim] = batch if dim == "N" else next(place)
        inputs = tuple(_shape(port, sizes) for port in wanted)
        if None in inputs:
            raise ProjectError(Problem("own.unknown", layer.id, {"layer": layer.name}))
        firsts.append(Case({name: sizes[name] for name in args}, inputs))
    return _trial(layer, firsts)


def finding(trial: Trial, outcomes: Sequence[Outcome]) -> Finding:
    """Return what is made of what came out."""
    layer, firsts = trial.layer, outcomes[: trial.first]
    kept = Finding(
        layer, trial.where, trial.args, trial.inputs,
        weights=firsts[0].weights, tried=sum(one.raised is None for one in outcomes),
    )  # fmt: skip
    raised = next((one.raised for one in firsts if one.raised is not None), None)
    where = trial.where or layer.id
    if raised is not None:
        codes = {"NoModuleError": "own.no_module", "NoTensorError": "own.no_tensor"}
        words = {
            "layer": layer.name, "type": raised.type, "text": raised.text,
            "line": raised.line, "what": raised.text,
        }  # fmt: skip
        problem = Problem(codes.get(raised.type, "own.raises"), where, words)
        return replace(kept, problems=(problem,), line=raised.line)
    measured = [
        Measured(names, outcome.outputs)
        for names, outcome in zip(trial.names, outcomes, strict=True)
        if outcome.raised is None
    ]
    wrong = any(
        _expected(layer, case) != outcome.outputs
        for case, outcome in zip(trial.cases, firsts, strict=False)
    )
    if not wrong:
        return replace(kept, outputs=_symbolic(layer, trial) or firsts[0].outputs)
    return replace(kept, problems=(_differs(trial, measured, where),))


def _differs(trial: Trial, measured: Sequence[Measured], where: str) -> Problem:
    """Return the problem of a layer whose shapes are not those that it declares."""
    layer = trial.layer
    signature = written(layer.signature, measured)
    repairs: tuple[Repair, ...] = ()
    shapes: tuple[Shape, ...] | None = None
    if signature:
        other = custom.rewritten(layer, signature=signature)
        repairs = (Repair("repair.measured", (SetCustom(other),), {"signature": signature}),)
        shapes = _symbolic(other, trial)
    declares = _symbolic(layer, trial)
    if shapes is None or declares is None:
        declares, shapes = _expected(layer, trial.cases[0]) or (), measured[0].outputs
    words = {
        "layer": layer.name, "declared": _words(declares), "measured": _words(shapes),
        "what": f"take the measured shape {signature}" if signature else "declare its ports",
    }  # fmt: skip
    return Problem("own.differs", where, words, repairs=repairs)


def _trial(
    layer: CustomLayer,
    firsts: Sequence[Case],
    where: str = "",
    args: Mapping[str, Any] | None = None,
    inputs: tuple[Incoming, ...] = (),
) -> Trial:
    """Return a trial with further cases, in each of which one name has another size."""
    cases, names = list(firsts), [_known(layer, case) for case in firsts]
    for name, size in names[0].items():
        if name == "N" or not _is_size(size):
            continue
        for factor in (2, 3):
            changed = size * factor if type(size) is int else tuple(one * factor for one in size)
            case = _changed(layer, firsts[0], {**names[0], name: changed})
            if case is not None:
                cases.append(case)
                names.append(_known(layer, case))
    return Trial(layer, where, args, inputs, tuple(cases), tuple(names), len(firsts))


def _is_size(value: object) -> bool:
    return (type(value) is int and value > 0) or (
        isinstance(value, tuple) and bool(value) and all(type(one) is int for one in value)
    )


def _changed(layer: CustomLayer, first: Case, names: Mapping[str, Any]) -> Case | None:
    """Return a case with other sizes; None where a formula of an input would have to be solved."""
    inputs = []
    for port, old in zip(ports(layer.signature).inputs, first.inputs, strict=True):
        made = None if old is None else _shape(port, names)
        if old is not None and made is None:
            return None
        inputs.append(made)
    return Case({name: names[name] for name in first.args}, tuple(inputs))


def _shape(port: InputPort, sizes: Mapping[str, Any]) -> Any:
    """Return the shape that arrives at a port; None where it does not follow from the names."""
    shape: list[int] = []
    for dim in port.dims:
        found = dim if isinstance(dim, int) else sizes.get(dim)
        if found is None:
            return None
        shape += found if isinstance(found, tuple) else [found]
    return (tuple(shape), tuple(shape)) if port.variadic else tuple(shape)


def _known(layer: CustomLayer, case: Case) -> dict[str, Any]:
    """Return what the names of arguments and inputs stand for in a case."""
    autos = dict.fromkeys(param.name for param in layer.params if param.auto)
    wanted = ports(layer.signature).inputs
    try:
        sizes = match(wanted, {**case.args, **autos}, case.inputs, layer.params)
    except (ShapeError, ProjectError):
        return dict(case.args)
    return {**case.args, **sizes}


def _expected(layer: CustomLayer, case: Case) -> tuple[Any, ...] | None:
    """Return the shapes that are declared for a case; None where its inputs do not even fit."""
    try:
        return infer(layer, dict(case.args), case.inputs)
    except (ShapeError, ProjectError):
        return None


def _symbolic(layer: CustomLayer, trial: Trial) -> tuple[Shape, ...] | None:
    """Return the declared shapes at the node, in the names that stand on its edges."""
    if not trial.where or trial.args is None:
        return None
    known = {param.name for param in layer.params}
    args = {name: value for name, value in trial.args.items() if name in known}
    args |= {param.name: None for param in layer.params if param.name not in args}
    try:
        return infer(layer, args, trial.inputs)
    except (ShapeError, ProjectError):
        return None


def _value(param: Param) -> Any:
    return param.default if not param.required else stand_in(param)


def _settled(value: Any, sizes: Mapping[str, int]) -> Any:
    if isinstance(value, Poly):
        return substitute(value, sizes)
    return tuple(_settled(one, sizes) for one in value) if isinstance(value, tuple) else value


def _symbols(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Poly):
            yield from value.symbols() - {"N"}
        elif isinstance(value, tuple):
            yield from _symbols(value)


def _plain(values: Sequence[Any]) -> bool:
    """Tell whether all values are known: a formula over a setting that is no size is not."""
    return not any(
        isinstance(value, Expression) or (isinstance(value, tuple) and not _plain(value))
        for value in values
    )


def _words(shapes: Sequence[Shape]) -> str:
    return ", ".join(show_shape(shape, TIMES) or "()" for shape in shapes) or "nothing"
