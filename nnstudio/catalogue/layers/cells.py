"""Recurrent cells: one step of a recurrent layer, to be repeated or placed freely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.catalogue.broadcast import expect
from nnstudio.catalogue.faults import ShapeError
from nnstudio.catalogue.fields import auto, bias, choice, count, torch_page
from nnstudio.catalogue.spec import Code, Cost, LayerSpec, Resolved, Tensors
from nnstudio.graph.dims import Dim, Shape, numel

_GATES = {"RNNCell": 1, "LSTMCell": 4, "GRUCell": 3}


def _step(args: dict[str, Any], inputs: Sequence[Any]) -> tuple[Shape, ...]:
    state = (inputs[0][0], args["hidden_size"])
    given = inputs[1:]
    if len(given) == 2 and (given[0] is None) != (given[1] is None):
        raise ShapeError("shape.both", first="h_0", second="c_0")
    for name, shape in zip(("h_0", "c_0"), given, strict=False):
        expect(name, state, shape)
    return (state,) * len(given)


def _tensors(gates: int) -> Tensors:
    def tensors(args: Resolved) -> Mapping[str, Shape]:
        hidden = args["hidden_size"]
        rows = gates * hidden
        made: dict[str, Shape] = {
            "weight_ih": (rows, args["input_size"]),
            "weight_hh": (rows, hidden),
        }
        return {**made, "bias_ih": (rows,), "bias_hh": (rows,)} if args["bias"] else made

    return tensors


def _flops(gates: int) -> Cost:
    def flops(args: Resolved, inputs: Sequence[Any], outputs: Sequence[Shape]) -> Dim:
        hidden = args["hidden_size"]
        return numel((2, inputs[0][0], gates * hidden, args["input_size"] + hidden))

    return flops


def _cell(name: str, summary: str, source: str, words: tuple[str, ...]) -> LayerSpec:
    memory, gates = name == "LSTMCell", _GATES[name]
    states = ("h_0?: N2 hidden", "c_0?: N3 cell")[: 1 + memory]
    ends = ("h_1: N hidden_size", "c_1: N hidden_size")[: 1 + memory]
    curve = choice("nonlinearity", ("tanh", "relu"), "The activation of the state.")
    return LayerSpec(
        name=name,
        family="recurrent",
        signature=f"{', '.join(('input: N input_size', *states))} -> {', '.join(ends)}",
        params=(
            auto("input_size", "Features that arrive."),
            count("hidden_size", 128, "Features of the state.", positional=True),
            bias(),
            *((curve,) if name == "RNNCell" else ()),
        ),
        code=Code(
            module=f"nn.{name}",
            call="{self}({input}{?(h_0, c_0)})" if memory else "{self}({input}{?*h_0})",
        ),
        summary=summary,
        source=source,
        url=torch_page(f"nn.{name}"),
        rule=_step,
        tensors=_tensors(gates),
        flops=_flops(gates),
        keeps_state=True,
        words=(*words, "step", "recurrent", "time"),
        default_name="cell",
        main="hidden_size",
    )


LAYERS: tuple[LayerSpec, ...] = (
    _cell(
        "LSTMCell",
        "One step of an LSTM: makes the next state and memory.",
        "Hochreiter & Schmidhuber, 1997",
        ("long short-term memory",),
    ),
    _cell("GRUCell", "One step of a GRU.", "Cho et al., 2014", ("gated recurrent unit",)),
    _cell("RNNCell", "One step of a plain recurrent layer.", "Elman, 1990", ("elman",)),
)
"""The family."""
