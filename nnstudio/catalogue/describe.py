"""The catalogue as plain data, for `nnstudio layers --json` and for whoever writes help from it."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.choosable import Choosable
from nnstudio.catalogue.registry import LAYERS, TABLES
from nnstudio.catalogue.signature import InputPort, OutputPort, ports
from nnstudio.catalogue.spec import LayerSpec
from nnstudio.core.params import Param
from nnstudio.core.values import Choice, Expression, Value


def describe_layers() -> list[dict[str, Any]]:
    """Return every layer in the order of the palette, ready for JSON."""
    return [describe_layer(spec) for spec in LAYERS.values()]


def describe_tables() -> dict[str, list[dict[str, Any]]]:
    """Return losses, optimizers, loops, readers and the like by table, ready for JSON."""
    return {
        name: [describe_choosable(one) for one in table.values()] for name, table in TABLES.items()
    }


def describe_layer(spec: LayerSpec) -> dict[str, Any]:
    """Return what there is to know of a layer."""
    signature = ports(spec.signature)
    return {
        "name": spec.name,
        "family": spec.family,
        "summary": spec.summary,
        "signature": spec.signature,
        "inputs": [_port(port) for port in signature.inputs],
        "outputs": [_port(port) for port in signature.outputs],
        "params": [describe_param(param) for param in spec.params],
        "main": spec.main,
        "learns": spec.tensors is not None,
        "words": list(spec.words),
        "source": spec.source,
        "url": spec.url,
    }


def describe_choosable(one: Choosable) -> dict[str, Any]:
    """Return what there is to know of a loss, a loop and the like; empty fields are left out."""
    described = {
        "name": one.name,
        "title": one.title,
        "summary": one.summary,
        "params": [describe_param(param) for param in one.params],
        "source": one.source,
        "url": one.url,
        "roles": list(one.roles),
        "best": one.best,
        "files": list(one.files),
        "task": one.task,
    }
    return {key: value for key, value in described.items() if value or key == "params"}


def describe_param(param: Param) -> dict[str, Any]:
    """Return what there is to know of a setting; what does not apply is left out."""
    described = {
        "name": param.name,
        "kind": param.kind,
        "default": plain(param.default),
        "help": param.help,
        "required": param.required,
        "auto": param.auto,
        "optional": param.optional,
        "choices": list(param.choices),
        "words": list(param.words),
        "of": param.of,
        "minimum": param.minimum,
        "above": param.above,
        "maximum": param.maximum,
        "live": param.live,
    }
    kept = {"name", "kind", "help"} | (set() if param.auto or param.required else {"default"})
    return {
        key: value
        for key, value in described.items()
        if key in kept or (key != "default" and value not in (None, False, "", []))
    }


def plain(value: Value) -> Any:
    """Return a value of a document as JSON holds it."""
    if isinstance(value, Expression):
        return {"expr": value.text}
    if isinstance(value, Choice):
        return {"name": value.name, "args": {key: plain(one) for key, one in value.args.items()}}
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def _port(port: InputPort | OutputPort) -> dict[str, Any]:
    described: dict[str, Any] = {"name": port.name, "dims": list(port.dims)}
    if isinstance(port, InputPort) and port.optional:
        described["optional"] = True
    if port.variadic:
        described["variadic"] = True
    return described
