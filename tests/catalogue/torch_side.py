"""What torch makes of a layer: built from its `Code`, run on the meta device, or on the CPU."""

from __future__ import annotations

import ast
import operator
import re
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from nnstudio.catalogue.signature import ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.values import identical
from nnstudio.kit.modules import positional_encoding, squash

REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, ZeroDivisionError)
NAMES = {"torch": torch, "nn": nn, "F": F}
INTEGERS = frozenset({"Embedding", "OneHot"})
KIT = {
    "PositionalEncoding": positional_encoding.PositionalEncoding,
    "Squash": squash.Squash,
}


def run(
    spec: LayerSpec, args: dict[str, Any], shapes: list[Any], device: str = "meta"
) -> tuple[Any, Any]:
    """Return the output shapes and the module (or None)."""
    with torch.device(device), torch.no_grad():
        inputs = [_tensor(spec, shape) for shape in shapes]
        made = _made(spec, args)
        if spec.code.create:
            return (tuple(made.shape),), made
        template = spec.code.call if made is not None else spec.code.function
        result = _evaluate(spec, template, args, inputs, made) if template else made(*inputs)
    return tuple(tuple(one.shape) for one in _flat(result)), made


def construct(spec: LayerSpec, args: dict[str, Any]) -> Any:
    """Return the module as the generated code makes it: defaults left out."""
    place, _, name = spec.code.module.partition(".")
    cls = getattr(nn, name) if place == "nn" else KIT[name]
    in_call = set(re.findall(r"\w+", spec.code.call))
    mine = [p for p in spec.params if p.name not in in_call]
    first = [args[p.name] for p in mine if p.positional]
    others = {
        p.name: args[p.name] for p in mine if not p.positional and not omitted(p, args[p.name])
    }
    return cls(*first, **others)


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


def _tensor(spec: LayerSpec, shape: Any) -> Any:
    if shape is None:
        return None
    if shape and isinstance(shape[0], tuple):
        return [_tensor(spec, one) for one in shape]
    dtype = torch.int64 if spec.name in INTEGERS else torch.float32
    return torch.zeros(shape, dtype=dtype)


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
    if isinstance(part, ast.Constant):
        return part.value
    if isinstance(part, ast.Name):
        return names[part.id]
    if isinstance(part, ast.Attribute):
        return getattr(_walk(part.value, names), part.attr)
    if isinstance(part, ast.Tuple | ast.List):
        return type_of(part)(_walk(one, names) for one in part.elts)
    if isinstance(part, ast.UnaryOp):
        return operator.neg(_walk(part.operand, names))
    if isinstance(part, ast.BinOp):
        return INFIX[type(part.op)](_walk(part.left, names), _walk(part.right, names))
    assert isinstance(part, ast.Call), ast.dump(part)
    keywords = {word.arg: _walk(word.value, names) for word in part.keywords if word.arg}
    return _walk(part.func, names)(*(_walk(one, names) for one in part.args), **keywords)


def type_of(part: ast.Tuple | ast.List) -> type:
    return tuple if isinstance(part, ast.Tuple) else list


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
        wanted = re.findall(r"\w+", text)
        if any(by_port[name] is None for name in wanted):
            return ""
        held = [_hold(names, by_port[name]) for name in wanted]
        if text[1] == "(":
            return f", ({', '.join(held)})"
        return f", {held[0]}" if text[1] == "*" else f", {wanted[0]}={held[0]}"
    if text in by_port:
        value = by_port[text]
        return (
            ", ".join(_hold(names, one) for one in value)
            if isinstance(value, list)
            else _hold(names, value)
        )
    if text.startswith("*"):
        return ", ".join(map(repr, args[text[1:]])) + ("," if len(args[text[1:]]) == 1 else "")
    value = args[text]
    return (
        value
        if spec.param(text).kind == "choice"
        and f".{{{text}}}" in (spec.code.create + spec.code.function)
        else repr(value)
    )


def _hold(names: dict[str, Any], value: Any) -> str:
    names[f"v{len(names)}"] = value
    return f"v{len(names) - 1}"


def _flat(result: Any) -> list[Any]:
    if isinstance(result, torch.Tensor):
        return [result]
    return [tensor for part in result if part is not None for tensor in _flat(part)]
