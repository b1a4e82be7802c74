"""What torch makes of a layer: built from its `Code`, run on the meta device, or on the CPU."""

from __future__ import annotations

import ast
import importlib
import inspect
import operator
import re
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from nnstudio.catalogue import brackets
from nnstudio.catalogue.signature import ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.paths import package
from nnstudio.core.values import identical

REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, ZeroDivisionError)
NAMES = {"torch": torch, "nn": nn, "F": F}
INTEGERS = frozenset(
    {
        *(
            ("Embedding", "input"),
            ("OneHot", "input"),
            ("Gather", "index"),
            ("PaddingMask", "tokens"),
        ),
        *(("EmbeddingBag", "input"), ("EmbeddingBag", "offsets"), ("IndexSelect", "index")),
        *((f"MaxUnpool{n}d", "indices") for n in (1, 2, 3)),
        ("LengthMask", "lengths"),
        *((f"{name}Loss", "target") for name in ("NLL", "MultiMargin", "MultiLabelMargin")),
        ("AdaptiveLogSoftmaxWithLoss", "target"),
        *(("CTCLoss", name) for name in ("targets", "input_lengths", "target_lengths")),
    }
)
"""Inputs that take whole numbers."""
TRUTHS = frozenset({("Where", "condition"), ("MaskedFill", "mask")})
"""Inputs that take a mask."""


def kind(spec: LayerSpec, port: str, shapes: list[Any], args: dict[str, Any]) -> str:
    """Return what an input takes: `float`, `int` or `bool`."""
    if (spec.name, port) in TRUTHS:
        return "bool"
    if port == "target" and spec.name.endswith("CrossEntropyLoss"):
        return "float" if _shares(shapes, args) else "int"
    return "int" if (spec.name, port) in INTEGERS else "float"


def _shares(shapes: list[Any], args: dict[str, Any]) -> bool:
    """Tell whether a target holds a share of each class, not the class."""
    scores, target = shapes
    return len(target) == len(scores) + len(args.get("out_features", ()))


def kit_class(name: str) -> Any:
    """Return a class of `kit/modules`."""
    for path in sorted(package("kit", "modules").glob("[!_]*.py")):
        module = importlib.import_module(f"nnstudio.kit.modules.{path.stem}")
        if hasattr(module, name):
            return getattr(module, name)
    raise AssertionError(name)


def run(
    spec: LayerSpec, args: dict[str, Any], shapes: list[Any], device: str = "meta"
) -> tuple[Any, Any]:
    """Return the output shapes and the module (or None)."""
    with torch.device(device), torch.no_grad():
        names = [port.name for port in ports(spec.signature).inputs]
        inputs = [
            _tensor(kind(spec, name, shapes, args), shape)
            for name, shape in zip(names, shapes, strict=True)
        ]
        made = _made(spec, args)
        if spec.code.create:
            return (tuple(made.shape),), made
        template = spec.code.call if made is not None else spec.code.function
        result = _evaluate(spec, template, args, inputs, made) if template else made(*inputs)
    return tuple(tuple(one.shape) for one in _flat(result)), made


def construct(spec: LayerSpec, args: dict[str, Any]) -> Any:
    """Return the module as the generated code makes it: defaults left out."""
    place, _, name = spec.code.module.partition(".")
    if spec.code.build:
        return _evaluate(spec, spec.code.build, args, [], None)
    cls = getattr(nn, name) if place == "nn" else kit_class(name)
    in_call = set(re.findall(r"\w+", spec.code.call))
    mine = [p for p in spec.params if p.name not in in_call]
    first = [_given(p, args[p.name]) for p in mine if p.positional]
    others = {
        p.name: _given(p, args[p.name])
        for p in mine
        if not p.positional and not omitted(p, args[p.name])
    }
    return cls(*first, **others)


def _given(param: Any, value: Any) -> Any:
    return torch.tensor(list(map(float, value))) if param.tensor and value is not None else value


def omitted(param: Any, value: Any) -> bool:
    default = param.default if param.torch_default is None else param.torch_default
    return identical(value, default)


def _made(spec: LayerSpec, args: dict[str, Any]) -> Any:
    if spec.code.create:
        return _evaluate(spec, spec.code.create, args, [], None)
    return construct(spec, args) if spec.code.module else None


def evaluate_function(spec: LayerSpec, args: dict[str, Any], inputs: list[Any]) -> Any:
    """Return what the function template gives."""
    return _evaluate(spec, spec.code.function, args, inputs, None)


def _tensor(kind: str, shape: Any) -> Any:
    if shape is None:
        return None
    if shape and isinstance(shape[0], tuple):
        return [_tensor(kind, one) for one in shape]
    return torch.zeros(shape, dtype={"int": torch.int64, "bool": torch.bool}.get(kind))


