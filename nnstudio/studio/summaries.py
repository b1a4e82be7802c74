"""Nodes in few words: the line on a node, what it costs, what a reader hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.compiler.results import Analysis, NodeInfo
from nnstudio.core.values import Choice, Expression
from nnstudio.graph.dims import Dim, Poly, Shape, show, show_shape, substitute
from nnstudio.graph.model import CustomLayer, Graph, Node, Project, Repeat
from nnstudio.graph.topology import BLOCK, CUSTOM, used_block
from nnstudio.studio.symbolic_words import symbolic_words

TIMES = " × "

FORMULAS: Mapping[str, str] = {
    "ReLU": "max(0, x)",
    "ReLU6": "min(max(0, x), 6)",
    "Sigmoid": "1 / (1 + e⁻ˣ)",
    "Tanh": "tanh x",
    "SiLU": "x · σ(x)",
    "GELU": "x · Φ(x)",
    "Mish": "x · tanh(ln(1 + eˣ))",
    "Softsign": "x / (1 + |x|)",
    "LogSigmoid": "ln σ(x)",
    "Tanhshrink": "x − tanh x",
    "Add": "a + b",
    "Subtract": "a − b",
    "Multiply": "a · b",
    "Divide": "a / b",
    "MatMul": "a @ b",
    "Maximum": "max(a, b)",
    "Minimum": "min(a, b)",
    "Negate": "−x",
    "Exp": "eˣ",
    "Log": "ln x",
    "Sqrt": "√x",
    "Abs": "|x|",
    "Identity": "x",
}
"""What layers do that have nothing to set."""


def title(project: Project, node: Node) -> str:
    """Return what stands in the title of a node: its name, else its layer."""
    return node.name or layer_title(project, node.layer)


def layer_title(project: Project, layer: str) -> str:
    """Return what a layer, a block or an own layer is called."""
    if layer.startswith(BLOCK):
        block = project.blocks.get(layer[len(BLOCK) :])
        return layer if block is None else block.name
    if layer.startswith(CUSTOM):
        own = project.custom.get(layer[len(CUSTOM) :])
        return layer if own is None else own.name
    return layer


def body(project: Project, node: Node, info: NodeInfo | None) -> str:
    """Return the line below the title: `1→32 k3 p1`, `32→64 · 4 layers · 221 k`.

    A node with a name of its own says its layer first.
    """
    spec = registry.layer(node.layer)
    args = {param.name: param.default for param in spec.params} if spec is not None else {}
    args |= node.args
    args |= {name: value for name, value in info.args.items() if value is not None} if info else {}
    line = _line(project, node, args, info)
    line = " · ".join(part for part in (_per_copy(node), line) if part)
    if not node.name:
        return line
    layer = layer_title(project, node.layer)
    return f"{layer} {line}" if line and layer not in FORMULAS else layer


def repeat_words(repeat: Repeat | None) -> str:
    """Write how often a node is repeated: `× 4`, `× depth`, `× 3 loop`; "" for once."""
    if repeat is None:
        return ""
    mode = "" if repeat.mode == "stack" else f" {repeat.mode}"
    return f"× {value_words(repeat.count)}{mode}"


def _per_copy(node: Node) -> str:
    """Write the settings that differ from copy to copy: `channels 64 * 2**i`."""
    if node.repeat is None:
        return ""
    formulas = (
        f"{name} {value.text}"
        for name, value in node.args.items()
        if isinstance(value, Expression) and re.search(r"\bi\b", value.text)
    )
    return " · ".join(formulas)


def count_words(value: Dim) -> str:
    """Write a number with three figures: `61.7 k`, `1.24 G`, `247 M·T`."""
    if isinstance(value, Poly):
        return symbolic_words(value, lambda count: count_words(count) if count != 1 else "")
    for size, unit in ((10**12, " T"), (10**9, " G"), (10**6, " M"), (10**3, " k")):
        # 999 950 is written 1.00 M: three figures, rounded first.
        if value >= size * 0.9995 and value >= 1000:
            scaled = value / size
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{digits}f}{unit}"
    return str(value)


def weights_words(info: NodeInfo | None) -> str:
    """Write how many numbers a node learns."""
    return "" if info is None else _words(info.weights, "no parameters", "parameters")


def flops_words(info: NodeInfo | None) -> str:
    """Write how much a node computes for one sample."""
    if info is None:
        return ""
    return _words(one_sample(info.flops), "no work", "FLOPs")


def one_sample(value: Dim) -> Dim:
    """Return a cost for a batch of one."""
    return substitute(value, {"N": 1})


def shape_words(shape: Shape | None) -> str:
    """Write a shape as it stands on an edge: `N × 64 × 14 × 14`."""
    if shape is None:
        return ""
    return show_shape(shape, TIMES) or "()"


def spoken(project: Project, analysis: Analysis, graph: Graph, node_id: str) -> str:
    """Return what a screen reader says of a node: name, settings, shape, states, problems."""
    node = graph.nodes[node_id]
    info = analysis.node(f"{graph.id}/{node_id}")
    parts = [title(project, node), body(project, node, info)]
    if info is not None and info.outputs:
        parts.append("gives " + " and ".join(shape_words(shape) for shape in info.outputs))
    flags = {"bypassed": node.bypass, "frozen": not node.trainable, "shared": bool(node.share)}
    parts += [word for word, holds in flags.items() if holds]
    if node.repeat is not None:
        parts.append(f"repeated {value_words(node.repeat.count)} times")
    parts += [problem.message for problem in info.problems] if info is not None else []
    return ", ".join(part for part in parts if part)


def value_words(value: Any) -> str:
    """Write a value briefly: `3×3`, `0.5`, `2 * dim`."""
    if isinstance(value, tuple):
        if len(value) > 1 and all(type(v) is int and v == value[0] for v in value):
            return value_words(value[0])
        return "×".join(map(value_words, value)) or "()"
    if isinstance(value, Poly):
        return show(value)
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Choice):
        return value.name
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(value: Dim, nothing: str, unit: str) -> str:
    return f"{count_words(value)} {unit}" if value else nothing


def _line(project: Project, node: Node, args: Mapping[str, Any], info: NodeInfo | None) -> str:
    if node.layer in FORMULAS and not node.args:
        return FORMULAS[node.layer]
    if node.layer == "Input":
        return value_words(args["shape"]).replace("×", TIMES) if "shape" in args else ""
    if node.layer == "Output":
        return _output(project, info)
    block = project.blocks.get(used_block(node.layer))
    if block is not None:
        return _block(block, node, info)
    spec = registry.layer(node.layer)
    if spec is None:
        own = project.custom.get(node.layer.removeprefix(CUSTOM))
        return "not known here" if own is None else _own(own, args)
    special = _LINES.get(spec.name) or _LINES.get(spec.family)
    return special(spec, args) if special is not None else _plain(spec, args)


def _output(project: Project, info: NodeInfo | None) -> str:
    classes = len(project.data.classes)
    shape = info.inputs[0] if info is not None and info.inputs else None
    if classes and shape and shape[-1] == classes:
        return f"{classes} classes"
    return shape_words(shape) if isinstance(shape, tuple) else ""  # type: ignore[arg-type]


def _block(block: Graph, node: Node, info: NodeInfo | None) -> str:
    inner = [node for node in block.nodes.values() if node.layer not in ("Input", "Output")]
    # Where the name of the block has to stand in the line, too, there is no room for all.
    parts = [] if node.name else [f"{len(inner)} layers" if len(inner) != 1 else "1 layer"]
    if info is not None and info.inputs and info.outputs:
        before, after = info.inputs[0], info.outputs[0]
        if node.repeat is not None and node.repeat.mode == "map":
            after = after[1:]  # the copies stand side by side in a dim of their own
        if before and after and len(before) > 1 and len(after) > 1:
            # Channels stand in the second dim; of a sequence of unknown length, in the last.
            at = 1 if isinstance(before[1], int) else -1
            parts.insert(0, f"{value_words(before[at])}→{value_words(after[at])}")
    if info is not None and info.weights:
        parts.append(count_words(info.weights))
    return " · ".join(parts)


def _own(layer: CustomLayer, args: Mapping[str, Any]) -> str:
    """Return the sizes of an own layer that follow, and what differs from its defaults."""
    parts = [
        f"{param.name} {value_words(args[param.name])}"
        for param in layer.params
        if args.get(param.name) not in (None, param.default)
    ]
    return " ".join(parts) or "Python"


def _arrow(args: Mapping[str, Any], before: str, after: str) -> str:
    if args.get(before) is None:
        return f"? → {value_words(args.get(after))}"
    return f"{value_words(args[before])}→{value_words(args.get(after))}"


def _shorts(spec: LayerSpec, args: Mapping[str, Any], shorts: Mapping[str, str]) -> list[str]:
    """Return the arguments that are not as they would be anyway, each by a letter."""
    parts = []
    for name, short in shorts.items():
        value = args.get(name)
        default = next((param.default for param in spec.params if param.name == name), None)
        if value is not None and (name == "kernel_size" or value != default):
            parts.append(f"{short}{value_words(value)}")
    return parts


_WINDOW = {"kernel_size": "k", "stride": "s", "padding": "p", "dilation": "d", "groups": "g"}


def _convolution(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    return " ".join([_arrow(args, "in_channels", "out_channels"), *_shorts(spec, args, _WINDOW)])


def _pooling(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    if "output_size" in args:
        size = args["output_size"]
        count = int(spec.name[-2]) if spec.name[-2].isdigit() else 1
        sizes = size if isinstance(size, tuple) else (size,) * count
        return "to " + TIMES.join("any" if one is None else value_words(one) for one in sizes)
    return " ".join(_shorts(spec, args, _WINDOW))


def _linear(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    return _arrow(args, "in_features", "out_features")


def _embedding(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    return _arrow(args, "num_embeddings", "embedding_dim")


def _recurrent(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    parts = [_arrow(args, "input_size", "hidden_size")]
    if args.get("num_layers", 1) != 1:
        parts.append(f"×{value_words(args['num_layers'])}")
    if args.get("bidirectional"):
        parts.append("both ways")
    return " ".join(parts)


def _attention(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    heads = f"{value_words(args.get('num_heads'))} heads"
    width = args.get("embed_dim")
    return heads if width is None else f"{value_words(width)} · {heads}"


def _normalization(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    for name in ("num_features", "normalized_shape", "num_channels"):
        if args.get(name) is not None:
            groups = f" · {value_words(args['num_groups'])} groups" if "num_groups" in args else ""
            return value_words(args[name]) + groups
    return _plain(spec, args)


def _flatten(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    first, last = args.get("start_dim", 1), args.get("end_dim", -1)
    if last == -1:
        return f"from dim {value_words(first)}"
    return f"dims {value_words(first)} to {value_words(last)}"


def _plain(spec: LayerSpec, args: Mapping[str, Any]) -> str:
    """Return the main argument and those that differ from their defaults."""
    parts = []
    for param in spec.params:
        value = args.get(param.name)
        if value is None or (value == param.default and param.name != spec.main):
            continue
        if value is True:
            parts.append(param.name)
        elif value is not False or param.name == spec.main:
            parts.append(f"{param.name} {value_words(value)}")
    return " ".join(parts)


_LINES: Mapping[str, Callable[[LayerSpec, Mapping[str, Any]], str]] = {
    "convolution": _convolution,
    "pooling": _pooling,
    "normalization": _normalization,
    "Linear": _linear,
    "Embedding": _embedding,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "MultiheadAttention": _attention,
    "Flatten": _flatten,
}
