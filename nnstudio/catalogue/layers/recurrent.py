"""Recurrent layers: read a sequence step by step and carry a state along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.faults import ShapeError, set_to
from nnstudio.catalogue.fields import WIDEST, auto, bias, choice, count, flag, number, torch_page
from nnstudio.catalogue.spec import Code, LayerSpec, Resolved
from nnstudio.core.params import Param
from nnstudio.graph.dims import Dim, Shape, equal, numel, show_shape

_GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
_STATES = {"h_0": "h_n", "c_0": "c_n"}


def _directions(args: Resolved) -> int:
    return 2 if args["bidirectional"] else 1


def _leaving(args: Resolved) -> Dim:
    """Return the features that leave in one direction."""
    size: Dim = args.get("proj_size", 0) or args["hidden_size"]
    return size


def _run(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    shape: Shape = inputs[0]
    batch = shape[0] if args["batch_first"] else shape[1]
    ways = _directions(args)
    leaving = _leaving(args)
    states: list[Shape] = [(args["num_layers"] * ways, batch, leaving)]
    if "proj_size" in args:
        states.append((args["num_layers"] * ways, batch, args["hidden_size"]))
    if len(inputs) > 2 and (inputs[1] is None) != (inputs[2] is None):
        raise ShapeError("shape.both", first="h_0", second="c_0")
    for name, given, wanted in zip(_STATES, inputs[1:], states, strict=False):
        _check_state(name, given, wanted)
    return ((shape[0], shape[1], leaving * ways), *states)


def _check_state(name: str, given: Shape | None, wanted: Shape) -> None:
    if given is None:
        return
    if any(equal(a, b) is False for a, b in zip(given, wanted, strict=True)):
        values = {"wanted": show_shape(wanted, " × "), "shape": show_shape(given, " × ")}
        raise ShapeError("shape.state", name=name, **values)


def _check(args: dict[str, Any], inputs: Sequence[Any]) -> None:
    if args["num_layers"] == 1 and args["dropout"]:
        raise ShapeError("shape.one_layer_dropout", set_to(dropout=0.0), set_to(num_layers=2))
    projected, hidden = args.get("proj_size", 0), args["hidden_size"]
    if type(projected) is int and type(hidden) is int and projected >= hidden:
        raise ShapeError("shape.projection", set_to(proj_size=0), value=projected, hidden=hidden)


def _tensors_of(gates: int) -> Any:
    """Return the shapes of the learned tensors of a recurrent layer with this many gates."""

    def tensors(args: Resolved) -> Mapping[str, Shape]:
        made: dict[str, Shape] = {}
        layers, ways = args["num_layers"], _directions(args)
        arriving = args["input_size"]
        # A number of layers that is not known yet: the later ones are all alike and counted as one.
        for layer in range(layers) if type(layers) is int else range(2):
            times = () if type(layers) is int or layer == 0 else (layers - 1,)
            for end in ("", "_reverse")[:ways]:
                for name, shape in _of_layer(args, gates, arriving).items():
                    made[f"{name}_l{layer}{end}"] = (*times, *shape)
            arriving = _leaving(args) * ways
        return made

    return tensors


def _of_layer(args: Resolved, gates: int, arriving: Dim) -> Mapping[str, Shape]:
    hidden = args["hidden_size"]
    rows = gates * hidden
    made: dict[str, Shape] = {"weight_ih": (rows, arriving), "weight_hh": (rows, _leaving(args))}
    if args["bias"]:
        made |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    if args.get("proj_size", 0):
        made["weight_hr"] = (args["proj_size"], hidden)
    return made


def _flops_of(gates: int) -> Any:
    tensors = _tensors_of(gates)

    def flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
        """Each weight of a matrix is used once for every time step of every sample."""
        steps = inputs[0][0] * inputs[0][1]
        matrices = (
            numel(shape) for name, shape in tensors(args).items() if name.startswith("weight")
        )
        total: Dim = 2 * steps * sum(matrices)
        return total

    return flops


def _params(name: str) -> tuple[Param, ...]:
    curve = choice("nonlinearity", ("tanh", "relu"), "The activation of the state.")
    shrunk = Param(
        "proj_size",
        "int",
        0,
        "The output is projected to this many features; 0 leaves it as it is.",
        minimum=0,
        maximum=WIDEST,
    )
    return (
        auto("input_size", "Features that arrive at each step."),
        count("hidden_size", 128, "Features of the state.", positional=True),
        count("num_layers", 1, "How many lie one above the other.", maximum=64),
        *((curve,) if name == "RNN" else ()),
        bias(),
        flag("batch_first", True, "Whether the batch is the first dim and time the second.", False),
        number("dropout", 0.0, "Dropout between the layers.", minimum=0.0, maximum=1.0),
        flag("bidirectional", False, "Whether a second one reads backwards."),
        *((shrunk,) if name == "LSTM" else ()),
    )


def _layer(name: str, summary: str, source: str, words: tuple[str, ...]) -> LayerSpec:
    memory = name == "LSTM"
    states = ["h_0?: layers samples hidden", "c_0?: layers samples cell"][: 1 + memory]
    ends = ["output: N T features", "h_n: layers N hidden", "c_n: layers N cell"][: 2 + memory]
    return LayerSpec(
        name=name,
        family="recurrent",
        signature=f"{', '.join(['input: N T input_size', *states])} -> {', '.join(ends)}",
        params=_params(name),
        code=Code(
            module=f"nn.{name}",
            call="{self}({input}{?(h_0, c_0)})" if memory else "{self}({input}{?*h_0})",
            unpack="{output}, ({h_n}, {c_n})" if memory else "",
        ),
        summary=summary,
        source=source,
        url=torch_page(f"nn.{name}"),
        rule=_run,
        check=_check,
        tensors=_tensors_of(_GATES[name]),
        flops=_flops_of(_GATES[name]),
        keeps_state=True,
        words=(*words, "sequence", "time", "recurrent"),
        default_name=name.lower(),
        main="hidden_size",
    )


LAYERS: tuple[LayerSpec, ...] = (
    _layer(
        "LSTM",
        "Reads a sequence and remembers over long times by gates.",
        "Hochreiter & Schmidhuber, 1997",
        ("long short-term memory",),
    ),
    _layer(
        "GRU",
        "Reads a sequence with fewer gates than an LSTM.",
        "Cho et al., 2014",
        ("gated recurrent unit",),
    ),
    _layer("RNN", "Reads a sequence; its state is a plain activation.", "Elman, 1990", ("elman",)),
)
"""The family."""