def _evaluate(
    spec: LayerSpec, template: str, args: dict[str, Any], inputs: list[Any], module: Any
) -> Any:
    names: dict[str, Any] = {**NAMES, "self_": module}
    by_port = {}
    for index, port in enumerate(ports(spec.signature).inputs):
        value = inputs[index] if index < len(inputs) else None
        by_port[port.name] = by_port[str(index)] = value

    def place(match: re.Match[str]) -> str:
        return _place(match[1], spec, args, by_port, names)

    source = re.sub(r"\{([^{}]*)\}", place, template)
    return _walk(ast.parse(source, mode="eval").body, names)


def _walk(part: ast.expr, names: dict[str, Any]) -> Any:
    """Return the value of one of our own templates; nothing else is ever run."""
    return WALKS[type(part)](part, names)


def _call(part: ast.Call, names: dict[str, Any]) -> Any:
    keywords = {word.arg: _walk(word.value, names) for word in part.keywords if word.arg}
    return _walk(part.func, names)(*(_walk(one, names) for one in part.args), **keywords)


def _slice(part: ast.Slice, names: dict[str, Any]) -> slice:
    ends = (part.lower, part.upper, part.step)
    return slice(*(None if end is None else _walk(end, names) for end in ends))


WALKS: dict[type[ast.expr], Any] = {
    ast.Constant: lambda part, names: part.value,
    ast.Name: lambda part, names: names[part.id],
    ast.Attribute: lambda part, names: getattr(_walk(part.value, names), part.attr),
    ast.Tuple: lambda part, names: tuple(_walk(one, names) for one in part.elts),
    ast.List: lambda part, names: [_walk(one, names) for one in part.elts],
    ast.Subscript: lambda part, names: _walk(part.value, names)[_walk(part.slice, names)],
    ast.Slice: _slice,
    ast.UnaryOp: lambda part, names: operator.neg(_walk(part.operand, names)),
    ast.BinOp: lambda part, names: INFIX[type(part.op)](
        _walk(part.left, names), _walk(part.right, names)
    ),
    ast.Call: _call,
}

INFIX = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}


def _place(
    text: str, spec: LayerSpec, args: dict[str, Any], by_port: dict[str, Any], names: dict[str, Any]
) -> str:
    if text == "self":
        return "self_"
    if text.startswith(", "):
        name = text[2:]
        return "" if omitted(spec.param(name), args[name]) else f", {name}={args[name]!r}"
    if text.startswith("?"):
        return _optional(text, by_port, names)
    if text in by_port:
        value = by_port[text]
        return (
            ", ".join(_hold(names, one) for one in value)
            if isinstance(value, list)
            else _hold(names, value)
        )
    if text.startswith(":"):
        return brackets.written(args[text[1:]])
    if text.startswith("*"):
        return ", ".join(map(repr, args[text[1:]])) + ("," if len(args[text[1:]]) == 1 else "")
    value = args[text]
    return (
        value
        if spec.param(text).kind == "choice"
        and f".{{{text}}}" in (spec.code.create + spec.code.function)
        else repr(value)
    )


def _optional(text: str, by_port: dict[str, Any], names: dict[str, Any]) -> str:
    wanted = re.findall(r"\w+", text)
    if any(by_port[name] is None for name in wanted):
        return ""
    held = [_hold(names, by_port[name]) for name in wanted]
    if text[1] == "(":
        return f", ({', '.join(held)})"
    return f", {held[0]}" if text[1] == "*" else f", {wanted[0]}={held[0]}"


def _hold(names: dict[str, Any], value: Any) -> str:
    names[f"v{len(names)}"] = value
    return f"v{len(names) - 1}"


def _flat(result: Any) -> list[Any]:
    if isinstance(result, torch.Tensor):
        return [result]
    return [tensor for part in result if part is not None for tensor in _flat(part)]


EVERYWHERE = frozenset({"device", "dtype", "inplace", "size_average", "reduce"})
"""Parameters of torch that no layer has: of the run, or of old."""


def constructor_parameters(cls: Any) -> dict[str, inspect.Parameter]:
    """Return the parameters of a class of torch.nn, those of the recurrent ones in order."""
    found = dict(inspect.signature(cls).parameters)
    if not issubclass(cls, nn.RNNBase):
        return {name: param for name, param in found.items() if name not in ("args", "kwargs")}
    if found:  # RNN, LSTM and GRU say it in their base class and their documentation
        base = dict(inspect.signature(nn.modules.rnn.RNNBase.__init__).parameters)
        order = [
            "input_size",
            "hidden_size",
            "num_layers",
            "bias",
            "batch_first",
            "dropout",
            "bidirectional",
        ]
        found = {name: base[name] for name in order}
        if cls is nn.LSTM:
            found["proj_size"] = base["proj_size"]
        if cls is nn.RNN:
            found["nonlinearity"] = inspect.Parameter(
                "nonlinearity", inspect.Parameter.KEYWORD_ONLY, default="tanh"
            )
    return found
